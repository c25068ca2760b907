//! The functions of a single sign-in, without a client.

use alloc::string::String;

use countersign::client::{
    AuthorizationRequest, ClientAuthentication, Pkce, TokenResponse, TokenResponseOptions, authorization_url,
    parse_authorization_response as parse_response, token_request,
};
use countersign::error::ConfigError;
use countersign::internal::{JsonWriter, array, quote};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{begun, entropy, handle, options, transaction_of};
use crate::errors::{misconfigured, to_js_error};
use crate::fields::{self, JsonFields, seconds};

const NO_TRANSACTION: ConfigError = ConfigError::new("transaction", "is missing");

fn authorization_request(options: JsonFields<'_>) -> Result<AuthorizationRequest, ConfigError> {
    let missing = ConfigError::new("server", "is missing");
    let server = options.object("server").ok_or(missing)?;
    Ok(AuthorizationRequest {
        issuer: server.needed("issuer"),
        authorization_endpoint: server.needed("authorization_endpoint"),
        token_endpoint: server.needed("token_endpoint"),
        code_challenge_methods_supported: server.texts("code_challenge_methods_supported"),
        response_iss_supported: server.flag("authorization_response_iss_parameter_supported").unwrap_or_default(),
        client_id: options.needed("clientId"),
        redirect_uri: options.needed("redirectUri"),
        scope: options.text("scope"),
        response_mode: options::response_mode(options)?,
        params: options.pairs("params").unwrap_or_default(),
    })
}

/// A fresh code verifier with its challenge.
#[wasm_bindgen(js_name = createPkcePair)]
pub fn create_pkce_pair() -> Result<String, JsValue> {
    let pkce = Pkce::new(&entropy()?);
    let pair =
        JsonWriter::new().text("codeVerifier", pkce.code_verifier()).text("codeChallenge", pkce.code_challenge());
    Ok(pair.text("codeChallengeMethod", "S256").end())
}

/// `{ url, transaction }`
#[wasm_bindgen(js_name = createAuthorizationRequest)]
pub fn create_authorization_request(options: &str, now: f64) -> Result<String, JsValue> {
    let request = fields::try_read(options, authorization_request)?;
    let mut answer = authorization_url(&request, &entropy()?, seconds(now)).map_err(handle::request_error)?;
    Ok(begun(&answer.url, &mut answer.transaction))
}

/// `{ code }`
#[wasm_bindgen(js_name = parseAuthorizationResponse)]
pub fn parse_authorization_response(response: &str, transaction: &str, now: f64) -> Result<String, JsValue> {
    let transaction = fields::read(transaction, transaction_of)?;
    let code = parse_response(response, &transaction, seconds(now)).map_err(to_js_error)?;
    Ok(JsonWriter::new().text("code", &code).end())
}

/// `{ url, method, headers, body }`, with the headers as pairs
#[wasm_bindgen(js_name = createTokenRequest)]
pub fn create_token_request(options: &str) -> Result<String, JsValue> {
    let (transaction, code, authentication) = fields::try_read(options, |options| {
        let transaction = options.object("transaction").map(transaction_of).ok_or(NO_TRANSACTION)?;
        let authentication = match options.object("clientAuthentication") {
            None => ClientAuthentication::None,
            Some(client) if client.needed("method") == "client_secret_basic" => {
                ClientAuthentication::Basic(client.needed("secret"))
            }
            Some(client) => ClientAuthentication::Post(client.needed("secret")),
        };
        Ok((transaction, options.needed("code"), authentication))
    })?;
    let request = token_request(&transaction, &code, &authentication).map_err(misconfigured)?;
    let headers = request.headers.iter().map(|(name, value)| array([quote(name), quote(value)].into_iter()));
    let writer = JsonWriter::new().text("url", &request.url).text("method", "POST").json("headers", &array(headers));
    Ok(writer.text("body", &request.body).end())
}

/// `{ sent, read }`: the token response as it came, and its own members as they are to be understood
#[wasm_bindgen(js_name = parseTokenResponse)]
pub fn parse_token_response(status: u16, body: &str, options: &str) -> Result<String, JsValue> {
    let options = fields::read(options, |options| {
        let transaction = options.object("transaction").map(transaction_of);
        let mut expected = TokenResponseOptions::default();
        expected.openid = transaction.is_some_and(|transaction| transaction.nonce.is_some());
        expected.missing_token_type_is_bearer = options.flag("missingTokenTypeIsBearer").unwrap_or_default();
        expected
    })?;
    let response = TokenResponse::parse_with(status, body.as_bytes(), options).map_err(to_js_error)?;
    let read = JsonWriter::new()
        .text_if("access_token", response.access_token.as_deref())
        .text("token_type", &response.token_type)
        .text_if("refresh_token", response.refresh_token.as_deref())
        .text_if("id_token", response.id_token.as_deref())
        .text_if("scope", response.scope.as_deref());
    // What is not whole came as a number, and is right as it came.
    let read = match response.expires_in.and_then(fields::whole) {
        Some(seconds) => read.number("expires_in", seconds),
        None => read,
    };
    Ok(JsonWriter::new().json("sent", response.json()).json("read", &read.end()).end())
}
