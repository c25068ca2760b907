//! The test issuer that programs have: what it mints, publishes and refuses.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use countersign::testing::{Failure, Mint, TestIssuer};
use countersign::{Algorithm, BlockingVerifier, ErrorCode};
use serde_json::{Value, json};

fn issuer() -> TestIssuer {
    TestIssuer::new("https://login.example/tenant", "https://api.example")
}

fn code(verifier: &BlockingVerifier, token: &str) -> ErrorCode {
    verifier.verify(token).unwrap_err().code()
}

#[test]
fn tokens_of_both_algorithms_are_verified_by_discovery() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let issuer = issuer();
        issuer.sign_with(algorithm);
        issuer.rotate();
        let verifier = issuer.verifier().unwrap();
        let token = verifier.verify(&issuer.mint(json!({ "sub": "alice", "role": "ü" }))).unwrap();
        assert_eq!(token.claims().subject(), Some("alice"));
        assert_eq!(token.header().kid(), Some("test-2"));
        verifier.verify(&issuer.mint(json!({}))).unwrap();
        assert_eq!(issuer.fetches(), 1);
        let metadata: Value = serde_json::from_str(&issuer.metadata()).unwrap();
        assert_eq!(metadata["id_token_signing_alg_values_supported"], json!([algorithm.to_string()]));
    }
}

#[test]
fn claims_header_and_times_are_as_the_test_wants_them() {
    let issuer = issuer();
    let verifier = issuer.verifier().unwrap();
    assert_eq!(code(&verifier, &issuer.mint_with(json!({}), Mint::default().expires_in(-60))), ErrorCode::TokenExpired);
    assert_eq!(code(&verifier, &issuer.mint(json!({ "exp": null }))), ErrorCode::ClaimMissing);
    assert_eq!(code(&verifier, &issuer.mint(json!({ "aud": "other" }))), ErrorCode::AudienceMismatch);
    let other = Mint::default().header("typ", "logout+jwt");
    assert_eq!(code(&verifier, &issuer.mint_with(json!({}), other)), ErrorCode::TypMismatch);
}

#[test]
fn a_rotated_key_is_fetched_and_a_withdrawn_one_is_refused() {
    let issuer = issuer();
    let verifier = issuer.verifier().unwrap();
    let old = issuer.mint(json!({}));
    verifier.verify(&old).unwrap();
    assert_eq!(issuer.rotate(), "test-2");
    verifier.verify(&issuer.mint(json!({}))).unwrap();
    assert_eq!(issuer.fetches(), 2);
    assert!(issuer.withdraw("test-1"));
    assert!(!issuer.withdraw("test-1") && !issuer.withdraw("test-3"));
    assert!(!issuer.jwks().contains("test-1"));
    let fresh = issuer.verifier().unwrap();
    assert_eq!(code(&fresh, &old), ErrorCode::KeyNotFound);
    assert_eq!(code(&fresh, &issuer.mint_with(json!({}), Mint::default().kid("test-1"))), ErrorCode::KeyNotFound);
}

#[test]
fn an_outage_is_no_verdict_and_passes() {
    let issuer = issuer();
    for how in [Failure::Status(500), Failure::Status(302), Failure::Network] {
        issuer.fail(Some(how));
        let verifier = issuer.verifier().unwrap();
        assert_eq!(code(&verifier, &issuer.mint(json!({}))), ErrorCode::JwksUnavailable, "{how:?}");
    }
    issuer.fail(None);
    issuer.verifier().unwrap().verify(&issuer.mint(json!({}))).unwrap();
}

#[test]
fn a_slow_answer_is_waited_for() {
    let issuer = issuer();
    issuer.delay(Duration::from_millis(50));
    let began = Instant::now();
    issuer.verifier().unwrap().verify(&issuer.mint(json!({}))).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100), "metadata and keys");
}

#[test]
fn the_server_answers_and_ends_with_its_issuer() {
    use std::io::{Read as _, Write as _};
    let get = |issuer: &str, path: &str| {
        let mut stream = std::net::TcpStream::connect(issuer.trim_start_matches("http://")).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok().map(|_| text)
    };
    let issuer = TestIssuer::start("https://api.example").unwrap();
    let address = issuer.issuer().to_owned();
    assert!(address.starts_with("http://127.0.0.1:"));
    assert!(get(&address, "/jwks").unwrap().ends_with(&issuer.jwks()));
    assert!(get(&address, "/.well-known/openid-configuration").unwrap().ends_with(&issuer.metadata()));
    assert!(get(&address, "/other").unwrap().starts_with("HTTP/1.1 404"));
    issuer.fail(Some(Failure::Network));
    assert_eq!(get(&address, "/jwks").as_deref(), Some(""));
    assert_eq!(issuer.fetches(), 2);
    issuer.fail(None);
    issuer.verifier().unwrap().verify(&issuer.mint(json!({}))).unwrap();
}
