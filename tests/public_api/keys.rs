//! Algorithms, keys and secrets.

use std::collections::BTreeSet;

use countersign::jose::UnknownAlgorithm;
use countersign::keys::{Engine, VerifyingKey};
use countersign::{Algorithm, ErrorCode, SharedSecret};
use countersign_testkit::hash::sha;
use countersign_testkit::{ALGORITHMS, Key, Members, base64url};

use crate::code;

const MESSAGE: &[u8] = b"what is signed";

fn asymmetric() -> impl Iterator<Item = (&'static str, Key)> {
    ALGORITHMS.into_iter().filter(|name| !name.starts_with("HS")).map(|name| (name, Key::of(name)))
}

/// The members that RFC 7638 §3.2 hashes, in the order of their names.
fn canonical(key: &Key) -> String {
    let jwk = key.jwk();
    let names: &[&str] = match jwk.value("kty") {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => &["alg", "kty", "pub"],
    };
    names.iter().fold(Members::new(), |members, name| members.raw(name, jwk.get(name))).json()
}

#[test]
fn algorithms_have_their_names() {
    let names: Vec<&str> = Algorithm::all().map(Algorithm::name).collect();
    assert_eq!(names, ALGORITHMS);
    let asymmetric: Vec<&str> = Algorithm::asymmetric().map(Algorithm::name).collect();
    assert_eq!(asymmetric, ALGORITHMS[..14]);
    for name in ALGORITHMS {
        let algorithm: Algorithm = name.parse().unwrap();
        assert_eq!((algorithm.name(), algorithm.to_string()), (name, name.to_owned()));
        assert_eq!(algorithm.is_symmetric(), name.starts_with("HS"), "{name}");
    }
    assert_eq!("none".parse::<Algorithm>(), Err(UnknownAlgorithm));
    assert!(UnknownAlgorithm.to_string().contains("algorithm"));
}

#[test]
fn a_bare_signature_holds_or_does_not() {
    for (name, key) in asymmetric() {
        let verifying = VerifyingKey::from_jwk(&key.jwk().json()).unwrap();
        let algorithm: Algorithm = name.parse().unwrap();
        let mut signature = key.sign(name, MESSAGE);
        assert_eq!(verifying.verify_signature(algorithm, MESSAGE, &signature), Ok(()), "{name}");
        let other = verifying.verify_signature(algorithm, b"what is not", &signature);
        assert_eq!(code(other), Some(ErrorCode::SignatureInvalid), "{name}");
        let foreign = verifying.verify_signature(Algorithm::HS256, MESSAGE, &signature);
        assert_eq!(code(foreign), Some(ErrorCode::KeyUnsuitable), "{name}");
        let short = verifying.verify_signature(algorithm, MESSAGE, &signature[1..]);
        assert_eq!(code(short), Some(ErrorCode::SignatureInvalid), "{name}");
        signature[10] ^= 1;
        let changed = verifying.verify_signature(algorithm, MESSAGE, &signature);
        assert_eq!(code(changed), Some(ErrorCode::SignatureInvalid), "{name}");
    }
}

#[test]
fn each_engine_verifies_the_keys_that_are_given_to_it() {
    for (name, key) in asymmetric() {
        let algorithm: Algorithm = name.parse().unwrap();
        let read = || VerifyingKey::from_jwk(&key.jwk().json()).unwrap();
        assert_eq!(read().engine(), Some(Engine::BuiltIn), "{name}");
        for &engine in Engine::ALL {
            let verifying = read().with_engine(engine);
            assert_eq!((verifying.engine(), verifying.kid()), (Some(engine), Some(key.kid.as_str())), "{name}");
            let signature = key.sign(name, MESSAGE);
            assert_eq!(verifying.verify_signature(algorithm, MESSAGE, &signature), Ok(()), "{name}");
            let other = verifying.verify_signature(algorithm, b"what is not", &signature);
            assert_eq!(code(other), Some(ErrorCode::SignatureInvalid), "{name}");
        }
    }
}

/// An RSA key without `alg` serves each RSA algorithm where the caller names it, and no other algorithm.
#[test]
fn an_unbound_rsa_key_serves_the_algorithm_that_is_asked_for() {
    let key = Key::of("RS256");
    let verifying = VerifyingKey::from_jwk(&key.jwk().without("alg").json()).unwrap();
    assert_eq!(verifying.algorithm(), None);
    for name in &ALGORITHMS[..6] {
        let signature = key.sign(name, MESSAGE);
        assert_eq!(verifying.verify_signature(name.parse().unwrap(), MESSAGE, &signature), Ok(()), "{name}");
    }
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::MLDSA44, Algorithm::HS256] {
        let refused = verifying.verify_signature(algorithm, MESSAGE, &key.sign("RS256", MESSAGE));
        assert_eq!(code(refused), Some(ErrorCode::KeyUnsuitable), "{algorithm}");
    }
}

#[test]
fn a_key_says_what_it_is() {
    let mut thumbprints = BTreeSet::new();
    for (name, key) in asymmetric() {
        let text = key.jwk().json();
        let verifying = VerifyingKey::from_jwk(&text).unwrap();
        assert_eq!(verifying.kid(), Some(key.kid.as_str()), "{name}");
        assert_eq!(verifying.algorithm(), name.parse().ok(), "{name}");
        let canonical = canonical(&key);
        assert_eq!(verifying.to_jwk().as_deref(), Some(canonical.as_str()), "{name}");
        let expected = base64url::encode(sha(256, canonical.as_bytes()));
        assert_eq!(verifying.thumbprint().as_ref(), Some(&expected), "{name}");
        thumbprints.insert(expected);
    }
    // One RSA key serves six algorithms here.
    assert_eq!(thumbprints.len(), 9);
    assert_eq!(code(VerifyingKey::from_jwk("{}")), Some(ErrorCode::KeyInvalid));
}

#[test]
fn a_pem_says_the_same_key_without_a_name() {
    for (name, key) in asymmetric() {
        let verifying = VerifyingKey::from_pem(&key.pem()).unwrap();
        assert_eq!(verifying.kid(), None, "{name}");
        let is_rsa = key.jwk().value("kty") == "RSA";
        assert_eq!(verifying.algorithm(), name.parse().ok().filter(|_| !is_rsa), "{name}");
        assert_eq!(verifying.to_jwk(), Some(canonical(&key)), "{name}");
        let signature = key.sign(name, MESSAGE);
        assert_eq!(verifying.verify_signature(name.parse().unwrap(), MESSAGE, &signature), Ok(()), "{name}");
    }
    assert_eq!(code(VerifyingKey::from_pem("-----BEGIN PUBLIC KEY-----")), Some(ErrorCode::KeyInvalid));
}

#[test]
fn a_secret_verifies_and_never_shows_itself() {
    for name in &ALGORITHMS[14..] {
        let key = Key::of(name);
        let algorithm: Algorithm = name.parse().unwrap();
        let secret = SharedSecret::new(algorithm, &key.bytes()).unwrap();
        assert_eq!(secret.algorithm(), algorithm);
        let verifying = VerifyingKey::from(secret);
        assert_eq!((verifying.kid(), verifying.algorithm()), (None, Some(algorithm)));
        assert_eq!((verifying.thumbprint(), verifying.to_jwk()), (None, None));
        let mut tag = key.sign(name, MESSAGE);
        assert_eq!(verifying.verify_signature(algorithm, MESSAGE, &tag), Ok(()));
        assert_eq!(code(verifying.verify_signature(algorithm, b"", &tag)), Some(ErrorCode::SignatureInvalid));
        tag.push(0);
        assert_eq!(code(verifying.verify_signature(algorithm, MESSAGE, &tag)), Some(ErrorCode::SignatureInvalid));
        assert_eq!(code(verifying.verify_signature(Algorithm::RS256, MESSAGE, &tag)), Some(ErrorCode::KeyUnsuitable));
    }
}
