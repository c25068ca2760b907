//! An API of notes. Its issuer is one for tests, so that it runs by itself:
//!
//! ```sh
//! cargo run --package countersign-tower --example axum --features axum,reqwest,testing
//! ```
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;

use axum::routing::get;
use axum::{Json, Router};
use countersign::discovery::KeySource;
use countersign::resource_server::{self, Requirement};
use countersign::testing::TestIssuer;
use countersign::{RemoteVerifier, ReqwestVerifier, Verifier};
use countersign_tower::{Auth, Guard, Refused};

const RESOURCE: &str = "https://api.example";

/// The claims that this service reads.
#[derive(serde::Deserialize)]
struct User {
    sub: String,
}

async fn list(auth: Auth<User>) -> Json<Vec<String>> {
    Json(vec![format!("a note of {}", auth.claims().sub)])
}

async fn greet(auth: Option<Auth<User>>) -> String {
    auth.map_or_else(|| "Hello, whoever you are".to_owned(), |auth| format!("Hello, {}", auth.claims().sub))
}

/// What the route requires, and more for what is asked for.
async fn remove(auth: Auth) -> Result<&'static str, Refused> {
    auth.require(&Requirement::default().scope("notes:admin"))?;
    Ok("removed")
}

fn app(issuer: &str) -> Result<Router, Box<dyn Error>> {
    let verifier = Verifier::builder().issuer(issuer).audience(RESOURCE).build()?;
    let verifier = ReqwestVerifier::new(RemoteVerifier::new(verifier, &KeySource::default())?)?;
    let rules = resource_server::Guard::builder()
        .resource(RESOURCE)
        .authorization_server(issuer)
        .implies("notes:admin", ["notes:read"])
        .build()?;
    let guard = Guard::new(rules, verifier);
    let notes = Router::new()
        .route("/notes", get(list).delete(remove))
        .route_layer(guard.layer(Requirement::default().scope("notes:read"))?);
    let hello = Router::new().route("/", get(greet)).route_layer(guard.layer(Requirement::default().optional())?);
    let probe = guard.clone();
    let ready = get(|| async move { if probe.ready().await { "ready" } else { "no keys yet" } });
    Ok(notes.merge(hello).merge(guard.metadata_router()).route("/ready", ready))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::start(RESOURCE)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let app = app(issuer.issuer())?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let client = reqwest::Client::new();
    for scope in ["", "notes:read", "notes:admin"] {
        for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
            let request = client.request(method.clone(), format!("{origin}/notes"));
            let request = match scope {
                "" => request,
                scope => request.bearer_auth(issuer.mint(serde_json::json!({ "sub": "alice", "scope": scope }))),
            };
            let response = request.send().await?;
            println!("{method} with {scope:?}: {} {}", response.status(), response.text().await?);
        }
    }
    server.abort();
    Ok(())
}
