//! The table of algorithms as the hosts' engines need it.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::crypto::hash::Hash;
use crate::crypto::web_parameters::{WebAlgorithm, WebParameters};
use crate::jose::algorithm::{Algorithm, Scheme};

/// One row for each algorithm, as JSON, in the order of the frame's index.
#[wasm_bindgen]
pub fn algorithms() -> String {
    let rows: Vec<String> = Algorithm::all().map(row).collect();
    ["[", &rows.join(","), "]"].concat()
}

/// `null` stands for a host's cryptography that lacks the algorithm.
fn row(algorithm: Algorithm) -> String {
    let web = WebAlgorithm::of(algorithm).map(|WebAlgorithm { import, verify }| {
        object([("import", Some(parameters(&import))), ("verify", Some(parameters(&verify)))])
    });
    object([
        ("name", text(Some(algorithm.name()))),
        ("node", node(algorithm).or_else(null)),
        ("webcrypto", web.or_else(null)),
    ])
}

fn parameters(WebParameters { name, hash, named_curve, salt_length }: &WebParameters) -> String {
    object([
        ("name", text(Some(name))),
        ("hash", text(*hash)),
        ("namedCurve", text(*named_curve)),
        ("saltLength", salt_length.map(|length| length.to_string())),
    ])
}

/// Arguments of `crypto.verify` in `node:crypto`
fn node(algorithm: Algorithm) -> Option<String> {
    let entry = algorithm.entry();
    let (padding, salt_length, dsa_encoding) = match entry.scheme {
        Scheme::RsaPkcs1 | Scheme::Ed25519 => (None, None, None),
        Scheme::RsaPss => (Some("pss"), entry.hash.map(Hash::length), None),
        Scheme::Ecdsa(_) => (None, None, Some("ieee-p1363")),
        Scheme::MlDsa { .. } | Scheme::Hmac => return None,
    };
    let hash = entry.hash.filter(|_| entry.scheme != Scheme::Ed25519).map(|hash| match hash {
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    });
    Some(object([
        ("hash", text(hash).or_else(null)),
        ("padding", text(padding)),
        ("saltLength", salt_length.map(|length| length.to_string())),
        ("dsaEncoding", text(dsa_encoding)),
    ]))
}

/// The members that have a value. Nothing in the table needs an escape.
fn object<const N: usize>(members: [(&str, Option<String>); N]) -> String {
    let mut json = String::from("{");
    for (name, value) in members {
        if let Some(value) = value {
            json.push_str(if json.len() > 1 { ",\"" } else { "\"" });
            json.push_str(name);
            json.push_str("\":");
            json.push_str(&value);
        }
    }
    json.push('}');
    json
}

fn text(value: Option<&str>) -> Option<String> {
    value.map(|value| ["\"", value, "\""].concat())
}

#[allow(clippy::unnecessary_wraps, reason = "the shape that or_else wants")]
fn null() -> Option<String> {
    Some("null".to_owned())
}
