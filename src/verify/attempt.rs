//! The state of one verification between its steps: what it has waited for, and how often it was tried again.

use crate::error::Error;
use crate::jwks_cache::{Action, Event};
use crate::verify::cached_verifier::CachedVerifier;

/// How often a token is tried again because of its key: after a refetch, and after finding that there is nothing new.
const MAX_RETRIES: u8 = 2;

/// How often one verification waits for the first keys: metadata in two places, then keys, each after a failure too.
const MAX_WAITS: u8 = 8;

/// How often one verification asks an engine that answers later, because the key became another one meanwhile.
const MAX_QUESTIONS: u8 = 3;

/// The state of one verification between its steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempt {
    requests: Requests,
    /// The keys were asked for, and waited for if need be
    ready: bool,
    waits: u8,
    retries: u8,
    questions: u8,
}

/// What the host does about requests during a verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
pub enum Next<V> {
    /// Nothing: this is the verdict.
    Verdict(V),
    /// What the host does about keys: [`Action::Fetch`] or [`Action::Wait`]. Then comes the next step.
    Host(Action),
    /// Nothing: there are no keys, and never were, and this verification cannot wait for them.
    NotLoaded,
}

impl Attempt {
    /// Takes the next step of a verification, which `verify` does with the keys that there are.
    #[doc(hidden)]
    pub fn step<T: Clone, V>(
        &mut self,
        verifier: &CachedVerifier<T>,
        token: &[u8],
        now: u64,
        verify: impl Fn() -> Result<V, Error>,
    ) -> Result<Next<V>, Error> {
        let waits = self.requests == Requests::Awaited;
        // Whoever cannot wait does not load the first keys.
        let asks = waits || self.requests == Requests::InBackground && verifier.is_loaded();
        if asks && !self.ready {
            // Whatever the keys will be, such a token is not taken: nobody waits, and no request is made for it.
            if verifier.usable(now).is_err()
                && let Some(error) = verify().err().filter(Error::needs_no_key)
            {
                return Err(error);
            }
            self.waits = self.waits.saturating_add(1);
            let action = verifier.handle_for(token, Event::Wanted, now);
            // Whoever has stale keys waits once. Whoever has none asks again.
            self.ready = !waits || self.waits >= MAX_WAITS || verifier.usable(now).is_ok();
            if let Some(action) = self.for_host(action)? {
                return Ok(Next::Host(action));
            }
            self.ready = true;
        }
        match verify() {
            Err(error) if asks && error.may_change_with_new_keys() && self.retries < MAX_RETRIES => {
                self.retries = if waits { self.retries.saturating_add(1) } else { MAX_RETRIES };
                let action = self.for_host(verifier.handle_for(token, Event::UnknownKey, now))?;
                action.map(Next::Host).ok_or(error)
            }
            Err(Error::JwksUnavailable(_)) if !waits && !verifier.is_loaded() => Ok(Next::NotLoaded),
            verdict => verdict.map(Next::Verdict),
        }
    }

    /// Takes the next step of loading fresh keys, however long that takes. `None`: they are there.
    #[doc(hidden)]
    pub fn load<T: Clone>(&mut self, verifier: &CachedVerifier<T>, now: u64) -> Result<Option<Action>, Error> {
        if self.waits > MAX_WAITS {
            return Err(Error::InternalError);
        }
        self.waits = self.waits.saturating_add(1);
        self.for_host(verifier.handle(Event::Load, now))
    }

    /// What the host has to do. `None`: nothing.
    fn for_host(self, action: Action) -> Result<Option<Action>, Error> {
        match action {
            Action::Fetch { .. } => Ok(Some(action)),
            Action::Wait { .. } if self.requests == Requests::Awaited => Ok(Some(action)),
            Action::Unavailable(error) if self.requests == Requests::Awaited => Err(error),
            // Without waiting, the keys that there are decide.
            Action::Use | Action::Replace(_) | Action::Wait { .. } | Action::Unavailable(_) => Ok(None),
        }
    }

    /// Counts that the engine answers later.
    ///
    /// # Errors
    /// [`Error::InternalError`] where it was asked too often.
    #[doc(hidden)]
    pub fn question(&mut self) -> Result<(), Error> {
        if self.questions >= MAX_QUESTIONS {
            return Err(Error::InternalError);
        }
        self.questions = self.questions.saturating_add(1);
        Ok(())
    }

    /// The whole state as one number, for hosts that hold it. A new attempt is the number of its [`Requests`].
    #[doc(hidden)]
    pub const fn to_bits(self) -> u32 {
        let requests = match self.requests {
            Requests::Awaited => 0,
            Requests::InBackground => 1,
            Requests::Never => 2,
        };
        let ready = if self.ready { READY } else { 0 };
        u32::from_le_bytes([requests | ready, self.waits, self.retries, self.questions])
    }

    /// The reverse of [`Attempt::to_bits`].
    #[doc(hidden)]
    pub const fn from_bits(bits: u32) -> Self {
        let [first, waits, retries, questions] = bits.to_le_bytes();
        let requests = match first & !READY {
            0 => Requests::Awaited,
            1 => Requests::InBackground,
            _ => Requests::Never,
        };
        Self { requests, ready: first & READY != 0, waits, retries, questions }
    }
}

const READY: u8 = 0x80;
