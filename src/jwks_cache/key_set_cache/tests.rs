//! The policy on a fake clock.

use super::responses::Progress;
use super::*;
use crate::error::{DiscoveryReason, KeySetReason};
use crate::jwks_cache::Response;

const KEYS: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn remote() -> KeySetCache {
    let source = KeySource { jwks_uri: Some("https://id.example/jwks".into()), ..KeySource::default() };
    KeySetCache::from_source("", &source, Limits::default()).expect("a good URL")
}

/// Keys that the issuer's metadata names.
fn discovered() -> KeySetCache {
    KeySetCache::from_source("https://id.example", &KeySource::default(), Limits::default()).expect("a good issuer")
}

fn with_policy(remote: KeySetCache, policy: CachePolicy) -> KeySetCache {
    KeySetCache { policy, ..remote }
}

fn loaded(now: u64) -> KeySetCache {
    let mut remote = remote();
    let request = remote.need(now).expect("no failure").expect("a request");
    assert!(matches!(remote.response(request.id, &Response::new(200, KEYS), now), Ok(Progress::Keys(_))));
    remote
}

#[test]
fn keys_are_fresh_for_ten_minutes() {
    let mut remote = loaded(1_000);
    assert_eq!(remote.need(1_000), Ok(None));
    assert_eq!(remote.need(1_599), Ok(None));
    assert!(matches!(remote.need(1_600), Ok(Some(_))));
    assert!(matches!(remote.need(999), Ok(Some(_))), "a clock that went back");
}

#[test]
fn the_last_good_set_outlives_failures_for_a_day() {
    let mut remote = loaded(1_000);
    for now in [1_600, 1_700, 80_000] {
        let request = remote.need(now).expect("current keys").expect("a retry");
        remote.failure(request.id, UnavailableReason::Timeout, now);
        assert_eq!(remote.need(now), Ok(None), "stale keys serve while the server is down");
    }
    let request = remote.need(90_000).expect("a last try").expect("a retry");
    assert!(remote.response(request.id, &Response::new(200, br#"{"keys":[]}"#), 90_000).is_err());
    assert!(remote.need(90_000).is_err(), "too old to be trusted");
}

#[test]
fn keys_decide_for_a_day_and_no_longer() {
    let unloaded = Err(Error::JwksUnavailable(UnavailableReason::NotLoaded));
    assert_eq!(remote().usable(1_000), unloaded);
    let remote = loaded(100_000);
    for (now, verdict) in [(100_000, Ok(())), (99_990, Ok(())), (186_399, Ok(())), (186_400, unloaded.clone())] {
        assert_eq!(remote.usable(now), verdict, "{now}");
    }
    assert_eq!(remote.usable(0), unloaded, "a clock set back by more than a day");
}

#[test]
fn failures_are_not_repeated_at_once() {
    let mut remote = remote();
    let request = remote.need(10).expect("no failure").expect("a request");
    remote.failure(request.id, UnavailableReason::Network, 10);
    assert_eq!(remote.need(14), Err(Error::JwksUnavailable(UnavailableReason::Network)));
    assert!(matches!(remote.need(15), Ok(Some(_))));
}

#[test]
fn an_unknown_key_causes_one_fetch_in_thirty_seconds() {
    let mut remote = loaded(1_000);
    let request = remote.missed(1_001).expect("no failure").expect("the first miss");
    assert_eq!(remote.missed(1_001), Ok(None));
    assert!(remote.response(request.id, &Response::new(200, KEYS), 1_001).is_ok());
    assert_eq!(remote.need(1_001), Ok(None));
    assert_eq!(remote.missed(1_030), Ok(None));
    assert!(matches!(remote.missed(1_031), Ok(Some(_))));
}

#[test]
fn while_newer_keys_cannot_be_had_an_unknown_key_is_no_verdict() {
    let mut remote = loaded(1_000);
    let request = remote.missed(1_001).expect("no failure").expect("the first miss");
    remote.failure(request.id, UnavailableReason::Timeout, 1_001);
    assert_eq!(remote.need(1_002), Ok(None), "the known keys go on");
    assert_eq!(remote.missed(1_002), Err(Error::JwksUnavailable(UnavailableReason::Timeout)));
    assert_eq!(remote.missed(1_030), Err(Error::JwksUnavailable(UnavailableReason::Timeout)));
    let request = remote.missed(1_031).expect("a retry").expect("a request");
    assert!(remote.response(request.id, &Response::new(200, KEYS), 1_031).is_ok());
    assert_eq!(remote.missed(1_032), Ok(None));
}

#[test]
fn a_set_with_one_bad_key_is_a_bad_set() {
    let mut remote = remote();
    let request = remote.need(10).expect("no failure").expect("a request");
    let body = br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;
    let error = remote.response(request.id, &Response::new(200, body), 10).err();
    assert_eq!(error, Some(Error::JwksInvalid(KeySetReason::NoUsableKey)));
}

#[test]
fn a_bad_answer_never_replaces_good_keys() {
    let mut remote = loaded(1_000);
    let bad = [(200, &b"<html>"[..]), (200, br#"{"keys":[]}"#), (500, KEYS), (302, b""), (200, b"")];
    for (now, (status, body)) in (2_000..).step_by(100).zip(bad) {
        let request = remote.need(now).expect("current keys").expect("a retry");
        assert!(remote.response(request.id, &Response::new(status, body), now).is_err());
        assert_eq!(remote.need(now), Ok(None));
    }
}

#[test]
fn unknown_and_repeated_answers_change_nothing() {
    let mut remote = remote();
    let request = remote.need(10).expect("no failure").expect("a request");
    assert!(
        remote
            .response(request.id.wrapping_add(7), &Response::new(200, KEYS), 10)
            .is_ok_and(|progress| matches!(progress, Progress::None))
    );
    assert!(
        remote
            .response(request.id, &Response::new(200, KEYS), 10)
            .is_ok_and(|progress| matches!(progress, Progress::Keys(_)))
    );
    assert!(
        remote
            .response(request.id, &Response::new(500, b""), 10)
            .is_ok_and(|progress| matches!(progress, Progress::None))
    );
    assert_eq!(remote.need(10), Ok(None));
}

#[test]
fn discovery_leads_to_the_keys() {
    let mut remote = discovered();
    let first = remote.need(1).expect("no failure").expect("metadata");
    assert_eq!(first.url, "https://id.example/.well-known/openid-configuration");
    assert!(remote.response(first.id, &Response::new(404, b""), 1).is_ok());
    let second = remote.need(1).expect("no failure").expect("metadata");
    assert_eq!(second.url, "https://id.example/.well-known/oauth-authorization-server");
    let metadata = br#"{"issuer":"https://id.example","jwks_uri":"https://keys.example/set"}"#;
    assert!(remote.response(second.id, &Response::new(200, metadata), 1).is_ok());
    let third = remote.need(1).expect("no failure").expect("keys");
    assert_eq!(third.url, "https://keys.example/set");
    assert!(
        remote
            .response(third.id, &Response::new(200, KEYS), 1)
            .is_ok_and(|progress| matches!(progress, Progress::Keys(_)))
    );
    let again = remote.need(700).expect("no failure").expect("keys");
    assert_eq!(again.url, "https://keys.example/set", "the metadata is not asked for again");
    assert!(remote.response(again.id, &Response::new(404, b""), 700).is_err());
    let after = remote.need(705).expect("current keys").expect("a retry");
    assert_eq!(after.url, second.url, "unless the keys moved");
}

#[test]
fn no_metadata_anywhere_is_said_as_such() {
    let mut remote = discovered();
    for _ in 0..2 {
        let request = remote.need(1).expect("no failure").expect("metadata");
        let _ = remote.response(request.id, &Response::new(404, b""), 1);
    }
    let not_found = Error::DiscoveryInvalid(DiscoveryReason::NotFound);
    assert_eq!(remote.need(2), Err(not_found.clone()));
    assert_eq!(remote.usable(2), Err(not_found));
    let request = remote.need(10).expect("no failure").expect("metadata, from the beginning");
    assert!(remote.response(request.id, &Response::new(503, b""), 10).is_err());
    assert_eq!(remote.need(11), Err(Error::JwksUnavailable(UnavailableReason::Status)));
}

#[test]
fn metadata_of_another_issuer_is_not_followed() {
    let mut remote = discovered();
    let request = remote.need(1).expect("no failure").expect("metadata");
    let body = br#"{"issuer":"https://evil.example","jwks_uri":"https://evil.example/jwks"}"#;
    assert!(matches!(
        remote.response(request.id, &Response::new(200, body), 1),
        Err(Error::DiscoveryIssuerMismatch { .. })
    ));
    assert!(matches!(remote.need(2), Err(Error::DiscoveryIssuerMismatch { .. })));
}

/// A response with keys and these header fields.
fn keys_with<'a>(cache_control: Option<&'a str>, age: Option<&'a str>, etag: Option<&'a str>) -> Response<'a> {
    Response { status: 200, body: KEYS, cache_control, age, etag }
}

fn loaded_with(response: &Response<'_>, now: u64) -> KeySetCache {
    let mut remote = remote();
    let request = remote.need(now).expect("no failure").expect("a request");
    assert!(matches!(remote.response(request.id, response, now), Ok(Progress::Keys(_))));
    remote
}

#[test]
fn the_server_says_how_long_keys_are_fresh_within_bounds() {
    for (cache_control, age, lifetime) in [
        (None, None, 600),
        (Some("public"), Some("100"), 600),
        (Some("max-age=3600"), None, 3_600),
        (Some("max-age=3600"), Some("600"), 3_000),
        (Some("max-age=3600"), Some("3600"), 30),
        (Some("max-age=3600"), Some("99999999999999999999"), 30),
        (Some("max-age=3600"), Some("soon"), 3_600),
        (Some("max-age=0"), None, 30),
        (Some("no-store"), None, 30),
        (Some("max-age=1e9"), None, 30),
        (Some("max-age=99999999999999999999"), None, 86_400),
    ] {
        let mut remote = loaded_with(&keys_with(cache_control, age, None), 1_000);
        assert_eq!(remote.fresh_until(1_000), 1_000 + lifetime, "{cache_control:?} {age:?}");
        assert_eq!(remote.need(1_000 + lifetime - 1), Ok(None));
        assert!(matches!(remote.need(1_000 + lifetime), Ok(Some(_))));
    }
}

#[test]
fn keys_that_are_confirmed_are_fresh_again_and_stay() {
    let mut remote = loaded_with(&keys_with(Some("max-age=60"), None, Some("\"v1\"")), 1_000);
    let request = remote.need(1_060).expect("no failure").expect("a request");
    assert_eq!(request.if_none_match.as_deref(), Some("\"v1\""));
    let confirmed = Response { cache_control: Some("max-age=120"), ..Response::new(304, b"") };
    assert!(matches!(remote.response(request.id, &confirmed, 1_060), Ok(Progress::Confirmed)));
    assert_eq!(remote.fresh_until(1_060), 1_180);
    assert_eq!(remote.usable(1_060 + 86_399), Ok(()), "they are as good as new");
    let request = remote.need(1_180).expect("no failure").expect("a request");
    assert_eq!(request.if_none_match.as_deref(), Some("\"v1\""), "the tag stays");
    assert!(matches!(remote.response(request.id, &keys_with(None, None, None), 1_180), Ok(Progress::Keys(_))));
    let request = remote.need(1_780).expect("no failure").expect("a request");
    assert_eq!(request.if_none_match, None, "the last one had none");
    assert!(remote.response(request.id, &confirmed, 1_780).is_err(), "nobody asked");
    for (tag, is_same) in [(Some("\"v1\""), true), (Some("W/\"v1\""), true), (None, true), (Some("\"v2\""), false)] {
        let mut remote = loaded_with(&keys_with(None, None, Some("\"v1\"")), 1_000);
        let request = remote.need(1_600).expect("no failure").expect("a request");
        let response = Response { etag: tag, ..confirmed };
        assert_eq!(remote.response(request.id, &response, 1_600).is_ok(), is_same, "{tag:?}");
        if !is_same {
            let request = remote.need(1_605).expect("current keys").expect("a retry");
            assert_eq!(request.if_none_match, None, "without a condition");
        }
    }
}

#[test]
fn a_confirmation_without_keys_is_none() {
    let mut remote = remote();
    let request = remote.need(1).expect("no failure").expect("a request");
    assert_eq!(request.if_none_match, None);
    let error = remote.response(request.id, &Response::new(304, b""), 1).err();
    assert_eq!(error, Some(Error::JwksUnavailable(UnavailableReason::Status)));
    for tag in ["v1", "\"v1\"\r\nX: y", ""] {
        let mut remote = loaded_with(&keys_with(None, None, Some(tag)), 1_000);
        assert_eq!(remote.need(1_600).expect("no failure").expect("a request").if_none_match, None);
    }
}

#[test]
fn a_tag_belongs_to_an_address() {
    let mut remote = discovered();
    let metadata = |uri: &str| format!(r#"{{"issuer":"https://id.example","jwks_uri":"https://id.example/{uri}"}}"#);
    let first = remote.need(1).expect("no failure").expect("metadata");
    assert!(remote.response(first.id, &Response::new(200, metadata("a").as_bytes()), 1).is_ok());
    let keys = remote.need(1).expect("no failure").expect("keys");
    assert!(remote.response(keys.id, &keys_with(None, None, Some("\"a\"")), 1).is_ok());
    let again = remote.need(700).expect("no failure").expect("keys");
    assert_eq!(again.if_none_match.as_deref(), Some("\"a\""));
    assert!(remote.response(again.id, &Response::new(404, b""), 700).is_err());
    let moved = remote.need(710).expect("current keys").expect("metadata");
    assert_eq!(moved.if_none_match, None);
    assert!(remote.response(moved.id, &Response::new(200, metadata("b").as_bytes()), 710).is_ok());
    let keys = remote.need(710).expect("no failure").expect("keys");
    assert_eq!((keys.url.as_str(), keys.if_none_match), ("https://id.example/b", None));
}

#[test]
fn nobody_waits_while_stale_keys_may_be_revalidated() {
    let policy = CachePolicy { stale_while_revalidate: 60, ..CachePolicy::default() };
    let mut remote = with_policy(loaded(1_000), policy);
    let waits = |action| match action {
        Action::Fetch { wait_at_most, .. } => Some(wait_at_most),
        Action::Wait { at_most, .. } => Some(at_most),
        _ => None,
    };
    assert_eq!(waits(remote.handle(Event::Wanted, 1_600)), Some(Duration::ZERO));
    assert_eq!(waits(remote.handle(Event::Wanted, 1_600)), None, "the others go on");
    let mut remote = with_policy(loaded(1_000), policy);
    assert_eq!(waits(remote.handle(Event::Wanted, 1_660)), Some(STALE_WAIT));
    let mut remote = loaded(1_000);
    assert_eq!(waits(remote.handle(Event::Wanted, 1_600)), Some(STALE_WAIT));
}

#[test]
fn failures_in_a_row_are_repeated_ever_more_seldom() {
    let mut remote = KeySetCache { seed: 7, ..remote() };
    let mut now = 1_000;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let request = remote.need(now).expect("it is time").expect("a request");
        remote.failure(request.id, UnavailableReason::Network, now);
        let wait = (1..100).find(|wait| remote.need(now + wait).is_ok()).expect("an end");
        remote.in_flight.clear();
        waits.push(wait);
        now += wait;
    }
    for (wait, longest) in waits.iter().zip([5, 10, 20, 40, 60, 60, 60, 60]) {
        assert!((longest * 3 / 4..=longest).contains(wait), "{waits:?}");
    }
    let request = remote.need(now).expect("it is time").expect("a request");
    assert!(remote.response(request.id, &Response::new(200, KEYS), now).is_ok());
    let request = remote.need(now + 600).expect("it is time").expect("a request");
    remote.failure(request.id, UnavailableReason::Network, now + 600);
    assert!(remote.missed(now + 604).is_err() && remote.missed(now + 605).is_ok(), "a success begins anew");
}

#[test]
fn a_store_gives_what_would_be_asked_for_and_nothing_that_is_old() {
    let url = "https://id.example/jwks";
    let stored = |remote: &mut KeySetCache, url, response, at, now| {
        matches!(remote.handle(Event::Stored { url, response, at }, now), Action::Replace(_))
    };
    let good = keys_with(Some("max-age=1000"), None, Some("\"v1\""));
    let mut taken = remote();
    assert!(stored(&mut taken, url, good, 1_000, 1_500));
    assert_eq!(taken.fresh_until(1_500), 2_000, "as old as it is");
    let request = taken.need(2_000).expect("no failure").expect("a request");
    assert_eq!(request.if_none_match.as_deref(), Some("\"v1\""));
    for (url, response, at) in [
        ("https://id.example/other", good, 1_000),
        (url, good, 1_501),
        (url, Response { status: 500, ..good }, 1_000),
        (url, Response { status: 304, ..good }, 1_000),
        (url, Response { body: b"{\"keys\":[]}", ..good }, 1_000),
        (url, Response { body: b"", ..good }, 1_000),
    ] {
        let mut remote = remote();
        assert!(!stored(&mut remote, url, response, at, 1_500), "{url} {at}");
        assert!(matches!(remote.need(1_500), Ok(Some(_))), "and it is no failure of the server's");
        assert!(remote.in_flight.len() <= 1);
    }
    assert!(!stored(&mut remote(), url, good, 1_000, 1_000 + 86_400));
    let mut current = loaded(1_200);
    assert!(!stored(&mut current, url, good, 1_200, 1_500) && !stored(&mut current, url, good, 1_000, 1_500));
    assert!(stored(&mut current, url, good, 1_300, 1_500));
}

#[test]
fn a_request_may_take_as_long_as_was_said() {
    let policy = CachePolicy { timeout: 2, ..CachePolicy::default() };
    let mut remote = with_policy(remote(), policy);
    let Action::Fetch { request, wait_at_most } = remote.handle(Event::Wanted, 1_000) else { panic!("a request") };
    assert_eq!((request.timeout, wait_at_most), (2, Duration::from_secs(3)));
    assert!(
        matches!(remote.handle(Event::Wanted, 1_002), Action::Wait { at_most, .. } if at_most == Duration::from_secs(1))
    );
    // By then it is lost, and another one is made.
    assert!(matches!(remote.handle(Event::Wanted, 1_003), Action::Fetch { request, .. } if request.timeout == 2));
}
