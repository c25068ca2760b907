//! A verifier that remembers answers as one that does not: at every time, with every key set, to every token.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may"
)]

use std::sync::{Arc, LazyLock};

use countersign::verify::{CacheLimits, CachingVerifier};
use countersign::{ErrorCode, KeySet, Verifier};
use countersign_testkit::corpus::{AUDIENCE, ISSUER, NOW, claims};
use countersign_testkit::members::key_set;
use countersign_testkit::{Key, Members, Token};
use proptest::collection::vec;
use proptest::prelude::*;

static KEYS: LazyLock<[Key; 3]> =
    LazyLock::new(|| [Key::named("EdDSA", "a"), Key::named("EdDSA", "b"), Key::named("ES256", "a")]);

/// Key sets by their number: without keys for the tokens, with one, with more, in another order.
fn keys(number: usize) -> KeySet {
    let sets: [&[usize]; 6] = [&[0], &[1], &[0, 1], &[1, 0], &[2, 0], &[2]];
    let jwks: Vec<Members> = sets[number % sets.len()].iter().map(|&key| KEYS[key].jwk()).collect();
    KeySet::from_json(&key_set(&jwks)).unwrap()
}

fn verifier(max_age: Option<u64>) -> Verifier {
    let builder = Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(keys(2)).clock_tolerance(3);
    max_age.into_iter().fold(builder, countersign::verify::VerifierBuilder::max_token_age).build().unwrap()
}

fn limits(max_entries: usize, max_age: u64) -> CacheLimits {
    let mut limits = CacheLimits::default();
    (limits.max_entries, limits.max_age) = (max_entries, max_age);
    limits
}

fn token(key: usize, members: &Members) -> String {
    let kid = ["a", "b"][key];
    Token::new(format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#), members.json()).sign(&KEYS[key], "EdDSA")
}

fn code<T>(result: Result<T, countersign::Error>) -> Result<T, ErrorCode> {
    result.map_err(|error| error.code())
}

fn config(cases: u32) -> ProptestConfig {
    // PROPTEST_CASES wins; failures are printed instead of kept in files.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Verify(usize),
    Tampered(usize, usize),
    Time(i64),
    Keys(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..6usize).prop_map(Step::Verify),
        2 => (0..6usize, any::<usize>()).prop_map(|(token, at)| Step::Tampered(token, at)),
        2 => (-40..40i64).prop_map(Step::Time),
        1 => any::<usize>().prop_map(Step::Keys),
    ];
    vec(step, 1..60)
}

/// A date near now, with or without a fraction.
fn date() -> impl Strategy<Value = f64> {
    (-80..80i32, prop_oneof![Just(0.0), 0.01..0.99f64])
        .prop_map(|(distance, fraction)| f64::from(u32::try_from(NOW).unwrap()) + f64::from(distance) + fraction)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_hit_is_what_a_miss_would_be(
        dates in vec((date(), proptest::option::of(date()), date()), 6),
        max_token_age in proptest::option::of(1..100u64),
        (max_entries, max_age) in (1..8usize, 1..60u64),
        steps in steps(),
    ) {
        let tokens: Vec<String> = dates.iter().enumerate().map(|(index, (iat, nbf, exp))| {
            let members = claims().without("exp").without("iat").without("nbf").raw("exp", exp).raw("iat", iat);
            token(index % 2, &nbf.iter().fold(members, |members, nbf| members.raw("nbf", nbf)))
        }).collect();
        let mut plain = verifier(max_token_age);
        let caching = CachingVerifier::new(verifier(max_token_age), limits(max_entries, max_age)).unwrap();
        let mut now = NOW;
        for step in steps {
            match step {
                Step::Verify(index) => {
                    let (own, other) = (caching.verify(&tokens[index], now), plain.verify(&tokens[index], now));
                    prop_assert_eq!(own.map(|token| (*token).clone()), other);
                }
                Step::Tampered(index, at) => {
                    let mut text = tokens[index].clone().into_bytes();
                    let at = at % text.len();
                    text[at] = if text[at] == b'A' { b'Q' } else { b'A' };
                    let text = String::from_utf8(text).unwrap();
                    prop_assert_eq!(code(caching.verify(&text, now)).map(drop), code(plain.verify(&text, now)).map(drop));
                }
                Step::Time(seconds) => now = now.saturating_add_signed(seconds),
                Step::Keys(number) => {
                    plain.set_keys(keys(number));
                    caching.set_keys(keys(number));
                }
            }
        }
    }
}

#[test]
fn what_is_remembered_is_the_same_object() {
    let caching = CachingVerifier::new(verifier(None), limits(2, 60)).unwrap();
    let tokens: Vec<String> = (0..3).map(|index| token(0, &claims().raw("index", index))).collect();
    let first = caching.verify(&tokens[0], NOW).unwrap();
    assert!(Arc::ptr_eq(&first, &caching.verify(&tokens[0], NOW + 59).unwrap()));
    assert!(!Arc::ptr_eq(&first, &caching.verify(&tokens[0], NOW + 60).unwrap()), "too old");
    let again = caching.verify(&tokens[0], NOW + 60).unwrap();
    caching.set_keys(keys(3));
    assert!(Arc::ptr_eq(&again, &caching.verify(&tokens[0], NOW + 60).unwrap()), "its key is still the one");
    caching.verify(&tokens[1], NOW + 60).unwrap();
    caching.verify(&tokens[2], NOW + 60).unwrap();
    assert!(!Arc::ptr_eq(&again, &caching.verify(&tokens[0], NOW + 60).unwrap()), "the oldest made room");
}

#[test]
fn as_many_are_remembered_as_there_is_room_for() {
    let caching = CachingVerifier::new(verifier(None), limits(3, 60)).unwrap();
    let tokens: Vec<String> = (0..7).map(|index| token(0, &claims().raw("index", index))).collect();
    let verify = |text: &String| caching.verify(text, NOW).unwrap();
    let first: Vec<_> = tokens.iter().map(verify).collect();
    for index in 4..7 {
        assert!(Arc::ptr_eq(&first[index], &verify(&tokens[index])), "{index}");
    }
    assert!(!Arc::ptr_eq(&first[3], &verify(&tokens[3])));
}

#[test]
fn limits_are_limited() {
    let option = |max_entries, max_age| {
        CachingVerifier::new(verifier(None), limits(max_entries, max_age)).err().map(|error| error.option)
    };
    assert_eq!(option(1, 1), None);
    assert_eq!(option(100_000, 86_400), None);
    assert_eq!(option(0, 1), Some("cache.max_entries"));
    assert_eq!(option(100_001, 1), Some("cache.max_entries"));
    assert_eq!(option(1, 0), Some("cache.max_age"));
    assert_eq!(option(1, 86_401), Some("cache.max_age"));
}

#[test]
fn debug_output_shows_no_token() {
    let caching = CachingVerifier::new(verifier(None), CacheLimits::default()).unwrap();
    caching.verify(&token(0, &claims().text("sub", "somebody")), NOW).unwrap();
    let shown = format!("{caching:?}");
    assert!(shown.contains("entries: 1") && !shown.contains("somebody"), "{shown}");
}
