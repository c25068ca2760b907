//! Token requests other than that for a code: refresh (RFC 6749 §6), client credentials (§4.4), passwords (§4.3), token
//! exchange (RFC 8693), and whatever else a server grants tokens for.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::client::call::Call;
use crate::client::client::Client;
use crate::client::client_authentication::ClientAuthentication;
use crate::client::http::HttpResponse;
use crate::client::token_response::TokenResponse;
use crate::encoding::form;
use crate::error::{ConfigError, Error, TokenResponseReason};

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Parameters that the client sets itself.
const RESERVED: [&str; 5] = ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// Parameters that may be there more than once (RFC 8707 §2, RFC 8693 §2.1).
const REPEATABLE: [&str; 2] = ["resource", "audience"];

/// What tokens are granted for: the grant type and its parameters.
///
/// # Example
/// ```
/// use countersign::client::Grant;
///
/// let service = Grant::client_credentials().param("scope", "reports:read");
/// let on_behalf = Grant::token_exchange("the user's token", "urn:ietf:params:oauth:token-type:access_token")
///     .param("audience", "https://api.example");
/// let other = Grant::new("urn:ietf:params:oauth:grant-type:jwt-bearer").param("assertion", "e30.e30.AA");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Grant {
    grant_type: String,
    params: Vec<(String, String)>,
}

impl Grant {
    /// A grant of this type.
    pub fn new(grant_type: impl Into<String>) -> Self {
        Self { grant_type: grant_type.into(), params: Vec::new() }
    }

    /// The client's own access (RFC 6749 §4.4). Public clients have none.
    pub fn client_credentials() -> Self {
        Self::new("client_credentials")
    }

    /// A user's name and password (RFC 6749 §4.3), for servers that offer nothing else: RFC 9700 §2.4 forbids it.
    pub fn password(username: &str, password: &str) -> Self {
        Self::new("password").param("username", username).param("password", password)
    }

    /// Another token in exchange for this one (RFC 8693 §2.1).
    pub fn token_exchange(subject_token: &str, subject_token_type: &str) -> Self {
        Self::new(TOKEN_EXCHANGE).param("subject_token", subject_token).param("subject_token_type", subject_token_type)
    }

    /// One more parameter.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.grant_type.is_empty() {
            return Err(ConfigError { option: "grant_type", problem: "is missing" });
        }
        for (index, (name, _)) in self.params.iter().enumerate() {
            if name.is_empty() || RESERVED.contains(&name.as_str()) {
                let problem = "names a parameter that this library sets itself, or none";
                return Err(ConfigError { option: "params", problem });
            }
            let twice = self.params.iter().take(index).any(|(other, _)| other == name);
            if twice && !REPEATABLE.contains(&name.as_str()) {
                let problem = "names a parameter twice, which only `resource` and `audience` may be";
                return Err(ConfigError { option: "params", problem });
            }
        }
        Ok(())
    }

    fn form(&self) -> String {
        let mut form = String::new();
        form::append(&mut form, "grant_type", &self.grant_type);
        for (name, value) in &self.params {
            form::append(&mut form, name, value);
        }
        form
    }
}

impl fmt::Debug for Grant {
    /// Without the parameters: there are secrets among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("grant_type", &self.grant_type).finish_non_exhaustive()
    }
}

impl Client {
    /// The token request for a grant. `entropy` is as for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no token endpoint, a parameter is one that the client sets itself, or a public
    /// client asks for its own access.
    pub fn grant_request(&self, grant: &Grant, entropy: &[u8; 32], now: u64) -> Result<Call, ConfigError> {
        grant.check()?;
        if grant.grant_type == "client_credentials" && self.authentication == ClientAuthentication::None {
            let problem = "is missing: the grant `client_credentials` is for clients that authenticate themselves";
            return Err(ConfigError { option: "authentication", problem });
        }
        self.token_call(grant.form(), entropy, now)
    }

    /// Reads the response to [`Client::grant_request`]. That to a token exchange must have `issued_token_type`, and need not
    /// be an access token: see [`TokenResponse::issued_token_type`].
    ///
    /// # Errors
    /// As [`Client::code_response`], and [`Error::ServerUnavailable`].
    pub fn grant_response(&self, grant: &Grant, response: &HttpResponse<'_>) -> Result<TokenResponse, Error> {
        let exchange = grant.grant_type == TOKEN_EXCHANGE;
        let tokens = self.read(false, exchange, response)?;
        if exchange && tokens.issued_token_type().is_none() {
            return Err(Error::TokenResponseInvalid(TokenResponseReason::Member));
        }
        Ok(tokens)
    }

    /// The token request for a refresh token (RFC 6749 §6), with fewer scopes than before if some are named.
    ///
    /// Servers that rotate refresh tokens take each one once: make this request where you can store its response, and one
    /// at a time.
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no token endpoint.
    pub fn refresh_request(
        &self,
        refresh_token: &str,
        scope: Option<&str>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        self.refresh_request_for(None, refresh_token, scope, entropy, now)
    }

    /// [`Client::refresh_request`] for an access token that is good at one resource: one of those that the authorization
    /// request has named (RFC 8707 §2.2). The refresh token goes on for the others.
    ///
    /// # Errors
    /// As [`Client::refresh_request`].
    pub fn refresh_request_for(
        &self,
        resource: Option<&str>,
        refresh_token: &str,
        scope: Option<&str>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        let mut form = String::new();
        form::append(&mut form, "grant_type", "refresh_token");
        form::append(&mut form, "refresh_token", refresh_token);
        for (name, value) in [("scope", scope), ("resource", resource)] {
            if let Some(value) = value {
                form::append(&mut form, name, value);
            }
        }
        self.token_call(form, entropy, now)
    }

    /// Reads the response to [`Client::refresh_request`]. Where it has no new refresh token, the one that was used goes on
    /// and is in the answer. An ID token is to be verified with [`IdTokenCheck::refresh`].
    ///
    /// [`IdTokenCheck::refresh`]: crate::client::IdTokenCheck::refresh
    ///
    /// # Errors
    /// As [`Client::code_response`], and [`Error::ServerUnavailable`]. Only [`is_invalid_grant`] means that the user has to
    /// sign in again.
    ///
    /// [`is_invalid_grant`]: crate::client::is_invalid_grant
    pub fn refresh_response(&self, refresh_token: &str, response: &HttpResponse<'_>) -> Result<TokenResponse, Error> {
        let mut tokens = self.read_tokens(false, response)?;
        tokens.refresh_token.get_or_insert_with(|| refresh_token.to_owned());
        Ok(tokens)
    }
}

impl TokenResponse {
    /// `issued_token_type`: what a token exchange has given (RFC 8693 §2.2.1)
    pub fn issued_token_type(&self) -> Option<String> {
        self.text("issued_token_type").filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_the_client_are_its_own() {
        let option = |grant: Grant| grant.check().err().map(|error| error.option);
        for name in RESERVED {
            assert_eq!(option(Grant::new("x").param(name, "1")), Some("params"), "{name}");
        }
        assert_eq!(option(Grant::new("x").param("", "1")), Some("params"));
        assert_eq!(option(Grant::new("x").param("scope", "1").param("scope", "1")), Some("params"));
        assert_eq!(option(Grant::new("")), Some("grant_type"));
        for name in REPEATABLE {
            assert_eq!(option(Grant::new("x").param(name, "1").param(name, "2")), None, "{name}");
        }
        assert_eq!(Grant::password("a&b", "c").form(), "grant_type=password&username=a%26b&password=c");
        assert!(!alloc::format!("{:?}", Grant::password("a", "hush")).contains("hush"));
    }
}
