//! The bindings of the npm package: convert, call the core, convert back. No rule lives here.
//!
//! Tokens come in through a buffer in linear memory, and results go out through a frame of addresses
//! beside it, so that a verification allocates nothing on the JavaScript side but its result.
#![cfg(target_arch = "wasm32")]
#![no_std]
// wasm-bindgen's macro writes the unsafe code of the boundary.
#![allow(unsafe_code)]
// What is public here is public to JavaScript.
#![allow(unreachable_pub, clippy::missing_errors_doc)]

extern crate alloc;

mod algorithms;
#[cfg(feature = "auth")]
mod client;
#[cfg(feature = "auth")]
mod decryption;
mod discovery;
mod errors;
mod fields;
mod guard;
mod memory;
mod options;
mod proofs;
mod runtime;
#[cfg(feature = "auth")]
mod session;
#[cfg(feature = "auth")]
mod spa;
mod verifier;

use alloc::string::String;

use countersign::error::Error;
use countersign::internal::decode;
use countersign::keys::VerifyingKey;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::errors::to_js_error;

/// Abandons this instance: the next call to any export runs on a fresh one. For after a trap, when the
/// state in memory is undefined.
#[wasm_bindgen]
pub fn abandon() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Reads the token in the input buffer without verifying it.
#[wasm_bindgen(js_name = decodeUnverified)]
pub fn decode_unverified(length: usize) -> Result<(), JsValue> {
    let (header, claims) = memory::with_input(length, decode).map_err(to_js_error)?;
    memory::write_token(header.json(), &claims);
    Ok(())
}

/// The RFC 7638 thumbprint of a JWK in JSON.
#[wasm_bindgen]
pub fn thumbprint(jwk: &str) -> Result<String, JsValue> {
    let key = VerifyingKey::from_jwk(jwk).map_err(to_js_error)?;
    key.thumbprint().ok_or_else(|| to_js_error(Error::InternalError))
}
