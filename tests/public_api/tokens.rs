//! What a verified token tells, and one that nobody has verified.

use std::collections::BTreeMap;

use countersign::json::Json;
use countersign::resource_server::{Guard, Requirement};
use countersign::verify::{decode_unverified, unverified_issuer};
use countersign::{Algorithm, Error, Expectations};
use countersign_testkit::corpus::{AUDIENCE, ISSUER, NOW, claims};
use countersign_testkit::{ALGORITHMS, Key, Members, Token};

use crate::{builder, token};

#[test]
fn the_header_is_that_of_the_token() {
    for algorithm in &ALGORITHMS[..14] {
        let key = Key::of(algorithm);
        let text = Members::new().text("alg", algorithm).text("typ", "JWT").text("kid", &key.kid).json();
        let jwt = Token::new(&text, claims().json()).sign(&key, algorithm);
        let verified = builder(algorithm).build().unwrap().verify(&jwt, NOW).unwrap();
        let unverified = decode_unverified(jwt.as_bytes()).unwrap();
        for header in [verified.header(), &unverified.header] {
            assert_eq!(header.algorithm(), algorithm.parse().unwrap());
            assert_eq!((header.kid(), header.typ()), (Some(key.kid.as_str()), Some("JWT")));
            assert_eq!(header.json(), text);
        }
    }
    let key = Key::of("EdDSA");
    let bare = Token::new(r#"{"alg":"EdDSA"}"#, claims().json()).sign(&key, "EdDSA");
    let unverified = decode_unverified(bare.as_bytes()).unwrap();
    assert_eq!((unverified.header.kid(), unverified.header.typ()), (None, None));
}

#[test]
fn the_claims_are_those_of_the_token() {
    let verifier = builder("EdDSA").audience("second").build().unwrap();
    let rows = [
        (
            claims()
                .text("sub", "a")
                .text("aud", "second")
                .raw("iat", NOW - 5)
                .raw("exp", NOW + 7)
                .text("scope", "r w"),
            (vec!["second"], "a", Some(NOW - 5), NOW + 7, vec!["r", "w"]),
        ),
        (
            claims().text("sub", "b").raw("aud", format!(r#"["{AUDIENCE}","x"]"#)).without("iat").raw("exp", NOW + 60),
            (vec![AUDIENCE, "x"], "b", None, NOW + 60, vec![]),
        ),
        (
            claims().text("sub", "c").without("iat").raw("exp", NOW + 60).raw("scope", r#"["r","w"]"#),
            (vec![AUDIENCE], "c", None, NOW + 60, vec!["r", "w"]),
        ),
    ];
    for (members, (audience, subject, issued_at, expires_at, scopes)) in rows {
        let jwt = token("EdDSA", &members);
        let accepted = verifier.verify(&jwt, NOW).unwrap();
        let unverified = decode_unverified(jwt.as_bytes()).unwrap();
        assert_eq!(&unverified.claims, accepted.claims());
        for claims in [accepted.claims(), &unverified.claims] {
            assert_eq!(claims.json(), members.json());
            assert_eq!((claims.issuer(), claims.subject()), (Some(ISSUER), Some(subject)));
            assert_eq!((claims.audience(), claims.scopes()), (audience.clone(), scopes.clone()));
            assert_eq!((claims.issued_at(), claims.expires_at()), (issued_at, Some(expires_at)));
            assert_eq!(claims.get("sub").and_then(Json::as_str), Some(subject));
            assert_eq!(claims.get("nothing"), None);
            let all: BTreeMap<String, serde_json::Value> = claims.deserialize().unwrap();
            assert_eq!(all["exp"], expires_at);
            assert!(claims.deserialize::<Vec<u8>>().is_err());
        }
    }
}

/// What `serde_json` writes numbers and raw texts under, for itself: a judge that reads such a name as its value decides on
/// something else than what is executed.
#[test]
fn names_that_a_parser_has_for_itself_are_names_like_others() {
    for (name, text) in [("$serde_json::private::Number", "7"), ("$serde_json::private::RawValue", r#"\"write\""#)] {
        let hidden = format!(r#"{{"{name}":"{text}"}}"#);
        let jwt = token("EdDSA", &claims().raw("scope", &hidden).raw("more", &hidden));
        let accepted = builder("EdDSA").build().unwrap().verify(&jwt, NOW).unwrap();
        let claims = accepted.claims();
        assert!(claims.scopes().is_empty());
        for claim in ["scope", "more"] {
            let members = claims.get(claim).and_then(Json::as_object).unwrap();
            assert_eq!(members.keys().collect::<Vec<_>>(), [name]);
        }
        let guard = Guard::builder().build().unwrap();
        let asked = guard.authorize(claims, &Requirement::default().scope("write"), NOW);
        assert_eq!(asked.unwrap_err().code().as_str(), "claim_invalid");
        for claim in ["exp", "iat", "nbf", "aud", "sub"] {
            let jwt = token("EdDSA", &countersign_testkit::corpus::claims().raw(claim, &hidden));
            let error = builder("EdDSA").build().unwrap().verify(&jwt, NOW).unwrap_err();
            assert_eq!(error.code().as_str(), "claim_invalid", "{claim}");
        }
    }
}

#[test]
fn the_issuer_of_any_token_is_read_to_choose_by() {
    let issuer = |jwt: &str| unverified_issuer(jwt.as_bytes());
    assert_eq!(issuer(&token("EdDSA", &claims())), Ok(Some(ISSUER.to_owned())));
    assert_eq!(issuer(&token("EdDSA", &claims().without("iss"))), Ok(None));
    let workload = claims().without("iss").text("sub", "spiffe://example.org/a");
    assert_eq!(issuer(&token("EdDSA", &workload)), Ok(Some("spiffe://example.org".to_owned())));
    let large = token("EdDSA", &claims().text("more", "x".repeat(30_000)));
    assert_eq!(issuer(&large), Ok(Some(ISSUER.to_owned())));
    assert!(matches!(decode_unverified(large.as_bytes()), Err(Error::TokenTooLarge(_))));
    // {"alg":"HS256"} and {"iss":"joe"}, with a signature of four zero bytes.
    for (jwt, is_read) in [
        ("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ==.AAAAAA==", true),
        ("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.AAAAAA==", false),
        ("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ", false),
    ] {
        assert_eq!(issuer(jwt).ok().flatten().as_deref(), is_read.then_some("joe"), "{jwt}");
        assert!(decode_unverified(jwt.as_bytes()).is_err());
    }
}

#[test]
fn an_empty_token_tells_nothing() {
    let claims = decode_unverified(b"eyJhbGciOiJIUzI1NiJ9.e30.AAAA").unwrap().claims;
    assert_eq!((claims.issuer(), claims.subject(), claims.issued_at(), claims.expires_at()), (None, None, None, None));
    assert!(claims.audience().is_empty() && claims.scopes().is_empty());
    assert_eq!(claims.json(), "{}");
    assert!(matches!(decode_unverified(b"e30"), Err(Error::TokenMalformed(_))));
    assert!(matches!(decode_unverified(b"e30.e30.AAAA"), Err(Error::HeaderInvalid(_))));
}

/// Claims are equal when their texts are.
#[test]
fn tokens_are_equal_or_not() {
    let verifier = builder("EdDSA").build().unwrap();
    let [a, b] = ["a", "b"].map(|sub| verifier.verify(&token("EdDSA", &claims().text("sub", sub)), NOW).unwrap());
    assert_ne!(a.claims(), b.claims());
    assert_ne!(a, b);
    assert_eq!(a, a.clone());
    assert!(format!("{:?}", a.claims()).contains(r#""sub\":\"a"#), "{:?}", a.claims());
}

/// What is secret is in no output for debugging.
#[test]
fn debugging_shows_no_secret() {
    let mut expectations = Expectations::default();
    expectations.nonce = Some("a secret".into());
    expectations.max_age = Some(77);
    let text = format!("{expectations:?}");
    assert!(text.contains("nonce: true") && text.contains("code: false") && text.contains("77"), "{text}");
    assert!(!text.contains("secret"), "{text}");

    let jwt = token("ES256", &claims());
    let pending = builder("ES256").build().unwrap().begin(jwt.as_bytes()).unwrap();
    let text = format!("{pending:?}");
    assert!(text.contains("ES256") && text.contains("es256"), "{text}");
    assert!(!text.contains("user-1") && !text.contains("signature"), "{text}");
    assert_eq!(pending.algorithm(), Algorithm::ES256);
}
