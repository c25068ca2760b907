//! SPKI public keys in PEM (RFC 7468 §13, RFC 5280 §4.1.2.7).

use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::der::{self, Elements};
use crate::error::{Error, KeyFault, KeyMismatch};
use crate::jose::algorithm::{Algorithm, Curve};
use crate::jose::jwk::VerifyingKey;
use crate::jose::public_key::PublicKey;

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
const ML_DSA: [(&[u8], Algorithm); 3] = [
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x11", Algorithm::MLDSA44),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x12", Algorithm::MLDSA65),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x13", Algorithm::MLDSA87),
];

const BEGIN: &str = "-----BEGIN ";
const LABEL: &str = "PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Characters in a line of base64, but for the last (RFC 7468 §2).
const WIDTH: usize = 64;

impl VerifyingKey {
    /// Reads a public key from `-----BEGIN PUBLIC KEY-----` (SPKI, RFC 7468 §13).
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] when it is anything else (a certificate, a private key, PKCS #1) or the key is
    /// unsafe, [`Error::KeyUnsuitable`] when its type or curve is not supported.
    ///
    /// # Example
    /// ```
    /// use countersign::{Algorithm, VerifyingKey};
    ///
    /// let key = VerifyingKey::from_pem(
    ///     "-----BEGIN PUBLIC KEY-----
    /// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    /// -----END PUBLIC KEY-----",
    /// )?;
    /// assert_eq!(key.algorithm(), Some(Algorithm::EdDSA));
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let der = decode(pem.trim()).ok_or(KeyFault::Pem)?;
        let spki = Spki::parse(&der).ok_or(KeyFault::Pem)?;
        Self::new(None, None, spki.public_key()?)
    }
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
                let (modulus, exponent) = rsa_parts(self.key).ok_or(KeyFault::Pem)?;
                Ok(PublicKey::rsa(modulus, exponent)?)
            }
            EC => {
                let named = self.parameters.filter(|(tag, _)| *tag == der::OBJECT_IDENTIFIER);
                let curve = CURVES.iter().find(|(oid, _)| named.is_some_and(|(_, name)| name == *oid));
                let (_, curve) = curve.ok_or(KeyMismatch::Curve)?;
                Ok(PublicKey::ec_point(*curve, self.key)?)
            }
            ED25519 => Ok(PublicKey::ed25519(self.key)?),
            other => match ML_DSA.iter().find(|(oid, _)| *oid == other) {
                Some((_, algorithm)) => Ok(PublicKey::ml_dsa(*algorithm, self.key)?),
                None => Err(KeyMismatch::KeyType.into()),
            },
        }
    }

    /// RSA keys have NULL for parameters (RFC 8017 §A.1), EC keys their curve, the others none (RFC 8410
    /// §3, RFC 9881 §2).
    fn check_parameters(&self) -> Result<(), KeyFault> {
        let fits = match self.algorithm {
            RSA => self.parameters == Some((der::NULL, &[])),
            EC => true,
            _ => self.parameters.is_none(),
        };
        if fits { Ok(()) } else { Err(KeyFault::Pem) }
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

/// The bytes between the boundaries, in the strict form of RFC 7468 §3, which leaves no room for headers. Text
/// before them is allowed (§2).
fn decode(pem: &str) -> Option<Vec<u8>> {
    let begin = if pem.starts_with(BEGIN) { 0 } else { preamble(pem)? };
    let body = after_line_break(pem.get(begin..)?.strip_prefix(BEGIN)?.strip_prefix(LABEL)?)?;
    let body = before_line_break(body).unwrap_or(body).strip_suffix(END)?;
    let mut text = before_line_break(body)?;
    let mut digits = Vec::with_capacity(text.len());
    // Padding ends the text, so that only its last line may have any.
    let last = loop {
        match text.split_at_checked(WIDTH) {
            Some((line, rest)) if !rest.is_empty() => {
                text = after_line_break(rest)?;
                if text.is_empty() {
                    break line;
                }
                digits.extend(line.bytes());
            }
            _ => break before_line_break(text).unwrap_or(text),
        }
    };
    if !last.len().is_multiple_of(4) {
        return None;
    }
    let last = last.strip_suffix('=').unwrap_or(last);
    digits.extend(last.strip_suffix('=').unwrap_or(last).bytes());
    for digit in &mut digits {
        *digit = match *digit {
            b'+' => b'-',
            b'/' => b'_',
            b'-' | b'_' => return None,
            other => other,
        };
    }
    base64url::decode(&digits).ok()
}

/// Where the first boundary is if text stands before it, on lines of its own.
fn preamble(pem: &str) -> Option<usize> {
    let line = pem.match_indices('\n').map(|(at, _)| at.saturating_add(1));
    let begin = line.into_iter().find(|at| pem.get(*at..).is_some_and(|rest| rest.starts_with(BEGIN)))?;
    (!pem.get(..begin)?.contains('\0')).then_some(begin)
}

fn after_line_break(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r']))
}

fn before_line_break(text: &str) -> Option<&str> {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r']))
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};

    use super::*;

    const KEYS: [&str; 6] = [
        // Ed25519
        "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        // P-256: RFC 7517, A.1
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000430a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3ee04b65e92456d9888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723",
        // An EC key with explicit parameters, one with none, an X25519 key, and one of a type that nobody has
        "3012300c06072a8648ce3d020130010003020004",
        "3010300906072a8648ce3d02010303000400",
        "302a300506032b656e032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "300c300706052a8100000003010000",
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    fn rsa() -> Vec<u8> {
        let mut modulus = alloc::vec![0x02, 0x82, 0x01, 0x01, 0x00];
        modulus.extend([0xff; 256]);
        let key = [&[0x30, 0x82, 0x01, 0x0a][..], &modulus, &[0x02, 0x03, 1, 0, 1]].concat();
        let head = bytes("30820122300d06092a864886f70d01010105000382010f00");
        [head, key].concat()
    }

    fn armour(der: &[u8]) -> String {
        let text = base64url::encode(der).replace('-', "+").replace('_', "/");
        let padded = format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4));
        let lines: Vec<&str> = padded.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    fn own(pem: &str) -> Result<PublicKey, Error> {
        let der = decode(pem.trim()).ok_or(KeyFault::Pem)?;
        Spki::parse(&der).ok_or(KeyFault::Pem)?.public_key()
    }

    /// The same policy over the reader of the crate `spki`.
    mod reference {
        use spki::der::asn1::UintRef;
        use spki::der::pem::PemLabel as _;
        use spki::der::{Decode as _, Document, Reader as _, SliceReader};
        use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

        use super::super::*;

        fn is(oid: ObjectIdentifier, bytes: &[u8]) -> bool {
            oid.as_bytes() == bytes
        }

        pub(super) fn read(pem: &str) -> Result<PublicKey, Error> {
            let (label, document) = Document::from_pem(pem.trim()).map_err(|_| KeyFault::Pem)?;
            SubjectPublicKeyInfoRef::validate_pem_label(label).map_err(|_| KeyFault::Pem)?;
            let spki: SubjectPublicKeyInfoRef<'_> = document.decode_msg().map_err(|_| KeyFault::Pem)?;
            let bits = spki.subject_public_key.as_bytes().ok_or(KeyFault::Pem)?;
            let oid = spki.algorithm.oid;
            let fits = match oid.as_bytes() {
                RSA => spki.algorithm.parameters.is_some_and(spki::der::AnyRef::is_null),
                EC => true,
                _ => spki.algorithm.parameters.is_none(),
            };
            if !fits {
                return Err(KeyFault::Pem.into());
            }
            if is(oid, RSA) {
                let (modulus, exponent) = parts(bits).map_err(|_| KeyFault::Pem)?;
                return Ok(PublicKey::rsa(modulus, exponent)?);
            }
            if is(oid, EC) {
                let named = spki.algorithm.parameters_oid().map_err(|_| KeyMismatch::Curve)?;
                let (_, curve) = CURVES.iter().find(|(oid, _)| is(named, oid)).ok_or(KeyMismatch::Curve)?;
                return Ok(PublicKey::ec_point(*curve, bits)?);
            }
            if is(oid, ED25519) {
                return Ok(PublicKey::ed25519(bits)?);
            }
            match ML_DSA.iter().find(|(name, _)| is(oid, name)) {
                Some((_, algorithm)) => Ok(PublicKey::ml_dsa(*algorithm, bits)?),
                None => Err(KeyMismatch::KeyType.into()),
            }
        }

        fn parts(der: &[u8]) -> spki::der::Result<(&[u8], &[u8])> {
            let mut reader = SliceReader::new(der)?;
            let parts = reader.sequence(|inner| {
                Ok::<_, spki::der::Error>((UintRef::decode(inner)?.as_bytes(), UintRef::decode(inner)?.as_bytes()))
            })?;
            reader.finish()?;
            Ok(parts)
        }
    }

    fn agree(pem: &str) {
        assert_eq!(own(pem), reference::read(pem), "{pem}");
    }

    #[test]
    fn every_change_of_a_byte_is_judged_as_another_reader_judges_it() {
        for der in KEYS.iter().map(|hex| bytes(hex)).chain([rsa()]) {
            agree(&armour(&der));
            // The large numbers themselves are no structure.
            for at in (0..der.len()).filter(|at| *at < 50 || at + 8 > der.len()) {
                for value in 0..=255u8 {
                    let mut changed = der.clone();
                    changed[at] = value;
                    agree(&armour(&changed));
                }
                for value in [0x00, 0x05, 0x1f, 0x30, 0x80, 0x81, 0xff] {
                    let mut changed = der.clone();
                    changed.insert(at, value);
                    agree(&armour(&changed));
                }
                let mut changed = der.clone();
                changed.remove(at);
                agree(&armour(&changed));
                agree(&armour(&der[..at]));
            }
        }
    }

    #[test]
    fn tags_lengths_and_identifiers_of_every_form_are_judged_as_another_reader_judges_them() {
        let wrap = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat();
        let spki = |identifier: &[u8]| wrap(0x30, &[wrap(0x30, identifier), wrap(0x03, &[0, 4])].concat());
        let ec = wrap(0x06, EC);
        for tag in 0..=255u8 {
            for rest in [
                "00",
                "1f00",
                "1e00",
                "800100",
                "8100",
                "810100",
                "8fffffff7f00",
                "90ffffff7f00",
                "ffffff7f00",
                "8fffffffff7f00",
                "8101ff",
                "82000100",
                "83",
                "8400000001ff",
                "85",
                "80",
            ] {
                agree(&armour(&spki(&[&ec[..], &[tag], &bytes(rest)].concat())));
            }
        }
        for oid in [
            "",
            "00",
            "77",
            "78",
            "ff",
            "2a80",
            "2a8000",
            "2a81828384",
            "2a8182838405",
            "2a818283848505",
            "2a81828384850f",
            "2a818283848510",
            "2a8182838485860f",
            "2a7f",
        ] {
            agree(&armour(&spki(&wrap(0x06, &bytes(oid)))));
            agree(&armour(&spki(&[&ec[..], &wrap(0x06, &bytes(oid))].concat())));
        }
        for length in 36..44 {
            agree(&armour(&spki(&wrap(0x06, &alloc::vec![1; length]))));
        }
    }

    #[test]
    fn every_change_of_a_character_is_judged_as_another_reader_judges_it() {
        for der in [bytes(KEYS[0]), bytes(KEYS[1])] {
            let pem = armour(&der);
            for at in 0..=pem.len() {
                for text in ["\n", "\r", "\r\n", " ", "-", "=", "A", "_", "+", "\0", "é", "\n\n", ":", "\n-----BEGIN "]
                {
                    let mut changed = pem.clone();
                    changed.insert_str(at, text);
                    agree(&changed);
                    if at < pem.len() {
                        changed = pem.clone();
                        changed.replace_range(at..=at, text);
                        agree(&changed);
                    }
                }
            }
        }
    }

    #[test]
    fn lines_end_where_another_reader_ends_them() {
        for length in 0..200 {
            let digits = "A".repeat(length);
            for padding in ["", "=", "==", "==="] {
                for width in [63, 64, 65] {
                    for (line_break, end) in
                        [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\n"), ("\n", "\n\n"), ("\n", "\r\n\r"), ("\n", "")]
                    {
                        let text = format!("{digits}{padding}");
                        let lines: Vec<&str> =
                            text.as_bytes().chunks(width).map(|line| core::str::from_utf8(line).unwrap()).collect();
                        let pem = format!(
                            "-----BEGIN PUBLIC KEY-----\n{}{end}-----END PUBLIC KEY-----",
                            lines.join(line_break)
                        );
                        let theirs = spki::der::pem::decode_vec(pem.as_bytes()).ok().map(|(_, der)| der);
                        assert_eq!(decode(&pem).filter(|der| !der.is_empty()), theirs, "{pem}");
                    }
                }
            }
        }
    }

    #[test]
    fn text_may_come_before_the_key() {
        let pem = armour(&bytes(KEYS[0]));
        for (before, accepted) in [("", true), ("a key\n", true), ("\r\n", true), ("a", false), ("\0\n", false)] {
            agree(&format!("{before}{pem}"));
            assert_eq!(VerifyingKey::from_pem(&format!("{before}{pem}")).is_ok(), accepted, "{before:?}");
        }
        for other in ["RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY", "PUBLIC KEY ", "PUBLIC  KEY", ""] {
            agree(&pem.replace("PUBLIC KEY", other));
            assert_eq!(
                VerifyingKey::from_pem(&pem.replace("PUBLIC KEY", other)).err().map(|error| error.to_string()),
                Some(KeyFault::Pem.to_string())
            );
        }
    }
}
