//! The header of an encrypted token, and what it may say (RFC 7516 §4).

use alloc::string::String;
use alloc::vec::Vec;

use super::algorithm::{ContentEncryption, KeyManagement};
use crate::encoding::base64url;
use crate::encoding::json::{self, Members, Value};
use crate::error::{EncryptionReason, Error, HeaderReason, JsonReason, TokenTypeReason};
use crate::jose::algorithm::Curve;
use crate::jose::public_key::PublicKey;

const MAX_KID: usize = 256;

/// Bytes of `apu` and of `apv`. They are names, or hashes.
const MAX_PARTY: usize = 256;

/// A header that passed every check that needs no key.
pub(super) struct Header {
    pub(super) algorithm: KeyManagement,
    pub(super) encryption: ContentEncryption,
    pub(super) kid: Option<String>,
    pub(super) party_u: Vec<u8>,
    pub(super) party_v: Vec<u8>,
    epk: Option<Epk>,
}

/// `epk` as it came: a point only if it is one.
struct Epk {
    curve: String,
    x: Vec<u8>,
    y: Vec<u8>,
}

impl Header {
    pub(super) fn parse(bytes: Vec<u8>, max_depth: usize) -> Result<Self, Error> {
        let invalid = Error::HeaderInvalid;
        let json = String::from_utf8(bytes).map_err(|_| invalid(JsonReason::NotUtf8.into()))?;
        let members = json::parse_object(&json, max_depth).map_err(|fault| invalid(fault.into()))?;
        // Before `alg`: what the token is comes first.
        if members.contains("crit") || members.contains("b64") {
            return Err(Error::CritUnsupported);
        }
        if members.contains("zip") {
            return Err(Error::TokenTypeUnsupported(TokenTypeReason::Compressed));
        }
        check_content_type(&members)?;
        let name = match members.get("alg") {
            None => return Err(invalid(HeaderReason::AlgMissing)),
            Some(Value::String(name)) => name,
            Some(_) => return Err(invalid(HeaderReason::AlgType)),
        };
        let unsupported = Error::EncryptionUnsupported;
        let algorithm = KeyManagement::from_name(name).ok_or_else(|| unsupported(refusal(name)))?;
        if members.contains("p2c") || members.contains("p2s") {
            return Err(unsupported(EncryptionReason::Password));
        }
        let encryption = match members.get("enc") {
            Some(Value::String(name)) => {
                ContentEncryption::from_name(name).ok_or(unsupported(EncryptionReason::Content))?
            }
            _ => return Err(invalid(HeaderReason::Enc)),
        };
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KID => Some(String::from(&**kid)),
            Some(Value::String(_)) => return Err(invalid(HeaderReason::KidLength)),
            Some(_) => return Err(invalid(HeaderReason::KidType)),
        };
        let is_ecdh = algorithm.is_ecdh();
        Ok(Self {
            algorithm,
            encryption,
            kid,
            party_u: if is_ecdh { party(&members, "apu")? } else { Vec::new() },
            party_v: if is_ecdh { party(&members, "apv")? } else { Vec::new() },
            epk: if is_ecdh { Some(Epk::read(&members).ok_or(invalid(HeaderReason::Epk))?) } else { None },
        })
    }

    /// The ephemeral key, if it is a point of the curve of ours: a point of another curve gives our key away, a few bits
    /// with each token (RFC 7518 §8.7 and "invalid curve attacks").
    pub(super) fn ephemeral_key(&self, curve: Curve) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let invalid = Error::HeaderInvalid(HeaderReason::Epk);
        let Some(epk) = self.epk.as_ref().filter(|epk| epk.curve == curve.name()) else { return Err(invalid) };
        match PublicKey::ec(curve, &epk.x, &epk.y) {
            Ok(key) if key.is_on_curve() => Ok((epk.x.clone(), epk.y.clone())),
            _ => Err(invalid),
        }
    }
}

impl Epk {
    fn read(members: &Members<'_>) -> Option<Self> {
        let Some(Value::Object(epk)) = members.get("epk") else { return None };
        if epk.string("kty") != Ok(Some("EC")) || epk.contains("d") {
            return None;
        }
        let coordinate = |name: &str| {
            // The field of P-521 has 66 bytes.
            let text = epk.string(name).ok().flatten().filter(|text| text.len() <= 88)?;
            base64url::decode(text.as_bytes()).ok()
        };
        Some(Self { curve: epk.string("crv").ok().flatten()?.into(), x: coordinate("x")?, y: coordinate("y")? })
    }
}

/// Why `alg` is refused: those that are known to be unsafe are called so.
fn refusal(name: &str) -> EncryptionReason {
    match name {
        "RSA1_5" => EncryptionReason::Rsa15,
        "RSA-OAEP" => EncryptionReason::OaepSha1,
        name if name.starts_with("PBES2") => EncryptionReason::Password,
        _ => EncryptionReason::Algorithm,
    }
}

/// `cty` is `JWT` (RFC 7519 §5.2). Where it is missing, the content says itself what it is: it is verified as a signed token.
fn check_content_type(members: &Members<'_>) -> Result<(), Error> {
    match members.get("cty") {
        None => Ok(()),
        Some(Value::String(cty)) if ["jwt", "application/jwt"].iter().any(|name| cty.eq_ignore_ascii_case(name)) => {
            Ok(())
        }
        Some(Value::String(_)) => Err(Error::TokenTypeUnsupported(TokenTypeReason::Content)),
        Some(_) => Err(Error::HeaderInvalid(HeaderReason::CtyType)),
    }
}

fn party(members: &Members<'_>, name: &str) -> Result<Vec<u8>, Error> {
    let invalid = Error::HeaderInvalid(HeaderReason::PartyInfo);
    match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) if text.len() <= MAX_PARTY.saturating_mul(4) / 3 => {
            base64url::decode(text.as_bytes()).map_err(|_| invalid)
        }
        Some(_) => Err(invalid),
    }
}
