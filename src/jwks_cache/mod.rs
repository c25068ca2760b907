//! The JWKS cache as a state machine: an event and the time go in, an action comes out. It never waits
//! and never fetches.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::discovery::discovery::Discovery;
use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, Error, UnavailableReason};
use crate::jwks_cache::by_id::KeysById;
use crate::jwks_cache::failure::Failure;
use crate::jwks_cache::in_flight::{InFlight, wait};
use crate::keys::key_set::KeySet;
use crate::limits::Limits;

mod action;
mod by_id;
mod failure;
mod in_flight;
mod policy;
mod responses;
pub use action::{Action, Event, FetchRequest, Response};
pub use failure::{FAILURE_BACKOFF, MAX_FAILURE_BACKOFF};
pub use policy::CachePolicy;

/// The time that a fetch may take, headers and body, in seconds, unless [`CachePolicy::timeout`] says otherwise.
pub const FETCH_TIMEOUT: u64 = 5;

/// The time that a verification waits for fresher keys while it could go on with stale ones.
const STALE_WAIT: Duration = Duration::from_secs(1);

/// The key set of one issuer, found by discovery or at a given URL.
///
/// A [`crate::RemoteVerifier`] has one, and is what most programs need. The cache alone is for those that
/// verify in another way. Hosts do what an [`Action`] says, and nothing of their own: the policy is all here.
///
/// # Example
/// ```
/// use countersign::jwks_cache::{Action, Event, JwksCache, Response};
///
/// let mut cache = JwksCache::from_jwks_uri("https://id.example/jwks", Default::default())?;
/// let Action::Fetch { request, .. } = cache.handle(Event::Wanted, 1_000) else { unreachable!("no keys yet") };
/// assert_eq!(request.url, "https://id.example/jwks");
/// let body = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
/// let mut response = Response::new(200, body);
/// response.cache_control = Some("max-age=3600");
/// let response = Event::Response { id: request.id, response };
/// let Action::Replace(keys) = cache.handle(response, 1_000) else { unreachable!("a good key set") };
/// assert_eq!(keys.keys().count(), 1);
/// assert_eq!(cache.fresh_until(1_000), 4_600);
/// assert!(matches!(cache.handle(Event::Wanted, 4_599), Action::Use));
/// assert!(matches!(cache.handle(Event::Wanted, 4_600), Action::Fetch { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JwksCache {
    source: Source,
    limits: Limits,
    policy: CachePolicy,
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
    seed: u32,
    /// In place of all else, where each key has an address of its own
    by_id: Option<KeysById>,
    key_use: Option<String>,
    next_id: u32,
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

impl JwksCache {
    /// Keys at a known URL.
    ///
    /// # Errors
    /// [`ConfigError`] when it is neither https nor http on loopback.
    pub fn from_jwks_uri(uri: &str, limits: Limits) -> Result<Self, ConfigError> {
        Self::from_source("", &KeySource { jwks_uri: Some(uri.to_owned()), ..KeySource::default() }, limits)
    }

    /// Keys that the issuer's metadata names (RFC 8414, OpenID Connect Discovery).
    ///
    /// # Errors
    /// [`ConfigError`] when the issuer is no https URL (http on loopback) or has a query.
    pub fn from_issuer(issuer: &str, limits: Limits) -> Result<Self, ConfigError> {
        Self::from_source(issuer, &KeySource::default(), limits)
    }

    /// Keys wherever the issuer has them: at a known URL, or where metadata at the issuer or at an address
    /// of its own says.
    ///
    /// # Errors
    /// [`ConfigError`] for options that contradict each other, and for addresses that may not be asked.
    pub fn from_source(issuer: &str, source: &KeySource, limits: Limits) -> Result<Self, ConfigError> {
        let key_use = source.key_use.clone();
        let source = match &source.jwks_uri {
            Some(uri) => {
                source.check()?;
                Source::Uri(uri.clone())
            }
            None => Source::Issuer { discovery: Discovery::from_source(issuer, source)?, jwks_uri: None },
        };
        let by_id = match &source {
            Source::Uri(uri) => KeysById::new(uri, limits),
            Source::Issuer { .. } | Source::Key { .. } => None,
        };
        Ok(Self { by_id, key_use, ..Self::new(source, limits) })
    }

    fn new(source: Source, limits: Limits) -> Self {
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
            seed: failure::seed(),
            by_id: None,
            key_use: None,
            next_id: 0,
            in_flight: Vec::new(),
        }
    }

    /// With lifetimes of one's own.
    ///
    /// # Errors
    /// [`ConfigError`] for those that are out of bounds, or contradict each other.
    pub fn policy(mut self, policy: CachePolicy) -> Result<Self, ConfigError> {
        self.set_policy(policy)?;
        Ok(self)
    }

    pub(crate) fn set_policy(&mut self, policy: CachePolicy) -> Result<(), ConfigError> {
        policy.check()?;
        self.policy = policy;
        Ok(())
    }

    /// With a number that differs between instances, where no random number can be had otherwise.
    #[doc(hidden)]
    #[must_use]
    pub fn seed(self, seed: u32) -> Self {
        Self { seed, ..self }
    }

    /// Takes an event at `now`, in seconds since the epoch, and says what to do.
    ///
    /// Where each key has an address of its own, nothing is fetched but with [`JwksCache::handle_for`].
    pub fn handle(&mut self, event: Event<'_>, now: u64) -> Action {
        if let Some(keys) = &mut self.by_id {
            return match event {
                Event::Response { id, .. } | Event::Failed { id, .. } => keys.answered(id, event, now),
                Event::Wanted | Event::Load | Event::UnknownKey | Event::Stored { .. } => Action::Use,
            };
        }
        match event {
            Event::Wanted => self.wanted(now, self.patience(now)),
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

    /// [`JwksCache::handle`], for a token that names this key. It matters where each key has an address of its own: see
    /// [`KeySource::jwks_uri`].
    pub fn handle_for(&mut self, kid: &str, event: Event<'_>, now: u64) -> Action {
        match (&mut self.by_id, event) {
            (Some(keys), Event::Wanted | Event::UnknownKey) => keys.wanted(kid, self.policy, self.seed, now),
            _ => self.handle(event, now),
        }
    }

    /// Whether each key has an address of its own.
    pub(crate) const fn is_by_id(&self) -> bool {
        self.by_id.is_some()
    }

    /// Forgets keys that have outlived their use, where each has its own age. The answer is what is left, if it is less.
    pub(crate) fn expire(&mut self, now: u64) -> Option<KeySet> {
        self.by_id.as_mut()?.expire(now)
    }

    /// The time until which the keys are fresh, in seconds since the epoch, if no event comes: until then
    /// [`Event::Wanted`] is answered with [`Action::Use`]. 0 where they are not.
    pub fn fresh_until(&self, now: u64) -> u64 {
        let loaded = self.loaded_at.filter(|&loaded| !self.refresh && loaded <= now);
        loaded.map_or(0, |loaded| loaded.saturating_add(self.fresh_for))
    }

    pub(crate) fn is_fresh(&self, now: u64) -> bool {
        !self.refresh && within(self.loaded_at, self.fresh_for, now)
    }

    /// How long a verification waits for fresher keys, if there are stale ones to go on with.
    fn patience(&self, now: u64) -> Option<Duration> {
        self.usable(now).ok()?;
        let unwaited = self.fresh_for.saturating_add(self.policy.stale_while_revalidate);
        Some(if !self.refresh && within(self.loaded_at, unwaited, now) { Duration::ZERO } else { STALE_WAIT })
    }

    /// Asks for fresh keys. With `patience` there are stale ones to go on with afterwards.
    fn wanted(&mut self, now: u64, patience: Option<Duration>) -> Action {
        if self.is_fresh(now) {
            return Action::Use;
        }
        match self.latest(now) {
            // A search for an unknown key says nothing against the current ones.
            Some(request) if request.for_unknown_key && patience.is_some() => Action::Use,
            Some(request) => wait(request, self.policy.whole_fetch(), patience, now),
            None => self.action_of(Self::need, patience, now),
        }
    }

    /// What to do about the request that is needed, if one is. With `patience` there are keys to go on with instead.
    fn action_of(
        &mut self,
        needed: fn(&mut Self, u64) -> Result<Option<FetchRequest>, Error>,
        patience: Option<Duration>,
        now: u64,
    ) -> Action {
        match needed(self, now) {
            Ok(Some(request)) => Action::Fetch { request, wait_at_most: patience.unwrap_or(self.policy.whole_fetch()) },
            Ok(None) => Action::Use,
            Err(error) => Action::Unavailable(error),
        }
    }

    pub(crate) fn confirmed_at(&self) -> Option<u64> {
        let one_by_one = self.by_id.iter().flat_map(KeysById::caches).filter_map(|cache| cache.loaded_at);
        one_by_one.chain(self.loaded_at).max()
    }

    /// Whether keys ever came.
    pub(crate) fn is_loaded(&self) -> bool {
        self.confirmed_at().is_some()
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

    /// Whether there are keys that may still be used. Ask right before verifying, since time may have
    /// passed since [`JwksCache::handle`].
    ///
    /// # Errors
    /// Why not: none came yet, or the last ones came [`CachePolicy::stale_if_error`] seconds ago or earlier.
    pub fn usable(&self, now: u64) -> Result<(), Error> {
        if let Some(keys) = &self.by_id {
            return keys.usable(now);
        }
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

#[cfg(test)]
mod tests;
