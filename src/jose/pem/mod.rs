//! SPKI public keys in PEM (RFC 7468 §13, RFC 5280 §4.1.2.7).

use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::der::{self, Elements};
use crate::error::{Error, KeyInvalidReason, KeyUnsuitableReason};
use crate::jose::algorithm::{Curve, ParameterSet};
use crate::jose::public_key::PublicKey;
use crate::text::{contains, split_once};

/// 1.2.840.113549.1.1.1 (RFC 8017 §A.1)
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// 1.2.840.10045.2.1 (RFC 5480 §2.1.1)
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// 1.3.101.112 (RFC 8410 §3)
const ED25519: &[u8] = b"\x2b\x65\x70";
/// 1.2.840.10045.3.1.7, 1.3.132.0.34, 1.3.132.0.35, 1.3.132.0.10 (RFC 5480 §2.1.1.1, SEC 2)
const CURVES: [(&[u8], Curve); 4] = [
    (b"\x2a\x86\x48\xce\x3d\x03\x01\x07", Curve::P256),
    (b"\x2b\x81\x04\x00\x22", Curve::P384),
    (b"\x2b\x81\x04\x00\x23", Curve::P521),
    (b"\x2b\x81\x04\x00\x0a", Curve::Secp256k1),
];
/// 2.16.840.1.101.3.4.3, 17 to 19 (RFC 9881 §2)
const ML_DSA: [(&[u8], ParameterSet); 3] = [
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x11", ParameterSet::MlDsa44),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x12", ParameterSet::MlDsa65),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x13", ParameterSet::MlDsa87),
];

const BEGIN: &str = "-----BEGIN ";
const LABEL: &str = "PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// The public key between `-----BEGIN PUBLIC KEY-----` and its end.
pub(crate) fn public_key(pem: &str) -> Result<PublicKey, Error> {
    let der = decode(pem.trim())?;
    Spki::parse(&der).ok_or(KeyInvalidReason::Pem)?.public_key()
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
struct Spki<'a> {
    algorithm: &'a [u8],
    /// Tag and content
    parameters: Option<(u8, &'a [u8])>,
    key: &'a [u8],
}

impl<'a> Spki<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let mut whole = Elements::new(der);
        let mut parts = whole.sequence()?;
        whole.end()?;
        let mut identifier = parts.sequence()?;
        let algorithm = identifier.expect(der::OBJECT_IDENTIFIER).filter(|oid| der::is_object_identifier(oid))?;
        let parameters = if identifier.is_empty() { None } else { Some(identifier.any()?) };
        identifier.end()?;
        // Whole bytes: the first one says how many bits of the last do not count.
        let key = parts.expect(der::BIT_STRING)?.strip_prefix(&[0])?;
        parts.end()?;
        Some(Self { algorithm, parameters, key })
    }

    fn public_key(&self) -> Result<PublicKey, Error> {
        self.check_parameters()?;
        match self.algorithm {
            RSA => {
                let (modulus, exponent) = rsa_parts(self.key).ok_or(KeyInvalidReason::Pem)?;
                Ok(PublicKey::rsa(modulus, exponent)?)
            }
            EC => {
                let named = self.parameters.filter(|(tag, _)| *tag == der::OBJECT_IDENTIFIER);
                let curve = CURVES.iter().find(|(oid, _)| named.is_some_and(|(_, name)| name == *oid));
                let (_, curve) = curve.ok_or(KeyUnsuitableReason::Curve)?;
                Ok(PublicKey::ec_point(*curve, self.key)?)
            }
            ED25519 => Ok(PublicKey::ed25519(self.key)?),
            other => match ML_DSA.iter().find(|(oid, _)| *oid == other) {
                Some((_, set)) => Ok(PublicKey::ml_dsa(*set, self.key)?),
                None => Err(KeyUnsuitableReason::KeyType.into()),
            },
        }
    }

    /// RSA keys have NULL for parameters (RFC 8017 §A.1), EC keys their curve, the others none (RFC 8410
    /// §3, RFC 9881 §2).
    fn check_parameters(&self) -> Result<(), KeyInvalidReason> {
        let fits = match self.algorithm {
            RSA => self.parameters == Some((der::NULL, &[])),
            EC => true,
            _ => self.parameters.is_none(),
        };
        if fits { Ok(()) } else { Err(KeyInvalidReason::Pem) }
    }
}

/// `RSAPublicKey` (RFC 8017 §A.1.1): modulus and exponent.
pub(crate) fn rsa_parts(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut whole = Elements::new(der);
    let mut parts = whole.sequence()?;
    whole.end()?;
    let mut number = || parts.expect(der::INTEGER).and_then(der::unsigned);
    let (modulus, exponent) = (number()?, number()?);
    parts.end()?;
    Some((modulus, exponent))
}

/// Whether the text is to be read as PEM rather than as JSON: it has a boundary, or is nothing but the base64 of a key,
/// which is a DER sequence.
pub(crate) fn is_meant(text: &str) -> bool {
    let text = text.trim();
    // Most are JSON, which needs no look at the rest.
    if matches!(text.as_bytes(), [b'{' | b'[', ..]) {
        return false;
    }
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=\\".contains(&byte);
    let is_bare = text.len() > 40 && text.starts_with('M') && text.bytes().all(is_base64);
    contains(text, BEGIN) || contains(text, "-----END ") || is_bare
}

/// The bytes between the boundaries. As RFC 7468 §3 allows, blanks and line ends may be anywhere among the base64 or be
/// missing, since neither they nor the boundaries have a character of it. Text before is allowed (§2), headers are not.
fn decode(pem: &str) -> Result<Vec<u8>, KeyInvalidReason> {
    body(pem).and_then(bytes).map_err(|fault| {
        // Such a text has been through a file or a variable that escapes line ends, by rules that only its owner knows.
        if contains(pem, "\\n") || contains(pem, "\\r") { KeyInvalidReason::PemLineEnds } else { fault }
    })
}

fn body(pem: &str) -> Result<&str, KeyInvalidReason> {
    let mut before = 0usize;
    let line = pem.split_inclusive('\n').find(|line| {
        let begins = line.trim_start().starts_with(BEGIN);
        before = before.saturating_add(if begins { 0 } else { line.len() });
        begins
    });
    let (before, text) = line.and_then(|_| pem.split_at_checked(before)).ok_or(KeyInvalidReason::PemBoundary)?;
    // Another key before this one: which is meant?
    if contains(before, "-----END ") || before.contains('\0') {
        return Err(KeyInvalidReason::PemBoundary);
    }
    let text = text.trim_start();
    let text = text.strip_prefix(BEGIN).and_then(|text| text.strip_prefix(LABEL)).ok_or(KeyInvalidReason::Pem)?;
    match split_once(text, END) {
        Some((body, after)) if after.trim().is_empty() => Ok(body),
        _ => Err(KeyInvalidReason::PemBoundary),
    }
}

fn bytes(body: &str) -> Result<Vec<u8>, KeyInvalidReason> {
    let mut digits: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // Its padding makes the text whole fours, so that a piece that was cut off is missed.
    if !digits.len().is_multiple_of(4) {
        return Err(KeyInvalidReason::PemBody);
    }
    for _ in 0..2 {
        digits.pop_if(|last| *last == b'=');
    }
    for digit in &mut digits {
        *digit = match *digit {
            b'+' => b'-',
            b'/' => b'_',
            b'-' | b'_' => return Err(KeyInvalidReason::PemBody),
            other => other,
        };
    }
    base64url::decode(&digits).map_err(|_| KeyInvalidReason::PemBody)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    const KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    fn fault(pem: &str) -> Option<Error> {
        public_key(pem).err()
    }

    #[test]
    fn blanks_and_line_ends_count_for_nothing() {
        let (first, second) = KEY.split_at(30);
        for pem in [
            alloc::format!("-----BEGIN PUBLIC KEY-----\n{KEY}\n-----END PUBLIC KEY-----"),
            alloc::format!("-----BEGIN PUBLIC KEY-----\r\n{KEY}\r\n-----END PUBLIC KEY-----\r\n"),
            alloc::format!("\n\n  -----BEGIN PUBLIC KEY-----\n  {first}\n\t{second}\n  -----END PUBLIC KEY-----  \n\n"),
            alloc::format!("-----BEGIN PUBLIC KEY-----\n\n{first} {second}  \n\n-----END PUBLIC KEY-----"),
            alloc::format!("-----BEGIN PUBLIC KEY----- {KEY} -----END PUBLIC KEY-----"),
            alloc::format!("-----BEGIN PUBLIC KEY-----{KEY}-----END PUBLIC KEY-----"),
            alloc::format!("my key:\n\t-----BEGIN PUBLIC KEY-----\r{first}\r{second}\r-----END PUBLIC KEY-----"),
            KEY.chars().fold(String::from("-----BEGIN PUBLIC KEY-----"), |pem, digit| {
                pem + "\n" + digit.encode_utf8(&mut [0; 4])
            }) + "-----END PUBLIC KEY-----",
        ] {
            let key = public_key(&pem).map(|key| key.to_jwk());
            assert_eq!(
                key.ok().as_deref(),
                Some(r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#),
                "{pem}"
            );
            assert!(is_meant(&pem), "{pem}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_text_is_named() {
        let whole = alloc::format!("-----BEGIN PUBLIC KEY-----\n{KEY}\n-----END PUBLIC KEY-----\n");
        for (pem, expected) in [
            (whole.replace('\n', "\\n"), KeyInvalidReason::PemLineEnds),
            (whole.replace('\n', "\\r\\n"), KeyInvalidReason::PemLineEnds),
            (whole.replace('\n', "\\\\n"), KeyInvalidReason::PemLineEnds),
            (alloc::format!("\"{}\"", whole.replace('\n', "\\n")), KeyInvalidReason::PemLineEnds),
            (alloc::format!("\"{whole}\""), KeyInvalidReason::PemBoundary),
            // Two keys, of which one stands in a line with other text.
            (alloc::format!("a key: {whole}{whole}"), KeyInvalidReason::PemBoundary),
            (String::from("x") + &"-----BEGIN ".repeat(20_000), KeyInvalidReason::PemBoundary),
            (KEY.into(), KeyInvalidReason::PemBoundary),
            (alloc::format!("{KEY}\n-----END PUBLIC KEY-----"), KeyInvalidReason::PemBoundary),
            (alloc::format!("-----BEGIN PUBLIC KEY-----\n{KEY}\n"), KeyInvalidReason::PemBoundary),
            (alloc::format!("-----BEGIN PUBLIC KEY-----\n{KEY}\n-----END PUBLIC"), KeyInvalidReason::PemBoundary),
            ("-----BEGIN PUBLIC KEY-----".into(), KeyInvalidReason::PemBoundary),
            (alloc::format!("{whole}{whole}"), KeyInvalidReason::PemBoundary),
            (alloc::format!("{whole}x"), KeyInvalidReason::PemBoundary),
            (whole.replace("o=", "o"), KeyInvalidReason::PemBody),
            (whole.replace("o=", "p="), KeyInvalidReason::PemBody),
            (whole.replace("MCow", "MC"), KeyInvalidReason::PemBody),
            (whole.replace("MCow", "MC.w"), KeyInvalidReason::PemBody),
            (whole.replace("MCow", "\u{a0}MCow"), KeyInvalidReason::PemBody),
            (whole.replace("S/7", "S_7"), KeyInvalidReason::PemBody),
            (whole.replace(KEY, "===="), KeyInvalidReason::PemBody),
            (whole.replace("MCow", "Proc-Type: 4\n\nMCow"), KeyInvalidReason::PemBody),
            (whole.replace("MCow", ""), KeyInvalidReason::Pem),
            (whole.replace(KEY, ""), KeyInvalidReason::Pem),
            (whole.replace("PUBLIC", "PRIVATE"), KeyInvalidReason::Pem),
            (whole.replace("PUBLIC KEY", "CERTIFICATE"), KeyInvalidReason::Pem),
            (whole.replace("PUBLIC", "RSA PUBLIC"), KeyInvalidReason::Pem),
        ] {
            assert_eq!(fault(&pem), Some(expected.into()), "{pem}");
            assert!(is_meant(&pem), "{pem}");
        }
        for other in ["", "null", "{}", r#"{"keys":["-----BEGIN "]}"#, "<!-- ----- -->", "MIT", "[]"] {
            assert!(!is_meant(other), "{other}");
        }
        let message = alloc::string::ToString::to_string(&Error::from(KeyInvalidReason::PemLineEnds));
        assert!(message.contains(r#".replaceAll("\\n", "\n")"#), "{message}");
    }
}
