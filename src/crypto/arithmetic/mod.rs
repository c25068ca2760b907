//! Arithmetic of our own for public data: exact integers in doubles, two computations side by side.
//!
//! Nothing here is constant-time and nothing here sees a secret: signatures, keys and messages are public. A
//! number is a row of balanced digits of 23 or 24 bits; products of digits and the sums of a column stay below
//! 2^53 in size, where doubles are exact. Each reduction states the bounds that make it so.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::inline_always,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "loops over arrays of constant length, and bounds that are written beside the code and tested"
)]

pub(crate) mod curves;
pub(crate) mod edwards;
pub(crate) mod field;
pub(crate) mod lanes;
pub(crate) mod limbs;
pub(crate) mod modular;
pub(crate) mod primes;
pub(crate) mod rsa;
pub(crate) mod table;
pub(crate) mod weierstrass;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
