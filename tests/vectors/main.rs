//! Collected vectors, which are not part of this repository: `COUNTERSIGN_VECTORS` names their folder.
//!
//! Without it each test says so and passes. With it every file must be there, and every count is
//! asserted, so that a case that is lost is a failure too.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unreachable,
    reason = "a test fails by panicking and prints what it did"
)]

mod examples;
mod jose;
mod json;
mod primitives;

use std::path::{Path, PathBuf};

use countersign::{Error, Verifier};
use primitives::{COMMON, Counts, GENERATED};
use serde_json::Value;

const OKP: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// The folder, or None after saying why the test is skipped.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("COUNTERSIGN_VECTORS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: COUNTERSIGN_VECTORS names no folder of vectors");
    }
    folder
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&read(path)).expect("JSON")
}

/// A token's form, header, key and signature, whatever its payload is. An error, or whether it held.
fn holds(verifier: &Verifier, token: &str) -> Result<bool, Error> {
    verifier.begin(token.as_bytes())?.verify(token.as_bytes())
}

/// A builder whose policy the vectors never reach.
fn builder() -> countersign::verify::VerifierBuilder {
    Verifier::builder().issuer("https://issuer.example").audience("audience").engine(primitives::ENGINE)
}

#[test]
fn wycheproof_primitives() {
    let Some(folder) = folder() else { return };
    let text = |name: &str| {
        let bytes = read(&folder.join("wycheproof").join(format!("{name}_test.json")));
        String::from_utf8(bytes).expect("UTF-8")
    };
    let common = primitives::run(COMMON, text);
    let generated = primitives::run(GENERATED, text);
    let cases = |counts: Counts| counts.accepted + counts.refused;
    println!("wycheproof primitives: {} cases", cases(common) + cases(generated));
    // With the 649 cases about JOSE in jose.rs these are all 8,751.
    assert_eq!(cases(common) + cases(generated), 8_102);
}
