//! Shared secrets: A2 and A8 of the catalogue.

use super::{AUDIENCE, Corpus, ISSUER, claims, good, good_for};
use crate::base64url;
use crate::der;
use crate::key::Key;
use crate::members::Members;

pub(super) fn add(corpus: &mut Corpus) {
    let hs256 = Key::of("HS256");
    corpus.verifier("hs256", secret("HS256", &hs256.bytes()));
    corpus.accept("A8", "valid", "hs256", good_for(&hs256, "HS256"));
    lengths(corpus);
    disguises(corpus);
    other_algorithms(corpus, &hs256);
}

fn secret(algorithm: &str, bytes: &[u8]) -> Members {
    let options = Members::new().text("secret", base64url::encode(bytes)).text("algorithm", algorithm);
    options.text("issuer", ISSUER).text("audience", AUDIENCE)
}

/// A8: at least as long as the hash.
fn lengths(corpus: &mut Corpus) {
    for (algorithm, length) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let bytes: Vec<u8> = (0..=length).map(|number| number * 3).collect();
        for (name, bytes, expect) in [
            ("short", &bytes[..usize::from(length) - 1], "key_invalid"),
            ("just-long-enough", &bytes[..usize::from(length)], "ok"),
            ("longer", &bytes[..], "ok"),
        ] {
            let name = format!("{}-{name}", algorithm.to_lowercase());
            let id = format!("A8-{name}");
            corpus.verifier(&id, secret(algorithm, bytes));
            corpus.refuse("A8", &name, &id, good_for(&Key::secret(algorithm, bytes), algorithm), expect);
        }
    }
    for (name, bytes) in [("empty", &b""[..]), ("password", b"secret"), ("digest-of-another-size", &[7; 20])] {
        let id = format!("A8-{name}");
        corpus.verifier(&id, secret("HS256", bytes));
        corpus.refuse("A8", name, &id, good_for(&Key::secret("HS256", bytes), "HS256"), "key_invalid");
    }
}

/// A2: what is a key, and so known to others, is no secret.
fn disguises(corpus: &mut Corpus) {
    let (ec, rsa, ed) = (Key::of("ES256"), Key::of("RS256"), Key::of("EdDSA"));
    let ssh = [&[0, 0, 0, 11][..], b"ssh-ed25519", &[0, 0, 0, 32], &ed.bytes()].concat();
    let pkcs8 = [&[2, 1, 0][..], &der::element(0x30, &der::element(6, &[0x2b, 0x65, 0x70]))].concat();
    let pkcs8 = der::element(0x30, &[pkcs8, der::element(4, &der::element(4, &ed.ed25519_seed()))].concat());
    let disguises: [(&str, Vec<u8>); 14] = [
        ("pem", ec.pem().into()),
        ("rsa-pem", rsa.pem().into()),
        ("pem-after-space", format!("\n \t{}", ec.pem()).into()),
        ("pem-after-text", format!("Public key of issuer.example:\n{}", ec.pem()).into()),
        ("pkcs1-pem", der::pem("RSA PUBLIC KEY", &rsa.pkcs1()).into()),
        ("certificate", der::pem("CERTIFICATE", &ec.spki()).into()),
        ("der", ec.spki()),
        ("pkcs1-der", rsa.pkcs1()),
        ("pkcs8-der", pkcs8),
        ("jwk", ec.jwk().json().into()),
        ("jwk-after-space", format!(" {}", rsa.jwk().json()).into()),
        ("key-set", ec.key_set().into()),
        ("oct-jwk", Key::of("HS256").jwk().json().into()),
        ("ssh", format!("ssh-ed25519 {} user@host", base64url::encode_standard(ssh)).into()),
    ];
    for (name, bytes) in disguises {
        let id = format!("A2-secret-is-{name}");
        corpus.verifier(&id, secret("HS256", &bytes));
        let token = good_for(&Key::secret("HS256", &bytes), "HS256");
        corpus.refuse("A2", &format!("secret-is-{name}"), &id, token, "key_invalid");
    }
}

fn other_algorithms(corpus: &mut Corpus, hs256: &Key) {
    for algorithm in ["HS384", "HS512"] {
        let name = format!("hs256-verifier-{}", algorithm.to_lowercase());
        corpus.refuse("A3", &name, "hs256", good_for(hs256, algorithm), "alg_not_allowed");
    }
    corpus.refuse("A3", "hs256-verifier-es256", "hs256", good(), "alg_not_allowed");
    let none = super::Token::new(r#"{"alg":"none"}"#, claims().json()).with_signature([0; 32]);
    corpus.refuse("A1", "hs256-verifier-none", "hs256", none, "alg_not_allowed");
    let other = Key::secret("HS256", &[9; 32]);
    corpus.refuse("A8", "another-secret", "hs256", good_for(&other, "HS256"), "signature_invalid");
    for (name, length) in [("truncated", 31), ("half", 16), ("one-byte", 1)] {
        let token = super::Token::of(hs256, "HS256", &claims());
        let tag = hs256.sign("HS256", token.signing_input().as_bytes());
        corpus.refuse("A8", &format!("tag-{name}"), "hs256", token.with_signature(&tag[..length]), "signature_invalid");
    }
}
