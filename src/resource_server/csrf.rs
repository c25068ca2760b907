//! Requests that a page of another site has made with the user's cookies (cross-site request forgery).

use crate::error::Error;

/// What a request says of the page that made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestContext<'a> {
    /// The method
    pub method: &'a str,
    /// Whether it asks for an upgrade (to a WebSocket, say)
    pub upgrade: bool,
    /// `Sec-Fetch-Site`
    pub sec_fetch_site: Option<&'a str>,
    /// `Origin`
    pub origin: Option<&'a str>,
    /// `X-CSRF`, which only pages of the same origin can send without asking first
    pub csrf_header: Option<&'a str>,
}

impl<'a> RequestContext<'a> {
    /// Begins with the method of the request.
    pub fn new(method: &'a str) -> Self {
        Self { method, ..Self::default() }
    }

    /// Whether the request comes from a page of one of these origins, or changes nothing.
    pub(crate) fn check<'o>(&self, mut origins: impl Iterator<Item = &'o str>) -> Result<(), Error> {
        let mut is_ours = |origin| origins.any(|own| own == origin);
        let accepted = if self.upgrade {
            // No preflight, no same-origin policy: the server alone looks at who asks.
            self.origin.is_some_and(is_ours)
        } else if matches!(self.method, "GET" | "HEAD") {
            true
        } else {
            match (self.sec_fetch_site, self.origin) {
                (Some("same-origin"), _) => true,
                (_, Some(origin)) => is_ours(origin),
                (Some(_), None) => false,
                (None, None) => self.csrf_header == Some("1"),
            }
        };
        if accepted { Ok(()) } else { Err(Error::CsrfRefused) }
    }
}

/// Whether a request asks whether another may be made (a preflight of CORS). It never has credentials, so that whoever
/// guards a route lets it through to what answers preflights.
pub const fn is_preflight(method: &str, has_origin: bool, has_request_method: bool) -> bool {
    matches!(method.as_bytes(), b"OPTIONS") && has_origin && has_request_method
}
