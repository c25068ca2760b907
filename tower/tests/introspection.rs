//! Tokens that the issuer is asked about, over HTTP.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "each test file needs a part")]
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use countersign::ReqwestClient;
use countersign::client::{Client, ClientAuthentication, Server as AuthorizationServer};
use countersign::resource_server::{Introspection, Requirement};
use countersign_testkit::members::key_set;
use countersign_testkit::{Key, Members, Token};
use countersign_tower::{Auth, Guard, Introspector};
use support::{AUDIENCE, Server, bearer, rules, verifier};

/// What the issuer answers next, and how often it was asked.
#[derive(Clone, Default)]
struct Issuer {
    answer: Arc<Mutex<(u16, String)>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    async fn start(&self) -> String {
        let issuer = self.clone();
        let introspect = move |headers: HeaderMap, body: String| async move {
            issuer.asked.fetch_add(1, Ordering::SeqCst);
            assert_eq!(headers.get("authorization").unwrap(), "Basic YXBpOnNlY3JldA==");
            assert!(body.starts_with("token=") && body.ends_with("&token_type_hint=access_token"), "{body}");
            let (status, answer) = issuer.answer.lock().unwrap().clone();
            (StatusCode::from_u16(status).unwrap(), [("x-accept", headers.get("accept").unwrap().clone())], answer)
        };
        let keys = || async { key_set(&[Key::of("EdDSA").jwk()]) };
        let app = Router::new().route("/introspect", post(introspect)).route("/jwks", get(keys));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        origin
    }

    fn answers(&self, status: u16, answer: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, answer.into());
    }
}

fn introspector(origin: &str, lifetime: Option<u64>) -> Introspector {
    let mut server = AuthorizationServer::new(origin);
    server.introspection_endpoint = Some(format!("{origin}/introspect"));
    server.jwks_uri = Some(format!("{origin}/jwks"));
    let client = Client::builder(server, "api").authentication(ClientAuthentication::Basic("secret".into()));
    let mut rules = Introspection::new(origin, [AUDIENCE]);
    if let Some(lifetime) = lifetime {
        rules = rules.lifetime(lifetime).unwrap();
    }
    Introspector::new(ReqwestClient::new(client.build().unwrap()).unwrap(), rules)
}

async fn serve(introspector: Introspector) -> Server {
    async fn handler(auth: Auth) -> String {
        assert!(auth.verified().is_none());
        format!("{} of {}", auth.subject().unwrap_or("nobody"), auth.issuer())
    }
    let guard = Guard::new(rules(), verifier()).opaque_tokens(introspector);
    let layer = guard.layer(Requirement::default().scope("notes:read")).unwrap();
    Server::start(Router::new().route("/", get(handler)).layer(layer)).await
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn active() -> Members {
    Members::new().raw("active", true).text("sub", "alice").text("scope", "notes:read").raw("exp", now() + 600)
}

#[tokio::test]
async fn the_issuer_says_what_a_token_stands_for() {
    let issuer = Issuer::default();
    let origin = issuer.start().await;
    let server = serve(introspector(&origin, None)).await;
    let inactive = Members::new().raw("active", false);
    for (number, (status, answer, expected, code)) in [
        (200, active(), 200, None),
        (200, active().text("aud", "https://other.example"), 401, Some("audience_mismatch")),
        (200, active().text("scope", "other"), 403, Some("insufficient_scope")),
        (200, inactive, 401, Some("token_expired")),
        (200, Members::new(), 502, None),
        (401, active(), 503, None),
        (500, active(), 503, None),
    ]
    .into_iter()
    .enumerate()
    {
        issuer.answers(status, answer.json());
        let response = server.get("/", &[bearer(&format!("opaque{number}"))]).await;
        assert_eq!(response.status, expected, "{status} {}", response.text);
        match expected {
            200 => assert_eq!(response.text, format!("alice of {origin}")),
            _ => assert_eq!(response.json()["code"].as_str(), code),
        }
    }
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 7);
    assert_eq!(server.get("/", &[bearer(&"a".repeat(20_000))]).await.json()["code"], "token_too_large");
    let nowhere = serve(introspector("http://127.0.0.1:9", None)).await;
    assert_eq!(nowhere.get("/", &[bearer("opaque")]).await.status, 503);
}

#[tokio::test]
async fn answers_are_remembered_where_that_is_wanted() {
    let issuer = Issuer::default();
    let origin = issuer.start().await;
    let server = serve(introspector(&origin, Some(60))).await;
    issuer.answers(200, active().json());
    for _ in 0..3 {
        assert_eq!(server.get("/", &[bearer("one")]).await.status, 200);
    }
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1);
    issuer.answers(200, r#"{"active":false}"#);
    assert_eq!(server.get("/", &[bearer("one")]).await.status, 200);
    for _ in 0..100 {
        assert_eq!(server.get("/", &[bearer("two")]).await.status, 401);
    }
    // So many of them take less than five seconds, as a rule.
    let asked = issuer.asked.load(Ordering::SeqCst);
    assert!((2..10).contains(&asked), "a refusal counts for a moment: {asked}");
    issuer.answers(503, "");
    assert_eq!(server.get("/", &[bearer("three")]).await.status, 503);
    issuer.answers(200, active().json());
    assert_eq!(server.get("/", &[bearer("three")]).await.status, 200, "an outage is no refusal");
}

#[tokio::test]
async fn a_signed_answer_is_verified() {
    let issuer = Issuer::default();
    let origin = issuer.start().await;
    let server = serve(introspector(&origin, None).signed().unwrap()).await;
    let key = Key::of("EdDSA");
    let answer = |audience: &str, typ: &str, about: &str| {
        let claims = Members::new().text("iss", &origin).text("aud", audience).raw("iat", now());
        let claims = claims.raw("token_introspection", about);
        let header = Members::new().text("alg", "EdDSA").text("typ", typ).text("kid", &key.kid);
        Token::new(header.json(), claims.json()).sign(&key, "EdDSA")
    };
    let typ = "token-introspection+jwt";
    for (label, body, expected) in [
        ("good", answer("api", typ, &active().json()), 200),
        ("inactive", answer("api", typ, r#"{"active":false}"#), 401),
        ("for another client", answer("other", typ, &active().json()), 502),
        ("another kind", answer("api", "at+jwt", &active().json()), 502),
        ("about nothing", answer("api", typ, "[]"), 502),
        ("not signed", active().json(), 502),
    ] {
        issuer.answers(200, body);
        let token = label.replace(' ', "-");
        assert_eq!(server.get("/", &[bearer(&token)]).await.status, expected, "{label}");
    }
}
