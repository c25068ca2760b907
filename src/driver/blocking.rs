//! A driver for threads.

use std::boxed::Box;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::driver::FetchedResponse;
use crate::driver::system_time;
use crate::error::{Error, UnavailableReason};
use crate::jwks_cache::{Action, Event, FetchRequest};
use crate::verify::attempt::Attempt;
use crate::verify::expectations::Expectations;
use crate::verify::remote_verifier::{RemoteVerifier, Step};
use crate::verify::verifier::VerifiedToken;

type Fetch = Box<dyn Fn(&FetchRequest) -> Result<FetchedResponse, UnavailableReason> + Send + Sync>;

/// Verifies with keys that are fetched, on threads: a call blocks while it waits for keys. Requests are made on a thread
/// of their own, so that a verification that has waited long enough goes on without them.
///
/// Share one for all threads. With the feature `reqwest` there is `BlockingVerifier::with_reqwest`.
///
/// # Example
/// ```no_run
/// use countersign::discovery::KeySource;
/// use countersign::error::UnavailableReason;
/// use countersign::jwks_cache::FetchRequest;
/// use countersign::{BlockingVerifier, RemoteVerifier, Verifier};
///
/// /// GETs `request.url` within `request.timeout` seconds, following no redirect, and reading `request.max_bytes` at most.
/// fn get(request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
///     # let _ = request;
///     Err(UnavailableReason::Network)
/// }
///
/// # let jwt = "";
/// let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build()?;
/// let verifier = BlockingVerifier::new(RemoteVerifier::new(verifier, &KeySource::default())?, get);
/// let token = verifier.verify(jwt)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BlockingVerifier {
    shared: Arc<Shared>,
}

struct Shared {
    remote: RemoteVerifier,
    fetch: Fetch,
    clock: fn() -> u64,
    /// How many fetches have ended
    ended: Mutex<u64>,
    changed: Condvar,
}

impl BlockingVerifier {
    /// Creates a driver that makes its requests with `fetch`, which answers with the status and the body. It must not
    /// follow redirects, nor use an HTTP cache: see [`FetchRequest`].
    pub fn new<F, R>(remote: RemoteVerifier, fetch: F) -> Self
    where
        F: Fn(&FetchRequest) -> Result<R, UnavailableReason> + Send + Sync + 'static,
        R: Into<FetchedResponse>,
    {
        Self::with_clock(remote, fetch, system_time)
    }

    /// Like [`BlockingVerifier::new`], with a clock that gives seconds since the epoch: for tests.
    pub fn with_clock<F, R>(remote: RemoteVerifier, fetch: F, clock: fn() -> u64) -> Self
    where
        F: Fn(&FetchRequest) -> Result<R, UnavailableReason> + Send + Sync + 'static,
        R: Into<FetchedResponse>,
    {
        let (ended, changed) = (Mutex::new(0), Condvar::new());
        let fetch = Box::new(move |request: &FetchRequest| fetch(request).map(Into::into));
        Self { shared: Arc::new(Shared { remote, fetch, clock, ended, changed }) }
    }

    /// Creates a driver that makes its requests with the crate `reqwest`.
    ///
    /// # Errors
    /// [`Error::InternalError`] where the TLS of this system cannot be initialised.
    #[cfg(feature = "reqwest")]
    pub fn with_reqwest(remote: RemoteVerifier) -> Result<Self, Error> {
        let client = crate::driver::download::client()?;
        Ok(Self::new(remote, move |request| crate::driver::download::download_blocking(&client, request)))
    }

    /// Verifies a token, with keys that are fetched first where that is due.
    ///
    /// # Errors
    /// Those of [`crate::Verifier::verify`], and [`Error::JwksUnavailable`], [`Error::JwksInvalid`] and those of discovery
    /// where there are no keys that may decide.
    pub fn verify(&self, token: &str) -> Result<Arc<VerifiedToken>, Error> {
        self.run(token, None)
    }

    /// Like [`BlockingVerifier::verify`], with what the caller of this one verification knows.
    ///
    /// # Errors
    /// Those of [`BlockingVerifier::verify`].
    pub fn verify_with(&self, token: &str, expectations: &Expectations) -> Result<Arc<VerifiedToken>, Error> {
        self.run(token, Some(expectations))
    }

    fn run(&self, token: &str, expectations: Option<&Expectations>) -> Result<Arc<VerifiedToken>, Error> {
        let mut attempt = Attempt::default();
        loop {
            let ended = self.shared.ended();
            match self.shared.remote.step(&mut attempt, token, expectations, (self.shared.clock)()) {
                Step::Done(verdict) => return verdict,
                Step::Fetch { request, wait_at_most } => {
                    Shared::start(&self.shared, request);
                    self.shared.wait(ended, wait_at_most);
                }
                Step::Wait { at_most } => self.shared.wait(ended, at_most),
            }
        }
    }
}

impl Shared {
    fn ended(&self) -> u64 {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until more fetches have ended than before.
    fn wait(&self, before: u64, at_most: Duration) {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_timeout_while(ended, at_most, |ended| *ended == before));
    }

    /// Makes a request and those that follow from it on a thread of their own or, where there is none to be had, here.
    fn start(shared: &Arc<Self>, request: FetchRequest) {
        let (other, again) = (Arc::clone(shared), request.clone());
        if thread::Builder::new().name("countersign-keys".into()).spawn(move || other.perform(request)).is_err() {
            shared.perform(again);
        }
    }

    fn perform(&self, mut request: FetchRequest) {
        loop {
            let response = (self.fetch)(&request);
            let event = match &response {
                Ok(response) => Event::Response { id: request.id, response: response.as_response() },
                Err(reason) => Event::Failed { id: request.id, reason: *reason },
            };
            match self.remote.handle(event, (self.clock)()) {
                Action::Fetch { request: next, .. } => request = next,
                _ => break,
            }
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended = ended.wrapping_add(1);
        self.changed.notify_all();
    }
}

impl fmt::Debug for BlockingVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingVerifier").field("remote", &self.shared.remote).finish_non_exhaustive()
    }
}
