//! A key for the engine alone, in an instance that holds nothing else.

use core::fmt;

use crate::engine::{Prepared, prepare};
use crate::jose::algorithm::Algorithm;
use crate::jose::public_key::PublicKey;

/// A key that has been judged elsewhere, prepared for the arithmetic of this crate.
pub struct EngineKey(Prepared);

impl EngineKey {
    /// Prepares a key of the algorithm with this place in the table, from the bytes of
    /// [`crate::keys::VerifyingKey::engine_bytes`]. None where these are no such key's.
    pub fn new(algorithm: usize, bytes: &[u8]) -> Option<Self> {
        prepare(&PublicKey::from_bytes(by_index(algorithm)?, bytes)?).ok().flatten().map(Self)
    }

    /// Whether the signature is valid. Its form has been checked elsewhere. None where there is no such algorithm.
    pub fn verify(&self, algorithm: usize, message: &[u8], signature: &[u8]) -> Option<bool> {
        Some(self.0.verify(by_index(algorithm)?, message, signature))
    }
}

impl fmt::Debug for EngineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EngineKey")
    }
}

fn by_index(index: usize) -> Option<Algorithm> {
    Algorithm::all().nth(index)
}
