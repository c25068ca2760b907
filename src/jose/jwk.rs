//! JSON Web Keys (RFC 7517, 7518 §6, 8037, 8812, 9964): one key, one algorithm.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::json::{self, Members};
use crate::encoding::unique;
use crate::error::{Error, KeyInvalidReason, KeyUnsuitableReason};
use crate::jose::algorithm::{Algorithm, Curve, Scheme};
use crate::jose::public_key::PublicKey;

/// Depth of a JWK: its members are scalars and flat arrays.
const MAX_DEPTH: usize = 4;

/// Characters of a parameter: more than an ML-DSA-87 key has, and little to decode in vain.
const MAX_MEMBER: usize = 4096;

/// Members that only a private or symmetric key has (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 9964 §3).
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// The values of `key_ops` that have nothing to do with signatures (RFC 7517 §4.3).
const ENCRYPTION_OPERATIONS: [&str; 6] = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];

/// A public JWK, checked as far as is possible without an engine.
pub(crate) struct Jwk {
    pub(crate) kid: Option<String>,
    pub(crate) alg: Option<Algorithm>,
    pub(crate) public: PublicKey,
}

impl Jwk {
    pub(crate) fn parse(jwk: &str) -> Result<Self, Error> {
        Self::parse_with_use(jwk, None)
    }

    pub(crate) fn parse_with_use(jwk: &str, key_use: Option<&str>) -> Result<Self, Error> {
        let members = json::parse_object(jwk, MAX_DEPTH).map_err(|_| KeyInvalidReason::Json)?;
        Self::from_members(&members, key_use)
    }

    /// With `key_use`, the key must have just that `use`; else that of signatures, or none.
    pub(crate) fn from_members(members: &Members<'_>, key_use: Option<&str>) -> Result<Self, Error> {
        let kid = text(members, "kid")?.map(String::from);
        let kty = text(members, "kty")?.ok_or(KeyInvalidReason::MemberMissing)?;
        if kty == "oct" {
            return Err(KeyUnsuitableReason::Symmetric.into());
        }
        check_purpose(members, key_use)?;
        let alg = match text(members, "alg")? {
            None => None,
            Some(name) => Some(name.parse::<Algorithm>().map_err(|_| KeyUnsuitableReason::Algorithm)?),
        };
        let public = public_key(members, kty, alg)?;
        if PRIVATE_MEMBERS.iter().any(|name| members.contains(name)) {
            return Err(KeyInvalidReason::PrivateMaterial.into());
        }
        Ok(Self { kid, alg, public })
    }
}

/// A string member. Serialisers write `null` for what is not there, and no member has it for a value, so it is absent.
fn text<'a>(members: &'a Members<'_>, name: &str) -> Result<Option<&'a str>, KeyInvalidReason> {
    members.string_or_null(name).map_err(|_| KeyInvalidReason::MemberType)
}

fn bytes(members: &Members<'_>, name: &str) -> Result<Vec<u8>, KeyInvalidReason> {
    let text = text(members, name)?.ok_or(KeyInvalidReason::MemberMissing)?;
    if text.len() > MAX_MEMBER {
        return Err(KeyInvalidReason::Length);
    }
    base64url::decode(text.as_bytes()).map_err(|_| KeyInvalidReason::Encoding)
}

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3).
fn check_purpose(members: &Members<'_>, key_use: Option<&str>) -> Result<(), Error> {
    let purpose = text(members, "use")?;
    let is_other = match key_use {
        None => purpose.is_some_and(|purpose| purpose != "sig"),
        // Nobody signs with the key of an encryption, whatever is asked for.
        wanted => purpose != wanted || wanted == Some("enc"),
    };
    if is_other {
        return Err(KeyUnsuitableReason::Use.into());
    }
    let operations = members.strings_or_null("key_ops").map_err(|_| KeyInvalidReason::MemberType)?;
    let Some(mut names) = operations else { return Ok(()) };
    let repeated = !unique::all_unique_by(&mut names, |name| *name);
    // RFC 7517 §4.3: where both are there, they agree.
    let contradicts = purpose.is_some() && names.iter().any(|name| ENCRYPTION_OPERATIONS.contains(name));
    if repeated || contradicts || !names.contains(&"verify") {
        return Err(KeyUnsuitableReason::KeyOps.into());
    }
    Ok(())
}

fn public_key(members: &Members<'_>, kty: &str, alg: Option<Algorithm>) -> Result<PublicKey, Error> {
    Ok(match kty {
        "RSA" => PublicKey::rsa(&bytes(members, "n")?, &bytes(members, "e")?)?,
        "EC" => {
            let crv = text(members, "crv")?.ok_or(KeyInvalidReason::MemberMissing)?;
            let curve = Curve::from_name(crv).ok_or(KeyUnsuitableReason::Curve)?;
            PublicKey::ec(curve, &bytes(members, "x")?, &bytes(members, "y")?)?
        }
        "OKP" => {
            let crv = text(members, "crv")?.ok_or(KeyInvalidReason::MemberMissing)?;
            if crv != "Ed25519" {
                return Err(KeyUnsuitableReason::Curve.into());
            }
            PublicKey::ed25519(&bytes(members, "x")?)?
        }
        "AKP" => {
            let algorithm = alg.ok_or(KeyUnsuitableReason::AlgMissing)?;
            let Scheme::MlDsa(set) = algorithm.entry().scheme else {
                return Err(KeyUnsuitableReason::AlgorithmForKey.into());
            };
            PublicKey::ml_dsa(set, &bytes(members, "pub")?)?
        }
        _ => return Err(KeyUnsuitableReason::KeyType.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_is_too_long_is_not_decoded() {
        let fault = |length: usize| {
            let x = "!".repeat(length);
            Jwk::parse(&alloc::format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)).err()
        };
        assert_eq!(fault(MAX_MEMBER), Some(KeyInvalidReason::Encoding.into()));
        for length in [MAX_MEMBER + 1, 2 * MAX_MEMBER] {
            assert_eq!(fault(length), Some(KeyInvalidReason::Length.into()), "{length}");
        }
    }
}
