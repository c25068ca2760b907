//! The policy on a fake clock.

use super::*;

const KEYS: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn remote() -> JwksCache {
    JwksCache::from_jwks_uri("https://id.example/jwks", Limits::default()).expect("a good URL")
}

fn loaded(now: u64) -> JwksCache {
    let mut remote = remote();
    let request = remote.need(now).expect("no failure").expect("a request");
    assert!(matches!(remote.response(request.id, 200, KEYS, now), Ok(Progress::Keys(_))));
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
    assert!(remote.response(request.id, 200, br#"{"keys":[]}"#, 90_000).is_err());
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
    assert!(remote.response(request.id, 200, KEYS, 1_001).is_ok());
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
    assert!(remote.response(request.id, 200, KEYS, 1_031).is_ok());
    assert_eq!(remote.missed(1_032), Ok(None));
}

#[test]
fn a_set_with_one_bad_key_is_a_bad_set() {
    let mut remote = remote();
    let request = remote.need(10).expect("no failure").expect("a request");
    let body = br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;
    let error = remote.response(request.id, 200, body, 10).err();
    assert_eq!(error, Some(Error::JwksInvalid(KeySetReason::NoUsableKey)));
}

#[test]
fn a_bad_answer_never_replaces_good_keys() {
    let mut remote = loaded(1_000);
    for (status, body) in [(200, &b"<html>"[..]), (200, br#"{"keys":[]}"#), (500, KEYS), (302, b""), (200, b"")] {
        let request = remote.need(2_000).expect("current keys").expect("a retry");
        assert!(remote.response(request.id, status, body, 1_990).is_err());
        assert_eq!(remote.need(1_990), Ok(None));
    }
}

#[test]
fn unknown_and_repeated_answers_change_nothing() {
    let mut remote = remote();
    let request = remote.need(10).expect("no failure").expect("a request");
    assert!(
        remote
            .response(request.id.wrapping_add(7), 200, KEYS, 10)
            .is_ok_and(|progress| matches!(progress, Progress::None))
    );
    assert!(remote.response(request.id, 200, KEYS, 10).is_ok_and(|progress| matches!(progress, Progress::Keys(_))));
    assert!(remote.response(request.id, 500, b"", 10).is_ok_and(|progress| matches!(progress, Progress::None)));
    assert_eq!(remote.need(10), Ok(None));
}

#[test]
fn discovery_leads_to_the_keys() {
    let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
    let first = remote.need(1).expect("no failure").expect("metadata");
    assert_eq!(first.url, "https://id.example/.well-known/openid-configuration");
    assert!(remote.response(first.id, 404, b"", 1).is_ok());
    let second = remote.need(1).expect("no failure").expect("metadata");
    assert_eq!(second.url, "https://id.example/.well-known/oauth-authorization-server");
    let metadata = br#"{"issuer":"https://id.example","jwks_uri":"https://keys.example/set"}"#;
    assert!(remote.response(second.id, 200, metadata, 1).is_ok());
    let third = remote.need(1).expect("no failure").expect("keys");
    assert_eq!(third.url, "https://keys.example/set");
    assert!(remote.response(third.id, 200, KEYS, 1).is_ok_and(|progress| matches!(progress, Progress::Keys(_))));
    let again = remote.need(700).expect("no failure").expect("keys");
    assert_eq!(again.url, "https://keys.example/set", "the metadata is not asked for again");
    assert!(remote.response(again.id, 404, b"", 700).is_err());
    let after = remote.need(705).expect("current keys").expect("a retry");
    assert_eq!(after.url, second.url, "unless the keys moved");
}

#[test]
fn no_metadata_anywhere_is_said_as_such() {
    let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
    for _ in 0..2 {
        let request = remote.need(1).expect("no failure").expect("metadata");
        let _ = remote.response(request.id, 404, b"", 1);
    }
    let not_found = Error::DiscoveryInvalid(DiscoveryReason::NotFound);
    assert_eq!(remote.need(2), Err(not_found.clone()));
    assert_eq!(remote.usable(2), Err(not_found));
    let request = remote.need(10).expect("no failure").expect("metadata, from the beginning");
    assert!(remote.response(request.id, 503, b"", 10).is_err());
    assert_eq!(remote.need(11), Err(Error::JwksUnavailable(UnavailableReason::Status)));
}

#[test]
fn metadata_of_another_issuer_is_not_followed() {
    let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
    let request = remote.need(1).expect("no failure").expect("metadata");
    let body = br#"{"issuer":"https://evil.example","jwks_uri":"https://evil.example/jwks"}"#;
    assert!(matches!(remote.response(request.id, 200, body, 1), Err(Error::DiscoveryIssuerMismatch { .. })));
    assert!(matches!(remote.need(2), Err(Error::DiscoveryIssuerMismatch { .. })));
}
