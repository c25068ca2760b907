//! A verifier with the caches before it, and the order in which they are asked.

use alloc::sync::Arc;
use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::error::{ConfigError, Error, UnavailableReason};
use crate::jwks_cache::{Action, CachePolicy, Event, JwksCache};
use crate::keys::key_set::KeySet;
use crate::sync::RwLock;
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::{CacheLimits, Candidate, Verdict, VerdictCache};
use crate::verify::verifier::{Accepted, Pending, VerifiedToken, Verifier};

/// A verifier, its JWKS cache if keys are fetched, and its verdict cache if there is one, with values of type `T`.
///
/// Locks are taken in the order of the fields, and none is held while a signature is verified.
pub struct CachedVerifier<T> {
    keys: Option<RwLock<JwksCache>>,
    verifier: RwLock<Verifier>,
    verdicts: Option<RwLock<VerdictCache<T>>>,
}

/// The outcome of a verification that did not fail.
pub enum Outcome<T> {
    /// The verdict was cached, in this slot.
    Cached(usize, T),
    /// The token was accepted. With a verdict cache, the verdict is for [`CachedVerifier::insert`].
    Accepted(Accepted, Option<Verdict>),
    /// The engine has no answer yet.
    Waiting,
}

impl<T: Clone> CachedVerifier<T> {
    /// Creates one, with these limits of the verdict cache if there is to be one.
    ///
    /// # Errors
    /// A limit that cannot be.
    pub fn new(verifier: Verifier, keys: Option<JwksCache>, limits: Option<CacheLimits>) -> Result<Self, ConfigError> {
        let verdicts = limits.map(VerdictCache::new).transpose()?;
        Ok(Self { keys: keys.map(RwLock::new), verifier: RwLock::new(verifier), verdicts: verdicts.map(RwLock::new) })
    }

    /// With lifetimes of the keys of one's own.
    pub(crate) fn cache_policy(self, policy: CachePolicy) -> Result<Self, ConfigError> {
        if let Some(keys) = &self.keys {
            keys.write().set_policy(policy)?;
        }
        Ok(self)
    }

    /// The verifier. As long as it is borrowed, its keys are not replaced.
    pub fn verifier(&self) -> impl Deref<Target = Verifier> {
        self.verifier.read()
    }

    /// Replaces the key set, and drops the verdicts that it does not support.
    pub(crate) fn set_keys(&self, keys: KeySet) {
        let mut verifier = self.verifier.write();
        verifier.set_keys(keys);
        if let Some(verdicts) = &self.verdicts {
            verdicts.write().revalidate(&verifier);
        }
    }

    /// Passes an event to the JWKS cache, and takes the keys that come of it.
    pub fn handle(&self, event: Event<'_>, now: u64) -> Action {
        self.keys.as_ref().map_or(Action::Use, |keys| self.handle_remote(keys, event, now))
    }

    #[inline(never)]
    fn handle_remote(&self, keys: &RwLock<JwksCache>, event: Event<'_>, now: u64) -> Action {
        if matches!(event, Event::Wanted) && keys.read().is_fresh(now) {
            return Action::Use;
        }
        // Held until the keys are in use, so that of two key sets the later one stays.
        let mut keys = keys.write();
        match keys.handle(event, now) {
            Action::Replace(set) => {
                self.set_keys(set);
                Action::Use
            }
            action => action,
        }
    }

    /// [`CachedVerifier::handle`], for the key of this token where each key is fetched by itself.
    pub(crate) fn handle_for(&self, token: &[u8], event: Event<'_>, now: u64) -> Action {
        self.keys.as_ref().map_or(Action::Use, |keys| self.handle_remote_for(keys, token, event, now))
    }

    #[inline(never)]
    fn handle_remote_for(&self, keys: &RwLock<JwksCache>, token: &[u8], event: Event<'_>, now: u64) -> Action {
        if !keys.read().is_by_id() {
            return self.handle_remote(keys, event, now);
        }
        // What is wrong with a token, verification says.
        let Some(kid) = self.verifier.read().kid_of(token) else { return Action::Use };
        let mut keys = keys.write();
        if let Some(set) = keys.expire(now) {
            self.set_keys(set);
        }
        keys.handle_for(&kid, event, now)
    }

    /// Notes that a request has been under way for so long: see [`JwksCache::pending`].
    pub fn pending(&self, id: u32, elapsed: Duration) {
        if let Some(keys) = &self.keys {
            keys.write().pending(id, elapsed);
        }
    }

    /// When the keys last came or were confirmed, in seconds since the epoch.
    pub fn confirmed_at(&self) -> Option<u64> {
        self.keys.as_ref()?.read().confirmed_at()
    }

    /// Whether there are keys, of whatever age.
    pub(crate) fn is_loaded(&self) -> bool {
        self.keys.as_ref().is_none_or(|keys| keys.read().is_loaded())
    }

    /// Whether there are keys that may be used at this time.
    ///
    /// # Errors
    /// Why not: see [`JwksCache::usable`].
    pub fn usable(&self, now: u64) -> Result<(), Error> {
        self.keys.as_ref().map_or(Ok(()), |keys| keys.read().usable(now))
    }

    /// [`CachedVerifier::usable`], of the key with this ID where each has an age of its own.
    fn usable_key(&self, kid: Option<&str>, now: u64) -> Result<(), Error> {
        self.keys.as_ref().map_or(Ok(()), |keys| keys.read().usable_key(kid, now))
    }

    /// [`CachedVerifier::usable_key`], of the key that an accepted token names.
    #[inline(never)]
    fn usable_for(&self, token: &[u8], now: u64) -> Result<(), Error> {
        if self.keys.as_ref().is_some_and(|keys| keys.read().is_by_id()) {
            let kid = self.verifier.read().kid_of(token);
            return self.usable_key(kid.as_deref(), now);
        }
        self.usable(now)
    }

    /// The error of a token that was refused before its signature. A key that is never asked for is not found, whether others
    /// are loaded or not.
    #[cold]
    fn refusal(&self, error: Error, token: &[u8]) -> Error {
        let is_not_loaded = matches!(error, Error::JwksUnavailable(UnavailableReason::NotLoaded));
        if let Some(keys) = self.keys.as_ref().filter(|keys| is_not_loaded && keys.read().is_by_id()) {
            let kid = self.verifier.read().kid_of(token);
            if keys.read().is_beyond(kid.as_deref()) {
                return Error::KeyNotFound;
            }
        }
        error
    }

    /// Verifies with the keys that there are. Tokens with expectations are neither cached nor found in the cache.
    ///
    /// # Errors
    /// As [`Verifier::verify`], and those of `engine`.
    pub fn verify(
        &self,
        token: &[u8],
        expectations: Option<&Expectations>,
        now: u64,
        engine: impl FnOnce(&Pending) -> Result<Option<bool>, Error>,
    ) -> Result<Outcome<T>, Error> {
        let verdicts = self.verdicts.as_ref().filter(|_| expectations.is_none());
        if let Some(verdicts) = verdicts {
            let found = verdicts.write().find(token, now).map(|(slot, value)| (slot, value.clone()));
            if let Some((slot, value)) = found {
                self.usable_for(token, now)?;
                return Ok(Outcome::Cached(slot, value));
            }
        }
        let begun = self.verifier.read().begin(token);
        let pending = begun.map_err(|error| self.refusal(error, token))?;
        self.usable_key(pending.key().kid(), now)?;
        let Some(valid) = engine(&pending)? else { return Ok(Outcome::Waiting) };
        let candidate = verdicts.map(|_| Candidate::of(&pending));
        let none = Expectations::default();
        let accepted = self.verifier.read().accept(pending, valid, expectations.unwrap_or(&none), now)?;
        let verdict = candidate.map(|candidate| candidate.verdict(token, accepted.window, now));
        Ok(Outcome::Accepted(accepted, verdict))
    }

    /// Caches a verdict, unless the keys have changed against it. The answer is its slot.
    #[inline(never)]
    pub fn insert(&self, verdict: Verdict, value: T) -> Option<usize> {
        let verdicts = self.verdicts.as_ref()?;
        let verifier = self.verifier.read();
        verdict.stands(&verifier).then(|| verdicts.write().insert(verdict, value))
    }
}

impl CachedVerifier<Arc<VerifiedToken>> {
    /// Verifies with the in-crate engine.
    pub(crate) fn verify_token(
        &self,
        token: &str,
        expectations: Option<&Expectations>,
        now: u64,
    ) -> Result<Arc<VerifiedToken>, Error> {
        let token = token.as_bytes();
        match self.verify(token, expectations, now, |pending| pending.verify(token).map(Some))? {
            Outcome::Cached(_, verified) => Ok(verified),
            Outcome::Accepted(accepted, verdict) => {
                let verified = Arc::new(VerifiedToken::from(accepted));
                if let Some(verdict) = verdict {
                    self.insert(verdict, Arc::clone(&verified));
                }
                Ok(verified)
            }
            Outcome::Waiting => Err(Error::InternalError),
        }
    }
}

impl<T> fmt::Debug for CachedVerifier<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = f.debug_struct("CachedVerifier");
        parts.field("verifier", &*self.verifier.read());
        if let Some(keys) = &self.keys {
            parts.field("keys", &*keys.read());
        }
        if let Some(verdicts) = &self.verdicts {
            parts.field("verdicts", &*verdicts.read());
        }
        parts.finish()
    }
}
