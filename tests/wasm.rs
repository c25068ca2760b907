//! The core in a browser: the corpus with the in-crate engine and with the browser's WebCrypto.
#![cfg(all(target_arch = "wasm32", feature = "webcrypto"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may"
)]

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

mod records {
    use countersign::client::Transaction;
    use countersign::interop::serde_wasm_bindgen::{ConversionError, from_value, to_value};
    use js_sys::{JSON, Object, Reflect};
    use wasm_bindgen::{JsCast as _, JsValue};
    use wasm_bindgen_test::wasm_bindgen_test;

    const TRANSACTION: &str = r#"{"state":"s","nonce":"n","codeVerifier":"v","issuer":"https://id.example",
        "clientId":"app","redirectUri":"https://app.example/cb","tokenEndpoint":"https://id.example/token",
        "requireIssuer":true,"expiresAt":1800000000}"#;

    fn value(json: &str) -> JsValue {
        JSON::parse(json).unwrap()
    }

    #[wasm_bindgen_test]
    fn a_transaction_goes_to_javascript_and_comes_back() {
        let transaction: Transaction = from_value(&value(TRANSACTION)).unwrap();
        assert_eq!((transaction.state.as_str(), transaction.expires_at), ("s", 1_800_000_000));
        let written = to_value(&transaction).unwrap();
        assert_eq!(Object::get_prototype_of(&written), Object::get_prototype_of(&Object::new()), "a plain object");
        assert_eq!(Reflect::get(&written, &"expiresAt".into()).unwrap(), JsValue::from(1_800_000_000));
        assert_eq!(from_value::<Transaction>(&written).unwrap(), transaction);
    }

    #[wasm_bindgen_test]
    fn what_is_inherited_is_no_member() {
        let missing = value(&TRANSACTION.replace("\"nonce\":\"n\",", ""));
        let prototype = Object::get_prototype_of(&Object::new());
        Reflect::set(&prototype, &"nonce".into(), &"inherited".into()).unwrap();
        let read = from_value::<Transaction>(&missing);
        Reflect::delete_property(&prototype, &"nonce".into()).unwrap();
        assert_eq!(read.unwrap().nonce, None);
    }

    #[wasm_bindgen_test]
    fn whatever_is_no_record_is_refused() {
        for (from, to) in [
            ("\"s\"", "1"),
            ("1800000000", "-1"),
            ("1800000000", "1.5"),
            ("true", "\"true\""),
            ("\"state\":\"s\",", ""),
            ("\"state\"", "\"other\""),
        ] {
            let altered = value(&TRANSACTION.replacen(from, to, 1));
            assert_eq!(from_value::<Transaction>(&altered), Err(ConversionError::Shape), "{from} {to}");
        }
        for json in ["null", "1", "\"s\"", "[]", "{}"] {
            assert_eq!(from_value::<Transaction>(&value(json)), Err(ConversionError::Shape), "{json}");
        }
        assert_eq!(from_value::<Transaction>(&JsValue::UNDEFINED), Err(ConversionError::Shape));
        let cyclic = value(TRANSACTION);
        Reflect::set(&cyclic, &"self".into(), &cyclic).unwrap();
        assert_eq!(from_value::<Transaction>(&cyclic), Err(ConversionError::Depth));
        assert_eq!(to_value(&u64::MAX), Err(ConversionError::Unrepresentable));
        let error = JsValue::from(ConversionError::Shape);
        assert!(error.is_instance_of::<js_sys::TypeError>());
    }
}
