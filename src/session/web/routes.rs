//! The operations, and which of them a request asks for.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;

use crate::error::ErrorCode;
use crate::session::web::current::Change;
use crate::session::web::exchange::{Exchange, Host, Outcome, Visit};
use crate::session::web::failure::Failure;
use crate::session::web::options::{Route, WebAuth};
use crate::session::web::request::WebRequest;
use crate::session::web::response::WebResponse;
use crate::session::web::sign_in::SignIn;
use crate::session::web::tokens::Tokens;
use crate::session::{Session, Site};

/// What the host gives with each operation.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Seconds since the epoch
    pub now: u64,
    /// Random bytes, anew each time
    pub random: [u8; 16],
}

/// The operations, with what each takes.
pub(super) enum Action {
    Handle,
    Admit,
    Read,
    Save(Session),
    SignIn(SignIn),
    SignOut,
    Refresh { session: Session, resource: Option<String>, can_write: bool },
}

/// What every operation knows.
pub(super) struct Operation<'a> {
    pub(super) auth: &'a WebAuth,
    pub(super) host: &'a Host<'a>,
    pub(super) request: &'a WebRequest,
    pub(super) site: &'a Site,
    /// The `Cookie` header fields of the request
    pub(super) cookies: &'a [&'a str],
    pub(super) moment: Moment,
}

impl WebAuth {
    /// Answers a request for one of the routes: [`Outcome::Response`], or [`Outcome::NotOurs`].
    pub fn handle(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::Handle)
    }

    /// A request to the application: a route is answered, and so is what pages of other origins have sent with the user's
    /// cookies ([`Outcome::Response`]); otherwise it is the application's turn ([`Outcome::Visit`]), with the session of the user.
    pub fn admit(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::Admit)
    }

    /// The session of a request, where no response can be changed: [`Outcome::Visit`] without cookies, or [`Outcome::Failed`]
    /// while the store cannot be asked, and for what a page of another origin may have sent with the user's cookies.
    pub fn read(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::Read)
    }

    /// Keeps a session whose data has changed: [`Outcome::Visit`] with its cookies.
    pub fn save(self: &Arc<Self>, request: WebRequest, session: Session, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::Save(session))
    }

    /// Sends a user to the authorization server, or says why not: [`Outcome::Response`].
    pub fn sign_in(self: &Arc<Self>, request: WebRequest, params: SignIn, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::SignIn(params))
    }

    /// Signs the user of a request out: [`Outcome::Response`], a redirect. A GET needs the token of
    /// [`WebAuth::logout_path`], and gets a page that asks the user otherwise.
    pub fn sign_out(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        Exchange::new(self, request, moment, Action::SignOut)
    }

    /// The session with an access token that is good: [`Outcome::Visit`], with cookies to set if it was refreshed.
    /// `resource` is one of the APIs that the sign-in has asked for (RFC 8707), each of which has a token of its own; without it the
    /// token is that of the sign-in. `can_write` says whether the response can still be changed.
    ///
    /// [`Outcome::Failed`] has `session_refresh_needed` where a refresh could not be kept, `session_ended` where the
    /// authorization server has ended the grant, `refresh_unavailable` where it cannot be asked, `resource_refused` where it
    /// gives no token for the resource.
    pub fn refresh(
        self: &Arc<Self>,
        request: WebRequest,
        session: Session,
        resource: Option<String>,
        can_write: bool,
        moment: Moment,
    ) -> Exchange {
        Exchange::new(self, request, moment, Action::Refresh { session, resource, can_write })
    }
}

/// Runs an operation, up to its end or to a task that has no answer yet.
pub(super) fn run(auth: &WebAuth, host: &Host<'_>, request: &WebRequest, moment: Moment, action: &Action) -> Outcome {
    // Before any address is made of it.
    match auth.site(request) {
        Ok(site) => Operation { auth, host, request, site, cookies: &request.cookies(), moment }.run(action),
        Err(failure) => {
            Outcome::Response(WebResponse::failure(failure, request, &auth.path("login"), &auth.options.return_to))
        }
    }
}

impl Operation<'_> {
    fn run(&self, action: &Action) -> Outcome {
        match action {
            Action::Handle => self.handle().unwrap_or(Outcome::NotOurs),
            Action::Admit => self.handle().unwrap_or_else(|| self.admit()),
            Action::Read => self.read(),
            Action::Save(session) => match self.save(session.clone(), Change::Data) {
                Ok(visit) => Outcome::Visit(visit),
                Err(failure) => self.failed(failure),
            },
            Action::SignIn(params) => Outcome::Response(self.sign_in(params)),
            Action::SignOut => Outcome::Response(self.logout()),
            Action::Refresh { session, resource, can_write } => {
                match self.refresh(session, resource.as_deref(), *can_write) {
                    Ok(visit) => Outcome::Visit(visit),
                    // Its access token is over, and the session goes on.
                    Err(failure) if !self.can_refresh(session) => Outcome::Failed(failure.clone(), Visit::default()),
                    Err(failure) => self.failed(failure),
                }
            }
        }
    }

    fn read(&self) -> Outcome {
        let checked = self.request.check_origin(self.site);
        match self.current() {
            Ok(Some(_)) if checked.is_err() => Outcome::Failed(Failure::CSRF_REFUSED.clone(), Visit::default()),
            Ok(session) => Outcome::Visit(Visit { session, ..Visit::default() }),
            Err(failure) => Outcome::Failed(failure.clone(), Visit::default()),
        }
    }

    fn handle(&self) -> Option<Outcome> {
        let route = self.auth.route(self.request.path())?;
        let allowed = match route {
            Route::Login => "GET",
            Route::Callback | Route::Logout => "GET, POST",
            Route::Me => "GET, HEAD",
            Route::BackChannelLogout => "POST",
        };
        if !allowed.split(',').any(|method| method.trim_ascii() == self.request.method) {
            return Some(Outcome::Response(WebResponse::not_allowed(allowed)));
        }
        Some(Outcome::Response(match route {
            Route::Login => self.login(),
            Route::Callback => self.callback(),
            Route::Logout => self.logout(),
            Route::Me => self.me(),
            Route::BackChannelLogout => self.back_channel_logout(),
        }))
    }

    fn admit(&self) -> Outcome {
        let session = match self.current() {
            Ok(session) => session,
            Err(failure) => return Outcome::Response(self.failure(failure)),
        };
        let Some(session) = session else { return Outcome::Visit(self.without_session()) };
        if let Err(failure) = self.request.check_origin(self.site) {
            // A program that shows a token needs no cookie, and gets nothing by one.
            if self.request.field("authorization").is_some() {
                return Outcome::Visit(Visit::default());
            }
            return Outcome::Response(self.failure(failure));
        }
        let renewed = session.renewed(self.moment.now, self.auth.options.lifetime);
        let Some(renewed) = renewed.filter(|_| self.request.is_activity()) else {
            return Outcome::Visit(Visit { session: Some(session), ..Visit::default() });
        };
        match self.save(renewed, Change::Idle) {
            Ok(visit) => Outcome::Visit(visit),
            Err(failure) if failure.code == ErrorCode::SessionEnded => Outcome::Visit(Visit::default()),
            // It goes on as it was.
            Err(_) => Outcome::Visit(Visit { session: Some(session), ..Visit::default() }),
        }
    }

    /// The tokens of a session, as far as they can be read.
    pub(super) fn tokens_of(&self, session: &Session) -> Option<Tokens> {
        Tokens::from_json(session.tokens()?, self.moment.now)
    }

    fn me(&self) -> WebResponse {
        match self.current() {
            Ok(session) => {
                let claims = session.as_ref().map_or("null", Session::claims);
                WebResponse::json(200, claims.to_string())
            }
            Err(failure) => self.failure(failure),
        }
    }

    pub(super) fn failure(&self, failure: &Failure) -> WebResponse {
        self.failure_of_sign_in(failure, None, None)
    }

    /// The same of a sign-in: from its page the user signs in by the same client, and comes back to the same place.
    pub(super) fn failure_of_sign_in(
        &self,
        failure: &Failure,
        client: Option<&str>,
        target: Option<&str>,
    ) -> WebResponse {
        // Pages take longer than all else, and this one nobody would see.
        if self.host.is_asking() {
            return WebResponse::new(failure.code.status());
        }
        WebResponse::failure(failure, self.request, &self.login_path(client, target), &self.auth.options.return_to)
    }

    /// The end of a session takes its cookies along.
    fn failed(&self, failure: &Failure) -> Outcome {
        let is_over = failure.code == ErrorCode::SessionEnded;
        let set_cookies = if is_over { self.delete_cookies() } else { alloc::vec::Vec::new() };
        Outcome::Failed(failure.clone(), Visit { set_cookies, ..Visit::default() })
    }
}
