//! The layer around an application with sessions.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use countersign::session::web::Outcome;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::session::driver::{Sessions, refusal, response_of, set_cookies, web_request};
use crate::session::visitor::Visitor;
use crate::verifier::BoxFuture;

/// Answers the routes of the sign-in, finds out who each request comes from, and sets cookies. Made by [`Sessions::layer`].
///
/// Requests that may change something and have a session's cookie must come from a page of this application, else the answer
/// is 403 `csrf_refused`.
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionLayer {
    sessions: Sessions,
}

impl SessionLayer {
    pub(super) const fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { sessions: self.sessions.clone(), inner }
    }
}

/// A service with sessions.
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    sessions: Sessions,
    inner: S,
}

impl<S> Service<Request<Body>> for SessionService<S>
where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let shared = Arc::clone(&self.sessions.0);
        // The one that has said that it is ready goes along.
        let later = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, later);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let request = web_request(&parts);
            let moment = match shared.moment() {
                Ok(moment) => moment,
                Err(error) => return Ok(refusal(error.code())),
            };
            let exchange = shared.auth.admit(request.clone(), moment);
            let mut body = Some(body);
            let outcome = shared.run(exchange, &mut body).await;
            let body = body.unwrap_or_default();
            let visit = match outcome {
                Outcome::Visit(visit) => visit,
                other => return Ok(response_of(other)),
            };
            let visitor = Arc::new(Visitor::new(Arc::clone(&shared), request, visit));
            parts.extensions.insert(Arc::clone(&visitor));
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            set_cookies(&mut response, visitor.close());
            Ok(response)
        })
    }
}
