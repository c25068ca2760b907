//! Keys and metadata of a server.

use std::sync::Arc;
use std::time::Duration;

use countersign::discovery::{Discovery, KeySource, ServerMetadata};
use countersign::error::UnavailableReason;
use countersign::jwks_cache::{
    Action, CachePolicy, Event, FAILURE_BACKOFF, FETCH_TIMEOUT, FetchRequest, JwksCache, MAX_FAILURE_BACKOFF, Response,
};
use countersign::keys::VerifyingKey;
use countersign::verify::{Attempt, CacheLimits, Limits, Step};
use countersign::{BlockingVerifier, ErrorCode, Expectations, KeySet, RemoteVerifier, Verifier};
use countersign_testkit::Key;
use countersign_testkit::corpus::{self, AUDIENCE, NOW, claims};

use crate::code;

const ISSUER: &str = "https://id.example/tenant";
const JWKS: &str = "https://id.example/jwks";

fn key_set() -> String {
    Key::of("ES256").key_set()
}

fn response<'a>(request: &FetchRequest, body: &'a str) -> Event<'a> {
    Event::Response { id: request.id, response: Response::new(200, body.as_bytes()) }
}

fn request(action: Action) -> FetchRequest {
    match action {
        Action::Fetch { request, .. } => request,
        other => panic!("no request: {other:?}"),
    }
}

fn kids(action: Action) -> Vec<String> {
    match action {
        Action::Replace(keys) => keys.keys().filter_map(VerifyingKey::kid).map(str::to_owned).collect(),
        other => panic!("no keys: {other:?}"),
    }
}

fn refused(action: Action) -> Option<ErrorCode> {
    if let Action::Unavailable(error) = action { Some(error.code()) } else { None }
}

#[test]
fn keys_at_a_url() {
    let mut limits = Limits::default();
    limits.jwks = 1234;
    let mut cache = JwksCache::from_jwks_uri(JWKS, limits).unwrap();
    assert_eq!(code(cache.usable(0)), Some(ErrorCode::JwksUnavailable));
    let first = request(cache.handle(Event::Wanted, 0));
    assert_eq!((first.url.as_str(), first.max_bytes, first.timeout), (JWKS, 1234, FETCH_TIMEOUT));
    assert!(matches!(cache.handle(Event::Response { id: 99, response: Response::new(200, b"") }, 0), Action::Use));
    assert_eq!(kids(cache.handle(response(&first, &key_set()), 0)), ["es256"]);
    assert_eq!(cache.fresh_until(0), 600);
    assert!(matches!(cache.handle(Event::Wanted, 599), Action::Use));
    let second = request(cache.handle(Event::Wanted, 600));
    assert_ne!(first.id, second.id);
    assert_eq!(cache.usable(86_399), Ok(()));
    assert_eq!(code(cache.usable(86_400)), Some(ErrorCode::JwksUnavailable));
    let large = cache.handle(response(&second, &" ".repeat(1235)), 600);
    assert_eq!(refused(large), Some(ErrorCode::ResponseTooLarge));
    assert_eq!(JwksCache::from_jwks_uri("http://id.example/jwks", limits).unwrap_err().option, "jwks_uri");
}

/// The option that is named, and a change that is wrong.
type Change<'a> = (&'a str, &'a dyn Fn(&mut CachePolicy));

#[test]
fn lifetimes_of_ones_own() {
    let policy = CachePolicy::default();
    let CachePolicy {
        min_freshness,
        default_freshness,
        max_freshness,
        stale_while_revalidate,
        stale_if_error,
        cooldown,
        timeout,
        ..
    } = policy;
    assert_eq!([min_freshness, default_freshness, max_freshness], [30, 600, CachePolicy::MAX_FRESHNESS]);
    assert_eq!([stale_while_revalidate, stale_if_error, cooldown, timeout], [0, 86_400, 30, FETCH_TIMEOUT]);
    assert_eq!([CachePolicy::MAX_FRESHNESS, CachePolicy::MAX_STALE_IF_ERROR], [86_400, 604_800]);
    assert_eq!([CachePolicy::MAX_COOLDOWN, CachePolicy::MAX_TIMEOUT], [3_600, 30]);
    let set = |change: &dyn Fn(&mut CachePolicy)| {
        let mut policy = policy;
        change(&mut policy);
        JwksCache::from_jwks_uri(JWKS, Limits::default()).unwrap().policy(policy).map_err(|error| error.option)
    };
    let changes: [Change<'_>; 12] = [
        ("min_freshness", &|policy: &mut CachePolicy| policy.min_freshness = 0),
        ("min_freshness", &|policy: &mut CachePolicy| policy.min_freshness = 86_401),
        ("max_freshness", &|policy: &mut CachePolicy| policy.max_freshness = 86_401),
        ("default_freshness", &|policy: &mut CachePolicy| policy.default_freshness = 29),
        ("default_freshness", &|policy: &mut CachePolicy| policy.max_freshness = 599),
        ("stale_while_revalidate", &|policy: &mut CachePolicy| policy.stale_while_revalidate = 86_401),
        ("stale_if_error", &|policy: &mut CachePolicy| policy.stale_if_error = 86_399),
        ("stale_if_error", &|policy: &mut CachePolicy| policy.stale_if_error = 604_801),
        ("cooldown", &|policy: &mut CachePolicy| policy.cooldown = 0),
        ("cooldown", &|policy: &mut CachePolicy| policy.cooldown = 3_601),
        ("timeout", &|policy: &mut CachePolicy| policy.timeout = 0),
        ("timeout", &|policy: &mut CachePolicy| policy.timeout = 31),
    ];
    for (option, change) in changes {
        assert_eq!(set(change).err(), Some(option));
    }
    let mut cache = set(&|policy: &mut CachePolicy| policy.default_freshness = 60).unwrap();
    let first = request(cache.handle(Event::Wanted, 0));
    cache.handle(response(&first, &key_set()), 0);
    assert_eq!(cache.fresh_until(0), 60);
    let verifier = Verifier::builder().issuer(corpus::ISSUER).audience(AUDIENCE).build().unwrap();
    let mut wrong = policy;
    wrong.cooldown = 0;
    let remote = RemoteVerifier::new(verifier, &KeySource::default()).unwrap();
    assert_eq!(remote.cache_policy(wrong).unwrap_err().option, "cooldown");
}

#[test]
fn keys_of_an_issuer() {
    let mut cache = JwksCache::from_issuer(ISSUER, Limits::default()).unwrap();
    let first = request(cache.handle(Event::Wanted, 0));
    assert_eq!(first.url, "https://id.example/tenant/.well-known/openid-configuration");
    let metadata = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{JWKS}"}}"#);
    let second = request(cache.handle(response(&first, &metadata), 0));
    assert_eq!(second.url, JWKS);
    let answer = cache.handle(Event::Response { id: second.id, response: Response::new(500, b"") }, 0);
    assert_eq!(refused(answer), Some(ErrorCode::JwksUnavailable));
    assert_eq!(JwksCache::from_issuer("id.example", Limits::default()).unwrap_err().option, "issuer");
}

#[test]
fn an_unknown_key_and_a_failure() {
    let mut cache = JwksCache::from_jwks_uri(JWKS, Limits::default()).unwrap();
    let first = request(cache.handle(Event::Wanted, 100));
    assert_eq!(kids(cache.handle(response(&first, &key_set()), 100)), ["es256"]);
    let second = request(cache.handle(Event::UnknownKey, 101));
    assert_eq!(kids(cache.handle(response(&second, &key_set()), 101)), ["es256"]);
    assert!(matches!(cache.handle(Event::UnknownKey, 130), Action::Use));
    let third = request(cache.handle(Event::UnknownKey, 131));
    let failed = |id, reason| Event::Failed { id, reason };
    let failure = cache.handle(failed(third.id, UnavailableReason::Network), 200);
    assert_eq!(refused(failure), Some(ErrorCode::JwksUnavailable));
    let again = cache.handle(Event::UnknownKey, 200 + FAILURE_BACKOFF - 1);
    assert_eq!(refused(again), Some(ErrorCode::JwksUnavailable));
    let failure = cache.handle(failed(7, UnavailableReason::TooLarge), 200);
    assert_eq!(refused(failure), Some(ErrorCode::ResponseTooLarge));
    assert_eq!([FAILURE_BACKOFF, MAX_FAILURE_BACKOFF, FETCH_TIMEOUT], [5, 60, 5]);
}

#[test]
fn a_verification_step_by_step() {
    let jwt = crate::token("ES256", &claims());
    let verifier = || Verifier::builder().issuer(corpus::ISSUER).audience(AUDIENCE).build().unwrap();
    let mut source = KeySource::default();
    source.jwks_uri = Some(JWKS.into());
    let mut limits = CacheLimits::default();
    let remotes = [RemoteVerifier::new(verifier(), &source), RemoteVerifier::with_cache(verifier(), &source, limits)];
    for (remote, cached) in remotes.into_iter().zip([false, true]) {
        let remote = remote.unwrap();
        let mut attempt = Attempt::default();
        let Step::Fetch { request, wait_at_most } = remote.step(&mut attempt, &jwt, None, NOW) else {
            panic!("no request")
        };
        assert_eq!((request.url.as_str(), wait_at_most), (JWKS, Duration::from_secs(6)));
        let other = remote.step(&mut Attempt::default(), &jwt, None, NOW + 1);
        assert!(matches!(other, Step::Wait { at_most } if at_most == Duration::from_secs(5)), "{other:?}");
        assert!(matches!(remote.handle(response(&request, &key_set()), NOW), Action::Use));
        assert!(matches!(remote.handle(Event::Load, NOW), Action::Use));
        assert_eq!(remote.verifier().keys().map(|keys| keys.keys().count()), Some(1));
        assert_eq!(remote.verifier().issuer(), corpus::ISSUER);
        let mut verify = || match remote.step(&mut attempt, &jwt, None, NOW) {
            Step::Done(verdict) => verdict.unwrap(),
            other => panic!("no verdict: {other:?}"),
        };
        let first = verify();
        assert_eq!(first.claims().subject(), Some("user-1"));
        assert_eq!(Arc::ptr_eq(&first, &verify()), cached);
    }
    assert_eq!(RemoteVerifier::new(verifier(), &KeySource::default()).err().map(|error| error.option), None);
    source.jwks_uri = Some("http://id.example/jwks".into());
    assert_eq!(RemoteVerifier::new(verifier(), &source).unwrap_err().option, "jwks_uri");
    limits.max_age = 0;
    let error = RemoteVerifier::with_cache(verifier(), &KeySource::default(), limits).unwrap_err();
    assert_eq!(error.option, "cache.max_age");
}

/// The drivers have tests of their own, with a server: `tests/drivers.rs`.
#[test]
fn a_driver_of_threads() {
    let jwt = crate::token("ES256", &claims());
    let mut source = KeySource::default();
    source.jwks_uri = Some(JWKS.into());
    let verifier = Verifier::builder().issuer(corpus::ISSUER).audience(AUDIENCE).build().unwrap();
    let get = |_: &FetchRequest| Ok((200, key_set().into_bytes()));
    let verifier = BlockingVerifier::with_clock(RemoteVerifier::new(verifier, &source).unwrap(), get, || NOW);
    assert_eq!(verifier.verify(&jwt).unwrap().claims().subject(), Some("user-1"));
    assert!(verifier.verify_with(&jwt, &Expectations::default()).is_ok());
    let mut expectations = Expectations::default();
    expectations.nonce = Some("n".into());
    assert_eq!(code(verifier.verify_with(&jwt, &expectations)), Some(ErrorCode::ClaimMissing));
}

#[test]
fn metadata_says_what_the_server_says() {
    let body = format!(
        r#"{{"issuer":"{ISSUER}","authorization_endpoint":"https://a.example/","token_endpoint":"https://t.example/",
        "jwks_uri":"{JWKS}","code_challenge_methods_supported":["S256","x"],
        "authorization_response_iss_parameter_supported":true}}"#
    );
    let metadata = ServerMetadata::parse(ISSUER, body.as_bytes()).unwrap();
    assert_eq!((metadata.issuer.as_str(), metadata.json()), (ISSUER, body.as_str()));
    assert_eq!(metadata.authorization_endpoint.as_deref(), Some("https://a.example/"));
    assert_eq!(metadata.token_endpoint.as_deref(), Some("https://t.example/"));
    assert_eq!(metadata.jwks_uri.as_deref(), Some(JWKS));
    assert_eq!(metadata.code_challenge_methods_supported.as_deref(), Some(&["S256".into(), "x".into()][..]));
    assert!(metadata.authorization_response_iss_parameter_supported);

    let body = format!(r#"{{"issuer":"{ISSUER}"}}"#);
    let metadata = ServerMetadata::parse(ISSUER, body.as_bytes()).unwrap();
    assert_eq!((metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri), (None, None, None));
    assert_eq!(metadata.code_challenge_methods_supported, None);
    assert!(!metadata.authorization_response_iss_parameter_supported);
    let other = ServerMetadata::parse("https://other.example", body.as_bytes());
    assert_eq!(code(other), Some(ErrorCode::DiscoveryIssuerMismatch));
    assert_eq!(code(ServerMetadata::parse(ISSUER, b"[]")), Some(ErrorCode::DiscoveryInvalid));
}

#[test]
fn metadata_is_asked_for_in_two_places() {
    let mut discovery = Discovery::new(ISSUER).unwrap();
    assert_eq!(discovery.url(), "https://id.example/tenant/.well-known/openid-configuration");
    assert_eq!(discovery.response(404, b""), Ok(None));
    assert_eq!(discovery.url(), "https://id.example/.well-known/oauth-authorization-server/tenant");
    let body = format!(r#"{{"issuer":"{ISSUER}"}}"#);
    assert_eq!(discovery.response(200, body.as_bytes()).unwrap().unwrap().issuer, ISSUER);
    assert_eq!(code(discovery.response(404, b"")), Some(ErrorCode::DiscoveryInvalid));
    assert_eq!(Discovery::new("https://id.example/?q").unwrap_err().option, "issuer");
}

#[test]
fn actions_show_themselves() {
    let shown = format!("{:?}", Action::Replace(KeySet::default()));
    assert!(shown.starts_with("Replace("), "{shown}");
}
