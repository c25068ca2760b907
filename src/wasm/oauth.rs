//! Signing in, as JavaScript asks for it.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Error;
use crate::oauth::authorization_request::{AuthorizationRequest, RequestError, authorization_url};
use crate::oauth::authorization_response::parse_authorization_response as parse_response;
use crate::oauth::pkce::Pkce;
use crate::oauth::token::{self, ClientAuthentication, TokenResponse};
use crate::oauth::transaction::Transaction;
use crate::wasm::errors::{json, misconfigured, read, thrown};
use crate::wasm::verifier::seconds;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names of RFC 7636")]
struct PkcePair<'a> {
    code_verifier: &'a str,
    code_challenge: &'a str,
    code_challenge_method: &'static str,
}

#[derive(Deserialize)]
struct Server {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    server: Server,
    client_id: String,
    redirect_uri: String,
    scope: Option<String>,
    params: Option<Vec<(String, String)>>,
}

#[derive(Serialize)]
struct Answer {
    url: String,
    transaction: Transaction,
}

#[derive(Serialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenOptions {
    transaction: Transaction,
    code: String,
    client_authentication: Option<Secret>,
}

#[derive(Deserialize)]
struct Secret {
    method: String,
    secret: String,
}

#[derive(Serialize)]
struct Request {
    url: String,
    method: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// Bytes of the host's random number generator, or none at all: there is no second best.
fn entropy<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| thrown(Error::InternalError))?;
    Ok(bytes)
}

/// A fresh code verifier with its challenge.
#[wasm_bindgen(js_name = createPkcePair)]
pub fn create_pkce_pair() -> Result<String, JsValue> {
    let pkce = Pkce::new(&entropy()?);
    Ok(json(&PkcePair {
        code_verifier: pkce.code_verifier(),
        code_challenge: pkce.code_challenge(),
        code_challenge_method: "S256",
    }))
}

/// `{ url, transaction }`
#[wasm_bindgen(js_name = createAuthorizationRequest)]
pub fn create_authorization_request(options: &str, now: f64) -> Result<String, JsValue> {
    let RequestOptions { server, client_id, redirect_uri, scope, params } = read(options)?;
    let request = AuthorizationRequest {
        issuer: server.issuer,
        authorization_endpoint: server.authorization_endpoint,
        token_endpoint: server.token_endpoint,
        code_challenge_methods_supported: server.code_challenge_methods_supported,
        response_iss_supported: server.authorization_response_iss_parameter_supported.unwrap_or_default(),
        client_id,
        redirect_uri,
        scope,
        params: params.unwrap_or_default(),
    };
    let answer = authorization_url(&request, &entropy()?, seconds(now)).map_err(|error| match error {
        RequestError::Config(error) => misconfigured(error),
        RequestError::Server(error) => thrown(error),
    })?;
    Ok(json(&Answer { url: answer.url, transaction: answer.transaction }))
}

/// `{ code }`
#[wasm_bindgen(js_name = parseAuthorizationResponse)]
pub fn parse_authorization_response(url: &str, transaction: &str, now: f64) -> Result<String, JsValue> {
    let transaction: Transaction = read(transaction)?;
    let code = parse_response(url, &transaction, seconds(now)).map_err(thrown)?;
    Ok(json(&Code { code }))
}

/// `{ url, method, headers, body }`, with the headers as pairs
#[wasm_bindgen(js_name = createTokenRequest)]
pub fn create_token_request(options: &str) -> Result<String, JsValue> {
    let TokenOptions { transaction, code, client_authentication } = read(options)?;
    let authentication = match client_authentication {
        None => ClientAuthentication::None,
        Some(Secret { method, secret }) if method == "client_secret_basic" => ClientAuthentication::Basic(secret),
        Some(Secret { secret, .. }) => ClientAuthentication::Post(secret),
    };
    let request = token::token_request(&transaction, &code, &authentication).map_err(misconfigured)?;
    Ok(json(&Request { url: request.url, method: "POST", headers: request.headers, body: request.body }))
}

/// The token response, checked, as the JSON that came.
#[wasm_bindgen(js_name = parseTokenResponse)]
pub fn parse_token_response(status: u16, body: &str) -> Result<String, JsValue> {
    TokenResponse::parse(status, body.as_bytes()).map(|response| response.json().to_owned()).map_err(thrown)
}
