//! Keys and metadata of a server.

use countersign::{
    Discovery, ErrorCode, FAILURE_BACKOFF, FETCH_TIMEOUT, FRESH_FOR, JwksCache, KeySet, Limits, MISS_COOLDOWN,
    Progress, STALE_FOR, ServerMetadata, UnavailableReason, VerifyingKey,
};
use countersign_testkit::Key;

use crate::code;

const ISSUER: &str = "https://id.example/tenant";
const JWKS: &str = "https://id.example/jwks";

fn key_set() -> String {
    Key::of("ES256").key_set()
}

fn kids(progress: Result<Progress, countersign::Error>) -> Vec<String> {
    match progress {
        Ok(Progress::Keys(keys)) => keys.keys().filter_map(VerifyingKey::kid).map(str::to_owned).collect(),
        other => panic!("no keys: {other:?}"),
    }
}

#[test]
fn keys_at_a_url() {
    let mut limits = Limits::default();
    limits.jwks = 1234;
    let mut remote = JwksCache::from_jwks_uri(JWKS, limits).unwrap();
    assert_eq!(code(remote.usable(0)), Some(ErrorCode::JwksUnavailable));
    let request = remote.need(0).unwrap().unwrap();
    assert_eq!((request.url.as_str(), request.max_bytes, request.timeout), (JWKS, 1234, FETCH_TIMEOUT));
    let second = remote.need(0).unwrap().unwrap();
    assert_ne!(request.id, second.id);
    assert!(matches!(remote.response(99, 200, key_set().as_bytes(), 0), Ok(Progress::None)));
    assert_eq!(kids(remote.response(request.id, 200, key_set().as_bytes(), 0)), ["es256"]);
    assert_eq!(remote.need(FRESH_FOR - 1), Ok(None));
    assert!(remote.need(FRESH_FOR).unwrap().is_some());
    assert_eq!(remote.usable(STALE_FOR - 1), Ok(()));
    assert_eq!(code(remote.usable(STALE_FOR)), Some(ErrorCode::JwksUnavailable));
    let large = remote.response(second.id, 200, &[b' '; 1235], 0);
    assert_eq!(code(large), Some(ErrorCode::ResponseTooLarge));
    assert_eq!(JwksCache::from_jwks_uri("http://id.example/jwks", limits).unwrap_err().option, "jwks_uri");
}

#[test]
fn keys_of_an_issuer() {
    let mut remote = JwksCache::from_issuer(ISSUER, Limits::default()).unwrap();
    let request = remote.need(0).unwrap().unwrap();
    assert_eq!(request.url, "https://id.example/tenant/.well-known/openid-configuration");
    let metadata = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{JWKS}"}}"#);
    assert!(matches!(remote.response(request.id, 200, metadata.as_bytes(), 0), Ok(Progress::Metadata)));
    let request = remote.need(0).unwrap().unwrap();
    assert_eq!(request.url, JWKS);
    assert_eq!(code(remote.response(request.id, 500, b"", 0)), Some(ErrorCode::JwksUnavailable));
    assert_eq!(JwksCache::from_issuer("id.example", Limits::default()).unwrap_err().option, "issuer");
}

#[test]
fn an_unknown_key_and_a_failure() {
    let mut remote = JwksCache::from_jwks_uri(JWKS, Limits::default()).unwrap();
    let request = remote.need(100).unwrap().unwrap();
    assert_eq!(kids(remote.response(request.id, 200, key_set().as_bytes(), 100)), ["es256"]);
    assert_eq!(remote.missed(101).unwrap().map(|request| request.url), Some(JWKS.into()));
    let request = remote.need(101).unwrap().unwrap();
    assert_eq!(kids(remote.response(request.id, 200, key_set().as_bytes(), 101)), ["es256"]);
    assert_eq!(remote.missed(100 + MISS_COOLDOWN), Ok(None));
    let request = remote.missed(101 + MISS_COOLDOWN).unwrap().unwrap();
    let error = remote.failure(request.id, UnavailableReason::Network, 200);
    assert_eq!(error.code(), ErrorCode::JwksUnavailable);
    assert_eq!(remote.missed(200 + FAILURE_BACKOFF - 1), Err(error));
    assert_eq!(remote.failure(7, UnavailableReason::TooLarge, 200).code(), ErrorCode::ResponseTooLarge);
    let times = [FRESH_FOR, STALE_FOR, MISS_COOLDOWN, FAILURE_BACKOFF, FETCH_TIMEOUT];
    assert_eq!(times, [600, 86_400, 30, 5, 5]);
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

/// Fetched keys verify, whatever the source.
#[test]
fn a_progress_shows_itself() {
    let shown = format!("{:?}", Progress::Keys(KeySet::default()));
    assert!(shown.starts_with("Keys("), "{shown}");
}
