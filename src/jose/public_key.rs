//! Public keys as plain numbers, with the policy that makes one acceptable and the form of the
//! signatures that it can verify. Engines differ in what they let through; nothing gets past this.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::json::writer::JsonWriter;
use crate::error::KeyInvalidReason;
use crate::jose::algorithm::{Algorithm, Curve, ParameterSet};
use crate::jose::curves::{self, ED25519_ORDER, is_safe_ed25519_point, order};
use crate::jose::roca;

/// A public key whose parameters passed the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Modulus, big-endian and minimal, and exponent.
    Rsa {
        modulus: Vec<u8>,
        exponent: u32,
    },
    /// Coordinates of full field length, and of a point if [`PublicKey::is_on_curve`].
    Ec {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    /// An encoding that is canonical and not of small order, and of a point if [`PublicKey::is_on_curve`].
    Ed25519([u8; 32]),
    MlDsa {
        set: ParameterSet,
        key: Vec<u8>,
    },
}

impl PublicKey {
    /// RSA, 2048 to 4096 bits, with an exponent of at least 65537 (NIST SP 800-56B §6.4.1.1).
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyInvalidReason> {
        // Some servers prepend the sign byte of ASN.1 to the modulus: one zero is tolerated.
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        let leading_zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
        let bits = u32::try_from(modulus.len())
            .ok()
            .and_then(|length| length.checked_mul(8))
            .and_then(|bits| bits.checked_sub(leading_zeros))
            .ok_or(KeyInvalidReason::RsaSize)?;
        // A leading zero byte left here means eight zeros: not minimal, and refused by its size or now.
        if !(2048..=4096).contains(&bits) || leading_zeros >= 8 {
            return Err(KeyInvalidReason::RsaSize);
        }
        if exponent.len() > 4 || exponent.first() == Some(&0) {
            return Err(KeyInvalidReason::RsaExponent);
        }
        let exponent = exponent.iter().fold(0u32, |value, &byte| value << 8 | u32::from(byte));
        if exponent < 65537 || exponent & 1 == 0 {
            return Err(KeyInvalidReason::RsaExponent);
        }
        if modulus.last().is_none_or(|byte| byte & 1 == 0)
            || SMALL_PRIMES.iter().any(|&prime| roca::remainder(modulus, prime) == 0)
        {
            return Err(KeyInvalidReason::RsaModulus);
        }
        if roca::has_fingerprint(modulus) {
            return Err(KeyInvalidReason::Roca);
        }
        Ok(Self::Rsa { modulus: modulus.into(), exponent })
    }

    /// A point of a prime curve by its coordinates, each of exactly the field's length.
    pub(crate) fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyInvalidReason> {
        if x.len() != curve.field_length() || y.len() != curve.field_length() {
            return Err(KeyInvalidReason::Length);
        }
        Ok(Self::Ec { curve, x: x.into(), y: y.into() })
    }

    /// [`PublicKey::ec`], from the uncompressed form of SEC 1 §2.3.3: 4, x, y. The compressed forms are
    /// not used in this field.
    pub(crate) fn ec_point(curve: Curve, bytes: &[u8]) -> Result<Self, KeyInvalidReason> {
        let point = bytes.strip_prefix(&[4]).ok_or(KeyInvalidReason::Point)?;
        let (x, y) = point.split_at_checked(curve.field_length()).ok_or(KeyInvalidReason::Length)?;
        Self::ec(curve, x, y)
    }

    /// An Ed25519 point, canonical and not of small order.
    pub(crate) fn ed25519(point: &[u8]) -> Result<Self, KeyInvalidReason> {
        let point: [u8; 32] = point.try_into().map_err(|_| KeyInvalidReason::Length)?;
        if is_safe_ed25519_point(&point) { Ok(Self::Ed25519(point)) } else { Err(KeyInvalidReason::SmallOrder) }
    }

    /// An ML-DSA key of a parameter set.
    pub(crate) fn ml_dsa(set: ParameterSet, key: &[u8]) -> Result<Self, KeyInvalidReason> {
        if key.len() == set.key_length() {
            Ok(Self::MlDsa { set, key: key.into() })
        } else {
            Err(KeyInvalidReason::Length)
        }
    }

    /// Whether the key is a point of its curve. Other kinds of keys have none, and have been checked before.
    pub(crate) fn is_on_curve(&self) -> bool {
        match self {
            Self::Rsa { .. } | Self::MlDsa { .. } => true,
            Self::Ec { curve, x, y } => curves::is_point(*curve, x, y),
            Self::Ed25519(point) => curves::is_ed25519_point(point),
        }
    }

    /// The algorithm that the key's type or curve dictates; RSA keys serve several.
    pub(crate) const fn only_algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Rsa { .. } => None,
            Self::Ec { curve, .. } => Some(curve.algorithm()),
            Self::Ed25519(_) => Some(Algorithm::EdDSA),
            Self::MlDsa { set, .. } => Some(set.algorithm()),
        }
    }

    /// Whether the algorithm is one for this type of key.
    pub(crate) fn supports(&self, algorithm: Algorithm) -> bool {
        match self.only_algorithm() {
            Some(dictated) => dictated == algorithm,
            None => algorithm.is_rsa(),
        }
    }

    /// Whether the bytes can be a signature under this key at all: exact length, numbers in range, no
    /// Ed25519 point of small order. A host's engine may be laxer, so it never sees the others.
    pub(crate) fn is_well_formed_signature(&self, signature: &[u8]) -> bool {
        match self {
            // RFC 8017 §8.2.2 step 1 and §5.2.2 step 1. Equal lengths compare like the numbers.
            Self::Rsa { modulus, .. } => signature.len() == modulus.len() && signature < modulus.as_slice(),
            // RFC 7518 §3.4: R and S, each of the field's length; FIPS 186-5 §6.4.2: both in 1..n.
            Self::Ec { curve, .. } => {
                let in_range = |number: &[u8]| number.iter().any(|&byte| byte != 0) && number < order(*curve);
                signature.len() == curve.field_length().saturating_mul(2)
                    && signature.split_at_checked(curve.field_length()).is_some_and(|(r, s)| in_range(r) && in_range(s))
            }
            // RFC 8032 §5.1.7, and "strict": R canonical and not of small order.
            Self::Ed25519(_) => match signature.as_chunks::<32>() {
                ([r, s], []) => is_safe_ed25519_point(r) && s.iter().rev().lt(ED25519_ORDER.iter().rev()),
                _ => false,
            },
            Self::MlDsa { set, .. } => signature.len() == set.signature_length(),
        }
    }

    /// The canonical public JWK: required members only, in the order of RFC 7638.
    pub(crate) fn to_jwk(&self) -> String {
        match self {
            Self::Rsa { modulus, exponent } => {
                let bytes = exponent.to_be_bytes();
                let minimal = bytes.iter().position(|&byte| byte != 0).and_then(|start| bytes.get(start..));
                let exponent = base64url::encode(minimal.unwrap_or(&[]));
                let modulus = base64url::encode(modulus);
                JsonWriter::new().text("e", &exponent).text("kty", "RSA").text("n", &modulus)
            }
            Self::Ec { curve, x, y } => {
                let [x, y] = [x, y].map(|coordinate| base64url::encode(coordinate));
                JsonWriter::new().text("crv", curve.name()).text("kty", "EC").text("x", &x).text("y", &y)
            }
            Self::Ed25519(point) => {
                let point = base64url::encode(point);
                JsonWriter::new().text("crv", "Ed25519").text("kty", "OKP").text("x", &point)
            }
            Self::MlDsa { set, key } => {
                let key = base64url::encode(key);
                JsonWriter::new().text("alg", set.algorithm().name()).text("kty", "AKP").text("pub", &key)
            }
        }
        .end()
    }
}

/// Trial division catches broken generators; it costs next to nothing.
const SMALL_PRIMES: [u32; 30] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn modulus(bytes: usize) -> Vec<u8> {
        // An odd number of the right size without a factor among the small primes.
        let mut modulus = alloc::vec![0xff; bytes];
        while SMALL_PRIMES.iter().any(|&prime| roca::remainder(&modulus, prime) == 0) {
            let last = modulus.len() - 2;
            modulus[last] -= 1;
        }
        modulus
    }

    #[test]
    fn rsa_keys_of_ordinary_size_pass() {
        for bytes in [256, 384, 512] {
            assert!(PublicKey::rsa(&modulus(bytes), &[1, 0, 1]).is_ok());
        }
        let mut signed = alloc::vec![0];
        signed.extend(modulus(256));
        assert_eq!(PublicKey::rsa(&signed, &[1, 0, 1]), PublicKey::rsa(&modulus(256), &[1, 0, 1]));
    }

    #[test]
    fn weak_rsa_keys_are_refused() {
        let good = modulus(256);
        let mut short = good.clone();
        short[0] = 0x7f;
        let mut even = good.clone();
        even[255] = 0xfe;
        for modulus in [short, modulus(255), modulus(513), modulus(8192), Vec::new(), alloc::vec![0; 256]] {
            assert_eq!(PublicKey::rsa(&modulus, &[1, 0, 1]), Err(KeyInvalidReason::RsaSize));
        }
        assert_eq!(PublicKey::rsa(&even, &[1, 0, 1]), Err(KeyInvalidReason::RsaModulus));
        for exponent in [&[1][..], &[3], &[1, 0, 0], &[1, 0, 2], &[0, 1, 0, 1], &[1, 0, 0, 0, 1], &[]] {
            assert_eq!(PublicKey::rsa(&good, exponent), Err(KeyInvalidReason::RsaExponent), "{exponent:?}");
        }
    }

    #[test]
    fn ecdsa_signatures_must_be_in_range() {
        let key = PublicKey::Ec { curve: Curve::P256, x: alloc::vec![0; 32], y: alloc::vec![0; 32] };
        let signature = |r: &[u8], s: &[u8]| [r, s].concat();
        let one = [&[0; 31][..], &[1]].concat();
        let n = order(Curve::P256);
        let mut below = n.to_vec();
        below[31] -= 1;
        assert!(key.is_well_formed_signature(&signature(&one, &below)));
        assert!(key.is_well_formed_signature(&signature(&below, &one)));
        for (r, s) in [(&[0; 32][..], &one[..]), (&one, &[0; 32]), (n, &one), (&one, n), (&[0xff; 32], &one)] {
            assert!(!key.is_well_formed_signature(&signature(r, s)));
        }
        assert!(!key.is_well_formed_signature(&signature(&one, &[0, 1])));
        assert!(!key.is_well_formed_signature(&[1; 65]));
    }

    #[test]
    fn ed25519_points_of_small_order_are_refused_with_either_sign() {
        for y in curves::SMALL_ORDER_Y {
            for sign in [0, 0x80] {
                let mut point = y;
                point[31] |= sign;
                assert_eq!(PublicKey::ed25519(&point), Err(KeyInvalidReason::SmallOrder));
            }
        }
        // p and p + 1 are 0 and 1 in disguise; p − 2 is an ordinary canonical y.
        for (first, safe) in [(0xed, false), (0xee, false), (0xff, false), (0xeb, true)] {
            let mut point = [0xff; 32];
            point[0] = first;
            point[31] = 0x7f;
            assert_eq!(PublicKey::ed25519(&point).is_ok(), safe);
        }
        assert_eq!(PublicKey::ed25519(&[9; 31]), Err(KeyInvalidReason::Length));
    }

    #[test]
    fn ed25519_scalars_must_be_below_the_order() {
        let key = PublicKey::Ed25519([9; 32]);
        let signature = |s: [u8; 32]| [[9; 32], s].concat();
        let mut below = ED25519_ORDER;
        below[0] -= 1;
        assert!(key.is_well_formed_signature(&signature(below)));
        assert!(!key.is_well_formed_signature(&signature(ED25519_ORDER)));
        assert!(!key.is_well_formed_signature(&signature([0xff; 32])));
        assert!(!key.is_well_formed_signature(&[9; 63]));
        assert!(!key.is_well_formed_signature(&[9; 96]));
    }
}
