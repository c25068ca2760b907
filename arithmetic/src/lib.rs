//! Field and curve arithmetic that verifies signatures of RSA, ECDSA and Ed25519.
//!
//! Nothing here is constant-time and nothing here sees a secret: signatures, keys and messages are public. A
//! number is a row of balanced digits of 22 to 24 bits in doubles, and two computations run side by side, in the two lanes
//! of a vector where the target has them. Products of digits and the sums of a column stay below 2^53 in size, where doubles
//! are exact. Each reduction states the bounds that make it so, and a test proves them over intervals.
//!
//! This is the arithmetic of the crate `countersign`, which decides what a key and a signature must look like before it asks
//! here. By itself it is no verifier of tokens: it hashes nothing, and knows no policy.
//!
//! # Example
//! ```
//! use countersign_arithmetic::{Curve, Curve256};
//!
//! // RFC 6979 §A.2.5: the message "sample", with SHA-256.
//! let number = |hex: &str| -> Vec<u8> {
//!     (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..][..2], 16).unwrap()).collect()
//! };
//! let x = number("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
//! let y = number("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
//! let hash = number("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
//! let r = number("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
//! let s = number("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
//!
//! let curve = Curve256::p256();
//! let key = curve.point(&x, &y).expect("a point of the curve");
//! assert!(curve.point(&y, &x).is_none());
//!
//! // Tables are made once for each point, and small ones quickly.
//! let [small, _] = curve.strides();
//! let [generator, key] = [curve.generator(), key].map(|point| curve.table(&point, small));
//! assert!(curve.verify([&generator, &key], &hash, &r, &s));
//! assert!(!curve.verify([&generator, &key], &hash, &s, &r));
//! ```
#![cfg_attr(not(test), no_std)]
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
    clippy::unnecessary_wraps,
    reason = "loops over arrays of constant length, and bounds that are written beside the code and tested"
)]
#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::print_stdout,
        clippy::unwrap_used,
        reason = "a test fails by panicking, and prints its counts"
    )
)]

extern crate alloc;

/// A loop over a range inside 0..32 written out, because compilers that optimise for size do not, and then
/// neither keep digits in registers nor drop what is known beforehand.
macro_rules! unrolled {
    ($index:ident in $start:expr, $end:expr; $body:block) => {
        unrolled!(@ $index $start, $end; $body
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31)
    };
    (@ $index:ident $start:expr, $end:expr; $body:block $($value:literal)*) => {
        $(if $value >= $start && $value < $end {
            let $index: usize = $value;
            $body
        })*
    };
}

mod curves;
mod ecdsa;
mod edwards;
mod field;
mod lanes;
mod limbs;
mod modular;
mod primes;
mod rsa;
mod table;
mod weierstrass;

pub use ecdsa::{Curve, Curve256, Curve384, Curve521, CurvePoint};
pub use edwards::{BASE as ED25519_BASE, Ed25519, Ed25519Table, EdwardsPoint};
pub use rsa::RsaPublicKey;
pub use table::Table;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod testing;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
