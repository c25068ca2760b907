//! Every public item of the crate answers what it is asked: each test here fails when one of them answers a constant.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may"
)]

mod errors;
mod guards;
mod json;
mod key_sets;
mod keys;
mod options;
mod remote;
mod sign_in;
mod tokens;
mod verifiers;

use countersign::verify::VerifierBuilder;
use countersign::{Error, ErrorCode, KeySet, Verifier};
use countersign_testkit::corpus::{AUDIENCE, ISSUER};
use countersign_testkit::{Key, Members, Token};

/// A verifier of tokens of [`Key::of`] this algorithm.
fn builder(algorithm: &str) -> VerifierBuilder {
    let keys = KeySet::from_json(&Key::of(algorithm).key_set()).unwrap();
    Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(keys)
}

/// An access token signed by [`Key::of`] this algorithm.
fn token(algorithm: &str, claims: &Members) -> String {
    let key = Key::of(algorithm);
    Token::of(&key, algorithm, claims).sign(&key, algorithm)
}

fn code<T>(result: Result<T, Error>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}
