//! Sessions that the tests have sealed themselves, without an authorization server.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::items_after_statements,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "each test file needs a part")]
mod support;

use axum::Router;
use axum::http::request::Parts;
use axum::routing::get;
use countersign::client::{Client, DpopKey, Server as AuthorizationServer};
use countersign::dpop::Dpop;
use countersign::resource_server::{self, Requirement, Scheme};
use countersign::session::{Lifetime, Purpose, SealingKeys, Session as Record, Site, cookies};
use countersign::{Algorithm, ReqwestClient};
use countersign_testkit::{Key, Members};
use countersign_tower::{Auth, Guard, MemoryStore, Session, Sessions, SignInClient};
use support::{AUDIENCE, ISSUER, NOW, Server, expiring, sign, verifier};

const ORIGIN: &str = "https://app.example";

fn proof_key(key: &Key) -> DpopKey {
    DpopKey::from_jwk(&key.jwk().json(), Algorithm::ES256).unwrap()
}

fn client(key: Option<&Key>) -> ReqwestClient {
    let mut server = AuthorizationServer::new(ISSUER);
    server.jwks_uri = Some("https://issuer.example/keys".into());
    let builder = Client::builder(server, "app");
    let builder = match key {
        Some(key) => builder.dpop(proof_key(key)),
        None => builder,
    };
    let client = ReqwestClient::new(builder.build().unwrap()).unwrap();
    let own = key.map(|_| Key::of("ES256"));
    client.with_signer(move |input| Some(own.as_ref()?.sign("ES256", input.input.as_bytes())))
}

fn sessions(client: ReqwestClient) -> Sessions {
    let client = SignInClient::new(client);
    Sessions::builder(ORIGIN).client(client).secret([7; 32]).clock(|| NOW).build().unwrap()
}

/// The cookie of a session with such tokens.
fn cookie(tokens: &Members) -> (String, String) {
    let site = Site::new(ORIGIN).unwrap();
    let record = Record::begin([7; 16], ISSUER, "user", NOW, Lifetime::default()).with_client("default");
    let record = record.with_tokens(Some(tokens.json())).with_contents(r#"{"sub":"user"}"#, "{}").unwrap();
    let keys = SealingKeys::new(&[vec![7; 32]]).unwrap();
    let sealed = keys.seal(Purpose::Session, "session", &site, [1; 12], record.to_text().as_bytes());
    let set = cookies::write(&site, "session", &sealed, 60).unwrap();
    ("cookie".to_owned(), set.first().unwrap().split(';').next().unwrap().to_owned())
}

fn tokens(kind: &str, access_token: &str) -> Members {
    let tokens = Members::new().text("issuer", ISSUER).text("accessToken", access_token).text("tokenType", kind);
    tokens.raw("expiresAt", NOW + 600).raw("receivedAt", NOW)
}

fn bound_to(key: &Key) -> String {
    let jkt = proof_key(key).thumbprint().to_owned();
    sign(&expiring(NOW + 600).raw("cnf", Members::new().text("jkt", jkt).json()))
}

/// The cookies of the session that an answer sets.
fn of_session(answer: &support::Answer) -> Vec<&str> {
    answer.all("set-cookie").into_iter().filter(|line| line.starts_with("__Host-session")).collect()
}

async fn scheme(auth: Auth) -> &'static str {
    support::note_that_it_ran();
    if auth.scheme() == Scheme::DPoP { "DPoP" } else { "Bearer" }
}

async fn kind(session: Session) -> String {
    session.token_type().unwrap_or_default()
}

async fn serve(rules: resource_server::Guard, client: ReqwestClient) -> Server {
    let guard = Guard::new(rules, verifier()).clock(|| NOW).replay(MemoryStore::new(10)).session_tokens();
    let routes = Router::new().route("/api", get(scheme)).layer(guard.layer(Requirement::default()).unwrap());
    Server::start(routes.route("/kind", get(kind)).layer(sessions(client).layer())).await
}

#[tokio::test]
async fn a_bound_token_of_a_session_counts_by_the_key_of_its_client() {
    let (own, other) = (Key::of("ES256"), Key::named("ES256", "other"));
    let rules = || resource_server::Guard::builder().resource(AUDIENCE).authorization_server(ISSUER);
    let plain = rules().build().unwrap();
    let required = rules().dpop(Dpop::required()).build().unwrap();
    let unbound = sign(&expiring(NOW + 600));
    for (label, rules, key, kind, token, expected) in [
        ("bound to ours", &plain, Some(&own), "DPoP", bound_to(&own), Ok("DPoP")),
        ("where proofs are required", &required, Some(&own), "DPoP", bound_to(&own), Ok("DPoP")),
        ("bearer", &plain, Some(&own), "Bearer", unbound.clone(), Ok("Bearer")),
        ("another key's", &plain, Some(&own), "DPoP", bound_to(&other), Err("dpop_invalid")),
        ("of a client without a key", &plain, None, "DPoP", bound_to(&own), Err("token_binding_required")),
        ("bound, and kept as a bearer", &plain, Some(&own), "Bearer", bound_to(&own), Err("token_binding_required")),
        ("not bound, and kept as such", &plain, Some(&own), "DPoP", unbound.clone(), Err("token_binding_required")),
        ("bearer where proofs are required", &required, Some(&own), "Bearer", unbound, Err("token_binding_required")),
    ] {
        let server = serve(rules.clone(), client(key)).await;
        let cookie = cookie(&tokens(kind, &token));
        let answer = server.get("/api", std::slice::from_ref(&cookie)).await;
        match expected {
            Ok(scheme) => assert_eq!((answer.status, answer.text.as_str()), (200, scheme), "{label}"),
            Err(code) => {
                assert_eq!((answer.status, answer.ran), (401, false), "{label}");
                assert_eq!(answer.json()["code"], code, "{label}");
            }
        }
        assert_eq!(server.get("/kind", &[cookie]).await.text, kind);
        // What a client presents itself needs its proof as ever.
        let own = [("authorization".to_owned(), format!("DPoP {token}"))];
        assert_eq!(server.get("/api", &own).await.status, 401, "{label}");
    }
}

#[tokio::test]
async fn a_sign_out_drops_what_was_to_be_set_and_its_question_does_not() {
    let sessions = sessions(client(None));
    let own = sessions.clone();
    let out = move |mut session: Session, parts: Parts| async move {
        session.update(&serde_json::json!({ "changed": true })).await.unwrap();
        own.sign_out(&parts).await
    };
    let link = |session: Session| async move { session.logout_url() };
    let data = |session: Session| async move { session.data::<serde_json::Value>().unwrap().to_string() };
    let routes = Router::new().route("/out", get(out)).route("/link", get(link)).route("/data", get(data));
    let server = Server::start(routes.layer(sessions.layer())).await;
    let before = cookie(&tokens("Bearer", "token"));
    // By a link, without the token of the session: the user is asked first.
    let asked = server.get("/out", std::slice::from_ref(&before)).await;
    assert!(asked.status == 200 && asked.text.contains("Sign out?"), "{}", asked.text);
    let kept = of_session(&asked);
    let changed = ("cookie".to_owned(), kept.first().unwrap().split(';').next().unwrap().to_owned());
    assert_eq!(server.get("/data", &[changed]).await.text, r#"{"changed":true}"#);

    let link = server.get("/link", std::slice::from_ref(&before)).await.text;
    let (_, token) = link.split_once('?').unwrap();
    let over = server.get(&format!("/out?{token}"), &[before]).await;
    assert_eq!(over.status, 303);
    let removed = of_session(&over);
    assert!(!removed.is_empty() && removed.iter().all(|line| line.contains("Max-Age=0;")), "{removed:?}");
}

#[test]
fn a_client_makes_proofs_for_resources() {
    let key = Key::of("ES256");
    let client = client(Some(&key));
    let rules = resource_server::Guard::builder().resource(AUDIENCE).dpop(Dpop::required()).build().unwrap();
    let url = format!("{AUDIENCE}/notes?page=2");
    let token = bound_to(&key);
    let proof = client.dpop_proof("POST", &url, &token).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let request = countersign::dpop::ProofRequest { method: "POST", url: &url, token: &token };
    let proved = rules.verify_proof(&[&proof], &request, now).unwrap();
    assert_eq!(proved.thumbprint(), proof_key(&key).thumbprint());
    client.learn_nonce(&url, "a-nonce");
    assert!(client.dpop_proof("POST", &url, &token).unwrap().len() > proof.len() + 20);
    assert!(self::client(None).dpop_proof("POST", &url, &token).is_err());
}
