//! Encrypted tokens, decrypted natively by AWS-LC: those of RFC 7520, and those that jose has made.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::jose::jwe::{ContentEncryption, Decryption, DecryptionKey, KeyManagement};
use countersign::{DecryptionKeys, Error};
use serde_json::Value;

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decryption").join(name);
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("text")).expect("base64url")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn decrypt(keys: &DecryptionKeys, token: &str) -> Result<String, Error> {
    let mut decryption = Decryption::begin(token, keys.keys(), &[7; 64])?;
    loop {
        let answer = keys.perform(&decryption.step());
        if let Some(text) = decryption.answer(answer.as_deref())? {
            return Ok(text);
        }
    }
}

fn keys_of(row: &Value) -> DecryptionKeys {
    let alg = KeyManagement::from_name(text(&row["alg"])).expect("an alg");
    let enc = ContentEncryption::from_name(text(&row["enc"])).expect("an enc");
    let secret = bytes(&row["secret"]);
    let keys = DecryptionKeys::new();
    match alg {
        KeyManagement::RsaOaep256 => keys.rsa(&secret, |key| key.kid("k").encryptions([enc])),
        KeyManagement::Dir => keys.direct(DecryptionKey::direct(enc, &secret).expect("a key")),
        _ => keys.ec(DecryptionKey::ec(alg, text(&row["curve"])).expect("a key"), &secret),
    }
    .expect("keys")
}

#[test]
fn tokens_that_jose_has_encrypted() {
    let file = read("tokens.json");
    let rows = file["tokens"].as_array().expect("tokens");
    assert_eq!(rows.len(), 44);
    for row in rows {
        let keys = keys_of(row);
        let token = text(&row["token"]);
        assert_eq!(decrypt(&keys, token).as_deref(), Ok(text(&file["content"])), "{} {}", row["alg"], row["enc"]);
        // Whatever is changed in what is secret, the answer is the same.
        let segments: Vec<&str> = token.split('.').collect();
        for at in 1..5 {
            let mut changed = URL_SAFE_NO_PAD.decode(segments[at]).expect("base64url");
            let Some(byte) = changed.last_mut() else { continue };
            *byte ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            let mut parts = segments.clone();
            parts[at] = &changed;
            assert_eq!(decrypt(&keys, &parts.join(".")), Err(Error::DecryptionFailed), "{} {at}", row["alg"]);
        }
    }
}

#[test]
fn the_examples_of_rfc_7520() {
    let file = read("rfc7520.json");
    for row in file["examples"].as_array().expect("examples") {
        let key = &row["key"];
        let keys = match text(&row["section"]) {
            "5.4" => {
                let described = DecryptionKey::ec(KeyManagement::EcdhEsA128Kw, "P-384").expect("a key");
                DecryptionKeys::new().ec(described.kid(text(&key["kid"])), &bytes(&key["d"]))
            }
            _ => DecryptionKeys::new()
                .direct(DecryptionKey::direct(ContentEncryption::A128Gcm, &[7; 16]).expect("a key")),
        };
        let keys = keys.expect("keys");
        match text(&row["section"]) {
            "5.1" | "5.2" => {
                let error = decrypt(&keys, text(&row["token"])).expect_err("RSA1_5, and OAEP with SHA-1");
                assert_eq!(error.code().as_str(), "encryption_unsupported");
            }
            "5.6" => {
                let key = DecryptionKey::direct(ContentEncryption::A128Gcm, &bytes(&key["k"])).expect("a key");
                let keys = DecryptionKeys::new().direct(key).expect("keys");
                assert_eq!(decrypt(&keys, text(&row["token"])).as_deref(), Ok(text(&row["plaintext"])));
            }
            _ => assert_eq!(decrypt(&keys, text(&row["token"])).as_deref(), Ok(text(&row["plaintext"]))),
        }
    }
}

#[test]
fn mistakes_with_keys() {
    let ec = || DecryptionKey::ec(KeyManagement::EcdhEs, "P-256").expect("a key");
    let rsa = || DecryptionKey::rsa(256).expect("a key");
    assert!(DecryptionKeys::new().ec(ec(), &[7; 31]).is_err());
    assert!(DecryptionKeys::new().ec(ec(), &[0; 32]).is_err());
    assert!(DecryptionKeys::new().ec(rsa(), &[7; 32]).is_err());
    assert!(DecryptionKeys::new().rsa(&[7; 32], Ok).is_err());
    assert!(DecryptionKeys::new().direct(rsa()).is_err());
}
