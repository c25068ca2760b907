//! The table of algorithms as the hosts' engines need it.

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::crypto::hash::Hash;
use crate::crypto::web_parameters::WebAlgorithm;
use crate::jose::algorithm::{Algorithm, Scheme};
use crate::wasm::errors::json;

#[derive(Serialize)]
struct Row {
    name: &'static str,
    node: Option<Node>,
    webcrypto: Option<WebAlgorithm>,
}

/// Arguments of `crypto.verify` in `node:crypto`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    hash: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dsa_encoding: Option<&'static str>,
}

/// One row for each algorithm, as JSON, in the order of the frame's index.
#[wasm_bindgen]
pub fn algorithms() -> String {
    let rows: Vec<Row> = Algorithm::all()
        .map(|algorithm| Row { name: algorithm.name(), node: node(algorithm), webcrypto: WebAlgorithm::of(algorithm) })
        .collect();
    json(&rows)
}

fn node(algorithm: Algorithm) -> Option<Node> {
    let entry = algorithm.entry();
    let hash = entry.hash.map(|hash| match hash {
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    });
    let plain = Node { hash, padding: None, salt_length: None, dsa_encoding: None };
    match entry.scheme {
        Scheme::RsaPkcs1 => Some(plain),
        Scheme::RsaPss => Some(Node { padding: Some("pss"), salt_length: entry.hash.map(Hash::length), ..plain }),
        Scheme::Ecdsa(_) => Some(Node { dsa_encoding: Some("ieee-p1363"), ..plain }),
        Scheme::Ed25519 => Some(Node { hash: None, ..plain }),
        Scheme::MlDsa { .. } | Scheme::Hmac => None,
    }
}
