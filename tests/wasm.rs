//! The core in a browser: the corpus with the in-crate engine and with the browser's WebCrypto.
#![cfg(all(target_arch = "wasm32", feature = "webcrypto"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::HashMap;

use common::{Case, Corpus};
use countersign::interop::WebCrypto;
use countersign::{Error, Verifier};
use wasm_bindgen_test::wasm_bindgen_test;

fn corpora() -> [Corpus; 2] {
    [include_str!("corpus/algorithms.json"), include_str!("corpus/attacks.json")].map(Corpus::parse)
}

fn verdict<T>(result: Result<T, Error>) -> &'static str {
    result.map_or_else(|error| error.code().as_str(), |_| "ok")
}

/// Every case whose verifier can be made, with its verifier.
fn cases(corpus: &Corpus) -> Vec<(&Case, Verifier)> {
    corpus.cases.iter().filter_map(|case| Some((case, corpus.verifier(&case.verifier).ok()?))).collect()
}

#[wasm_bindgen_test]
fn the_engine_comes_to_every_verdict() {
    for corpus in corpora() {
        let cases = cases(&corpus);
        assert!(cases.len() > 10);
        for (case, verifier) in cases {
            let expectations = case.expectations.clone().unwrap_or_default();
            let actual = verdict(verifier.verify_with(&case.token, &expectations, corpus.now));
            assert_eq!(actual, case.expect, "{}", case.id);
        }
    }
}

#[wasm_bindgen_test]
async fn web_crypto_comes_to_every_verdict() {
    let engine = WebCrypto::new().unwrap();
    for corpus in corpora() {
        for (case, verifier) in cases(&corpus) {
            let expectations = case.expectations.clone().unwrap_or_default();
            let actual = verdict(engine.verify(&verifier, &case.token, &expectations, corpus.now).await);
            assert_eq!(actual, case.expect, "{}", case.id);
        }
    }
}

#[wasm_bindgen_test]
async fn many_verifications_at_once_do_not_mix() {
    let engine = WebCrypto::new().unwrap();
    let [corpus, _] = corpora();
    let verifiers: HashMap<&str, Verifier> =
        cases(&corpus).into_iter().map(|(case, verifier)| (case.verifier.as_str(), verifier)).collect();
    let all = corpus.cases.iter().map(|case| {
        let expectations = case.expectations.clone().unwrap_or_default();
        let (engine, verifier, now) = (&engine, &verifiers[case.verifier.as_str()], corpus.now);
        async move { verdict(engine.verify(verifier, &case.token, &expectations, now).await) }
    });
    let verdicts = futures_util::future::join_all(all).await;
    for (case, actual) in corpus.cases.iter().zip(verdicts) {
        assert_eq!(actual, case.expect, "{}", case.id);
    }
}
