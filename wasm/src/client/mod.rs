//! Signing in, as JavaScript asks for it.

mod call;
#[cfg(feature = "client")]
mod further_calls;
#[cfg(feature = "client")]
mod further_requests;
mod handle;
mod options;
mod proof;
#[cfg(feature = "client")]
mod provider;
#[cfg(feature = "client")]
mod sign_in;

use alloc::string::String;

use countersign::client::Transaction;
use countersign::error::Error;
use countersign::internal::{JsonWriter, array, quote};
use wasm_bindgen::JsValue;

use crate::errors::to_js_error;
use crate::fields::JsonFields;

/// Bytes of the host's random number generator, or none at all: there is no second best.
pub(crate) fn entropy<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| to_js_error(Error::InternalError))?;
    Ok(bytes)
}

/// As `Transaction` is written and read by serde, too.
fn transaction_of(fields: JsonFields<'_>) -> Transaction {
    fields.only(&[
        "state",
        "nonce",
        "codeVerifier",
        "issuer",
        "clientId",
        "redirectUri",
        "tokenEndpoint",
        "requireIssuer",
        "expiresAt",
        "maxAge",
        "resource",
    ]);
    let state = fields.needed("state");
    let nonce = fields.text("nonce");
    let mut transaction = Transaction::new(state, nonce, fields.needed("codeVerifier"));
    transaction.issuer = fields.needed("issuer");
    transaction.client_id = fields.needed("clientId");
    transaction.redirect_uri = fields.needed("redirectUri");
    transaction.token_endpoint = fields.needed("tokenEndpoint");
    transaction.require_issuer = fields.present(fields.flag("requireIssuer"), "requireIssuer");
    transaction.expires_at = fields.present(fields.number("expiresAt"), "expiresAt");
    transaction.max_age = fields.number("maxAge");
    transaction.resource = fields.texts("resource").unwrap_or_default();
    transaction
}

/// `{ url, transaction }`
fn begun(url: &str, transaction: &Transaction) -> String {
    JsonWriter::new().text("url", url).json("transaction", &written(transaction)).end()
}

fn written(transaction: &Transaction) -> String {
    let json = JsonWriter::new()
        .text("state", &transaction.state)
        .text_if("nonce", transaction.nonce.as_deref())
        .text("codeVerifier", &transaction.code_verifier)
        .text("issuer", &transaction.issuer)
        .text("clientId", &transaction.client_id)
        .text("redirectUri", &transaction.redirect_uri)
        .text("tokenEndpoint", &transaction.token_endpoint)
        .json("requireIssuer", if transaction.require_issuer { "true" } else { "false" })
        .number("expiresAt", transaction.expires_at);
    let json = match transaction.max_age {
        Some(age) => json.number("maxAge", age),
        None => json,
    };
    if transaction.resource.is_empty() {
        return json.end();
    }
    json.json("resource", &array(transaction.resource.iter().map(|resource| quote(resource)))).end()
}
