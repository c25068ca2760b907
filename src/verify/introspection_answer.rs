//! Signed answers about tokens (RFC 9701), for whoever asks: a guard, or a client.

use alloc::string::String;

use crate::encoding::json;
use crate::error::Error;
use crate::verify::builder::VerifierBuilder;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;

/// The media type of a signed answer (RFC 9701 §5).
pub(crate) const MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// `typ` of a signed answer.
pub(crate) const TYP: &str = "token-introspection+jwt";

/// Seconds that a signed answer may have been under way.
pub(crate) const MAX_AGE: u64 = 60;

const MAX_DEPTH: usize = 16;

/// The verifier of signed answers, which are for the client that asks, of this moment, and have no `exp`.
pub(crate) fn verifier(issuer: &str, client_id: &str) -> VerifierBuilder {
    let builder = Verifier::builder().issuer(issuer).audience(client_id);
    builder.profile(Profile::Jwt).typ(TYP).max_token_age(MAX_AGE).exp_optional(true)
}

/// The answer in the claims, as JSON: the claim `token_introspection`.
pub(crate) fn of_claims(claims: &str) -> Result<String, Error> {
    let about = json::parse_object(claims, MAX_DEPTH)
        .ok()
        .and_then(|_| json::member_text(claims, "token_introspection", MAX_DEPTH))
        .filter(|about| about.starts_with('{'));
    about.map(String::from).ok_or(Error::IntrospectionInvalid)
}
