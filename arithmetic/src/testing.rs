//! Helpers shared by the tests of the arithmetic.

use alloc::vec::Vec;

use num_bigint::{BigInt, Sign};

pub(crate) use countersign_testkit::random::{Random, cases};

/// What a row of digits stands for: whole numbers of either sign, least significant first.
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "digits of less than 2^53 and shifts of less than 64"
)]
pub(crate) fn value(digits: &[f64], width: u32) -> BigInt {
    let mut words = Vec::with_capacity(digits.len());
    let (mut carried, mut pending, mut filled) = (0_i64, 0_u64, 0);
    for digit in digits {
        assert!(digit.fract() == 0.0, "{digit} is no whole number");
        let sum = *digit as i64 + carried;
        carried = sum >> width;
        pending |= ((sum & ((1 << width) - 1)) as u64) << filled;
        filled += width;
        if filled >= 32 {
            words.push(pending as u32);
            pending >>= 32;
            filled -= 32;
        }
    }
    words.push(pending as u32);
    BigInt::from_slice(Sign::Plus, &words) + (BigInt::from(carried) << (digits.len() * width as usize))
}
