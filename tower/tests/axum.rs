//! Guards before axum routes, over HTTP on loopback.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each test file needs a part")]
mod support;

use axum::Json;
use axum::Router;
use axum::routing::{any, get, post};
use countersign::ErrorCode;
use countersign::error::UnavailableReason;
use countersign::resource_server::{Requirement, TokenSource};
use countersign_tower::{Auth, BoxFuture, Guard, Issuers, Refused, TokenVerifier, Verdict};
use reqwest::Method;
use serde_json::{Value, json};
use support::{AUDIENCE, Answer, ISSUER, NOW, Server, bearer, claims, read, rules, sign, verifier};

fn guard() -> Guard {
    Guard::new(rules(), verifier()).clock(|| NOW)
}

async fn subject(auth: Option<Auth>) -> Json<Value> {
    support::note_that_it_ran();
    Json(json!({ "subject": auth.as_ref().and_then(Auth::subject).unwrap_or("nobody") }))
}

/// Nobody's keys.
struct Down;

impl TokenVerifier for Down {
    fn verify<'a>(&'a self, _: &'a str, _: u64) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Err(UnavailableReason::Network.into()) })
    }

    fn ready(&self) -> BoxFuture<'_, bool> {
        Box::pin(async { false })
    }
}

#[tokio::test]
async fn the_table_of_all_adapters() {
    let good = sign(&read());
    let other = if good.ends_with("AAAA") { "BBBB" } else { "AAAA" };
    let altered = format!("{}{other}", good.get(..good.len() - 4).unwrap());
    let tokens = [
        ("{good}", good.clone()),
        ("{weak}", sign(&claims().text("scope", "other"))),
        ("{expired}", sign(&support::expiring(NOW - 60).text("scope", "notes:read"))),
        ("{altered}", altered),
    ];
    let table = include_str!("../../tests/adapters/requests.json");
    let table = tokens.iter().fold(table.to_owned(), |table, (name, token)| table.replace(name, token));
    let rows: Vec<Value> = serde_json::from_str(&table).unwrap();
    assert!(rows.len() > 25);
    let required = Requirement::default().scope("notes:read");
    for row in &rows {
        let (guard, requirement) = match row["guard"].as_str().unwrap() {
            "usual" => (guard(), required.clone()),
            "optional" => (guard(), required.clone().optional()),
            "down" | "failing" => (Guard::new(rules(), Down).clock(|| NOW), required.clone()),
            other => panic!("{other}"),
        };
        let layer = guard.layer(requirement).unwrap();
        let server = Server::start(Router::new().route("/api/notes", get(subject).layer(layer))).await;
        let method = row["method"].as_str().unwrap_or("GET").parse().unwrap();
        let fields: Vec<(String, String)> = serde_json::from_value(row["headers"].clone()).unwrap();
        let path = row["path"].as_str().unwrap_or("/api/notes");
        let answer = server.ask(&method, path, &fields).await;
        check_row(row, &method, &answer);
    }
}

fn check_row(row: &Value, method: &Method, answer: &Answer) {
    let (name, expected) = (&row["name"], &row["expected"]);
    assert_eq!(Some(answer.ran), expected["ran"].as_bool(), "{name}");
    if expected["preflight"] == true {
        // axum itself answers that there is no handler for it.
        assert_eq!((answer.status, answer.field("www-authenticate")), (405, None), "{name}");
        assert_eq!(answer.field("access-control-allow-origin"), None, "{name}");
        return;
    }
    assert_eq!(Some(u64::from(answer.status)), expected["status"].as_u64(), "{name}");
    assert_eq!(answer.field("www-authenticate"), expected["challenge"].as_str(), "{name}");
    assert_eq!(answer.field("retry-after"), expected["retryAfter"].as_str(), "{name}");
    if *method == Method::HEAD {
        assert_eq!(answer.text, "", "{name}");
    } else if answer.status == 200 {
        assert_eq!(answer.json()["subject"], expected["subject"], "{name}");
    } else {
        assert_eq!(answer.field("content-type"), Some("application/json"), "{name}");
        assert!(answer.json()["error_description"].is_string(), "{name}");
    }
    if answer.status != 200 {
        assert_eq!(answer.field("cache-control"), Some("no-store"), "{name}");
    }
}

#[derive(serde::Deserialize)]
struct User {
    sub: String,
    team: u32,
}

#[tokio::test]
async fn claims_in_a_type_of_ones_own() {
    async fn handler(auth: Auth<User>) -> String {
        format!("{} {} {:?}", auth.claims().sub, auth.claims().team, auth.scopes())
    }
    async fn maybe(auth: Option<Auth<User>>) -> String {
        auth.map_or_else(|| "nobody".to_owned(), |auth| auth.into_claims().sub)
    }
    let optional = guard().layer(Requirement::default().optional()).unwrap();
    let app = Router::new().route("/", get(handler)).route("/maybe", get(maybe)).layer(optional);
    let server = Server::start(app).await;
    let good = bearer(&sign(&read().raw("team", 7)));
    let other = bearer(&sign(&read().text("team", "seven")));

    assert_eq!(server.get("/", std::slice::from_ref(&good)).await.text, r#"user 7 ["notes:read"]"#);
    assert_eq!(server.get("/maybe", &[good]).await.text, "user");
    assert_eq!(server.get("/maybe", &[]).await.text, "nobody");
    assert_eq!(server.get("/", &[]).await.status, 401, "the handler wants somebody");
    for path in ["/", "/maybe"] {
        let answer = server.get(path, std::slice::from_ref(&other)).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("claim_invalid")));
        assert!(!answer.text.contains("seven"), "no claim gets out");
    }
}

#[tokio::test]
async fn a_route_outside_of_a_layer() {
    async fn handler(_: Auth) {
        support::note_that_it_ran();
    }
    let server = Server::start(Router::new().route("/", get(handler)).route("/maybe", get(subject))).await;
    for path in ["/", "/maybe"] {
        let answer = server.get(path, &[bearer(&sign(&read()))]).await;
        assert_eq!((answer.status, answer.ran, answer.field("www-authenticate")), (500, false, None));
        assert_eq!(answer.json()["error"], "server_error");
    }
}

#[tokio::test]
async fn requirements_add_up_from_router_to_handler() {
    async fn handler(auth: Auth) -> Result<&'static str, Refused> {
        auth.require(&Requirement::default().scope("notes:admin"))?;
        Ok("in")
    }
    let guard = guard();
    let router = guard.with(&Requirement::default().scope("notes:read").acr(["gold", "silver"])).unwrap();
    let inner = router.layer(Requirement::default().scope("notes:write")).unwrap();
    let outer = guard.layer(Requirement::default().scope("notes:read")).unwrap();
    let nested = guard.layer(Requirement::default().scope("notes:write")).unwrap();
    let app = Router::new()
        .route("/with", get(handler).layer(inner))
        .route("/nested", get(handler).route_layer(nested).route_layer(outer));
    let server = Server::start(app).await;
    let token = |scope: &str| bearer(&sign(&claims().text("acr", "silver").text("scope", scope)));

    let nobody = server.get("/with", &[]).await;
    assert!(nobody.challenge().starts_with("Bearer scope=\"notes:read notes:write\", "), "{}", nobody.challenge());
    let lacking = server.get("/nested", &[token("notes:read")]).await;
    assert_eq!(lacking.status, 403);
    assert!(lacking.challenge().contains("scope=\"notes:read notes:write\""), "{}", lacking.challenge());
    for path in ["/with", "/nested"] {
        let step_up = server.get(path, &[token("notes:read notes:write")]).await;
        assert_eq!((step_up.status, step_up.json()["code"].as_str()), (403, Some("insufficient_scope")));
        assert!(
            step_up.challenge().contains("scope=\"notes:read notes:write notes:admin\""),
            "{}",
            step_up.challenge()
        );
        assert_eq!(server.get(path, &[token("notes:read notes:write notes:admin")]).await.text, "in");
    }
    assert!(router.layer(Requirement::default().acr(["bronze"])).is_err(), "no sign-in is both");
    assert!(guard.layer(Requirement::default().scope("two words")).is_err());
}

#[tokio::test]
async fn a_token_is_verified_once_for_nested_layers() {
    struct Counting(std::sync::Arc<std::sync::atomic::AtomicUsize>);
    impl TokenVerifier for Counting {
        fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Box::pin(std::future::ready(verifier().verify(token, now).map(std::sync::Arc::new)))
        }
    }
    let count = std::sync::Arc::default();
    let guard = Guard::new(rules(), Counting(std::sync::Arc::clone(&count))).clock(|| NOW);
    let layer = || guard.layer(Requirement::default()).unwrap();
    let optional = guard.layer(Requirement::default().optional()).unwrap();
    let app = Router::new()
        .route("/", get(subject).route_layer(layer()).route_layer(layer()))
        .route("/optional", get(subject).route_layer(layer()).route_layer(optional));
    let server = Server::start(app).await;
    assert_eq!(server.get("/", &[bearer(&sign(&read()))]).await.status, 200);
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert_eq!(server.get("/optional", &[]).await.status, 401, "both must let nobody in");
}

/// Header fields beside those of every request.
type Fields = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn cookies_only_serve_pages_of_our_own() {
    let sources = [TokenSource::authorization(), TokenSource::cookie("__Host-t").unwrap()];
    let layer = guard().sources(sources).layer(Requirement::default()).unwrap();
    let server = Server::start(Router::new().route("/", any(subject).layer(layer))).await;
    let good = sign(&read());
    let cookie = || ("cookie".to_owned(), format!("a=1; __Host-t={good}"));
    let rows: [(Method, Fields, u16); 9] = [
        (Method::GET, &[], 200),
        (Method::HEAD, &[("sec-fetch-site", "cross-site")], 200),
        (Method::POST, &[], 403),
        (Method::POST, &[("sec-fetch-site", "same-origin")], 200),
        (Method::POST, &[("sec-fetch-site", "same-site")], 403),
        (Method::POST, &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403),
        (Method::DELETE, &[("origin", AUDIENCE)], 200),
        (Method::DELETE, &[("origin", "https://evil.example")], 403),
        (Method::PUT, &[("x-csrf", "1")], 200),
    ];
    for (method, more, expected) in &rows {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields: Vec<_> = std::iter::once(cookie()).chain(more).collect();
        let answer = server.ask(method, "/", &fields).await;
        assert_eq!(answer.status, *expected, "{method} {fields:?}");
        if answer.status == 403 {
            assert_eq!(answer.json()["code"], "csrf_refused");
        }
    }
    let forged = [bearer(&good), ("origin".to_owned(), "https://evil.example".to_owned())];
    assert_eq!(server.ask(&Method::POST, "/", &forged).await.status, 200, "no page can make a browser send this field");
    let twice = [cookie(), cookie()];
    assert_eq!(server.ask(&Method::GET, "/", &twice).await.status, 400);
}

#[tokio::test]
async fn the_metadata_of_the_resource() {
    let path = "/.well-known/oauth-protected-resource";
    let layer = guard().layer(Requirement::default()).unwrap();
    let routes = Router::new().route("/", get(subject)).layer(layer);
    let by_route = routes.clone().merge(guard().metadata_router());
    let by_layer = routes.layer(guard().metadata_layer());
    for app in [by_route, by_layer] {
        let server = Server::start(app).await;
        for path in [path, &format!("{path}/")] {
            let found = server.get(path, &[]).await;
            assert_eq!((found.status, found.field("access-control-allow-origin")), (200, Some("*")), "{path}");
            assert_eq!(found.json()["resource"], AUDIENCE);
            assert_eq!(found.json()["authorization_servers"], json!([ISSUER]));
        }
        let head = server.ask(&Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        let written = server.ask(&Method::POST, path, &[]).await;
        assert_eq!((written.status, written.field("allow")), (405, Some("GET, HEAD, OPTIONS")));
        assert_ne!(server.get(&format!("{path}/other"), &[]).await.status, 200);
        assert_eq!(server.get("/", &[]).await.status, 401);
    }
}

#[tokio::test]
async fn metadata_of_resources_whose_paths_look_like_patterns() {
    for path in ["/:id", "/*", "/*rest"] {
        let rules = countersign::resource_server::Guard::builder().resource(format!("{AUDIENCE}{path}"));
        let guard = Guard::new(rules.build().unwrap(), Down);
        let server = Server::start(guard.metadata_router()).await;
        let root = "/.well-known/oauth-protected-resource";
        for found in [root, &format!("{root}{path}")] {
            assert_eq!(server.get(found, &[]).await.status, 200, "{found}");
        }
        assert_eq!(server.get(&format!("{root}/other"), &[]).await.status, 404);
    }
    let braces = countersign::resource_server::Guard::builder().resource(format!("{AUDIENCE}/{{id}}"));
    assert!(braces.build().is_err(), "no URL has them");
}

#[tokio::test]
async fn several_issuers() {
    let issuers = Issuers::default().issuer(ISSUER, verifier()).issuer("https://down.example/", Down);
    assert!(!Guard::new(rules(), issuers.clone()).ready().await);
    let guard = Guard::new(rules(), issuers).clock(|| NOW);
    let layer = guard.layer(Requirement::default()).unwrap();
    let server = Server::start(Router::new().route("/", get(subject).layer(layer))).await;
    for (issuer, status, code) in [
        (ISSUER, 200, None),
        ("https://down.example/", 503, None),
        ("https://other.example/", 401, Some("issuer_mismatch")),
    ] {
        let answer = server.get("/", &[bearer(&sign(&support::issued_by(issuer)))]).await;
        assert_eq!(answer.status, status, "{issuer}");
        assert_eq!(answer.json()["code"].as_str(), code);
    }
    assert_eq!(server.get("/", &[bearer("x")]).await.json()["code"], "token_malformed");
}

#[tokio::test]
async fn responses_tell_outer_services_their_code() {
    let layer = guard().layer(Requirement::default()).unwrap();
    let mark = |mut response: axum::response::Response| {
        let code = response.extensions().get::<ErrorCode>().map_or("none", |code| code.as_str());
        response.headers_mut().insert("x-code", code.parse().unwrap());
        response
    };
    let app = Router::new()
        .route("/", post(|| async { "in" }))
        .layer(layer)
        .layer(axum::middleware::map_response(move |response| async move { mark(response) }));
    let server = Server::start(app).await;
    assert_eq!(server.ask(&Method::POST, "/", &[]).await.field("x-code"), Some("token_missing"));
    let answer = server.ask(&Method::POST, "/", &[bearer(&sign(&read()))]).await;
    assert_eq!((answer.text.as_str(), answer.field("x-code")), ("in", Some("none")));
}

#[tokio::test]
async fn fields_that_are_no_text() {
    let layer = guard().layer(Requirement::default()).unwrap();
    let server = Server::start(Router::new().route("/", get(subject).layer(layer))).await;
    let answer = server.bytes("/", "authorization", b"Bearer \xff\xfe").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("request_invalid")));
}

#[tokio::test]
async fn nothing_prints_a_token() {
    async fn handler(auth: Auth) -> String {
        assert_eq!(auth.token(), sign(&read()));
        format!("{auth:?}")
    }
    let layer = guard().layer(Requirement::default()).unwrap();
    let server = Server::start(Router::new().route("/", get(handler).layer(layer))).await;
    let answer = server.get("/", &[bearer(&sign(&read()))]).await;
    assert_eq!(answer.text, format!("Auth {{ issuer: {ISSUER:?}, .. }}"));
}
