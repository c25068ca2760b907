//! The responses of the routes.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::json::writer::JsonWriter;
use crate::jwks_cache::FAILURE_BACKOFF;
use crate::session::web::failure::Failure;
use crate::session::web::page;
use crate::session::web::request::WebRequest;

/// A response, whole.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebResponse {
    /// The HTTP status
    pub status: u16,
    /// The header fields; of `set-cookie` there may be several, which are not to be joined
    pub headers: Vec<(&'static str, String)>,
    /// The body
    pub body: String,
    /// Whether it signs the user out: no other cookie of the session may be set beside
    pub signs_out: bool,
}

impl WebResponse {
    /// Header fields that a response with `Set-Cookie` must not have, whoever wrote them: caches of networks believe them.
    pub const REMOVED_WITH_COOKIES: &'static [&'static str] =
        &["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control", "expires"];

    /// `Cache-Control` of a response with `Set-Cookie`.
    pub const CACHE_CONTROL_WITH_COOKIES: &'static str = "no-store";

    /// No response of a route is for anybody else, or for later.
    pub(super) fn new(status: u16) -> Self {
        let headers = [("cache-control", Self::CACHE_CONTROL_WITH_COOKIES), ("vary", "Cookie, Sec-Fetch-Mode")];
        Self {
            status,
            headers: headers.map(|(name, value)| (name, value.to_string())).into(),
            body: String::new(),
            signs_out: false,
        }
    }

    pub(super) fn redirect(location: &str) -> Self {
        Self::new(303).with("location", location)
    }

    pub(super) fn json(status: u16, body: String) -> Self {
        Self { body, ..Self::new(status).with("content-type", "application/json") }
    }

    pub(super) fn not_allowed(allowed: &str) -> Self {
        Self::new(405).with("allow", allowed)
    }

    /// A page for people, or JSON for programs, that says what went wrong.
    pub(super) fn failure(failure: &Failure, request: &WebRequest, login: &str, home: &str) -> Self {
        let status = failure.code.status();
        let mut response = if request.wants_html() {
            page::error(failure, login, home)
        } else {
            let (error, text) = page::words(failure.code);
            let body = JsonWriter::new()
                .text("error", error)
                .text("error_description", text)
                .text("code", failure.code.as_str())
                .end();
            Self::json(status, body)
        };
        if status == 503 {
            response = response.with("retry-after", &FAILURE_BACKOFF.to_string());
        }
        if status == 401 {
            response = response.with("www-authenticate", "Bearer");
        }
        response
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(super) fn with_cookie(mut self, cookie: String) -> Self {
        self.headers.push(("set-cookie", cookie));
        self
    }

    pub(super) fn with_cookies(self, cookies: Vec<String>) -> Self {
        cookies.into_iter().fold(self, Self::with_cookie)
    }

    /// A header field by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    /// The values of its `Set-Cookie` header fields.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(name, _)| *name == "set-cookie").map(|(_, value)| value.as_str())
    }
}
