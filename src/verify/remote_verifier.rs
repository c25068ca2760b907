//! Verification with keys that are fetched: what to wait for, and when to try again.

use alloc::sync::Arc;
use core::ops::Deref;
use core::time::Duration;

use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, Error};
use crate::jwks_cache::{Action, Event, FetchRequest, JwksCache};
use crate::verify::cached_verifier::CachedVerifier;
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::{VerifiedToken, Verifier};

/// How often a token is tried again because of its key: after a refetch, and after finding that there is nothing new.
const MAX_RETRIES: u8 = 2;

/// How often one verification waits for the first keys: metadata in two places, then keys, each after a failure too.
const MAX_WAITS: u8 = 8;

/// A verifier whose keys are fetched, as a state machine: it says what to fetch and how long to wait, and hosts do it.
///
/// It has the policy of the keys ([`JwksCache`]), and verifies each token with [`RemoteVerifier::step`]. Drivers that do
/// the fetching and waiting are [`crate::BlockingVerifier`] and, with the feature `reqwest`, `ReqwestVerifier`.
///
/// # Example
/// ```
/// use countersign::discovery::KeySource;
/// use countersign::jwks_cache::Event;
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
/// remote.handle(Event::Response { id: request.id, status: 200, body: key_set.as_bytes() }, now);
/// let Step::Done(verdict) = remote.step(&mut attempt, jwt, None, now) else { unreachable!("the keys are there") };
/// assert_eq!(verdict?.claims().subject(), Some("alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RemoteVerifier {
    inner: CachedVerifier<Arc<VerifiedToken>>,
}

/// The state of one verification between its steps.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// The keys were asked for, and waited for if need be
    ready: bool,
    waits: u8,
    retries: u8,
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

    /// The verifier, e.g. to look at its keys. New ones are not taken as long as it is borrowed.
    pub fn verifier(&self) -> impl Deref<Target = Verifier> {
        self.inner.verifier()
    }

    /// Takes the next step of a verification. `now` is in seconds since the epoch.
    pub fn step(&self, attempt: &mut Attempt, token: &str, expectations: Option<&Expectations>, now: u64) -> Step {
        if !attempt.ready {
            attempt.waits = attempt.waits.saturating_add(1);
            let action = self.handle(Event::Wanted, now);
            // Whoever has stale keys waits once. Whoever has none asks again.
            attempt.ready = attempt.waits >= MAX_WAITS || self.inner.usable(now).is_ok();
            if let Some(step) = step_of(action) {
                return step;
            }
            attempt.ready = true;
        }
        match self.inner.verify_token(token, expectations, now) {
            Err(error) if error.may_change_with_new_keys() && attempt.retries < MAX_RETRIES => {
                attempt.retries = attempt.retries.saturating_add(1);
                step_of(self.handle(Event::UnknownKey, now)).unwrap_or(Step::Done(Err(error)))
            }
            verdict => Step::Done(verdict),
        }
    }

    /// Takes an event, and says what to do: see [`JwksCache::handle`]. New keys are in use when it returns, and
    /// [`Action::Replace`] is never the answer.
    pub fn handle(&self, event: Event<'_>, now: u64) -> Action {
        self.inner.handle(event, now)
    }
}

/// `None`: there is nothing to wait for.
fn step_of(action: Action) -> Option<Step> {
    match action {
        Action::Use | Action::Replace(_) => None,
        Action::Fetch { request, wait_at_most } => Some(Step::Fetch { request, wait_at_most }),
        Action::Wait { at_most } => Some(Step::Wait { at_most }),
        Action::Unavailable(error) => Some(Step::Done(Err(error))),
    }
}
