//! The token response (RFC 6749 §5, OpenID Connect Core §3.1.3.3), and what servers make of it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::client::answer::{is_invalid_grant, is_unavailable};
use crate::client::authorization_response::printable;
use crate::encoding::json::{self, Json, Members, Value, WrongType};
use crate::error::{Error, TokenResponseReason};

const MAX_DEPTH: usize = 16;

/// More digits than these might not be exact in a double (2^53).
const MAX_DIGITS: usize = 15;

/// The scope of the request, and members that the response may lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct TokenResponseOptions {
    /// Whether the scope asked for had `openid`, which is when the transaction has a nonce. Then an ID token must
    /// be there, and an access token need not: Azure AD B2C sends none for the scope `openid` alone.
    pub openid: bool,
    /// Whether a response without `token_type`, as Twitch's are, is read as if it said `Bearer`. RFC 6749 §5.1
    /// demands it; use no token whose type you do not know (§7.1).
    pub missing_token_type_is_bearer: bool,
    /// Whether the token must be bound to the client's key: `token_type` is `DPoP` then, and nothing else (RFC 9449 §5).
    pub dpop: bool,
    /// Whether the response is that to a token exchange, which may give what is no access token: `token_type` is `N_A` then
    /// (RFC 8693 §2.2.1).
    pub exchanged: bool,
}

/// A successful token response (RFC 6749 §5.1).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct TokenResponse {
    /// The access token (RFC 6749 §5.1). With `openid` in the scope it may be absent.
    pub access_token: Option<String>,
    /// `Bearer`, in upper or lower case as the server writes it
    pub token_type: String,
    /// Seconds that the access token lives, if the server says so, be it as a number or as digits in a string
    pub expires_in: Option<f64>,
    /// The refresh token, if issued
    pub refresh_token: Option<String>,
    /// The ID token, if `openid` was in the scope. Verify it before use.
    pub id_token: Option<String>,
    /// The scope granted, if it differs from the one asked for. Where the server sends an array, its members,
    /// separated by spaces.
    pub scope: Option<String>,
    json: String,
}

impl TokenResponse {
    /// Reads the response of the token endpoint.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] with what the server reported (RFC 6749 §5.2), whatever the status, but for an
    /// `invalid_grant` with 429 or 5xx; [`Error::TokenResponseInvalid`] when it is neither a token response nor an error
    /// response.
    pub fn parse(status: u16, body: &[u8]) -> Result<Self, Error> {
        Self::parse_with(status, body, TokenResponseOptions::default())
    }

    /// Like [`Self::parse`], with what is known of the request.
    ///
    /// # Errors
    /// As [`Self::parse`].
    ///
    /// # Example
    /// ```
    /// use countersign::client::{TokenResponse, TokenResponseOptions};
    ///
    /// let mut options = TokenResponseOptions::default();
    /// options.openid = true; // transaction.nonce.is_some()
    /// let response = TokenResponse::parse_with(200, br#"{"id_token":"e30.e30.AA","token_type":"Bearer"}"#, options)?;
    /// assert_eq!(response.id_token.as_deref(), Some("e30.e30.AA"));
    /// assert_eq!(response.access_token, None);
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn parse_with(status: u16, body: &[u8], options: TokenResponseOptions) -> Result<Self, Error> {
        let invalid = Error::TokenResponseInvalid;
        let success = matches!(status, 200 | 201);
        let members = json::parse_object_bytes(body, MAX_DEPTH);
        if let Some(error) = members.as_ref().ok().and_then(|members| reported(members, success)) {
            // A server that could not answer has judged no grant, whatever the body says: sessions end by this error.
            let is_judged = !(is_invalid_grant(&error) && is_unavailable(status));
            return Err(if is_judged { error } else { invalid(TokenResponseReason::Status) });
        }
        if !success {
            return Err(invalid(TokenResponseReason::Status));
        }
        let members = members.map_err(|_| invalid(TokenResponseReason::Json))?;
        let access_token = text(&members, "access_token")?;
        // A header field carries it (RFC 6749 appendix A.12).
        if access_token.as_deref().is_some_and(|token| !token.bytes().all(|byte| matches!(byte, b' '..=b'~'))) {
            return Err(invalid(TokenResponseReason::Member));
        }
        let id_token = text(&members, "id_token")?;
        if access_token.is_none() && !options.openid {
            return Err(invalid(TokenResponseReason::AccessToken));
        }
        if id_token.is_none() && options.openid {
            return Err(invalid(TokenResponseReason::IdToken));
        }
        let bearer = || (options.missing_token_type_is_bearer && !options.dpop).then(|| "Bearer".to_owned());
        let token_type = text(&members, "token_type")?.or_else(bearer);
        let wanted = |name: &str| {
            name.eq_ignore_ascii_case(if options.dpop { "DPoP" } else { "Bearer" })
                || (options.exchanged && name.eq_ignore_ascii_case("N_A"))
        };
        Ok(Self {
            access_token,
            token_type: token_type.filter(|name| wanted(name)).ok_or(invalid(TokenResponseReason::TokenType))?,
            expires_in: expires_in(&members)?,
            refresh_token: text(&members, "refresh_token")?,
            id_token,
            scope: scope(&members)?,
            json: core::str::from_utf8(body).unwrap_or_default().to_owned(),
        })
    }

    /// A member of the response that has no field here.
    pub fn get(&self, name: &str) -> Option<Json> {
        json::parse_object(&self.json, MAX_DEPTH).ok()?.get(name).map(Json::from)
    }

    /// Such a member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let members = json::parse_object(&self.json, MAX_DEPTH).ok()?;
        members.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
    }

    /// The whole response as the server sent it, strictly parsed before.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// An error response (RFC 6749 §5.2). GitHub and Slack send theirs with status 200.
fn reported(members: &Members<'_>, success: bool) -> Option<Error> {
    let error = match members.get("error")? {
        Value::Null => return None,
        Value::String(error) if success && error.is_empty() => return None, // A server without an error to report.
        Value::String(error) => error,
        // Not as RFC 6749 has it, and no success.
        _ if success => return Some(Error::TokenResponseInvalid(TokenResponseReason::Member)),
        _ => return None,
    };
    let description = members.get("error_description").and_then(Value::as_str).map(printable);
    Some(Error::TokenEndpointError { error: printable(error), description })
}

/// Entra's first version and ADFS write digits in a string.
fn expires_in(members: &Members<'_>) -> Result<Option<f64>, Error> {
    let seconds = match members.get("expires_in") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(seconds)) => Some(*seconds).filter(|seconds| *seconds >= 0.0),
        Some(Value::String(digits)) if (1..=MAX_DIGITS).contains(&digits.len()) => {
            digits.chars().try_fold(0.0, |seconds: f64, digit| Some(seconds * 10.0 + f64::from(digit.to_digit(10)?)))
        }
        Some(_) => None,
    };
    seconds.map(Some).ok_or(Error::TokenResponseInvalid(TokenResponseReason::ExpiresIn))
}

/// Twitch sends an array.
fn scope(members: &Members<'_>) -> Result<Option<String>, Error> {
    let Some(Value::Array(scopes)) = members.get("scope") else { return text(members, "scope") };
    let mut list = String::new();
    for scope in scopes {
        let scope = scope.as_str().filter(|scope| !scope.contains(' '));
        let scope = scope.ok_or(Error::TokenResponseInvalid(TokenResponseReason::Member))?;
        if !list.is_empty() && !scope.is_empty() {
            list.push(' ');
        }
        list.push_str(scope);
    }
    Ok(Some(list))
}

fn text(members: &Members<'_>, name: &str) -> Result<Option<String>, Error> {
    match members.string_or_null(name) {
        Ok(Some(text)) if text.is_empty() && name != "scope" => {
            Err(Error::TokenResponseInvalid(TokenResponseReason::Member))
        }
        Ok(text) => Ok(text.map(ToOwned::to_owned)),
        Err(WrongType) => Err(Error::TokenResponseInvalid(TokenResponseReason::Member)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, body: &str) -> Option<Error> {
        TokenResponse::parse(status, body.as_bytes()).err()
    }

    fn reads(body: &str) -> TokenResponse {
        TokenResponse::parse(200, body.as_bytes()).unwrap()
    }

    fn invalid(fault: TokenResponseReason) -> Error {
        Error::TokenResponseInvalid(fault)
    }

    const OPENID: TokenResponseOptions =
        TokenResponseOptions { openid: true, missing_token_type_is_bearer: false, dpop: false, exchanged: false };

    #[test]
    fn responses_are_read_strictly() {
        assert_eq!(fault(200, r#"{"access_token":"a","token_type":"bearer","expires_in":3600}"#), None);
        assert_eq!(fault(200, "<html>"), Some(invalid(TokenResponseReason::Json)));
        assert_eq!(fault(200, r#"{"token_type":"Bearer"}"#), Some(invalid(TokenResponseReason::AccessToken)));
        assert_eq!(
            fault(200, r#"{"token_type":"Bearer","id_token":"i"}"#),
            Some(invalid(TokenResponseReason::AccessToken))
        );
        assert_eq!(fault(200, r#"{"access_token":"a"}"#), Some(invalid(TokenResponseReason::TokenType)));
        assert_eq!(
            fault(200, r#"{"access_token":"a","token_type":null}"#),
            Some(invalid(TokenResponseReason::TokenType))
        );
        assert_eq!(
            fault(200, r#"{"access_token":"a","token_type":"DPoP"}"#),
            Some(invalid(TokenResponseReason::TokenType))
        );
        assert_eq!(
            fault(200, r#"{"access_token":7,"token_type":"Bearer"}"#),
            Some(invalid(TokenResponseReason::Member))
        );
        for token in ["", r"a\r\nx: y", r"\u0000", "\u{e9}", r"\u007f"] {
            let body = alloc::format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
            assert_eq!(fault(200, &body), Some(invalid(TokenResponseReason::Member)), "{token}");
        }
        assert_eq!(fault(500, "oops"), Some(invalid(TokenResponseReason::Status)));
        for status in [100, 202, 204, 302, 400, 500] {
            let body = r#"{"access_token":"a","token_type":"Bearer"}"#;
            assert_eq!(fault(status, body), Some(invalid(TokenResponseReason::Status)), "{status}");
        }
    }

    #[test]
    fn created_is_as_good_as_ok() {
        let body = br#"{"access_token":"a","token_type":"Bearer"}"#;
        assert_eq!(TokenResponse::parse(201, body), TokenResponse::parse(200, body));
    }

    #[test]
    fn an_error_is_one_with_any_status() {
        let error = |error: &str, description: Option<&str>| {
            Some(Error::TokenEndpointError { error: error.into(), description: description.map(Into::into) })
        };
        for status in [200, 201, 400, 401, 404] {
            assert_eq!(
                fault(status, r#"{"error":"invalid_grant","error_description":"used"}"#),
                error("invalid_grant", Some("used")),
                "{status}"
            );
        }
        for status in [429, 500, 503, 599] {
            let body = r#"{"error":"invalid_grant","error_description":"used"}"#;
            assert_eq!(fault(status, body), Some(invalid(TokenResponseReason::Status)), "{status}");
            assert_eq!(fault(status, r#"{"error":"server_error"}"#), error("server_error", None), "{status}");
        }
        assert_eq!(fault(200, r#"{"ok":false,"error":"invalid_code"}"#), error("invalid_code", None));
        assert_eq!(
            fault(200, r#"{"error":"bad_verification_code","access_token":"a","token_type":"Bearer"}"#),
            error("bad_verification_code", None)
        );
        assert_eq!(fault(200, r#"{"error":"a\nb\u007f"}"#), error("ab", None));
        let beside = |error: &str| alloc::format!(r#"{{"error":{error},"access_token":"a","token_type":"Bearer"}}"#);
        for none in ["null", r#""""#] {
            assert_eq!(fault(200, &beside(none)), None, "{none}");
        }
        for other in ["0", "{}", "true", "[]", r#"{"message":"no"}"#] {
            assert_eq!(fault(200, &beside(other)), Some(invalid(TokenResponseReason::Member)), "{other}");
        }
        assert_eq!(fault(200, r#"{"ok":false}"#), Some(invalid(TokenResponseReason::AccessToken)));
        assert_eq!(fault(400, r#"{"error":{"message":"no"}}"#), Some(invalid(TokenResponseReason::Status)));
    }

    #[test]
    fn an_id_token_suffices_where_openid_was_asked_for() {
        let parse = |body: &str| TokenResponse::parse_with(200, body.as_bytes(), OPENID);
        for access_token in ["", r#","access_token":null"#] {
            let body = alloc::format!(r#"{{"id_token":"i","token_type":"Bearer"{access_token}}}"#);
            let response = parse(&body).unwrap();
            assert_eq!((response.access_token, response.id_token), (None, Some("i".into())), "{body}");
        }
        let both = parse(r#"{"id_token":"i","access_token":"a","token_type":"Bearer"}"#).unwrap();
        assert_eq!((both.access_token, both.id_token), (Some("a".into()), Some("i".into())));
        let lacking = |body: &str, fault| assert_eq!(parse(body), Err(Error::TokenResponseInvalid(fault)), "{body}");
        lacking(r#"{"access_token":"a","token_type":"Bearer"}"#, TokenResponseReason::IdToken);
        lacking(r#"{"token_type":"Bearer"}"#, TokenResponseReason::IdToken);
        lacking(r#"{"id_token":"i"}"#, TokenResponseReason::TokenType);
        lacking(r#"{"id_token":"","token_type":"Bearer"}"#, TokenResponseReason::Member);
        lacking(r#"{"id_token":["i"],"token_type":"Bearer"}"#, TokenResponseReason::Member);
        lacking(r#"{"id_token":"i","access_token":7,"token_type":"Bearer"}"#, TokenResponseReason::Member);
    }

    #[test]
    fn a_token_type_may_be_missing_where_that_is_said() {
        let options = TokenResponseOptions { missing_token_type_is_bearer: true, ..TokenResponseOptions::default() };
        let parse = |body: &str| TokenResponse::parse_with(200, body.as_bytes(), options);
        for body in [r#"{"access_token":"a"}"#, r#"{"access_token":"a","token_type":null}"#] {
            assert_eq!(parse(body).unwrap().token_type, "Bearer", "{body}");
        }
        assert_eq!(parse(r#"{"access_token":"a","token_type":"bearer"}"#).unwrap().token_type, "bearer");
        for (body, fault) in [
            (r#"{"access_token":"a","token_type":"DPoP"}"#, TokenResponseReason::TokenType),
            (r#"{"access_token":"a","token_type":""}"#, TokenResponseReason::Member),
            (r#"{"access_token":"a","token_type":7}"#, TokenResponseReason::Member),
            ("{}", TokenResponseReason::AccessToken),
        ] {
            assert_eq!(parse(body), Err(Error::TokenResponseInvalid(fault)), "{body}");
        }
    }

    #[test]
    fn a_bound_token_is_no_bearer_token() {
        let parse = |token_type: &str, dpop| {
            let body = alloc::format!(r#"{{"access_token":"a"{token_type}}}"#);
            let options =
                TokenResponseOptions { dpop, missing_token_type_is_bearer: true, ..TokenResponseOptions::default() };
            TokenResponse::parse_with(200, body.as_bytes(), options).map(|response| response.token_type)
        };
        let refused = Err(invalid(TokenResponseReason::TokenType));
        assert_eq!(parse(r#","token_type":"dpop""#, true), Ok("dpop".into()));
        assert_eq!(parse(r#","token_type":"Bearer""#, true), refused);
        assert_eq!(parse("", true), refused);
        assert_eq!(parse(r#","token_type":"DPoP""#, false), refused);
    }

    #[test]
    fn seconds_may_be_digits_in_a_string() {
        let with = |value: &str| alloc::format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{value}}}"#);
        for (value, seconds) in [
            ("3599", Some(3599.0)),
            ("0", Some(0.0)),
            ("1.5", Some(1.5)),
            ("null", None),
            (r#""3599""#, Some(3599.0)),
            (r#""0""#, Some(0.0)),
            (r#""0060""#, Some(60.0)),
            (r#""999999999999999""#, Some(999_999_999_999_999.0)),
        ] {
            assert_eq!(reads(&with(value)).expires_in, seconds, "{value}");
        }
        for value in [
            r#""""#,
            r#"" 1""#,
            r#""1 ""#,
            r#""-1""#,
            r#""+1""#,
            r#""1.5""#,
            r#""1e3""#,
            r#""0x10""#,
            r#""\u0661""#,
            r#""1000000000000000""#,
            "-1",
            "true",
            "[60]",
        ] {
            assert_eq!(fault(200, &with(value)), Some(invalid(TokenResponseReason::ExpiresIn)), "{value}");
        }
    }

    #[test]
    fn a_scope_may_be_an_array() {
        let with = |value: &str| alloc::format!(r#"{{"access_token":"a","token_type":"Bearer","scope":{value}}}"#);
        for (value, scope) in [
            (r#""a b""#, Some("a b")),
            (r#""""#, Some("")),
            ("null", None),
            (r#"["a","b:c"]"#, Some("a b:c")),
            (r#"["","a","","b",""]"#, Some("a b")),
            (r#"[""]"#, Some("")),
            ("[]", Some("")),
        ] {
            assert_eq!(reads(&with(value)).scope.as_deref(), scope, "{value}");
        }
        for value in ["7", "{}", r#"["a b"]"#, "[7]", "[null]", r#"[["a"]]"#] {
            assert_eq!(fault(200, &with(value)), Some(invalid(TokenResponseReason::Member)), "{value}");
        }
    }
}
