//! The provider's clock, as a hint for a page whose own is wrong.

use crate::encoding::base64url;
use crate::encoding::json;
use crate::limits::Limits;
use crate::verify::numeric_date::{Rounding, numeric_date};

/// Differences up to here are the network's, and what verifiers tolerate anyway. In seconds.
const TOLERANCE: i64 = 60;

/// By how many seconds the provider's clock is ahead of this page's, by an ID token that has just come from its token
/// endpoint: it was issued now. Zero where the two agree, or nothing can be said.
///
/// An ID token is bound to its sign-in by the nonce, and came over TLS. So an old one cannot set the clock back.
pub fn provider_offset(id_token: &str, now: u64) -> i64 {
    issued_at(id_token)
        .zip(i64::try_from(now).ok())
        .and_then(|(issued_at, now)| issued_at.checked_sub(now))
        .filter(|offset| offset.unsigned_abs() > TOLERANCE.unsigned_abs())
        .unwrap_or(0)
}

fn issued_at(id_token: &str) -> Option<i64> {
    let payload = base64url::decode(id_token.split('.').nth(1)?.as_bytes()).ok()?;
    let claims = json::parse_object_bytes(&payload, Limits::default().payload_depth).ok()?;
    i64::try_from(numeric_date(claims.number("iat").ok()??, Rounding::Down)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn token(claims: &str) -> alloc::string::String {
        let part = |json: &str| base64url::encode(json.as_bytes());
        [part(r#"{"alg":"ES256"}"#), part(claims), "AAAA".into()].join(".")
    }

    #[test]
    fn an_id_token_says_what_the_time_is() {
        let offset = |iat: &str| provider_offset(&token(&alloc::format!("{{\"iat\":{iat}}}")), NOW);
        assert_eq!(offset("1800000000"), 0);
        assert_eq!((offset("1800000060"), offset("1799999940")), (0, 0));
        assert_eq!((offset("1800000061"), offset("1799999939.9")), (61, -61));
        assert_eq!((offset("1800086400"), offset("0")), (86_400, -1_800_000_000));
        for no_time in ["\"1800086400\"", "-1", "1e300", "null"] {
            assert_eq!(offset(no_time), 0, "{no_time}");
        }
    }

    #[test]
    fn whatever_is_no_token_says_nothing() {
        for text in ["", "{}", "a.b.c", "a.b.c.d.e", "e30.e30.e30"] {
            assert_eq!(provider_offset(text, NOW), 0, "{text}");
        }
    }
}
