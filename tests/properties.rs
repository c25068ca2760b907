//! What holds for every token, key set and time, tried on random ones.
//!
//! `PROPTEST_CASES` sets how many; a failure prints the smallest counterexample and the seed to repeat it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may"
)]

use std::sync::LazyLock;

use countersign::json::Json;
use countersign::keys::Engine;
use countersign::verify::{VerifierBuilder, decode_unverified};
use countersign::{Algorithm, ErrorCode, KeySet, SharedSecret, Verifier};
use countersign_testkit::corpus::{AUDIENCE, ISSUER, NOW, claims};
use countersign_testkit::members::key_set;
use countersign_testkit::token::segments;
use countersign_testkit::{Key, Members, Token, base64url, quote};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::Value;

/// The engine under test: with the feature `aws-lc-rs`, that one.
const ENGINE: Engine = Engine::ALL[Engine::ALL.len() - 1];

fn builder() -> VerifierBuilder {
    Verifier::builder().issuer(ISSUER).audience(AUDIENCE).engine(ENGINE)
}

fn config(cases: u32) -> ProptestConfig {
    // PROPTEST_CASES wins; failures are printed instead of kept in files.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Fast to sign and to verify.
static SECRET: LazyLock<Key> = LazyLock::new(|| Key::of("HS256"));
static BY_SECRET: LazyLock<Verifier> = LazyLock::new(|| {
    let keys = SharedSecret::new(Algorithm::HS256, &SECRET.bytes()).unwrap();
    builder().keys(keys).build().unwrap()
});

fn sign(header: &str, payload: impl AsRef<[u8]>) -> String {
    Token::new(header, payload).sign(&SECRET, "HS256")
}

const HEADER: &str = r#"{"alg":"HS256"}"#;

fn verdict(verifier: &Verifier, token: &str, now: u64) -> Result<(), ErrorCode> {
    verifier.verify(token, now).map(drop).map_err(|error| error.code())
}

/// Any JSON whose numbers are small enough.
fn json() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>()
            .prop_filter("integral and large numbers aside", |number| number.is_finite() && number.abs() < 1e15)
            .prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((any::<String>(), inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Claims beside the mandatory ones, under names that nothing looks at.
fn other_claims() -> impl Strategy<Value = Members> {
    vec((any::<String>(), json()), 0..6).prop_map(|members| {
        members
            .into_iter()
            .fold(claims(), |claims, (name, value)| claims.raw(&format!("x-{}", name.replace('\\', "")), value))
    })
}

fn same(own: &Json, other: &Value) -> bool {
    match (own, other) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(own), Value::Bool(other)) => own == other,
        // The reference parser rounds a fraction to a double near it, and ours to the nearest.
        (Json::Number(own), Value::Number(other)) => {
            other.as_f64().is_some_and(|other| own.to_bits().abs_diff(other.to_bits()) <= 8)
        }
        (Json::String(own), Value::String(other)) => own == other,
        (Json::Array(own), Value::Array(other)) => {
            own.len() == other.len() && own.iter().zip(other).all(|(a, b)| same(a, b))
        }
        (Json::Object(own), Value::Object(other)) => {
            own.len() == other.len()
                && own.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn what_was_signed_verifies_and_comes_back(claims in other_claims(), spaces in "[ \n\t\r]{0,5}") {
        let payload = format!("{spaces}{}{spaces}", claims.json());
        let verified = BY_SECRET.verify(&sign(HEADER, &payload), NOW).unwrap();
        prop_assert_eq!(verified.claims().json(), &payload);
        let parsed: Value = serde_json::from_str(&payload).unwrap();
        for (name, value) in parsed.as_object().unwrap() {
            prop_assert!(same(verified.claims().get(name).unwrap(), value), "{}", name);
        }
    }

    /// One edit anywhere: another character, one more, one less, two swapped, a piece repeated or cut.
    #[test]
    fn whatever_was_changed_is_refused(
        claims in other_claims(),
        kind in 0..6,
        at in any::<Index>(),
        to in any::<Index>(),
        character in prop_oneof![Just('.'), Just('='), Just(' '), select(base64url::ALPHABET.chars().collect::<Vec<_>>()), any::<char>()],
    ) {
        let token = sign(HEADER, claims.json());
        let mut text: Vec<char> = token.chars().collect();
        let (first, second) = (at.index(text.len()), to.index(text.len()));
        let (start, end) = (first.min(second), first.max(second));
        match kind {
            0 => text[first] = character,
            1 => text.insert(first, character),
            2 => drop(text.remove(first)),
            3 => text.swap(first, second),
            4 => drop(text.drain(start..=end)),
            _ => text.extend_from_within(start..=end),
        }
        let changed: String = text.into_iter().collect();
        prop_assume!(changed != token);
        prop_assert!(BY_SECRET.verify(&changed, NOW).is_err(), "{}", changed);
    }

    /// Segments of two good tokens do not combine.
    #[test]
    fn segments_belong_together(left in other_claims(), right in other_claims(), which in 0..3usize) {
        prop_assume!(left.json() != right.json());
        let tokens = [sign(HEADER, left.json()), sign(r#"{"alg":"HS256","typ":"JWT"}"#, right.json())];
        let mut parts = segments(&tokens[0]);
        parts[which] = segments(&tokens[1])[which];
        let expected = Err(ErrorCode::SignatureInvalid);
        prop_assert_eq!(verdict(&BY_SECRET, &parts.join("."), NOW), expected);
    }

    /// Texts and byte strings correspond one to one: what is accepted is what encoding gives.
    #[test]
    fn base64url_decodes_what_encoding_gives(bytes in vec(any::<u8>(), 1..200), text in "[A-Za-z0-9_-]{1,40}") {
        let head = base64url::encode(HEADER);
        let pending = |signature: &str| {
            let token = format!("{head}.e30.{signature}");
            decode_unverified(token.as_bytes()).map(drop).map_err(|error| error.code())
        };
        prop_assert_eq!(pending(&base64url::encode(&bytes)), Ok(()));
        let canonical = text.len() % 4 != 1 && base64url::encode(base64url::decode(&text)) == text;
        let expected = if canonical { Ok(()) } else { Err(ErrorCode::TokenMalformed) };
        prop_assert_eq!(pending(&text), expected);
    }

    /// A payload that the reference parser does not read is not read here; one that is read is read the same.
    #[test]
    fn json_is_read_as_strictly_as_it_can_be(claims in other_claims(), at in any::<Index>(), kind in 0..3, byte in any::<u8>()) {
        let mut payload = claims.json().into_bytes();
        let place = at.index(payload.len());
        match kind {
            0 => payload[place] = byte,
            1 => payload.insert(place, byte),
            _ => drop(payload.remove(place)),
        }
        let token = sign(HEADER, &payload);
        let read: Result<Value, _> = serde_json::from_slice(&payload);
        match (BY_SECRET.verify(&token, NOW), read) {
            (Ok(verified), Ok(Value::Object(members))) => {
                for (name, value) in &members {
                    prop_assert!(same(verified.claims().get(name).unwrap(), value), "{}", name);
                }
            }
            (Ok(_), other) => prop_assert!(false, "accepted, and elsewhere {:?}", other),
            (Err(error), Err(_)) => prop_assert_eq!(error.code(), ErrorCode::ClaimInvalid),
            (Err(_), Ok(_)) => {}
        }
    }

    /// A member once more, however its name is written, at whatever depth.
    #[test]
    fn duplicate_members_are_refused(name in "[a-z\u{e9}\u{1f980}\"]{1,6}", depth in 0..20usize, which in any::<Index>(), before in any::<bool>()) {
        let escaped: String = {
            let mut units = name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>();
            let chosen = which.index(units.len());
            // A surrogate has to stay with its other half.
            if name.chars().all(|character| character.is_ascii_lowercase()) {
                for (index, unit) in units.iter_mut().enumerate() {
                    if index != chosen {
                        *unit = name.chars().nth(index).unwrap().to_string();
                    }
                }
            }
            units.concat()
        };
        let (one, other) = (quote(&name), format!("\"{escaped}\""));
        let (first, second) = if before { (&other, &one) } else { (&one, &other) };
        let twice = format!("{{{first}:1,\"0\":[],{second}:1}}");
        let nested = (0..depth).fold(twice, |value, level| if level % 2 == 0 { format!("[{value}]") } else { format!("{{\"0\":{value}}}") });
        let token = sign(HEADER, claims().raw("x", &nested).json());
        prop_assert_eq!(verdict(&BY_SECRET, &token, NOW), Err(ErrorCode::ClaimInvalid));
        let distinct = claims().raw("x", nested.replacen(&format!(",{second}:1"), "", 1)).json();
        prop_assert_eq!(verdict(&BY_SECRET, &sign(HEADER, distinct), NOW), Ok(()));
    }

    /// In time a token becomes valid once and stops being valid once.
    #[test]
    fn verdicts_are_monotone_in_time(
        dates in (0..4_000u64, 0..4_000u64, 0..4_000u64),
        mut times in [0..5_000u64, 0..5_000u64, 0..5_000u64],
        tolerance in 0..=300u64,
    ) {
        times.sort_unstable();
        let claims = claims().raw("nbf", dates.0).raw("iat", dates.1).raw("exp", dates.2);
        let keys = SharedSecret::new(Algorithm::HS256, &SECRET.bytes()).unwrap();
        let verifier = builder().keys(keys).clock_tolerance(tolerance).build().unwrap();
        let token = sign(HEADER, claims.json());
        let [early, middle, late] = times.map(|now| verdict(&verifier, &token, now));
        if early.is_ok() && late.is_ok() {
            prop_assert_eq!(middle, Ok(()));
        }
        if early == Err(ErrorCode::TokenExpired) {
            prop_assert_eq!((middle, late), (early, early));
        }
        if late == Err(ErrorCode::TokenNotYetValid) {
            prop_assert_eq!((early, middle), (late, late));
        }
        // And exactly at the edges.
        let begins = dates.0.max(dates.1).saturating_sub(tolerance);
        let ends = dates.2 + tolerance;
        for (now, verdict) in times.iter().zip([early, middle, late]) {
            prop_assert_eq!(verdict.is_ok(), (begins..ends).contains(now));
        }
    }

    /// Whatever comes in, an answer comes out.
    #[test]
    fn nothing_panics(bytes in vec(any::<u8>(), 0..400), text in any::<String>()) {
        let _ = decode_unverified(&bytes);
        let _ = BY_SECRET.begin(&bytes);
        let _ = BY_SECRET.verify(&text, u64::MAX);
        let _ = KeySet::from_json(&text);
        let _ = KeySet::from_jwk(&text);
        let _ = KeySet::from_pem(&text);
        let _ = SharedSecret::new(Algorithm::HS512, &bytes);
        let encoded = format!("{}.{}.AA", base64url::encode(&bytes), base64url::encode(&text));
        prop_assert!(decode_unverified(encoded.as_bytes()).is_err());
    }
}

/// Keys for sets: two per algorithm, and some with the `kid` of another.
static KEYS: LazyLock<Vec<Members>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    for algorithm in ["ES256", "EdDSA", "RS256", "ES256K", "ML-DSA-44"] {
        let (own, other) = (Key::of(algorithm).jwk(), Key::named(algorithm, "other").jwk());
        keys.extend([
            own.clone().without("alg"),
            other.clone(),
            other.text("kid", "es256"),
            own.clone().without("kid"),
            own,
        ]);
    }
    keys.push(Key::of("HS256").jwk());
    keys.push(Members::new().text("kty", "RSA").text("kid", "es256"));
    keys
});

/// Tokens whose key is named, is not named, or is named wrongly.
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut tokens = Vec::new();
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let key = Key::of(algorithm);
        tokens.push(Token::of(&key, algorithm, &claims()).sign(&key, algorithm));
        for header in [Members::new(), Members::new().text("kid", "other"), Members::new().text("kid", "unknown")] {
            tokens.push(Token::new(header.text("alg", algorithm).json(), claims().json()).sign(&key, algorithm));
        }
    }
    tokens
});

/// The verdict with these keys, construction included.
fn by_keys(keys: &[Members], token: &str) -> Result<(), ErrorCode> {
    let keys = KeySet::from_json(&key_set(keys)).map_err(|error| error.code())?;
    let verifier = builder().keys(keys).build().unwrap();
    verdict(&verifier, token, NOW)
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn the_order_of_keys_does_not_matter(
        (keys, shuffled) in subsequence(KEYS.clone(), 1..6).prop_flat_map(|keys| (Just(keys.clone()), Just(keys).prop_shuffle())),
        token in select(TOKENS.clone()),
    ) {
        prop_assert_eq!(by_keys(&keys, &token), by_keys(&shuffled, &token));
    }

    /// A key with another `kid` and another algorithm changes nothing, wherever it stands.
    #[test]
    fn an_unrelated_key_changes_nothing(
        keys in subsequence(KEYS.clone(), 1..6),
        token in select(TOKENS.clone()),
        at in any::<Index>(),
    ) {
        let before = by_keys(&keys, &token);
        // A set without a single usable key is refused as such, which one more key heals.
        prop_assume!(KeySet::from_json(&key_set(&keys)).is_ok());
        let mut more = keys.clone();
        more.insert(at.index(keys.len() + 1), Key::named("ES384", "unrelated").jwk());
        prop_assert_eq!(by_keys(&more, &token), before);
    }
}

/// Every algorithm, a few times: sign, verify, and refuse with one bit of the signature turned.
#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::all() {
        let key = Key::of(algorithm.name());
        let keys = if algorithm.is_symmetric() {
            SharedSecret::new(algorithm, &key.bytes()).unwrap().into()
        } else {
            KeySet::from_json(&key.key_set()).unwrap()
        };
        let verifier = builder().keys(keys).build().unwrap();
        for number in 0..8usize {
            let header = Members::new().text("alg", algorithm.name());
            let token = Token::new(header.json(), claims().raw("n", number).json());
            let mut signature = key.sign(algorithm.name(), token.signing_input().as_bytes());
            assert_eq!(verdict(&verifier, &token.with_signature(&signature), NOW), Ok(()), "{algorithm}");
            let place = signature.len() * number / 8;
            signature[place] ^= 1 << number;
            let changed = verdict(&verifier, &token.with_signature(&signature), NOW);
            assert_eq!(changed, Err(ErrorCode::SignatureInvalid), "{algorithm}");
        }
    }
}
