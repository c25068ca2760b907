//! The two inner loops: rows of a product, and carries.

use alloc::vec::Vec;

use crate::crypto::arithmetic::lanes::Lanes;

/// Columns that the inner loop brings forward at a time. Digits are framed by as many zeros on both sides.
pub(super) const BLOCK: usize = 8;

/// The digits of a number between two frames of [`BLOCK`] zeros, so that rows can be read beyond both ends.
pub(super) fn framed(digits: &[f64]) -> Vec<f64> {
    let frame = [0.0; BLOCK];
    [&frame, digits, &frame].concat()
}

/// Adds to the columns the product of a few digits and a framed number, as far as either reaches: column `j`
/// receives `factors[i] * digits[j - i]` for every `i`.
#[inline(always)]
pub(super) fn add_rows<const ROWS: usize>(columns: &mut [f64], factors: [f64; ROWS], framed: &[f64]) {
    let factors = factors.map(Lanes::splat);
    let windows = framed.as_chunks::<BLOCK>().0.windows(2).map(<[_]>::as_flattened);
    for (columns, window) in columns.as_chunks_mut::<BLOCK>().0.iter_mut().zip(windows) {
        let Some(window) = window.first_chunk::<{ 2 * BLOCK }>() else { return };
        let [pair0, pair1, pair2, pair3] = columns.as_chunks_mut().0 else { return };
        add_terms(pair0, &factors, window, 0);
        add_terms(pair1, &factors, window, 2);
        add_terms(pair2, &factors, window, 4);
        add_terms(pair3, &factors, window, 6);
    }
}

/// Adds to the columns at `start` their terms in every row. Two sums, because an addition takes three cycles.
#[inline(always)]
fn add_terms<const ROWS: usize>(
    columns: &mut [f64; 2],
    factors: &[Lanes; ROWS],
    window: &[f64; 2 * BLOCK],
    start: usize,
) {
    let term = |row: usize| factors[row] * Lanes::load_from(window, start + BLOCK - row);
    let mut even = exact(Lanes::load(columns) + term(0));
    let mut odd = term(1);
    // In full, whatever the compiler thinks of loops: the factors shall stay in registers.
    if ROWS >= 4 {
        even = exact(even + term(2));
        odd = exact(odd + term(3));
    }
    if ROWS == 8 {
        even = exact(even + term(4));
        odd = exact(odd + term(5));
        even = exact(even + term(6));
        odd = exact(odd + term(7));
    }
    exact(even + odd).store(columns);
}

/// A sum of less than 2^53 in size, as all of them are. Tests check it.
#[inline(always)]
pub(super) fn exact(sum: Lanes) -> Lanes {
    #[cfg(test)]
    assert!(sum.split().iter().all(|lane| lane.abs() < 9_007_199_254_740_992.0), "a sum that may be inexact");
    sum
}

/// Carrying in a radix of 2^`width`.
#[derive(Clone, Copy)]
pub(super) struct Carry {
    /// 1.5 * 2^(52 + width): a double of this size has multiples of the radix for neighbours, so adding it rounds
    /// to one, and subtracting it again is exact.
    rounder: f64,
    radix: f64,
}

impl Carry {
    pub(super) fn new(width: u32) -> Self {
        let radix = f64::from(1_u32 << width);
        Self { rounder: 6_755_399_441_055_744.0 * radix, radix }
    }

    /// One round of carries: leaves in each column its balanced remainder, and adds what is carried to the next
    /// column. Returns the carry of the last one.
    ///
    /// All columns at once: those of less than 2^53 become at most B/2 + 2^(53 - width).
    #[inline(always)]
    pub(super) fn relieve(self, columns: &mut [f64]) -> f64 {
        let [rounder, inverse] = [self.rounder, 1.0 / self.radix].map(Lanes::splat);
        let mut round = Round { rounder, inverse, previous: Lanes::splat(0.0) };
        for pair in columns.as_chunks_mut::<2>().0 {
            round.carry(Lanes::load(pair)).store(pair);
        }
        round.previous.split()[1]
    }

    /// Two rounds of carries: columns of less than 2^53 become digits of at most B/2 + 2^(54 - 2 width) + 1.
    /// Returns the carry of the last column.
    #[inline(always)]
    pub(super) fn settle(self, columns: &mut [f64]) -> f64 {
        let [rounder, inverse] = [self.rounder, 1.0 / self.radix].map(Lanes::splat);
        let mut first = Round { rounder, inverse, previous: Lanes::splat(0.0) };
        let mut second = Round { rounder, inverse, previous: Lanes::splat(0.0) };
        for pair in columns.as_chunks_mut::<2>().0 {
            second.carry(first.carry(Lanes::load(pair))).store(pair);
        }
        (first.previous + second.previous).split()[1]
    }

    pub(super) const fn radix(self) -> f64 {
        self.radix
    }
}

/// A round of carries on its way through the columns.
struct Round {
    rounder: Lanes,
    inverse: Lanes,
    /// What is carried out of the pair before.
    previous: Lanes,
}

impl Round {
    #[inline(always)]
    fn carry(&mut self, column: Lanes) -> Lanes {
        let multiple = (column + self.rounder) - self.rounder;
        let carry = multiple * self.inverse;
        let incoming = self.previous.across(carry);
        self.previous = carry;
        column - multiple + incoming
    }
}
