//! Proofs of possession (RFC 9449): what holds, and each thing that makes a proof hold no more.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::string_slice, clippy::unnecessary_wraps, reason = "a test may")]

use countersign::dpop::{Dpop, ProofRequest};
use countersign::error::DpopReason;
use countersign::resource_server::{Guard, Requirement, Scheme, from_authorization, from_authorization_of_any_scheme};
use countersign::{Error, ErrorCode};
use countersign_testkit::hash::sha;
use countersign_testkit::{Key, Members, base64url};

const NOW: u64 = 1_800_000_000;
const URL: &str = "https://api.example/notes";
const TOKEN: &str = "the.access.token";
const SECRET: [u8; 32] = [7; 32];
const REQUEST: ProofRequest<'_> = ProofRequest { method: "GET", url: URL, token: TOKEN };

fn guard(dpop: Dpop) -> Guard {
    Guard::builder().resource("https://api.example").dpop(dpop).build().unwrap()
}

/// The public members of a key alone, as clients send them.
fn jwk(key: &Key) -> Members {
    key.jwk().without("kid").without("alg")
}

fn header(algorithm: &str, key: &Key) -> Members {
    Members::new().text("typ", "dpop+jwt").text("alg", algorithm).raw("jwk", jwk(key).json())
}

fn claims() -> Members {
    let ath = base64url::encode(sha(256, TOKEN.as_bytes()));
    let claims = Members::new().text("jti", "a-1").text("htm", "GET").text("htu", URL);
    claims.raw("iat", NOW - 10).text("ath", ath)
}

fn sign(algorithm: &str, key: &Key, header: &Members, claims: &Members) -> String {
    let input = [header, claims].map(|part| base64url::encode(part.json())).join(".");
    let signature = key.sign(algorithm, input.as_bytes());
    format!("{input}.{}", base64url::encode(signature))
}

/// The error of a proof with these parts by the ordinary key, if there is one.
fn error(header: &Members, claims: &Members) -> Option<Error> {
    let proof = sign("ES256", &Key::of("ES256"), header, claims);
    guard(Dpop::allowed()).verify_proof(&[&proof], &REQUEST, NOW).err()
}

fn refused(reason: DpopReason) -> Option<Error> {
    Some(Error::DpopInvalid(reason))
}

#[test]
fn each_algorithm_for_proofs_holds() {
    let guard = guard(Dpop::allowed());
    for (algorithm, name) in [
        ("ES256", "ES256"),
        ("ES384", "ES384"),
        ("EdDSA", "EdDSA"),
        ("EdDSA", "Ed25519"),
        ("PS256", "PS256"),
        ("RS256", "RS256"),
    ] {
        let key = Key::of(algorithm);
        let proof =
            guard.verify_proof(&[&sign(algorithm, &key, &header(name, &key), &claims())], &REQUEST, NOW).unwrap();
        let thumbprint = countersign::keys::VerifyingKey::from_jwk(&key.jwk().json()).unwrap().thumbprint();
        assert_eq!(Some(proof.thumbprint()), thumbprint.as_deref(), "{name}");
        assert_eq!(proof.next_nonce(), None);
        assert!(proof.replay_key().len() <= 128);
        assert!(proof.replay_key().bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_.".contains(&byte)));
    }
    for algorithm in ["ES512", "ES256K", "RS512", "PS384", "ML-DSA-44", "HS256"] {
        let key = Key::of(algorithm);
        let jwk = if algorithm == "HS256" { key.jwk() } else { jwk(&key) };
        let header = header(algorithm, &key).raw("jwk", jwk.json());
        let error = guard.verify_proof(&[&sign(algorithm, &key, &header, &claims())], &REQUEST, NOW).err();
        assert_eq!(error, refused(DpopReason::Algorithm), "{algorithm}");
    }
}

#[test]
fn there_is_one_proof() {
    let key = Key::of("ES256");
    let proof = sign("ES256", &key, &header("ES256", &key), &claims());
    let guard = guard(Dpop::allowed());
    let error = |fields: &[&str]| guard.verify_proof(fields, &REQUEST, NOW).err();
    assert_eq!(error(&[&proof]), None);
    assert_eq!(error(&[]), refused(DpopReason::Missing));
    assert_eq!(error(&[&proof, &proof]), refused(DpopReason::Repeated));
    for field in ["", "x", "a.b.c", &format!("{proof}, {proof}"), &format!("{proof}="), &"A".repeat(9000)] {
        assert_eq!(error(&[field]), refused(DpopReason::Form), "{field}");
    }
    let off = Guard::builder().build().unwrap();
    assert_eq!(off.verify_proof(&[&proof], &REQUEST, NOW), Err(Error::SchemeUnsupported));
}

#[test]
fn the_header_is_that_of_a_proof() {
    let key = Key::of("ES256");
    let good = header("ES256", &key);
    assert_eq!(error(&good, &claims()), None);
    for (header, reason) in [
        (good.clone().without("typ"), DpopReason::Typ),
        (good.clone().text("typ", "JWT"), DpopReason::Typ),
        (good.clone().text("typ", "at+jwt"), DpopReason::Typ),
        (good.clone().raw("typ", 7), DpopReason::Typ),
        (good.clone().without("alg"), DpopReason::Form),
        (good.clone().text("alg", "none"), DpopReason::Algorithm),
        (good.clone().text("alg", "HS256"), DpopReason::Algorithm),
        (good.clone().text("alg", "ES384"), DpopReason::Key),
        (good.clone().text("alg", "RS256"), DpopReason::Key),
        (good.clone().raw("crit", "[]"), DpopReason::Form),
        (good.clone().raw("b64", false), DpopReason::Form),
        (good.clone().without("jwk"), DpopReason::Key),
        (good.clone().text("jwk", "x"), DpopReason::Key),
        (good.clone().raw("jwk", "{}"), DpopReason::Key),
        (good.clone().raw("jwk", Key::of("HS256").jwk().json()), DpopReason::Key),
        (good.clone().raw("jwk", jwk(&key).text("d", "AAAA").json()), DpopReason::Key),
        (good.clone().raw("jwk", jwk(&key).text("alg", "ES384").json()), DpopReason::Key),
        (good.clone().raw("jwk", jwk(&key).text("use", "enc").json()), DpopReason::Key),
        (good.clone().raw("jwk", jwk(&key).text("x", base64url::encode([1; 32])).json()), DpopReason::Key),
        (good.clone().raw("jwk", jwk(&Key::named("ES256", "other")).json()), DpopReason::Signature),
        (good.clone().again("alg", "\"ES256\""), DpopReason::Form),
    ] {
        assert_eq!(error(&header, &claims()), refused(reason), "{}", header.json());
    }
    let small = Key::of("RS256");
    let weak = jwk(&small).text("e", "AQ");
    assert_eq!(error(&header("RS256", &small).raw("jwk", weak.json()), &claims()), refused(DpopReason::Key));
}

#[test]
fn the_claims_are_those_of_the_request() {
    let key = Key::of("ES256");
    let header = header("ES256", &key);
    for (claims, reason) in [
        (claims().without("jti"), DpopReason::Claims),
        (claims().raw("jti", 7), DpopReason::Claims),
        (claims().text("jti", ""), DpopReason::Jti),
        (claims().text("jti", "j".repeat(257)), DpopReason::Jti),
        (claims().without("htm"), DpopReason::Claims),
        (claims().text("htm", "POST"), DpopReason::Method),
        (claims().text("htm", "get"), DpopReason::Method),
        (claims().without("htu"), DpopReason::Claims),
        (claims().text("htu", "https://api.example/other"), DpopReason::Uri),
        (claims().text("htu", "https://api.example/notes/"), DpopReason::Uri),
        (claims().text("htu", "https://other.example/notes"), DpopReason::Uri),
        (claims().text("htu", "http://api.example/notes"), DpopReason::Uri),
        (claims().text("htu", "https://api.example:8443/notes"), DpopReason::Uri),
        (claims().text("htu", "/notes"), DpopReason::Uri),
        (claims().text("htu", "https://user@api.example/notes"), DpopReason::Uri),
        (claims().without("ath"), DpopReason::Claims),
        (claims().text("ath", base64url::encode(sha(256, b"another"))), DpopReason::Token),
        (claims().text("ath", ""), DpopReason::Token),
        (claims().raw("nonce", 7), DpopReason::Claims),
        (claims().without("iat"), DpopReason::Claims),
        (claims().text("iat", NOW.to_string()), DpopReason::Claims),
        (claims().raw("iat", -1), DpopReason::Time),
        (claims().raw("iat", i64::MIN), DpopReason::Form),
        (claims().raw("iat", "-9e18"), DpopReason::Time),
        (claims().raw("iat", "1e300"), DpopReason::Time),
        (claims().raw("iat", NOW + 31), DpopReason::Time),
        (claims().raw("iat", NOW - 91), DpopReason::Time),
        (claims().again("htm", "\"GET\""), DpopReason::Form),
    ] {
        assert_eq!(error(&header, &claims), refused(reason), "{}", claims.json());
    }
    for claims in [
        claims().text("jti", "j".repeat(256)),
        claims().text("htu", "HTTPS://API.example:443/./notes?q=1#f"),
        claims().text("htu", "https://api.example/%6eotes"),
        claims().raw("iat", NOW + 30),
        claims().raw("iat", NOW - 90),
        claims().text("nonce", "not asked for"),
    ] {
        assert_eq!(error(&header, &claims), None, "{}", claims.json());
    }
}

#[test]
fn the_uri_is_that_of_the_resource_and_never_of_the_host() {
    let key = Key::of("ES256");
    let proof = sign("ES256", &key, &header("ES256", &key), &claims());
    let with = guard(Dpop::allowed());
    let without = Guard::builder().dpop(Dpop::allowed()).build().unwrap();
    let ask = |guard: &Guard, url| guard.verify_proof(&[&proof], &ProofRequest { url, ..REQUEST }, NOW).err();
    for (url, from_resource, from_request) in [
        (URL, None, None),
        ("https://api.example/notes?a=b#c", None, None),
        ("/notes?a=b", None, Some(Error::InternalError)),
        ("http://10.0.0.1:8080/notes", None, refused(DpopReason::Uri)),
        ("https://evil.example/other", refused(DpopReason::Uri), refused(DpopReason::Uri)),
        ("", refused(DpopReason::Uri), refused(DpopReason::Uri)),
    ] {
        assert_eq!((ask(&with, url), ask(&without, url)), (from_resource, from_request), "{url}");
    }
    // What a request line can have in place of a path is no part of a host's name.
    for (target, htu) in [
        (".evil.example/notes", "https://api.example.evil.example/notes"),
        (":8443/notes", "https://api.example:8443/notes"),
        ("*", "https://api.example*"),
    ] {
        let proof = sign("ES256", &key, &header("ES256", &key), &claims().text("htu", htu));
        let request = ProofRequest { url: target, ..REQUEST };
        assert_eq!(with.verify_proof(&[&proof], &request, NOW).err(), refused(DpopReason::Uri), "{target}");
    }
}

#[test]
fn every_flip_of_a_bit_is_refused() {
    for algorithm in ["ES256", "EdDSA"] {
        let key = Key::of(algorithm);
        let proof = sign(algorithm, &key, &header(algorithm, &key), &claims());
        let guard = guard(Dpop::allowed());
        assert!(guard.verify_proof(&[&proof], &REQUEST, NOW).is_ok());
        for at in 0..proof.len() {
            for bit in 0..7 {
                let mut bytes = proof.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let Ok(flipped) = String::from_utf8(bytes) else { continue };
                let error = guard.verify_proof(&[&flipped], &REQUEST, NOW).map_err(|error| error.code());
                assert_eq!(error, Err(ErrorCode::DpopInvalid), "{flipped}");
            }
        }
    }
}

#[test]
fn a_nonce_counts_for_its_step_and_the_next() {
    let key = Key::of("ES256");
    let nonces = guard(Dpop::required().proof_lifetime(60).nonce_secret(&SECRET));
    let ask = |nonce: Option<&str>, now: u64| {
        let claims = claims().raw("iat", now);
        let claims = nonce.map_or(claims.clone(), |nonce| claims.text("nonce", nonce));
        let proof = nonces.verify_proof(&[&sign("ES256", &key, &header("ES256", &key), &claims)], &REQUEST, now);
        proof.map(|proof| proof.next_nonce().map(str::to_owned))
    };
    let at = |now| nonces.dpop_nonce(now).unwrap();
    // 1_800_000_000 is a multiple of 60.
    let (first, second) = (at(NOW), at(NOW + 60));
    assert_eq!(first, at(NOW + 59));
    assert_ne!(first, second);
    assert_eq!(first.len(), 43);
    assert_eq!(ask(Some(&first), NOW + 59), Ok(None));
    assert_eq!(ask(Some(&first), NOW + 60), Ok(Some(second.clone())));
    assert_eq!(ask(Some(&first), NOW + 119), Ok(Some(second.clone())));
    for nonce in [None, Some(""), Some("x"), Some(&first[1..])] {
        assert_eq!(ask(nonce, NOW), Err(Error::DpopNonceRequired), "{nonce:?}");
    }
    assert_eq!(ask(Some(&first), NOW + 120), Err(Error::DpopNonceRequired));
    assert_eq!(ask(Some(&second), NOW), Err(Error::DpopNonceRequired));
    let others = guard(Dpop::required().nonce_secret(&[8; 32]));
    assert_eq!(ask(Some(&others.dpop_nonce(NOW).unwrap()), NOW), Err(Error::DpopNonceRequired));

    let refusal = nonces.refusal_at(ErrorCode::DpopNonceRequired, &Requirement::default(), NOW);
    assert_eq!((refusal.status, refusal.header("DPoP-Nonce")), (401, Some(first.as_str())));
    assert!(refusal.header("WWW-Authenticate").unwrap().starts_with(r#"DPoP error="use_dpop_nonce", "#));
    let refusal = nonces.refusal_at(ErrorCode::TokenExpired, &Requirement::default(), NOW);
    assert_eq!(refusal.header("DPoP-Nonce"), None);
    assert_eq!(guard(Dpop::required()).dpop_nonce(NOW), None);
}

#[test]
fn what_is_used_once_is_a_proof_for_a_uri_by_a_key() {
    let guard = guard(Dpop::allowed());
    let key_of = |key: &Key, claims: &Members, url: &str| {
        let proof = sign("ES256", key, &header("ES256", key), claims);
        let request = ProofRequest { url, ..REQUEST };
        guard.verify_proof(&[&proof], &request, NOW).unwrap().replay_key().to_owned()
    };
    let (key, other) = (Key::of("ES256"), Key::named("ES256", "other"));
    let ordinary = key_of(&key, &claims(), URL);
    let same = claims().raw("iat", NOW).text("htu", "https://API.example/notes?x");
    assert_eq!(key_of(&key, &same, URL), ordinary);
    let elsewhere = claims().text("htu", "https://api.example/other");
    for another in [
        key_of(&key, &claims().text("jti", "a-2"), URL),
        key_of(&key, &elsewhere, "https://api.example/other"),
        key_of(&other, &claims(), URL),
    ] {
        assert_ne!(another, ordinary);
    }
    let short = Guard::builder().clock_tolerance(0).dpop(Dpop::allowed().proof_lifetime(5)).build().unwrap();
    assert_eq!(short.replay_lifetime(), 60);
}

/// A proof of a clock that is as fast as is allowed holds the longest: through its last second, whose beginning is a whole
/// window away from that of the first.
#[test]
fn a_used_proof_is_remembered_for_as_long_as_it_holds() {
    let key = Key::of("ES256");
    for guard in [guard(Dpop::allowed()), guard(Dpop::allowed().proof_lifetime(600))] {
        let proof = sign("ES256", &key, &header("ES256", &key), &claims().raw("iat", NOW + 30));
        let holds = |now| guard.verify_proof(&[&proof], &REQUEST, now).is_ok();
        let last = (NOW..NOW + 2_000).take_while(|&now| holds(now)).last().unwrap();
        assert_eq!(last + 1, NOW + guard.replay_lifetime());
    }
}

#[test]
fn the_scheme_of_a_token() {
    for (field, expected) in [
        ("DPoP abc", Some((Scheme::DPoP, "abc"))),
        ("dpop abc", Some((Scheme::DPoP, "abc"))),
        ("Bearer abc", Some((Scheme::Bearer, "abc"))),
        ("Basic abc", None),
    ] {
        assert_eq!(from_authorization_of_any_scheme(&[field]), Ok(expected), "{field}");
    }
    assert_eq!(from_authorization(&["DPoP abc"]), Err(Error::SchemeUnsupported));
    for field in ["DPoP", "DPoP a b", "DPoP abc, Bearer abc"] {
        assert_eq!(
            from_authorization_of_any_scheme(&[field]).map_err(|error| error.code()),
            Err(ErrorCode::RequestInvalid)
        );
    }
}

#[test]
fn challenges_name_the_schemes() {
    let algs = r#"algs="ES256 ES384 EdDSA PS256 RS256 Ed25519""#;
    let metadata = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource""#;
    let challenge = |guard: &Guard, code| {
        let refusal = guard.refusal(code, &Requirement::default());
        assert_eq!(refusal.header("Access-Control-Expose-Headers"), Some("WWW-Authenticate, Retry-After, DPoP-Nonce"));
        refusal.header("WWW-Authenticate").map(str::to_owned)
    };
    let (allowed, required) = (guard(Dpop::allowed()), guard(Dpop::required()));
    let expected = format!("Bearer {metadata}, DPoP {metadata}, {algs}");
    assert_eq!(challenge(&allowed, ErrorCode::TokenMissing), Some(expected));
    assert_eq!(challenge(&required, ErrorCode::TokenMissing), Some(format!("DPoP {metadata}, {algs}")));
    let proof = r#"error="invalid_dpop_proof", error_description="the proof of possession was used before""#;
    let expected = format!("Bearer {metadata}, DPoP {proof}, {metadata}, {algs}");
    assert_eq!(challenge(&allowed, ErrorCode::ReplayDetected), Some(expected));
    let token = r#"error="invalid_token", error_description="the token has expired""#;
    let expected = format!("Bearer {token}, {metadata}, DPoP {token}, {metadata}, {algs}");
    assert_eq!(challenge(&allowed, ErrorCode::TokenExpired), Some(expected));
    assert_eq!(challenge(&allowed, ErrorCode::StoreUnavailable), None);
    let refusal = allowed.refusal(ErrorCode::StoreUnavailable, &Requirement::default());
    assert_eq!((refusal.status, refusal.header("Retry-After").is_some()), (503, true));

    let document =
        |guard: &Guard| guard.metadata_response("GET", "/.well-known/oauth-protected-resource").unwrap().body;
    let values = r#""dpop_signing_alg_values_supported":["ES256","ES384","EdDSA","PS256","RS256","Ed25519"]"#;
    assert!(document(&allowed).contains(values));
    assert!(!document(&allowed).contains("dpop_bound"));
    assert!(document(&required).ends_with(&format!(r#"{values},"dpop_bound_access_tokens_required":true}}"#)));
}

#[test]
fn the_metadata_says_that_tokens_may_be_bound_to_certificates() {
    let document = |supported| {
        let guard =
            Guard::builder().resource("https://api.example").certificate_bound_tokens(supported).build().unwrap();
        guard.metadata_response("GET", "/.well-known/oauth-protected-resource").unwrap().body
    };
    let member = r#""tls_client_certificate_bound_access_tokens":true"#;
    assert_eq!([false, true].map(|supported| document(supported).contains(member)), [false, true]);
}

#[test]
fn impossible_options_say_what_to_write() {
    let option = |dpop| Guard::builder().dpop(dpop).build().unwrap_err().option;
    assert_eq!(option(Dpop::allowed().proof_lifetime(0)), "proof_lifetime");
    assert_eq!(option(Dpop::allowed().proof_lifetime(601)), "proof_lifetime");
    assert_eq!(option(Dpop::allowed().nonce_secret(&[7; 31])), "nonce_secret");
    assert!(!format!("{:?}", Dpop::allowed().nonce_secret(&SECRET)).contains('7'));
}
