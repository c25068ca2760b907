//! `jsonwebtoken::decode` over this crate's engine, natively and in wasm: the same tests.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use countersign::error::KeyUnsuitableReason;
use countersign::interop::jsonwebtoken::PROVIDER;
use countersign::keys::VerifyingKey;
use countersign::{Algorithm, Error, KeySet};
use countersign_testkit::random::Random;
use countersign_testkit::{Key, Members, Token, number, primes};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm as Theirs, DecodingKey, EncodingKey, Header, Validation};
use wasm_bindgen_test::wasm_bindgen_test;

const SHARED: [(&str, Theirs); 12] = [
    ("RS256", Theirs::RS256),
    ("RS384", Theirs::RS384),
    ("RS512", Theirs::RS512),
    ("PS256", Theirs::PS256),
    ("PS384", Theirs::PS384),
    ("PS512", Theirs::PS512),
    ("ES256", Theirs::ES256),
    ("ES384", Theirs::ES384),
    ("EdDSA", Theirs::EdDSA),
    ("HS256", Theirs::HS256),
    ("HS384", Theirs::HS384),
    ("HS512", Theirs::HS512),
];

fn claims() -> Members {
    Members::new().text("sub", "alice").raw("exp", 4_102_444_800_u64)
}

fn jwk(key: &Key) -> Jwk {
    serde_json::from_str(&key.jwk().json()).expect("a JWK")
}

/// Runs `decode` over our provider.
fn decode(token: &str, algorithm: Theirs, key: &DecodingKey) -> Result<serde_json::Value, ErrorKind> {
    // The first test to get here installs it; no test installs another.
    let _ = PROVIDER.install_default();
    let data = jsonwebtoken::decode::<serde_json::Value>(token, key, &Validation::new(algorithm));
    data.map(|data| data.claims).map_err(jsonwebtoken::errors::Error::into_kind)
}

/// Whether our provider refuses the key with this code.
fn refused(key: &DecodingKey, algorithm: Theirs, code: &str) -> bool {
    let name = SHARED.iter().find(|(_, theirs)| *theirs == algorithm).expect("an algorithm").0;
    let token = Token::of(&Key::of(name), name, &claims()).sign(&Key::of(name), name);
    matches!(decode(&token, algorithm, key), Err(ErrorKind::Provider(text)) if text.starts_with(code))
}

/// Every way in which `jsonwebtoken` takes the key.
fn decoding_keys(name: &str, key: &Key) -> Vec<DecodingKey> {
    let from_jwk = DecodingKey::from_jwk(&jwk(key)).expect("a key");
    let members = key.jwk();
    let mut keys = match &name[..2] {
        "RS" | "PS" => vec![
            DecodingKey::from_rsa_der(&key.pkcs1()),
            DecodingKey::from_rsa_pem(key.pem().as_bytes()).expect("a key"),
            DecodingKey::from_rsa_components(members.value("n"), members.value("e")).expect("a key"),
        ],
        "ES" => vec![
            DecodingKey::from_ec_der(&key.bytes()),
            DecodingKey::from_ec_pem(key.pem().as_bytes()).expect("a key"),
            DecodingKey::from_ec_components(members.value("x"), members.value("y")).expect("a key"),
        ],
        "Ed" => vec![
            DecodingKey::from_ed_der(&key.bytes()),
            DecodingKey::from_ed_pem(key.pem().as_bytes()).expect("a key"),
            DecodingKey::from_ed_components(members.value("x")).expect("a key"),
        ],
        _ => vec![DecodingKey::from_secret(&key.bytes())],
    };
    keys.push(from_jwk);
    keys
}

#[test]
#[wasm_bindgen_test]
fn every_shared_algorithm_verifies_with_every_form_of_its_key() {
    for (name, algorithm) in SHARED {
        let key = Key::of(name);
        let token = Token::of(&key, name, &claims()).sign(&key, name);
        let other = Key::named(name, "other");
        for (own, others) in decoding_keys(name, &key).iter().zip(&decoding_keys(name, &other)) {
            assert_eq!(decode(&token, algorithm, own).expect("a valid token")["sub"], "alice", "{name}");
            assert_eq!(decode(&token, algorithm, others), Err(ErrorKind::InvalidSignature), "{name}");
        }
    }
}

#[test]
#[wasm_bindgen_test]
fn every_changed_token_is_refused() {
    for (name, algorithm) in SHARED {
        let key = Key::of(name);
        let token = Token::of(&key, name, &claims());
        let signature = key.sign(name, token.signing_input().as_bytes());
        let decoding_key = DecodingKey::from_jwk(&jwk(&key)).expect("a key");
        let mut changed: Vec<Vec<u8>> =
            vec![Vec::new(), signature[1..].into(), signature[..signature.len() - 1].into()];
        changed.push([&[0], &signature[..]].concat());
        changed.push([&signature[..], &[0]].concat());
        changed.push(vec![0; signature.len()]);
        changed.push(vec![0xff; signature.len()]);
        for byte in [0, signature.len() / 2, signature.len() - 1] {
            let mut flipped = signature.clone();
            flipped[byte] ^= 1;
            changed.push(flipped);
        }
        for bytes in changed {
            let verdict = decode(&token.with_signature(&bytes), algorithm, &decoding_key);
            assert_eq!(verdict, Err(ErrorKind::InvalidSignature), "{name} {bytes:?}");
        }
        let altered = Token::of(&key, name, &claims().text("sub", "mallory")).with_signature(&signature);
        assert_eq!(decode(&altered, algorithm, &decoding_key), Err(ErrorKind::InvalidSignature), "{name}");
    }
}

#[test]
#[wasm_bindgen_test]
fn signatures_in_other_forms_are_refused() {
    // The same point of the curve in DER, as other protocols sign (RFC 7518 §3.4 has none of it).
    let key = Key::of("ES256");
    let token = Token::of(&key, "ES256", &claims());
    let signature = key.sign("ES256", token.signing_input().as_bytes());
    let (r, s) = signature.split_at(32);
    let integers = [countersign_testkit::der::integer(r), countersign_testkit::der::integer(s)].concat();
    let der = countersign_testkit::der::element(0x30, &integers);
    let decoding_key = DecodingKey::from_jwk(&jwk(&key)).expect("a key");
    assert_eq!(decode(&token.with_signature(der), Theirs::ES256, &decoding_key), Err(ErrorKind::InvalidSignature));

    // S plus the order of the group (RFC 8032 §5.1.7).
    let key = Key::of("EdDSA");
    let token = Token::of(&key, "EdDSA", &claims());
    let mut signature = key.sign("EdDSA", token.signing_input().as_bytes());
    let order = number::hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    let s: Vec<u8> = signature[32..].iter().rev().copied().collect();
    let sum = number::add(&s, &order).expect("no carry");
    signature.splice(32.., sum.into_iter().rev());
    let decoding_key = DecodingKey::from_jwk(&jwk(&key)).expect("a key");
    assert_eq!(
        decode(&token.with_signature(signature), Theirs::EdDSA, &decoding_key),
        Err(ErrorKind::InvalidSignature)
    );
}

#[test]
#[wasm_bindgen_test]
fn weak_and_broken_keys_are_refused() {
    let good = countersign_testkit::rsa_raw::modulus(Key::of("RS256").rsa_parts());
    let mut even = good.clone();
    even[255] &= 0xfe;
    for (n, e) in [
        (&good[128..], &[1, 0, 1][..]),
        (&good[..], &[1]),
        (&good, &[3]),
        (&good, &[1, 0, 0]),
        (&good, &[]),
        (&good, &[1; 5]),
        (&even, &[1, 0, 1]),
        (&[0; 256], &[1, 0, 1]),
        (&[], &[1, 0, 1]),
        (&[0xff; 8192], &[1, 0, 1]),
    ] {
        assert!(refused(&DecodingKey::from_rsa_raw_components(n, e), Theirs::RS256, "key_invalid"), "{n:?} {e:?}");
    }
    let small_exponent = Key::rsa("RS256", "small", &primes::A, 65539);
    assert!(!refused(&DecodingKey::from_jwk(&jwk(&small_exponent)).expect("a key"), Theirs::RS256, "key_invalid"));
    for der in
        [&b""[..], b"\x30", b"\x30\x03\x02\x01\x01", &Key::of("RS256").spki(), &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]]
    {
        assert!(refused(&DecodingKey::from_rsa_der(der), Theirs::PS256, "key_invalid"), "{der:?}");
    }

    let point = Key::of("ES256").bytes();
    let mut off_curve = point.clone();
    off_curve[64] ^= 1;
    let compressed = [&[2 | (point[64] & 1)][..], &point[1..33]].concat();
    for bytes in
        [&off_curve[..], &compressed, &point[..64], &point[1..], &[4; 65], &[0], &[], &Key::of("ES384").bytes()]
    {
        assert!(refused(&DecodingKey::from_ec_der(bytes), Theirs::ES256, "key_invalid"), "{bytes:?}");
    }

    // Their own arithmetic panics for fewer than 32 bytes, and ignores more.
    let point = Key::of("EdDSA").bytes();
    let small_order = [&[1][..], &[0; 31]].concat();
    for bytes in [&point[..31], &[&point[..], &[0]].concat(), &[], &small_order, &[0xff; 32]] {
        assert!(refused(&DecodingKey::from_ed_der(bytes), Theirs::EdDSA, "key_invalid"), "{bytes:?}");
    }

    for (algorithm, length) in [(Theirs::HS256, 31), (Theirs::HS384, 47), (Theirs::HS512, 63)] {
        assert!(refused(&DecodingKey::from_secret(&vec![7; length]), algorithm, "key_invalid"));
    }
    for secret in
        [Key::of("RS256").pem().into_bytes(), Key::of("ES256").jwk().json().into_bytes(), Key::of("RS256").spki()]
    {
        assert!(refused(&DecodingKey::from_secret(&secret), Theirs::HS256, "key_invalid"));
    }
}

#[test]
#[wasm_bindgen_test]
fn keys_of_another_family_are_refused() {
    for (name, algorithm) in SHARED {
        let key = Key::of(name);
        let token = Token::of(&key, name, &claims()).sign(&key, name);
        for (other, theirs) in SHARED {
            if theirs.family() != algorithm.family() {
                let key = DecodingKey::from_jwk(&jwk(&Key::of(other))).expect("a key");
                assert_eq!(decode(&token, algorithm, &key), Err(ErrorKind::InvalidKeyFormat), "{name} {other}");
            }
        }
    }
}

#[test]
#[wasm_bindgen_test]
fn odd_bytes_never_panic() {
    let mut random = Random::new(0x5eed);
    let mut bytes = move || {
        let length = random.below(300);
        let mut bytes = random.bytes(length);
        // Most of them begin like something.
        let prefixes: [&[u8]; 4] = [&[], &[4], &[2], &[0x30, 0x82, 1, 0x0a, 2, 0x82, 1, 1]];
        let prefix = random.pick(&prefixes);
        let fitting = bytes.len().min(prefix.len());
        bytes[..fitting].copy_from_slice(&prefix[..fitting]);
        bytes
    };
    for _ in 0..50 {
        for (name, algorithm) in SHARED {
            let token = Token::of(&Key::secret("HS256", b"x"), name, &claims()).with_signature(bytes());
            for key in [
                DecodingKey::from_secret(&bytes()),
                DecodingKey::from_rsa_der(&bytes()),
                DecodingKey::from_rsa_raw_components(&bytes(), &bytes()),
                DecodingKey::from_ec_der(&bytes()),
                DecodingKey::from_ed_der(&bytes()),
            ] {
                assert!(decode(&token, algorithm, &key).is_err());
            }
            assert!((PROVIDER.key_utils.rsa_pub_components_from_public_key)(&bytes()).is_err());
        }
    }
}

#[test]
#[wasm_bindgen_test]
fn signing_is_refused() {
    let _ = PROVIDER.install_default();
    let provider = |error: jsonwebtoken::errors::Error| matches!(error.kind(), ErrorKind::Provider(_));
    let keys = [
        (Theirs::HS256, EncodingKey::from_secret(&[7; 32])),
        (Theirs::RS256, EncodingKey::from_rsa_der(&[7; 32])),
        (Theirs::ES256, EncodingKey::from_ec_der(&[7; 32])),
        (Theirs::EdDSA, EncodingKey::from_ed_der(&[7; 48])),
    ];
    for (algorithm, key) in keys {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &serde_json::json!({}), &key);
        assert!(token.is_err_and(provider), "{algorithm:?}");
        if algorithm != Theirs::HS256 {
            assert!(Jwk::from_encoding_key(&key, algorithm).is_err_and(provider), "{algorithm:?}");
        }
    }
}

#[test]
#[wasm_bindgen_test]
fn their_thumbprints_and_key_conversions_work() {
    let _ = PROVIDER.install_default();
    for name in ["RS256", "ES256", "ES384", "EdDSA"] {
        let key = Key::of(name);
        let ours = VerifyingKey::from_jwk(&key.jwk().json()).expect("a key");
        assert_eq!(jwk(&key).thumbprint(ThumbprintHash::SHA256).ok(), ours.thumbprint(), "{name}");
        let lengths = [ThumbprintHash::SHA384, ThumbprintHash::SHA512]
            .map(|hash| jwk(&key).thumbprint(hash).map(|text| text.len()));
        assert_eq!(lengths, [Ok(64), Ok(86)]);
        for decoding_key in decoding_keys(name, &key) {
            let converted = Jwk::from_decoding_key(&decoding_key, None).expect("a JWK");
            assert_eq!(VerifyingKey::try_from(&converted).expect("a key").thumbprint(), ours.thumbprint(), "{name}");
        }
    }
}

#[test]
#[wasm_bindgen_test]
fn algorithms_convert_both_ways() {
    for (name, theirs) in SHARED {
        let ours: Algorithm = name.parse().expect("an algorithm");
        assert_eq!(Algorithm::try_from(theirs), Ok(ours));
        assert_eq!(Theirs::try_from(ours), Ok(theirs));
    }
    let missing = Algorithm::all().filter(|algorithm| Theirs::try_from(*algorithm).is_err());
    let missing: Vec<_> = missing.map(Algorithm::name).collect();
    assert_eq!(missing, ["ES512", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]);
}

#[test]
#[wasm_bindgen_test]
fn keys_convert() {
    for name in ["RS256", "PS384", "ES256", "ES384", "EdDSA"] {
        let key = Key::of(name);
        let converted = VerifyingKey::try_from(&jwk(&key)).expect("a key");
        let read = VerifyingKey::from_jwk(&key.jwk().json()).expect("a key");
        let of = |key: &VerifyingKey| (key.kid().map(str::to_owned), key.algorithm(), key.thumbprint());
        assert_eq!(of(&converted), of(&read), "{name}");
    }
    // Without `alg` the curve says it, even where jsonwebtoken has no such algorithm.
    let p521 = Key::of("ES512").jwk();
    let converted = |members: &Members| {
        let jwk: Jwk = serde_json::from_str(&members.json()).expect("a JWK");
        VerifyingKey::try_from(&jwk)
    };
    assert_eq!(converted(&p521.clone().without("alg")).ok().and_then(|key| key.algorithm()), Some(Algorithm::ES512));
    // With it, jsonwebtoken has forgotten which one it was.
    assert_eq!(converted(&p521).err(), Some(Error::KeyUnsuitable(KeyUnsuitableReason::Algorithm)));
    assert_eq!(
        converted(&Key::of("ML-DSA-44").jwk()).err(),
        Some(Error::KeyUnsuitable(KeyUnsuitableReason::Algorithm))
    );
    assert_eq!(converted(&Key::of("HS256").jwk()).err(), Some(Error::KeyUnsuitable(KeyUnsuitableReason::Symmetric)));
}

#[test]
#[wasm_bindgen_test]
fn a_key_set_converts_key_by_key() {
    let (good, weak) = (Key::of("ES256").jwk(), Key::of("RS256").jwk().text("e", "Aw"));
    let oddity = Members::new().text("kty", "unheard-of").text("kid", "odd");
    let text = countersign_testkit::members::key_set([&good, &weak, &Key::of("HS256").jwk(), &oddity]);
    let mut set: JwkSet = serde_json::from_str(&text).expect("a set");
    // Built by a program: a member that would be there twice in its text.
    let mut twice = set.keys[3].clone();
    if let AlgorithmParameters::Other(other) = &mut twice.algorithm {
        other.fields.insert("kid".into(), "again".into());
    }
    set.keys.push(twice);
    let keys = KeySet::try_from(&set).expect("one good key");
    assert_eq!(keys.keys().filter_map(VerifyingKey::kid).collect::<Vec<_>>(), ["es256"]);
    let skipped: Vec<_> = keys.skipped().iter().map(|key| (key.kid.as_deref(), key.error.code().as_str())).collect();
    let expected = [
        (Some("rs256"), "key_invalid"),
        (Some("hs256"), "key_unsuitable"),
        (Some("odd"), "key_unsuitable"),
        (Some("odd"), "key_invalid"),
    ];
    assert_eq!(skipped, expected);
    assert!(KeySet::try_from(&JwkSet { keys: Vec::new() }).is_err());
}
