//! Signs tokens for tests: fixed keys for every algorithm, tokens in any shape, and the corpus of attacks.
//!
//! Everything here is deterministic. The keys are public, and so worth nothing.

pub mod base64url;
pub mod corpus;
pub mod der;
pub mod ecdsa_raw;
pub mod ed25519;
pub mod hash;
pub mod key;
pub mod members;
pub mod number;
pub mod primes;
pub mod random;
pub mod rsa_raw;
pub mod token;

pub use key::{ALGORITHMS, Key};
pub use members::{Members, quote};
pub use token::Token;
