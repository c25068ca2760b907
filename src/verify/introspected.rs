//! What an authorization server says of a token that is no JWT (RFC 7662 §2.2): whether the token is good, and for us.

use alloc::borrow::ToOwned;

use crate::encoding::json::{self, Members, Value};
use crate::error::{BindingReason, ClaimReason, Error};
use crate::verify::claim_checks::check_introspected;
use crate::verify::policy::Policy;

const MAX_DEPTH: usize = 16;

/// Members that are texts (RFC 7662 §2.2), where they occur at all.
const TEXTS: [&str; 9] = ["iss", "sub", "scope", "client_id", "username", "token_type", "token_use", "typ", "jti"];

/// The members in which servers say of what kind a token is: RFC 7662 §2.2, Cognito and Keycloak.
const KINDS: [&str; 3] = ["token_type", "token_use", "typ"];

/// Checks the body of an answer. Its members are the claims of the token.
///
/// A token that is not good is refused as a JWT would be. An answer that is none, or whose members have not the types of RFC
/// 7662, is the server's fault: [`Error::IntrospectionInvalid`].
pub(crate) fn check<'a>(body: &'a [u8], policy: &Policy, now: u64) -> Result<Members<'a>, Error> {
    let answer = json::parse_object_bytes(body, MAX_DEPTH).map_err(|_| Error::IntrospectionInvalid)?;
    match answer.get("active") {
        Some(Value::Bool(true)) => {}
        // Expired, revoked, or another server's: more is not said.
        Some(Value::Bool(false)) => return Err(Error::TokenExpired { now, exp: now }),
        _ => return Err(Error::IntrospectionInvalid),
    }
    if !TEXTS.iter().all(|name| answer.string(name).is_ok()) {
        return Err(Error::IntrospectionInvalid);
    }
    let text = |name| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    if let Some(name) = KINDS.into_iter().find(|name| is_of_another_kind(text(name))) {
        let expected = "access token".to_owned();
        return Err(Error::TypMismatch { claim: Some(name.to_owned()), expected, actual: None });
    }
    check_introspected(&answer, policy, now).map_err(|error| match error {
        Error::ClaimInvalid { fault: ClaimReason::Type | ClaimReason::SubjectType | ClaimReason::Range, .. } => {
            Error::IntrospectionInvalid
        }
        of_the_token => of_the_token,
    })?;
    let names_key = matches!(answer.get("cnf"), Some(Value::Object(to)) if matches!(to.string("jkt"), Ok(Some(_))));
    if text("token_type").eq_ignore_ascii_case("dpop") && !names_key {
        return Err(BindingReason::Unknown.into());
    }
    Ok(answer)
}

/// `refresh_token`, `Offline`, `ID` and the like.
fn is_of_another_kind(kind: &str) -> bool {
    ["refresh", "offline", "id"].into_iter().any(|name| {
        let is = |part: Option<&str>, wanted: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(wanted));
        let rest = kind.get(name.len()..);
        let rest = rest.map(|rest| rest.strip_prefix([' ', '_', '-']).unwrap_or(rest));
        is(kind.get(..name.len()), name) && (kind.len() == name.len() || is(rest, "token"))
    })
}
