//! The corpus in a build without the feature `engine`: every verdict is the one that it names, keys' above all, but for
//! tokens whose signature only an engine could judge.
#![cfg(all(not(feature = "engine"), not(target_arch = "wasm32")))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a test may"
)]

mod common;

use std::collections::HashMap;

use common::Corpus;
use countersign::keys::VerifyingKey;
use countersign::{Error, ErrorCode};

/// Whether a verdict is about what comes after the key: the signature, and the claims under it.
fn is_after_the_key(verdict: &str) -> bool {
    let from = ErrorCode::ALL.iter().position(|code| *code == ErrorCode::SignatureInvalid).unwrap();
    let until = ErrorCode::ALL.iter().position(|code| *code == ErrorCode::JwksUnavailable).unwrap();
    verdict == "ok" || ErrorCode::ALL[from..until].iter().any(|code| code.as_str() == verdict)
}

#[test]
fn verdicts_differ_only_where_an_engine_is_asked() {
    let (mut same, mut unavailable, mut key_invalid) = (0, 0, 0);
    for name in ["algorithms", "attacks", "keys", "vendors"] {
        let corpus = Corpus::read(name);
        let mut verifiers = HashMap::new();
        for case in &corpus.cases {
            let verifier = verifiers.entry(&case.verifier).or_insert_with(|| corpus.verifier(&case.verifier));
            let verdict = match verifier {
                Err(unmade) => unmade.verdict(),
                Ok(verifier) => {
                    let expectations = case.expectations.clone().unwrap_or_default();
                    let verdict = verifier.verify_with(&case.token, &expectations, corpus.now);
                    verdict.err().map_or("ok", |error| error.code().as_str())
                }
            };
            if verdict == "engine_unavailable" {
                let has_public_key = !corpus.options(&case.verifier).contains_key("secret");
                assert!(has_public_key && is_after_the_key(&case.expect), "{}: no engine for {}", case.id, case.expect);
                unavailable += 1;
            } else {
                assert_eq!(verdict, case.expect, "{}", case.id);
                // Under a public key nothing but a signature that is none can be judged.
                let is_judged = corpus.options(&case.verifier).contains_key("secret") || verdict == "signature_invalid";
                assert!(is_judged || !is_after_the_key(verdict), "{}: {verdict} without an engine", case.id);
                same += 1;
                key_invalid += usize::from(verdict == "key_invalid");
            }
        }
    }
    println!("{same} same verdicts, {key_invalid} of them on keys; {unavailable} tokens want an engine");
    assert!(same > 300 && key_invalid > 50 && unavailable > 200, "{same}, {key_invalid}, {unavailable}");
}

#[test]
fn a_bare_signature_wants_an_engine_too() {
    let corpus = Corpus::read("algorithms");
    let case = corpus.cases.iter().find(|case| case.id == "ES256-valid").unwrap();
    let jwk = &corpus.options(&case.verifier)["jwks"]["keys"][0];
    let key = VerifyingKey::from_jwk(&jwk.to_string()).unwrap();
    assert_eq!(key.engine(), None);
    let (message, signature) = case.token.rsplit_once('.').unwrap();
    let signature = countersign_testkit::base64url::decode(signature);
    let algorithm = key.algorithm().unwrap();
    let error = key.verify_signature(algorithm, message.as_bytes(), &signature).unwrap_err();
    assert_eq!((error.code().as_str(), error.status()), ("engine_unavailable", 500));
    assert!(!error.may_change_with_new_keys());
    assert_eq!(key.verify_signature(algorithm, message.as_bytes(), &signature[1..]), Err(Error::SignatureInvalid));
}
