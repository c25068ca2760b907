//! The application: its routes, and who may do what.

use std::error::Error;

use axum::extract::Form;
use axum::response::{Html, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use countersign::client::{Client, ClientAuthentication};
use countersign::discovery::KeySource;
use countersign::resource_server::{self, Requirement};
use countersign::{RemoteVerifier, ReqwestClient, ReqwestVerifier, Verifier};
use countersign_tower::{Auth, Guard, MemoryStore, Refused, Session, Sessions, SignInClient};
use serde::{Deserialize, Serialize};

/// What differs from one installation to the other.
pub(crate) struct Settings {
    /// Where users see the application: `http://localhost:3000`
    pub(crate) origin: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// The identifier of the API, which is the audience of its tokens
    pub(crate) resource: String,
    /// At least 32 random bytes, which seal the cookies
    pub(crate) secret: Vec<u8>,
}

/// The claims about a user.
#[derive(Deserialize)]
struct User {
    sub: String,
    name: Option<String>,
}

/// The application's own data in a session.
#[derive(Default, Deserialize, Serialize)]
struct Draft {
    #[serde(default)]
    note: String,
}

/// For everybody.
async fn home(session: Option<Session>) -> Html<String> {
    let greeting = match session.and_then(|session| session.user::<User>().ok()) {
        Some(user) => format!("Hello, {}", escape(user.name.as_ref().unwrap_or(&user.sub))),
        None => "Hello, whoever you are".to_owned(),
    };
    page(&format!("<p>{greeting}</p><p><a href=\"/notes\">Notes</a></p>"))
}

/// For users: whoever is none yet signs in, and comes back here.
async fn notes(session: Session) -> Html<String> {
    let draft: Draft = session.data().unwrap_or_default();
    page(&format!(
        "<form method=\"post\"><input name=\"note\" value=\"{}\"><button>Keep</button></form>\
         <p><a href=\"{}\">Sign out</a></p>",
        escape(&draft.note),
        escape(&session.logout_url()),
    ))
}

async fn keep(mut session: Session, Form(draft): Form<Draft>) -> Result<Redirect, Refused> {
    session.update(&draft).await?;
    Ok(Redirect::to("/notes"))
}

/// For programs with a token, and for the application's own pages, by the token of the session.
async fn api(auth: Auth<User>) -> Json<Vec<String>> {
    Json(vec![format!("a note of {}", auth.claims().sub)])
}

pub(crate) fn app(settings: Settings) -> Result<Router, Box<dyn Error>> {
    let Settings { origin, issuer, client_id, client_secret, resource, secret } = settings;

    let client = SignInClient::discovered(&issuer, move |server| {
        let authentication = ClientAuthentication::Basic(client_secret.clone());
        ReqwestClient::new(Client::builder(server, &client_id).authentication(authentication).build()?)
    });
    let sessions = Sessions::builder(origin)
        .client(client.scope("openid profile notes:read").param("resource", &resource))
        .secret(secret)
        .store(MemoryStore::new(100_000)) // Of several instances: one that they share.
        .build()?;

    let verifier = Verifier::builder().issuer(&issuer).audience(&resource).build()?;
    let verifier = ReqwestVerifier::new(RemoteVerifier::new(verifier, &KeySource::default())?)?;
    let rules = resource_server::Guard::builder().resource(&resource).authorization_server(&issuer).build()?;
    let guard = Guard::new(rules, verifier).session_tokens();

    let pages = Router::new().route("/", get(home)).route("/notes", get(notes).post(keep));
    let api = Router::new().route("/api/notes", get(api));
    let api = api.route_layer(guard.layer(Requirement::default().scope("notes:read"))?);
    // Last, so that it is around all of them.
    Ok(pages.merge(api).merge(guard.metadata_router()).layer(sessions.layer()))
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Notes</title><body>{body}</body></html>"
    ))
}

fn escape(text: &str) -> String {
    let escaped = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    escaped.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
