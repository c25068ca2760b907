//! What an authorization request asks for, checked and written into its URL.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::client::authorization_request::{AuthorizationUrl, ResponseMode, TRANSACTION_LIFETIME};
use crate::client::pkce::Pkce;
use crate::client::redirect_uri::is_redirect_uri;
use crate::client::request_error::RequestError;
use crate::client::transaction::Transaction;
use crate::encoding::base64url;
use crate::encoding::form;
use crate::encoding::url::{HttpUrl, append_query};
use crate::error::{ConfigError, Error};

/// Parameters that this library sets itself; nothing else may.
pub(super) const RESERVED: [&str; 15] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    // Secrets, which are nothing for an address.
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code_verifier",
];

/// An `AuthorizationRequest` that borrows what it asks for.
pub(super) struct RequestParts<'a> {
    pub(super) issuer: &'a str,
    pub(super) authorization_endpoint: &'a str,
    pub(super) token_endpoint: &'a str,
    pub(super) code_challenge_methods_supported: Option<&'a [String]>,
    pub(super) response_iss_supported: bool,
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) scope: Option<&'a str>,
    pub(super) response_mode: ResponseMode,
    pub(super) params: &'a [(&'a str, &'a str)],
}

pub(super) fn pairs(params: &[(String, String)]) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl RequestParts<'_> {
    pub(super) fn begin(&self, entropy: &[u8; 96], now: u64) -> Result<AuthorizationUrl, RequestError> {
        self.check().map_err(RequestError::Config)?;
        if entropy.iter().all(|byte| *byte == 0) {
            return Err(config("entropy", "must come from a random number generator, and these bytes are all zero"));
        }
        if self.code_challenge_methods_supported.is_some_and(|methods| !methods.iter().any(|m| m == "S256")) {
            return Err(RequestError::Server(Error::PkceUnsupported));
        }
        let ([state, nonce, verifier], _) = entropy.as_chunks::<32>() else {
            return Err(config("entropy", "must be 96 bytes"));
        };
        let pkce = Pkce::new(verifier);
        let state = base64url::encode(state);
        let openid = self.scope.is_some_and(|scope| scope.split(' ').any(|scope| scope == "openid"));
        let nonce = openid.then(|| base64url::encode(nonce));

        let mut query = String::new();
        let mut parameter = |name: &str, value: &str| form::append(&mut query, name, value);
        parameter("response_type", "code");
        parameter("client_id", self.client_id);
        parameter("redirect_uri", self.redirect_uri);
        if let Some(scope) = self.scope {
            parameter("scope", scope);
        }
        parameter("state", &state);
        if let Some(nonce) = &nonce {
            parameter("nonce", nonce);
        }
        parameter("code_challenge", pkce.code_challenge());
        parameter("code_challenge_method", "S256");
        if self.response_mode == ResponseMode::FormPost {
            parameter("response_mode", "form_post");
        }
        for (name, value) in self.params {
            parameter(name, value);
        }

        Ok(AuthorizationUrl {
            url: append_query(self.authorization_endpoint, &query),
            transaction: Transaction {
                state,
                nonce,
                code_verifier: pkce.code_verifier().to_owned(),
                issuer: self.issuer.to_owned(),
                client_id: self.client_id.to_owned(),
                redirect_uri: self.redirect_uri.to_owned(),
                token_endpoint: self.token_endpoint.to_owned(),
                require_issuer: self.response_iss_supported,
                expires_at: now.saturating_add(TRANSACTION_LIFETIME),
                max_age: None,
                resource: resources(self.params),
            },
        })
    }

    fn check(&self) -> Result<(), ConfigError> {
        let fail = |option, problem| Err(ConfigError { option, problem });
        let https = "must be an https URL without fragment (http only on loopback)";
        if self.issuer.is_empty() {
            return fail("issuer", "is missing: write the server's issuer");
        }
        let Some(endpoint) = HttpUrl::parse(self.authorization_endpoint) else {
            return fail("authorization_endpoint", https);
        };
        if HttpUrl::parse(self.token_endpoint).is_none() {
            return fail("token_endpoint", https);
        }
        if self.client_id.is_empty() {
            return fail("client_id", "is missing: write the client's ID at the server");
        }
        if !is_redirect_uri(self.redirect_uri) {
            return fail(
                "redirect_uri",
                "must be, exactly as registered and without fragment, an https URL (http on loopback) or a URI of an app's \
             own scheme, e.g. com.example.app:/callback",
            );
        }
        if self.scope.is_some_and(|scope| !is_scope(scope)) {
            return fail("scope", "must be scopes separated by single spaces");
        }
        let reserved = |name: &str| RESERVED.contains(&name);
        let Ok(own_query) = form::parse(endpoint.query.unwrap_or_default()) else {
            return fail("authorization_endpoint", "has a query that is not form-encoded");
        };
        if own_query.iter().any(|(name, _)| reserved(name)) {
            return fail("authorization_endpoint", "has a query with a parameter that this library sets");
        }
        for (index, (name, _)) in self.params.iter().enumerate() {
            if *name == "response_mode" {
                return fail("params", "names `response_mode`, which is an option of its own");
            }
            if name.is_empty() || reserved(name) {
                return fail("params", "names a parameter that this library sets itself, or none");
            }
            let twice = own_query.iter().any(|(other, _)| other == name)
                || self.params.iter().take(index).any(|(other, _)| other == name);
            // `resource` may be repeated (RFC 8707 §2); any other parameter must not (RFC 6749 §3.1).
            if twice && *name != "resource" {
                return fail("params", "names a parameter twice, which only `resource` may be");
            }
        }
        Ok(())
    }
}

/// The resources among parameters (RFC 8707 §2).
fn resources(params: &[(&str, &str)]) -> Vec<String> {
    params.iter().filter(|(name, _)| *name == "resource").map(|(_, resource)| (*resource).to_owned()).collect()
}

const fn config(option: &'static str, problem: &'static str) -> RequestError {
    RequestError::Config(ConfigError { option, problem })
}

/// `scope-token *( SP scope-token )` (RFC 6749 §3.3).
fn is_scope(scope: &str) -> bool {
    scope.split(' ').all(|token| {
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
    })
}
