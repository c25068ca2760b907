//! What all endpoints of a server have in common: their errors, and JSON.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::authorization_response::printable;
use crate::client::http::HttpResponse;
use crate::encoding::json::{self, Members, Value};
use crate::encoding::url::HttpUrl;
use crate::error::{Error, ServerResponseReason, UnavailableReason};
use crate::text::split_once;

pub(super) const MAX_DEPTH: usize = 16;

/// Whether the answer says that this grant is over (RFC 6749 §5.2): the user has to sign in again. Every other error of a
/// refresh may pass, and the session and its refresh token should be kept. So may this one where it came with 429 or 5xx,
/// which is [`Error::ServerUnavailable`].
///
/// # Example
/// ```
/// use countersign::client::{TokenResponse, is_invalid_grant};
///
/// let over = TokenResponse::parse(400, br#"{"error":"invalid_grant"}"#).unwrap_err();
/// let busy = TokenResponse::parse(429, b"slow down").unwrap_err();
/// assert!(is_invalid_grant(&over) && !is_invalid_grant(&busy));
/// ```
pub fn is_invalid_grant(error: &Error) -> bool {
    matches!(error, Error::TokenEndpointError { error, .. } if error == "invalid_grant")
}

/// Whether the server gives no token for the resources that were named (RFC 8707 §2), by the error's code and by what the
/// server answered, perhaps with a description after a colon.
pub(crate) fn is_invalid_target(code: &str, answer: Option<&str>) -> bool {
    matches!(code, "token_endpoint_error" | "authorization_error")
        && answer.and_then(|answer| answer.split(':').next()) == Some("invalid_target")
}

/// Whether a server with this status could not answer, which says nothing about the question.
pub(super) const fn is_unavailable(status: u16) -> bool {
    status == 429 || status >= 500
}

/// The error of a response that is no success.
pub(super) fn refusal(response: &HttpResponse<'_>) -> Error {
    if let Ok(members) = json::parse_object_bytes(response.body, MAX_DEPTH)
        && let Some(error) = members.get("error").and_then(Value::as_str).filter(|error| !error.is_empty())
    {
        let description = members.get("error_description").and_then(Value::as_str).map(printable);
        return Error::TokenEndpointError { error: printable(error), description };
    }
    if is_unavailable(response.status) {
        return Error::ServerUnavailable(UnavailableReason::Status);
    }
    match response.www_authenticate.and_then(challenge_error) {
        Some(error) => Error::TokenEndpointError { error, description: None },
        None => Error::ServerResponseInvalid(ServerResponseReason::Status),
    }
}

/// `error` of a challenge (RFC 6750 §3).
fn challenge_error(challenge: &str) -> Option<String> {
    let (before, rest) = split_once(challenge, "error=\"")?;
    let (error, _) = rest.split_once('"')?;
    (before.is_empty() || before.ends_with([' ', ','])).then(|| printable(error))
}

/// The members of a success.
pub(super) fn object<'a>(response: &HttpResponse<'a>) -> Result<Members<'a>, Error> {
    json::parse_object_bytes(response.body, MAX_DEPTH).map_err(|_| invalid(ServerResponseReason::Json))
}

pub(super) const fn invalid(reason: ServerResponseReason) -> Error {
    Error::ServerResponseInvalid(reason)
}

pub(super) const MEMBER: Error = invalid(ServerResponseReason::Member);

/// A string that must be there.
pub(super) fn text(members: &Members<'_>, name: &str) -> Result<String, Error> {
    optional_text(members, name)?.ok_or(MEMBER)
}

/// A string that is not empty, unless it is absent or `null`.
pub(super) fn optional_text(members: &Members<'_>, name: &str) -> Result<Option<String>, Error> {
    match members.string_or_null(name) {
        Ok(Some("")) | Err(_) => Err(MEMBER),
        Ok(text) => Ok(text.map(ToOwned::to_owned)),
    }
}

/// Seconds, unless they are absent or `null`.
pub(super) fn optional_seconds(members: &Members<'_>, name: &str) -> Result<Option<u64>, Error> {
    match members.number_or_null(name) {
        Ok(None) => Ok(None),
        Ok(Some(number)) => whole(number).map(Some).ok_or(MEMBER),
        Err(_) => Err(MEMBER),
    }
}

/// The number without its fraction, up to the years that a process may run.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within bounds")]
pub(super) fn whole(number: f64) -> Option<u64> {
    (0.0..=4_294_967_295.0).contains(&number).then_some(number as u64)
}

/// An address for the user or the program to go to.
pub(super) fn address(url: String) -> Result<String, Error> {
    if HttpUrl::parse(&url).is_some() { Ok(url) } else { Err(invalid(ServerResponseReason::Url)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_could_not_and_who_would_not() {
        let error = |name: &str| Error::TokenEndpointError { error: name.into(), description: None };
        let unavailable = Error::ServerUnavailable(UnavailableReason::Status);
        let status = invalid(ServerResponseReason::Status);
        for (code, body, challenge, expected) in [
            (400, r#"{"error":"invalid_request"}"#, None, error("invalid_request")),
            (503, r#"{"error":"server_error"}"#, None, error("server_error")),
            (401, "", Some(r#"Bearer error="invalid_token", error_description="x""#), error("invalid_token")),
            (401, "", Some(r#"Bearer realm="x",error="invalid_token""#), error("invalid_token")),
            (401, "", Some(r#"Bearer xerror="invalid_token""#), status.clone()),
            (401, "", Some("Bearer"), status.clone()),
            (429, "", None, unavailable.clone()),
            (500, "<html>", None, unavailable.clone()),
            (599, r#"{"error":""}"#, None, unavailable),
            (404, r#"{"error":7}"#, None, status.clone()),
            (302, "", None, status),
        ] {
            let mut response = HttpResponse::new(code, body.as_bytes());
            response.www_authenticate = challenge;
            assert_eq!(refusal(&response), expected, "{code} {body} {challenge:?}");
        }
    }

    #[test]
    fn numbers_are_whole_and_within_bounds() {
        for (number, expected) in
            [(0.0, Some(0)), (5.9, Some(5)), (4_294_967_295.0, Some(u64::from(u32::MAX))), (-1.0, None), (1e10, None)]
        {
            assert_eq!(whole(number), expected, "{number}");
        }
    }

    #[test]
    fn invalid_target_is_about_resources() {
        for code in ["token_endpoint_error", "authorization_error"] {
            assert!(is_invalid_target(code, Some("invalid_target")));
            assert!(is_invalid_target(code, Some("invalid_target: only a single resource")));
            assert!(!is_invalid_target(code, Some("invalid_grant: invalid_target")));
            assert!(!is_invalid_target(code, None));
        }
        assert!(!is_invalid_target("server_unavailable", Some("invalid_target")));
    }
}
