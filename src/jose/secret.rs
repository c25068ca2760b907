//! Shared secrets for HMAC (RFC 7518 §3.2), which no key set ever provides.

use core::fmt;

use alloc::vec::Vec;
use zeroize::Zeroizing;

use crate::encoding::json;
use crate::error::{Error, KeyFault, KeyMismatch};
use crate::jose::algorithm::{Algorithm, Scheme};
use crate::jose::pem;

/// A secret of at least the length of its algorithm's hash, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret {
    algorithm: Algorithm,
    bytes: Zeroizing<Vec<u8>>,
}

impl SharedSecret {
    /// Takes the raw bytes of a secret that both sides share.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] when the secret is shorter than the hash (RFC 7518 §3.2), or when it is a
    /// PEM, a JWK, an SSH or a DER key: then somebody mistakes a public key for a secret (RFC 8725
    /// §2.1). [`Error::KeyUnsuitable`] when the algorithm is not HS256, HS384 or HS512.
    ///
    /// # Example
    /// ```
    /// use countersign::{Algorithm, SharedSecret, Verifier};
    ///
    /// # let secret = [7; 32];
    /// let verifier = Verifier::builder()
    ///     .issuer("https://tenant.example/")
    ///     .audience("https://api.example")
    ///     .keys(SharedSecret::new(Algorithm::HS256, &secret)?)
    ///     .build()?;
    /// assert!(SharedSecret::new(Algorithm::HS256, b"too short").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        if algorithm.entry().scheme != Scheme::Hmac {
            return Err(KeyMismatch::AlgorithmForKey.into());
        }
        if looks_like_a_key(bytes) {
            return Err(KeyFault::SecretIsKey.into());
        }
        let secret = Self { algorithm, bytes: Zeroizing::new(bytes.into()) };
        if secret.bytes.len() < secret.tag_length() {
            return Err(KeyFault::SecretTooShort.into());
        }
        Ok(secret)
    }

    /// The one algorithm that the secret is for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn tag_length(&self) -> usize {
        self.algorithm.entry().hash.map_or(usize::MAX, crate::crypto::hash::Hash::length)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

fn looks_like_a_key(bytes: &[u8]) -> bool {
    let contains = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let trimmed = bytes.trim_ascii_start();
    contains(b"-----BEGIN")
        || [&b"ssh-"[..], b"ecdsa-sha2-"].iter().any(|prefix| trimmed.starts_with(prefix))
        || json::parse_object(bytes, 8).is_ok_and(|members| members.contains_key("kty") || members.contains_key("keys"))
        || pem::is_der_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_bytes_of_the_hash_length() {
        for (algorithm, length) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
            assert!(SharedSecret::new(algorithm, &alloc::vec![7; length]).is_ok());
            let short = SharedSecret::new(algorithm, &alloc::vec![7; length - 1]);
            assert_eq!(short, Err(Error::KeyInvalid(KeyFault::SecretTooShort)));
        }
        assert_eq!(
            SharedSecret::new(Algorithm::RS256, &[7; 64]),
            Err(Error::KeyUnsuitable(KeyMismatch::AlgorithmForKey))
        );
    }

    #[test]
    fn refuses_keys_in_disguise() {
        let disguises: [&[u8]; 6] = [
            b" \n-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
            b"-----BEGIN RSA PUBLIC KEY-----                        ",
            b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDJ8J7h",
            br#" {"kty":"RSA","n":"AAAAAAAAAAAAAAAAAAAAAAAAAAAA","e":"AQAB"}"#,
            br#"{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#,
            b"-----BEGIN CERTIFICATE-----                        ",
        ];
        for bytes in disguises {
            assert_eq!(SharedSecret::new(Algorithm::HS256, bytes), Err(Error::KeyInvalid(KeyFault::SecretIsKey)));
        }
    }

    #[test]
    fn debug_output_hides_the_bytes() {
        let secret = SharedSecret::new(Algorithm::HS256, &[7; 32]);
        assert_eq!(alloc::format!("{secret:?}"), "Ok(SharedSecret { algorithm: HS256, .. })");
    }
}
