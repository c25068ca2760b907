//! Sessions against a real server: tests/client/run.mjs starts it, and runs this.
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
#[path = "support/browser.rs"]
mod browser;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use browser::{Browser, ISSUER, command};
use countersign::ReqwestClient;
use countersign::client::{Client, ClientAuthentication};
use countersign::session::SameSite;
use countersign_tower::{
    BoxFuture, MemoryStore, Refused, Session, Sessions, SessionsBuilder, SignIn, SignInClient, Store, StoreError,
};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize)]
struct User {
    sub: String,
    name: Option<String>,
}

#[derive(Default, Deserialize, Serialize)]
struct Cart {
    #[serde(default)]
    items: u32,
}

async fn home(session: Option<Session>) -> String {
    session.map_or_else(|| "nobody".to_owned(), |session| session.subject().to_owned())
}

async fn notes(session: Session) -> String {
    let user: User = session.user().unwrap();
    format!("notes of {} ({})", user.sub, user.name.as_deref().unwrap_or("-"))
}

async fn token(session: Session) -> Result<String, Refused> {
    session.access_token().await
}

async fn add(mut session: Session) -> Result<Json<Cart>, Refused> {
    let Cart { items } = session.data().unwrap_or_default();
    session.update(&Cart { items: items + 1 }).await?;
    Ok(Json(session.data().unwrap()))
}

async fn link(session: Session) -> String {
    session.logout_url()
}

fn client() -> SignInClient {
    let client = SignInClient::discovered(&*ISSUER, |server| {
        let authentication = ClientAuthentication::Basic("the secret of a web application".into());
        ReqwestClient::new(Client::builder(server, "axum").authentication(authentication).build()?)
    });
    client.scope("openid profile").userinfo()
}

async fn start(options: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Browser {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let sessions = Sessions::builder(&origin).client(client()).secret([7; 32]);
    let sessions = options(sessions).build().unwrap();
    let (own, out) = (sessions.clone(), sessions.clone());
    let strong = move |parts: Parts| async move {
        let params = vec![("prompt".to_owned(), "login".to_owned())];
        own.sign_in(&parts, SignIn { params, ..SignIn::default() }).await
    };
    let app = Router::new()
        .route("/", get(home))
        .route("/notes", get(notes).post(|session: Session| async move { session.subject().to_owned() }))
        .route("/token", get(token))
        .route("/cart", post(add))
        .route("/link", get(link))
        .route("/strong", get(strong))
        .route("/out", post(|parts: Parts| async move { out.sign_out(&parts).await }))
        .route("/cached", get(cached))
        .layer(sessions.layer());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Browser::new(&origin)
}

async fn cached(session: Option<Session>) -> Response {
    let fields = [("cache-control", "public, max-age=60"), ("cdn-cache-control", "max-age=60")];
    (fields, if session.is_some() { "somebody" } else { "nobody" }).into_response()
}

#[tokio::test]
async fn with_strict_cookies_a_page_of_ours_leads_on() {
    let browser = start(|options| options.same_site(SameSite::Strict)).await;
    let begun = browser.visit("/notes?a=1&b=2").await;
    assert!(begun.field("set-cookie").unwrap().contains("; SameSite=Lax"), "of the sign-in under way");
    let callback = browser.at_server(begun.field("location").unwrap(), "/auth/callback", "ruth").await;
    let arrived = browser.visit(&callback).await;
    assert_eq!((arrived.status, arrived.field("location")), (200, None));
    assert!(arrived.text.contains(r#"content="0;url=/notes?a=1&amp;b=2""#), "{}", arrived.text);
    let set: Vec<&str> = arrived.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let of_session: Vec<_> = set.iter().filter(|line| line.starts_with("session")).collect();
    assert!(!of_session.is_empty() && of_session.iter().all(|line| line.contains("; SameSite=Strict")), "{set:?}");
    assert_eq!(browser.visit("/notes").await.status, 200);
}

#[tokio::test]
async fn a_user_signs_in_and_out() {
    let browser = start(|options| options).await;
    assert_eq!(browser.visit("/").await.text, "nobody");
    assert_eq!(browser.call(Method::GET, "/auth/me").await.text, "null");
    assert_eq!(browser.sign_in("/notes?page=2", "alice").await, "/notes?page=2");
    assert!(browser.has("session") && !browser.has("sign-in"));
    let page = browser.visit("/notes").await;
    assert_eq!((page.status, page.text.as_str()), (200, "notes of alice (alice of the tests)"));
    assert_eq!(browser.visit("/").await.text, "alice");
    let me = browser.call(Method::GET, "/auth/me").await;
    assert_eq!(me.json(), json!({ "sub": "alice", "name": "alice of the tests" }));
    assert_eq!(me.field("cache-control"), Some("no-store"));

    let before = browser.copy();
    let link = browser.visit("/link").await.text;
    assert_eq!(browser.visit("/auth/logout").await.status, 200, "a form, since any page may have this link");
    let page = browser.visit(&link).await;
    assert_eq!(page.status, 303);
    let location = page.field("location").unwrap().to_owned();
    assert!(location.starts_with(&*ISSUER) && location.contains("client_id=axum"), "{location}");
    assert_eq!(browser.visit("/").await.text, "nobody");
    let back = browser.at_server(&location, "/", "alice").await;
    assert!(back.starts_with("/?state="), "{back}");
    assert_eq!(before.visit("/").await.text, "alice", "a copy of the cookie lives on without a store");
}

#[tokio::test]
async fn only_pages_begin_a_sign_in() {
    let browser = start(|options| options).await;
    let call = browser.call(Method::GET, "/notes").await;
    assert_eq!((call.status, call.field("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(call.json()["code"], "token_missing");
    let ahead = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("sec-purpose", "prefetch")];
    assert_eq!(browser.send(Method::GET, "/notes", &ahead).await.status, 204);
    let form = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("accept", "text/html")];
    let page = browser.send(Method::POST, "/notes", &form).await;
    assert_eq!((page.status, page.field("location")), (303, Some("/auth/login")));
    assert!(!browser.has("sign-in"));
    let outside = browser.visit("/auth/login?return_to=https://evil.example/").await;
    assert_eq!((outside.status, outside.field("location")), (400, None));
    let strong = browser.visit("/strong").await;
    assert!(strong.field("location").unwrap().contains("prompt=login"));
    for _ in 0..20 {
        browser.visit("/notes").await;
    }
    assert!(browser.has("sign-in"));
    let lost = browser.visit("/auth/callback?code=c&state=lost").await;
    assert_eq!(lost.field("location"), Some("/auth/login?restarted=1"));
    let again = browser.visit("/auth/login?restarted=1").await;
    assert!(again.field("location").unwrap().starts_with(&*ISSUER), "it begins again, once");
    let lost = browser.visit("/auth/callback?code=c&state=lost").await;
    assert_eq!((lost.status, lost.field("location")), (400, None));
}

#[tokio::test]
async fn other_origins_change_nothing() {
    let browser = start(|options| options).await;
    browser.sign_in("/notes", "bob").await;
    assert_eq!(browser.call(Method::POST, "/cart").await.json(), json!({ "items": 1 }));
    assert_eq!(browser.call(Method::POST, "/cart").await.json(), json!({ "items": 2 }));
    for site in ["cross-site", "same-site"] {
        let page = browser.send(Method::POST, "/cart", &[("sec-fetch-site", site)]).await;
        assert_eq!((page.status, page.json()["code"].as_str()), (403, Some("csrf_refused")), "{site}");
        let out = browser.send(Method::POST, "/out", &[("sec-fetch-site", site)]).await;
        assert_eq!(out.status, 403, "{site}");
    }
    assert_eq!(browser.call(Method::POST, "/cart").await.json(), json!({ "items": 3 }));
    assert_eq!(browser.call(Method::POST, "/out").await.status, 303);
    assert_eq!(browser.visit("/").await.text, "nobody");
}

#[tokio::test]
async fn a_response_that_renews_the_session_is_for_no_cache() {
    static TIME: AtomicU64 = AtomicU64::new(0);
    TIME.store(now(), Ordering::SeqCst);
    let browser = start(|options| options.clock(|| TIME.load(Ordering::SeqCst))).await;
    browser.sign_in("/notes", "carol").await;
    let page = browser.visit("/cached").await;
    assert_eq!((page.text.as_str(), page.field("cache-control")), ("somebody", Some("public, max-age=60")));
    TIME.fetch_add(30_000, Ordering::SeqCst);
    let page = browser.visit("/cached").await;
    assert_eq!((page.field("cache-control"), page.field("cdn-cache-control")), (Some("no-store"), None));
    assert!(page.field("set-cookie").is_some());
    TIME.fetch_add(86_400, Ordering::SeqCst);
    assert_eq!(browser.visit("/").await.text, "nobody");
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn of_all_tabs_one_refreshes() {
    static TIME: AtomicU64 = AtomicU64::new(0);
    TIME.store(now(), Ordering::SeqCst);
    let clock = || TIME.load(Ordering::SeqCst);
    let store = || Arc::new(MemoryStore::new(10_000));
    let in_store = {
        let store = store();
        start(move |options| options.store(store).sessions_in_store().clock(clock)).await
    };
    let in_cookies = {
        let store = store();
        start(move |options| options.store(store).clock(clock)).await
    };
    let unlocked = start(|options| options.refresh_unlocked().clock(clock)).await;
    for (label, browser) in [("in store", in_store), ("in cookies", in_cookies), ("unlocked", unlocked)] {
        browser.sign_in("/notes", "dave").await;
        let first = browser.call(Method::GET, "/token").await.text;
        assert_eq!(browser.call(Method::GET, "/token").await.text, first);
        // The server's clock is another, and takes its token for good still.
        TIME.fetch_add(3_600, Ordering::SeqCst);
        let tabs: Vec<_> = (0..20)
            .map(|_| {
                let browser = browser.clone();
                tokio::spawn(async move {
                    let page = browser.call(Method::GET, "/token").await;
                    assert_eq!(page.status, 200, "{}", page.text);
                    page.text
                })
            })
            .collect();
        let mut tokens = BTreeSet::new();
        for tab in tabs {
            tokens.insert(tab.await.unwrap());
        }
        assert_eq!(tokens.len(), 1, "{label}");
        assert!(!tokens.contains(&first), "{label}");
        // A refresh token that had come twice would have ended the grant.
        TIME.fetch_add(3_600, Ordering::SeqCst);
        let next = browser.call(Method::GET, "/token").await;
        assert_eq!(next.status, 200, "{label} {}", next.text);
        assert!(!tokens.contains(&next.text), "{label}");
        TIME.store(now(), Ordering::SeqCst);
    }
}

#[tokio::test]
async fn without_a_store_there_is_no_refresh_token() {
    static TIME: AtomicU64 = AtomicU64::new(0);
    TIME.store(now(), Ordering::SeqCst);
    let browser = start(|options| options.clock(|| TIME.load(Ordering::SeqCst))).await;
    browser.sign_in("/notes", "erin").await;
    assert_eq!(browser.call(Method::GET, "/token").await.status, 200);
    TIME.fetch_add(3_600, Ordering::SeqCst);
    let page = browser.call(Method::GET, "/token").await;
    assert_eq!((page.status, page.json()["code"].as_str()), (401, Some("session_ended")));
    assert_eq!(browser.call(Method::POST, "/auth/backchannel-logout").await.status, 404, "it does not pretend");
}

#[tokio::test]
async fn the_server_ends_sessions() {
    let browser = start(|options| options.store(MemoryStore::new(1_000)).sessions_in_store()).await;
    browser.sign_in("/notes", "frank").await;
    let other = Browser::new(&browser.origin);
    other.sign_in("/notes", "grace").await;
    // Frank signs out there, by another application of the server's.
    let url = format!("{}/session/end?client_id=axum&post_logout_redirect_uri={}/", *ISSUER, browser.origin);
    browser.at_server(&url, "/", "frank").await;
    let tokens: Vec<String> = serde_json::from_str(&command("/test/logout-tokens", String::new()).await).unwrap();
    let mut accepted = 0;
    for token in &tokens {
        for _ in 0..2 {
            let form = [("logout_token", token.as_str())];
            let body = form.map(|(name, value)| format!("{name}={value}")).join("&");
            let url = format!("{}/auth/backchannel-logout", browser.origin);
            let post = reqwest::Client::new().post(url).header("content-type", "application/x-www-form-urlencoded");
            let status = post.body(body).send().await.unwrap().status().as_u16();
            accepted += u32::from(status == 200);
            assert!(matches!(status, 200 | 400), "{status}");
        }
    }
    assert!(accepted >= 1, "each token counts once");
    assert_eq!(browser.visit("/").await.text, "nobody");
    assert_eq!(other.visit("/").await.text, "grace");
}

/// A store that is down once it is told so.
struct Failing(MemoryStore, Arc<AtomicU64>);

impl Failing {
    fn check(&self) -> Result<(), StoreError> {
        match self.1.load(Ordering::SeqCst) {
            0 => Ok(()),
            1 => Err("down".into()),
            _ => panic!("a bug of the store's"),
        }
    }
}

impl Store for Failing {
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.0.read(key).await
        })
    }

    fn write<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.0.write(key, value, lifetime).await
        })
    }

    fn add<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.0.add(key, value, lifetime).await
        })
    }

    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.0.remove(key).await
        })
    }
}

#[tokio::test]
async fn a_store_that_is_down_signs_nobody_out() {
    let state = Arc::new(AtomicU64::new(0));
    let store = Failing(MemoryStore::new(1_000), Arc::clone(&state));
    let browser = start(|options| options.store(store).sessions_in_store()).await;
    browser.sign_in("/notes", "heidi").await;
    for failure in [1, 2] {
        state.store(failure, Ordering::SeqCst);
        for path in ["/", "/notes", "/auth/me"] {
            let page = browser.visit(path).await;
            assert_eq!((page.status, page.field("set-cookie")), (503, None), "{path}");
            assert!(page.field("retry-after").is_some());
        }
    }
    state.store(0, Ordering::SeqCst);
    assert_eq!(browser.visit("/").await.text, "heidi");
}

#[tokio::test]
async fn a_handler_outside_of_the_layer() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let browser = Browser::new(&format!("http://{}", listener.local_addr().unwrap()));
    let app = Router::new().route("/", get(home)).route("/notes", get(notes));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    for path in ["/", "/notes"] {
        assert_eq!(browser.visit(path).await.status, 500, "{path}");
    }
}

#[tokio::test]
async fn options_that_cannot_be() {
    let builder = || Sessions::builder("https://app.example").client(client()).secret([7; 32]);
    assert!(builder().build().is_ok());
    for (builder, option) in [
        (Sessions::builder("http://app.example").client(client()).secret([7; 32]), "origin"),
        (Sessions::builder("https://app.example").secret([7; 32]), "client"),
        (Sessions::builder("https://app.example").client(client()), "secrets"),
        (Sessions::builder("https://app.example").client(client()).secret([7; 31]), "secrets"),
        (builder().sessions_in_store(), "store"),
        (builder().base_path("auth"), "base_path"),
        (builder().return_to("//evil.example"), "return_to"),
    ] {
        assert_eq!(builder.build().unwrap_err().option, option);
    }
}

#[tokio::test]
async fn the_application_starts_without_its_server() {
    let nowhere = SignInClient::discovered("http://127.0.0.1:9", |server| {
        ReqwestClient::new(Client::builder(server, "axum").build()?)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let sessions = Sessions::builder(&origin).client(nowhere).secret([7; 32]).build().unwrap();
    let app = Router::new().route("/", get(home)).layer(sessions.layer());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let browser = Browser::new(&origin);
    assert_eq!(browser.visit("/").await.text, "nobody");
    let page = browser.visit("/auth/login").await;
    assert_eq!((page.status, page.field("set-cookie")), (503, None));
}
