//! Revocation (RFC 7009), and introspection (RFC 7662, RFC 9701).

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::answer::{MEMBER, object, refusal};
use crate::client::call::Call;
use crate::client::client::Client;
use crate::client::http::HttpResponse;
use crate::client::userinfo::is_of_type;
use crate::encoding::form;
use crate::error::{ConfigError, Error};
use crate::verify::builder::VerifierBuilder;
use crate::verify::claims::Claims;
use crate::verify::introspection_answer;

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

    /// [`Client::introspection_request`] for an answer that the server has signed (RFC 9701 §4).
    ///
    /// # Errors
    /// As there
    pub fn signed_introspection_request(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        Ok(self.introspection_request(token, hint, entropy, now)?.accept(introspection_answer::MEDIA_TYPE))
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
        self.token_status(response)
    }

    /// The signed answer (RFC 9701 §5) in a response to [`Client::introspection_request`], for
    /// [`Client::introspection_verifier`]. `None`: it is not signed, and for [`Client::introspection_response`].
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`], [`Error::ServerUnavailable`], [`Error::ServerResponseInvalid`]
    pub fn signed_introspection_response<'a>(&self, response: &HttpResponse<'a>) -> Result<Option<&'a str>, Error> {
        if response.status != 200 {
            return Err(refusal(response));
        }
        if !is_of_type(response, introspection_answer::MEDIA_TYPE) {
            return Ok(None);
        }
        let text = core::str::from_utf8(response.body.trim_ascii());
        text.map(Some).map_err(|_| Error::IntrospectionInvalid)
    }

    /// The verifier of signed answers (RFC 9701 §5), which are for this client and of the last minute, and have no `exp`: add
    /// the server's keys. An answer that it refuses is [`Error::IntrospectionInvalid`].
    pub fn introspection_verifier(&self) -> VerifierBuilder {
        introspection_answer::verifier(&self.server.issuer, &self.client_id)
    }

    /// [`Client::introspection_response`], by the claims of a signed answer that [`Client::introspection_verifier`] lets pass.
    ///
    /// # Errors
    /// As [`Client::introspection_response`], and [`Error::IntrospectionInvalid`] without the claim `token_introspection`.
    pub fn signed_token_status(&self, answer: &Claims) -> Result<Option<Claims>, Error> {
        let about = introspection_answer::of_claims(answer.json())?;
        self.token_status(&HttpResponse::new(200, about.as_bytes()))
    }

    fn token_status(&self, response: &HttpResponse<'_>) -> Result<Option<Claims>, Error> {
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
