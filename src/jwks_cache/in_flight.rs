//! Requests that are under way.

use core::time::Duration;

use super::{Action, Stage};

#[derive(Clone, Copy, Debug)]
pub(super) struct InFlight {
    pub(super) id: u32,
    pub(super) stage: Stage,
    pub(super) began: u64,
    /// For how long it has been waited for at least, whatever the clock says
    pub(super) elapsed: Duration,
    /// It is for one more key: whoever does not need that one goes on with the current keys
    pub(super) for_unknown_key: bool,
}

impl InFlight {
    /// By the distance, for a clock that is set back.
    pub(super) fn elapsed(&self, now: u64) -> Duration {
        self.elapsed.max(Duration::from_secs(self.began.abs_diff(now)))
    }
}

/// Waits for a request, counted from its beginning: for as long as it takes at most, or with `patience`, where there are keys
/// to go on with instead.
pub(super) fn wait(request: InFlight, whole: Duration, patience: Option<Duration>, now: u64) -> Action {
    let waited = request.elapsed(now);
    match patience {
        Some(patience) if patience <= waited => Action::Use,
        _ => Action::Wait { at_most: patience.unwrap_or(whole).saturating_sub(waited) },
    }
}
