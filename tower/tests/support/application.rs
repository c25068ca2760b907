//! The application of the tests of sessions: it greets whoever has signed in, and does what it is asked for.

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use countersign::ReqwestClient;
use countersign::client::{Client, ClientAuthentication};
use countersign_tower::{Refused, Session, Sessions, SessionsBuilder, SignIn, SignInClient};
use serde::{Deserialize, Serialize};

use crate::browser::{Browser, ISSUER};

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

pub async fn home(session: Option<Session>) -> String {
    session.map_or_else(|| "nobody".to_owned(), |session| session.subject().to_owned())
}

pub async fn notes(session: Session) -> String {
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

pub fn client() -> SignInClient {
    let client = SignInClient::discovered(&*ISSUER, |server| {
        let authentication = ClientAuthentication::Basic("the secret of a web application".into());
        ReqwestClient::new(Client::builder(server, "axum").authentication(authentication).build()?)
    });
    client.scope("openid profile").userinfo()
}

pub async fn start(options: impl FnOnce(SessionsBuilder) -> SessionsBuilder) -> Browser {
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

pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
