//! The cache of one document with keys, wherever it is.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::discovery::discovery::Discovery;
use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, Error, UnavailableReason};
use crate::jwks_cache::{Action, CachePolicy, Event, FetchRequest};
use crate::limits::Limits;

mod failure;
mod in_flight;
mod responses;
#[cfg(test)]
mod tests;

use failure::Failure;
pub(super) use failure::seed;
pub use failure::{FAILURE_BACKOFF, MAX_FAILURE_BACKOFF};
use in_flight::{InFlight, wait};

/// The time that a verification waits for fresher keys while it could go on with stale ones.
const STALE_WAIT: Duration = Duration::from_secs(1);

/// A document with keys: what is known of it, and of the requests for it.
#[derive(Debug)]
pub(super) struct KeySetCache {
    source: Source,
    limits: Limits,
    pub(super) policy: CachePolicy,
    /// When the current key set came, or was confirmed
    loaded_at: Option<u64>,
    /// Its freshness lifetime
    fresh_for: u64,
    /// Its entity tag, and where it came from
    entity: Option<(String, String)>,
    /// When an unknown key ID last caused a fetch
    missed_at: Option<u64>,
    failed: Option<Failure>,
    /// An unknown key ID asks for newer keys than the current ones
    refresh: bool,
    /// Differs between instances
    pub(super) seed: u32,
    key_use: Option<String>,
    pub(super) next_id: u32,
    /// The oldest first
    in_flight: Vec<InFlight>,
}

#[derive(Debug)]
enum Source {
    Uri(String),
    /// One key, in PEM
    Key {
        uri: String,
        kid: String,
    },
    /// `jwks_uri` stays known until a fetch from it fails
    Issuer {
        discovery: Discovery,
        jwks_uri: Option<String>,
    },
}

impl KeySetCache {
    /// A key set at a known URL, or where metadata says.
    pub(super) fn from_source(issuer: &str, source: &KeySource, limits: Limits) -> Result<Self, ConfigError> {
        let key_use = source.key_use.clone();
        let source = match &source.jwks_uri {
            Some(uri) => {
                source.check()?;
                Source::Uri(uri.clone())
            }
            None => Source::Issuer { discovery: Discovery::from_source(issuer, source)?, jwks_uri: None },
        };
        Ok(Self::new(source, key_use, limits))
    }

    /// The key with this ID, at an address with nothing else.
    pub(super) fn of_key(kid: &str, uri: String, limits: Limits) -> Self {
        Self::new(Source::Key { uri, kid: kid.to_owned() }, None, limits)
    }

    fn new(source: Source, key_use: Option<String>, limits: Limits) -> Self {
        Self {
            source,
            limits,
            policy: CachePolicy::default(),
            loaded_at: None,
            fresh_for: 0,
            entity: None,
            missed_at: None,
            failed: None,
            refresh: false,
            seed: seed(),
            key_use,
            next_id: 0,
            in_flight: Vec::new(),
        }
    }

    pub(super) fn handle(&mut self, event: Event<'_>, now: u64) -> Action {
        match event {
            Event::Wanted => self.wanted(now, self.stale_wait(now)),
            Event::Load => self.wanted(now, None),
            Event::UnknownKey => match self.latest(now) {
                Some(request) => wait(request, self.policy.whole_fetch(), None, now),
                None => self.action_of(Self::missed, None, now),
            },
            Event::Response { id, response } => self.take_response(id, &response, now),
            Event::Stored { url, response, at } => self.take_stored(url, &response, at, now),
            Event::Failed { id, reason } => Action::Unavailable(self.failure(id, reason, now)),
        }
    }

    pub(super) fn fresh_until(&self, now: u64) -> u64 {
        let loaded = self.loaded_at.filter(|&loaded| !self.refresh && loaded <= now);
        loaded.map_or(0, |loaded| loaded.saturating_add(self.fresh_for))
    }

    pub(super) fn is_fresh(&self, now: u64) -> bool {
        !self.refresh && within(self.loaded_at, self.fresh_for, now)
    }

    pub(super) const fn confirmed_at(&self) -> Option<u64> {
        self.loaded_at
    }

    /// How long a verification waits for fresher keys, if there are stale ones to go on with.
    fn stale_wait(&self, now: u64) -> Option<Duration> {
        self.usable(now).ok()?;
        let unwaited = self.fresh_for.saturating_add(self.policy.stale_while_revalidate);
        Some(if !self.refresh && within(self.loaded_at, unwaited, now) { Duration::ZERO } else { STALE_WAIT })
    }

    /// Asks for fresh keys. With `stale_wait` there are stale ones to go on with afterwards.
    fn wanted(&mut self, now: u64, stale_wait: Option<Duration>) -> Action {
        if self.is_fresh(now) {
            return Action::Use;
        }
        match self.latest(now) {
            // A search for an unknown key says nothing against the current ones.
            Some(request) if request.for_unknown_key && stale_wait.is_some() => Action::Use,
            Some(request) => wait(request, self.policy.whole_fetch(), stale_wait, now),
            None => self.action_of(Self::need, stale_wait, now),
        }
    }

    /// What to do about the request that is needed, if one is. With `stale_wait` there are keys to go on with instead.
    fn action_of(
        &mut self,
        needed: fn(&mut Self, u64) -> Result<Option<FetchRequest>, Error>,
        stale_wait: Option<Duration>,
        now: u64,
    ) -> Action {
        match needed(self, now) {
            Ok(Some(request)) => {
                Action::Fetch { request, wait_at_most: stale_wait.unwrap_or(self.policy.whole_fetch()) }
            }
            Ok(None) => Action::Use,
            Err(error) => Action::Unavailable(error),
        }
    }

    /// The request to make before a token is verified at `now` (seconds); `None` when the current
    /// keys are to be used.
    ///
    /// # Errors
    /// Why there are no keys, for [`FAILURE_BACKOFF`] seconds and more after a fetch failed.
    fn need(&mut self, now: u64) -> Result<Option<FetchRequest>, Error> {
        if self.is_fresh(now) {
            return Ok(None);
        }
        if let Some(failure) = self.failed.as_ref().filter(|failure| failure.is_recent(now)) {
            if within(self.loaded_at, self.policy.stale_if_error, now) {
                return Ok(None);
            }
            return Err(failure.error.clone());
        }
        Ok(Some(self.request(false, now)))
    }

    /// Whether the keys may still be used.
    pub(super) fn usable(&self, now: u64) -> Result<(), Error> {
        // By the distance: a clock that is set back a little takes no keys away.
        if self.loaded_at.is_some_and(|loaded| loaded.abs_diff(now) < self.policy.stale_if_error) {
            return Ok(());
        }
        let failure = self.failed.as_ref().map(|failure| failure.error.clone());
        Err(failure.unwrap_or(Error::JwksUnavailable(UnavailableReason::NotLoaded)))
    }

    /// The request to make because a token names a key that is not in the set; `None` when that has
    /// been tried less than [`CachePolicy::cooldown`] seconds ago, so that tokens with made-up key IDs cannot
    /// flood the server.
    ///
    /// # Errors
    /// Why newer keys could not be had, while that is so: it is unknown then whether the key exists.
    fn missed(&mut self, now: u64) -> Result<Option<FetchRequest>, Error> {
        let cooling = within(self.missed_at, self.policy.cooldown, now);
        if let Some(failure) = &self.failed
            && (cooling || failure.is_recent(now))
        {
            return Err(failure.error.clone());
        }
        if cooling {
            return Ok(None);
        }
        self.missed_at = Some(now);
        self.refresh = true;
        Ok(Some(self.request(true, now)))
    }

    /// Where the keys are, as far as that is known.
    fn key_url(&self) -> Option<&str> {
        match &self.source {
            Source::Uri(uri) | Source::Key { uri, .. } => Some(uri),
            Source::Issuer { jwks_uri, .. } => jwks_uri.as_deref(),
        }
    }
}

/// Whether `now` lies less than `seconds` after `since`. A clock that went back counts as expired.
fn within(since: Option<u64>, seconds: u64, now: u64) -> bool {
    since.and_then(|since| now.checked_sub(since)).is_some_and(|age| age < seconds)
}
