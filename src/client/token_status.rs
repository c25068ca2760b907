//! Revocation (RFC 7009), and introspection (RFC 7662).

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::answer::{MEMBER, object, refusal};
use crate::client::call::Call;
use crate::client::client::Client;
use crate::client::http::HttpResponse;
use crate::encoding::form;
use crate::error::{ConfigError, Error};
use crate::verify::claims::Claims;

/// The kind of token that a request is about (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenTypeHint {
    /// An access token
    AccessToken,
    /// A refresh token
    RefreshToken,
}

fn form(token: &str, hint: Option<TokenTypeHint>) -> String {
    let mut form = String::new();
    form::append(&mut form, "token", token);
    if let Some(hint) = hint {
        let name = match hint {
            TokenTypeHint::AccessToken => "access_token",
            TokenTypeHint::RefreshToken => "refresh_token",
        };
        form::append(&mut form, "token_type_hint", name);
    }
    form
}

impl Client {
    /// The request that revokes a token (RFC 7009 §2.1). A refresh token takes its access tokens along. `entropy` is as
    /// for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no revocation endpoint.
    pub fn revocation_request(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        let url = self.endpoint("revocation_endpoint", self.server.revocation_endpoint.as_deref())?;
        Ok(self.call(url, None, form(token, hint), entropy, now))
    }

    /// Reads the response to [`Client::revocation_request`]. A token that the server does not know is revoked already.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] with what the server reported, [`Error::ServerUnavailable`],
    /// [`Error::ServerResponseInvalid`] for another status than 200.
    pub fn revocation_response(&self, response: &HttpResponse<'_>) -> Result<(), Error> {
        if response.status == 200 { Ok(()) } else { Err(refusal(response)) }
    }

    /// The question what the server knows of a token (RFC 7662 §2.1). `entropy` is as for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no introspection endpoint.
    pub fn introspection_request(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        let url = self.endpoint("introspection_endpoint", self.server.introspection_endpoint.as_deref())?;
        Ok(self.call(url, None, form(token, hint), entropy, now))
    }

    /// Reads the response to [`Client::introspection_request`]: what the server knows, or `None` for a token that is not
    /// active. Why it is not, the server does not say.
    ///
    /// # Errors
    /// [`Error::ServerResponseInvalid`] without a boolean `active`; [`Error::IssuerMismatch`] for a token of another server;
    /// [`Error::TokenEndpointError`] and [`Error::ServerUnavailable`]. None of them says that the token is bad.
    pub fn introspection_response(&self, response: &HttpResponse<'_>) -> Result<Option<Claims>, Error> {
        if response.status != 200 {
            return Err(refusal(response));
        }
        let members = object(response)?;
        match members.bool_or_null("active") {
            Ok(Some(true)) => {}
            Ok(Some(false)) => return Ok(None),
            _ => return Err(MEMBER),
        }
        match members.string_or_null("iss") {
            Ok(Some(issuer)) if issuer != self.server.issuer => {
                Err(Error::IssuerMismatch { expected: self.server.issuer.clone(), actual: issuer.to_owned() })
            }
            Ok(_) => Ok(Some(Claims::new(String::from_utf8_lossy(response.body).into_owned()))),
            Err(_) => Err(MEMBER),
        }
    }
}
