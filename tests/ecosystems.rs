//! The tokens that Python's libraries have signed, which `tests/ecosystems/run.mjs` makes and runs this with.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may"
)]

use countersign::json::Json;
use countersign::{Algorithm, ErrorCode, KeySet, SharedSecret, VerifiedToken, Verifier};
use serde_json::Value;

fn text(points: &Value) -> String {
    let point = |point: &Value| char::from_u32(u32::try_from(point.as_u64().unwrap()).unwrap()).unwrap();
    points.as_array().unwrap().iter().map(point).collect()
}

fn bytes(values: &Value) -> Vec<u8> {
    values.as_array().unwrap().iter().map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect()
}

/// The value that is meant: see sign.py for how that is spelled.
fn meaning(meant: &Value) -> Json {
    let (kind, value) = meant.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "literal" => value.as_bool().map_or(Json::Null, Json::Bool),
        "text" => Json::String(text(value)),
        "number" => Json::Number(f64::from_be_bytes(bytes(value).try_into().unwrap())),
        "array" => Json::Array(value.as_array().unwrap().iter().map(meaning).collect()),
        "object" => {
            let members = value.as_array().unwrap().iter();
            Json::Object(members.map(|member| (text(&member[0]), meaning(&member[1]))).collect())
        }
        other => panic!("nothing is spelled as {other}"),
    }
}

fn verify(entry: &Value, file: &Value) -> Result<VerifiedToken, ErrorCode> {
    let audience = &entry["expected"]["aud"];
    let audience = audience["array"].as_array().map_or(audience, |all| all.last().unwrap());
    let name = entry["algorithm"].as_str().unwrap();
    let algorithm: Algorithm = name.parse().unwrap();
    let keys = if algorithm.is_symmetric() {
        KeySet::from(SharedSecret::new(algorithm, &bytes(&file["secret"])).unwrap())
    } else {
        let key = file["jwks"]["keys"].as_array().unwrap().iter().find(|key| key["alg"] == name).unwrap();
        KeySet::from_json(&serde_json::json!({ "keys": [key] }).to_string()).unwrap()
    };
    let builder = Verifier::builder()
        .issuer(text(&entry["expected"]["iss"]["text"]))
        .audience(text(&audience["text"]))
        .subject(text(&entry["expected"]["sub"]["text"]))
        .keys(keys);
    let names = entry["names"].as_array().unwrap().iter();
    let verifier = names.fold(builder, |builder, name| builder.required_claim(text(name))).build().unwrap();
    let now = file["now"].as_u64().unwrap();
    verifier.verify(entry["token"].as_str().unwrap(), now).map_err(|error| error.code())
}

#[test]
fn every_token_verifies_and_is_read_as_it_was_meant() {
    let path = std::env::var_os("COUNTERSIGN_ECOSYSTEMS").expect("run `cargo xtask test ecosystems`");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tokens = file["tokens"].as_array().unwrap();
    assert!(!tokens.is_empty());
    let mut failures = Vec::new();
    for entry in tokens {
        let right = match (verify(entry, &file), &entry["meant"]) {
            (Err(code), Value::Null) => code == ErrorCode::ClaimInvalid,
            (Ok(token), meant @ Value::Object(_)) => {
                let Json::Object(members) = meaning(meant) else { panic!("claims are an object") };
                members.iter().all(|(name, value)| token.claims().get(name).is_some_and(|read| same(read, value)))
            }
            _ => false,
        };
        if !right {
            failures.push(format!("{} {}: {}", entry["library"], entry["algorithm"], entry["token"]));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), tokens.len(), failures.join("\n"));
}

/// Equal, and zeros of the same sign.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.to_bits() == other.to_bits(),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && same(one.1, other.1))
        }
        _ => one == other,
    }
}
