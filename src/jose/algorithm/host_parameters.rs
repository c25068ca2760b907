//! WebCrypto's parameters for the algorithms of the table, used from Rust and from JavaScript.

use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme};

/// The members of an algorithm object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebParameters {
    pub(crate) name: &'static str,
    pub(crate) hash: Option<&'static str>,
    pub(crate) named_curve: Option<&'static str>,
    pub(crate) salt_length: Option<usize>,
}

/// The algorithm objects of one algorithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebAlgorithm {
    /// For `importKey`
    pub(crate) import: WebParameters,
    /// For `verify`
    pub(crate) verify: WebParameters,
}

impl WebAlgorithm {
    /// None where WebCrypto lacks the algorithm.
    pub(crate) fn of(algorithm: Algorithm) -> Option<Self> {
        let entry = algorithm.entry();
        if !entry.web_crypto {
            return None;
        }
        let hash = entry.hash.map(Hash::web_name);
        let named = |name| WebParameters { name, hash: None, named_curve: None, salt_length: None };
        Some(match entry.scheme {
            Scheme::RsaPkcs1 => Self {
                import: WebParameters { hash, ..named("RSASSA-PKCS1-v1_5") },
                verify: named("RSASSA-PKCS1-v1_5"),
            },
            Scheme::RsaPss => Self {
                import: WebParameters { hash, ..named("RSA-PSS") },
                verify: WebParameters { salt_length: entry.hash.map(Hash::length), ..named("RSA-PSS") },
            },
            Scheme::Ecdsa(curve) => Self {
                import: WebParameters { named_curve: Some(curve.name()), ..named("ECDSA") },
                verify: WebParameters { hash, ..named("ECDSA") },
            },
            Scheme::Ed25519 => Self { import: named("Ed25519"), verify: named("Ed25519") },
            Scheme::MlDsa(_) | Scheme::Hmac(_) => return None,
        })
    }
}
