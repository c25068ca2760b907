//! Where a request has its access token.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{ConfigError, Error};
use crate::resource_server::credentials::{
    Scheme, from_authorization_of_any_scheme, from_cookie, from_header, from_websocket, is_token_byte,
};
use crate::resource_server::csrf::RequestContext;
use crate::resource_server::guard::Guard;
use crate::resource_server::metadata::Resource;

/// The longest name of a header field, a cookie or a subprotocol, in bytes.
const MAX_NAME: usize = 256;

/// Fields that are sources of their own, and are not read as a whole.
const OTHER_SOURCES: [&str; 3] = ["authorization", "cookie", "sec-websocket-protocol"];

/// Fields that a proxy sets, from a session of its own that browsers send along with whatever they are asked for.
const SET_BY_PROXIES: [&str; 6] = [
    "cf-access-jwt-assertion",
    "x-amzn-oidc-accesstoken",
    "x-amzn-oidc-data",
    "x-auth-request-access-token",
    "x-forwarded-access-token",
    "x-goog-iap-jwt-assertion",
];

/// A place where a request may have its access token. [`Guard::access_token`] looks at several, in their order.
///
/// # Example
/// ```
/// use countersign::resource_server::TokenSource;
///
/// let sources = [TokenSource::authorization(), TokenSource::cookie("__Host-token")?];
/// assert!(TokenSource::header("Cookie").is_err());
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSource(Place);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Authorization,
    Header { field: String, set_by_proxy: bool },
    Cookie(String),
    WebSocket(String),
}

impl TokenSource {
    /// `Authorization: Bearer` (RFC 6750 §2.1).
    pub const fn authorization() -> Self {
        Self(Place::Authorization)
    }

    /// The whole of a header field.
    ///
    /// Where a proxy sets the field (Cloudflare Access, Google's IAP, an AWS load balancer), it does so by a session of its
    /// own, in a cookie: so the rules of [`TokenSource::cookie`] hold. The fields of these are known; for others there
    /// is [`TokenSource::proxy_header`].
    ///
    /// # Errors
    /// [`ConfigError`] for a name that is none of a header field, or is that of another source.
    pub fn header(name: &str) -> Result<Self, ConfigError> {
        let field = token("header", name)?.to_ascii_lowercase();
        if OTHER_SOURCES.contains(&field.as_str()) {
            return Err(ConfigError { option: "header", problem: "must be another field than those of other sources" });
        }
        let set_by_proxy = SET_BY_PROXIES.contains(&field.as_str());
        Ok(Self(Place::Header { field, set_by_proxy }))
    }

    /// The whole of a header field that a proxy sets from a session of its own, with the rules of
    /// [`TokenSource::cookie`].
    ///
    /// # Errors
    /// Those of [`TokenSource::header`].
    pub fn proxy_header(name: &str) -> Result<Self, ConfigError> {
        match Self::header(name)?.0 {
            Place::Header { field, .. } => Ok(Self(Place::Header { field, set_by_proxy: true })),
            other => Ok(Self(other)),
        }
    }

    /// The cookie of this name. Since browsers send cookies along with what other sites' pages ask for, requests that may
    /// change something must come from a page of our own: see [`Guard::check_context`]. Others cannot set one whose name
    /// begins with `__Host-`.
    ///
    /// # Errors
    /// [`ConfigError`] for a name that is none of a cookie.
    pub fn cookie(name: &str) -> Result<Self, ConfigError> {
        Ok(Self(Place::Cookie(token("cookie", name)?.to_owned())))
    }

    /// The token that follows this name among the subprotocols of a WebSocket: see [`from_websocket`].
    ///
    /// # Errors
    /// [`ConfigError`] for a name that is none of a subprotocol.
    pub fn websocket(name: &str) -> Result<Self, ConfigError> {
        Ok(Self(Place::WebSocket(token("websocket", name)?.to_owned())))
    }

    /// The name of the header field that is read, in small letters.
    pub fn field(&self) -> &str {
        match &self.0 {
            Place::Authorization => "authorization",
            Place::Header { field, .. } => field,
            Place::Cookie(_) => "cookie",
            Place::WebSocket(_) => "sec-websocket-protocol",
        }
    }

    /// Whether browsers send the token along with what the pages of other sites ask for.
    pub const fn is_ambient(&self) -> bool {
        matches!(self.0, Place::Cookie(_) | Place::Header { set_by_proxy: true, .. })
    }

    /// The token in the values of [`TokenSource::field`]. `None`: there is none.
    ///
    /// # Errors
    /// [`Error::RequestInvalid`] and [`Error::SchemeUnsupported`], as
    /// [`from_authorization`](crate::resource_server::from_authorization) and the functions beside it say.
    pub fn find<'a>(&self, values: &[&'a str]) -> Result<Option<&'a str>, Error> {
        bearer(self.find_of_any_scheme(values)?)
    }

    /// [`TokenSource::find`], with the scheme that the token comes by: `DPoP` needs a proof of possession (RFC 9449 §7.1).
    ///
    /// # Errors
    /// [`Error::RequestInvalid`]
    pub fn find_of_any_scheme<'a>(&self, values: &[&'a str]) -> Result<Option<(Scheme, &'a str)>, Error> {
        let token = match &self.0 {
            Place::Authorization => return from_authorization_of_any_scheme(values),
            Place::Header { .. } => from_header(values),
            Place::Cookie(name) => from_cookie(values, name),
            Place::WebSocket(name) => from_websocket(values, name),
        };
        Ok(token?.map(|token| (Scheme::Bearer, token)))
    }
}

/// The token, where proofs are not taken.
fn bearer<T>(found: Option<(Scheme, T)>) -> Result<Option<T>, Error> {
    match found {
        Some((Scheme::DPoP, _)) => Err(Error::SchemeUnsupported),
        found => Ok(found.map(|(_, token)| token)),
    }
}

impl Guard {
    /// The access token of a request: that of the first source that has one. `None`: the request has none.
    ///
    /// `fields` answers the values of all header fields of a name, which it is given in small letters. Of a token that
    /// browsers send along by themselves, the request must come from a page of our own ([`Guard::check_context`]).
    ///
    /// # Errors
    /// [`Error::RequestInvalid`] and [`Error::SchemeUnsupported`], as [`TokenSource::find`] says, and
    /// [`Error::CsrfRefused`].
    ///
    /// # Example
    /// ```
    /// use countersign::resource_server::{Guard, TokenSource};
    /// use std::borrow::Cow;
    ///
    /// let guard = Guard::builder().resource("https://api.example").build()?;
    /// let sources = [TokenSource::authorization(), TokenSource::cookie("__Host-token")?];
    /// let request = [("cookie", "__Host-token=abc")];
    /// let fields = |name: &str| {
    ///     let of_name = request.iter().filter(|(own, _)| *own == name);
    ///     of_name.map(|&(_, value)| Cow::Borrowed(value)).collect()
    /// };
    ///
    /// assert_eq!(guard.access_token(&sources, "GET", fields)?.as_deref(), Some("abc"));
    /// assert!(guard.access_token(&sources, "POST", fields).is_err(), "any page could have sent it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access_token<'a>(
        &self,
        sources: &[TokenSource],
        method: &str,
        fields: impl Fn(&str) -> Vec<Cow<'a, str>>,
    ) -> Result<Option<String>, Error> {
        Ok(self.first_token(sources, method, fields, false)?.map(|(_, token)| token))
    }

    /// [`Guard::access_token`], with the scheme that it comes by. Where the guard takes no proofs
    /// ([`GuardBuilder::dpop`](crate::resource_server::GuardBuilder::dpop)), that is `Bearer`.
    ///
    /// # Errors
    /// Those of [`Guard::access_token`].
    pub fn credentials<'a>(
        &self,
        sources: &[TokenSource],
        method: &str,
        fields: impl Fn(&str) -> Vec<Cow<'a, str>>,
    ) -> Result<Option<(Scheme, String)>, Error> {
        self.first_token(sources, method, fields, self.takes_proofs())
    }

    fn first_token<'a>(
        &self,
        sources: &[TokenSource],
        method: &str,
        fields: impl Fn(&str) -> Vec<Cow<'a, str>>,
        proofs: bool,
    ) -> Result<Option<(Scheme, String)>, Error> {
        for source in sources {
            let values = fields(source.field());
            let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
            let Some((scheme, token)) = source.find_of_any_scheme(&values)? else { continue };
            if scheme == Scheme::DPoP && !proofs {
                return Err(Error::SchemeUnsupported);
            }
            if source.is_ambient() {
                let field = |name| {
                    let joined = fields(name).join(", ");
                    (!joined.is_empty()).then_some(joined)
                };
                let upgrade = field("upgrade").is_some();
                let [site, origin, csrf] = ["sec-fetch-site", "origin", "x-csrf"].map(field);
                self.check_context(&RequestContext {
                    method,
                    upgrade,
                    sec_fetch_site: site.as_deref(),
                    origin: origin.as_deref(),
                    csrf_header: csrf.as_deref(),
                })?;
            }
            return Ok(Some((scheme, token.to_owned())));
        }
        Ok(None)
    }

    /// The paths that [`Guard::metadata_response`] answers, each also with a slash at its end. None without a resource.
    pub fn metadata_paths(&self) -> impl Iterator<Item = &str> {
        self.resource.iter().flat_map(Resource::metadata_paths)
    }
}

/// RFC 9110 §5.6.2, which the names of fields, cookies and subprotocols are made of.
fn token<'a>(option: &'static str, name: &'a str) -> Result<&'a str, ConfigError> {
    let is_token = !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(is_token_byte);
    let problem = "must be a name of letters, digits and !#$%&'*+-.^_`|~";
    if is_token { Ok(name) } else { Err(ConfigError { option, problem }) }
}
