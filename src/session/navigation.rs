//! Which requests may begin a sign-in: those by which a user goes to a page.

/// What a request says of itself (Fetch Metadata; RFC 9110 §12.5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Navigation<'a> {
    /// The method
    pub method: &'a str,
    /// `Sec-Fetch-Mode`
    pub sec_fetch_mode: Option<&'a str>,
    /// `Sec-Fetch-Dest`
    pub sec_fetch_dest: Option<&'a str>,
    /// `Sec-Purpose`, or `Purpose` or `X-Moz`, as browsers wrote before
    pub purpose: Option<&'a str>,
    /// Whether a router of the page fetches ahead: `Next-Router-Prefetch` or `RSC` is there
    pub router_prefetch: bool,
    /// `Accept`
    pub accept: Option<&'a str>,
}

/// Whether a request may begin a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStart {
    /// A user goes to a page: redirect to the authorization server.
    Redirect,
    /// Something is fetched ahead, and perhaps never shown: answer with 204, and set no cookie.
    Prefetch,
    /// A page or a program calls: answer with 401, which it can read. A redirect would end at another origin.
    Refuse,
}

impl<'a> Navigation<'a> {
    /// Begins with the method of the request.
    pub fn new(method: &'a str) -> Self {
        Self { method, ..Self::default() }
    }

    /// Whether it may begin a sign-in.
    ///
    /// # Example
    /// ```
    /// use countersign::session::{Navigation, SignInStart};
    ///
    /// let mut page = Navigation::new("GET");
    /// page.sec_fetch_mode = Some("navigate");
    /// page.sec_fetch_dest = Some("document");
    /// assert_eq!(page.sign_in_start(), SignInStart::Redirect);
    /// page.purpose = Some("prefetch;prerender");
    /// assert_eq!(page.sign_in_start(), SignInStart::Prefetch);
    /// ```
    pub fn sign_in_start(&self) -> SignInStart {
        let is_ahead = |purpose: &str| {
            purpose
                .split([';', ',', ' '])
                .any(|token| ["prefetch", "prerender", "preview"].iter().any(|name| token.eq_ignore_ascii_case(name)))
        };
        if self.router_prefetch || self.purpose.is_some_and(is_ahead) {
            return SignInStart::Prefetch;
        }
        let is_navigation = match self.sec_fetch_mode {
            Some(mode) => mode == "navigate" && self.sec_fetch_dest.is_none_or(|dest| dest == "document"),
            // A browser without Fetch Metadata, over plain http or of before 2023.
            None => self.sec_fetch_dest.is_none() && self.accept.is_some_and(accepts_html),
        };
        // The body of another method would be lost on the way.
        if is_navigation && self.method == "GET" { SignInStart::Redirect } else { SignInStart::Refuse }
    }
}

/// By name: whoever takes `*/*` need not be a browser.
fn accepts_html(accept: &str) -> bool {
    accept
        .split(',')
        .filter_map(|range| range.split(';').next())
        .any(|name| name.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(method: &str, [mode, dest, purpose, accept]: [Option<&str>; 4], router_prefetch: bool) -> SignInStart {
        let fields =
            Navigation { sec_fetch_mode: mode, sec_fetch_dest: dest, purpose, accept, router_prefetch, method };
        fields.sign_in_start()
    }

    #[test]
    fn only_navigations_begin_a_sign_in() {
        let html = Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        for (fields, expected) in [
            ([Some("navigate"), Some("document"), None, html], SignInStart::Redirect),
            ([Some("navigate"), None, None, None], SignInStart::Redirect),
            ([None, None, None, html], SignInStart::Redirect),
            ([None, None, None, Some("application/json, Text/HTML;q=0.1")], SignInStart::Redirect),
            ([Some("navigate"), Some("iframe"), None, html], SignInStart::Refuse),
            ([Some("navigate"), Some("image"), None, html], SignInStart::Refuse),
            ([Some("cors"), Some("empty"), None, html], SignInStart::Refuse),
            ([Some("same-origin"), Some("empty"), None, html], SignInStart::Refuse),
            ([Some("no-cors"), Some("image"), None, html], SignInStart::Refuse),
            ([Some("websocket"), None, None, html], SignInStart::Refuse),
            ([Some(""), None, None, html], SignInStart::Refuse),
            ([None, Some("image"), None, html], SignInStart::Refuse),
            ([None, None, None, Some("*/*")], SignInStart::Refuse),
            ([None, None, None, Some("application/json")], SignInStart::Refuse),
            ([None, None, None, Some("text/htmlx")], SignInStart::Refuse),
            ([None; 4], SignInStart::Refuse),
            ([Some("navigate"), Some("document"), Some("prefetch"), html], SignInStart::Prefetch),
            ([Some("navigate"), Some("document"), Some("prefetch;anonymous-client-ip"), html], SignInStart::Prefetch),
            ([Some("cors"), Some("empty"), Some("Preview"), None], SignInStart::Prefetch),
            ([Some("navigate"), Some("document"), Some("notprefetch"), html], SignInStart::Redirect),
        ] {
            assert_eq!(start("GET", fields, false), expected, "{fields:?}");
            assert_eq!(start("GET", fields, true), SignInStart::Prefetch);
            for method in ["POST", "HEAD", "OPTIONS", "get", ""] {
                assert_ne!(start(method, fields, false), SignInStart::Redirect);
            }
        }
    }
}
