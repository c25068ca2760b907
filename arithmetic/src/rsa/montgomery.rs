//! Block Montgomery multiplication with exact integers in doubles.
//!
//! With B = 2^`width` and L = `length`, R = B^L. A *residue* is a row of L digits that stands for a number x of
//! |x| < 0.61 N B², in one of its classes modulo N; the room of two digits above N saves every final subtraction.
//!
//! The reduction clears t low columns at once. Let Q be their number, and M = kN a multiple of the modulus with
//! M = -1 mod B^t. Adding Q M clears them: they stand for Q, and Q + Q M = Q (M + 1). So Q times M' = (M + 1) / B^t is
//! added t columns further up. The factors are the columns themselves: nothing is multiplied to find them, and no
//! digit waits for the one before. M' for t = 8, 4 and 2 belong to the key.
//!
//! # Bounds
//!
//! Digits: two rounds of carries ([`Carry::settle`]) leave at most d = B/2 + 2^(54 - 2 width) + 1 in size, which is
//! 2^23 + 65 or 2^22 + 257. So |Q| < 0.51 B^t. Those of M' are at most B/2, and as 0 < M' <= N, there are at most
//! L - 2 of them: no row reaches beyond column 2L - 2.
//!
//! Size: Q M' added at column e counts |Q| M' B^e / R < 0.51 N B^(t + e - L) in the result. The last steps are of
//! 8, 4, 2 and 2 columns, so they add less than 0.51 N (1 + 1 + 1 + B²), and all before them less than N. A product of
//! two residues adds less than (0.61 N B²)² / R, which is less than 0.10 N B², for R >= 4 * 2^bits(N) * B² > 4 N B².
//! Together less than 0.61 N B²: a residue again. It is less than 0.16 R, so its top digit is below B/4 in size
//! and needs no carry.
//!
//! Columns: every column, and so every partial sum in it, stays below 2^53 in size. A product puts
//! min(j + 1, 2L - 1 - j) terms of at most d² into column j, and the reduction as many as `i + t + m = j` has
//! solutions, for factors i < L and digits m < L - 2 of M', each of at most d B/2.
//! - 23 bits, L <= 184: 2 L d² < 2^52.6.
//! - 24 bits, L = 88, where 127 terms are possible: columns below 56 have at most 56 + 56 of them, and columns from
//!   120 on at most 55 + 61. Those between, [`RELIEF`] on both sides of L, have at most 88 d² < 2^52.5 from the
//!   product. One round of carries ([`Carry::relieve`]) leaves less than 2^30 of that, before the reduction adds at
//!   most 88 d B/2 < 2^52.5.
//!
//! A column receives three carries at most, from below it, each smaller than 2^31: that changes none of this.

use alloc::vec;
use alloc::vec::Vec;

use super::digits;
use super::rows::{BLOCK, Carry, add_rows, framed};

/// Columns of a product with 24 bits that are carried before the reduction, on both sides of column L.
const RELIEF: usize = 32;

/// Rows for digits and columns, written anew by every operation.
pub(super) struct Scratch {
    columns: Vec<f64>,
    doubled: Vec<f64>,
}

/// An odd modulus, prepared.
pub(super) struct Modulus {
    width: u32,
    /// The digits of a residue, a multiple of [`BLOCK`].
    length: usize,
    digits: Vec<u32>,
    /// M' for 8, 4 and 2 columns, framed.
    multiples: [Vec<f64>; 3],
}

impl Modulus {
    /// The modulus of exactly this many bits.
    pub(super) fn new(bytes: &[u8], bits: usize) -> Self {
        // More than 88 digits of 24 bits would make higher columns than the bounds above allow.
        let width = if bits <= 2048 { 24 } else { 23 };
        // R >= 4 * 2^bits * B²
        let length = (bits + 2).div_ceil(width as usize).saturating_add(2).next_multiple_of(BLOCK);
        let digits = digits::from_bytes(bytes, width, length);
        let multiples = multiples(&digits, width).map(|multiple| framed(&digits::balanced(&multiple, width)));
        Self { width, length, digits, multiples }
    }

    pub(super) const fn width(&self) -> u32 {
        self.width
    }

    pub(super) const fn length(&self) -> usize {
        self.length
    }

    pub(super) fn digits(&self) -> &[u32] {
        &self.digits
    }

    pub(super) fn scratch(&self) -> Scratch {
        // The last row of a reduction begins at column L and is as long as a framed number, less one frame.
        Scratch { columns: vec![0.0; 2 * self.length + BLOCK], doubled: vec![0.0; self.length + 2 * BLOCK] }
    }

    /// `residue` = `residue` * `factor` / R
    pub(super) fn multiply(&self, residue: &mut [f64], factor: &[f64], scratch: &mut Scratch) {
        let columns = scratch.columns.as_mut_slice();
        columns.fill(0.0);
        for (index, digits) in residue.as_chunks::<BLOCK>().0.iter().enumerate() {
            add_rows(&mut columns[index * BLOCK..], *digits, factor);
        }
        self.reduce(columns, residue);
    }

    /// `residue` = `residue`² / R
    pub(super) fn square(&self, residue: &mut [f64], scratch: &mut Scratch) {
        let Scratch { columns, doubled } = scratch;
        columns.fill(0.0);
        for (doubled, digit) in doubled[BLOCK..].iter_mut().zip(&*residue) {
            *doubled = digit + digit;
        }
        // Digits before the block have met it already; those of the block meet each other in both orders.
        for (index, digits) in residue.as_chunks::<BLOCK>().0.iter().enumerate() {
            let start = index * BLOCK;
            doubled[start..start + BLOCK].fill(0.0);
            doubled[start + BLOCK..start + 2 * BLOCK].copy_from_slice(digits);
            add_rows(&mut columns[2 * start..], *digits, &doubled[start..]);
        }
        self.reduce(columns, residue);
    }

    /// `residue` = the number in the columns / R
    #[inline(never)]
    fn reduce(&self, columns: &mut [f64], residue: &mut [f64]) {
        let carry = Carry::new(self.width);
        let [eight, four, two] = &self.multiples;
        if self.width == 24 {
            columns[self.length + RELIEF] += carry.relieve(&mut columns[self.length - RELIEF..self.length + RELIEF]);
        }
        let tail = self.length - BLOCK;
        for start in (0..tail).step_by(BLOCK) {
            clear::<8>(&mut columns[start..], eight, carry);
        }
        clear::<4>(&mut columns[tail..], four, carry);
        clear::<2>(&mut columns[tail + 4..], two, carry);
        clear::<2>(&mut columns[tail + 6..], two, carry);
        let result = &mut columns[self.length..2 * self.length];
        let beyond = carry.settle(result);
        residue.copy_from_slice(result);
        // The top digit has room for what it would carry.
        residue[self.length - 1] += beyond * carry.radix();
    }

    /// The residue's least non-negative representative.
    pub(super) fn canonical(&self, residue: &[f64]) -> Vec<u32> {
        // The quotient is below 0.61 B² < 2^48, and a handful of roundings at the leading digits of both numbers leaves
        // it less than 0.2 wrong. Rounded to an integer, then, it leaves a remainder of less than N in size.
        let radix = f64::from(1_u32 << self.width);
        let top = self.digits.iter().rposition(|&digit| digit != 0).unwrap_or_default();
        let low = top.saturating_sub(3);
        let leading = residue[low..].iter().rev().fold(0.0, |sum, digit| sum * radix + digit);
        let divisor = self.digits[low..].iter().rev().fold(0.0, |sum, &digit| sum * radix + f64::from(digit));
        let quotient = nearest(leading / divisor);
        let mask = (1 << self.width) - 1;
        let [quotient0, quotient1] = [quotient & mask, quotient >> self.width];
        let [mut carry, mut previous] = [0, 0];
        let mut remainder: Vec<u32> = Vec::with_capacity(self.length);
        for (&digit, &modulus) in residue.iter().zip(&self.digits) {
            let modulus = i64::from(modulus);
            let column = digit as i64 - quotient0 * modulus - quotient1 * previous + carry;
            remainder.push((column & mask) as u32);
            carry = column >> self.width;
            previous = modulus;
        }
        if carry < 0 {
            let mut carry = 0;
            for (digit, modulus) in remainder.iter_mut().zip(&self.digits) {
                let sum = *digit + modulus + carry;
                *digit = sum & mask as u32;
                carry = sum >> self.width;
            }
        }
        remainder
    }

    /// 2^(bits(R) + 1) modulo N, which is 2 in Montgomery's form.
    pub(super) fn two(&self, bits: usize) -> Vec<f64> {
        let width = self.width as usize;
        let mut digits = vec![0; self.length];
        // An odd number of so many bits is larger than the power that has as many.
        digits[(bits - 1) / width] = 1 << ((bits - 1) % width);
        for _ in (bits - 1)..=(self.length * width) {
            digits::double(&mut digits, &self.digits, self.width);
        }
        digits::balanced(&digits, self.width)
    }
}

/// Clears the first `COUNT` columns modulo N, by its multiple for as many.
#[inline(always)]
fn clear<const COUNT: usize>(columns: &mut [f64], multiple: &[f64], carry: Carry) {
    let Some((low, high)) = columns.split_first_chunk_mut::<COUNT>() else { return };
    high[0] += carry.settle(low);
    add_rows(high, *low, multiple);
}

/// (kN + 1) / B^t with k = -1/N mod B^t, for t = 8, 4 and 2: digit by digit, as Montgomery reduces the number 1.
fn multiples(modulus: &[u32], width: u32) -> [Vec<u32>; 3] {
    let mask = (1 << width) - 1;
    let negated_inverse = inverse(modulus[0]).wrapping_neg() & mask;
    let mut number = vec![0_u32; modulus.len()];
    number[0] = 1;
    let mut after = |steps| {
        for _ in 0..steps {
            let factor = u64::from(number[0].wrapping_mul(negated_inverse) & mask);
            let mut carry = (u64::from(number[0]) + factor * u64::from(modulus[0])) >> width;
            for index in 1..number.len() {
                let sum = u64::from(number[index]) + factor * u64::from(modulus[index]) + carry;
                number[index - 1] = sum as u32 & mask;
                carry = sum >> width;
            }
            number[modulus.len() - 1] = carry as u32;
        }
        number.clone()
    };
    let two = after(2);
    let four = after(2);
    [after(4), four, two]
}

/// 1/x mod 2^32 for odd x, by Newton's iteration: x is right to three bits, and each step doubles that.
fn inverse(odd: u32) -> u32 {
    (0..4).fold(odd, |inverse, _| inverse.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(inverse))))
}

/// The nearest integer; `f64::round` needs the standard library.
fn nearest(number: f64) -> i64 {
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    ((number + ROUNDER) - ROUNDER) as i64
}
