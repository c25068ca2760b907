//! The time.

use std::time::Duration;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub(crate) fn system_time() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// There is no clock, and asking for one panics.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) const fn system_time() -> u64 {
    u64::MAX
}

/// Measures how long something takes, where there is a clock.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))] std::time::Instant);

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there is no clock")]
    pub(crate) fn elapsed(self) -> Option<Duration> {
        Some(self.0.elapsed())
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
impl Stopwatch {
    pub(crate) const fn start() -> Self {
        Self()
    }

    #[allow(clippy::unused_self, reason = "as where there is a clock")]
    pub(crate) const fn elapsed(self) -> Option<Duration> {
        None
    }
}
