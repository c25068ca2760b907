//! Nonces that need no memory (RFC 9449 §8, §9): authenticators of a step of time.

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::encoding::base64url;
use crate::error::ConfigError;
use crate::hash::{Hash, Mac};

/// Says what the authenticator is for, should the secret be used elsewhere too.
const PURPOSE: &[u8] = b"countersign DPoP-Nonce ";

/// As long as the authenticator.
const MIN_SECRET: usize = 32;

/// The nonces of a secret.
#[derive(Clone)]
pub(crate) struct Nonces(Zeroizing<Vec<u8>>);

impl Nonces {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, ConfigError> {
        if secret.len() < MIN_SECRET {
            return Err(ConfigError::new("nonce_secret", "must be at least 32 random bytes"));
        }
        Ok(Self(Zeroizing::new(secret.into())))
    }

    /// The nonce of a step: HMAC with SHA-256.
    pub(crate) fn at(&self, step: u64) -> String {
        let message = [PURPOSE, &step.to_be_bytes()].concat();
        base64url::encode(&Mac::new(Hash::Sha256, &self.0).tag(&message))
    }

    /// Whether a text is the nonce of a step.
    pub(crate) fn is_at(&self, step: u64, nonce: &str) -> bool {
        self.at(step).as_bytes().ct_eq(nonce.as_bytes()).into()
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
            let reference = hmac::Key::new(&SharedSecret::new(Algorithm::HS256, &secret).unwrap());
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
