//! Chromium with its driver, and Firefox and WebKitGTK where they can be had. Firefox's driver is
//! installed when it is asked for.

use std::path::PathBuf;
use std::process::Command;

use super::{Step, apt, cargo_tools};
use crate::failure::{Doing, Failure, Result};
use crate::process::find;

/// How to get the driver that takes minutes to compile, and only `wasm:firefox` needs.
pub(crate) const DRIVER_OFFER: &str =
    "without geckodriver: `cargo xtask setup --geckodriver` compiles it, in six minutes";

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
            geckodriver: program("GECKODRIVER", &["geckodriver"]).or_else(cargo_tools::geckodriver_program),
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

pub(super) struct Firefox;

impl Firefox {
    /// Whether there is anything to do or to tell about it. Elsewhere its suites are skipped.
    pub(super) fn is_within_reach() -> bool {
        Browsers::find().firefox.is_some() || apt::usable()
    }
}

impl Step for Firefox {
    fn name(&self) -> String {
        "Firefox".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        match Browsers::find() {
            Browsers { firefox: Some(firefox), geckodriver: Some(driver), .. } => {
                Ok(format!("{}, {}", firefox.display(), driver.display()))
            }
            Browsers { firefox: Some(firefox), .. } => Ok(format!("{}, {}", firefox.display(), DRIVER_OFFER)),
            _ => Err("install Debian's firefox-esr".to_owned()),
        }
    }

    fn install(&self) -> Result {
        apt::install(&["firefox-esr"])?;
        self.state().map(drop).doing("no Firefox after its installation")
    }
}

/// WebKitGTK, its driver, and a screen that is not there. Elsewhere than on Debian its tests are skipped.
pub(super) struct WebKit;

impl WebKit {
    const PROGRAMS: [&str; 2] = ["WebKitWebDriver", "Xvfb"];

    /// Whether there is anything to do or to tell about it.
    pub(super) fn is_within_reach() -> bool {
        Self::PROGRAMS.iter().all(|name| find(name).is_some()) || apt::usable()
    }
}

impl Step for WebKit {
    fn name(&self) -> String {
        "WebKitGTK".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        let found: Vec<_> = Self::PROGRAMS.iter().filter_map(|name| find(name)).collect();
        match found.as_slice() {
            [driver, screen] => Ok(format!("{}, {}", driver.display(), screen.display())),
            _ => Err("install Debian's webkit2gtk-driver and xvfb".to_owned()),
        }
    }

    fn install(&self) -> Result {
        apt::install(&["webkit2gtk-driver", "xvfb"])?;
        self.state().map(drop).doing("no WebKitGTK after its installation")
    }
}
