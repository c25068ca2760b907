//! Tokens of sessions, and their ends, with a store and without, against a real server: tests/client/run.mjs starts it, and runs
//! this.
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

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use application::{now, start};
use browser::{Browser, ISSUER, command};
use countersign_tower::{BoxFuture, MemoryStore, Store, StoreError};
use reqwest::Method;

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
