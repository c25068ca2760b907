//! The JWKS cache as a state machine: an event and the time go in, an action comes out. It never waits
//! and never fetches.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::discovery::discovery::Discovery;
use crate::discovery::key_source::KeySource;
use crate::encoding::http_field::{is_entity_tag, opaque};
use crate::error::{ConfigError, DiscoveryReason, Error, KeySetReason, UnavailableReason};
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
pub use action::{Action, Event, FetchRequest, Response};
pub use failure::{FAILURE_BACKOFF, MAX_FAILURE_BACKOFF};
pub use policy::CachePolicy;

/// The time that a fetch may take, headers and body, in seconds, unless [`CachePolicy::timeout`] says otherwise.
pub const FETCH_TIMEOUT: u64 = 5;

/// The time that a verification waits for fresher keys while it could go on with stale ones.
const STALE_WAIT: Duration = Duration::from_secs(1);
/// Requests whose answers may still come. More are in flight only if the host lost some.
const MAX_IN_FLIGHT: usize = 64;

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

/// The effect of a response.
#[derive(Debug)]
enum Progress {
    /// It belongs to no request that is under way, or the document is elsewhere.
    None,
    /// The metadata was taken.
    Metadata,
    /// The keys to verify with from now on. They replace the old ones, all of them.
    Keys(KeySet),
    /// The keys are those that there are.
    Confirmed,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Metadata,
    Keys,
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

    fn awaits(&self, id: u32) -> bool {
        self.in_flight.iter().any(|request| request.id == id)
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

    fn take_response(&mut self, id: u32, response: &Response<'_>, now: u64) -> Action {
        let Some(InFlight { for_unknown_key, .. }) = self.in_flight.iter().find(|known| known.id == id).copied() else {
            return Action::Use;
        };
        match self.response(id, response, now) {
            Ok(Progress::Keys(keys)) => Action::Replace(keys),
            Ok(Progress::Confirmed) => Action::Use,
            Ok(Progress::Metadata | Progress::None) => {
                Action::Fetch { request: self.request(for_unknown_key, now), wait_at_most: self.policy.whole_fetch() }
            }
            Err(error) => Action::Unavailable(error),
        }
    }

    /// Takes a document that was fetched at that time, if it is what this cache would ask for. What is wrong with it is no
    /// failure of the server's.
    fn take_stored(&mut self, url: &str, response: &Response<'_>, at: u64, now: u64) -> Action {
        let is_older = self.loaded_at.is_some_and(|loaded| loaded >= at);
        let is_usable = now.checked_sub(at).is_some_and(|age| age < self.policy.stale_if_error);
        // A confirmation is worth nothing without what it confirms.
        if !is_usable || is_older || response.status == 304 {
            return Action::Use;
        }
        let request = self.request(false, at);
        let failed = self.failed.take();
        if request.url != url {
            self.take(request.id);
        } else if let Ok(Progress::Keys(keys)) = self.response(request.id, response, at) {
            return Action::Replace(keys);
        }
        self.failed = failed;
        Action::Use
    }

    /// The request that is under way, unless it is lost.
    fn latest(&self, now: u64) -> Option<InFlight> {
        self.in_flight.last().copied().filter(|request| request.elapsed(now) < self.policy.whole_fetch())
    }

    /// Notes that a host has waited so long for a request that is still under way. The time of verifications may stand
    /// still or be set back, and what a host waits for may be lost.
    pub(crate) fn pending(&mut self, id: u32, elapsed: Duration) {
        if let Some(keys) = &mut self.by_id {
            keys.caches_mut().for_each(|cache| cache.pending(id, elapsed));
        }
        if let Some(request) = self.in_flight.iter_mut().find(|known| known.id == id) {
            request.elapsed = request.elapsed.max(elapsed);
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

    /// Takes the answer to a request.
    ///
    /// # Errors
    /// What is wrong with the answer. The last good key set stays in use.
    fn response(&mut self, id: u32, response: &Response<'_>, now: u64) -> Result<Progress, Error> {
        let Some(stage) = self.take(id) else { return Ok(Progress::None) };
        let Response { status, body, .. } = *response;
        if body.len() > self.limits.jwks {
            return Err(self.fail(Error::ResponseTooLarge, now));
        }
        let result = match stage {
            Stage::Metadata => self.take_metadata(status, body),
            Stage::Keys if status == 304 && self.is_confirmation(response) => Ok(Progress::Confirmed),
            // There is no such key, or no more.
            Stage::Keys if matches!((&self.source, status), (Source::Key { .. }, 403 | 404 | 410)) => {
                Ok(Progress::Keys(KeySet::default()))
            }
            Stage::Keys if status != 200 => Err(Error::JwksUnavailable(UnavailableReason::Status)),
            Stage::Keys => self.read(body).map(Progress::Keys).map_err(set_invalid),
        };
        if let Ok(Progress::Keys(_) | Progress::Confirmed) = &result {
            self.loaded_at = Some(now);
            self.fresh_for =
                if matches!(status, 200 | 304) { self.policy.freshness(response) } else { self.policy.cooldown };
            self.failed = None;
            self.refresh = false;
        }
        if let Ok(Progress::Keys(_)) = &result {
            let tag = response.etag.filter(|tag| is_entity_tag(tag));
            self.entity = tag.and_then(|tag| Some((self.key_url()?.to_owned(), tag.to_owned())));
        }
        if status == 304 && result.is_err() {
            self.entity = None;
        }
        result.map_err(|error| self.fail(error, now))
    }

    fn read(&self, body: &[u8]) -> Result<KeySet, Error> {
        match &self.source {
            Source::Key { kid, .. } => KeySet::from_pem_of(kid, body),
            Source::Uri(_) | Source::Issuer { .. } => KeySet::read(body, &self.limits, self.key_use.as_deref()),
        }
    }

    /// Whether a status 304 is about the keys that there are.
    fn is_confirmation(&self, response: &Response<'_>) -> bool {
        let is_same = |tag: &str| response.etag.is_none_or(|other| opaque(other) == opaque(tag));
        self.loaded_at.is_some() && self.entity_tag().is_some_and(is_same)
    }

    /// Where the keys are, as far as that is known.
    fn key_url(&self) -> Option<&str> {
        match &self.source {
            Source::Uri(uri) | Source::Key { uri, .. } => Some(uri),
            Source::Issuer { jwks_uri, .. } => jwks_uri.as_deref(),
        }
    }

    /// The entity tag of the current keys, if they came from where the next ones will.
    fn entity_tag(&self) -> Option<&str> {
        let (url, tag) = self.entity.as_ref()?;
        (Some(url.as_str()) == self.key_url()).then_some(tag)
    }

    /// Records that a request got no response. Returns what [`JwksCache::need`] will report if there
    /// are no keys to go on with.
    fn failure(&mut self, id: u32, reason: UnavailableReason, now: u64) -> Error {
        self.take(id);
        self.fail(reason.into(), now)
    }

    fn fail(&mut self, error: Error, now: u64) -> Error {
        if let Source::Issuer { jwks_uri, .. } = &mut self.source {
            *jwks_uri = None;
        }
        self.refresh = false;
        self.failed = Some(Failure::after(self.failed.as_ref(), error.clone(), now, self.seed));
        error
    }

    fn take_metadata(&mut self, status: u16, body: &[u8]) -> Result<Progress, Error> {
        let Source::Issuer { discovery, jwks_uri } = &mut self.source else { return Ok(Progress::None) };
        let Some(metadata) = discovery.response(status, body)? else {
            return Ok(Progress::None);
        };
        *jwks_uri = Some(metadata.jwks_uri.ok_or(Error::DiscoveryInvalid(DiscoveryReason::JwksUri))?);
        Ok(Progress::Metadata)
    }

    fn request(&mut self, for_unknown_key: bool, now: u64) -> FetchRequest {
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

    fn take(&mut self, id: u32) -> Option<Stage> {
        let position = self.in_flight.iter().position(|known| known.id == id)?;
        Some(self.in_flight.remove(position).stage)
    }
}

/// A bad key in a set is the server's fault, whatever it would be in a token's verification.
fn set_invalid(error: Error) -> Error {
    match error {
        Error::JwksInvalid(_) => error,
        _ => Error::JwksInvalid(KeySetReason::NoUsableKey),
    }
}

/// Whether `now` lies less than `seconds` after `since`. A clock that went back counts as expired.
fn within(since: Option<u64>, seconds: u64, now: u64) -> bool {
    since.and_then(|since| now.checked_sub(since)).is_some_and(|age| age < seconds)
}

#[cfg(test)]
mod tests;
