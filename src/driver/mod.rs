//! Drivers of a [`crate::RemoteVerifier`]: they fetch, wait and read the clock, and decide nothing.

pub(crate) mod blocking;
#[cfg(feature = "reqwest")]
mod download;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the epoch.
pub(crate) fn system_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
