//! Userinfo (OpenID Connect Core §5.3).

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::answer::{MEMBER, invalid, object, refusal};
use crate::client::call::{AccessToken, Call};
use crate::client::client::Client;
use crate::client::http::HttpResponse;
use crate::error::{ConfigError, Error, ServerResponseReason};
use crate::verify::claims::Claims;
use crate::verify::numeric_date::Rounding;
use crate::verify::verifier::Verifier;

/// What a signed response may be late by, in seconds, where it has an `exp`.
const CLOCK_TOLERANCE: u64 = 30;

impl Client {
    /// The request for what the server says of the user. `entropy` is as for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no userinfo endpoint.
    pub fn userinfo_request(&self, access_token: &str, entropy: &[u8; 32], now: u64) -> Result<Call, ConfigError> {
        let url = self.endpoint("userinfo_endpoint", self.server.userinfo_endpoint.as_deref())?;
        let token = AccessToken { value: access_token, dpop: self.dpop.as_ref() };
        Ok(Call::resource(url, "application/json, application/jwt;q=0.9", &token, entropy, now))
    }

    /// Reads the response to [`Client::userinfo_request`]. `subject` is `sub` of the ID token: without the comparison, the
    /// response may be about anybody (§5.3.2).
    ///
    /// A server that signs the response wants `verifier`, which is that of the ID tokens, with its keys.
    ///
    /// # Errors
    /// [`Error::SubjectMismatch`] for another user; [`Error::ServerResponseInvalid`] when it is no userinfo;
    /// [`Error::TokenEndpointError`] with what the server reported, such as `invalid_token`; [`Error::ServerUnavailable`].
    /// For a signed one those of [`Verifier::begin`], [`Error::SignatureInvalid`], [`Error::IssuerMismatch`],
    /// [`Error::AudienceMismatch`] and [`Error::TokenExpired`].
    pub fn userinfo_response(
        &self,
        subject: &str,
        response: &HttpResponse<'_>,
        verifier: Option<&Verifier>,
        now: u64,
    ) -> Result<Claims, Error> {
        if response.status != 200 {
            return Err(refusal(response));
        }
        let media_type = media_type(response);
        let claims = if is_signed(response) {
            let verifier = verifier.ok_or(invalid(ServerResponseReason::Signed))?;
            self.signed_userinfo(response.body.trim_ascii(), verifier, now)?
        } else if media_type.eq_ignore_ascii_case("application/json") || media_type.is_empty() {
            drop(object(response)?);
            Claims::new(String::from_utf8_lossy(response.body).into_owned())
        } else {
            return Err(invalid(ServerResponseReason::ContentType));
        };
        Self::check_user(&claims, subject)?;
        Ok(claims)
    }

    /// Whether it is about the user that it was asked for.
    pub(super) fn check_user(claims: &Claims, subject: &str) -> Result<(), Error> {
        match claims.read().text("sub") {
            Some(actual) if actual == subject && !subject.is_empty() => Ok(()),
            Some(_) => Err(Error::SubjectMismatch),
            None => Err(MEMBER),
        }
    }

    /// A response that is a token. It needs no `exp`, which tells it from the tokens that a [`Verifier`] accepts.
    fn signed_userinfo(&self, token: &[u8], verifier: &Verifier, now: u64) -> Result<Claims, Error> {
        let pending = verifier.begin(token)?;
        if !pending.verify(token)? {
            return Err(Error::SignatureInvalid);
        }
        let response = HttpResponse::new(200, pending.payload());
        drop(object(&response)?);
        let claims = Claims::new(String::from_utf8_lossy(pending.payload()).into_owned());
        self.check_signed_userinfo(&claims, now)?;
        Ok(claims)
    }

    /// The claims of a response whose signature holds.
    pub(super) fn check_signed_userinfo(&self, claims: &Claims, now: u64) -> Result<(), Error> {
        let claims = claims.read();
        match claims.issuer() {
            Some(issuer) if issuer == self.server.issuer => {}
            actual => {
                let actual = actual.unwrap_or_default().to_owned();
                return Err(Error::IssuerMismatch { expected: self.server.issuer.clone(), actual });
            }
        }
        self.check_audience(&claims)?;
        match claims.date("exp", Rounding::Down) {
            Some(exp) if now >= exp.saturating_add(CLOCK_TOLERANCE) => Err(Error::TokenExpired { now, exp }),
            _ => Ok(()),
        }
    }
}

fn media_type<'a>(response: &HttpResponse<'a>) -> &'a str {
    let field = response.content_type.unwrap_or_default();
    field.split_once(';').map_or(field, |(before, _)| before).trim_ascii()
}

/// Whether the response is a token.
pub(super) fn is_signed(response: &HttpResponse<'_>) -> bool {
    is_of_type(response, "application/jwt")
}

pub(super) fn is_of_type(response: &HttpResponse<'_>, name: &str) -> bool {
    media_type(response).eq_ignore_ascii_case(name)
}
