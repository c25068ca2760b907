//! The layer of protected routes.

use std::mem;
use std::task::{Context, Poll};

use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::admission::is_for_cors;
use crate::guard::Guard;
use crate::refused::OfHandler;
use crate::verifier::BoxFuture;

/// Lets those requests through whose token is enough, and answers the others. Made by [`Guard::layer`].
///
/// A preflight of CORS, which never has credentials, is passed on without an identity: what answers preflights may be
/// inside or outside. Layers of the same guard inside each other verify a token once, and require what each requires.
#[derive(Clone, Debug)]
#[must_use]
pub struct GuardLayer {
    guard: Guard,
}

impl GuardLayer {
    pub(crate) const fn new(guard: Guard) -> Self {
        Self { guard }
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> GuardService<S> {
        GuardService { guard: self.guard.clone(), inner }
    }
}

/// A service behind a guard. Answers of the guard are made by `From<String>` of the service's body.
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    guard: Guard,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for GuardService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<R>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let guard = self.guard.clone();
        // The one that has said that it is ready goes along.
        let later = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, later);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if is_for_cors(&parts) {
                return inner.call(Request::from_parts(parts, body)).await;
            }
            let nonce = match guard.admit(&parts).await {
                Ok(admission) => {
                    let nonce = admission.next_nonce();
                    parts.extensions.insert(admission);
                    nonce
                }
                Err(refused) => return Ok(guard.hooks().answer(refused, &parts)),
            };
            // For what a handler refuses.
            let asked = guard.hooks().on_refusal.as_ref().map(|_| parts.clone());
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            let refused = response.extensions_mut().remove::<OfHandler>();
            if let (Some(OfHandler(refused)), Some(parts)) = (refused, asked) {
                response = guard.hooks().answer(refused, &parts);
            }
            if let Some(nonce) = nonce {
                add_nonce(response.headers_mut(), nonce);
            }
            Ok(response)
        })
    }
}

/// The header field with a nonce (RFC 9449 §8.1).
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Sends the client's next nonce along, so that pages of other origins may read it.
fn add_nonce(headers: &mut HeaderMap, nonce: HeaderValue) {
    if headers.insert(DPOP_NONCE, nonce).is_none() {
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("DPoP-Nonce"));
    }
}
