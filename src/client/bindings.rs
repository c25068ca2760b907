//! What the bindings ask for: they verify tokens between two calls, so that claims come back to them as text.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::answer::refusal;
use crate::client::call::Call;
use crate::client::client::Client;
use crate::client::dpop::DpopNonces;
use crate::client::http::HttpResponse;
use crate::client::id_token::IdTokenCheck;
use crate::client::logout::LogoutToken;
use crate::client::pushed_request::PushedRequest;
use crate::client::token_response::TokenResponse;
use crate::client::transaction::Transaction;
use crate::client::userinfo::is_signed;
use crate::encoding::url::HttpUrl;
use crate::error::Error;
use crate::verify::claims::{Claims, ReadClaims};
use crate::verify::expectations::Expectations;

/// What a verifier compares.
pub const fn expectations(check: &IdTokenCheck) -> &Expectations {
    check.expectations()
}

/// The check of the claims that a verifier has accepted.
#[allow(clippy::missing_errors_doc, reason = "those of `Client::verify_id_token`")]
pub fn accept_claims(client: &Client, claims: &str, check: &IdTokenCheck) -> Result<(), Error> {
    client.check_id_token(&ReadClaims::new(claims), check)
}

/// [`IdTokenCheck::refresh`], with the claims as text.
pub fn refresh_check(previous: &str, tokens: &TokenResponse) -> IdTokenCheck {
    IdTokenCheck::refresh_of(previous, tokens)
}

/// A userinfo response that is a token, for a verifier.
#[allow(clippy::missing_errors_doc, reason = "those of `Client::userinfo_response`")]
pub fn signed_userinfo<'a>(response: &HttpResponse<'a>) -> Result<Option<&'a [u8]>, Error> {
    if response.status != 200 {
        return Err(refusal(response));
    }
    Ok(is_signed(response).then(|| response.body.trim_ascii()))
}

/// The check of a userinfo response that a verifier has accepted.
#[allow(clippy::missing_errors_doc, reason = "those of `Client::userinfo_response`")]
pub fn accept_userinfo(client: &Client, subject: &str, claims: &str, now: u64) -> Result<(), Error> {
    let claims = Claims::new(claims.to_owned());
    client.check_signed_userinfo(&claims, now)?;
    Client::check_user(&claims, subject)
}

/// What a signed answer about a token says that a verifier has accepted.
#[allow(clippy::missing_errors_doc, reason = "those of `Client::signed_token_status`")]
pub fn token_status(client: &Client, claims: &str) -> Result<Option<Claims>, Error> {
    client.signed_token_status(&Claims::new(claims.to_owned()))
}

/// What a logout token says whose claims a verifier has accepted.
#[allow(clippy::missing_errors_doc, reason = "those of `LogoutToken::read`")]
pub fn logout_token(claims: &str) -> Result<LogoutToken, Error> {
    LogoutToken::of_claims(&Claims::new(claims.to_owned()))
}

/// The address that a request goes to.
pub fn call_url(call: &Call) -> &str {
    call.url()
}

/// What is left of a pushed request when it is under way.
pub fn pushed_parts(pushed: PushedRequest) -> (Call, Transaction) {
    (pushed.call, pushed.transaction)
}

/// The URL to send the browser to, by the response to a pushed request.
#[allow(clippy::missing_errors_doc, reason = "those of `Client::pushed_response`")]
pub fn pushed_response(client: &Client, response: &HttpResponse<'_>) -> Result<String, Error> {
    client.pushed_url(response)
}

/// Whether a resource server wants the request again, with the nonce that it has sent (RFC 9449 §9).
pub fn wants_nonce(nonces: &DpopNonces, url: &str, response: &HttpResponse<'_>) -> bool {
    nonces.of(url).is_some_and(|nonce| response.dpop_nonce == Some(nonce)) && super::call::wants_nonce(response)
}

/// The origin of an address that tokens may be sent to: https, or http on loopback.
pub fn origin(url: &str) -> Option<&str> {
    HttpUrl::parse(url).map(|url| url.origin)
}
