//! The signature arithmetic as an instance of its own: keys are prepared under a number, and signatures verified with them.
//!
//! `js/engine/wasm-engine.ts` calls these functions as they are. The core has judged the key, and the form of the signature,
//! before anything arrives here.
#![cfg(target_arch = "wasm32")]
#![no_std]
#![allow(unsafe_code, unreachable_pub, reason = "exports have their names, and one of them an address")]

extern crate alloc;

#[path = "../../src/runtime.rs"]
mod runtime;

use alloc::vec::Vec;

use countersign::internal::EngineKey;
use spin::RwLock;

/// What the next call is about: a key, or a signature and the signed bytes behind it.
static INPUT: RwLock<Vec<u8>> = RwLock::new(Vec::new());

/// Keys by their numbers. The place of one that was released is for another.
static KEYS: RwLock<Vec<Option<EngineKey>>> = RwLock::new(Vec::new());

/// There is no such key.
const NONE: u32 = u32::MAX;
const INVALID: u32 = 0;
const VALID: u32 = 1;
/// What was asked about is not there.
const UNKNOWN: u32 = 2;

/// The address of the input buffer, with room for `length` bytes. It moves only when it grows.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *const u8 {
    let mut buffer = INPUT.write();
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    buffer.as_ptr()
}

/// Prepares the key in the input buffer. Answers its number, or [`NONE`] where the bytes are no key of the algorithm.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(algorithm: usize, length: usize) -> u32 {
    let input = INPUT.read();
    let Some(key) = input.get(..length).and_then(|bytes| EngineKey::new(algorithm, bytes)) else { return NONE };
    let mut keys = KEYS.write();
    let free = keys.iter().position(Option::is_none);
    let place = if let Some(place) = free.and_then(|place| keys.get_mut(place)) {
        *place = Some(key);
        free
    } else {
        keys.push(Some(key));
        keys.len().checked_sub(1)
    };
    place.and_then(|place| u32::try_from(place).ok()).unwrap_or(NONE)
}

/// Drops a key.
#[unsafe(no_mangle)]
pub extern "C" fn release(key: usize) {
    if let Some(place) = KEYS.write().get_mut(key) {
        *place = None;
    }
}

/// Verifies the signature at the beginning of the input buffer, over the bytes behind it.
#[unsafe(no_mangle)]
pub extern "C" fn verify(key: usize, algorithm: usize, signature: usize, message: usize) -> u32 {
    let input = INPUT.read();
    let keys = KEYS.read();
    let parts = input.split_at_checked(signature).and_then(|(signature, rest)| Some((signature, rest.get(..message)?)));
    let verdict = match (parts, keys.get(key)) {
        (Some((signature, message)), Some(Some(key))) => key.verify(algorithm, message, signature),
        _ => None,
    };
    match verdict {
        Some(true) => VALID,
        Some(false) => INVALID,
        None => UNKNOWN,
    }
}
