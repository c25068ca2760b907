//! The claim that binds a token to its recipient where `aud` does not.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::{self, Members};
use crate::error::{ConfigError, Error};
use crate::jose::header::Header;
use crate::limits::Limits;
use crate::verify::claim_values::required_string;

/// Names the claim that binds tokens to you where the issuer leaves `aud` out or empty, and the accepted
/// values. The claim is then mandatory: a string, and one of the values as a whole.
///
/// It binds tokens to the *client* that they were issued to, which is less than an audience says: every API
/// that this client may call could use the token at every other. Where the issuer can name your API in
/// `aud`, let it.
///
/// # Example
/// An access token of Amazon Cognito has no `aud`: `client_id` has the client, and `token_use` says that it
/// is no ID token.
/// ```
/// use countersign::verify::Binding;
/// use countersign::Verifier;
///
/// let verifier = Verifier::builder()
///     .issuer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example")
///     .binding(Binding::new("client_id", ["1example23456789"]).token_use("token_use", "access"))
///     .build();
/// assert!(verifier.is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Binding {
    claim: String,
    pub(crate) values: Vec<String>,
    token_use: Option<(String, String)>,
    in_header: bool,
}

/// Claims with rules of their own, none of which says whom the token is for.
const NOT_BINDING: [&str; 12] =
    ["aud", "exp", "nbf", "iat", "sub", "jti", "nonce", "auth_time", "scope", "scp", "typ", "token_use"];

/// Header parameters (RFC 7515 §4.1, RFC 7797 §3) that every token of an issuer has, or none does.
const NOT_BINDING_IN_HEADER: [&str; 11] =
    ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "cty", "crit", "b64"];

impl Binding {
    /// The claim, and the values of which it must have one.
    ///
    /// `iss` is such a claim where an issuer serves a single application. Its one value is then the issuer,
    /// and says just that: any token of this issuer is for you.
    pub fn new<V: Into<String>>(claim: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        Self {
            claim: claim.into(),
            values: values.into_iter().map(Into::into).collect(),
            token_use: None,
            in_header: false,
        }
    }

    /// A second claim, which must be there and have this very value: what the issuer writes into the tokens
    /// of the kind that you take.
    pub fn token_use(mut self, claim: impl Into<String>, value: impl Into<String>) -> Self {
        self.token_use = Some((claim.into(), value.into()));
        self
    }

    /// Looks for both in the header of tokens, for issuers that write there whom a token is for (AWS load balancers). The
    /// signature covers the header as it does the claims.
    pub const fn in_header(mut self) -> Self {
        self.in_header = true;
        self
    }

    /// Checks the options.
    #[inline(never)]
    pub(crate) fn check(&self, issuer: &str) -> Result<(), ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        if self.claim.is_empty() || NOT_BINDING.contains(&self.claim.as_str()) {
            return problem(
                "binding.claim",
                "must be a claim that names the client, such as `client_id` or `azp`; for `aud` there is the option \
                 `audience`, for `sub` the option `subject`",
            );
        }
        if self.in_header && NOT_BINDING_IN_HEADER.contains(&self.claim.as_str()) {
            return problem(
                "binding.claim",
                "must be a header parameter that names the recipient, such as `signer`: this one is about keys and form",
            );
        }
        if self.values.is_empty() || self.values.iter().any(String::is_empty) {
            return problem("binding.values", "must have at least one value, and none that is empty");
        }
        if self.claim == "iss" && self.values.iter().any(|value| value != issuer) {
            return problem("binding.values", "must be just the issuer where the claim is `iss`");
        }
        match &self.token_use {
            Some((claim, value)) if claim.is_empty() || value.is_empty() || *claim == self.claim => problem(
                "binding.use",
                "must have a claim other than that of the binding, and the value that it is to have, e.g. `token_use` \
                 and `access`",
            ),
            _ => Ok(()),
        }
    }

    /// Whether the token is bound to one of the values, and of the kind that is wanted.
    #[inline(never)]
    pub(crate) fn verify(&self, claims: &Members<'_>, header: &Header) -> Result<(), Error> {
        if !self.in_header {
            return self.verify_members(claims);
        }
        // It was parsed before, within its limits.
        let header = json::parse_object(header.json(), Limits::MAX.header_depth).map_err(|_| Error::InternalError)?;
        self.verify_members(&header)
    }

    /// The same of members that are at hand, wherever they are from.
    pub(crate) fn verify_members(&self, claims: &Members<'_>) -> Result<(), Error> {
        let actual = required_string(claims, &self.claim)?;
        if !self.values.iter().any(|value| value == actual) {
            return Err(Error::AudienceMismatch {
                claim: self.claim.clone(),
                expected: self.values.join(" or "),
                actual: actual.to_owned(),
            });
        }
        let Some((claim, wanted)) = &self.token_use else { return Ok(()) };
        let actual = required_string(claims, claim)?;
        if actual == wanted {
            return Ok(());
        }
        Err(Error::UseMismatch { claim: claim.clone(), expected: wanted.clone(), actual: actual.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_header_has_binds_to_nobody() {
        let option = |binding: Binding| binding.check("https://id.example").err().map(|error| error.option);
        let binding = |claim: &str| Binding::new(claim, ["a"]);
        for name in NOT_BINDING_IN_HEADER {
            assert_eq!(option(binding(name).in_header()), Some("binding.claim"), "{name}");
        }
        for name in ["client", "signer", "azp"] {
            assert_eq!(option(binding(name).in_header()), None, "{name}");
        }
        // A claim of such a name is the issuer's own.
        assert_eq!(option(binding("kid")), None);
        assert_eq!(option(binding("aud").in_header()), Some("binding.claim"));
    }
}
