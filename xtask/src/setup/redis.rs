//! Redis, which the suite `stores` starts on a port of its own. Where it cannot be had, those of its tests are skipped.

use super::{Step, apt};
use crate::failure::Result;
use crate::process::find;

pub(super) struct Redis;

impl Redis {
    /// Whether there is anything to do or to tell about it.
    pub(super) fn is_within_reach() -> bool {
        find("redis-server").is_some() || apt::usable()
    }
}

impl Step for Redis {
    fn name(&self) -> String {
        "Redis".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        find("redis-server").map(|path| path.display().to_string()).ok_or("install Debian's redis-server".to_owned())
    }

    fn install(&self) -> Result {
        apt::install(&["redis-server"])
    }
}
