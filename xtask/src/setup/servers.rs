//! Servers that some suites start, each on a port of its own. Where one cannot be had, its tests are skipped.

use std::path::PathBuf;

use super::{Step, apt};
use crate::failure::Result;
use crate::process::find;

pub(super) struct Server {
    name: &'static str,
    program: &'static str,
    package: &'static str,
}

impl Server {
    /// For the suites `stores` and `adapters:nginx`.
    pub(super) const ALL: [Self; 2] = [
        Self { name: "Redis", program: "redis-server", package: "redis-server" },
        Self { name: "nginx", program: "nginx", package: "nginx-light" },
    ];

    /// Whether there is anything to do or to tell about it.
    pub(super) fn is_within_reach(&self) -> bool {
        self.path().is_some() || apt::usable()
    }

    /// Also where Debian has what is for administrators.
    fn path(&self) -> Option<PathBuf> {
        find(self.program).or_else(|| Some(PathBuf::from("/usr/sbin").join(self.program)).filter(|path| path.is_file()))
    }
}

impl Step for Server {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        self.path().map(|path| path.display().to_string()).ok_or_else(|| format!("install Debian's {}", self.package))
    }

    fn install(&self) -> Result {
        apt::install(&[self.package])
    }
}
