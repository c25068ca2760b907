//! Verification with keys that are fetched: what to wait for, and when to try again.

use alloc::sync::Arc;
use core::ops::Deref;
use core::time::Duration;

use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, Error, UnavailableReason};
use crate::jwks_cache::{Action, CachePolicy, Event, FetchRequest, JwksCache};
use crate::verify::attempt::{Attempt, Next};
use crate::verify::cached_verifier::CachedVerifier;
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::{VerifiedToken, Verifier};

/// A verifier whose keys are fetched, as a state machine: it says what to fetch and how long to wait, and hosts do it.
///
/// It has the policy of the keys ([`JwksCache`]), and verifies each token with [`RemoteVerifier::step`]. Drivers that do
/// the fetching and waiting are [`crate::BlockingVerifier`] and, with the feature `reqwest`, `ReqwestVerifier`.
///
/// # Example
/// ```
/// use countersign::discovery::KeySource;
/// use countersign::jwks_cache::{Event, Response};
/// use countersign::verify::{Attempt, Step};
/// use countersign::{RemoteVerifier, Verifier};
///
/// # let key_set = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","kid":"eddsa"}]}"#;
/// # let jwt = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
/// #     .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
/// #     .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";
/// let mut source = KeySource::default();
/// source.jwks_uri = Some("https://tenant.example/jwks".into());
/// let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build()?;
/// let remote = RemoteVerifier::new(verifier, &source)?;
///
/// let now = 1_800_000_000;
/// let mut attempt = Attempt::default();
/// let Step::Fetch { request, .. } = remote.step(&mut attempt, jwt, None, now) else { unreachable!("no keys yet") };
/// assert_eq!(request.url, "https://tenant.example/jwks");
/// remote.handle(Event::Response { id: request.id, response: Response::new(200, key_set.as_bytes()) }, now);
/// let Step::Done(verdict) = remote.step(&mut attempt, jwt, None, now) else { unreachable!("the keys are there") };
/// assert_eq!(verdict?.claims().subject(), Some("alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RemoteVerifier {
    inner: CachedVerifier<Arc<VerifiedToken>>,
}

/// What a verification needs next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step {
    /// Nothing: this is the verdict.
    Done(Result<Arc<VerifiedToken>, Error>),
    /// A request, as [`Action::Fetch`] says. Then comes the next step.
    Fetch {
        /// The request
        request: FetchRequest,
        /// The longest time to wait for it, and for those that follow from it
        wait_at_most: Duration,
    },
    /// The end of the request that is under way, as [`Action::Wait`] says. Then comes the next step.
    Wait {
        /// The longest time to wait for it
        at_most: Duration,
    },
}

impl RemoteVerifier {
    /// Creates a verifier that gets its keys from the issuer, or from where `source` says.
    ///
    /// # Errors
    /// [`ConfigError`] for options that contradict each other, and for addresses that may not be asked.
    pub fn new(verifier: Verifier, source: &KeySource) -> Result<Self, ConfigError> {
        Self::build(verifier, source, None)
    }

    /// Like [`RemoteVerifier::new`], with a verdict cache: see [`crate::verify::CachingVerifier`].
    ///
    /// # Errors
    /// Those of [`RemoteVerifier::new`], and when a limit is 0 or above its maximum.
    pub fn with_cache(verifier: Verifier, source: &KeySource, limits: CacheLimits) -> Result<Self, ConfigError> {
        Self::build(verifier, source, Some(limits))
    }

    fn build(verifier: Verifier, source: &KeySource, limits: Option<CacheLimits>) -> Result<Self, ConfigError> {
        let keys = JwksCache::from_source(verifier.issuer(), source, *verifier.limits())?;
        Ok(Self { inner: CachedVerifier::new(verifier, Some(keys), limits)? })
    }

    /// With lifetimes of the keys of one's own.
    ///
    /// # Errors
    /// [`ConfigError`] for those that are out of bounds, or contradict each other.
    pub fn cache_policy(self, policy: CachePolicy) -> Result<Self, ConfigError> {
        Ok(Self { inner: self.inner.cache_policy(policy)? })
    }

    /// The verifier, e.g. to look at its keys. New ones are not taken as long as it is borrowed.
    pub fn verifier(&self) -> impl Deref<Target = Verifier> {
        self.inner.verifier()
    }

    /// Takes the next step of a verification. `now` is in seconds since the epoch.
    pub fn step(&self, attempt: &mut Attempt, token: &str, expectations: Option<&Expectations>, now: u64) -> Step {
        match attempt.step(&self.inner, token.as_bytes(), now, || self.inner.verify_token(token, expectations, now)) {
            Ok(Next::Verdict(token)) => Step::Done(Ok(token)),
            Ok(Next::Host(Action::Fetch { request, wait_at_most })) => Step::Fetch { request, wait_at_most },
            Ok(Next::Host(Action::Wait { at_most, .. })) => Step::Wait { at_most },
            Ok(Next::Host(_) | Next::NotLoaded) => Step::Done(Err(UnavailableReason::NotLoaded.into())),
            Err(error) => Step::Done(Err(error)),
        }
    }

    /// Takes the next step of loading fresh keys, for those who want them before the first token comes: what a driver has
    /// to do first, or `None` once they are there.
    ///
    /// # Errors
    /// [`Error::JwksUnavailable`], [`Error::JwksInvalid`] and those of discovery.
    pub fn load(&self, attempt: &mut Attempt, now: u64) -> Result<Option<Action>, Error> {
        attempt.load(&self.inner, now)
    }

    /// Takes an event, and says what to do: see [`JwksCache::handle`]. New keys are in use when it returns, and
    /// [`Action::Replace`] is never the answer.
    pub fn handle(&self, event: Event<'_>, now: u64) -> Action {
        self.inner.handle(event, now)
    }
}
