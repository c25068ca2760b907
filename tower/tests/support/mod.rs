//! A server on loopback, and tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use countersign::{KeySet, Verifier, resource_server};
use countersign_testkit::members::key_set;
use countersign_testkit::{Key, Members, Token};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

pub(crate) const ISSUER: &str = "https://issuer.example/";
pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const NOW: u64 = 1_800_000_000;

tokio::task_local! {
    static RAN: Arc<AtomicBool>;
}

pub(crate) fn note_that_it_ran() {
    RAN.with(|ran| ran.store(true, Ordering::SeqCst));
}

pub(crate) fn rules() -> resource_server::Guard {
    resource_server::Guard::builder().resource(AUDIENCE).authorization_server(ISSUER).build().unwrap()
}

pub(crate) fn verifier() -> Verifier {
    let keys = KeySet::from_json(&key_set(&[Key::of("EdDSA").jwk()])).unwrap();
    Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(keys).build().unwrap()
}

pub(crate) fn expiring(exp: u64) -> Members {
    Members::new().text("iss", ISSUER).text("sub", "user").text("aud", AUDIENCE).raw("exp", exp)
}

pub(crate) fn claims() -> Members {
    expiring(NOW + 600)
}

pub(crate) fn issued_by(issuer: &str) -> Members {
    Members::new().text("iss", issuer).text("sub", "user").text("aud", AUDIENCE).raw("exp", NOW + 600)
}

pub(crate) fn read() -> Members {
    claims().text("scope", "notes:read")
}

pub(crate) fn sign(claims: &Members) -> String {
    let key = Key::of("EdDSA");
    Token::of(&key, "EdDSA", claims).sign(&key, "EdDSA")
}

pub(crate) fn bearer(token: &str) -> (String, String) {
    ("authorization".to_owned(), format!("Bearer {token}"))
}

pub(crate) struct Server {
    origin: String,
    ran: Arc<AtomicBool>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) ran: bool,
    headers: HeaderMap,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn challenge(&self) -> &str {
        self.field("www-authenticate").unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Server {
    pub(crate) async fn start(app: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let ran = Arc::new(AtomicBool::new(false));
        let note = Arc::clone(&ran);
        let app = app.layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
            RAN.scope(Arc::clone(&note), next.run(request))
        }));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, ran }
    }

    pub(crate) async fn get(&self, path: &str, fields: &[(String, String)]) -> Answer {
        self.ask(&Method::GET, path, fields).await
    }

    pub(crate) async fn ask(&self, method: &Method, path: &str, fields: &[(String, String)]) -> Answer {
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        self.send(method, path, fields).await
    }

    pub(crate) async fn bytes(&self, path: &str, name: &str, value: &[u8]) -> Answer {
        self.send(&Method::GET, path, std::iter::once((name, value))).await
    }

    async fn send(&self, method: &Method, path: &str, fields: impl Iterator<Item = (&str, &[u8])>) -> Answer {
        self.ran.store(false, Ordering::SeqCst);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.request(method.clone(), format!("{}{path}", self.origin));
        for (name, value) in fields {
            request = request.header(name, HeaderValue::from_bytes(value).unwrap());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer { status, text, ran: self.ran.load(Ordering::SeqCst), headers }
    }
}
