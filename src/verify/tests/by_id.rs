//! Keys that are fetched one by one, on a fake clock.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::key_source::KeySource;
use crate::encoding::base64url;
use crate::error::{ErrorCode, UnavailableReason};
use crate::jwks_cache::{Event, FetchRequest, Response};
use crate::verify::attempt::Attempt;
use crate::verify::remote_verifier::{RemoteVerifier, Step};
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::Verifier;

const PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAuHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc=\n-----END PUBLIC KEY-----\n";
const OTHER_PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
/// Of the key ID `eddsa`, which signs for `PEM`
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
    .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
    .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";

fn remote() -> RemoteVerifier {
    let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build();
    let source = KeySource { jwks_uri: Some("https://keys.example/pem/{kid}".into()), ..KeySource::default() };
    RemoteVerifier::with_cache(verifier.unwrap(), &source, CacheLimits::default()).unwrap()
}

/// A token that names that key, under a signature of another.
fn naming(kid: &str) -> String {
    let header = base64url::encode(format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#).as_bytes());
    format!("{header}.{}", TOKEN.split_once('.').unwrap().1)
}

enum Course {
    Asks(FetchRequest),
    Waits,
    Ends(Result<(), ErrorCode>),
}

fn step(remote: &RemoteVerifier, attempt: &mut Attempt, token: &str, now: u64) -> Course {
    match remote.step(attempt, token, None, now) {
        Step::Done(verdict) => Course::Ends(verdict.map(drop).map_err(|error| error.code())),
        Step::Fetch { request, .. } => Course::Asks(request),
        Step::Wait { .. } => Course::Waits,
    }
}

fn asks(remote: &RemoteVerifier, attempt: &mut Attempt, token: &str, now: u64) -> FetchRequest {
    match step(remote, attempt, token, now) {
        Course::Asks(request) => request,
        Course::Waits => panic!("it waits"),
        Course::Ends(verdict) => panic!("{verdict:?}"),
    }
}

fn ends(remote: &RemoteVerifier, attempt: &mut Attempt, token: &str, now: u64) -> Result<(), ErrorCode> {
    match step(remote, attempt, token, now) {
        Course::Ends(verdict) => verdict,
        Course::Waits => panic!("it waits"),
        Course::Asks(request) => panic!("{request:?}"),
    }
}

fn at_once(remote: &RemoteVerifier, token: &str, now: u64) -> Result<(), ErrorCode> {
    ends(remote, &mut Attempt::default(), token, now)
}

fn respond(remote: &RemoteVerifier, request: &FetchRequest, status: u16, body: &[u8], now: u64) {
    remote.handle(Event::Response { id: request.id, response: Response::new(status, body) }, now);
}

fn loaded(now: u64) -> RemoteVerifier {
    let remote = remote();
    let request = asks(&remote, &mut Attempt::default(), TOKEN, now);
    respond(&remote, &request, 200, PEM, now);
    assert_eq!(at_once(&remote, TOKEN, now), Ok(()));
    remote
}

#[test]
fn a_key_is_asked_for_by_its_id() {
    let remote = remote();
    let mut attempt = Attempt::default();
    let request = asks(&remote, &mut attempt, TOKEN, 1_000);
    assert_eq!(request.url, "https://keys.example/pem/eddsa");
    assert!(matches!(step(&remote, &mut Attempt::default(), TOKEN, 1_000), Course::Waits), "one request for all");
    respond(&remote, &request, 200, PEM, 1_000);
    assert_eq!(ends(&remote, &mut attempt, TOKEN, 1_000), Ok(()));
    // Fresh like a set.
    assert_eq!(at_once(&remote, TOKEN, 1_599), Ok(()));
    assert_eq!(asks(&remote, &mut Attempt::default(), TOKEN, 1_600).url, request.url);
}

#[test]
fn a_key_verifies_what_names_it_and_nothing_else() {
    let remote = loaded(1_000);
    let mut attempt = Attempt::default();
    let other = naming("other");
    let request = asks(&remote, &mut attempt, &other, 1_000);
    assert_eq!(request.url, "https://keys.example/pem/other");
    respond(&remote, &request, 200, OTHER_PEM, 1_000);
    assert_eq!(ends(&remote, &mut attempt, &other, 1_000), Err(ErrorCode::SignatureInvalid));
    assert_eq!(at_once(&remote, TOKEN, 1_000), Ok(()), "the first key is there still");
    // No ID, and IDs that are other paths: no key has them, and nothing is asked.
    let header = base64url::encode(br#"{"alg":"EdDSA"}"#);
    let anonymous = format!("{header}.{}", TOKEN.split_once('.').unwrap().1);
    assert_eq!(at_once(&remote, &anonymous, 1_000), Err(ErrorCode::KeyAmbiguous));
    for kid in ["", ".", "..", "../jwks", "a/b", "a?b", "a#b", "a%2fb", "a b", "{kid}", &"k".repeat(64)] {
        assert_eq!(at_once(&remote, &naming(kid), 1_000), Err(ErrorCode::KeyNotFound), "{kid:?}");
    }
    // Nor for what no key could verify.
    for token in ["a.b", "", "AA==.AA==.AA=="] {
        assert_eq!(at_once(&remote, token, 1_000), Err(ErrorCode::TokenMalformed), "{token:?}");
    }
}

#[test]
fn a_key_that_there_is_not_is_no_outage() {
    for status in [403, 404, 410] {
        let remote = remote();
        let mut attempt = Attempt::default();
        let request = asks(&remote, &mut attempt, TOKEN, 1_000);
        respond(&remote, &request, status, b"", 1_000);
        assert_eq!(ends(&remote, &mut attempt, TOKEN, 1_000), Err(ErrorCode::KeyNotFound), "{status}");
        assert_eq!(at_once(&remote, TOKEN, 1_029), Err(ErrorCode::KeyNotFound));
        let request = asks(&remote, &mut Attempt::default(), TOKEN, 1_030);
        respond(&remote, &request, 200, PEM, 1_030);
        assert_eq!(at_once(&remote, TOKEN, 1_030), Ok(()));
        // It was withdrawn.
        let request = asks(&remote, &mut Attempt::default(), TOKEN, 1_630);
        respond(&remote, &request, status, b"", 1_630);
        assert_eq!(at_once(&remote, TOKEN, 1_630), Err(ErrorCode::KeyNotFound));
    }
}

#[test]
fn while_the_server_is_down_known_keys_serve_for_a_day() {
    let remote = loaded(100_000);
    for (now, verdict) in [(100_600, Ok(())), (186_399, Ok(())), (186_400, Err(ErrorCode::JwksUnavailable))] {
        let mut attempt = Attempt::default();
        let request = asks(&remote, &mut attempt, TOKEN, now);
        remote.handle(Event::Failed { id: request.id, reason: UnavailableReason::Timeout }, now);
        assert_eq!(ends(&remote, &mut attempt, TOKEN, now), verdict, "{now}");
    }
    // Unknown ones are not known not to be.
    let remote = loaded(1_000);
    let (mut attempt, token) = (Attempt::default(), naming("new"));
    let request = asks(&remote, &mut attempt, &token, 1_000);
    respond(&remote, &request, 500, b"", 1_000);
    assert_eq!(ends(&remote, &mut attempt, &token, 1_000), Err(ErrorCode::JwksUnavailable));
    // What is no key takes none away.
    for body in [&b"<html>"[..], b"", b"{\"keys\":[]}", b"\xff"] {
        let remote = loaded(1_000);
        let mut attempt = Attempt::default();
        let request = asks(&remote, &mut attempt, TOKEN, 2_000);
        respond(&remote, &request, 200, body, 2_000);
        assert_eq!(ends(&remote, &mut attempt, TOKEN, 2_000), Ok(()));
    }
}

#[test]
fn made_up_ids_cannot_flood_the_server() {
    let remote = loaded(1_000);
    let ask = |round: u64, now: u64| {
        let flood = (0..1_000).map(|number| naming(&format!("made-up-{round}-{number}")));
        let requests: Vec<FetchRequest> = flood
            .filter_map(|token| match step(&remote, &mut Attempt::default(), &token, now) {
                Course::Asks(request) => Some(request),
                Course::Waits => panic!("for whom?"),
                Course::Ends(verdict) => {
                    assert_eq!(verdict, Err(ErrorCode::JwksUnavailable));
                    None
                }
            })
            .collect();
        for request in &requests {
            respond(&remote, request, 404, b"", now);
        }
        requests.len()
    };
    assert_eq!(ask(0, 1_001), 8);
    assert_eq!(ask(1, 1_030), 0);
    assert_eq!(at_once(&remote, TOKEN, 1_030), Ok(()), "good tokens are unaffected");
    assert_eq!(ask(2, 1_031), 8);
    // As many keys as are wanted, one after the other, and no more are kept.
    for number in 0..100 {
        let (now, token) = (2_000 + number, naming(&format!("key-{number}")));
        let request = asks(&remote, &mut Attempt::default(), &token, now);
        respond(&remote, &request, 200, PEM, now);
        assert_eq!(at_once(&remote, &token, now), Err(ErrorCode::SignatureInvalid));
    }
    assert!(remote.verifier().keys().unwrap().keys().count() <= 16);
}

#[test]
fn an_address_for_each_key_is_an_address() {
    let verifier = || Verifier::builder().issuer("i").audience("a").build().unwrap();
    for (uri, good) in [
        ("https://keys.example/{kid}", true),
        ("http://127.0.0.1:1/{kid}", true),
        ("http://keys.example/{kid}", false),
        ("https://{kid}.example/{kid}", false),
        ("https:///{kid}", false),
        ("/{kid}", false),
    ] {
        let source = KeySource { jwks_uri: Some(uri.into()), ..KeySource::default() };
        assert_eq!(RemoteVerifier::new(verifier(), &source).is_ok(), good, "{uri}");
    }
}

#[test]
fn a_key_that_has_outlived_its_use_serves_nobody_however_young_the_others_are() {
    let remote = loaded(100_000);
    let other = naming("other");
    let request = asks(&remote, &mut Attempt::default(), &other, 186_000);
    respond(&remote, &request, 200, OTHER_PEM, 186_000);
    // Whoever makes no requests: the verdict is cached the second time.
    let offline = |token: &str, now: u64| ends(&remote, &mut Attempt::from_bits(2), token, now);
    assert_eq!(offline(TOKEN, 186_399), Ok(()));
    assert_eq!(offline(TOKEN, 186_400), Err(ErrorCode::JwksUnavailable));
    assert_eq!(offline(&other, 186_400), Err(ErrorCode::SignatureInvalid));
    let remote = loaded(100_000);
    let request = asks(&remote, &mut Attempt::default(), &other, 186_000);
    respond(&remote, &request, 200, OTHER_PEM, 186_000);
    let uncached = ends(&remote, &mut Attempt::from_bits(2), TOKEN, 186_400);
    assert_eq!(uncached, Err(ErrorCode::JwksUnavailable));
}

#[test]
fn an_id_that_no_key_has_is_no_outage_before_the_first_key_either() {
    let anonymous = format!("{}.{}", base64url::encode(br#"{"alg":"EdDSA"}"#), TOKEN.split_once('.').unwrap().1);
    for token in [anonymous, naming("../jwks"), naming(""), naming(&"k".repeat(64))] {
        let remote = remote();
        assert_eq!(at_once(&remote, &token, 1_000), Err(ErrorCode::KeyNotFound), "{token}");
        assert_eq!(ends(&remote, &mut Attempt::from_bits(2), &token, 1_000), Err(ErrorCode::KeyNotFound), "{token}");
    }
    let unloaded = remote();
    assert!(matches!(step(&unloaded, &mut Attempt::default(), TOKEN, 1_000), Course::Asks(_)));
}
