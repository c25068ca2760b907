//! ECDSA over P-256, P-384, P-521 and secp256k1 (RFC 7518 §3.4, RFC 8812), by the RustCrypto crates.

use alloc::boxed::Box;
use alloc::vec::Vec;

use signature3::hazmat::PrehashVerifier;

use crate::crypto::PreparedKey;
use crate::crypto::hash::Hash;
use crate::error::KeyFault;
use crate::jose::algorithm::{Algorithm, Curve};

/// Prepares a point of a curve, and refuses one that is not on it.
pub(crate) fn prepare(curve: Curve, x: &[u8], y: &[u8]) -> Result<Box<dyn PreparedKey>, KeyFault> {
    // SEC 1 §2.3.3, uncompressed.
    let point: Vec<u8> = [&[4], x, y].concat();
    Ok(match curve {
        Curve::P256 => Box::new(P256(p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(|_| KeyFault::Point)?)),
        Curve::P384 => Box::new(P384(p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(|_| KeyFault::Point)?)),
        Curve::P521 => Box::new(P521(p521::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(|_| KeyFault::Point)?)),
        Curve::Secp256k1 => {
            Box::new(Secp256k1(k256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(|_| KeyFault::Point)?))
        }
    })
}

macro_rules! curve {
    ($name:ident, $curve:ident, $hash:expr, $normalize:expr) => {
        struct $name($curve::ecdsa::VerifyingKey);

        impl PreparedKey for $name {
            fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
                $curve::ecdsa::Signature::from_slice(signature)
                    .map($normalize)
                    .and_then(|signature| self.0.verify_prehash(&$hash.digest(message), &signature))
                    .is_ok()
            }
        }
    };
}

curve!(P256, p256, Hash::Sha256, |signature| signature);
curve!(P384, p384, Hash::Sha384, |signature| signature);
curve!(P521, p521, Hash::Sha512, |signature| signature);
// The crate wants the lower of s and −s, a rule of Bitcoin's that JOSE does not have.
curve!(Secp256k1, k256, Hash::Sha256, |signature: k256::ecdsa::Signature| signature.normalize_s());
