//! Nonces that need no memory (RFC 9449 §8, §9): authenticators of a step of time.

use core::fmt;

use alloc::string::String;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::encoding::base64url;
use crate::error::ConfigError;

/// Says what the authenticator is for, should the secret be used elsewhere too.
const PURPOSE: &[u8] = b"countersign DPoP-Nonce ";

/// As long as the authenticator.
const MIN_SECRET: usize = 32;

/// The nonces of a secret.
#[derive(Clone)]
pub(crate) struct Nonces(Hmac<Sha256>);

impl Nonces {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, ConfigError> {
        let key = (secret.len() >= MIN_SECRET).then(|| Hmac::new_from_slice(secret).ok()).flatten();
        key.map(Self).ok_or(ConfigError::new("nonce_secret", "must be at least 32 random bytes"))
    }

    /// The nonce of a step.
    pub(crate) fn at(&self, step: u64) -> String {
        let tag = self.0.clone().chain_update(PURPOSE).chain_update(step.to_be_bytes()).finalize();
        base64url::encode(&tag.into_bytes())
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
