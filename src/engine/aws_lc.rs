//! The arithmetic of AWS-LC, by the crate `aws-lc-rs`: assembly for servers.
//!
//! Only of keys that ours has found sound, and of signatures in the form of [`PublicKey::is_well_formed_signature`]: lengths,
//! ranges, points that are not canonical, of small order or not on their curve never get here, and the verdicts are the same.
//! What is left of Ed25519's ambiguity, whether the equation is multiplied by the cofactor, both crates answer alike: it is not.

use alloc::boxed::Box;
use alloc::vec::Vec;
use std::sync::OnceLock;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    ML_DSA_44, ML_DSA_65, ML_DSA_87, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

use crate::engine::PreparedKey;
use crate::jose::algorithm::{Algorithm, Curve, ParameterSet};
use crate::jose::public_key::PublicKey;

/// None where AWS-LC does not take the key: then ours verifies.
pub(crate) fn prepare(key: &PublicKey) -> Option<Box<dyn PreparedKey>> {
    Some(match key {
        PublicKey::Rsa { modulus, exponent } => Box::new(Rsa::new(modulus, *exponent)),
        PublicKey::Ec { curve, x, y } => {
            let scheme: &'static dyn VerificationAlgorithm = match curve {
                Curve::P256 => &ECDSA_P256_SHA256_FIXED,
                Curve::P384 => &ECDSA_P384_SHA384_FIXED,
                Curve::P521 => &ECDSA_P521_SHA512_FIXED,
                Curve::Secp256k1 => &ECDSA_P256K1_SHA256_FIXED,
            };
            // SEC 1 §2.3.3, uncompressed.
            Box::new(Single::new(scheme, &[&[4], x.as_slice(), y].concat())?)
        }
        PublicKey::Ed25519(point) => Box::new(Single::new(&ED25519, point)?),
        PublicKey::MlDsa { set, key } => {
            let scheme: &'static dyn VerificationAlgorithm = match set {
                ParameterSet::MlDsa44 => &ML_DSA_44,
                ParameterSet::MlDsa65 => &ML_DSA_65,
                ParameterSet::MlDsa87 => &ML_DSA_87,
            };
            Box::new(Single::new(scheme, key)?)
        }
    })
}

/// A key that serves one algorithm.
struct Single(ParsedPublicKey);

impl Single {
    fn new(scheme: &'static dyn VerificationAlgorithm, key: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(scheme, key).ok().map(Self)
    }
}

impl PreparedKey for Single {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// AWS-LC wants a key of its own for each algorithm: they are made at first use.
struct Rsa {
    modulus: Vec<u8>,
    exponent: u32,
    schemes: [Scheme; 6],
}

struct Scheme {
    algorithm: Algorithm,
    parameters: &'static RsaParameters,
    /// None inside if AWS-LC refuses the key after all: it then verifies nothing
    key: OnceLock<Option<ParsedPublicKey>>,
}

impl Rsa {
    fn new(modulus: &[u8], exponent: u32) -> Self {
        let scheme = |(algorithm, parameters)| Scheme { algorithm, parameters, key: OnceLock::new() };
        let schemes: [(Algorithm, &'static RsaParameters); 6] = [
            (Algorithm::RS256, &RSA_PKCS1_2048_8192_SHA256),
            (Algorithm::RS384, &RSA_PKCS1_2048_8192_SHA384),
            (Algorithm::RS512, &RSA_PKCS1_2048_8192_SHA512),
            (Algorithm::PS256, &RSA_PSS_2048_8192_SHA256),
            (Algorithm::PS384, &RSA_PSS_2048_8192_SHA384),
            (Algorithm::PS512, &RSA_PSS_2048_8192_SHA512),
        ];
        Self { modulus: modulus.into(), exponent, schemes: schemes.map(scheme) }
    }

    fn parsed(&self, parameters: &'static RsaParameters) -> Option<ParsedPublicKey> {
        let exponent = self.exponent.to_be_bytes();
        let start = exponent.iter().position(|&byte| byte != 0)?;
        let components = RsaPublicKeyComponents { n: self.modulus.as_slice(), e: exponent.get(start..)? };
        components.to_parsed_public_key(parameters).ok()
    }
}

impl PreparedKey for Rsa {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let scheme = self.schemes.iter().find(|scheme| scheme.algorithm == algorithm);
        scheme
            .and_then(|scheme| scheme.key.get_or_init(|| self.parsed(scheme.parameters)).as_ref())
            .is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }
}
