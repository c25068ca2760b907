//! For programs that use the crate `jsonwebtoken` (11.1): its keys and algorithms as ours, and this
//! crate's engine as its cryptography. Feature `jsonwebtoken`.
//!
//! # The engine behind `jsonwebtoken::decode`
//! [`PROVIDER`], once installed, verifies every signature with the rules of this crate: RSA keys of 2048
//! to 4096 bits without known weaknesses, points that are on their curve, shared secrets as long as the
//! hash, signatures of exactly one form, strict Ed25519. What `jsonwebtoken` itself does not check
//! (`crit`, `typ`, duplicate members, claims of the wrong type) it still does not: [`crate::Verifier`]
//! does.
//!
//! It verifies and never signs: `jsonwebtoken::encode`, and `Jwk::from_encoding_key` for anything but
//! HMAC, give `ErrorKind::Provider`.
//!
//! ```
//! use countersign::interop::jsonwebtoken::PROVIDER;
//! use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
//!
//! PROVIDER.install_default().expect("no other provider is installed yet");
//!
//! // RFC 7515, A.1: its claims expired in 2011.
//! let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
//!     .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
//!     .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
//! let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==";
//! let mut validation = Validation::new(Algorithm::HS256);
//! validation.validate_exp = false;
//! let claims = decode::<serde_json::Value>(token, &DecodingKey::from_base64_secret(secret)?, &validation)?.claims;
//! assert_eq!(claims["iss"], "joe");
//!
//! // A secret shorter than the hash is refused (RFC 7518 §3.2).
//! let error = decode::<serde_json::Value>(token, &DecodingKey::from_secret(b"secret"), &validation).unwrap_err();
//! assert!(error.to_string().contains("key_invalid"));
//! # Ok::<(), jsonwebtoken::errors::Error>(())
//! ```
//!
//! # Keys
//! ```
//! use countersign::{KeySet, Verifier};
//! use jsonwebtoken::jwk::JwkSet;
//!
//! let jwks: JwkSet = serde_json::from_str(
//!     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
//! )?;
//! let verifier = Verifier::builder()
//!     .issuer("https://tenant.example/")
//!     .audience("https://api.example")
//!     .keys(KeySet::try_from(&jwks)?)
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! `jsonwebtoken` forgets what it does not know: the name of an algorithm such as ES512, ES256K, Ed25519
//! or ML-DSA-44, and private parameters of a key. A key with such an `alg` is refused here; read the text
//! with [`crate::KeySet::from_json`] instead, which knows them and refuses private keys.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ::jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use ::jsonwebtoken::errors::{Error as TheirError, ErrorKind, Result as TheirResult};
use ::jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use ::jsonwebtoken::{Algorithm as TheirAlgorithm, DecodingKey, DecodingKeyKind};

use crate::error::{Error, KeyInvalidReason, KeyUnsuitableReason};
use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme, UnknownAlgorithm};
use crate::jose::pem;
use crate::jose::public_key::PublicKey;
use crate::jose::secret::SharedSecret;
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;

/// The algorithms that both crates have.
const ALGORITHMS: [(TheirAlgorithm, Algorithm); 12] = [
    (TheirAlgorithm::RS256, Algorithm::RS256),
    (TheirAlgorithm::RS384, Algorithm::RS384),
    (TheirAlgorithm::RS512, Algorithm::RS512),
    (TheirAlgorithm::PS256, Algorithm::PS256),
    (TheirAlgorithm::PS384, Algorithm::PS384),
    (TheirAlgorithm::PS512, Algorithm::PS512),
    (TheirAlgorithm::ES256, Algorithm::ES256),
    (TheirAlgorithm::ES384, Algorithm::ES384),
    (TheirAlgorithm::EdDSA, Algorithm::EdDSA),
    (TheirAlgorithm::HS256, Algorithm::HS256),
    (TheirAlgorithm::HS384, Algorithm::HS384),
    (TheirAlgorithm::HS512, Algorithm::HS512),
];

/// [`UnknownAlgorithm`] only for one that a later `jsonwebtoken` adds.
impl TryFrom<TheirAlgorithm> for Algorithm {
    type Error = UnknownAlgorithm;

    fn try_from(theirs: TheirAlgorithm) -> Result<Self, UnknownAlgorithm> {
        ALGORITHMS.iter().find(|(known, _)| *known == theirs).map(|(_, ours)| *ours).ok_or(UnknownAlgorithm)
    }
}

/// [`UnknownAlgorithm`] for ES512, ES256K and ML-DSA, which `jsonwebtoken` does not have.
impl TryFrom<Algorithm> for TheirAlgorithm {
    type Error = UnknownAlgorithm;

    fn try_from(ours: Algorithm) -> Result<Self, UnknownAlgorithm> {
        ALGORITHMS.iter().find(|(_, known)| *known == ours).map(|(theirs, _)| *theirs).ok_or(UnknownAlgorithm)
    }
}

/// Fails as [`VerifyingKey::from_jwk`] does.
impl TryFrom<&Jwk> for VerifyingKey {
    type Error = Error;

    fn try_from(jwk: &Jwk) -> Result<Self, Error> {
        // Through its text, so that every member goes through the one reader of keys.
        let text = serde_json::to_string(jwk).map_err(|_| KeyInvalidReason::Json)?;
        Self::from_jwk(&text)
    }
}

/// A key that cannot be used is skipped and reported by [`KeySet::skipped`]; fails with
/// [`Error::JwksInvalid`] when none is left, or with the fault of the only one.
impl TryFrom<&JwkSet> for KeySet {
    type Error = Error;

    fn try_from(set: &JwkSet) -> Result<Self, Error> {
        Self::from_entries(set.keys.iter().map(|jwk| (jwk.common.key_id.clone(), jwk.try_into())))
    }
}

/// This crate's engine for `jsonwebtoken`: `PROVIDER.install_default()`, once per process.
///
/// Keys: HMAC secrets; RSA by modulus and exponent or as PKCS#1 DER; EC points uncompressed (SEC 1
/// §2.3.3); Ed25519 points of 32 bytes. A key or secret that this crate refuses, and everything that has
/// to do with private keys, is `ErrorKind::Provider` with this crate's error code and reason. A key of
/// another family than the algorithm's is `ErrorKind::InvalidKeyFormat`. Nothing panics.
pub static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| refuse_signing::<Box<dyn JwtSigner>>(),
    verifier_factory: |algorithm, key| verifier(*algorithm, key),
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| refuse_signing(),
        rsa_pub_components_from_public_key: |der| {
            let (modulus, exponent) =
                pem::rsa_parts(der).ok_or_else(|| provider_error(&KeyInvalidReason::Pkcs1.into()))?;
            Ok((modulus.into(), exponent.into()))
        },
        ec_pub_components_from_private_key: |_, _| refuse_signing(),
        ed_pub_components_from_private_key: |_, _| refuse_signing(),
        compute_digest: |data, hash| {
            let hash = match hash {
                ThumbprintHash::SHA256 => Hash::Sha256,
                ThumbprintHash::SHA384 => Hash::Sha384,
                ThumbprintHash::SHA512 => Hash::Sha512,
                _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
            };
            Ok(hash.digest(data))
        },
    },
};

/// A checked and prepared key for one `decode`.
struct KeyVerifier {
    theirs: TheirAlgorithm,
    ours: Algorithm,
    key: VerifyingKey,
}

impl signature::Verifier<Vec<u8>> for KeyVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.key.verify_signature(self.ours, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for KeyVerifier {
    fn algorithm(&self) -> TheirAlgorithm {
        self.theirs
    }
}

fn verifier(theirs: TheirAlgorithm, key: &DecodingKey) -> TheirResult<Box<dyn JwtVerifier>> {
    if key.family() != theirs.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    let ours = Algorithm::try_from(theirs).map_err(|_| ErrorKind::UnsupportedAlgorithm)?;
    let key = verifying_key(ours, key.kind()).map_err(|error| provider_error(&error))?;
    Ok(Box::new(KeyVerifier { theirs, ours, key }))
}

fn verifying_key(algorithm: Algorithm, key: &DecodingKeyKind) -> Result<VerifyingKey, Error> {
    let public = match (algorithm.entry().scheme, key) {
        (Scheme::Hmac(_), DecodingKeyKind::SecretOrDer(bytes)) => {
            return SharedSecret::new(algorithm, bytes).map(VerifyingKey::from);
        }
        (Scheme::RsaPkcs1 | Scheme::RsaPss, DecodingKeyKind::RsaModulusExponent { n, e }) => PublicKey::rsa(n, e)?,
        (Scheme::RsaPkcs1 | Scheme::RsaPss, DecodingKeyKind::SecretOrDer(der)) => {
            let (modulus, exponent) = pem::rsa_parts(der).ok_or(KeyInvalidReason::Pkcs1)?;
            PublicKey::rsa(modulus, exponent)?
        }
        (Scheme::Ecdsa(curve), DecodingKeyKind::SecretOrDer(point)) => PublicKey::ec_point(curve, point)?,
        (Scheme::Ed25519, DecodingKeyKind::SecretOrDer(point)) => PublicKey::ed25519(point)?,
        _ => return Err(KeyUnsuitableReason::AlgorithmForKey.into()),
    };
    VerifyingKey::new(None, Some(algorithm), public)
}

fn refuse_signing<T>() -> TheirResult<T> {
    Err(ErrorKind::Provider(String::from(
        "countersign verifies signatures; it does not sign and reads no private keys",
    ))
    .into())
}

fn provider_error(error: &Error) -> TheirError {
    ErrorKind::Provider(alloc::format!("{}: {error}", error.code())).into()
}
