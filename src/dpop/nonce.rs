//! Nonces that need no memory (RFC 9449 §8, §9): authenticators of a step of time.

use core::fmt;

use alloc::string::String;
use alloc::sync::Arc;

use crate::encoding::base64url;
use crate::engine::PreparedKey as _;
use crate::engine::hmac;
use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

/// Says what the authenticator is for, should the secret be used elsewhere too.
const PURPOSE: &[u8] = b"countersign DPoP-Nonce ";

const LENGTH: usize = PURPOSE.len() + 8;

/// The nonces of a secret.
#[derive(Clone)]
pub(crate) struct Nonces(Arc<hmac::Key>);

impl Nonces {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, ConfigError> {
        let problem = ConfigError::new("nonce_secret", "must be at least 32 random bytes");
        let secret = SharedSecret::new(Algorithm::HS256, secret).map_err(|_| problem)?;
        hmac::Key::new(&secret).map(|key| Self(Arc::new(key))).ok_or(problem)
    }

    /// The nonce of a step.
    pub(crate) fn at(&self, step: u64) -> String {
        base64url::encode(&self.0.tag(&message(step)))
    }

    /// Whether a text is the nonce of a step.
    pub(crate) fn is_at(&self, step: u64, nonce: &str) -> bool {
        base64url::decode(nonce.as_bytes()).is_ok_and(|tag| self.0.verify(Algorithm::HS256, &message(step), &tag))
    }
}

fn message(step: u64) -> [u8; LENGTH] {
    let mut message = [0; LENGTH];
    for (place, byte) in message.iter_mut().zip(PURPOSE.iter().copied().chain(step.to_be_bytes())) {
        *place = byte;
    }
    message
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces")
    }
}
