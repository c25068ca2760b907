//! Sessions against a real server, from the first page to the sign-out: tests/client/run.mjs starts it, and runs this.
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
#[path = "support/application.rs"]
mod application;
#[allow(dead_code, reason = "each test file needs a part")]
#[path = "support/browser.rs"]
mod browser;

use std::sync::atomic::{AtomicU64, Ordering};

use application::{client, home, notes, now, start};
use axum::Router;
use axum::routing::get;
use browser::{Browser, ISSUER};
use countersign::ReqwestClient;
use countersign::client::Client;
use countersign::session::SameSite;
use countersign_tower::{Sessions, SignInClient};
use reqwest::Method;
use serde_json::json;

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
    assert_eq!(back, "/");
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
