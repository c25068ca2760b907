//! Extractors for axum, and a router for the metadata.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::Method;
use http::request::Parts;
use serde::de::DeserializeOwned;

use countersign::{Error, ErrorCode};

use crate::admission::Admission;
use crate::auth::Auth;
use crate::guard::Guard;
use crate::metadata::response;
use crate::refused::{OfHandler, Refused};

/// Who the request comes from. Outside a layer the answer is 500, and a line in the log says so: a 401 would send clients
/// into a sign-in that cannot help. On a route whose requirement is optional, a request without a token is answered with
/// 401; `Option<Auth<C>>` lets it in.
impl<S: Sync, C: DeserializeOwned> FromRequestParts<S> for Auth<C> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let Admission { guard, identity } = admission(parts)?;
        let identity = identity.ok_or_else(|| guard.refused(&Error::TokenMissing))?;
        Auth::untyped(guard, identity).typed()
    }
}

/// Who the request comes from, or nobody. A token that is no good is refused by the layer all the same.
impl<S: Sync, C: DeserializeOwned> OptionalFromRequestParts<S> for Auth<C> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        let Admission { guard, identity } = admission(parts)?;
        identity.map(|identity| Auth::untyped(guard, identity).typed()).transpose()
    }
}

fn admission(parts: &Parts) -> Result<Admission, Refused> {
    parts.extensions.get::<Admission>().cloned().ok_or_else(|| {
        tracing::error!(
            method = %parts.method,
            path = parts.uri.path(),
            "a handler asks who the request comes from, and its route has no guard layer"
        );
        Refused::plain(ErrorCode::InternalError)
    })
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        // Of `HEAD`, axum leaves the body out.
        let mut response = self.clone().response::<Body>(&Method::GET);
        response.extensions_mut().insert(OfHandler(self));
        response
    }
}

impl Guard {
    /// The route of the metadata of the resource (RFC 9728), to be merged with the others at the top, outside of all
    /// guards. Without a resource it is empty.
    pub fn metadata_router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        // A path of a resource may have what used to be a parameter. Braces it cannot have.
        let mut router = Router::new().without_v07_checks();
        for path in self.rules().metadata_paths() {
            for path in [path.to_owned(), format!("{path}/")] {
                let (guard, route) = (self.clone(), path.clone());
                let answer = move |method: Method| async move {
                    match guard.rules().metadata_response(method.as_str(), &path) {
                        Some(answer) => response::<Body>(answer),
                        None => guard.refused_by(ErrorCode::InternalError).into_response(),
                    }
                };
                router = router.route(&route, any(answer));
            }
        }
        router
    }
}
