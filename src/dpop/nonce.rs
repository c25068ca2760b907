//! Nonces that need no memory (RFC 9449 §8, §9): authenticators of a step of time.

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::encoding::base64url;
use crate::error::ConfigError;
use crate::hash::Hash;

/// Says what the authenticator is for, should the secret be used elsewhere too.
const PURPOSE: &[u8] = b"countersign DPoP-Nonce ";

/// As long as the authenticator.
const MIN_SECRET: usize = 32;

/// A block of SHA-256.
const BLOCK: usize = 64;

/// The nonces of a secret, which is as long as a block.
#[derive(Clone)]
pub(crate) struct Nonces(Zeroizing<Vec<u8>>);

impl Nonces {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, ConfigError> {
        if secret.len() < MIN_SECRET {
            return Err(ConfigError::new("nonce_secret", "must be at least 32 random bytes"));
        }
        let mut key = Zeroizing::new(Vec::with_capacity(BLOCK));
        if secret.len() > BLOCK {
            key.extend_from_slice(&Hash::Sha256.digest(secret));
        } else {
            key.extend_from_slice(secret);
        }
        key.resize(BLOCK, 0);
        Ok(Self(key))
    }

    /// The nonce of a step: HMAC with SHA-256 (RFC 2104), by the hash that is there already.
    pub(crate) fn at(&self, step: u64) -> String {
        let inner = self.keyed_hash(0x36, &[PURPOSE, &step.to_be_bytes()]);
        base64url::encode(&self.keyed_hash(0x5c, &[&inner]))
    }

    /// Whether a text is the nonce of a step.
    pub(crate) fn is_at(&self, step: u64, nonce: &str) -> bool {
        self.at(step).as_bytes().ct_eq(nonce.as_bytes()).into()
    }

    fn keyed_hash(&self, pad: u8, parts: &[&[u8]]) -> Vec<u8> {
        let mut message = Zeroizing::new(Vec::with_capacity(BLOCK.saturating_mul(2)));
        message.extend(self.0.iter().map(|byte| byte ^ pad));
        for part in parts {
            message.extend_from_slice(part);
        }
        Hash::Sha256.digest(&message)
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PreparedKey as _;
    use crate::engine::hmac;
    use crate::jose::algorithm::Algorithm;
    use crate::jose::secret::SharedSecret;

    #[test]
    fn it_is_hmac() {
        for length in [32, 63, 64, 65, 200] {
            let secret: Vec<u8> = (0..length).collect();
            let nonces = Nonces::new(&secret).unwrap();
            let reference = hmac::Key::new(&SharedSecret::new(Algorithm::HS256, &secret).unwrap()).unwrap();
            for step in [0, 1, 30_000_000, u64::MAX] {
                let message = [PURPOSE, &step.to_be_bytes()].concat();
                let tag = base64url::decode(nonces.at(step).as_bytes()).unwrap();
                assert!(reference.verify(Algorithm::HS256, &message, &tag), "{length} {step}");
                assert!(nonces.is_at(step, &nonces.at(step)) && !nonces.is_at(step ^ 1, &nonces.at(step)));
            }
        }
        assert!(Nonces::new(&[0; 31]).is_err());
    }
}
