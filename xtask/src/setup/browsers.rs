//! Chromium with its driver, and Firefox with its driver where they are at hand.

use std::path::PathBuf;
use std::process::Command;

use super::{Step, apt};
use crate::failure::{Doing, Failure, Result};
use crate::process::find;

/// The browsers of this machine.
pub(crate) struct Browsers {
    pub(crate) chromium: Option<PathBuf>,
    pub(crate) chromedriver: Option<PathBuf>,
    pub(crate) firefox: Option<PathBuf>,
    pub(crate) geckodriver: Option<PathBuf>,
}

impl Browsers {
    /// An environment variable decides, else PATH.
    pub(super) fn find() -> Self {
        Self {
            chromium: program("CHROME", &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]),
            chromedriver: program("CHROMEDRIVER", &["chromedriver"]),
            firefox: program("FIREFOX", &["firefox-esr", "firefox"]),
            geckodriver: program("GECKODRIVER", &["geckodriver"]),
        }
    }

    /// Tells `command` where they are.
    pub(crate) fn tell(&self, command: &mut Command) {
        let known = [
            ("CHROME", &self.chromium),
            ("CHROMEDRIVER", &self.chromedriver),
            ("FIREFOX", &self.firefox),
            ("GECKODRIVER", &self.geckodriver),
        ];
        for (name, path) in known {
            if let Some(path) = path {
                command.env(name, path);
            }
        }
    }
}

fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    named.or_else(|| names.iter().find_map(|name| find(name)))
}

pub(super) struct Chromium;

impl Step for Chromium {
    fn name(&self) -> String {
        "Chromium".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        match Browsers::find() {
            Browsers { chromium: Some(chromium), chromedriver: Some(driver), .. } => {
                Ok(format!("{}, {}", chromium.display(), driver.display()))
            }
            _ if apt::usable() => Err("install Debian's chromium and chromium-driver".to_owned()),
            _ => Err("look for chromium and chromedriver".to_owned()),
        }
    }

    fn install(&self) -> Result {
        if !apt::usable() {
            return Err(Failure::new(
                "Chromium (or Chrome) and the chromedriver of its version are needed: install both, \
                 or name them in the environment variables CHROME and CHROMEDRIVER.",
            ));
        }
        apt::install(&["chromium", "chromium-driver"])?;
        self.state().map(drop).doing("no chromium after its installation")
    }
}
