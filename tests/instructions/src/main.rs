//! Verifies one fixed token of the corpus so many times: what `cargo xtask instructions` counts the instructions of.
//!
//! Without arguments it tells what tokens there are; with `refusals`, which refused tokens are to cost the same.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line tool")]
#![allow(clippy::indexing_slicing, reason = "JSON answers null")]

use std::error::Error;
use std::hint::black_box;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign::{ErrorCode, Expectations, KeySet, SharedSecret, Verifier};
use serde_json::Value;

const CORPUS: &str = include_str!("../../corpus/algorithms.json");
const ATTACKS: &str = include_str!("../../corpus/attacks.json");

/// Those that people use, one of each arithmetic; and what is left when nobody checks the signature.
const NAMES: [&str; 10] =
    ["RS256", "PS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA", "ML-DSA-65", "HS256", "without-signature"];

/// The algorithms of ECDSA, whose work a sender has a say in.
const CURVES: [&str; 4] = ["es256", "es384", "es512", "es256k"];

/// Which of the tables of a key are used in which verifications of it, from the first on.
const TABLES: [(&str, u64, u64); 2] = [("small", 4, 12), ("larger", 24, 32)];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => println!("{}", NAMES.join("\n")),
        ["refusals"] => {
            for (curve, (table, fewer, more)) in CURVES.iter().flat_map(|curve| TABLES.map(|table| (curve, table))) {
                println!("D1-{curve}-swapped D1-{curve}-factor-of-both-{table} {fewer} {more}");
            }
        }
        [case, times] if case.starts_with("D1-") => refuse(case, times.parse()?)?,
        [name, times] => run(name, times.parse()?)?,
        _ => return Err("usage: countersign-instructions [refusals | NAME TIMES]".into()),
    }
    Ok(())
}

fn run(name: &str, times: usize) -> Outcome<()> {
    let corpus: Value = serde_json::from_str(CORPUS)?;
    let arithmetic = name != "without-signature";
    let algorithm = if arithmetic { name } else { "ES256" };
    let verifier = verifier(&corpus["verifiers"][algorithm], algorithm)?;
    let case = format!("{algorithm}-valid");
    let cases = corpus["cases"].as_array().ok_or("the corpus has no cases")?;
    let token = cases.iter().find(|entry| entry["id"] == case).and_then(|entry| entry["token"].as_str());
    let token = token.ok_or("the corpus has no such token")?;
    let now = corpus["now"].as_u64().ok_or("the corpus has no time")?;
    for _ in 0..times {
        let token = black_box(token);
        if arithmetic {
            black_box(verifier.verify(token, now)?);
        } else {
            let pending = verifier.begin(token.as_bytes())?;
            black_box(verifier.finish(pending, true, &Expectations::default(), now)?);
        }
    }
    Ok(())
}

/// Puts a token of the attacks to its verifier, which has to find that the signature is wrong.
fn refuse(case: &str, times: usize) -> Outcome<()> {
    let corpus: Value = serde_json::from_str(ATTACKS)?;
    let cases = corpus["cases"].as_array().ok_or("the corpus has no cases")?;
    let case = cases.iter().find(|entry| entry["id"] == case).ok_or("the corpus has no such case")?;
    let options = case["verifier"].as_str().ok_or("the case has no verifier")?;
    let verifier = verifier(&corpus["verifiers"][options], "")?;
    let token = case["token"].as_str().ok_or("the case has no token")?;
    let now = corpus["now"].as_u64().ok_or("the corpus has no time")?;
    for _ in 0..times {
        match black_box(verifier.verify(black_box(token), now)) {
            Err(error) if error.code() == ErrorCode::SignatureInvalid => {}
            _ => return Err("the signature is not what is wrong".into()),
        }
    }
    Ok(())
}

fn verifier(options: &Value, algorithm: &str) -> Outcome<Verifier> {
    let text = |name: &str| options[name].as_str().ok_or(format!("the corpus has no {name}"));
    let builder = Verifier::builder().issuer(text("issuer")?).audience(text("audience")?);
    let builder = match options["secret"].as_str() {
        Some(secret) => builder.keys(SharedSecret::new(algorithm.parse()?, &BASE64_URL_SAFE_NO_PAD.decode(secret)?)?),
        None => builder.keys(KeySet::from_json(&options["jwks"].to_string())?),
    };
    Ok(builder.build()?)
}
