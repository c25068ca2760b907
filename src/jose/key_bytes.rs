//! Public keys as bytes, for an engine in another instance. The instance that writes them has judged the key.

use alloc::vec::Vec;

#[cfg(any(feature = "engine", test))]
use crate::jose::algorithm::{Algorithm, Scheme};
use crate::jose::public_key::PublicKey;

/// Bytes of RSA's exponent, little-endian, in front of the modulus.
#[cfg(any(feature = "engine", test))]
const EXPONENT: usize = 4;

impl PublicKey {
    /// The key without what its algorithm says.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Rsa { modulus, exponent } => [exponent.to_le_bytes().as_slice(), modulus].concat(),
            Self::Ec { x, y, .. } => [x.as_slice(), y].concat(),
            Self::Ed25519(point) => point.to_vec(),
            Self::MlDsa { key, .. } => key.clone(),
        }
    }

    /// The reverse of [`PublicKey::to_bytes`]. None where the length cannot be.
    #[cfg(any(feature = "engine", test))]
    pub(crate) fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        match algorithm.entry().scheme {
            Scheme::RsaPkcs1 | Scheme::RsaPss => {
                let (exponent, modulus) = bytes.split_first_chunk::<EXPONENT>()?;
                let is_possible = (256..=512).contains(&modulus.len());
                is_possible.then(|| Self::Rsa { modulus: modulus.into(), exponent: u32::from_le_bytes(*exponent) })
            }
            Scheme::Ecdsa(curve) => {
                let (x, y) = bytes.split_at_checked(curve.field_length())?;
                Self::ec(curve, x, y).ok()
            }
            Scheme::Ed25519 => bytes.try_into().ok().map(Self::Ed25519),
            Scheme::MlDsa(set) => Self::ml_dsa(set, bytes).ok(),
            Scheme::Hmac(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_the_way_there_and_back() {
        for (algorithm, length) in [
            (Algorithm::RS256, 260),
            (Algorithm::PS512, 516),
            (Algorithm::ES256, 64),
            (Algorithm::ES384, 96),
            (Algorithm::ES512, 132),
            (Algorithm::ES256K, 64),
            (Algorithm::EdDSA, 32),
            (Algorithm::MLDSA44, 1312),
            (Algorithm::MLDSA65, 1952),
            (Algorithm::MLDSA87, 2592),
        ] {
            let bytes: Vec<u8> = (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect();
            let key = PublicKey::from_bytes(algorithm, &bytes).unwrap();
            assert_eq!(key.to_bytes(), bytes, "{algorithm}");
            assert_eq!(PublicKey::from_bytes(algorithm, &bytes[..length / 2]), None, "{algorithm}");
        }
        assert_eq!(PublicKey::from_bytes(Algorithm::HS256, &[7; 32]), None);
    }
}
