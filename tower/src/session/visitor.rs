//! Who a request comes from.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use countersign::session::web::{AccessToken, Outcome, SignIn, Tokens, Visit, WebRequest};
use countersign::{Error, ErrorCode, session};
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::guard::SessionToken;
use crate::refused::Refused;
use crate::session::driver::Shared;
use crate::session::tasks::to_the_end;

/// A request under way, which the layer, extractors and guards share.
pub(crate) struct Visitor {
    shared: Arc<Shared>,
    request: WebRequest,
    /// One of all refreshes it.
    session: tokio::sync::Mutex<Option<session::Session>>,
    cookies: Mutex<Cookies>,
}

#[derive(Default)]
struct Cookies {
    set: Vec<String>,
    /// Whether the response has gone, or is on its way.
    closed: bool,
}

impl Visitor {
    pub(super) fn new(shared: Arc<Shared>, request: WebRequest, visit: Visit) -> Self {
        let cookies = Mutex::new(Cookies { set: visit.set_cookies, closed: false });
        Self { shared, request, session: tokio::sync::Mutex::new(visit.session), cookies }
    }

    /// The cookies to set. Afterwards no more are.
    pub(super) fn close(&self) -> Vec<String> {
        let mut cookies = self.cookies();
        cookies.closed = true;
        std::mem::take(&mut cookies.set)
    }

    /// Sets none of the cookies.
    pub(super) fn forget(&self) {
        self.close();
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, Cookies> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_cookies(&self, new: Vec<String>) {
        let mut cookies = self.cookies();
        if cookies.closed && !new.is_empty() {
            tracing::warn!("a session has changed after its response had begun: its cookie was not set");
            return;
        }
        let name = |cookie: &str| cookie.split('=').next().map(str::to_owned);
        cookies.set.retain(|old| !new.iter().any(|new| name(new) == name(old)));
        cookies.set.extend(new);
    }

    /// Takes over what an operation ends with, and answers the access token that it was for.
    fn take(&self, session: &mut Option<session::Session>, outcome: Outcome) -> Result<Option<AccessToken>, ErrorCode> {
        let (visit, result) = match outcome {
            Outcome::Visit(mut visit) => {
                let access_token = visit.access_token.take();
                (visit, Ok(access_token))
            }
            Outcome::Failed(failure, visit) => {
                if failure.code != ErrorCode::SessionEnded {
                    return Err(failure.code);
                }
                (visit, Err(failure.code))
            }
            _ => return Err(ErrorCode::InternalError),
        };
        self.set_cookies(visit.set_cookies);
        *session = visit.session;
        result
    }

    /// An access token that is good, refreshed if that is due: at a resource, or that of the sign-in.
    async fn access_token(
        self: Arc<Self>,
        resource: Option<String>,
    ) -> Result<Option<(session::Session, AccessToken)>, ErrorCode> {
        let refreshed = to_the_end(async move {
            let mut current = self.session.lock().await;
            let Some(session) = current.clone() else { return Ok(None) };
            let moment = self.shared.moment().map_err(|error| error.code())?;
            let can_write = !self.cookies().closed;
            let exchange = self.shared.auth.refresh(self.request.clone(), session, resource, can_write, moment);
            let outcome = self.shared.run(exchange, &mut None).await;
            let access_token = self.take(&mut current, outcome)?;
            Ok(current.clone().zip(access_token))
        });
        refreshed.await.unwrap_or(Err(ErrorCode::InternalError))
    }

    async fn update(self: Arc<Self>, data: String) -> Result<session::Session, ErrorCode> {
        let updated = to_the_end(async move {
            let mut current = self.session.lock().await;
            let session = current.clone().ok_or(ErrorCode::SessionEnded)?;
            let claims = session.claims().to_owned();
            let session = session.with_contents(&claims, &data).ok_or(ErrorCode::SessionInvalid)?;
            let moment = self.shared.moment().map_err(|error| error.code())?;
            let exchange = self.shared.auth.save(self.request.clone(), session, moment);
            let outcome = self.shared.run(exchange, &mut None).await;
            self.take(&mut current, outcome)?;
            current.clone().ok_or(ErrorCode::SessionEnded)
        });
        updated.await.unwrap_or(Err(ErrorCode::InternalError))
    }
}

/// The session of a user who has signed in.
///
/// As an extractor it asks for one: a user who goes to the page is sent to the sign-in and back, a call of a page's gets 401.
/// `Option<Session>` lets everybody in.
#[derive(Clone)]
pub struct Session {
    visitor: Arc<Visitor>,
    session: session::Session,
}

impl Session {
    /// The claims about the user, in a type of yours, such as `{ sub, name, email, picture }`.
    ///
    /// # Errors
    /// When they do not fit the type: those that a server leaves out are `Option`s.
    pub fn user<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.session.claims())
    }

    /// The issuer. An identity is the pair of issuer and subject.
    pub fn issuer(&self) -> &str {
        self.session.issuer()
    }

    /// The user, at the issuer.
    pub fn subject(&self) -> &str {
        self.session.subject()
    }

    /// When it ends whatever the user does, in seconds since 1970.
    pub const fn expires_at(&self) -> u64 {
        self.session.ends_at()
    }

    /// The application's own data: what [`Session::update`] wrote, or `{}`.
    ///
    /// # Errors
    /// When it does not fit the type.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.session.data())
    }

    /// Writes the application's own data: an object, of a few hundred bytes where sessions are in cookies. Call it before
    /// the response begins.
    ///
    /// # Errors
    /// `session_invalid` for what is no object, or too large for cookies; `session_ended` where the user has signed out
    /// meanwhile; `store_unavailable`.
    pub async fn update<T: Serialize + Sync>(&mut self, data: &T) -> Result<(), Refused> {
        let data = serde_json::to_string(data).map_err(|_| Refused::plain(ErrorCode::SessionInvalid))?;
        self.session = Arc::clone(&self.visitor).update(data).await.map_err(Refused::plain)?;
        Ok(())
    }

    /// The user's access token, for calls of other services. It is refreshed where that is due, by one of all requests.
    ///
    /// # Errors
    /// `refresh_unavailable` (503) where the authorization server cannot be asked: the session goes on. `session_ended`
    /// (401) where it has ended the grant; `session_refresh_needed` after the response has begun, where nothing can be set
    /// any more.
    pub async fn access_token(&self) -> Result<String, Refused> {
        self.access_token_of(None).await
    }

    /// [`Session::access_token`] for one of the APIs that the client names ([`SignInClient::resource`](crate::SignInClient::resource)).
    ///
    /// # Errors
    /// As [`Session::access_token`], and `resource_refused` (500) where the server gives no token for this API, or gave no refresh
    /// token.
    pub async fn access_token_for(&self, resource: &str) -> Result<String, Refused> {
        self.access_token_of(Some(resource.to_owned())).await
    }

    async fn access_token_of(&self, resource: Option<String>) -> Result<String, Refused> {
        let found = Arc::clone(&self.visitor).access_token(resource).await.map_err(Refused::plain)?;
        let token = found.map(|(_, token)| token.access_token);
        token.ok_or_else(|| Refused::plain(ErrorCode::SessionEnded))
    }

    /// What kind of access token there is: `Bearer`, or `DPoP` for one that is bound to the client's key (RFC 9449), with
    /// which a proof has to go: see [`ReqwestClient::dpop_proof`](countersign::ReqwestClient::dpop_proof). `None`: there is no
    /// token.
    pub fn token_type(&self) -> Option<String> {
        let tokens = Tokens::from_json(self.session.tokens()?, 0)?;
        tokens.access_token.and(tokens.token_type)
    }

    /// The address of a link by which the user signs out. No other page can know it.
    pub fn logout_url(&self) -> String {
        self.visitor.shared.auth.logout_path(&self.session)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visitor = visitor(parts).map_err(IntoResponse::into_response)?;
        match current(&visitor).await {
            Some(session) => Ok(session),
            None => Err(visitor.shared.sign_in(visitor.request.clone(), SignIn::default()).await),
        }
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        Ok(current(&visitor(parts)?).await)
    }
}

async fn current(visitor: &Arc<Visitor>) -> Option<Session> {
    let session = visitor.session.lock().await.clone()?;
    Some(Session { visitor: Arc::clone(visitor), session })
}

fn visitor(parts: &Parts) -> Result<Arc<Visitor>, Refused> {
    parts.extensions.get::<Arc<Visitor>>().cloned().ok_or_else(|| {
        tracing::error!(
            method = %parts.method,
            path = parts.uri.path(),
            "a handler asks for the session of a request, and its route is in no layer of sessions"
        );
        Refused::plain(ErrorCode::InternalError)
    })
}

/// The access token of the session of a request, for a guard. `None`: nobody has signed in, or the session is over.
pub(crate) async fn session_token(parts: &Parts, resource: Option<&str>) -> Result<Option<SessionToken>, Error> {
    let Some(visitor) = parts.extensions.get::<Arc<Visitor>>() else { return Ok(None) };
    let (session, token) = match Arc::clone(visitor).access_token(resource.map(str::to_owned)).await {
        Ok(Some(found)) => found,
        Ok(None) | Err(ErrorCode::SessionEnded) => return Ok(None),
        Err(ErrorCode::SessionRefreshNeeded) => return Err(Error::SessionRefreshNeeded),
        Err(ErrorCode::RefreshUnavailable) => return Err(Error::RefreshUnavailable),
        Err(ErrorCode::StoreUnavailable) => return Err(Error::StoreUnavailable),
        Err(_) => return Err(Error::InternalError),
    };
    let AccessToken { access_token: token, token_type, .. } = token;
    let key = match token_type.as_deref() {
        Some("DPoP") => visitor.shared.key_thumbprint(session.client()).await?,
        _ => None,
    };
    Ok(Some(SessionToken { token, key }))
}
