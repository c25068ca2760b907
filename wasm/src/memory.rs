//! The two addresses in linear memory that both sides know: the input buffer and the frame.
//!
//! A call that answers with more than a number writes the rest into the frame, and JavaScript reads it before it calls again.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use countersign::error::Error;
use spin::RwLock;
use wasm_bindgen::prelude::wasm_bindgen;

static INPUT: RwLock<Vec<u8>> = RwLock::new(Vec::new());
/// The words of the frame, by [`Word`]
static FRAME: [AtomicU32; 6] = [const { AtomicU32::new(0) }; 6];
/// The last text, which the frame points to until the next one
static OUTPUT: RwLock<Vec<u8>> = RwLock::new(Vec::new());

/// What stands at which place of the frame.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    /// The address of a text: a token, or a request
    Output = 0,
    /// Its length in bytes
    OutputLength = 1,
    /// The state of a verification, to come back with
    Attempt = 2,
    /// The slot of a token in the verdict cache, or [`NO_SLOT`]
    Slot = 3,
    /// Milliseconds to wait at most
    Wait = 4,
    /// The number of the request that is to be waited for
    Request = 5,
}

/// The token has no slot: it was not cached.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// The address of the input buffer, with room for `length` bytes. It moves only when it grows.
#[wasm_bindgen]
pub fn input(length: usize) -> u32 {
    let mut buffer = INPUT.write();
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    address(buffer.as_ptr())
}

/// The address of the frame: six words, at the same place for the life of the instance.
#[wasm_bindgen]
pub fn frame() -> u32 {
    address(FRAME.as_ptr())
}

#[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "addresses in wasm32 have 32 bits")]
fn address<T>(pointer: *const T) -> u32 {
    pointer as usize as u32
}

/// Calls `read` with the first `length` bytes of the input buffer.
pub(crate) fn with_input<T>(length: usize, read: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
    INPUT.read().get(..length).ok_or(Error::InternalError).and_then(read)
}

/// Publishes a token as one JSON text. Its header and claims, which are JSON already, stay as they are.
pub(crate) fn write_token(header: &str, claims: &str) {
    write_text(&["{\"header\":", header, ",\"claims\":", claims, "}"]);
}

/// Publishes a text.
pub(crate) fn write_text(parts: &[&str]) {
    let mut output = OUTPUT.write();
    output.clear();
    for part in parts {
        output.extend_from_slice(part.as_bytes());
    }
    publish(&output);
}

/// Publishes bytes where they are, for JavaScript to read before it calls again.
pub(crate) fn publish(bytes: &[u8]) {
    let (pointer, length) = address_of(bytes);
    write(Word::Output, pointer);
    write(Word::OutputLength, length);
}

/// Publishes a word.
#[allow(clippy::as_conversions, reason = "the variants are the places")]
pub(crate) fn write(word: Word, value: u32) {
    if let Some(place) = FRAME.get(word as usize) {
        place.store(value, Ordering::Relaxed);
    }
}

/// The address and length of bytes, for JavaScript to read before it calls again.
pub(crate) fn address_of(bytes: &[u8]) -> (u32, u32) {
    (address(bytes.as_ptr()), to_u32(bytes.len()))
}

pub(crate) fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
