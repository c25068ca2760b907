//! Key pairs, made from nothing but their names.

use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use ed25519_dalek::Signer as _;

use crate::encoding::base64url;
use crate::encoding::json::writer::JsonWriter;
use crate::hash::Hash;
use crate::jose::algorithm::Algorithm;

pub(super) struct KeyPair {
    pub(super) kid: String,
    material: Material,
}

enum Material {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl KeyPair {
    /// # Panics
    /// For other algorithms than ES256 and `EdDSA`.
    #[allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
    pub(super) fn new(algorithm: Algorithm, issuer: &str, kid: String) -> Self {
        let seed = Hash::Sha256.digest(format!("countersign test issuer {issuer} {kid}").as_bytes());
        let material = match algorithm {
            // One seed in 2^32 is no number below the order.
            Algorithm::ES256 => {
                Material::P256(p256::ecdsa::SigningKey::from_slice(&seed).expect("another name of the issuer"))
            }
            Algorithm::EdDSA => {
                let seed = seed.try_into().expect("32 bytes");
                Material::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
            other => panic!("a test issuer signs with ES256 or EdDSA, not with {other}"),
        };
        Self { kid, material }
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::P256(_) => Algorithm::ES256,
            Material::Ed25519(_) => Algorithm::EdDSA,
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }

    /// The public key as a JWK.
    pub(super) fn jwk(&self) -> String {
        let jwk =
            JsonWriter::new().text("kid", &self.kid).text("alg", &self.algorithm().to_string()).text("use", "sig");
        let member = |bytes: &[u8]| base64url::encode(bytes);
        match &self.material {
            Material::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes().split_at_checked(33).unwrap_or_default();
                let x = x.get(1..).unwrap_or_default();
                jwk.text("kty", "EC").text("crv", "P-256").text("x", &member(x)).text("y", &member(y)).end()
            }
            Material::Ed25519(key) => {
                let x = member(&key.verifying_key().to_bytes());
                jwk.text("kty", "OKP").text("crv", "Ed25519").text("x", &x).end()
            }
        }
    }
}
