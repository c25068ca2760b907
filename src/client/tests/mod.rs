//! Tests of a [`Client`], with a server that each test plays.

mod calls;
mod device;
mod grants;
mod id_tokens;
mod logout;
mod metadata_document;
mod pushed;
#[cfg(not(target_arch = "wasm32"))]
mod random;
mod sign_in;
mod token_status;
mod userinfo;

use alloc::string::String;
use alloc::vec::Vec;

use crate::client::{
    AuthorizationParams, Client, ClientBuilder, HttpRequest, Server, TokenResponse, TokenResponseOptions, Transaction,
    jws,
};
use crate::encoding::form;
use crate::engine::hmac;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

pub(super) const ISSUER: &str = "https://id.example";
pub(super) const NOW: u64 = 1_800_000_000;

pub(super) fn server() -> Server {
    let at = |path: &str| Some(alloc::format!("{ISSUER}{path}"));
    Server {
        authorization_endpoint: at("/authorize"),
        token_endpoint: at("/token"),
        userinfo_endpoint: at("/me"),
        revocation_endpoint: at("/revoke"),
        introspection_endpoint: at("/introspect"),
        device_authorization_endpoint: at("/device"),
        pushed_authorization_request_endpoint: at("/par"),
        end_session_endpoint: at("/end"),
        ..Server::new(ISSUER)
    }
}

pub(super) fn builder() -> ClientBuilder {
    Client::builder(server(), "app").redirect_uri("https://app.example/cb")
}

pub(super) fn client() -> Client {
    builder().build().unwrap()
}

/// A sign-in of this client that has begun.
pub(super) fn begun(client: &Client, change: impl FnOnce(&mut AuthorizationParams)) -> Transaction {
    let mut params = AuthorizationParams { scope: Some("openid".into()), ..AuthorizationParams::default() };
    change(&mut params);
    client.authorize(&params, &[7; 96], NOW).unwrap().transaction
}

pub(super) fn secret() -> SharedSecret {
    SharedSecret::new(Algorithm::HS256, &[9; 32]).unwrap()
}

/// A token with these members in its header beside `alg`, and these claims.
pub(super) fn signed(header: &str, claims: &str) -> String {
    let input = jws::signing_input(&alloc::format!(r#"{{"alg":"HS256"{header}}}"#), claims);
    let tag = hmac::Key::new(&secret()).tag(input.as_bytes());
    jws::compact(&input, &tag)
}

pub(super) fn tokens(body: &str) -> TokenResponse {
    TokenResponse::parse_with(200, body.as_bytes(), TokenResponseOptions::default()).unwrap()
}

/// The form of a request.
pub(super) fn fields(request: &HttpRequest) -> Vec<(String, String)> {
    form::parse(request.body.as_deref().unwrap()).unwrap()
}

pub(super) fn field(request: &HttpRequest, name: &str) -> Option<String> {
    let fields = fields(request);
    let mut found = fields.into_iter().filter(|(other, _)| other == name).map(|(_, value)| value);
    let first = found.next();
    assert_eq!(found.next(), None, "{name} is there twice");
    first
}

pub(super) fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone())
}
