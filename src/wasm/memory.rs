//! The two places in linear memory that both sides know: the input buffer and the frame.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Error;

/// Words of the frame, in order.
#[derive(Clone, Copy)]
enum Word {
    Header,
    HeaderLength,
    Payload,
    PayloadLength,
    KeyId,
    Algorithm,
    Signature,
    SignatureLength,
    SigningInputLength,
}

const WORDS: usize = 9;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static FRAME: [Cell<u32>; WORDS] = const { [const { Cell::new(0) }; WORDS] };
    /// Header and payload of the last token, which the frame points to until the next one
    static OUTPUT: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
}

/// The address of the input buffer, with room for `length` bytes. It moves only when it grows.
#[wasm_bindgen]
pub fn input(length: usize) -> u32 {
    INPUT.with_borrow_mut(|buffer| {
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        address(buffer.as_ptr())
    })
}

/// The address of the frame: nine words, at the same place for the life of the instance.
#[wasm_bindgen]
pub fn frame() -> u32 {
    FRAME.with(|frame| address(frame.as_ptr()))
}

#[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "addresses in wasm32 have 32 bits")]
fn address<T>(pointer: *const T) -> u32 {
    pointer as usize as u32
}

/// Hands the first `length` bytes of the input buffer to a function.
pub(crate) fn with_input<T>(length: usize, read: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
    INPUT.with_borrow(|buffer| buffer.get(..length).ok_or(Error::InternalError).and_then(read))
}

/// Publishes header and payload of a token.
pub(crate) fn give(header: String, payload: String) {
    put_slice(Word::Header, Word::HeaderLength, header.as_bytes());
    put_slice(Word::Payload, Word::PayloadLength, payload.as_bytes());
    OUTPUT.set((header, payload));
}

/// Publishes what a host's engine has to verify. The signature must outlive the host's look at it.
pub(crate) fn ask(key_id: u32, algorithm: usize, signature: &[u8], signing_input_length: usize) {
    put(Word::KeyId, key_id);
    put(Word::Algorithm, narrow(algorithm));
    put_slice(Word::Signature, Word::SignatureLength, signature);
    put(Word::SigningInputLength, narrow(signing_input_length));
}

fn put_slice(at: Word, length: Word, bytes: &[u8]) {
    put(at, address(bytes.as_ptr()));
    put(length, narrow(bytes.len()));
}

#[allow(clippy::as_conversions, reason = "a fieldless enum's discriminant")]
fn put(word: Word, value: u32) {
    FRAME.with(|frame| {
        if let Some(cell) = frame.get(word as usize) {
            cell.set(value);
        }
    });
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
