//! For the tests of programs that verify tokens: an issuer whose keys and answers the test decides (feature `testing`).
//! Its private keys are made from their names, and are no secret.

mod issuer;
mod key;
mod server;

pub use issuer::{Failure, Mint, TestIssuer};
