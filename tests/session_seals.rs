//! The seal over sessions in software, by the same examples as the one by WebCrypto (`tests/js/web-seal.test.mjs`).
#![cfg(feature = "session")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use countersign::session::{Purpose, SealingKeys, Session, Site};
use serde_json::Value;

fn examples() -> Vec<Value> {
    let corpus: Value = serde_json::from_str(include_str!("corpus/session/seals.json")).expect("JSON");
    corpus["seals"].as_array().expect("an array").clone()
}

fn iv(hex: &str) -> [u8; 12] {
    let bytes =
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
    bytes.collect::<Vec<_>>().try_into().expect("12 bytes")
}

#[test]
fn what_is_sealed_is_the_same_everywhere() {
    let examples = examples();
    assert_eq!(examples.len(), 7);
    for example in &examples {
        let text = |name: &str| example[name].as_str().expect("a string");
        let purpose = match text("purpose") {
            "session" => Purpose::Session,
            "transaction" => Purpose::Transaction,
            _ => Purpose::Stored,
        };
        let keys = SealingKeys::new(&[text("secret")]).expect("a secret");
        let site = Site::new(text("origin")).expect("an origin");
        let sealed = keys.seal(purpose, text("name"), &site, iv(text("iv")), text("text").as_bytes());
        assert_eq!(sealed, text("sealed"), "{}", text("what"));
        assert_eq!(keys.open(purpose, text("name"), &site, &sealed), Some(text("text").as_bytes().to_vec()));
        if purpose == Purpose::Session {
            let session = Session::from_text(text("text").as_bytes(), 1_800_000_000).expect("a session");
            assert_eq!(session.subject(), "alice");
            assert_eq!(session.to_text(), text("text"), "written as it was");
        }
    }
}
