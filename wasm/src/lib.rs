//! The bindings of the npm package: convert, call the core, convert back. No rule lives here.
//!
//! Tokens come in through a buffer in linear memory, and results go out through a frame of addresses
//! beside it, so that a verification allocates nothing on the JavaScript side but its result.
#![cfg(target_arch = "wasm32")]
#![no_std]
#![allow(unsafe_code, reason = "wasm-bindgen's macro writes the unsafe code of the boundary")]
#![allow(unreachable_pub, clippy::missing_errors_doc, reason = "what is public here is public to JavaScript")]

extern crate alloc;

#[cfg(feature = "sign-in")]
mod client;
#[cfg(feature = "client")]
mod decryption;
#[cfg(feature = "verifier")]
mod discovery;
mod errors;
mod fields;
#[cfg(feature = "guard")]
mod guard;
#[cfg(feature = "verifier")]
mod known_answer;
#[cfg(feature = "verifier")]
mod memory;
#[cfg(feature = "keys")]
mod options;
#[cfg(feature = "guard")]
mod proofs;
mod runtime;
#[cfg(feature = "session")]
mod session;
#[cfg(feature = "page")]
mod spa;
#[cfg(feature = "tokens")]
mod token;
#[cfg(feature = "verifier")]
mod verifier;

use wasm_bindgen::prelude::wasm_bindgen;

/// Abandons this instance: the next call to any export runs on a fresh one. For after a trap, when the
/// state in memory is undefined.
#[wasm_bindgen]
pub fn abandon() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Does nothing: the call that makes the fresh instance. Arguments of another would be written to the memory of the one before.
#[wasm_bindgen]
pub fn resume() {}
