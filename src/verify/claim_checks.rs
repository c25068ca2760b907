//! The rules for the values of claims, in their fixed order.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;

use crate::encoding::base64url;
use crate::encoding::json::{Members, Value};
use crate::error::{ClaimReason, Error};
use crate::hash::Hash;
use crate::jose::algorithm::Algorithm;
use crate::jose::header::Header;
use crate::verify::claim_values::{date, invalid, missing, required_string, string};
use crate::verify::expectations::Expectations;
use crate::verify::numeric_date::Rounding;
use crate::verify::policy::Policy;
use crate::verify::profile::Profile;

/// Checks every rule, in the fixed order: kind, issuer, audience, time, the rest.
///
/// `iss`, `aud`, `exp`, `nbf`, `iat` and `sub` must have their types wherever they occur (CVE-2026-25537 took a
/// claim of the wrong type for an absent one). Of every other claim the type matters to the rule that uses it.
///
/// The answer is the time in which the claims pass again, without expectations.
pub(crate) fn check(
    claims: &Members<'_>,
    header: &Header,
    policy: &Policy,
    expectations: &Expectations,
    now: u64,
) -> Result<ValidityWindow, Error> {
    policy.profile.check_kind(header, policy.typ.as_deref(), claims)?;
    let check = ClaimChecks { claims, policy, now };
    policy.issuer.verify(claims)?;
    check.audience()?;
    if let Some(binding) = &policy.binding {
        binding.verify(claims, header)?;
    }
    let window = check.times()?;
    check.subject()?;
    check.required()?;
    if policy.profile == Profile::IdToken {
        check.id_token(expectations)?;
    }
    check.expectations(header.algorithm(), expectations)?;
    Ok(window)
}

/// Checks what an authorization server says of a token that is no JWT (RFC 7662 §2.2), in the same order and by every rule that
/// needs neither a header nor a profile. `iss` and `aud` need not be there: the server was asked by this very recipient.
pub(crate) fn check_introspected(claims: &Members<'_>, policy: &Policy, now: u64) -> Result<(), Error> {
    let check = ClaimChecks { claims, policy, now };
    if claims.contains("iss") {
        policy.issuer.verify(claims)?;
    }
    if claims.contains("aud") {
        check.audience()?;
    }
    if let Some(binding) = &policy.binding {
        binding.verify_members(claims)?;
    }
    check.times()?;
    check.subject()?;
    check.own_required()
}

/// The seconds in which a token's times are valid: from `begin` on, and before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ValidityWindow {
    begin: u64,
    end: u64,
}

impl ValidityWindow {
    pub(crate) fn contains(self, now: u64) -> bool {
        (self.begin..self.end).contains(&now)
    }
}

struct ClaimChecks<'a> {
    claims: &'a Members<'a>,
    policy: &'a Policy,
    now: u64,
}

impl ClaimChecks<'_> {
    #[inline(never)]
    fn audience(&self) -> Result<(), Error> {
        let binding = self.policy.binding.as_ref();
        let given = self.claims.get("aud");
        let audience = match given {
            None => &[],
            Some(Value::String(one)) if one.is_empty() && binding.is_some() => &[],
            Some(one @ Value::String(_)) => core::slice::from_ref(one),
            Some(several) if is_texts(several) => several.as_array().unwrap_or_default(),
            Some(_) => return Err(invalid("aud", ClaimReason::Type)),
        };
        match (audience, given, binding) {
            // No audience is named, and the binding stands in, except where `aud` is demanded.
            ([], _, Some(_)) if !self.needs_audience() => {}
            ([], None, _) => return Err(missing("aud")),
            ([], Some(_), _) => return Err(invalid("aud", ClaimReason::NoAudience)),
            (named, _, _) => self.named_audience(named)?,
        }
        Ok(())
    }

    /// Checks an audience that is not empty. Without the option `audience` none is ours, binding or not: all ID
    /// tokens have one, so that none passes for an access token by its `azp`.
    #[inline(never)]
    fn named_audience(&self, audience: &[Value<'_>]) -> Result<(), Error> {
        let audience = audience.iter().filter_map(Value::as_str);
        let trusted = |one: &str| self.policy.audience.iter().any(|own| own == one);
        let accepted = if self.policy.profile == Profile::IdToken {
            // OpenID Connect Core §3.1.3.7, step 3: no audience beside the ones that we trust.
            audience.clone().all(trusted)
        } else {
            audience.clone().any(trusted)
        };
        if accepted {
            return Ok(());
        }
        let actual: Vec<&str> = audience.collect();
        Err(Error::AudienceMismatch {
            claim: "aud".to_owned(),
            expected: match self.policy.audience.as_slice() {
                [] => "no audience".to_owned(),
                own => own.join(" or "),
            },
            actual: actual.join(", "),
        })
    }

    #[inline(never)]
    fn times(&self) -> Result<ValidityWindow, Error> {
        let (now, tolerance) = (self.now, self.policy.clock_tolerance);
        let exp = match date(self.claims, "exp", Rounding::Down)? {
            Some(exp) => exp,
            None if self.policy.exp_optional => u64::MAX,
            None => return Err(missing("exp")),
        };
        let mut window = ValidityWindow { begin: 0, end: exp.saturating_add(tolerance) };
        if now >= window.end {
            return Err(Error::TokenExpired { now, exp });
        }
        for claim in ["nbf", "iat"] {
            if let Some(from) = date(self.claims, claim, Rounding::Up)? {
                window.begin = window.begin.max(from.saturating_sub(tolerance));
                if now < window.begin {
                    return Err(Error::TokenNotYetValid { claim, now, from });
                }
            }
        }
        if let Some(age) = self.policy.max_token_age {
            window.end = window.end.min(self.age("iat", age)?);
        }
        Ok(window)
    }

    /// Checks the time since a claim's. The answer is the second from which on it is too long.
    #[inline(never)]
    fn age(&self, claim: &'static str, age: u64) -> Result<u64, Error> {
        let (now, tolerance) = (self.now, self.policy.clock_tolerance);
        let since = date(self.claims, claim, Rounding::Up)?.ok_or_else(|| missing(claim))?;
        let end = since.saturating_add(age).saturating_add(tolerance).saturating_add(1);
        if now >= end { Err(Error::TokenTooOld { claim, now, since }) } else { Ok(end) }
    }

    #[inline(never)]
    fn subject(&self) -> Result<(), Error> {
        let subject = self.claims.string("sub").map_err(|_| invalid("sub", ClaimReason::SubjectType))?;
        match (subject, &self.policy.subject) {
            (Some(subject), wanted)
                if subject.is_empty() && (wanted.is_some() || self.required_claims().any(|name| name == "sub")) =>
            {
                Err(invalid("sub", ClaimReason::NoSubject))
            }
            (None, Some(_)) => Err(missing("sub")),
            (Some(subject), Some(wanted)) if subject != wanted => Err(Error::SubjectMismatch),
            _ => Ok(()),
        }
    }

    fn needs_audience(&self) -> bool {
        self.policy.profile.needs_audience() || self.policy.required_claims.iter().any(|name| name == "aud")
    }

    fn required_claims(&self) -> impl Iterator<Item = &str> {
        let own = self.policy.required_claims.iter().map(String::as_str);
        self.policy.profile.required_claims().iter().copied().chain(own)
    }

    #[inline(never)]
    fn required(&self) -> Result<(), Error> {
        for name in self.policy.profile.required_claims() {
            self.is_there(name)?;
        }
        self.own_required()?;
        // What RFC 9068 demands is of the type that it has there.
        for name in self.policy.profile.required_texts() {
            string(self.claims, name)?;
        }
        Ok(())
    }

    /// Those that the options name.
    fn own_required(&self) -> Result<(), Error> {
        for name in &self.policy.required_claims {
            self.is_there(name)?;
        }
        Ok(())
    }

    fn is_there(&self, name: &str) -> Result<(), Error> {
        if matches!(self.claims.get(name), None | Some(Value::Null)) { Err(missing(name)) } else { Ok(()) }
    }

    /// OpenID Connect Core §2 and §3.1.3.7, steps 4 and 5.
    #[inline(never)]
    fn id_token(&self, expectations: &Expectations) -> Result<(), Error> {
        let subject = self.claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        if subject.len() > 255 || !subject.is_ascii() {
            return Err(invalid("sub", ClaimReason::Value));
        }
        match string(self.claims, "azp")? {
            Some(party) if !self.policy.audience.iter().any(|own| own == party) => {
                return Err(invalid("azp", ClaimReason::Party));
            }
            None if self.claims.get("aud").and_then(Value::as_array).is_some_and(|several| several.len() > 1) => {
                return Err(missing("azp"));
            }
            _ => {}
        }
        // A nonce that was not asked for belongs to another sign-in.
        let nonce = string(self.claims, "nonce")?;
        if nonce.is_some() && expectations.nonce.is_none() && !self.policy.accept_unchecked_nonce {
            return Err(Error::NonceUnexpected);
        }
        Ok(())
    }

    #[inline(never)]
    fn expectations(&self, algorithm: Algorithm, expectations: &Expectations) -> Result<(), Error> {
        if let Some(nonce) = &expectations.nonce {
            let actual = required_string(self.claims, "nonce")?;
            if !bool::from(nonce.as_bytes().ct_eq(actual.as_bytes())) {
                return Err(Error::NonceMismatch);
            }
        }
        let hash = algorithm.entry().hash;
        for (claim, value) in [("at_hash", &expectations.access_token), ("c_hash", &expectations.code)] {
            if let Some(value) = value
                && let Some(actual) = string(self.claims, claim)?
            {
                check_half_hash(claim, actual, value, hash)?;
            }
        }
        match expectations.max_age {
            Some(age) => self.age("auth_time", age).map(drop),
            None => Ok(()),
        }
    }
}

/// The left half of the hash, base64url (OpenID Connect Core §3.1.3.6).
fn check_half_hash(claim: &str, actual: &str, value: &str, hash: Option<Hash>) -> Result<(), Error> {
    let hash = hash.ok_or_else(|| invalid(claim, ClaimReason::NoHash))?;
    let digest = hash.digest(value.as_bytes());
    let half = digest.get(..hash.length() / 2).unwrap_or_default();
    if base64url::encode(half) == actual { Ok(()) } else { Err(invalid(claim, ClaimReason::Hash)) }
}

fn is_texts(value: &Value<'_>) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(|element| element.as_str().is_some()))
}
