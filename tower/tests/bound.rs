//! Tokens that are bound to a key or a certificate, those that are no JWTs, and the hooks of a guard, over HTTP.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "each test file needs a part")]
mod support;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{any, get};
use countersign::dpop::Dpop;
use countersign::keys::VerifyingKey;
use countersign::resource_server::{self, CertificateThumbprint, Requirement, Scheme};
use countersign::{Claims, Error};
use countersign_testkit::hash::sha;
use countersign_testkit::{Key, Members, base64url};
use countersign_tower::{
    Auth, BoxFuture, Guard, MemoryStore, OpaqueTokens, Outcome, Refused, Store, StoreError, TokenVerifier, Verdict,
};
use reqwest::Method;
use support::{AUDIENCE, Answer, ISSUER, NOW, Server, bearer, claims, read, rules, sign, verifier};

async fn handler(auth: Option<Auth>) -> &'static str {
    support::note_that_it_ran();
    match auth.map(|auth| auth.scheme()) {
        Some(Scheme::DPoP) => "DPoP",
        Some(_) => "Bearer",
        None => "nobody",
    }
}

fn thumbprint(key: &Key) -> String {
    VerifyingKey::from_jwk(&key.jwk().json()).unwrap().thumbprint().unwrap()
}

fn bound(key: &Key) -> String {
    sign(&read().raw("cnf", Members::new().text("jkt", thumbprint(key)).json()))
}

/// A proof for a request, with what is to be different.
fn proof(key: &Key, token: &str, jti: &str, path: &str, change: impl FnOnce(Members) -> Members) -> String {
    let jwk = key.jwk().without("kid").without("alg");
    let header = Members::new().text("typ", "dpop+jwt").text("alg", "ES256").raw("jwk", jwk.json());
    let ath = base64url::encode(sha(256, token.as_bytes()));
    let claims = Members::new().text("jti", jti).text("htm", "GET").text("htu", format!("{AUDIENCE}{path}"));
    let claims = change(claims.raw("iat", NOW).text("ath", ath));
    let input = [header, claims].map(|part| base64url::encode(part.json())).join(".");
    format!("{input}.{}", base64url::encode(key.sign("ES256", input.as_bytes())))
}

fn presented(token: &str, proof: String) -> Vec<(String, String)> {
    vec![("authorization".to_owned(), format!("DPoP {token}")), ("dpop".to_owned(), proof)]
}

fn dpop_guard(dpop: Dpop) -> Guard {
    let rules = resource_server::Guard::builder().resource(AUDIENCE).authorization_server(ISSUER).dpop(dpop);
    Guard::new(rules.build().unwrap(), verifier()).clock(|| NOW).replay(MemoryStore::new(100))
}

async fn serve(guard: &Guard) -> Server {
    let layer = guard.layer(Requirement::default()).unwrap();
    Server::start(Router::new().route("/", any(handler)).layer(layer)).await
}

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_proof_lets_its_request_in_once() {
    let key = Key::of("ES256");
    let token = bound(&key);
    let server = serve(&dpop_guard(Dpop::allowed())).await;
    let same = |claims| claims;
    let first = presented(&token, proof(&key, &token, "1", "/", same));
    let answer = server.get("/", &first).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "DPoP"));
    let again = server.get("/", &first).await;
    assert_eq!((again.status, again.ran, code(&again).as_str()), (401, false, "replay_detected"));
    assert!(again.challenge().contains("DPoP "), "{}", again.challenge());

    let other = Key::named("ES256", "other");
    for (label, fields, expected) in [
        ("without a proof", vec![("authorization".to_owned(), format!("DPoP {token}"))], "dpop_invalid"),
        ("as a bearer", vec![bearer(&token)], "token_binding_required"),
        ("another path", presented(&token, proof(&key, &token, "2", "/x", same)), "dpop_invalid"),
        ("another token", presented(&token, proof(&key, "x", "3", "/", same)), "dpop_invalid"),
        (
            "too old",
            presented(&token, proof(&key, &token, "4", "/", |claims| claims.raw("iat", NOW - 1000))),
            "dpop_invalid",
        ),
        ("another method", presented(&token, proof(&key, &token, "5", "/", |c| c.text("htm", "POST"))), "dpop_invalid"),
        ("unbound", presented(&sign(&read()), proof(&key, &sign(&read()), "6", "/", same)), "token_binding_required"),
        ("another key", presented(&bound(&other), proof(&key, &bound(&other), "7", "/", same)), "dpop_invalid"),
    ] {
        let answer = server.get("/", &fields).await;
        assert_eq!((answer.status, answer.ran, code(&answer).as_str()), (401, false, expected), "{label}");
    }
    assert_eq!(server.get("/", &[bearer(&sign(&read()))]).await.text, "Bearer");
    let required = serve(&dpop_guard(Dpop::required())).await;
    let answer = required.get("/", &[bearer(&sign(&read()))]).await;
    assert_eq!((answer.status, code(&answer).as_str()), (401, "token_binding_required"));
    assert!(!answer.challenge().starts_with("Bearer"), "{}", answer.challenge());
}

#[tokio::test]
async fn a_proof_is_for_what_the_client_has_asked_for() {
    let key = Key::of("ES256");
    let token = bound(&key);
    let layer = dpop_guard(Dpop::allowed()).layer(Requirement::default()).unwrap();
    let inner = Router::new().route("/notes", get(handler)).route_layer(layer);
    let server = Server::start(Router::new().nest("/v1", inner)).await;
    let answer = server.get("/v1/notes", &presented(&token, proof(&key, &token, "1", "/v1/notes", |c| c))).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "DPoP"));
    let answer = server.get("/v1/notes", &presented(&token, proof(&key, &token, "2", "/notes", |c| c))).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn nonces_are_given_and_asked_for() {
    static TIME: AtomicU64 = AtomicU64::new(NOW);
    let key = Key::of("ES256");
    let token = bound(&key);
    let server = serve(&dpop_guard(Dpop::allowed().nonce_secret(&[7; 32])).clock(|| TIME.load(Ordering::SeqCst))).await;
    let first = server.get("/", &presented(&token, proof(&key, &token, "1", "/", |c| c))).await;
    assert_eq!((first.status, code(&first).as_str()), (401, "dpop_nonce_required"));
    assert!(first.challenge().contains("use_dpop_nonce"));
    let nonce = first.field("dpop-nonce").unwrap().to_owned();
    let with = |jti: &str, nonce: &str| presented(&token, proof(&key, &token, jti, "/", |c| c.text("nonce", nonce)));
    let second = server.get("/", &with("2", &nonce)).await;
    assert_eq!((second.status, second.field("dpop-nonce")), (200, None));
    TIME.store(NOW + 60, Ordering::SeqCst);
    let third = server.get("/", &with("3", &nonce)).await;
    assert_eq!((third.status, third.field("access-control-expose-headers")), (200, Some("DPoP-Nonce")));
    let next = third.field("dpop-nonce").unwrap().to_owned();
    assert_ne!(next, nonce);
    assert_eq!(server.get("/", &with("4", &next)).await.status, 200);
}

/// A store that fails in one way or the other.
struct Broken(u8);

impl Store for Broken {
    fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async { Err("down".into()) })
    }

    fn write<'a>(&'a self, _: &'a str, _: &'a str, _: u64) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Err("down".into()) })
    }

    fn add<'a>(&'a self, _: &'a str, _: &'a str, _: u64) -> BoxFuture<'a, Result<bool, StoreError>> {
        match self.0 {
            0 => Box::pin(async { Err("down".into()) }),
            1 => panic!("at once"),
            2 => Box::pin(std::future::pending()),
            _ => Box::pin(async { panic!("later") }),
        }
    }

    fn remove<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Err("down".into()) })
    }
}

#[tokio::test]
async fn without_its_store_no_proof_is_taken() {
    let key = Key::of("ES256");
    let token = bound(&key);
    for way in 0..4 {
        let server = serve(&dpop_guard(Dpop::allowed()).replay(Broken(way))).await;
        let begun = std::time::Instant::now();
        let answer = server.get("/", &presented(&token, proof(&key, &token, "1", "/", |c| c))).await;
        assert_eq!((answer.status, answer.ran), (503, false), "{way}");
        assert!(answer.field("retry-after").is_some());
        // One that hangs is waited for, and not for ever.
        let seconds = begun.elapsed().as_secs();
        assert!(if way == 2 { (2..20).contains(&seconds) } else { seconds < 2 }, "{way}: {seconds}");
    }
    let rules = resource_server::Guard::builder().resource(AUDIENCE).dpop(Dpop::allowed()).build().unwrap();
    let error = Guard::new(rules, verifier()).layer(Requirement::default()).unwrap_err();
    assert_eq!(error.option, "replay");
}

#[tokio::test]
async fn what_is_not_enough_uses_no_proof_up() {
    let key = Key::of("ES256");
    let token = bound(&key);
    let guard = dpop_guard(Dpop::allowed());
    let layer = |scope| guard.layer(Requirement::default().scope(scope)).unwrap();
    let app = Router::new()
        .route("/", get(handler).layer(layer("other")))
        .route("/x", get(handler).layer(layer("notes:read")));
    let server = Server::start(app).await;
    let fields = presented(&token, proof(&key, &token, "1", "/", |c| c));
    for _ in 0..2 {
        let answer = server.get("/", &fields).await;
        assert_eq!((answer.status, code(&answer).as_str()), (403, "insufficient_scope"));
    }
}

#[tokio::test]
async fn a_token_with_a_certificate_needs_that_connection() {
    let own = CertificateThumbprint::of_der(b"certificate");
    let token = sign(&read().raw("cnf", Members::new().text("x5t#S256", own.as_str()).json()));
    let guard = Guard::new(rules(), verifier()).clock(|| NOW);
    let find = |parts: &http::request::Parts| {
        let field = parts.headers.get("x-certificate")?.to_str().ok()?;
        assert_ne!(field, "panic", "as an application may");
        CertificateThumbprint::parse(field)
    };
    let server = serve(&guard.clone().client_certificate(find)).await;
    let with = |value: &str| vec![bearer(&token), ("x-certificate".to_owned(), value.to_owned())];
    assert_eq!(server.get("/", &with(own.as_str())).await.text, "Bearer");
    let other = CertificateThumbprint::of_der(b"other");
    for value in [other.as_str(), "no certificate", ""] {
        let answer = server.get("/", &with(value)).await;
        assert_eq!(
            (answer.status, answer.ran, code(&answer).as_str()),
            (401, false, "token_binding_required"),
            "{value}"
        );
    }
    let failed = server.get("/", &with("panic")).await;
    assert_eq!((failed.status, failed.ran), (500, false));
    let unbound = [bearer(&sign(&read())), ("x-certificate".to_owned(), "panic".to_owned())];
    assert_eq!(server.get("/", &unbound).await.status, 200, "nobody asks for it");
    assert_eq!(serve(&guard).await.get("/", &with(own.as_str())).await.status, 401);
}

/// Tokens by their names.
struct Keys(Arc<AtomicUsize>);

impl OpaqueTokens for Keys {
    fn claims<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Result<Arc<Claims>, Error>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let answer = match token {
            "good" => Ok(format!(r#"{{"iss":"{ISSUER}","sub":"user","scope":"notes:read","exp":{}}}"#, now + 60)),
            "endless" => Ok(format!(r#"{{"iss":"{ISSUER}","scope":"notes:read"}}"#)),
            "panic" => panic!("as an application may"),
            _ => Err(Error::TokenExpired { now, exp: now }),
        };
        Box::pin(async move {
            answer.and_then(|json| Claims::from_json(&json).map(Arc::new).map_err(|_| Error::InternalError))
        })
    }
}

#[tokio::test]
async fn tokens_that_are_no_jwts() {
    let asked = Arc::new(AtomicUsize::new(0));
    let guard = Guard::new(rules(), verifier()).clock(|| NOW).opaque_tokens(Keys(Arc::clone(&asked)));
    let layer = guard.layer(Requirement::default().scope("notes:read")).unwrap();
    let server = Server::start(Router::new().route("/", get(handler)).layer(layer)).await;
    for (token, status) in [("good", 200), ("bad", 401), ("endless", 500), ("panic", 500)] {
        assert_eq!(server.get("/", &[bearer(token)]).await.status, status, "{token}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    assert_eq!(server.get("/", &[bearer(&sign(&read()))]).await.status, 200);
    assert_eq!(server.get("/", &[bearer("a.b.c")]).await.status, 401);
    assert_eq!(asked.load(Ordering::SeqCst), 4, "a JWT is for the verifier alone");
}

/// A verifier that panics.
struct Panicking;

impl TokenVerifier for Panicking {
    fn verify<'a>(&'a self, _: &'a str, _: u64) -> BoxFuture<'a, Verdict> {
        Box::pin(async { panic!("as an application may") })
    }
}

#[tokio::test]
async fn each_decision_is_told_of_once() {
    type Told = (Outcome, Option<&'static str>, Option<String>);
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let note = Arc::clone(&told);
    let hook = move |decision: &countersign_tower::Decision<'_>| {
        assert!(decision.duration.is_some() || decision.code.is_some());
        let (code, issuer) = (decision.code.map(countersign::ErrorCode::as_str), decision.issuer.map(str::to_owned));
        note.lock().unwrap().push((decision.outcome, code, issuer));
    };
    async fn strict(auth: Auth) -> Result<&'static str, Refused> {
        auth.require(&Requirement::default().scope("admin"))?;
        Ok("in")
    }
    let guard = Guard::new(rules(), verifier()).clock(|| NOW).on_decision(hook.clone());
    let layer = |requirement: Requirement| guard.layer(requirement).unwrap();
    let optional = || layer(Requirement::default().optional());
    let app = Router::new()
        .route("/", get(handler).route_layer(optional()).route_layer(optional()))
        .route(
            "/inner",
            get(handler)
                .route_layer(layer(Requirement::default().scope("x")))
                .route_layer(layer(Requirement::default())),
        )
        .route("/handler", get(strict).layer(optional()));
    let server = Server::start(app).await;
    let token = [bearer(&sign(&read()))];
    let told = || std::mem::take(&mut *told.lock().unwrap());
    let accepted = (Outcome::Accepted, None, Some(ISSUER.to_owned()));
    server.get("/", &[]).await;
    assert_eq!(told(), [(Outcome::Anonymous, None, None)]);
    server.get("/", &token).await;
    assert_eq!(told(), std::slice::from_ref(&accepted));
    server.get("/", &[bearer("x")]).await;
    assert_eq!(told(), [(Outcome::Refused, Some("token_malformed"), None)]);
    for path in ["/inner", "/handler"] {
        server.get(path, &token).await;
        assert_eq!(told(), [accepted.clone(), (Outcome::Refused, Some("insufficient_scope"), None)], "{path}");
    }
    let failing = serve(&Guard::new(rules(), Panicking).on_decision(hook)).await;
    let answer = failing.get("/", &token).await;
    assert_eq!((answer.status, answer.ran), (500, false));
    assert_eq!(told(), [(Outcome::NotJudged, Some("internal_error"), None)]);
}

#[tokio::test]
async fn hooks_that_panic_let_nobody_in() {
    let guard = Guard::new(rules(), verifier()).clock(|| NOW);
    let guard = guard.on_decision(|_| panic!("metrics")).on_refusal(|_, _| panic!("page"));
    let server = serve(&guard).await;
    let answer = server.get("/", &[]).await;
    assert_eq!((answer.status, answer.ran), (401, false));
    assert!(answer.challenge().starts_with("Bearer"));
    let answer = server.get("/", &[bearer(&sign(&read()))]).await;
    assert_eq!((answer.status, answer.ran), (200, true));
}

#[tokio::test]
async fn an_application_may_answer_refusals() {
    async fn strict(auth: Auth) -> Result<&'static str, Refused> {
        auth.require(&Requirement::default().scope("admin"))?;
        Ok("in")
    }
    let page = |refused: &Refused, parts: &http::request::Parts| {
        if parts.headers.get("accept").is_none_or(|accept| accept != "text/html") {
            return None;
        }
        let page = format!("<h1>{} at {}</h1>", refused.code(), parts.uri.path());
        http::Response::builder().status(200).header("x-page", "1").body(page).ok()
    };
    let guard = Guard::new(rules(), verifier()).clock(|| NOW).on_refusal(page);
    let layer = guard.layer(Requirement::default()).unwrap();
    let app = Router::new().route("/", get(handler)).route("/strict", get(strict)).layer(layer);
    let server = Server::start(app).await;
    let html = ("accept".to_owned(), "text/html".to_owned());
    let answer = server.get("/", std::slice::from_ref(&html)).await;
    assert_eq!(
        (answer.status, answer.ran, answer.field("x-page")),
        (200, false, Some("1")),
        "as it says, and not the handler"
    );
    assert_eq!(answer.text, "<h1>token_missing at /</h1>");
    let head = server.ask(&Method::HEAD, "/", std::slice::from_ref(&html)).await;
    assert_eq!((head.text.as_str(), head.field("x-page")), ("", Some("1")));
    let token = bearer(&sign(&claims()));
    let answer = server.get("/strict", &[html, token.clone()]).await;
    assert_eq!(answer.text, "<h1>insufficient_scope at /strict</h1>", "what a handler refuses, too");
    let answer = server.get("/strict", &[token]).await;
    assert_eq!((answer.status, code(&answer).as_str(), answer.field("x-page")), (403, "insufficient_scope", None));
}

#[tokio::test]
async fn a_store_in_memory_forgets_nothing_early() {
    static TIME: AtomicU64 = AtomicU64::new(NOW);
    let store = MemoryStore::new(2).clock(|| TIME.load(Ordering::SeqCst));
    assert!(store.add("a", "1", 10).await.unwrap() && !store.add("a", "2", 10).await.unwrap());
    store.write("b", "1", 20).await.unwrap();
    assert!(store.add("c", "1", 10).await.is_err(), "it is full");
    store.write("b", "2", 20).await.unwrap();
    assert_eq!(store.read("b").await.unwrap().as_deref(), Some("2"));
    TIME.store(NOW + 10, Ordering::SeqCst);
    assert_eq!(store.read("a").await.unwrap(), None);
    assert!(store.add("a", "3", 10).await.unwrap() && store.read("b").await.unwrap().is_some());
    store.remove("b").await.unwrap();
    assert!(store.add("b", "4", 10).await.unwrap());
}
