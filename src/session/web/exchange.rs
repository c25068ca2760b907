//! One operation as a conversation: tasks for the host, and their answers.
//!
//! An operation is a function of the request, the moment and the answers that there are. It runs from its beginning with each
//! answer, up to the first task that has none yet, and so decides by nothing else: it has to come to the same tasks again.
//! Suspended in the middle, as futures are, it would take twice the code in WebAssembly; and what is done again is little
//! beside the tasks.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::session::web::failure::Failure;
use crate::session::web::options::WebAuth;
use crate::session::web::request::WebRequest;
use crate::session::web::response::WebResponse;
use crate::session::web::routes::{Action, Moment, run};
use crate::session::web::tokens::AccessToken;
use crate::session::{Purpose, Session, Site};

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
    /// [`Answer::Authorization`] had; the token request names `resource` in place of all those that are in it.
    Redeem { client: String, response: String, transaction: String, resource: Option<String> },
    /// Refresh tokens, which are JSON as in [`Answer::Tokens`], for an access token that is good at the resource, if one is named:
    /// [`Answer::Tokens`].
    Refresh { client: String, tokens: String, resource: Option<String> },
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

/// The session of a request, and the cookies that its response has to set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// Who has signed in
    pub session: Option<Session>,
    /// Values of `Set-Cookie` header fields, to be appended one by one
    pub set_cookies: Vec<String>,
    /// The access token that was asked for, of [`WebAuth::refresh`]
    pub access_token: Option<AccessToken>,
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

/// An operation under way.
#[must_use]
pub struct Exchange {
    auth: Arc<WebAuth>,
    request: WebRequest,
    moment: Moment,
    /// `None`: it has ended.
    action: Option<Action>,
    answers: Vec<Answer>,
    is_asking: bool,
}

impl Exchange {
    pub(super) fn new(auth: &Arc<WebAuth>, request: WebRequest, moment: Moment, action: Action) -> Self {
        let (auth, action) = (Arc::clone(auth), Some(action));
        Self { auth, request, moment, action, answers: Vec::new(), is_asking: false }
    }

    /// Goes on with the answer of the task before, of which the first step has none.
    pub fn step(&mut self, answer: Option<Answer>) -> Step {
        let failed = || Step::Done(Outcome::Failed(Failure::INTERNAL_ERROR.clone(), Visit::default()));
        let Some(action) = &self.action else { return failed() };
        if self.is_asking {
            // Without an answer it is no step.
            let Some(answer) = answer else { return failed() };
            self.answers.push(answer);
        }
        let host = Host { answers: &self.answers, taken: Cell::new(0), task: Cell::new(None) };
        let outcome = run(&self.auth, &host, &self.request, self.moment, action);
        if let Some(task) = host.task.take() {
            self.is_asking = true;
            return Step::Task(task);
        }
        self.action = None;
        Step::Done(outcome)
    }
}

/// The host, as a run of an operation sees it.
pub(super) struct Host<'a> {
    answers: &'a [Answer],
    /// How many of them this run has had
    taken: Cell<usize>,
    /// The first task without an answer. Whatever the run comes to after it counts for nothing.
    task: Cell<Option<Task>>,
}

impl<'a> Host<'a> {
    pub(super) fn ask(&self, task: Task) -> Result<&'a Answer, &'a Failure> {
        let taken = self.taken.get();
        let Some(answer) = self.answers.get(taken) else {
            self.task.set(Some(self.task.take().unwrap_or(task)));
            return Err(Failure::INTERNAL_ERROR);
        };
        self.taken.set(taken.saturating_add(1));
        if let Answer::Failed(failure) = answer { Err(failure) } else { Ok(answer) }
    }

    /// Whether a task waits for its answer. What the run ends with is for nobody then.
    pub(super) fn is_asking(&self) -> bool {
        let task = self.task.take();
        let is_asking = task.is_some();
        self.task.set(task);
        is_asking
    }

    fn text(&self, task: Task) -> Result<Option<&'a str>, &'a Failure> {
        match self.ask(task)? {
            Answer::Text(text) => Ok(text.as_deref()),
            _ => Err(Failure::INTERNAL_ERROR),
        }
    }

    pub(super) fn body(&self, limit: usize) -> Result<Option<&'a str>, &'a Failure> {
        self.text(Task::Body { limit })
    }

    pub(super) fn open(
        &self,
        purpose: Purpose,
        name: &str,
        site: &Site,
        text: &str,
    ) -> Result<Option<&'a str>, &'a Failure> {
        self.text(Task::Open { purpose, name: name.into(), site: site.clone(), text: text.into() })
    }

    pub(super) fn seal(&self, purpose: Purpose, name: &str, site: &Site, text: String) -> Result<&'a str, &'a Failure> {
        self.text(Task::Seal { purpose, name: name.into(), site: site.clone(), text })?.ok_or(Failure::INTERNAL_ERROR)
    }

    pub(super) fn logout_url(&self, task: Task) -> Result<Option<&'a str>, &'a Failure> {
        self.text(task)
    }

    /// The values of keys, as many as there are.
    pub(super) fn read(&self, place: Place, keys: Vec<String>) -> Result<&'a [Option<String>], &'a Failure> {
        let count = keys.len();
        match self.store(Task::Read { place, keys })? {
            Answer::Values(values) if values.len() == count => Ok(values),
            _ => Err(Failure::INTERNAL_ERROR),
        }
    }

    /// The value of one key.
    pub(super) fn value(&self, place: Place, key: &str) -> Result<Option<&'a str>, &'a Failure> {
        Ok(self.read(place, alloc::vec![key.into()])?.iter().flatten().next().map(String::as_str))
    }

    pub(super) fn write(&self, place: Place, key: &str, value: &str, seconds: u64) -> Result<(), &'a Failure> {
        self.done(Task::Write { place, key: key.into(), value: value.into(), seconds })
    }

    pub(super) fn add(&self, place: Place, key: &str, seconds: u64) -> Result<bool, &'a Failure> {
        match self.store(Task::Add { place, key: key.into(), value: String::new(), seconds })? {
            Answer::Added(added) => Ok(*added),
            _ => Err(Failure::INTERNAL_ERROR),
        }
    }

    pub(super) fn delete(&self, place: Place, key: &str) -> Result<(), &'a Failure> {
        self.done(Task::Delete { place, key: key.into() })
    }

    fn done(&self, task: Task) -> Result<(), &'a Failure> {
        match self.store(task)? {
            Answer::Done => Ok(()),
            _ => Err(Failure::INTERNAL_ERROR),
        }
    }

    /// Whatever a store complains of, it is not there.
    fn store(&self, task: Task) -> Result<&'a Answer, &'a Failure> {
        self.ask(task).map_err(|_| Failure::STORE_UNAVAILABLE)
    }

    pub(super) fn tokens(&self, task: Task) -> Result<&'a str, &'a Failure> {
        match self.ask(task)? {
            Answer::Tokens(tokens) => Ok(tokens),
            _ => Err(Failure::INTERNAL_ERROR),
        }
    }
}
