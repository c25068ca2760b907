//! The JWKS cache as a state machine: an event and the time go in, an action comes out. It never waits
//! and never fetches.

use alloc::borrow::ToOwned;
use core::time::Duration;

use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, Error};
use crate::jwks_cache::by_id::KeysById;
use crate::jwks_cache::key_set_cache::KeySetCache;
use crate::keys::key_set::KeySet;
use crate::limits::Limits;

mod action;
mod by_id;
mod key_set_cache;
mod policy;
pub use action::{Action, Event, FetchRequest, Response};
pub use key_set_cache::{FAILURE_BACKOFF, MAX_FAILURE_BACKOFF};
pub use policy::CachePolicy;

/// The time that a fetch may take, headers and body, in seconds, unless [`CachePolicy::timeout`] says otherwise.
pub const FETCH_TIMEOUT: u64 = 5;

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
    keys: Keys,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a verifier has one, and nearly always the large one")]
enum Keys {
    /// All in one document
    Set(KeySetCache),
    /// Each at an address of its own
    ById(KeysById),
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
        let set = KeySetCache::from_source(issuer, source, limits)?;
        let by_id = source.jwks_uri.as_deref().and_then(|uri| KeysById::new(uri, limits));
        Ok(Self { keys: by_id.map_or(Keys::Set(set), Keys::ById) })
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
        match &mut self.keys {
            Keys::Set(set) => set.policy = policy,
            Keys::ById(keys) => keys.policy = policy,
        }
        Ok(())
    }

    /// With a number that differs between instances, where no random number can be had otherwise.
    #[doc(hidden)]
    #[must_use]
    pub fn seed(mut self, seed: u32) -> Self {
        match &mut self.keys {
            Keys::Set(set) => set.seed = seed,
            Keys::ById(keys) => keys.seed = seed,
        }
        self
    }

    /// Takes an event at `now`, in seconds since the epoch, and says what to do.
    ///
    /// Where each key has an address of its own, nothing is fetched but with [`JwksCache::handle_for`].
    pub fn handle(&mut self, event: Event<'_>, now: u64) -> Action {
        match &mut self.keys {
            Keys::Set(set) => set.handle(event, now),
            Keys::ById(keys) => keys.handle(event, now),
        }
    }

    /// [`JwksCache::handle`], for a token that names this key. It matters where each key has an address of its own: see
    /// [`KeySource::jwks_uri`].
    pub fn handle_for(&mut self, kid: &str, event: Event<'_>, now: u64) -> Action {
        match (&mut self.keys, event) {
            (Keys::ById(keys), Event::Wanted | Event::UnknownKey) => keys.wanted(kid, now),
            _ => self.handle(event, now),
        }
    }

    /// Whether each key has an address of its own.
    pub(crate) const fn is_by_id(&self) -> bool {
        matches!(self.keys, Keys::ById(_))
    }

    /// Forgets keys that have outlived their use, where each has its own age. The answer is what is left, if it is less.
    pub(crate) fn expire(&mut self, now: u64) -> Option<KeySet> {
        match &mut self.keys {
            Keys::Set(_) => None,
            Keys::ById(keys) => keys.expire(now),
        }
    }

    /// The time until which the keys are fresh, in seconds since the epoch, if no event comes: until then
    /// [`Event::Wanted`] is answered with [`Action::Use`]. 0 where they are not.
    pub fn fresh_until(&self, now: u64) -> u64 {
        match &self.keys {
            Keys::Set(set) => set.fresh_until(now),
            Keys::ById(_) => 0,
        }
    }

    #[inline(never)]
    pub(crate) fn is_fresh(&self, now: u64) -> bool {
        matches!(&self.keys, Keys::Set(set) if set.is_fresh(now))
    }

    /// Notes that a host has waited so long for a request that is still under way. The time of verifications may stand
    /// still or be set back, and what a host waits for may be lost.
    pub(crate) fn pending(&mut self, id: u32, elapsed: Duration) {
        match &mut self.keys {
            Keys::Set(set) => set.pending(id, elapsed),
            Keys::ById(keys) => keys.pending(id, elapsed),
        }
    }

    pub(crate) fn confirmed_at(&self) -> Option<u64> {
        match &self.keys {
            Keys::Set(set) => set.confirmed_at(),
            Keys::ById(keys) => keys.confirmed_at(),
        }
    }

    /// Whether keys ever came.
    pub(crate) fn is_loaded(&self) -> bool {
        self.confirmed_at().is_some()
    }

    /// [`JwksCache::usable`], of the key with this ID where each has an age of its own.
    #[inline(never)]
    pub(crate) fn usable_key(&self, kid: Option<&str>, now: u64) -> Result<(), Error> {
        match &self.keys {
            Keys::Set(set) => set.usable(now),
            Keys::ById(keys) => keys.usable_key(kid, now),
        }
    }

    /// Whether there can be no key for a token that names this one: none is ever asked for.
    pub(crate) fn is_beyond(&self, kid: Option<&str>) -> bool {
        self.is_by_id() && !kid.is_some_and(by_id::is_id)
    }

    /// Whether there are keys that may still be used. Ask right before verifying, since time may have
    /// passed since [`JwksCache::handle`].
    ///
    /// # Errors
    /// Why not: none came yet, or the last ones came [`CachePolicy::stale_if_error`] seconds ago or earlier.
    #[inline(never)]
    pub fn usable(&self, now: u64) -> Result<(), Error> {
        match &self.keys {
            Keys::Set(set) => set.usable(now),
            Keys::ById(keys) => keys.usable(now),
        }
    }
}
