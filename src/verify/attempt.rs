//! The state of one verification between its steps: what it has waited for, and how often it was tried again.

use core::time::Duration;

use crate::error::Error;
use crate::jwks_cache::{Action, Event, FetchRequest};
use crate::verify::cached_verifier::CachedVerifier;

/// How often a token is tried again because of its key: after a refetch, and after finding that there is nothing new.
const MAX_RETRIES: u8 = 2;

/// How often one verification waits for the first keys: metadata in two places, then keys, each after a failure too.
const MAX_WAITS: u8 = 8;

/// How often one verification asks an engine that answers later, because the key became another one meanwhile.
#[cfg(any(feature = "wasm", test))]
const MAX_QUESTIONS: u8 = 3;

/// The state of one verification between its steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempt {
    requests: Requests,
    /// The keys were asked for, and waited for if need be
    ready: bool,
    waits: u8,
    retries: u8,
    #[cfg(any(feature = "wasm", test))]
    questions: u8,
}

/// What the host does about requests during a verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(any(feature = "wasm", test)), allow(dead_code, reason = "Rust's hosts wait"))]
pub(crate) enum Requests {
    /// It makes them, and waits.
    #[default]
    Awaited,
    /// It makes them, and goes on at once. The first keys are not for it to load.
    InBackground,
    /// It makes none.
    Never,
}

/// What a verification needs next.
pub(crate) enum Next<V> {
    /// Nothing: this is the verdict.
    Verdict(V),
    /// [`Action::Fetch`]
    Fetch { request: FetchRequest, wait_at_most: Duration },
    /// [`Action::Wait`]
    Wait { at_most: Duration },
    /// Nothing: there are no keys, and never were, and this verification cannot wait for them.
    NotLoaded,
}

impl Attempt {
    /// Takes the next step of a verification, which `verify` does with the keys that there are.
    pub(crate) fn step<T: Clone, V>(
        &mut self,
        verifier: &CachedVerifier<T>,
        now: u64,
        verify: impl FnOnce() -> Result<V, Error>,
    ) -> Result<Next<V>, Error> {
        if self.requests != Requests::Awaited {
            return self.step_at_once(verifier, now, verify);
        }
        if !self.ready {
            self.waits = self.waits.saturating_add(1);
            let action = verifier.handle(Event::Wanted, now);
            // Whoever has stale keys waits once. Whoever has none asks again.
            self.ready = self.waits >= MAX_WAITS || verifier.usable(now).is_ok();
            if let Some(next) = next_of(action)? {
                return Ok(next);
            }
            self.ready = true;
        }
        match verify() {
            Err(error) if error.may_change_with_new_keys() && self.retries < MAX_RETRIES => {
                self.retries = self.retries.saturating_add(1);
                next_of(verifier.handle(Event::UnknownKey, now))?.ok_or(error)
            }
            verdict => verdict.map(Next::Verdict),
        }
    }

    /// The same where nothing can be waited for: what is fetched is for others.
    fn step_at_once<T: Clone, V>(
        &mut self,
        verifier: &CachedVerifier<T>,
        now: u64,
        verify: impl FnOnce() -> Result<V, Error>,
    ) -> Result<Next<V>, Error> {
        let fetches = self.requests == Requests::InBackground && verifier.is_loaded();
        if fetches && !self.ready {
            self.ready = true;
            if let Action::Fetch { request, .. } = verifier.handle(Event::Wanted, now) {
                return Ok(Next::Fetch { request, wait_at_most: Duration::ZERO });
            }
        }
        match verify() {
            Err(error) if fetches && error.may_change_with_new_keys() && self.retries == 0 => {
                self.retries = MAX_RETRIES;
                match verifier.handle(Event::UnknownKey, now) {
                    Action::Fetch { request, .. } => Ok(Next::Fetch { request, wait_at_most: Duration::ZERO }),
                    _ => Err(error),
                }
            }
            Err(Error::JwksUnavailable(_)) if !verifier.is_loaded() => Ok(Next::NotLoaded),
            verdict => verdict.map(Next::Verdict),
        }
    }

    /// Takes the next step of loading fresh keys, however long that takes.
    #[cfg(any(feature = "wasm", test))]
    pub(crate) fn load<T: Clone>(&mut self, verifier: &CachedVerifier<T>, now: u64) -> Result<Next<()>, Error> {
        if self.waits > MAX_WAITS {
            return Err(Error::InternalError);
        }
        self.waits = self.waits.saturating_add(1);
        Ok(next_of(verifier.handle(Event::Load, now))?.unwrap_or(Next::Verdict(())))
    }

    /// Counts that the engine answers later.
    ///
    /// # Errors
    /// [`Error::InternalError`] where it was asked too often.
    #[cfg(any(feature = "wasm", test))]
    pub(crate) fn question(&mut self) -> Result<(), Error> {
        if self.questions >= MAX_QUESTIONS {
            return Err(Error::InternalError);
        }
        self.questions = self.questions.saturating_add(1);
        Ok(())
    }

    /// The whole state as one number, for hosts that hold it. A new attempt is the number of its [`Requests`].
    #[cfg(any(feature = "wasm", test))]
    pub(crate) const fn to_bits(self) -> u32 {
        let requests = match self.requests {
            Requests::Awaited => 0,
            Requests::InBackground => 1,
            Requests::Never => 2,
        };
        let ready = if self.ready { READY } else { 0 };
        u32::from_le_bytes([requests | ready, self.waits, self.retries, self.questions])
    }

    /// The reverse of [`Attempt::to_bits`].
    #[cfg(any(feature = "wasm", test))]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        let [first, waits, retries, questions] = bits.to_le_bytes();
        let requests = match first & !READY {
            0 => Requests::Awaited,
            1 => Requests::InBackground,
            _ => Requests::Never,
        };
        Self { requests, ready: first & READY != 0, waits, retries, questions }
    }
}

#[cfg(any(feature = "wasm", test))]
const READY: u8 = 0x80;

/// `None`: there is nothing to wait for.
fn next_of<V>(action: Action) -> Result<Option<Next<V>>, Error> {
    match action {
        Action::Use | Action::Replace(_) => Ok(None),
        Action::Fetch { request, wait_at_most } => Ok(Some(Next::Fetch { request, wait_at_most })),
        Action::Wait { at_most } => Ok(Some(Next::Wait { at_most })),
        Action::Unavailable(error) => Err(error),
    }
}
