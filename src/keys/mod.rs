//! Keys that verify signatures, and the selection of the one for a token.

pub(crate) mod key_set;
pub(crate) mod known_answers;
pub(crate) mod verifying_key;

pub use crate::engine::Engine;
pub use key_set::SkippedKey;
pub use verifying_key::VerifyingKey;
