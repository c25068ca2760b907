//! A driver for asynchronous programs, on tokio.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::driver::download::{client, download};
use crate::driver::system_time;
use crate::error::Error;
use crate::jwks_cache::{Action, Event, FetchRequest};
use crate::verify::attempt::Attempt;
use crate::verify::expectations::Expectations;
use crate::verify::remote_verifier::{RemoteVerifier, Step};
use crate::verify::verifier::VerifiedToken;

/// Verifies with keys that are fetched with the crate `reqwest`, in a tokio runtime with time and I/O. Requests are tasks
/// of their own, so that a verification that has waited long enough, or is cancelled, leaves them to the others.
///
/// Clone it freely: clones share keys and requests.
///
/// # Example
/// ```no_run
/// use countersign::discovery::KeySource;
/// use countersign::{RemoteVerifier, ReqwestVerifier, Verifier};
///
/// # async fn user(jwt: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build()?;
/// let verifier = ReqwestVerifier::new(RemoteVerifier::new(verifier, &KeySource::default())?)?;
/// let token = verifier.verify(jwt).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReqwestVerifier {
    shared: Arc<Shared>,
}

struct Shared {
    remote: RemoteVerifier,
    client: Client,
    ended: Notify,
}

impl ReqwestVerifier {
    /// Creates a driver with an HTTP client of its own.
    ///
    /// # Errors
    /// [`Error::InternalError`] where the TLS of this system cannot be initialised.
    pub fn new(remote: RemoteVerifier) -> Result<Self, Error> {
        Ok(Self { shared: Arc::new(Shared { remote, client: client()?, ended: Notify::new() }) })
    }

    /// The verifier, with the keys that it has now.
    pub(super) fn remote(&self) -> &RemoteVerifier {
        &self.shared.remote
    }

    /// Verifies a token, with keys that are fetched first where that is due.
    ///
    /// # Errors
    /// Those of [`crate::Verifier::verify`], and [`Error::JwksUnavailable`], [`Error::JwksInvalid`] and those of discovery
    /// where there are no keys that may decide.
    pub async fn verify(&self, token: &str) -> Result<Arc<VerifiedToken>, Error> {
        self.run(token, None).await
    }

    /// Like [`ReqwestVerifier::verify`], with what the caller of this one verification knows.
    ///
    /// # Errors
    /// Those of [`ReqwestVerifier::verify`].
    pub async fn verify_with(&self, token: &str, expectations: &Expectations) -> Result<Arc<VerifiedToken>, Error> {
        self.run(token, Some(expectations)).await
    }

    /// Fetches the keys unless there are fresh ones: at a start, or for a probe of readiness.
    ///
    /// # Errors
    /// [`Error::JwksUnavailable`], [`Error::JwksInvalid`] and those of discovery.
    pub async fn load_keys(&self) -> Result<(), Error> {
        let mut attempt = Attempt::default();
        loop {
            let ended = self.shared.ended.notified();
            match self.shared.remote.load(&mut attempt, system_time())? {
                Some(Action::Fetch { request, wait_at_most }) => {
                    drop(tokio::spawn(Arc::clone(&self.shared).perform(request)));
                    wait(ended, wait_at_most).await;
                }
                Some(Action::Wait { at_most, .. }) => wait(ended, at_most).await,
                _ => return Ok(()),
            }
        }
    }

    async fn run(&self, token: &str, expectations: Option<&Expectations>) -> Result<Arc<VerifiedToken>, Error> {
        let mut attempt = Attempt::default();
        loop {
            // Before the step, so that no end of a request is missed after it.
            let ended = self.shared.ended.notified();
            match self.shared.remote.step(&mut attempt, token, expectations, system_time()) {
                Step::Done(verdict) => return verdict,
                Step::Fetch { request, wait_at_most } => {
                    drop(tokio::spawn(Arc::clone(&self.shared).perform(request)));
                    wait(ended, wait_at_most).await;
                }
                Step::Wait { at_most } => wait(ended, at_most).await,
            }
        }
    }
}

/// Waits for the end of a request. It makes no difference which comes first.
async fn wait(ended: impl Future<Output = ()>, at_most: Duration) {
    drop(timeout(at_most, ended).await);
}

impl Shared {
    async fn perform(self: Arc<Self>, mut request: FetchRequest) {
        loop {
            let response = download(&self.client, &request).await;
            let event = match &response {
                Ok(response) => Event::Response { id: request.id, response: response.as_response() },
                Err(reason) => Event::Failed { id: request.id, reason: *reason },
            };
            match self.remote.handle(event, system_time()) {
                Action::Fetch { request: next, .. } => request = next,
                _ => break,
            }
        }
        self.ended.notify_waiters();
    }
}

impl fmt::Debug for ReqwestVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestVerifier").field("remote", &self.shared.remote).finish_non_exhaustive()
    }
}
