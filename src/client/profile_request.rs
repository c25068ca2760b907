//! Who the user is, where a server has no ID tokens: a resource of its own that the access token opens.

use alloc::string::{String, ToString};

use crate::client::answer::{MEMBER, object, refusal};
use crate::client::call::{AccessToken, Call};
use crate::client::client::Client;
use crate::client::http::HttpResponse;
use crate::encoding::json::{Members, Value};
use crate::encoding::url::HttpUrl;
use crate::error::{ConfigError, Error};

impl Client {
    /// A request for a resource that is not the userinfo endpoint, with the access token. `header` is a field that the server
    /// wants besides. `entropy` is as for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] for an address that is no https URL.
    pub fn resource_request(
        &self,
        url: &str,
        header: Option<(&'static str, &str)>,
        access_token: &str,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        if HttpUrl::parse(url).is_none() {
            return Err(ConfigError { option: "url", problem: "must be an https URL (http only on loopback)" });
        }
        let token = AccessToken { value: access_token, dpop: self.dpop.as_ref() };
        let call = Call::resource(url, "application/json", &token, entropy, now);
        Ok(match header {
            Some((name, value)) => call.with_header(name, value),
            None => call,
        })
    }
}

/// The text or whole number at this path of a response, whose steps are names, or positions in an array.
///
/// # Errors
/// [`Error::ServerResponseInvalid`] where there is none, and those of a response that is no success.
pub fn identifier(response: &HttpResponse<'_>, path: &[&str]) -> Result<String, Error> {
    if response.status != 200 {
        return Err(refusal(response));
    }
    identifier_in(&object(response)?, path)
}

/// The same, where it is taken apart already.
///
/// # Errors
/// [`Error::ServerResponseInvalid`] where there is none.
pub fn identifier_in(members: &Members<'_>, path: &[&str]) -> Result<String, Error> {
    let (first, rest) = path.split_first().ok_or(MEMBER)?;
    let mut value = members.get(first).ok_or(MEMBER)?;
    for step in rest {
        value = match value {
            Value::Object(members) => members.get(step),
            Value::Array(elements) => step.parse().ok().and_then(|position: usize| elements.get(position)),
            _ => None,
        }
        .ok_or(MEMBER)?;
    }
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.to_string()),
        // Up to here, a whole number is exact.
        Value::Number(number) if (0.0..=9_007_199_254_740_991.0).contains(number) => {
            exact(*number).map(|whole| whole.to_string()).ok_or(MEMBER)
        }
        _ => Err(MEMBER),
    }
}

/// The same number, if it is whole.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "a number that survives the way there and back is whole"
)]
fn exact(number: f64) -> Option<u64> {
    (number as u64 as f64 == number).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_text_or_a_whole_number() {
        let read = |body: &str, path: &[&str]| identifier(&HttpResponse::new(200, body.as_bytes()), path).ok();
        assert_eq!(read(r#"{"id":"a"}"#, &["id"]).as_deref(), Some("a"));
        assert_eq!(read(r#"{"id":583231}"#, &["id"]).as_deref(), Some("583231"));
        assert_eq!(read(r#"{"id":9007199254740991}"#, &["id"]).as_deref(), Some("9007199254740991"));
        assert_eq!(read(r#"{"data":[{"id":"b"}]}"#, &["data", "0", "id"]).as_deref(), Some("b"));
        for body in [
            r#"{"id":""}"#,
            r#"{"id":1.5}"#,
            r#"{"id":-1}"#,
            r#"{"id":null}"#,
            r#"{"id":true}"#,
            r#"{"id":1e300}"#,
            "{}",
            "[]",
        ] {
            assert_eq!(read(body, &["id"]), None, "{body}");
        }
        assert_eq!(read(r#"{"data":[]}"#, &["data", "0", "id"]), None);
        assert_eq!(read(r#"{"data":{"id":"b"}}"#, &["data", "0", "id"]), None);
        assert_eq!(read(r#"{"id":"a"}"#, &[]), None);
        let refused = identifier(&HttpResponse::new(401, br#"{"error":"invalid_token"}"#), &["id"]);
        assert!(matches!(refused, Err(Error::TokenEndpointError { .. })));
    }
}
