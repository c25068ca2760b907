//! What can be said of a token or a key by itself.

use alloc::string::String;

use countersign::error::Error;
use countersign::internal::decode;
use countersign::keys::VerifyingKey;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::errors::to_js_error;
use crate::memory;

/// Reads the token in the input buffer without verifying it. `for_any`: it may be as large, and padded, as any verifier takes.
#[wasm_bindgen(js_name = decodeUnverified)]
pub fn decode_unverified(length: usize, for_any: bool) -> Result<(), JsValue> {
    let (header, claims) = memory::with_input(length, |token| decode(token, for_any)).map_err(to_js_error)?;
    memory::write_token(header.json(), &claims);
    Ok(())
}

/// The RFC 7638 thumbprint of a JWK in JSON.
#[wasm_bindgen]
pub fn thumbprint(jwk: &str) -> Result<String, JsValue> {
    let key = VerifyingKey::from_jwk(jwk).map_err(to_js_error)?;
    key.thumbprint().ok_or_else(|| to_js_error(Error::InternalError))
}
