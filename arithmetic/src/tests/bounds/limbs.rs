//! Integers as the bounds of all integers: the digits are the largest there are, and what a field element is in the
//! end, zero or not, is whatever is to be tried next.

use core::cell::Cell;

use num_bigint::BigUint;

use crate::field::width;
pub(crate) use crate::limbs::*;
use crate::testing::value;

std::thread_local! {
    static ANSWERS: Cell<u64> = const { Cell::new(0) };
    static LARGEST: Cell<f64> = const { Cell::new(0.0) };
}

/// Which of the next field elements are zero: the lowest bit is for the first.
pub(crate) fn answer(answers: u64) {
    ANSWERS.set(answers);
}

/// The largest value that was to become an integer since this was asked the last time, in primes.
pub(crate) fn largest() -> f64 {
    LARGEST.take()
}

/// Those of the largest integer with as many bits as a prime of so many digits has at most.
pub(crate) fn digits<const N: usize>(_: &Limbs, width: u32) -> [f64; N] {
    let bits = match N {
        11 => 256,
        16 => 384,
        23 => 521,
        _ => panic!("no prime has {N} digits"),
    };
    core::array::from_fn(|i| f64::from((1_u32 << (bits - i as u32 * width).min(width)) - 1))
}

pub(crate) fn from_digits<const N: usize>(digits: &[f64; N], _: u32, prime: &Limbs) -> Limbs {
    let primes = in_primes(digits, prime);
    assert!(primes < 8.0, "no integer is made of {primes} times the prime");
    LARGEST.set(LARGEST.get().max(primes));
    let answers = ANSWERS.get();
    ANSWERS.set(answers >> 1);
    if answers & 1 == 1 { ZERO } else { ONE }
}

/// The value of digits, in thousandths of the prime, rounded up.
pub(crate) fn in_primes<const N: usize>(digits: &[f64; N], prime: &Limbs) -> f64 {
    let prime = BigUint::from_slice(prime);
    let thousandths = value(digits, width(N)).magnitude() * 1_000_u32 / prime + 1_u8;
    f64::from(u32::try_from(thousandths).expect("a few primes")) / 1_000.0
}
