//! Requests for the host to make, and what it brings back.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A request for the host to make, once, without following redirects.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRequest {
    /// `GET` or `POST`
    pub method: &'static str,
    /// The address
    pub url: String,
    /// Header fields. Some have secrets in them.
    pub headers: Vec<(&'static str, String)>,
    /// The form, which has secrets in it, of a `POST`
    pub body: Option<String>,
    /// Abort after this many seconds, the body included
    pub timeout: u64,
    /// Abort once the body has more than this many bytes
    pub max_bytes: usize,
}

impl HttpRequest {
    /// Seconds that a request may take, the body included.
    pub const TIMEOUT: u64 = 10;
    /// Bytes that a response may have.
    pub const MAX_BYTES: usize = 256 * 1024;
}

impl fmt::Debug for HttpRequest {
    /// Without headers and body: they have secrets in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The parts of a response that decide.
///
/// # Example
/// ```
/// use countersign::client::HttpResponse;
///
/// let mut response = HttpResponse::new(400, br#"{"error":"use_dpop_nonce"}"#);
/// response.dpop_nonce = Some("eyJ7S_zG");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpResponse<'a> {
    /// The status
    pub status: u16,
    /// The field `Content-Type`
    pub content_type: Option<&'a str>,
    /// The field `DPoP-Nonce` (RFC 9449 §8)
    pub dpop_nonce: Option<&'a str>,
    /// The field `WWW-Authenticate`
    pub www_authenticate: Option<&'a str>,
    /// The body
    pub body: &'a [u8],
}

impl<'a> HttpResponse<'a> {
    /// A response of which the header fields do not matter.
    pub const fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, content_type: None, dpop_nonce: None, www_authenticate: None, body }
    }
}

impl fmt::Debug for HttpResponse<'_> {
    /// Without the body: it has tokens in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
