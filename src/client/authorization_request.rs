//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::client::request_error::RequestError;
use crate::client::request_parts::{RequestParts, pairs};
use crate::client::transaction::Transaction;

/// The lifetime of a transaction, in seconds: the time that the user has for signing in.
pub const TRANSACTION_LIFETIME: u64 = 600;

/// The response mode (OAuth 2.0 Multiple Response Types §2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseMode {
    /// In the query of the redirect URI, the default of servers
    #[default]
    Query,
    /// As a form that the browser posts to the redirect URI (OAuth 2.0 Form Post Response Mode)
    FormPost,
}

/// The parameters of an authorization request, and the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The server's issuer
    pub issuer: String,
    /// The server's `authorization_endpoint`; a query that it has is kept
    pub authorization_endpoint: String,
    /// The server's `token_endpoint`
    pub token_endpoint: String,
    /// The server's `code_challenge_methods_supported`, if it lists them
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// The server's `authorization_response_iss_parameter_supported`
    pub response_iss_supported: bool,
    /// The client's ID at the server
    pub client_id: String,
    /// One of the client's registered redirect URIs, exactly
    pub redirect_uri: String,
    /// Scopes separated by spaces; with `openid` an ID token comes too, bound by a nonce
    pub scope: Option<String>,
    /// The response mode
    pub response_mode: ResponseMode,
    /// Other parameters, such as `prompt`, `login_hint` or `resource`, which may be there more than once (RFC 8707)
    pub params: Vec<(String, String)>,
}

/// The URL to send the browser to, and what to remember until it comes back.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationUrl {
    /// The URL to send the browser to
    pub url: String,
    /// The transaction, for [`crate::client::parse_authorization_response`]
    pub transaction: Transaction,
}

impl fmt::Debug for AuthorizationUrl {
    /// Without the URL: it has the state and the nonce in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationUrl").field("transaction", &self.transaction).finish_non_exhaustive()
    }
}

/// Builds the URL of an authorization request with state, nonce and PKCE.
///
/// `entropy` is 96 bytes of a cryptographic random number generator, never used before; `now` is in
/// seconds since the epoch.
///
/// # Errors
/// [`RequestError::Config`] for an option that is missing, no https URL (http passes on loopback), or
/// tries to set a parameter that belongs to this library. [`RequestError::Server`] with
/// [`PkceUnsupported`](crate::Error::PkceUnsupported) when the server lists its PKCE methods and S256 is not among them.
///
/// # Example
/// ```
/// use countersign::client::{AuthorizationRequest, authorization_url};
///
/// let request = AuthorizationRequest {
///     issuer: "https://id.example".into(),
///     authorization_endpoint: "https://id.example/authorize".into(),
///     token_endpoint: "https://id.example/token".into(),
///     client_id: "app".into(),
///     redirect_uri: "https://app.example/callback".into(),
///     scope: Some("openid".into()),
///     ..Default::default()
/// };
/// # let entropy = [7; 96];
/// let answer = authorization_url(&request, &entropy, 1_700_000_000)?;
/// assert!(answer.url.starts_with("https://id.example/authorize?response_type=code&client_id=app&"));
/// assert_eq!(answer.transaction.expires_at, 1_700_000_600);
/// # Ok::<(), countersign::client::RequestError>(())
/// ```
pub fn authorization_url(
    request: &AuthorizationRequest,
    entropy: &[u8; 96],
    now: u64,
) -> Result<AuthorizationUrl, RequestError> {
    let request = RequestParts {
        issuer: &request.issuer,
        authorization_endpoint: &request.authorization_endpoint,
        token_endpoint: &request.token_endpoint,
        code_challenge_methods_supported: request.code_challenge_methods_supported.as_deref(),
        response_iss_supported: request.response_iss_supported,
        client_id: &request.client_id,
        redirect_uri: &request.redirect_uri,
        scope: request.scope.as_deref(),
        response_mode: request.response_mode,
        params: &pairs(&request.params),
    };
    request.begin(entropy, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;

    use crate::client::Pkce;
    use crate::client::request_parts::RESERVED;
    use crate::encoding::form;
    use crate::error::Error;

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            issuer: "https://id.example".into(),
            authorization_endpoint: "https://id.example/authorize".into(),
            token_endpoint: "https://id.example/token".into(),
            client_id: "app".into(),
            redirect_uri: "https://app.example/callback?x=1".into(),
            scope: Some("openid profile".into()),
            ..AuthorizationRequest::default()
        }
    }

    fn entropy() -> [u8; 96] {
        core::array::from_fn(|index| u8::try_from(index).unwrap())
    }

    fn option(request: &AuthorizationRequest) -> Option<&'static str> {
        match authorization_url(request, &entropy(), 0) {
            Err(RequestError::Config(error)) => Some(error.option),
            _ => None,
        }
    }

    #[test]
    fn the_url_has_every_parameter_once() {
        let answer = authorization_url(&request(), &entropy(), 100).unwrap();
        let (_, query) = answer.url.split_once('?').unwrap();
        let parameters = form::parse(query).unwrap();
        let value = |name: &str| {
            let mut values = parameters.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
            (values.next(), values.next().is_none())
        };
        let transaction = &answer.transaction;
        let pkce = Pkce::new(&core::array::from_fn(|index| u8::try_from(index + 64).unwrap()));
        for (name, expected) in [
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", "https://app.example/callback?x=1"),
            ("scope", "openid profile"),
            ("state", &transaction.state),
            ("nonce", transaction.nonce.as_deref().unwrap()),
            ("code_challenge", pkce.code_challenge()),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(value(name), (Some(expected), true), "{name}");
        }
        assert_eq!(transaction.code_verifier, pkce.code_verifier());
        assert_eq!(parameters.len(), 8);
    }

    #[test]
    fn without_openid_there_is_no_nonce() {
        for scope in [None, Some("profile openid2".into())] {
            let answer = authorization_url(&AuthorizationRequest { scope, ..request() }, &entropy(), 0).unwrap();
            assert_eq!(answer.transaction.nonce, None);
            assert!(!answer.url.contains("nonce"));
        }
    }

    #[test]
    fn an_endpoint_keeps_its_query() {
        for (endpoint, start) in [
            ("https://id.example/a?tenant=1", "https://id.example/a?tenant=1&response_type=code&"),
            ("https://id.example/a?", "https://id.example/a?response_type=code&"),
            ("https://id.example/a?t=1&", "https://id.example/a?t=1&response_type=code&"),
        ] {
            let request = AuthorizationRequest { authorization_endpoint: endpoint.into(), ..request() };
            let url = authorization_url(&request, &entropy(), 0).unwrap().url;
            assert!(url.starts_with(start), "{url}");
        }
    }

    #[test]
    fn reserved_parameters_cannot_be_overridden() {
        for name in RESERVED {
            let params = alloc::vec![(name.to_owned(), "x".to_owned())];
            assert_eq!(option(&AuthorizationRequest { params, ..request() }), Some("params"), "{name}");
            let authorization_endpoint =
                alloc::format!("https://id.example/a?%{:02x}{}=x", name.as_bytes()[0], name.split_at(1).1);
            assert_eq!(
                option(&AuthorizationRequest { authorization_endpoint, ..request() }),
                Some("authorization_endpoint"),
                "{name}"
            );
        }
        let twice = |name: &str| alloc::vec![(name.to_owned(), "a".to_owned()), (name.to_owned(), "b".to_owned())];
        assert_eq!(option(&AuthorizationRequest { params: twice("prompt"), ..request() }), Some("params"));
        let AuthorizationUrl { url, .. } =
            authorization_url(&AuthorizationRequest { params: twice("resource"), ..request() }, &entropy(), 0).unwrap();
        assert!(url.ends_with("&resource=a&resource=b"), "{url}");
    }

    #[test]
    fn a_form_is_asked_for_where_it_is_wanted() {
        let ask = |response_mode| {
            let params = alloc::vec![("prompt".to_owned(), "login".to_owned())];
            let request = AuthorizationRequest { response_mode, params, ..request() };
            authorization_url(&request, &entropy(), 0).unwrap().url
        };
        assert!(ask(ResponseMode::FormPost).ends_with("&response_mode=form_post&prompt=login"));
        assert!(!ask(ResponseMode::Query).contains("response_mode"));
    }

    #[test]
    fn mistakes_are_named() {
        let with = |change: fn(&mut AuthorizationRequest)| {
            let mut request = request();
            change(&mut request);
            option(&request)
        };
        assert_eq!(with(|r| r.issuer.clear()), Some("issuer"));
        assert_eq!(with(|r| r.authorization_endpoint = "http://id.example/a".into()), Some("authorization_endpoint"));
        assert_eq!(with(|r| r.token_endpoint = "/token".into()), Some("token_endpoint"));
        assert_eq!(with(|r| r.client_id.clear()), Some("client_id"));
        assert_eq!(with(|r| r.redirect_uri = "/callback".into()), Some("redirect_uri"));
        assert_eq!(with(|r| r.redirect_uri = "https://app.example/#x".into()), Some("redirect_uri"));
        assert_eq!(with(|r| r.scope = Some("a  b".into())), Some("scope"));
        assert_eq!(with(|r| r.scope = Some(String::new())), Some("scope"));
        let zero = authorization_url(&request(), &[0; 96], 0);
        assert!(matches!(zero, Err(RequestError::Config(error)) if error.option == "entropy"));
    }

    #[test]
    fn pkce_is_never_downgraded() {
        let methods = |list: &[&str]| Some(list.iter().map(|method| (*method).to_owned()).collect());
        let ask = |code_challenge_methods_supported| {
            authorization_url(&AuthorizationRequest { code_challenge_methods_supported, ..request() }, &entropy(), 0)
        };
        assert!(ask(None).is_ok());
        assert!(ask(methods(&["plain", "S256"])).is_ok());
        assert_eq!(ask(methods(&["plain"])), Err(RequestError::Server(Error::PkceUnsupported)));
        assert_eq!(ask(methods(&[])), Err(RequestError::Server(Error::PkceUnsupported)));
    }
}
