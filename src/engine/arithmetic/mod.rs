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
    clippy::unnecessary_wraps,
    reason = "loops over arrays of constant length, and bounds that are written beside the code and tested"
)]

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
pub(crate) mod tests;
