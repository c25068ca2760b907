//! Preparation at first use.

use alloc::boxed::Box;

use crate::engine::{PreparedKey, prepare_now};
use crate::jose::algorithm::Algorithm;
use crate::jose::public_key::PublicKey;
use crate::sync::OnceLock;

/// A key that is prepared when the first signature arrives.
pub(crate) struct Key {
    public: PublicKey,
    /// None if the arithmetic refuses the key after all: it then verifies nothing
    prepared: OnceLock<Option<Box<dyn PreparedKey>>>,
}

impl Key {
    pub(crate) const fn new(public: PublicKey) -> Self {
        Self { public, prepared: OnceLock::new() }
    }
}

impl PreparedKey for Key {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let prepared = self.prepared.get_or_init(|| prepare_now(&self.public).ok());
        prepared.as_ref().is_some_and(|key| key.verify(algorithm, message, signature))
    }
}
