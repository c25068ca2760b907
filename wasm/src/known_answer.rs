//! What the hosts' engines have to answer before they are used.

use alloc::string::String;

use countersign::internal::{JsonWriter, KnownAnswer};
use wasm_bindgen::prelude::wasm_bindgen;

/// The known answer that a host's engine is tested with before use, as JSON: `{ jwk, message, good, bad }`, the JWK as
/// text in it and bytes in base64url. `undefined` for an algorithm that no host is asked about.
#[wasm_bindgen(js_name = knownAnswer)]
pub fn known_answer(algorithm: &str) -> Option<String> {
    let KnownAnswer { jwk, message, good, bad } = KnownAnswer::of(algorithm.parse().ok()?)?;
    Some(JsonWriter::new().text("jwk", jwk).text("message", message).text("good", good).text("bad", &bad).end())
}
