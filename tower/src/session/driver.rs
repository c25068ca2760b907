//! Runs the operations of the core, and turns what they end with into responses.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use countersign::session::SealingKeys;
use countersign::session::web::{Exchange, Moment, Outcome, SignIn, Step, WebAuth, WebRequest, WebResponse};
use countersign::{Error, ErrorCode};
use http::header::HOST;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::admission::{request_uri, values};
use crate::refused::Refused;
use crate::session::client::SignInClient;
use crate::session::layer::SessionLayer;
use crate::session::visitor::Visitor;
use crate::store::{MemoryStore, Store};

/// Sign-in and sessions for an axum application: its routes, its cookies, and who a request comes from.
///
/// [`Sessions::layer`] goes around the whole router. It answers `/auth/login`, `/auth/callback`, `/auth/logout`, `/auth/me`
/// and, with a store, `/auth/backchannel-logout`; handlers take a [`Session`](crate::Session), or an `Option` of one.
///
/// Clone it freely: clones share everything.
#[derive(Clone)]
pub struct Sessions(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) auth: Arc<WebAuth>,
    /// By their names
    pub(super) clients: Vec<(String, SignInClient)>,
    pub(super) keys: SealingKeys,
    pub(super) store: Option<Arc<dyn Store>>,
    /// What refreshes of this process leave for each other, where there is no store.
    pub(super) process: MemoryStore,
    pub(super) clock: fn() -> u64,
}

impl Sessions {
    /// The layer that goes around all routes: `Router::layer`, after the last route was added.
    pub fn layer(&self) -> SessionLayer {
        SessionLayer::new(self.clone())
    }

    /// Sends a user to the authorization server, for handlers that want more than a [`Session`](crate::Session): another
    /// client, a parameter such as `prompt`. What is no page that a user goes to gets 401, and no cookie.
    pub async fn sign_in(&self, parts: &Parts, params: SignIn) -> Response {
        self.0.sign_in(web_request(parts), params).await
    }

    /// Signs the user of a request out, as `POST /auth/logout` does, for handlers of your own.
    pub async fn sign_out(&self, parts: &Parts) -> Response {
        let moment = match self.0.moment() {
            Ok(moment) => moment,
            Err(error) => return refusal(error.code()),
        };
        let exchange = self.0.auth.sign_out(web_request(parts), moment);
        let outcome = self.0.run(exchange, &mut None).await;
        let signs_out = matches!(&outcome, Outcome::Response(response) if response.signs_out);
        if let Some(visitor) = parts.extensions.get::<Arc<Visitor>>().filter(|_| signs_out) {
            // What was to be set would bring the session back.
            visitor.forget();
        }
        response_of(outcome)
    }
}

impl Shared {
    /// Now, and random bytes.
    pub(super) fn moment(&self) -> Result<Moment, Error> {
        Ok(Moment { now: (self.clock)(), random: random()? })
    }

    /// Does what an operation asks for, to its end. The body is that of the request.
    pub(super) async fn run(&self, mut exchange: Exchange, body: &mut Option<Body>) -> Outcome {
        let mut answer = None;
        loop {
            match exchange.step(answer) {
                Step::Done(outcome) => return outcome,
                Step::Task(task) => answer = Some(self.perform(task, body).await),
            }
        }
    }

    pub(super) async fn sign_in(&self, request: WebRequest, params: SignIn) -> Response {
        match self.moment() {
            Ok(moment) => response_of(self.run(self.auth.sign_in(request, params, moment), &mut None).await),
            Err(error) => refusal(error.code()),
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// Bytes of the system's random number generator, or none at all: there is no second best.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::InternalError)?;
    Ok(bytes)
}

/// What the rules see of a request.
pub(super) fn web_request(parts: &Parts) -> WebRequest {
    let uri = request_uri(parts);
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut request = WebRequest::new(parts.method.as_str(), target);
    for name in WebRequest::FIELDS {
        for value in values(&parts.headers, name) {
            request = request.with_field(name, value);
        }
    }
    match uri.authority() {
        // Of HTTP/2, which has it there.
        Some(authority) if !parts.headers.contains_key(HOST) => request.with_field("host", authority.as_str()),
        _ => request,
    }
}

/// The response that an operation ends with, where it does.
pub(super) fn response_of(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Response(response) => to_response(response),
        Outcome::Failed(failure, visit) => {
            let mut response = refusal(failure.code);
            set_cookies(&mut response, visit.set_cookies);
            response
        }
        _ => refusal(ErrorCode::InternalError),
    }
}

pub(super) fn to_response(answer: WebResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// The answer of a resource, which says nothing but the code.
pub(super) fn refusal(code: ErrorCode) -> Response {
    Refused::plain(code).response(&http::Method::GET)
}

/// Adds cookies to a response, which is then for no cache.
pub(super) fn set_cookies(response: &mut Response, cookies: Vec<String>) {
    if cookies.is_empty() {
        return;
    }
    let headers = response.headers_mut();
    for name in WebResponse::REMOVED_WITH_COOKIES {
        headers.remove(*name);
    }
    let no_store = HeaderValue::from_static(WebResponse::CACHE_CONTROL_WITH_COOKIES);
    headers.insert(http::header::CACHE_CONTROL, no_store);
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(http::header::SET_COOKIE, cookie);
        }
    }
}
