//! The corpus of `tests/corpus`, natively: each case comes to the verdict that it names.
#![cfg(not(target_arch = "wasm32"))]
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

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;

use common::Corpus;
use countersign::error::ErrorArea;
use countersign::{Error, ErrorCode, Expectations};
use countersign_testkit::corpus;

const NAMES: [&str; 4] = ["algorithms", "attacks", "keys", "vendors"];

fn all_cases() -> Vec<common::Case> {
    NAMES.into_iter().flat_map(|name| Corpus::read(name).cases).collect()
}

#[test]
fn every_case_comes_to_its_verdict_and_says_nothing_of_the_token() {
    let mut verdicts = BTreeMap::new();
    let mut failures = Vec::new();
    for name in NAMES {
        let corpus = Corpus::read(name);
        let mut verifiers = HashMap::new();
        for case in &corpus.cases {
            let verifier = verifiers.entry(&case.verifier).or_insert_with(|| corpus.verifier(&case.verifier));
            let (verdict, error) = match verifier {
                Err(unmade) => (unmade.verdict(), None),
                Ok(verifier) => {
                    let expectations = case.expectations.clone().unwrap_or_default();
                    match verifier.verify_with(&case.token, &expectations, corpus.now) {
                        Ok(token) => {
                            assert_eq!(token.header().json(), decoded(&case.token, 0), "{}", case.id);
                            assert_eq!(token.claims().json(), decoded(&case.token, 1), "{}", case.id);
                            ("ok", None)
                        }
                        Err(error) => (error.code().as_str(), Some(error)),
                    }
                }
            };
            if verdict != case.expect {
                failures.push(format!("{}: {verdict}, not {} ({error:?})", case.id, case.expect));
            } else if let Some(claim) = &case.claim {
                let told = error.as_ref().and_then(Error::claim);
                if told != Some(claim) {
                    failures.push(format!("{}: the claim is {told:?}, not {claim}", case.id));
                }
            }
            if let Some(error) = &error {
                assert!(!discloses(error, &case.token), "{}: {error}", case.id);
            }
            assert!(verdicts.insert(case.id.clone(), verdict).is_none(), "two cases are called {}", case.id);
        }
    }
    let folder = common::target().join("verdicts");
    fs::create_dir_all(&folder).unwrap();
    let text = serde_json::to_string_pretty(&verdicts).unwrap();
    fs::write(folder.join("native.json"), text + "\n").unwrap();
    println!("{} cases", verdicts.len());
    assert!(failures.is_empty(), "{} cases differ:\n{}", failures.len(), failures.join("\n"));
}

/// No message or field repeats as much as 24 characters of a token.
fn discloses(error: &Error, token: &str) -> bool {
    let told = format!("{error} {:?} {:?}", error.expected(), error.actual());
    token.split('.').filter_map(|segment| segment.get(..24)).any(|sample| told.contains(sample))
}

fn decoded(token: &str, segment: usize) -> String {
    let text = token.split('.').nth(segment).unwrap();
    String::from_utf8(countersign_testkit::base64url::decode(text)).unwrap()
}

/// The verdict is the same when the two phases are taken one by one, and `finish` never trusts a bad signature.
#[test]
fn two_phases_come_to_the_same() {
    let corpus = Corpus::read("attacks");
    let mut seen = 0;
    for case in &corpus.cases {
        let Ok(verifier) = corpus.verifier(&case.verifier) else { continue };
        let expectations = case.expectations.clone().unwrap_or_default();
        let Ok(pending) = verifier.begin(case.token.as_bytes()) else { continue };
        seen += 1;
        let valid = pending.verify(case.token.as_bytes()).unwrap();
        assert_eq!(pending.signing_input_length(), case.token.rfind('.').unwrap());
        let verdict = verifier
            .finish(pending, valid, &expectations, corpus.now)
            .err()
            .map_or("ok", |error| error.code().as_str());
        assert_eq!(verdict, case.expect, "{}", case.id);
        let pending = verifier.begin(case.token.as_bytes()).unwrap();
        let refused = verifier.finish(pending, false, &Expectations::default(), corpus.now);
        assert_eq!(refused, Err(Error::SignatureInvalid), "{}", case.id);
    }
    assert!(seen > 300, "{seen} cases reach the signature");
}

#[test]
fn the_corpus_covers_the_catalogue() {
    let cases = all_cases();
    let rules: BTreeSet<&str> = cases.iter().map(|case| case.rule.as_str()).collect();
    let chapters = [("A", 1..=10), ("B", 1..=11), ("C", 1..=3), ("D", 1..=9), ("E", 1..=11), ("H", 0..=2)];
    for (chapter, numbers) in chapters {
        for number in numbers {
            let rule = format!("{chapter}{number}");
            assert!(rules.contains(rule.as_str()), "no case is about {rule}");
        }
    }
    assert!(cases.len() >= 150, "{} cases", cases.len());
}

/// Each code that a signed token or a key can cause. Encrypted ones have tests of their own: tests/decryption.rs.
#[test]
fn the_corpus_covers_the_codes() {
    let of_key_sets = [ErrorCode::JwksInvalid];
    let cases = all_cases();
    let expected: BTreeSet<&str> = cases.iter().map(|case| case.expect.as_str()).collect();
    let of_encryption = [ErrorCode::EncryptionUnsupported, ErrorCode::DecryptionFailed];
    let of_tokens =
        ErrorCode::ALL.iter().filter(|code| code.area() == ErrorArea::Token && !of_encryption.contains(code));
    for code in of_tokens.chain(&of_key_sets) {
        assert!(expected.contains(code.as_str()), "no case comes to {code}");
    }
    let known: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).chain(["ok", "config"]).collect();
    assert!(expected.is_subset(&known), "{:?}", expected.difference(&known));
}

#[test]
fn the_files_are_what_the_testkit_writes() {
    for (name, corpus) in corpus::files() {
        let file = fs::read_to_string(common::root().join("tests/corpus").join(name).with_extension("json")).unwrap();
        let same = file == corpus.json();
        assert!(same, "tests/corpus/{name}.json is stale: run `cargo run -p countersign-testkit --bin corpus`");
        assert!(file.len() < 700_000, "{} bytes are a lot to send to every host", file.len());
    }
}
