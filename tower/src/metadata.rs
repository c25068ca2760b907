//! The metadata of the resource (RFC 9728).

use std::task::{Context, Poll};

use countersign::resource_server::MetadataResponse;
use http::{HeaderValue, Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::guard::Guard;
use crate::verifier::BoxFuture;

/// Answers requests for the metadata of the resource, and passes on all others. Made by [`Guard::metadata_layer`].
#[derive(Clone, Debug)]
#[must_use]
pub struct MetadataLayer {
    guard: Guard,
}

impl MetadataLayer {
    pub(crate) const fn new(guard: Guard) -> Self {
        Self { guard }
    }
}

impl<S> Layer<S> for MetadataLayer {
    type Service = MetadataService<S>;

    fn layer(&self, inner: S) -> MetadataService<S> {
        MetadataService { guard: self.guard.clone(), inner }
    }
}

/// A service beside the metadata of its resource.
#[derive(Clone, Debug)]
pub struct MetadataService<S> {
    guard: Guard,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for MetadataService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    R: From<String> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<R>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        match self.guard.metadata_response(&parts) {
            Some(response) => Box::pin(async move { Ok(response) }),
            None => Box::pin(self.inner.call(Request::from_parts(parts, body))),
        }
    }
}

pub(crate) fn response<R: From<String>>(answer: MetadataResponse) -> Response<R> {
    let mut response = Response::new(R::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        response.headers_mut().append(name, HeaderValue::from_static(value));
    }
    response
}
