//! Requests that are under way.

use alloc::borrow::ToOwned;
use core::time::Duration;

use super::{KeySetCache, Source};
use crate::jwks_cache::{Action, FetchRequest};

/// Requests whose answers may still come. More are in flight only if the host lost some.
const MAX_IN_FLIGHT: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Metadata,
    Keys,
}

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

impl KeySetCache {
    pub(in crate::jwks_cache) fn awaits(&self, id: u32) -> bool {
        self.in_flight.iter().any(|request| request.id == id)
    }

    /// The request that is under way, unless it is lost.
    pub(super) fn latest(&self, now: u64) -> Option<InFlight> {
        self.in_flight.last().copied().filter(|request| request.elapsed(now) < self.policy.whole_fetch())
    }

    /// Notes that a host has waited so long for a request.
    pub(in crate::jwks_cache) fn pending(&mut self, id: u32, elapsed: Duration) {
        if let Some(request) = self.in_flight.iter_mut().find(|known| known.id == id) {
            request.elapsed = request.elapsed.max(elapsed);
        }
    }

    pub(super) fn request(&mut self, for_unknown_key: bool, now: u64) -> FetchRequest {
        let (url, stage) = match &self.source {
            Source::Uri(uri) | Source::Key { uri, .. } | Source::Issuer { jwks_uri: Some(uri), .. } => {
                (uri.clone(), Stage::Keys)
            }
            Source::Issuer { discovery, jwks_uri: None } => (discovery.url(), Stage::Metadata),
        };
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            self.in_flight.remove(0);
        }
        self.in_flight.push(InFlight { id, stage, began: now, elapsed: Duration::ZERO, for_unknown_key });
        let if_none_match = match stage {
            Stage::Keys => self.entity_tag().map(ToOwned::to_owned),
            Stage::Metadata => None,
        };
        FetchRequest { id, url, max_bytes: self.limits.jwks, timeout: self.policy.timeout, if_none_match }
    }

    pub(super) fn take(&mut self, id: u32) -> Option<Stage> {
        let position = self.in_flight.iter().position(|known| known.id == id)?;
        Some(self.in_flight.remove(position).stage)
    }
}

/// Waits for a request, counted from its beginning: for as long as it takes at most, or with `stale_wait`, where there are keys
/// to go on with instead.
pub(super) fn wait(request: InFlight, whole: Duration, stale_wait: Option<Duration>, now: u64) -> Action {
    let waited = request.elapsed(now);
    match stale_wait {
        Some(stale_wait) if stale_wait <= waited => Action::Use,
        _ => Action::Wait { id: request.id, at_most: stale_wait.unwrap_or(whole).saturating_sub(waited) },
    }
}
