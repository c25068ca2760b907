//! Verifiers between tokens: their keys, the two phases, and what they remember.

use std::sync::Arc;

use countersign::keys::VerifyingKey;
use countersign::verify::{CacheLimits, CachingVerifier, Pending};
use countersign::{Algorithm, ErrorCode, Expectations, KeySet, Verifier};
use countersign_testkit::corpus::{NOW, claims};
use countersign_testkit::{Key, base64url};

use crate::{builder, code, token};

fn keys(algorithm: &str) -> KeySet {
    KeySet::from_json(&Key::of(algorithm).key_set()).unwrap()
}

fn kids(keys: Option<&KeySet>) -> Vec<Option<&str>> {
    keys.into_iter().flat_map(KeySet::keys).map(VerifyingKey::kid).collect()
}

#[test]
fn another_key_set_replaces_the_first() {
    let mut verifier = builder("EdDSA").build().unwrap();
    let [eddsa, es256] = ["EdDSA", "ES256"].map(|algorithm| token(algorithm, &claims()));
    assert_eq!(kids(verifier.keys()), [Some("eddsa")]);
    assert!(verifier.verify(&eddsa, NOW).is_ok());
    verifier.set_keys(keys("ES256"));
    assert_eq!(kids(verifier.keys()), [Some("es256")]);
    assert_eq!(code(verifier.verify(&eddsa, NOW)), Some(ErrorCode::KeyNotFound));
    assert!(verifier.verify(&es256, NOW).is_ok());
    assert!(Verifier::builder().issuer("i").audience("a").build().unwrap().keys().is_none());
}

#[test]
fn a_key_serves_one_algorithm_under_a_policy() {
    let unbound = VerifyingKey::from_jwk(&Key::of("RS256").jwk().without("alg").json()).unwrap();
    let bound = VerifyingKey::from_jwk(&Key::of("ES384").jwk().json()).unwrap();
    let any = builder("EdDSA").build().unwrap();
    let pss = builder("EdDSA").algorithms([Algorithm::PS384, Algorithm::EdDSA]).build().unwrap();
    assert_eq!((any.algorithm_of(&unbound), any.algorithm_of(&bound)), (Algorithm::RS256, Algorithm::ES384));
    assert_eq!((pss.algorithm_of(&unbound), pss.algorithm_of(&bound)), (Algorithm::PS384, Algorithm::ES384));
}

#[test]
fn a_token_between_the_phases() {
    for algorithm in ["EdDSA", "ES384", "RS256"] {
        let jwt = token(algorithm, &claims());
        let verifier = builder(algorithm).build().unwrap();
        let begin = || verifier.begin(jwt.as_bytes()).unwrap();
        let pending: Pending = begin();
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        assert_eq!(pending.algorithm(), algorithm.parse().unwrap());
        assert_eq!(pending.key().kid(), Some(Key::of(algorithm).kid.as_str()));
        assert_eq!(pending.signature(), base64url::decode(signature));
        assert_eq!(pending.signing_input_length(), signed.len());
        assert_eq!(pending.verify(jwt.as_bytes()), Ok(true));
        let other = jwt.replacen("eyJ", "eyK", 1);
        assert_eq!(pending.verify(other.as_bytes()), Ok(false), "{algorithm}");
        assert_eq!(code(pending.verify(b"short")), Some(ErrorCode::InternalError));

        let none = Expectations::default();
        let accepted = verifier.finish(pending, true, &none, NOW).unwrap();
        assert_eq!(accepted, verifier.verify(&jwt, NOW).unwrap());
        assert_eq!(code(verifier.finish(begin(), false, &none, NOW)), Some(ErrorCode::SignatureInvalid));
        assert_eq!(code(verifier.finish(begin(), true, &none, NOW + 9999)), Some(ErrorCode::TokenExpired));
        assert_eq!(code(verifier.begin(b"no token")), Some(ErrorCode::TokenMalformed));
    }
}

#[test]
fn a_verifier_that_remembers_answers_as_the_one_in_it() {
    let jwt = token("EdDSA", &claims());
    let caching = CachingVerifier::new(builder("EdDSA").build().unwrap(), CacheLimits::default()).unwrap();
    let first = caching.verify(&jwt, NOW).unwrap();
    assert_eq!(first.claims().json(), claims().json());
    assert!(Arc::ptr_eq(&first, &caching.verify(&jwt, NOW + 299).unwrap()));
    assert!(!Arc::ptr_eq(&first, &caching.verify(&jwt, NOW + 300).unwrap()));
    assert_eq!(code(caching.verify(&jwt, NOW + 9999)), Some(ErrorCode::TokenExpired));
    assert_eq!(code(caching.verify("no token", NOW)), Some(ErrorCode::TokenMalformed));
    assert_eq!(kids(caching.verifier().keys()), [Some("eddsa")]);
    caching.set_keys(keys("ES256"));
    assert_eq!(kids(caching.verifier().keys()), [Some("es256")]);
    let other = token("ES256", &claims());
    let none = Expectations::default();
    assert_eq!(caching.verify_with(&other, &none, NOW).unwrap().claims().subject(), Some("user-1"));
    assert!(!Arc::ptr_eq(&caching.verify_with(&other, &none, NOW).unwrap(), &caching.verify(&other, NOW).unwrap()));
    assert_eq!(code(caching.verify(&jwt, NOW)), Some(ErrorCode::KeyNotFound));
}

#[test]
fn a_memory_has_its_limits() {
    let of = |max_entries, max_age| {
        let mut limits = CacheLimits::default();
        (limits.max_entries, limits.max_age) = (max_entries, max_age);
        CachingVerifier::new(builder("EdDSA").build().unwrap(), limits).map_err(|error| error.option)
    };
    assert_eq!(of(0, 1).err(), Some("cache.max_entries"));
    assert_eq!(of(100_001, 1).err(), Some("cache.max_entries"));
    assert_eq!(of(1, 0).err(), Some("cache.max_age"));
    assert_eq!(of(1, 86_401).err(), Some("cache.max_age"));
    assert!(of(100_000, 86_400).is_ok());
    assert_eq!((CacheLimits::default().max_entries, CacheLimits::default().max_age), (1000, 300));

    // One entry, ten seconds.
    let caching = of(1, 10).unwrap();
    let [one, two] = ["1", "2"].map(|sub| token("EdDSA", &claims().text("sub", sub)));
    let first = caching.verify(&one, NOW).unwrap();
    assert!(Arc::ptr_eq(&first, &caching.verify(&one, NOW + 9).unwrap()));
    let again = caching.verify(&one, NOW + 10).unwrap();
    assert!(!Arc::ptr_eq(&first, &again));
    assert_eq!(caching.verify(&two, NOW + 10).unwrap().claims().subject(), Some("2"));
    assert!(!Arc::ptr_eq(&again, &caching.verify(&one, NOW + 11).unwrap()));
    let shown = format!("{caching:?}");
    assert!(shown.contains("entries: 1"), "{shown}");
}
