//! The table of algorithms as the hosts' engines need it.

use alloc::string::{String, ToString as _};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::encoding::json::writer::{JsonWriter, array};
use crate::hash::Hash;
use crate::jose::algorithm::host_parameters::{WebAlgorithm, WebParameters};
use crate::jose::algorithm::{Algorithm, Scheme};
use crate::keys::known_answers::KnownAnswer;

/// One row for each algorithm, as JSON, in the order of the frame's index.
#[wasm_bindgen]
pub fn algorithms() -> String {
    array(Algorithm::all().map(row))
}

/// The known answer that a host's engine is tested with before use, as JSON: `{ jwk, message, good, bad }`, the JWK as
/// text in it and bytes in base64url. `undefined` for an algorithm that no host is asked about.
#[wasm_bindgen(js_name = knownAnswer)]
pub fn known_answer(algorithm: &str) -> Option<String> {
    let KnownAnswer { jwk, message, good, bad } = KnownAnswer::of(algorithm.parse().ok()?)?;
    Some(JsonWriter::new().text("jwk", jwk).text("message", message).text("good", good).text("bad", &bad).end())
}

/// `null` stands for a host's cryptography that lacks the algorithm.
fn row(algorithm: Algorithm) -> String {
    let web = WebAlgorithm::of(algorithm).map(|WebAlgorithm { import, verify }| {
        JsonWriter::new().json("import", &parameters(&import)).json("verify", &parameters(&verify)).end()
    });
    JsonWriter::new()
        .text("name", algorithm.name())
        .json("node", node(algorithm).as_deref().unwrap_or("null"))
        .json("webcrypto", web.as_deref().unwrap_or("null"))
        .end()
}

fn parameters(WebParameters { name, hash, named_curve, salt_length }: &WebParameters) -> String {
    let parameters = JsonWriter::new().text("name", name).text_if("hash", *hash).text_if("namedCurve", *named_curve);
    with_salt(parameters, *salt_length).end()
}

/// Arguments of `crypto.verify` in `node:crypto`
fn node(algorithm: Algorithm) -> Option<String> {
    let entry = algorithm.entry();
    let hash = entry.hash.filter(|_| entry.scheme != Scheme::Ed25519).map(|hash| match hash {
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    });
    let writer = match hash {
        Some(hash) => JsonWriter::new().text("hash", hash),
        None => JsonWriter::new().json("hash", "null"),
    };
    match entry.scheme {
        Scheme::RsaPkcs1 | Scheme::Ed25519 => Some(writer.end()),
        Scheme::RsaPss => Some(with_salt(writer.text("padding", "pss"), entry.hash.map(Hash::length)).end()),
        Scheme::Ecdsa(_) => Some(writer.text("dsaEncoding", "ieee-p1363").end()),
        Scheme::MlDsa(_) | Scheme::Hmac(_) => None,
    }
}

fn with_salt(writer: JsonWriter, length: Option<usize>) -> JsonWriter {
    match length {
        Some(length) => writer.json("saltLength", &length.to_string()),
        None => writer,
    }
}
