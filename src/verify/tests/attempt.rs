//! Verifications whose host holds their state, on a fake clock.

use core::time::Duration;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::discovery::key_source::KeySource;
use crate::error::{Error, ErrorCode, UnavailableReason};
use crate::jwks_cache::{Action, Event, FetchRequest, JwksCache, Response};
use crate::limits::Limits;
use crate::verify::attempt::{Attempt, Next};
use crate::verify::cached_verifier::CachedVerifier;
use crate::verify::verifier::{VerifiedToken, Verifier};

const METADATA: &[u8] = br#"{"issuer":"https://tenant.example/","jwks_uri":"https://id.example/jwks"}"#;
const KEYS: &[u8] =
    br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","kid":"eddsa"}]}"#;
const OTHER_KEYS: &[u8] =
    br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"other"}]}"#;
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
    .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
    .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";

/// How an attempt begins that leaves requests to the background, or that makes none.
const IN_BACKGROUND: u32 = 1;
const NEVER: u32 = 2;

type Cached = CachedVerifier<Arc<VerifiedToken>>;

fn verifier(source: &KeySource) -> Cached {
    let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build();
    let cache = JwksCache::from_source("https://tenant.example/", source, Limits::default()).unwrap();
    CachedVerifier::new(verifier.unwrap(), Some(cache), None).unwrap()
}

fn at_url() -> Cached {
    verifier(&KeySource { jwks_uri: Some("https://id.example/jwks".into()), ..KeySource::default() })
}

fn loaded(keys: &[u8], now: u64) -> Cached {
    let verifier = at_url();
    verifier.handle(Event::Stored { url: "https://id.example/jwks", response: Response::new(200, keys), at: now }, now);
    verifier
}

/// One step, with the state carried as a number.
fn step(verifier: &Cached, state: &mut u32, now: u64) -> Result<Next<Arc<VerifiedToken>>, ErrorCode> {
    let mut attempt = Attempt::from_bits(*state);
    let next = attempt.step(verifier, TOKEN.as_bytes(), now, || verifier.verify_token(TOKEN, None, now));
    *state = attempt.to_bits();
    next.map_err(|error| error.code())
}

fn request(next: Result<Next<Arc<VerifiedToken>>, ErrorCode>, wait: u64) -> FetchRequest {
    match next {
        Ok(Next::Host(Action::Fetch { request, wait_at_most })) if wait_at_most == Duration::from_secs(wait) => request,
        Ok(_) => panic!("another step"),
        Err(code) => panic!("{code:?}"),
    }
}

fn is_accepted(next: &Result<Next<Arc<VerifiedToken>>, ErrorCode>) -> bool {
    matches!(next, Ok(Next::Verdict(_)))
}

fn respond(verifier: &Cached, id: u32, body: &[u8], now: u64) -> Action {
    verifier.handle(Event::Response { id, response: Response::new(200, body) }, now)
}

#[test]
fn a_state_is_the_same_as_a_number() {
    for state in [0, 1, 2, 0x80, 0x81, 0x0302_0880, 0x0302_0802] {
        assert_eq!(Attempt::from_bits(state).to_bits(), state, "{state:x}");
    }
    // No number is refused: it comes from the host.
    assert_eq!(Attempt::from_bits(u32::MAX).to_bits(), 0xffff_ff82);
}

#[test]
fn in_the_background_stale_keys_are_revalidated_and_go_on() {
    assert_eq!(at_url().confirmed_at(), None);
    let verifier = loaded(KEYS, 1_000);
    assert_eq!(verifier.confirmed_at(), Some(1_000));
    assert!(is_accepted(&step(&verifier, &mut IN_BACKGROUND.clone(), 1_599)));
    let mut state = IN_BACKGROUND;
    request(step(&verifier, &mut state, 1_600), 1);
    assert!(is_accepted(&step(&verifier, &mut state, 1_600)));
    assert!(is_accepted(&step(&verifier, &mut IN_BACKGROUND.clone(), 1_601)), "one request at a time");
    assert!(is_accepted(&step(&verifier, &mut NEVER.clone(), 90_000 - 3_000)));
}

#[test]
fn in_the_background_a_missing_key_is_looked_for_and_the_verdict_stands() {
    let verifier = loaded(OTHER_KEYS, 1_000);
    let mut state = IN_BACKGROUND;
    let search = request(step(&verifier, &mut state, 1_001), 6);
    assert_eq!(step(&verifier, &mut state, 1_001).err(), Some(ErrorCode::KeyNotFound));
    assert_eq!(step(&verifier, &mut IN_BACKGROUND.clone(), 1_002).err(), Some(ErrorCode::KeyNotFound));
    let failed = Event::Failed { id: search.id, reason: UnavailableReason::Network };
    assert!(matches!(verifier.handle(failed, 1_003), Action::Unavailable(_)));
    assert_eq!(step(&verifier, &mut IN_BACKGROUND.clone(), 1_003).err(), Some(ErrorCode::KeyNotFound));
}

#[test]
fn what_cannot_wait_does_not_load_the_first_keys() {
    for start in [IN_BACKGROUND, NEVER] {
        let verifier = at_url();
        assert!(matches!(step(&verifier, &mut start.clone(), 1_000), Ok(Next::NotLoaded)));
        // Nobody waits for a request that was not made.
        let first = request(step(&verifier, &mut 0, 1_000), 6);
        let failed = Event::Failed { id: first.id, reason: UnavailableReason::Network };
        assert!(matches!(verifier.handle(failed, 1_000), Action::Unavailable(_)));
        assert!(matches!(step(&verifier, &mut start.clone(), 1_000), Ok(Next::NotLoaded)));
        verifier.handle(
            Event::Stored { url: "https://id.example/jwks", response: Response::new(200, KEYS), at: 1_000 },
            1_000,
        );
        let too_old = step(&verifier, &mut NEVER.clone(), 1_000 + 86_400);
        assert_eq!(too_old.err(), Some(ErrorCode::JwksUnavailable));
    }
}

#[test]
fn what_makes_no_requests_makes_none() {
    let verifier = loaded(OTHER_KEYS, 1_000);
    for now in [1_001, 1_600] {
        assert_eq!(step(&verifier, &mut NEVER.clone(), now).err(), Some(ErrorCode::KeyNotFound));
    }
    request(step(&verifier, &mut 0, 1_001), 6);
}

#[test]
fn a_request_that_was_waited_for_long_enough_is_lost_though_time_stands_still() {
    let verifier = at_url();
    let lost = request(step(&verifier, &mut 0, 1_000), 6);
    let mut state = 0;
    for (elapsed, left) in [(0, 6_000), (2_000, 4_000), (1_000, 4_000), (5_999, 1)] {
        verifier.pending(lost.id, Duration::from_millis(elapsed));
        let next = step(&verifier, &mut state, 1_000);
        assert!(
            matches!(next, Ok(Next::Host(Action::Wait { at_most, .. })) if at_most == Duration::from_millis(left)),
            "{elapsed}"
        );
    }
    verifier.pending(lost.id, Duration::from_secs(6));
    let again = request(step(&verifier, &mut state, 1_000), 6);
    assert_ne!(again.id, lost.id);
    verifier.pending(again.id.wrapping_add(1), Duration::from_secs(6));
    assert!(
        matches!(step(&verifier, &mut 0, 1_000), Ok(Next::Host(Action::Wait { .. }))),
        "of another request it says nothing"
    );
}

#[test]
fn one_second_is_waited_for_fresher_keys_though_time_stands_still() {
    let verifier = loaded(KEYS, 1_000);
    let (mut first, mut second) = (0, 0);
    let slow = request(step(&verifier, &mut first, 1_600), 1);
    assert!(
        matches!(step(&verifier, &mut second, 1_600), Ok(Next::Host(Action::Wait { at_most, .. })) if at_most.as_secs() == 1)
    );
    verifier.pending(slow.id, Duration::from_secs(1));
    for state in [&mut first, &mut second, &mut 0] {
        assert!(is_accepted(&step(&verifier, state, 1_600)));
    }
}

#[test]
fn loading_goes_on_until_there_are_fresh_keys_and_comes_to_an_end() {
    let verifier = verifier(&KeySource::default());
    let mut attempt = Attempt::default();
    let Ok(Some(Action::Fetch { request, .. })) = attempt.load(&verifier, 1_000) else { panic!("no request") };
    assert!(matches!(attempt.load(&verifier, 1_001), Ok(Some(Action::Wait { .. }))));
    let Action::Fetch { request, .. } = respond(&verifier, request.id, METADATA, 1_001) else { panic!("no keys") };
    respond(&verifier, request.id, KEYS, 1_001);
    assert!(matches!(attempt.load(&verifier, 1_001), Ok(None)));

    let mut endless = Attempt::default();
    let loses: Vec<_> = (0..20).map(|round| endless.load(&verifier, 10_000 + 10 * round).err()).collect();
    assert!(loses[..9].iter().all(Option::is_none), "{loses:?}");
    assert_eq!(loses[9], Some(Error::InternalError));
}

#[test]
fn an_engine_is_asked_three_times_at_most() {
    let mut attempt = Attempt::default();
    for _ in 0..3 {
        assert_eq!(Attempt::from_bits(attempt.to_bits()).question(), Ok(()));
        attempt.question().unwrap();
    }
    assert_eq!(attempt.question(), Err(Error::InternalError));
}

#[test]
fn documents_of_another_instance_are_as_old_as_they_are() {
    let documents: [(&str, u16, &[u8]); 4] = [
        ("https://tenant.example/.well-known/openid-configuration", 404, b""),
        ("https://tenant.example/.well-known/oauth-authorization-server", 200, METADATA),
        ("https://id.example/former", 200, OTHER_KEYS),
        ("https://id.example/jwks", 200, KEYS),
    ];
    let verifier = verifier(&KeySource::default());
    for (url, status, body) in documents {
        verifier.handle(Event::Stored { url, response: Response::new(status, body), at: 1_000 }, 1_000);
    }
    assert!(is_accepted(&step(&verifier, &mut 0, 1_599)));
    assert_eq!(request(step(&verifier, &mut 0, 1_600), 1).url, "https://id.example/jwks");
    // What it does not ask for changes nothing, and leaves no request behind that others would wait for.
    let fresh = at_url();
    fresh.handle(
        Event::Stored { url: "https://id.example/other", response: Response::new(200, KEYS), at: 1_000 },
        1_000,
    );
    request(step(&fresh, &mut 0, 1_000), 6);
}
