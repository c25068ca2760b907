//! What a verification waits for, and when it tries again, on a fake clock.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use crate::discovery::key_source::KeySource;
use crate::encoding::base64url;
use crate::error::{Error, ErrorCode, UnavailableReason};
use crate::jwks_cache::{Action, Event, FetchRequest, Response};
use crate::verify::attempt::Attempt;
use crate::verify::remote_verifier::{RemoteVerifier, Step};
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::{VerifiedToken, Verifier};

const JWKS: &str = "https://id.example/jwks";
const KEYS: &[u8] =
    br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","kid":"eddsa"}]}"#;
const OTHER_KEYS: &[u8] =
    br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"other"}]}"#;
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
    .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
    .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";

fn remote(source: &KeySource) -> RemoteVerifier {
    let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build();
    RemoteVerifier::with_cache(verifier.unwrap(), source, CacheLimits::default()).unwrap()
}

fn at_url() -> RemoteVerifier {
    remote(&KeySource { jwks_uri: Some(JWKS.into()), ..KeySource::default() })
}

fn loaded(now: u64) -> RemoteVerifier {
    let remote = at_url();
    let request = fetch(remote.handle(Event::Wanted, now));
    respond(&remote, &request, KEYS, now);
    remote
}

fn fetch(action: Action) -> FetchRequest {
    if let Action::Fetch { request, .. } = action { request } else { panic!("no request: {action:?}") }
}

fn respond(remote: &RemoteVerifier, request: &FetchRequest, body: &[u8], now: u64) -> Action {
    remote.handle(Event::Response { id: request.id, response: Response::new(200, body) }, now)
}

fn fail(remote: &RemoteVerifier, request: &FetchRequest, now: u64) {
    let action = remote.handle(Event::Failed { id: request.id, reason: UnavailableReason::Network }, now);
    assert!(matches!(action, Action::Unavailable(_)));
}

/// One verification that a test takes step by step.
struct Course<'a> {
    remote: &'a RemoteVerifier,
    attempt: Attempt,
    token: String,
}

impl<'a> Course<'a> {
    fn of(remote: &'a RemoteVerifier) -> Self {
        Self { remote, attempt: Attempt::default(), token: TOKEN.to_string() }
    }

    /// With a key ID that is in no set.
    fn of_unknown_key(remote: &'a RemoteVerifier) -> Self {
        let header = base64url::encode(br#"{"alg":"EdDSA","kid":"new"}"#);
        let rest = TOKEN.split_once('.').unwrap().1;
        Self { token: alloc::format!("{header}.{rest}"), ..Self::of(remote) }
    }

    fn step(&mut self, now: u64) -> Step {
        self.remote.step(&mut self.attempt, &self.token, None, now)
    }

    fn fetch(&mut self, now: u64, wait: u64) -> FetchRequest {
        match self.step(now) {
            Step::Fetch { request, wait_at_most } if wait_at_most == Duration::from_secs(wait) => request,
            other => panic!("no request: {other:?}"),
        }
    }

    fn wait(&mut self, now: u64, wait: u64) {
        let step = self.step(now);
        assert!(matches!(step, Step::Wait { at_most } if at_most == Duration::from_secs(wait)), "{step:?}");
    }

    fn done(&mut self, now: u64) -> Result<Arc<VerifiedToken>, ErrorCode> {
        match self.step(now) {
            Step::Done(verdict) => verdict.map_err(|error| error.code()),
            other => panic!("no verdict: {other:?}"),
        }
    }
}

/// Nobody waits for keys to hear that a token is none, and no request is made: size, form, header and algorithm come first.
#[test]
fn what_no_key_could_verify_is_refused_without_keys() {
    let [_, claims, signature]: [&str; 3] = TOKEN.split('.').collect::<Vec<_>>().try_into().unwrap();
    let of = |header: &str| alloc::format!("{}.{claims}.{signature}", base64url::encode(header.as_bytes()));
    let day = 86_400;
    for (token, code) in [
        ("x".to_string(), ErrorCode::TokenMalformed),
        (alloc::format!("{TOKEN}="), ErrorCode::TokenMalformed),
        ("a.b.c.d.e".to_string(), ErrorCode::TokenTypeUnsupported),
        ("x".repeat(20_000), ErrorCode::TokenTooLarge),
        (of("{}"), ErrorCode::HeaderInvalid),
        (of(r#"{"alg":"EdDSA","crit":["x"]}"#), ErrorCode::CritUnsupported),
        (of(r#"{"alg":"none"}"#), ErrorCode::AlgNotAllowed),
        (of(r#"{"alg":"HS256"}"#), ErrorCode::AlgNotAllowed),
    ] {
        let cold = at_url();
        assert_eq!(Course { token: token.clone(), ..Course::of(&cold) }.done(1_000), Err(code), "{token:.40}");
        assert!(matches!(cold.handle(Event::Wanted, 1_000), Action::Fetch { .. }), "nothing was asked for");
        let old = loaded(1_000);
        assert_eq!(Course { token, ..Course::of(&old) }.done(1_000 + day), Err(code));
    }
    // All else is for keys to say, those that are too old included.
    let other_kid = of(r#"{"alg":"EdDSA","kid":"new"}"#);
    let short = TOKEN.split_at(TOKEN.len() - 6).0.to_string();
    for token in [TOKEN.to_string(), other_kid, short] {
        Course { token, ..Course::of(&loaded(1_000)) }.fetch(1_000 + day, 6);
    }
}

#[test]
fn the_first_keys_are_waited_for_and_fetched_once_for_all() {
    let remote = at_url();
    let (mut first, mut second) = (Course::of(&remote), Course::of(&remote));
    let request = first.fetch(1_000, 6);
    assert_eq!((request.url.as_str(), request.timeout), (JWKS, 5));
    second.wait(1_002, 4);
    respond(&remote, &request, KEYS, 1_003);
    let one = first.done(1_003).unwrap();
    assert!(Arc::ptr_eq(&one, &second.done(1_003).unwrap()), "the verdict is cached");
}

#[test]
fn metadata_leads_to_keys_within_one_wait() {
    let remote = remote(&KeySource::default());
    let (mut course, mut other) = (Course::of(&remote), Course::of(&remote));
    let metadata = course.fetch(1_000, 6);
    assert_eq!(metadata.url, "https://tenant.example/.well-known/openid-configuration");
    other.wait(1_000, 6);
    let body = alloc::format!(r#"{{"issuer":"https://tenant.example/","jwks_uri":"{JWKS}"}}"#);
    let keys = fetch(respond(&remote, &metadata, body.as_bytes(), 1_002));
    assert_eq!(keys.url, JWKS);
    // Whoever has no keys goes on waiting, for the second request now.
    other.wait(1_006, 2);
    respond(&remote, &keys, KEYS, 1_006);
    assert!(course.done(1_006).is_ok() && other.done(1_006).is_ok());
}

#[test]
fn without_keys_a_failure_is_the_verdict_for_five_seconds() {
    let remote = at_url();
    let mut course = Course::of(&remote);
    let request = course.fetch(1_000, 6);
    fail(&remote, &request, 1_001);
    assert_eq!(course.done(1_001).err(), Some(ErrorCode::JwksUnavailable));
    assert_eq!(Course::of(&remote).done(1_005).err(), Some(ErrorCode::JwksUnavailable));
    Course::of(&remote).fetch(1_006, 6);
}

#[test]
fn stale_keys_wait_a_second_for_fresh_ones() {
    let remote = loaded(1_000);
    assert!(Course::of(&remote).done(1_599).is_ok());
    let mut first = Course::of(&remote);
    let request = first.fetch(1_600, 1);
    let mut second = Course::of(&remote);
    second.wait(1_600, 1);
    // The server hangs: whoever waited goes on, and whoever comes later does not wait.
    assert!(first.done(1_601).is_ok() && second.done(1_601).is_ok());
    assert!(Course::of(&remote).done(1_601).is_ok());
    // The response comes, and with it the end of a key that was withdrawn.
    respond(&remote, &request, OTHER_KEYS, 1_604);
    let mut late = Course::of(&remote);
    let search = late.fetch(1_604, 6);
    respond(&remote, &search, OTHER_KEYS, 1_604);
    assert_eq!(late.done(1_604).err(), Some(ErrorCode::KeyNotFound));
}

#[test]
fn a_request_that_is_lost_is_made_again() {
    let remote = loaded(1_000);
    let lost = Course::of(&remote).fetch(1_600, 1);
    assert!(Course::of(&remote).done(1_605).is_ok());
    let again = Course::of(&remote).fetch(1_606, 1);
    // The response to the first is taken all the same.
    respond(&remote, &lost, KEYS, 1_606);
    respond(&remote, &again, KEYS, 1_607);
    assert!(Course::of(&remote).done(1_607).is_ok());
    // A clock that is set back says nothing about a request.
    let far = Course::of(&remote).fetch(3_000, 1);
    assert_eq!(Course::of(&remote).fetch(1_500, 1).url, far.url);
}

#[test]
fn keys_that_are_older_than_a_day_verify_nothing() {
    let remote = loaded(1_000);
    let day = 1_000 + 86_400;
    let mut course = Course::of(&remote);
    let request = course.fetch(day, 6);
    fail(&remote, &request, day);
    assert_eq!(course.done(day).err(), Some(ErrorCode::JwksUnavailable));
    // A second earlier they do, while the server is down.
    let remote = loaded(1_000);
    let mut course = Course::of(&remote);
    let request = course.fetch(day - 1, 1);
    fail(&remote, &request, day - 1);
    assert!(course.done(day - 1).is_ok());
    // They may become too old while they are waited for.
    let remote = loaded(1_000);
    let mut course = Course::of(&remote);
    course.fetch(day - 1, 1);
    assert_eq!(course.done(day).err(), Some(ErrorCode::JwksUnavailable));
}

#[test]
fn an_unknown_key_is_looked_for_once_in_thirty_seconds() {
    let remote = loaded(1_000);
    let mut course = Course::of_unknown_key(&remote);
    let request = course.fetch(1_010, 6);
    // Another one waits for the same, and a token of a known key for nothing.
    let mut other = Course::of_unknown_key(&remote);
    other.wait(1_011, 5);
    assert!(Course::of(&remote).done(1_011).is_ok());
    respond(&remote, &request, KEYS, 1_012);
    assert_eq!(course.done(1_012).err(), Some(ErrorCode::KeyNotFound));
    assert_eq!(other.done(1_012).err(), Some(ErrorCode::KeyNotFound));
    assert_eq!(Course::of_unknown_key(&remote).done(1_039).err(), Some(ErrorCode::KeyNotFound));
    Course::of_unknown_key(&remote).fetch(1_040, 6);
}

#[test]
fn a_key_that_is_found_verifies() {
    let remote = at_url();
    let request = fetch(remote.handle(Event::Wanted, 1_000));
    respond(&remote, &request, OTHER_KEYS, 1_000);
    let mut course = Course::of(&remote);
    let request = course.fetch(1_001, 6);
    respond(&remote, &request, KEYS, 1_001);
    assert!(course.done(1_001).is_ok());
}

#[test]
fn while_newer_keys_cannot_be_had_an_unknown_key_is_no_verdict() {
    let remote = loaded(1_000);
    let mut course = Course::of_unknown_key(&remote);
    let request = course.fetch(1_010, 6);
    fail(&remote, &request, 1_010);
    assert_eq!(course.done(1_010).err(), Some(ErrorCode::JwksUnavailable));
    assert!(Course::of(&remote).done(1_010).is_ok(), "known keys go on");
}

#[test]
fn a_token_is_tried_again_twice() {
    let remote = loaded(1_000);
    let mut course = Course::of_unknown_key(&remote);
    let mut now = 1_010;
    for _ in 0..2 {
        let request = course.fetch(now, 6);
        respond(&remote, &request, KEYS, now);
        now += 40;
    }
    assert_eq!(course.done(now).err(), Some(ErrorCode::KeyNotFound));
}

#[test]
fn other_refusals_fetch_nothing() {
    let remote = loaded(1_000);
    for token in ["x", &TOKEN.replace(".8qj", ".9qj"), &TOKEN.replace("eyJpc3", "eyJpc4")] {
        let mut course = Course { token: token.to_string(), ..Course::of(&remote) };
        assert!(matches!(course.step(1_001), Step::Done(Err(_))), "{token}");
    }
    let late = remote.step(&mut Attempt::default(), TOKEN, None, 4_200_000_000);
    assert!(matches!(late, Step::Fetch { .. }), "old keys come before an old token: {late:?}");
}

#[test]
fn loading_waits_for_the_whole_fetch() {
    let remote = loaded(1_000);
    assert!(matches!(remote.handle(Event::Load, 1_599), Action::Use));
    let action = remote.handle(Event::Load, 1_600);
    assert!(matches!(action, Action::Fetch { wait_at_most, .. } if wait_at_most == Duration::from_secs(6)));
    let action = remote.handle(Event::Load, 1_602);
    assert!(matches!(action, Action::Wait { at_most, .. } if at_most == Duration::from_secs(4)));
}

#[test]
fn a_driver_loads_keys_before_the_first_token() {
    let remote = at_url();
    let mut attempt = Attempt::default();
    let request = fetch(remote.load(&mut attempt, 1_000).unwrap().unwrap());
    assert_eq!(request.url, JWKS);
    assert!(matches!(remote.load(&mut Attempt::default(), 1_000), Ok(Some(Action::Wait { .. }))));
    respond(&remote, &request, KEYS, 1_001);
    assert!(matches!(remote.load(&mut attempt, 1_001), Ok(None)));
}

#[test]
fn a_verdict_goes_with_its_key() {
    let remote = loaded(1_000);
    assert!(Course::of(&remote).done(1_001).is_ok());
    let request = Course::of(&remote).fetch(1_600, 1);
    respond(&remote, &request, OTHER_KEYS, 1_600);
    let mut course = Course::of(&remote);
    let request = course.fetch(1_600, 6);
    respond(&remote, &request, OTHER_KEYS, 1_600);
    assert_eq!(course.done(1_600).err(), Some(ErrorCode::KeyNotFound));
}

#[test]
fn waiting_for_the_first_keys_comes_to_an_end() {
    let remote = at_url();
    let mut course = Course::of(&remote);
    let mut steps = Vec::new();
    // The host loses every request.
    for now in (1_000..).step_by(10) {
        match course.step(now) {
            Step::Done(verdict) => {
                assert_eq!(verdict.err(), Some(Error::JwksUnavailable(UnavailableReason::NotLoaded)));
                break;
            }
            step => steps.push(step),
        }
    }
    assert_eq!(steps.len(), 8);
}
