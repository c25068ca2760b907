//! What an issuer says of a token that is no JWT (RFC 7662) is judged as a JWT with the same claims is.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::cast_precision_loss, reason = "a test may")]

use std::collections::BTreeMap;

use countersign::error::ClaimReason;
use countersign::resource_server::Introspection;
use countersign::verify::{Binding, VerifierBuilder};
use countersign::{Error, KeySet, Profile, Verifier};
use countersign_testkit::corpus::{AUDIENCE, ISSUER, NOW};
use countersign_testkit::random::{Random, cases};
use countersign_testkit::{Key, Members, Token};

/// Members with what they may be; `@` stands for the time, and an empty text for none. The first is good everywhere.
const VALUES: [(&str, &[&str]); 8] = [
    (
        "iss",
        &[
            "",
            r#""https://issuer.example/""#,
            r#""alias.example""#,
            r#""https://issuer.example""#,
            r#""""#,
            "7",
            "null",
        ],
    ),
    (
        "aud",
        &[
            "",
            r#""https://api.example""#,
            r#"["a","https://api.example"]"#,
            r#""a""#,
            r#""""#,
            "[]",
            "7",
            "null",
            "[7]",
        ],
    ),
    ("exp", &["@+60", "", "@+0", "@-29", "@-30", "@-29.5", "1e300", "9007199254740991", "-1", r#""1""#, "null", "[]"]),
    ("nbf", &["", "@-1", "@+30", "@+31", "@+30.5", "0", "-1", "true", "null"]),
    ("iat", &["@-1", "", "@+30", "@+31", "@-90", "@-91", "1e300", r#""x""#, "null"]),
    ("sub", &[r#""alice""#, "", r#""bob""#, r#""""#, "7", "null"]),
    ("client_id", &[r#""web""#, "", r#""other""#, r#""""#, "[]", "null"]),
    ("scope", &[r#""read""#, "", r#""""#, r#"["read"]"#, "null"]),
];
const TEXTS: [&str; 4] = ["iss", "sub", "client_id", "scope"];

fn policies() -> Vec<(VerifierBuilder, bool)> {
    let keys = KeySet::from_json(&Key::of("EdDSA").key_set()).unwrap();
    let bare = || Verifier::builder().issuer(ISSUER).profile(Profile::Jwt).keys(keys.clone());
    let binding = || Binding::new("client_id", ["web"]);
    vec![
        (bare().audience(AUDIENCE), false),
        (bare().audience(AUDIENCE).issuer_alias("alias.example"), false),
        (bare().audience(AUDIENCE).subject("alice").clock_tolerance(0), false),
        (bare().audience(AUDIENCE).required_claim("scope").max_token_age(60), false),
        (bare().binding(binding()), true),
        (bare().binding(binding()).audience(AUDIENCE).subject("alice"), true),
    ]
}

#[test]
fn an_answer_is_judged_as_a_jwt_is() {
    let key = Key::of("EdDSA");
    let header = Members::new().text("alg", "EdDSA").text("kid", &key.kid).json();
    let mut random = Random::new(7662);
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for (builder, is_bound) in policies() {
        let verifier = builder.build().unwrap();
        let rules = Introspection::like(&verifier);
        for case in 0..cases(3_000, 1_000_000) {
            let mut answer = Members::new().raw("active", true);
            let mut claims = Members::new();
            let mut are_texts = true;
            for (name, values) in VALUES {
                // Mostly good, so that most have one fault or none.
                let value = if random.percent(80) { values[0] } else { random.pick(values) };
                let value = match value.strip_prefix('@') {
                    Some(offset) => (NOW as f64 + offset.parse::<f64>().unwrap()).to_string(),
                    None => value.to_owned(),
                };
                if !value.is_empty() {
                    answer = answer.raw(name, &value);
                    claims = claims.raw(name, &value);
                    are_texts &= !TEXTS.contains(&name) || value.starts_with('"');
                } else if name == "iss" {
                    claims = claims.text("iss", ISSUER);
                } else if name == "aud" && !is_bound {
                    claims = claims.text("aud", AUDIENCE);
                }
            }
            let jwt = Token::new(&header, claims.json()).sign(&key, "EdDSA");
            let expected = match verifier.verify(&jwt, NOW) {
                _ if !are_texts => "introspection_invalid",
                Ok(_) => "in",
                Err(Error::ClaimInvalid {
                    fault: ClaimReason::Type | ClaimReason::SubjectType | ClaimReason::Range,
                    ..
                }) => "introspection_invalid",
                Err(error) => error.code().as_str(),
            };
            let judged = rules.claims(answer.json().as_bytes(), NOW);
            let actual = judged.as_ref().map_or_else(|error| error.code().as_str(), |_| "in");
            assert_eq!(actual, expected, "case {case}: {}", answer.json());
            *outcomes.entry(expected).or_default() += 1;
            let Ok(judged) = judged else { continue };
            assert_eq!(judged.issuer(), verifier.verify(&jwt, NOW).unwrap().claims().issuer());
        }
    }
    for code in
        ["in", "introspection_invalid", "issuer_mismatch", "audience_mismatch", "token_expired", "claim_missing"]
    {
        assert!(outcomes.get(code).is_some_and(|&count| count > 20), "{code}: {outcomes:?}");
    }
    for code in ["token_not_yet_valid", "token_too_old", "subject_mismatch", "claim_invalid"] {
        assert!(outcomes.contains_key(code), "{code}: {outcomes:?}");
    }
}
