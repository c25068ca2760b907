//! Shared secrets for HMAC (RFC 7518 §3.2), which no key set ever provides.

use core::fmt;

use alloc::vec::Vec;
use zeroize::Zeroizing;

use crate::encoding::base64url;
use crate::error::{Error, KeyInvalidReason, KeyUnsuitableReason};
use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme};

/// A secret of at least the length of its algorithm's hash, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret {
    hash: Hash,
    bytes: Zeroizing<Vec<u8>>,
}

impl SharedSecret {
    /// The most bytes that a secret may have. HMAC hashes whatever is longer than a block, so more adds nothing.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Takes the raw bytes of a secret that both sides share.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] when the secret is shorter than the hash (RFC 7518 §3.2) or longer than 16 KiB, or when it is a
    /// PEM, a JWK, an SSH or a DER key: then the caller mistakes a public key for a secret (RFC 8725
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
        let Scheme::Hmac(hash) = algorithm.entry().scheme else {
            return Err(KeyUnsuitableReason::AlgorithmForKey.into());
        };
        if bytes.len() > Self::MAX_LENGTH {
            return Err(KeyInvalidReason::Length.into());
        }
        if looks_like_a_key(bytes) {
            return Err(KeyInvalidReason::SecretIsKey.into());
        }
        if bytes.len() < hash.length() {
            return Err(KeyInvalidReason::SecretTooShort.into());
        }
        Ok(Self { hash, bytes: Zeroizing::new(bytes.into()) })
    }

    /// The one algorithm that the secret is for.
    pub const fn algorithm(&self) -> Algorithm {
        match self.hash {
            Hash::Sha256 => Algorithm::HS256,
            Hash::Sha384 => Algorithm::HS384,
            Hash::Sha512 => Algorithm::HS512,
        }
    }

    pub(crate) const fn hash(&self) -> Hash {
        self.hash
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// Whether the bytes are a key of any kind in any of its usual wrappings. A secret that is drawn at
/// random never is: the least of these marks has three given bytes and a given length.
fn looks_like_a_key(bytes: &[u8]) -> bool {
    if is_key(bytes) {
        return true;
    }
    // The body of a PEM file without its armour, and DER in base64url.
    let digits = bytes.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=').map(|byte| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => *other,
    });
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(digits.collect());
    base64url::decode(&text).map(Zeroizing::new).is_ok_and(|decoded| is_key(&decoded))
}

fn is_key(bytes: &[u8]) -> bool {
    // UTF-16 is ASCII with NULs between.
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.iter().copied().filter(|byte| *byte != 0).collect());
    let contains = |needle: &[u8]| text.windows(needle.len()).any(|window| window == needle);
    let starts = |prefix: &[u8]| text.trim_ascii_start().starts_with(prefix);
    contains(b"-- BEGIN")
        || contains(b"--BEGIN")
        || contains(b"\"kty\"")
        || [&b"ssh-"[..], b"sk-ssh-", b"ecdsa-sha2-", b"sk-ecdsa-"].into_iter().any(starts)
        || is_der_key(bytes)
}

/// Whether this is one DER sequence that begins with another or with an integer: SPKI, PKCS #1 and #8,
/// SEC 1 and X.509 all do.
fn is_der_key(bytes: &[u8]) -> bool {
    let (length, content) = match *bytes.trim_ascii_end() {
        [0x30, 0x82, high, low, ref content @ ..] => (usize::from(high) << 8 | usize::from(low), content),
        [0x30, 0x81, length, ref content @ ..] | [0x30, length @ 0..=0x7f, ref content @ ..] => {
            (usize::from(length), content)
        }
        _ => return false,
    };
    // Trimming may have taken bytes of the content, which white space after it may also be.
    let untrimmed = bytes.len().saturating_sub(bytes.trim_ascii_end().len()).saturating_add(content.len());
    (content.len()..=untrimmed).contains(&length) && matches!(content, [0x30 | 0x02, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_bytes_of_the_hash_length() {
        for (algorithm, length) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
            assert!(SharedSecret::new(algorithm, &alloc::vec![7; length]).is_ok());
            let short = SharedSecret::new(algorithm, &alloc::vec![7; length - 1]);
            assert_eq!(short, Err(Error::KeyInvalid(KeyInvalidReason::SecretTooShort)));
        }
        assert_eq!(
            SharedSecret::new(Algorithm::RS256, &[7; 64]),
            Err(Error::KeyUnsuitable(KeyUnsuitableReason::AlgorithmForKey))
        );
    }

    #[test]
    fn refuses_keys_in_disguise() {
        // An Ed25519 key in DER, with a newline after it, in base64 and in base64url.
        const DER: &[u8] = b"0*0\x05\x06\x03+ep\x03!\x00\xd7Z\x98\x01\x82\xb1\n\xb7\xd5K\xfe\xd3\xc9d\x07:\x0e\xe1r\xf3\xda\xa6#%\xaf\x02\x1ah\xf7\x07Q\x1a";
        let wrapped = [
            DER.to_vec(),
            [DER, b"\n"].concat(),
            b"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n".to_vec(),
            b"MCowBQYDK2VwAyEA11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_vec(),
            "-----BEGIN PUBLIC KEY-----".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ];
        for bytes in wrapped {
            assert_eq!(
                SharedSecret::new(Algorithm::HS256, &bytes),
                Err(Error::KeyInvalid(KeyInvalidReason::SecretIsKey))
            );
        }
        let disguises: [&[u8]; 9] = [
            b"\xef\xbb\xbf{\"kty\":\"RSA\",\"n\":\"AAAAAAAAAAAAAAAA\",\"e\":\"AQAB\"}",
            br#"[{"kty":"RSA","kty":"RSA","n":"AAAAAAAAAAAAAAAA","e":"AQAB"}]"#,
            b"---- BEGIN SSH2 PUBLIC KEY ----",
            b" \n-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
            b"-----BEGIN RSA PUBLIC KEY-----                        ",
            b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDJ8J7h",
            br#" {"kty":"RSA","n":"AAAAAAAAAAAAAAAAAAAAAAAAAAAA","e":"AQAB"}"#,
            br#"{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#,
            b"-----BEGIN CERTIFICATE-----                        ",
        ];
        for bytes in disguises {
            assert_eq!(
                SharedSecret::new(Algorithm::HS256, bytes),
                Err(Error::KeyInvalid(KeyInvalidReason::SecretIsKey))
            );
        }
    }

    #[test]
    fn debug_output_hides_the_bytes() {
        let secret = SharedSecret::new(Algorithm::HS256, &[7; 32]);
        assert_eq!(alloc::format!("{secret:?}"), "Ok(SharedSecret { algorithm: HS256, .. })");
    }
}
