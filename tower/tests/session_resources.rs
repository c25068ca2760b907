//! Tokens of a session for several APIs (RFC 8707), against a real server: tests/client/run.mjs starts it, and runs this.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "each test file needs a part")]
#[path = "support/browser.rs"]
mod browser;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use browser::{Browser, ISSUER};
use countersign::client::{Client, ClientAuthentication};
use countersign::discovery::KeySource;
use countersign::resource_server::{self, Requirement};
use countersign::{RemoteVerifier, ReqwestClient, ReqwestVerifier, Verifier};
use countersign_tower::{Auth, Guard, MemoryStore, Refused, Session, Sessions, SessionsBuilder, SignInClient};
use reqwest::Method;

const NOTES: &str = "https://notes.example";
const MAIL: &str = "https://mail.example";

async fn token(session: Session) -> Result<String, Refused> {
    session.access_token().await
}

/// The token, or the code of why there is none.
async fn token_for(Path(name): Path<String>, session: Session) -> String {
    let token = session.access_token_for(&["https://", &name].concat()).await;
    token.unwrap_or_else(|refused| refused.code().as_str().to_owned())
}

async fn start(options: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Browser {
    let client = SignInClient::discovered(&*ISSUER, |server| {
        let authentication = ClientAuthentication::Basic("the secret of a web application".into());
        ReqwestClient::new(Client::builder(server, "axum").authentication(authentication).build()?)
    });
    let client = client.scope("openid notes:read").resource(NOTES).resource(MAIL);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let sessions = options(Sessions::builder(&origin).client(client).secret([7; 32])).build().unwrap();
    let app = Router::new()
        .route("/token", get(token))
        .route("/token/{name}", get(token_for))
        .merge(api("/notes", guard(NOTES).session_tokens_for(NOTES)))
        .merge(api("/mail", guard(MAIL).session_tokens_for(MAIL)))
        // These take the token of another API than theirs.
        .merge(api("/first", guard(MAIL).session_tokens()))
        .merge(api("/crossed", guard(MAIL).session_tokens_for(NOTES)))
        .merge(api("/unknown", guard("https://other.example").session_tokens_for("https://other.example")))
        .layer(sessions.layer());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Browser::new(&origin)
}

fn guard(resource: &str) -> Guard {
    let verifier = Verifier::builder().issuer(&*ISSUER).audience(resource).build().unwrap();
    let verifier = ReqwestVerifier::new(RemoteVerifier::new(verifier, &KeySource::default()).unwrap()).unwrap();
    let rules = resource_server::Guard::builder().resource(resource).authorization_server(&*ISSUER).build().unwrap();
    Guard::new(rules, verifier)
}

fn api(path: &str, guard: Guard) -> Router {
    let answer = |auth: Auth| async move { auth.subject().unwrap_or_default().to_owned() };
    Router::new().route(path, get(answer)).route_layer(guard.layer(Requirement::default()).unwrap())
}

/// Whom a token is for.
fn audience(token: &str) -> String {
    let claims = countersign::verify::decode_unverified(token.as_bytes()).unwrap().claims;
    claims.get("aud").unwrap().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_resource_has_a_token_of_its_own() {
    let in_store = start(|options| options.store(MemoryStore::new(10_000)).sessions_in_store()).await;
    let in_cookies = start(|options| options.store(MemoryStore::new(10_000))).await;
    let unlocked = start(SessionsBuilder::refresh_unlocked).await;
    for (label, browser) in [("in store", in_store), ("in cookies", in_cookies), ("unlocked", unlocked)] {
        browser.sign_in("/token", "grace").await;
        let first = browser.call(Method::GET, "/token").await.text;
        assert_eq!(audience(&first), NOTES, "{label}");
        assert_eq!(browser.call(Method::GET, "/token/notes.example").await.text, first, "{label}");
        // Of all tabs one refreshes, for the API that they want.
        let tabs: Vec<_> = (0..10)
            .map(|_| {
                let browser = browser.clone();
                tokio::spawn(async move { browser.call(Method::GET, "/token/mail.example").await.text })
            })
            .collect();
        let mut tokens = BTreeSet::new();
        for tab in tabs {
            tokens.insert(tab.await.unwrap());
        }
        assert_eq!(tokens.iter().map(|token| audience(token)).collect::<Vec<_>>(), [MAIL], "{label}");
        assert_eq!(browser.call(Method::GET, "/token").await.text, first, "{label}");
        assert!(tokens.contains(&browser.call(Method::GET, "/token/mail.example").await.text), "{label}");
        // Nobody has asked for this one at the sign-in.
        assert_eq!(browser.call(Method::GET, "/token/other.example").await.text, "resource_refused", "{label}");
        assert_eq!(browser.call(Method::GET, "/token").await.text, first, "{label}: the session goes on");
    }
}

#[tokio::test]
async fn without_a_refresh_token_there_is_that_of_the_first() {
    let browser = start(|options| options).await;
    browser.sign_in("/token", "heidi").await;
    assert_eq!(audience(&browser.call(Method::GET, "/token/notes.example").await.text), NOTES);
    assert_eq!(browser.call(Method::GET, "/token/mail.example").await.text, "resource_refused");
}

#[tokio::test]
async fn guards_take_the_token_that_is_for_their_api() {
    let browser = start(|options| options.store(MemoryStore::new(10_000))).await;
    assert_eq!(browser.call(Method::GET, "/mail").await.status, 401, "nobody has signed in");
    browser.sign_in("/token", "ivan").await;
    for path in ["/mail", "/notes", "/mail"] {
        let page = browser.call(Method::GET, path).await;
        assert_eq!((page.status, page.text.as_str()), (200, "ivan"), "{path}");
    }
    for path in ["/first", "/crossed"] {
        let page = browser.call(Method::GET, path).await;
        assert_eq!((page.status, page.json()["code"].as_str()), (401, Some("audience_mismatch")), "{path}");
    }
    // The client does not name it: no sign-in of the user's would help.
    assert_eq!(browser.call(Method::GET, "/unknown").await.status, 500);
    // A token that the request brings is the one that counts, and the session is no way around it.
    let first = browser.call(Method::GET, "/token").await.text;
    let bearer = format!("Bearer {first}");
    let fields = [("authorization", bearer.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(browser.send(Method::GET, "/notes", &fields).await.text, "ivan");
    assert_eq!(browser.send(Method::GET, "/mail", &fields).await.status, 401);
}
