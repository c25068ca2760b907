//! Ed25519 (RFC 8032, RFC 8037) with strict semantics, by `ed25519-dalek`.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::crypto::PreparedKey;
use crate::error::KeyFault;
use crate::jose::algorithm::Algorithm;

pub(crate) struct Key(VerifyingKey);

impl Key {
    pub(crate) fn new(point: &[u8; 32]) -> Result<Self, KeyFault> {
        VerifyingKey::from_bytes(point).map(Self).map_err(|_| KeyFault::Point)
    }
}

impl PreparedKey for Key {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}
