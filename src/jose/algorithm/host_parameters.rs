//! The parameters of WebCrypto and of `node:crypto` for the algorithms of the table.

use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme};

/// The members of an algorithm object.
#[derive(Clone, Copy, Debug)]
pub struct WebParameters {
    /// `name`
    pub name: &'static str,
    /// `hash`
    pub hash: Option<&'static str>,
    /// `namedCurve`
    pub named_curve: Option<&'static str>,
    /// `saltLength`, in bytes
    pub salt_length: Option<usize>,
}

/// The algorithm objects of one algorithm.
#[derive(Clone, Copy, Debug)]
pub struct WebAlgorithm {
    /// For `importKey`
    pub import: WebParameters,
    /// For `verify`
    pub verify: WebParameters,
}

impl WebAlgorithm {
    /// None where WebCrypto lacks the algorithm.
    pub fn of(algorithm: Algorithm) -> Option<Self> {
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

/// The arguments of `crypto.verify` in `node:crypto`.
#[derive(Clone, Copy, Debug)]
pub struct NodeParameters {
    /// The digest's name. None for algorithms that have theirs built in.
    pub hash: Option<&'static str>,
    /// The name of a padding that is not the default one.
    pub padding: Option<&'static str>,
    /// Bytes of salt, for that padding.
    pub salt_length: Option<usize>,
    /// The form of the two numbers of a signature.
    pub dsa_encoding: Option<&'static str>,
}

impl NodeParameters {
    /// None where `node:crypto` is not asked.
    pub fn of(algorithm: Algorithm) -> Option<Self> {
        let entry = algorithm.entry();
        let hash = entry.hash.filter(|_| entry.scheme != Scheme::Ed25519).map(|hash| match hash {
            Hash::Sha256 => "sha256",
            Hash::Sha384 => "sha384",
            Hash::Sha512 => "sha512",
        });
        let plain = Self { hash, padding: None, salt_length: None, dsa_encoding: None };
        match entry.scheme {
            Scheme::RsaPkcs1 | Scheme::Ed25519 => Some(plain),
            Scheme::RsaPss => Some(Self { padding: Some("pss"), salt_length: entry.hash.map(Hash::length), ..plain }),
            Scheme::Ecdsa(_) => Some(Self { dsa_encoding: Some("ieee-p1363"), ..plain }),
            Scheme::MlDsa(_) | Scheme::Hmac(_) => None,
        }
    }
}
