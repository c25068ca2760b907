//! SPKI public keys in PEM (RFC 7468 §13, RFC 5280 §4.1.2.7).

use spki::der::asn1::UintRef;
use spki::der::pem::PemLabel;
use spki::der::{Decode, Document, Reader, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::error::{Error, KeyFault, KeyMismatch};
use crate::jose::algorithm::{Algorithm, Curve};
use crate::jose::jwk::VerifyingKey;
use crate::jose::public_key::PublicKey;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const CURVES: [(ObjectIdentifier, Curve); 4] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), Curve::P256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Curve::P384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Curve::P521),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), Curve::Secp256k1),
];
const ML_DSA: [(ObjectIdentifier, Algorithm); 3] = [
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"), Algorithm::MLDSA44),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"), Algorithm::MLDSA65),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"), Algorithm::MLDSA87),
];

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
        let (label, document) = Document::from_pem(pem.trim()).map_err(|_| KeyFault::Pem)?;
        SubjectPublicKeyInfoRef::validate_pem_label(label).map_err(|_| KeyFault::Pem)?;
        let spki: SubjectPublicKeyInfoRef<'_> = document.decode_msg().map_err(|_| KeyFault::Pem)?;
        Self::new(None, None, public_key(&spki)?)
    }
}

fn public_key(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<PublicKey, Error> {
    let bits = spki.subject_public_key.as_bytes().ok_or(KeyFault::Pem)?;
    let oid = spki.algorithm.oid;
    check_parameters(spki)?;
    if oid == RSA {
        let (modulus, exponent) = rsa_parts(bits).map_err(|_| KeyFault::Pem)?;
        return Ok(PublicKey::rsa(modulus, exponent)?);
    }
    if oid == EC {
        let named = spki.algorithm.parameters_oid().map_err(|_| KeyMismatch::Curve)?;
        let (_, curve) = CURVES.iter().find(|(oid, _)| *oid == named).ok_or(KeyMismatch::Curve)?;
        return Ok(PublicKey::ec_point(*curve, bits)?);
    }
    if oid == ED25519 {
        return Ok(PublicKey::ed25519(bits)?);
    }
    match ML_DSA.iter().find(|(name, _)| *name == oid) {
        Some((_, algorithm)) => Ok(PublicKey::ml_dsa(*algorithm, bits)?),
        None => Err(KeyMismatch::KeyType.into()),
    }
}

/// RSA keys have NULL for parameters (RFC 8017 §A.1), EC keys their curve, the others none (RFC 8410 §3,
/// RFC 9881 §2).
fn check_parameters(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<(), KeyFault> {
    let fits = match spki.algorithm.oid {
        RSA => spki.algorithm.parameters.is_some_and(spki::der::AnyRef::is_null),
        EC => true,
        _ => spki.algorithm.parameters.is_none(),
    };
    if fits { Ok(()) } else { Err(KeyFault::Pem) }
}

/// RSAPublicKey (RFC 8017 §A.1.1): modulus and exponent.
pub(crate) fn rsa_parts(der: &[u8]) -> spki::der::Result<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|inner| {
        Ok::<_, spki::der::Error>((UintRef::decode(inner)?.as_bytes(), UintRef::decode(inner)?.as_bytes()))
    })?;
    reader.finish()?;
    Ok(parts)
}
