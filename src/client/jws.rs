//! JSON Web Signatures that the host makes: the bytes to sign, and the signature that comes back.

use alloc::string::String;

use crate::encoding::base64url;
use crate::error::ConfigError;
use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme};

/// The use of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningPurpose {
    /// A client assertion (RFC 7523 §2.2): sign with the client's private key
    ClientAssertion,
    /// A DPoP proof (RFC 9449 §4.2): sign with the private key of the [`crate::client::DpopKey`]
    DpopProof,
}

/// Bytes for the host to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningInput {
    /// The key to sign with
    pub purpose: SigningPurpose,
    /// The algorithm. Signatures of ECDSA are the two numbers side by side (RFC 7518 §3.4), as WebCrypto makes them.
    pub algorithm: Algorithm,
    /// The bytes to sign, which are ASCII
    pub input: String,
}

/// The JWS signing input (RFC 7515 §5.1).
pub(super) fn signing_input(header: &str, payload: &str) -> String {
    [base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes())].join(".")
}

pub(super) fn compact(input: &str, signature: &[u8]) -> String {
    [input, &base64url::encode(signature)].join(".")
}

/// Whether the bytes can be a signature of this algorithm: what is told apart is above all ECDSA in DER.
pub(super) fn check_signature(algorithm: Algorithm, signature: &[u8]) -> Result<(), ConfigError> {
    let length = signature.len();
    let fits = match algorithm.entry().scheme {
        Scheme::Ecdsa(curve) => length == curve.field_length().saturating_mul(2),
        Scheme::Ed25519 => length == 64,
        Scheme::RsaPkcs1 | Scheme::RsaPss => (256..=512).contains(&length),
        Scheme::MlDsa(set) => length == set.signature_length(),
        Scheme::Hmac(hash) => length == hash.length(),
    };
    if fits {
        return Ok(());
    }
    Err(ConfigError {
        option: "signature",
        problem: "is no signature of the algorithm: those of ECDSA are two numbers side by side, and not DER",
    })
}

/// Identifiers that nobody can guess, from the bytes of one random number.
#[derive(Clone)]
pub(super) struct Identifiers {
    seed: [u8; 32],
    counter: u32,
}

impl Identifiers {
    pub(super) const fn new(seed: &[u8; 32]) -> Self {
        Self { seed: *seed, counter: 0 }
    }

    /// 128 bits in base64url, others each time.
    pub(super) fn next(&mut self) -> String {
        base64url::encode(&self.block(0)[..16])
    }

    /// A seed for identifiers of their own, another one each time.
    pub(super) fn seed(&mut self) -> [u8; 32] {
        self.block(1)
    }

    fn block(&mut self, purpose: u8) -> [u8; 32] {
        let mut bytes = self.seed.to_vec();
        bytes.push(purpose);
        bytes.extend(self.counter.to_be_bytes());
        self.counter = self.counter.wrapping_add(1);
        let mut block = [0; 32];
        for (to, from) in block.iter_mut().zip(Hash::Sha256.digest(&bytes)) {
            *to = from;
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_differ() {
        let mut ids = Identifiers::new(&[7; 32]);
        let [one, two, three] = [ids.next(), ids.next(), Identifiers::new(&[8; 32]).next()];
        assert_eq!(one.len(), 22);
        assert!(one != two && one != three);
        let mut ids = Identifiers::new(&[7; 32]);
        let [four, five] = [ids.seed(), ids.seed()];
        assert_ne!(four, five);
        assert_ne!(base64url::encode(&four[..16]), one);
    }

    #[test]
    fn signatures_have_the_length_of_their_algorithm() {
        for (algorithm, right, wrong) in [
            (Algorithm::ES256, 64, 70),
            (Algorithm::ES384, 96, 64),
            (Algorithm::EdDSA, 64, 63),
            (Algorithm::RS256, 256, 255),
            (Algorithm::PS512, 512, 513),
            (Algorithm::HS256, 32, 31),
        ] {
            let check = |length| check_signature(algorithm, &alloc::vec![1; length]);
            assert_eq!(check(right), Ok(()), "{algorithm:?}");
            assert_eq!(check(wrong).map_err(|error| error.option), Err("signature"), "{algorithm:?}");
        }
    }
}
