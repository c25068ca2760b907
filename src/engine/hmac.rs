//! HMAC (RFC 7518 §3.2), compared in constant time.

use alloc::vec::Vec;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::engine::PreparedKey;
use crate::hash::Hash;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

/// A secret absorbed into the hash state.
pub(crate) enum Key {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl Key {
    /// None only if the crate refused the length of the secret, which HMAC never does.
    pub(crate) fn new(secret: &SharedSecret) -> Option<Self> {
        let bytes = secret.bytes();
        Some(match secret.hash() {
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(bytes).ok()?),
            Hash::Sha384 => Self::Sha384(Hmac::new_from_slice(bytes).ok()?),
            Hash::Sha512 => Self::Sha512(Hmac::new_from_slice(bytes).ok()?),
        })
    }
}

impl Key {
    /// The authentication tag of a message.
    pub(crate) fn tag(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Self::Sha384(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Self::Sha512(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
        }
    }
}

impl PreparedKey for Key {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], tag: &[u8]) -> bool {
        fn holds<M: Mac + Clone>(mac: &M, message: &[u8], tag: &[u8]) -> bool {
            mac.clone().chain_update(message).verify_slice(tag).is_ok()
        }
        match self {
            Self::Sha256(mac) => holds(mac, message, tag),
            Self::Sha384(mac) => holds(mac, message, tag),
            Self::Sha512(mac) => holds(mac, message, tag),
        }
    }
}
