//! The answer to a request that is refused.

use std::fmt;

use countersign::ErrorCode;
use countersign::resource_server::Refusal;
#[cfg(feature = "axum")]
use countersign::resource_server::{Guard, Requirement};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Response, StatusCode};

/// The answer to a request that is refused (4xx), or whose token could not be judged (5xx). The response has its
/// [`ErrorCode`] as an extension, for what counts answers, or writes others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    code: ErrorCode,
    /// `None` where not even an answer could be made
    refusal: Option<Refusal>,
}

/// What a handler has refused, as an extension of its response: the guard's hook may answer it.
#[derive(Clone)]
pub(crate) struct OfHandler(pub(crate) Refused);

impl Refused {
    pub(crate) const fn new(code: ErrorCode, refusal: Refusal) -> Self {
        Self { code, refusal: Some(refusal) }
    }

    /// An answer without a challenge of a guard's.
    #[cfg(feature = "axum")]
    pub(crate) fn plain(code: ErrorCode) -> Self {
        let guard = Guard::builder().build().ok();
        Self { code, refusal: guard.map(|guard| guard.refusal(code, &Requirement::default())) }
    }

    /// The code of what was wrong.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        let status = self.refusal.as_ref().and_then(|refusal| StatusCode::from_u16(refusal.status).ok());
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer to a request of this method: to `HEAD` without its body.
    pub fn response<B: From<String>>(self, method: &Method) -> Response<B> {
        let (status, code) = (self.status(), self.code);
        let (headers, body) = self.refusal.map(|refusal| (refusal.headers, refusal.body)).unwrap_or_default();
        let is_head = *method == Method::HEAD;
        let length = body.len();
        let mut response = Response::new(B::from(if is_head { String::new() } else { body }));
        *response.status_mut() = status;
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        if is_head {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        response.extensions_mut().insert(code);
        response
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request is answered with {}: {}", self.status().as_u16(), self.code)
    }
}

impl std::error::Error for Refused {}
