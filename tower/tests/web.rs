//! The example `web` against a real server: tests/client/run.mjs starts it, and runs this.
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

#[path = "../examples/web/app.rs"]
mod app;
#[allow(dead_code, reason = "each test file needs a part")]
#[path = "support/browser.rs"]
mod browser;

use app::{Settings, app};
use browser::{Browser, ISSUER};
use reqwest::Method;
use serde_json::json;

async fn start() -> Browser {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let settings = Settings {
        origin: origin.clone(),
        issuer: ISSUER.clone(),
        client_id: "axum".into(),
        client_secret: "the secret of a web application".into(),
        resource: "https://api.example".into(),
        secret: vec![7; 32],
    };
    let app = app(settings).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Browser::new(&origin)
}

#[tokio::test]
async fn pages_and_an_api() {
    let browser = start().await;
    assert!(browser.visit("/").await.text.contains("Hello, whoever you are"));
    let refused = browser.call(Method::GET, "/api/notes").await;
    assert_eq!(refused.status, 401);
    assert!(refused.field("www-authenticate").unwrap().contains("scope=\"notes:read\""));
    assert_eq!(browser.visit("/.well-known/oauth-protected-resource").await.json()["resource"], "https://api.example");

    assert_eq!(browser.sign_in("/notes", "ivan").await, "/notes");
    assert!(browser.visit("/").await.text.contains("Hello, ivan"));
    let notes = browser.call(Method::GET, "/api/notes").await;
    assert_eq!((notes.status, notes.json()), (200, json!(["a note of ivan"])));
    let stranger = Browser::new(&browser.origin);
    let bad = [("authorization", "Bearer x.y.z")];
    assert_eq!(stranger.send(Method::GET, "/api/notes", &bad).await.status, 401);
    assert_eq!(browser.send(Method::GET, "/api/notes", &bad).await.status, 401, "what is there is judged");

    let page = browser.visit("/notes").await.text;
    let link = page.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let out = browser.visit(&link.replace("&amp;", "&")).await;
    assert_eq!(out.status, 303);
    let back = browser.at_server(out.field("location").unwrap(), "/", "ivan").await;
    assert!(browser.visit(&back).await.text.contains("Hello, whoever you are"));
    assert_eq!(browser.call(Method::GET, "/api/notes").await.status, 401);
}

#[tokio::test]
async fn a_draft_is_kept_as_text() {
    let browser = start().await;
    browser.sign_in("/notes", "judy").await;
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
    ];
    let kept = browser.post("/notes", &form, "note=%22%3E%3Cscript%3E").await;
    assert_eq!((kept.status, kept.field("location")), (303, Some("/notes")));
    let page = browser.visit("/notes").await;
    assert!(page.text.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{}", page.text);
    let foreign = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    assert_eq!(browser.post("/notes", &foreign, "note=x").await.status, 403);
}
