//! The origin of an application, and the cookies that belong to it.

use alloc::string::{String, ToString as _};

use crate::encoding::url::HttpUrl;
use crate::error::ConfigError;

/// Which requests of other sites' pages have a cookie (RFC 6265bis §5.7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Links that a user follows, and nothing else
    #[default]
    Lax,
    /// None
    Strict,
}

impl SameSite {
    const fn name(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
        }
    }
}

/// Where an application is, as browsers see it.
///
/// Its cookies are `HttpOnly`, `SameSite=Lax` unless [`Site::same_site`] says otherwise, and for every path. Over https they are `Secure`, and their names begin with
/// `__Host-`, so that no neighbouring domain can set them (RFC 6265bis §4.1.3). Over http on loopback they are neither,
/// since Safari would not keep them.
///
/// # Example
/// ```
/// use countersign::session::Site;
///
/// let site = Site::new("https://app.example")?;
/// assert_eq!(site.cookie_name("session"), "__Host-session");
/// assert_eq!(site.set_cookie("a", "1", 60), "__Host-a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
/// assert_eq!(Site::new("http://localhost:8787")?.cookie_name("session"), "session");
/// assert!(Site::new("http://app.example").is_err());
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: String,
    is_secure: bool,
    cookies: SameSite,
}

impl Site {
    /// The site of an origin: `https://host`, with a port or without. It is what the operator says, and never taken from a
    /// request.
    ///
    /// # Errors
    /// [`ConfigError`] for another scheme (but http on loopback), a path, a query, or a fragment.
    pub fn new(origin: &str) -> Result<Self, ConfigError> {
        let problem = "must be an https origin such as `https://app.example`, without a path (http only on loopback)";
        let url = HttpUrl::parse(origin).filter(|url| url.path.is_empty() && url.query.is_none());
        let url = url.ok_or(ConfigError { option: "origin", problem })?;
        Ok(Self { origin: url.serialized_origin(), is_secure: !url.insecure, cookies: SameSite::Lax })
    }

    /// The same site with other cookies: of sign-ins that are under way they have to be `Lax`, since it is a page of another site
    /// from which the browser comes back.
    #[must_use]
    pub const fn same_site(mut self, cookies: SameSite) -> Self {
        self.cookies = cookies;
        self
    }

    /// The origin as browsers write it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The whole name of a cookie.
    pub fn cookie_name(&self, name: &str) -> String {
        [if self.is_secure { "__Host-" } else { "" }, name].concat()
    }

    /// The value of a `Set-Cookie` header field. `max_age` is in seconds.
    pub fn set_cookie(&self, name: &str, value: &str, max_age: u64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let age = max_age.to_string();
        let same_site = self.cookies.name();
        [&self.cookie_name(name), "=", value, "; Path=/; Max-Age=", &age, "; HttpOnly; SameSite=", same_site, secure]
            .concat()
    }

    /// The value of the `Set-Cookie` header field that removes a cookie.
    pub fn delete_cookie(&self, name: &str) -> String {
        self.set_cookie(name, "", 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_https_or_on_loopback_and_nothing_else() {
        for (given, origin) in [
            ("https://app.example", "https://app.example"),
            ("https://App.Example:443", "https://app.example"),
            ("https://app.example:8443", "https://app.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://[::1]:1", "http://[::1]:1"),
        ] {
            assert_eq!(Site::new(given).unwrap().origin(), origin);
        }
        for given in [
            "",
            "app.example",
            "https://",
            "https://app.example/",
            "https://app.example/x",
            "https://app.example?x",
            "https://app.example#x",
            "https://user@app.example",
            "http://app.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "javascript:alert(1)",
            "https://app.example\n",
        ] {
            assert_eq!(Site::new(given).map_err(|error| error.option), Err("origin"), "{given}");
        }
    }

    #[test]
    fn a_cookie_is_removed_by_the_attributes_that_it_was_set_with() {
        for origin in ["https://app.example", "http://localhost"] {
            let site = Site::new(origin).unwrap();
            let (set, deleted) = (site.set_cookie("a", "value", 7), site.delete_cookie("a"));
            assert_eq!(set.replace("=value;", "=;").replace("Max-Age=7", "Max-Age=0"), deleted);
            assert_eq!(set.contains("; Secure"), site.origin().starts_with("https:"));
            assert_eq!(set.starts_with("__Host-"), set.contains("; Secure"));
            let strict = site.clone().same_site(SameSite::Strict);
            assert_eq!(strict.set_cookie("a", "value", 7), set.replace("SameSite=Lax", "SameSite=Strict"));
        }
    }
}
