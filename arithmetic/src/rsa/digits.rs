//! Numbers as rows of unsigned digits, least significant first: for input, output and the set-up of a key.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The digits of a big-endian number, filled up with zeros.
pub(super) fn from_bytes(bytes: &[u8], width: u32, length: usize) -> Vec<u32> {
    let mut digits = Vec::with_capacity(length);
    let mask = (1_u64 << width) - 1;
    let (mut pending, mut filled) = (0_u64, 0_u32);
    for &byte in bytes.iter().rev() {
        pending |= u64::from(byte) << filled;
        filled += 8;
        if filled >= width {
            digits.push((pending & mask) as u32);
            pending >>= width;
            filled -= width;
        }
    }
    digits.push(pending as u32);
    digits.resize(length, 0);
    digits
}

/// The number in a given count of bytes, big-endian. It has to fit.
pub(super) fn to_bytes(digits: &[u32], width: u32, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 4);
    let (mut pending, mut filled) = (0_u64, 0_u32);
    for &digit in digits {
        pending |= u64::from(digit) << filled;
        filled += width;
        while filled >= 8 {
            bytes.push(pending as u8);
            pending >>= 8;
            filled -= 8;
        }
    }
    bytes.resize(length, 0);
    bytes.reverse();
    bytes
}

pub(super) fn compare(a: &[u32], b: &[u32]) -> Ordering {
    a.iter().rev().cmp(b.iter().rev())
}

/// Doubles a number below the modulus, modulo the modulus.
pub(super) fn double(digits: &mut [u32], modulus: &[u32], width: u32) {
    let mask = (1 << width) - 1;
    let mut carry = 0;
    for digit in &mut *digits {
        let doubled = *digit << 1 | carry;
        *digit = doubled & mask;
        carry = doubled >> width;
    }
    if compare(digits, modulus).is_ge() {
        let mut borrow = 0;
        for (digit, &subtrahend) in digits.iter_mut().zip(modulus) {
            let difference = *digit as i32 - subtrahend as i32 + borrow;
            *digit = difference as u32 & mask;
            borrow = difference >> width;
        }
    }
}

/// The same number in digits of either sign, at most half the radix in size; only the last may be larger.
pub(super) fn balanced(digits: &[u32], width: u32) -> Vec<f64> {
    let half = 1 << (width - 1);
    let mut carry = 0;
    let mut balanced: Vec<f64> = Vec::with_capacity(digits.len());
    for &digit in digits {
        let digit = digit + carry;
        carry = u32::from(digit > half);
        balanced.push(f64::from(digit) - f64::from(carry << width));
    }
    if let Some(top) = balanced.last_mut() {
        *top += f64::from(carry << width);
    }
    balanced
}
