//! Encrypted tokens (RFC 7516): a signed token, encrypted for one client.
//!
//! [`Decryption`] reads the compact form, chooses the key, and says what the host's cryptography has to do, step by step.
//! What comes out is the signed token inside, which nobody has verified yet: who encrypts to a public key can be anybody.

mod algorithm;
mod content;
mod decryption;
mod header;
mod kdf;
mod key;
#[cfg(test)]
mod tests;

pub use algorithm::{ContentEncryption, KeyManagement};
pub use decryption::{Decryption, DecryptionStep, is_encrypted};
pub use key::DecryptionKey;
