//! The claims of a token (RFC 7519 §4) and the rules for their values.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use subtle::ConstantTimeEq;

use crate::crypto::hash::Hash;
use crate::encoding::base64url;
use crate::encoding::json::{self, Json, Object};
use crate::error::{ClaimFault, Error, JsonFault};
use crate::jose::algorithm::Algorithm;
use crate::jose::header::Header;
use crate::verify::policy::Policy;
use crate::verify::profile::Profile;

/// The claims of a verified token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    members: Object,
    json: String,
}

/// What the caller of one verification knows beyond the policy. Each part that is given is checked.
///
/// For ID tokens a missing `nonce` means that none was sent: a token that has one is then refused.
///
/// # Example
/// ```
/// use countersign::Expectations;
///
/// let mut expectations = Expectations::default();
/// expectations.nonce = Some("n-0S6_WzA2Mj".into());
/// expectations.max_age = Some(3600);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expectations {
    /// The nonce of the authorization request (OpenID Connect Core §3.1.3.7, step 11).
    pub nonce: Option<String>,
    /// The access token that came with the ID token, for `at_hash` (§3.1.3.8).
    pub access_token: Option<String>,
    /// The authorization code that came with the ID token, for `c_hash` (§3.3.2.10).
    pub code: Option<String>,
    /// The greatest time since the user signed in, in seconds, for `auth_time` (§3.1.3.7, step 13).
    pub max_age: Option<u64>,
}

impl fmt::Debug for Expectations {
    /// Which ones there are, without the values: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectations")
            .field("nonce", &self.nonce.is_some())
            .field("access_token", &self.access_token.is_some())
            .field("code", &self.code.is_some())
            .field("max_age", &self.max_age)
            .finish()
    }
}

impl Claims {
    pub(crate) fn parse(payload: Vec<u8>, max_depth: usize) -> Result<Self, Error> {
        let members = json::parse_object(&payload, max_depth).map_err(Error::PayloadInvalid)?;
        let json = String::from_utf8(payload).map_err(|_| Error::PayloadInvalid(JsonFault::NotUtf8))?;
        Ok(Self { members, json })
    }

    /// The payload as it stood in the token: the very bytes that were signed.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// A claim by its name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members.get(name)
    }

    /// The claims as a type of your own. Nothing is lost: they are read again from their text.
    ///
    /// # Errors
    /// When they do not fit the type.
    ///
    /// # Example
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct User {
    ///     sub: String,
    ///     tenant: Option<u32>,
    /// }
    ///
    /// fn user(token: &countersign::VerifiedToken) -> Result<User, serde_json::Error> {
    ///     token.claims().deserialize()
    /// }
    /// ```
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// `iss`
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`. An identity is the pair of issuer and subject.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud`, one or more
    pub fn audience(&self) -> Vec<&str> {
        match self.members.get("aud") {
            Some(Json::String(one)) => alloc::vec![one],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// `exp`, in seconds since the epoch
    pub fn expires_at(&self) -> Option<u64> {
        self.date("exp", Rounding::Down).ok().flatten()
    }

    /// `iat`, in seconds since the epoch
    pub fn issued_at(&self) -> Option<u64> {
        self.date("iat", Rounding::Up).ok().flatten()
    }

    /// The scopes of a `scope` claim, which separates them with single spaces (RFC 8693 §4.2) or, with
    /// some servers, is an array.
    pub fn scopes(&self) -> Vec<&str> {
        match self.members.get("scope") {
            Some(Json::String(scope)) => scope.split(' ').filter(|scope| !scope.is_empty()).collect(),
            Some(Json::Array(scopes)) => scopes.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Json::as_str)
    }

    /// A string claim that is absent, or a string that is not empty.
    fn checked_text(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Json::String(text)) if text.is_empty() => Err(invalid(name, ClaimFault::Empty)),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(invalid(name, ClaimFault::Type)),
        }
    }

    fn date(&self, name: &str, rounding: Rounding) -> Result<Option<u64>, Error> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Json::Number(number)) => match numeric_date(*number, rounding) {
                Some(date) => Ok(Some(date)),
                None => Err(invalid(name, ClaimFault::Range)),
            },
            Some(_) => Err(invalid(name, ClaimFault::Type)),
        }
    }

    /// Every rule, in the fixed order: kind, issuer, audience, time, the rest.
    pub(crate) fn check(
        &self,
        header: &Header,
        policy: &Policy,
        expectations: &Expectations,
        now: u64,
    ) -> Result<(), Error> {
        policy.profile.check_kind(header, policy.typ.as_deref(), &self.members)?;
        self.check_issuer(policy)?;
        self.check_audience(policy)?;
        self.check_times(policy, now)?;
        self.check_subject(policy)?;
        self.check_types()?;
        self.check_required(policy)?;
        if policy.profile == Profile::IdToken {
            self.check_id_token(policy, expectations)?;
        }
        self.check_expectations(header.algorithm(), policy, expectations, now)
    }

    fn check_issuer(&self, policy: &Policy) -> Result<(), Error> {
        let issuer = self.checked_text("iss")?.ok_or_else(|| missing("iss"))?;
        if issuer == policy.issuer {
            Ok(())
        } else {
            Err(Error::IssuerMismatch { expected: policy.issuer.clone(), actual: issuer.to_owned() })
        }
    }

    fn check_audience(&self, policy: &Policy) -> Result<(), Error> {
        match self.members.get("aud") {
            None => return Err(missing("aud")),
            Some(Json::String(_)) => {}
            Some(Json::Array(several)) if several.is_empty() => return Err(invalid("aud", ClaimFault::Empty)),
            Some(Json::Array(several)) if several.iter().all(|one| one.as_str().is_some()) => {}
            Some(_) => return Err(invalid("aud", ClaimFault::Type)),
        }
        let audience = self.audience();
        let trusted = |one: &&str| policy.audience.iter().any(|own| own == one);
        let accepted = if policy.profile == Profile::IdToken {
            // OpenID Connect Core §3.1.3.7, step 3: no audience beside the ones that we trust.
            audience.iter().all(trusted)
        } else {
            audience.iter().any(trusted)
        };
        if accepted {
            Ok(())
        } else {
            Err(Error::AudienceMismatch { expected: policy.audience.join(" or "), actual: audience.join(", ") })
        }
    }

    fn check_times(&self, policy: &Policy, now: u64) -> Result<(), Error> {
        let tolerance = policy.clock_tolerance;
        let exp = self.date("exp", Rounding::Down)?.ok_or_else(|| missing("exp"))?;
        if now >= exp.saturating_add(tolerance) {
            return Err(Error::TokenExpired { now, exp });
        }
        for claim in ["nbf", "iat"] {
            if let Some(from) = self.date(claim, Rounding::Up)?
                && from > now.saturating_add(tolerance)
            {
                return Err(Error::TokenNotYetValid { claim, now, from });
            }
        }
        match policy.max_token_age {
            Some(age) => self.check_age("iat", age, tolerance, now),
            None => Ok(()),
        }
    }

    /// The seconds at which [`Claims::check_times`] is content, of claims that passed it once: the first
    /// that is, and the first thereafter that is not.
    pub(crate) fn validity(&self, policy: &Policy) -> Range<u64> {
        let tolerance = policy.clock_tolerance;
        let date = |claim, rounding| self.date(claim, rounding).ok().flatten();
        let begin = ["nbf", "iat"].into_iter().filter_map(|claim| date(claim, Rounding::Up)).max().unwrap_or(0);
        let end = date("exp", Rounding::Down).unwrap_or(0).saturating_add(tolerance);
        let too_old = policy.max_token_age.map(|age| {
            let since = date("iat", Rounding::Up).unwrap_or(0);
            since.saturating_add(age).saturating_add(tolerance).saturating_add(1)
        });
        begin.saturating_sub(tolerance)..end.min(too_old.unwrap_or(u64::MAX))
    }

    fn check_age(&self, claim: &'static str, age: u64, tolerance: u64, now: u64) -> Result<(), Error> {
        let since = self.date(claim, Rounding::Up)?.ok_or_else(|| missing(claim))?;
        if now > since.saturating_add(age).saturating_add(tolerance) {
            return Err(Error::TokenTooOld { claim, now, since });
        }
        Ok(())
    }

    fn check_subject(&self, policy: &Policy) -> Result<(), Error> {
        let subject = self.checked_text("sub")?;
        match &policy.subject {
            None => Ok(()),
            Some(wanted) => match subject {
                None => Err(missing("sub")),
                Some(subject) if subject == wanted => Ok(()),
                Some(_) => Err(Error::SubjectMismatch),
            },
        }
    }

    /// Registered claims of the wrong type are an error even where nothing else looks at them
    /// (CVE-2026-25537 took one for absent).
    fn check_types(&self) -> Result<(), Error> {
        for name in ["jti", "client_id", "azp", "nonce", "at_hash", "c_hash", "s_hash", "acr", "sid"] {
            self.checked_text(name)?;
        }
        self.date("auth_time", Rounding::Up)?;
        for name in TYPED_CLAIMS {
            let fits = match (name, self.members.get(name)) {
                (_, None) | ("scope", Some(Json::String(_))) | ("email_verified", Some(Json::Bool(_))) => true,
                ("scope" | "amr", Some(value)) => is_texts(value),
                ("cnf" | "act" | "events", Some(value)) => value.as_object().is_some(),
                _ => false,
            };
            if !fits {
                return Err(invalid(name, ClaimFault::Type));
            }
        }
        Ok(())
    }

    fn check_required(&self, policy: &Policy) -> Result<(), Error> {
        let own = policy.required_claims.iter().map(String::as_str);
        for name in policy.profile.required_claims().iter().copied().chain(own) {
            if matches!(self.members.get(name), None | Some(Json::Null)) {
                return Err(missing(name));
            }
        }
        Ok(())
    }

    /// OpenID Connect Core §2 and §3.1.3.7, steps 4 and 5.
    fn check_id_token(&self, policy: &Policy, expectations: &Expectations) -> Result<(), Error> {
        let subject = self.text("sub").unwrap_or_default();
        if subject.len() > 255 || !subject.is_ascii() {
            return Err(invalid("sub", ClaimFault::Value));
        }
        match self.text("azp") {
            Some(party) if !policy.audience.iter().any(|own| own == party) => {
                return Err(invalid("azp", ClaimFault::Value));
            }
            None if self.audience().len() > 1 => return Err(missing("azp")),
            _ => {}
        }
        // A nonce that nobody asked for belongs to another sign-in.
        if expectations.nonce.is_none() && self.members.contains_key("nonce") {
            return Err(Error::NonceMismatch);
        }
        Ok(())
    }

    fn check_expectations(
        &self,
        algorithm: Algorithm,
        policy: &Policy,
        expectations: &Expectations,
        now: u64,
    ) -> Result<(), Error> {
        if let Some(nonce) = &expectations.nonce {
            let actual = self.text("nonce").ok_or_else(|| missing("nonce"))?;
            if !bool::from(nonce.as_bytes().ct_eq(actual.as_bytes())) {
                return Err(Error::NonceMismatch);
            }
        }
        let hash = algorithm.entry().hash;
        for (claim, value) in [("at_hash", &expectations.access_token), ("c_hash", &expectations.code)] {
            if let (Some(actual), Some(value)) = (self.text(claim), value) {
                check_half_hash(claim, actual, value, hash)?;
            }
        }
        match expectations.max_age {
            Some(age) => self.check_age("auth_time", age, policy.clock_tolerance, now),
            None => Ok(()),
        }
    }
}

/// The left half of the hash, base64url (OpenID Connect Core §3.1.3.6).
fn check_half_hash(claim: &str, actual: &str, value: &str, hash: Option<Hash>) -> Result<(), Error> {
    let hash = hash.ok_or_else(|| invalid(claim, ClaimFault::NoHash))?;
    let digest = hash.digest(value.as_bytes());
    let half = digest.get(..hash.length() / 2).unwrap_or_default();
    if base64url::encode(half) == actual { Ok(()) } else { Err(invalid(claim, ClaimFault::Hash)) }
}

/// Registered claims that are neither a string nor a date.
const TYPED_CLAIMS: [&str; 6] = ["scope", "amr", "email_verified", "cnf", "act", "events"];

fn is_texts(value: &Json) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(|element| element.as_str().is_some()))
}

fn invalid(claim: &str, fault: ClaimFault) -> Error {
    Error::ClaimInvalid { claim: claim.to_owned(), fault }
}

fn missing(claim: &str) -> Error {
    Error::ClaimMissing { claim: claim.to_owned() }
}

/// Fractions are rounded against the token: an end comes earlier, a beginning later.
#[derive(Clone, Copy)]
enum Rounding {
    Down,
    Up,
}

/// A NumericDate (RFC 7519 §2): seconds since the epoch, not negative, below 2^53.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range check makes the conversions exact"
)]
fn numeric_date(number: f64, rounding: Rounding) -> Option<u64> {
    if !(0.0..9_007_199_254_740_992.0).contains(&number) {
        return None;
    }
    let whole = number as u64;
    match rounding {
        Rounding::Up if (whole as f64) < number => whole.checked_add(1),
        _ => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_dates_round_against_the_token() {
        for (number, down, up) in [
            (0.0, Some(0), Some(0)),
            (-0.0, Some(0), Some(0)),
            (1.5, Some(1), Some(2)),
            (9_007_199_254_740_991.0, Some(9_007_199_254_740_991), Some(9_007_199_254_740_991)),
            (9_007_199_254_740_992.0, None, None),
            (1e300, None, None),
            (-1.0, None, None),
            (-0.5, None, None),
        ] {
            assert_eq!(numeric_date(number, Rounding::Down), down, "{number}");
            assert_eq!(numeric_date(number, Rounding::Up), up, "{number}");
        }
    }
}
