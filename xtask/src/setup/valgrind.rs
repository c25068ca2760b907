//! Valgrind, which counts instructions. Where it cannot be had, that suite is skipped.

use super::{Step, apt};
use crate::failure::Result;
use crate::process::find;

pub(super) struct Valgrind;

impl Valgrind {
    /// Whether there is anything to do or to tell about it.
    pub(super) fn is_within_reach() -> bool {
        find("valgrind").is_some() || apt::usable()
    }
}

impl Step for Valgrind {
    fn name(&self) -> String {
        "Valgrind".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        find("valgrind").map(|path| path.display().to_string()).ok_or("install Debian's valgrind".to_owned())
    }

    fn install(&self) -> Result {
        apt::install(&["valgrind"])
    }
}
