//! HMAC (RFC 7518 §3.2), compared in constant time.

use alloc::vec::Vec;

use crate::engine::PreparedKey;
use crate::hash::{Hash, Mac};
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

/// A secret absorbed into the hash state.
pub(crate) struct Key {
    hash: Hash,
    mac: Mac,
}

impl Key {
    pub(crate) fn new(secret: &SharedSecret) -> Self {
        let hash = secret.hash();
        Self { hash, mac: Mac::new(hash, secret.bytes()) }
    }

    /// The authentication tag of a message.
    pub(crate) fn tag(&self, message: &[u8]) -> Vec<u8> {
        self.mac.tag(message)
    }
}

impl PreparedKey for Key {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], tag: &[u8]) -> bool {
        tag.len() == self.hash.length() && self.mac.begins_with(message, tag)
    }
}
