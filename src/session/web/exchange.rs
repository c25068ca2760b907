//! One operation as a conversation: tasks for the host, and their answers.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::error::{Error, ErrorCode};
use crate::session::web::response::WebResponse;
use crate::session::{Purpose, Session, Site};
use crate::sync::RwLock;

/// What the host has to do before the exchange goes on. Where it cannot, the answer is [`Answer::Failed`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the members are what their names say")]
pub enum Task {
    /// Read the body of the request as text, up to so many bytes: [`Answer::Text`], `None` if it is larger.
    Body { limit: usize },
    /// Open what is sealed: [`Answer::Text`], `None` if it was not sealed by these secrets.
    Open { purpose: Purpose, name: String, site: Site, text: String },
    /// Seal a text: [`Answer::Text`].
    Seal { purpose: Purpose, name: String, site: Site, text: String },
    /// Read these keys: [`Answer::Values`], one for each.
    Read { place: Place, keys: Vec<String> },
    /// Write a value for so many seconds: [`Answer::Done`].
    Write { place: Place, key: String, value: String, seconds: u64 },
    /// Write a value unless the key has one, as one step: [`Answer::Added`].
    Add { place: Place, key: String, value: String, seconds: u64 },
    /// Delete a key: [`Answer::Done`].
    Delete { place: Place, key: String },
    /// Wait: [`Answer::Done`].
    Wait { milliseconds: u64 },
    /// Begin a sign-in with that client: [`Answer::Authorization`].
    Authorize { client: String, redirect_uri: String, params: Vec<(String, String)> },
    /// Exchange the response of an authorization server, a query or a form, for tokens: [`Answer::Tokens`]. `transaction` is what
    /// [`Answer::Authorization`] had.
    Redeem { client: String, response: String, transaction: String },
    /// Refresh tokens, which are JSON as in [`Answer::Tokens`]: [`Answer::Tokens`].
    Refresh { client: String, tokens: String },
    /// Revoke a refresh token, within that time: [`Answer::Done`]. Whether it succeeds does not matter.
    Revoke { client: String, token: String, milliseconds: u64 },
    /// The address at which the user signs out of the authorization server: [`Answer::Text`], `None` if it has none.
    LogoutUrl { client: String, redirect_uri: String, id_token: Option<String> },
    /// Verify a logout token (OpenID Connect Back-Channel Logout §2.6): [`Answer::LogoutToken`].
    LogoutToken { client: String, token: String },
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the store of the application
    Store,
    /// In the memory of this process, which does as long as nobody else refreshes
    Process,
}

/// What came of a task.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the members are what their names say")]
pub enum Answer {
    Done,
    Text(Option<String>),
    Values(Vec<Option<String>>),
    Added(bool),
    /// `transaction` is a text from which the host makes its transaction again.
    Authorization {
        url: String,
        state: String,
        transaction: String,
    },
    /// JSON, as [`Tokens`](super::Tokens) reads it. Where there is no ID token, `claims` are those of the userinfo endpoint.
    Tokens(String),
    LogoutToken {
        issuer: String,
        subject: Option<String>,
        sid: Option<String>,
        jti: String,
        expires_at: u64,
    },
    Failed(Failure),
}

/// Why a task could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code of the error
    pub code: ErrorCode,
    /// Whether the authorization server said `invalid_grant`
    pub is_invalid_grant: bool,
    /// What the authorization server said, as text for people
    pub words: Option<String>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { code: error.code(), is_invalid_grant: crate::client::is_invalid_grant(error), words: error.actual() }
    }
}

impl Failure {
    pub(super) const fn of(code: ErrorCode) -> Self {
        Self { code, is_invalid_grant: false, words: None }
    }
}

/// The session of a request, and the cookies that its response has to set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// Who has signed in
    pub session: Option<Session>,
    /// Values of `Set-Cookie` header fields, to be appended one by one
    pub set_cookies: Vec<String>,
}

/// How an operation ends.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The request is for none of the routes.
    NotOurs,
    /// The whole response
    Response(WebResponse),
    /// The application's turn
    Visit(Visit),
    /// The operation failed. The visit says what has to be set all the same.
    Failed(Failure, Visit),
}

/// What comes next.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Do this, and hand its answer to [`Exchange::step`].
    Task(Task),
    /// That was all.
    Done(Outcome),
}

struct Slot {
    task: Option<Task>,
    answer: Option<Answer>,
}

/// An operation under way.
#[must_use]
pub struct Exchange {
    future: Option<Pin<Box<dyn Future<Output = Outcome> + Send>>>,
    slot: Arc<RwLock<Slot>>,
}

impl Exchange {
    pub(super) fn new<F: Future<Output = Outcome> + Send + 'static>(operation: impl FnOnce(Host) -> F) -> Self {
        let slot = Arc::new(RwLock::new(Slot { task: None, answer: None }));
        let future = operation(Host { slot: Arc::clone(&slot) });
        Self { future: Some(Box::pin(future)), slot }
    }

    /// Goes on with the answer of the task before, of which the first step has none.
    pub fn step(&mut self, answer: Option<Answer>) -> Step {
        self.slot.write().answer = answer;
        let failed = || Step::Done(Outcome::Failed(Failure::of(ErrorCode::InternalError), Visit::default()));
        let Some(future) = &mut self.future else { return failed() };
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => {
                self.future = None;
                Step::Done(outcome)
            }
            // Without a task it is a second step without an answer.
            Poll::Pending => self.slot.write().task.take().map_or_else(failed, Step::Task),
        }
    }
}

/// The host, as operations see it.
#[derive(Clone)]
pub(super) struct Host {
    slot: Arc<RwLock<Slot>>,
}

impl Host {
    pub(super) fn ask(&self, task: Task) -> impl Future<Output = Answer> + Send + use<> {
        Asked { slot: Arc::clone(&self.slot), task: Some(task) }
    }

    async fn text(&self, task: Task) -> Result<Option<String>, Failure> {
        match self.ask(task).await {
            Answer::Text(text) => Ok(text),
            other => Err(failure(other)),
        }
    }

    pub(super) async fn body(&self, limit: usize) -> Result<Option<String>, Failure> {
        self.text(Task::Body { limit }).await
    }

    pub(super) async fn open(
        &self,
        purpose: Purpose,
        name: &str,
        site: &Site,
        text: &str,
    ) -> Result<Option<String>, Failure> {
        self.text(Task::Open { purpose, name: name.into(), site: site.clone(), text: text.into() }).await
    }

    pub(super) async fn seal(
        &self,
        purpose: Purpose,
        name: &str,
        site: &Site,
        text: String,
    ) -> Result<String, Failure> {
        let sealed = self.text(Task::Seal { purpose, name: name.into(), site: site.clone(), text }).await?;
        sealed.ok_or(Failure::of(ErrorCode::InternalError))
    }

    pub(super) async fn logout_url(&self, task: Task) -> Result<Option<String>, Failure> {
        self.text(task).await
    }

    pub(super) async fn read<const N: usize>(
        &self,
        place: Place,
        keys: [String; N],
    ) -> Result<[Option<String>; N], Failure> {
        match self.ask(Task::Read { place, keys: keys.into() }).await {
            Answer::Values(values) => values.try_into().map_err(|_| Failure::of(ErrorCode::InternalError)),
            other => Err(store_failure(other)),
        }
    }

    pub(super) async fn write(&self, place: Place, key: &str, value: String, seconds: u64) -> Result<(), Failure> {
        self.done(Task::Write { place, key: key.into(), value, seconds }).await
    }

    pub(super) async fn add(&self, place: Place, key: &str, value: String, seconds: u64) -> Result<bool, Failure> {
        match self.ask(Task::Add { place, key: key.into(), value, seconds }).await {
            Answer::Added(added) => Ok(added),
            other => Err(store_failure(other)),
        }
    }

    pub(super) async fn delete(&self, place: Place, key: &str) -> Result<(), Failure> {
        self.done(Task::Delete { place, key: key.into() }).await
    }

    async fn done(&self, task: Task) -> Result<(), Failure> {
        match self.ask(task).await {
            Answer::Done => Ok(()),
            other => Err(store_failure(other)),
        }
    }

    pub(super) async fn tokens(&self, task: Task) -> Result<String, Failure> {
        match self.ask(task).await {
            Answer::Tokens(tokens) => Ok(tokens),
            other => Err(failure(other)),
        }
    }
}

pub(super) fn failure(answer: Answer) -> Failure {
    if let Answer::Failed(failure) = answer { failure } else { Failure::of(ErrorCode::InternalError) }
}

/// Whatever a store complains of, it is not there.
fn store_failure(answer: Answer) -> Failure {
    if let Answer::Failed(_) = answer { Failure::of(ErrorCode::StoreUnavailable) } else { failure(answer) }
}

struct Asked {
    slot: Arc<RwLock<Slot>>,
    task: Option<Task>,
}

impl Future for Asked {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Answer> {
        let task = self.task.take();
        let mut slot = self.slot.write();
        if task.is_some() {
            slot.task = task;
            return Poll::Pending;
        }
        slot.answer.take().map_or(Poll::Pending, Poll::Ready)
    }
}
