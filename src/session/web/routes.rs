//! The operations, and which of them a request asks for.

use alloc::string::ToString as _;
use alloc::sync::Arc;
use core::future::Future;

use crate::error::{Error, ErrorCode};
use crate::session::web::current::Change;
use crate::session::web::exchange::{Exchange, Failure, Host, Outcome, Visit};
use crate::session::web::options::{Route, WebAuth};
use crate::session::web::request::WebRequest;
use crate::session::web::response::WebResponse;
use crate::session::web::sign_in::SignIn;
use crate::session::{Session, Site};

/// What the host gives with each operation.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Seconds since the epoch
    pub now: u64,
    /// Random bytes, anew each time
    pub random: [u8; 16],
}

/// What every operation knows.
pub(super) struct Operation {
    pub(super) auth: Arc<WebAuth>,
    pub(super) host: Host,
    pub(super) request: WebRequest,
    pub(super) site: Site,
    pub(super) moment: Moment,
}

impl WebAuth {
    /// Answers a request for one of the routes: [`Outcome::Response`], or [`Outcome::NotOurs`].
    pub fn handle(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move { operation.handle().await.unwrap_or(Outcome::NotOurs) })
    }

    /// A request to the application: a route is answered, and so is what pages of other origins have sent with the user's
    /// cookies ([`Outcome::Response`]); otherwise it is the application's turn ([`Outcome::Visit`]), with the session of the user.
    pub fn admit(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move {
            match operation.handle().await {
                Some(outcome) => outcome,
                None => operation.admit().await,
            }
        })
    }

    /// The session of a request, where no response can be changed: [`Outcome::Visit`] without cookies, or [`Outcome::Failed`]
    /// while the store cannot be asked, and for what a page of another origin may have sent with the user's cookies.
    pub fn read(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move {
            let checked = operation.request.check_origin(&operation.site);
            match operation.current().await {
                Ok(Some(_)) if checked.is_err() => {
                    Outcome::Failed(Failure::of(ErrorCode::CsrfRefused), Visit::default())
                }
                Ok(session) => Outcome::Visit(Visit { session, ..Visit::default() }),
                Err(failure) => Outcome::Failed(failure, Visit::default()),
            }
        })
    }

    /// Keeps a session whose data has changed: [`Outcome::Visit`] with its cookies.
    pub fn save(self: &Arc<Self>, request: WebRequest, session: Session, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move {
            let before = session.clone();
            match operation.save(&before, session, Change::Data).await {
                Ok(visit) => Outcome::Visit(visit),
                Err(failure) => operation.failed(failure),
            }
        })
    }

    /// Sends a user to the authorization server, or says why not: [`Outcome::Response`].
    pub fn sign_in(self: &Arc<Self>, request: WebRequest, params: SignIn, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move { Outcome::Response(operation.sign_in(params).await) })
    }

    /// Signs the user of a request out: [`Outcome::Response`], a redirect. A GET needs the token of
    /// [`WebAuth::logout_path`], and gets a page that asks the user otherwise.
    pub fn sign_out(self: &Arc<Self>, request: WebRequest, moment: Moment) -> Exchange {
        self.begin(request, moment, |operation| async move { Outcome::Response(operation.logout().await) })
    }

    /// The session with an access token that is good: [`Outcome::Visit`], with cookies to set if it was refreshed.
    /// `can_write` says whether the response can still be changed.
    ///
    /// [`Outcome::Failed`] has `session_refresh_needed` where a refresh could not be kept, `session_ended` where the
    /// authorization server has ended the grant, `refresh_unavailable` where it cannot be asked.
    pub fn refresh(
        self: &Arc<Self>,
        request: WebRequest,
        session: Session,
        can_write: bool,
        moment: Moment,
    ) -> Exchange {
        self.begin(request, moment, move |operation| async move {
            match operation.refresh(&session, can_write).await {
                Ok(visit) => Outcome::Visit(visit),
                // Its access token is over, and the session goes on.
                Err(failure) if !operation.can_refresh(&session) => Outcome::Failed(failure, Visit::default()),
                Err(failure) => operation.failed(failure),
            }
        })
    }

    fn begin<F: Future<Output = Outcome> + Send + 'static>(
        self: &Arc<Self>,
        request: WebRequest,
        moment: Moment,
        run: impl FnOnce(Arc<Operation>) -> F + Send + 'static,
    ) -> Exchange {
        let auth = Arc::clone(self);
        Exchange::new(move |host| async move {
            // Before any address is made of it.
            let site = match auth.site(&request) {
                Ok(site) => site.clone(),
                Err(error) => {
                    let failure = Failure::from(&error);
                    return Outcome::Response(WebResponse::failure(&failure, &request, &auth.path("login")));
                }
            };
            run(Arc::new(Operation { auth, host, request, site, moment })).await
        })
    }
}

impl Operation {
    async fn handle(&self) -> Option<Outcome> {
        let route = self.auth.route(self.request.path())?;
        let method = self.request.method.as_str();
        Some(Outcome::Response(match (route, method) {
            (Route::Login, "GET") => self.login().await,
            (Route::Callback, "GET" | "POST") => self.callback().await,
            (Route::Logout, "GET" | "POST") => self.logout().await,
            (Route::Me, "GET" | "HEAD") => self.me().await,
            (Route::BackChannelLogout, "POST") => self.back_channel_logout().await,
            (Route::Login, _) => WebResponse::not_allowed("GET"),
            (Route::Me, _) => WebResponse::not_allowed("GET, HEAD"),
            (Route::BackChannelLogout, _) => WebResponse::not_allowed("POST"),
            (Route::Callback | Route::Logout, _) => WebResponse::not_allowed("GET, POST"),
        }))
    }

    async fn admit(&self) -> Outcome {
        let session = match self.current().await {
            Ok(session) => session,
            Err(failure) => return Outcome::Response(self.failure(&failure)),
        };
        let Some(session) = session else { return Outcome::Visit(self.without_session()) };
        if let Err(error) = self.request.check_origin(&self.site) {
            // A program that shows a token needs no cookie, and gets nothing by one.
            if self.request.field("authorization").is_some() {
                return Outcome::Visit(Visit::default());
            }
            return Outcome::Response(self.refuse(&error));
        }
        let renewed = session.renewed(self.moment.now, self.auth.options.lifetime);
        let Some(renewed) = renewed.filter(|_| self.request.is_activity()) else {
            return Outcome::Visit(Visit { session: Some(session), ..Visit::default() });
        };
        match self.save(&session, renewed, Change::Idle).await {
            Ok(visit) => Outcome::Visit(visit),
            Err(failure) if failure.code == ErrorCode::SessionEnded => Outcome::Visit(Visit::default()),
            // It goes on as it was.
            Err(_) => Outcome::Visit(Visit { session: Some(session), ..Visit::default() }),
        }
    }

    async fn me(&self) -> WebResponse {
        match self.current().await {
            Ok(session) => {
                let claims = session.as_ref().map_or("null", Session::claims);
                WebResponse::json(200, claims.to_string())
            }
            Err(failure) => self.failure(&failure),
        }
    }

    pub(super) fn failure(&self, failure: &Failure) -> WebResponse {
        WebResponse::failure(failure, &self.request, &self.auth.path("login"))
    }

    pub(super) fn refuse(&self, error: &Error) -> WebResponse {
        self.failure(&Failure::from(error))
    }

    /// The end of a session takes its cookies along.
    fn failed(&self, failure: Failure) -> Outcome {
        let is_over = failure.code == ErrorCode::SessionEnded;
        let set_cookies = if is_over { self.delete_cookies() } else { alloc::vec::Vec::new() };
        Outcome::Failed(failure, Visit { session: None, set_cookies })
    }
}
