//! The two inner loops: rows of a product, and carries.

use alloc::vec::Vec;

use super::super::lanes::{Lanes, rounder};

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
    let mut even = Lanes::load(columns) + term(0);
    let mut odd = term(1);
    // In full, whatever the compiler thinks of loops: the factors shall stay in registers.
    if ROWS >= 4 {
        even = even + term(2);
        odd = odd + term(3);
    }
    if ROWS == 8 {
        even = even + term(4);
        odd = odd + term(5);
        even = even + term(6);
        odd = odd + term(7);
    }
    (even + odd).store(columns);
}

/// Carrying in a radix of 2^`width`.
#[derive(Clone, Copy)]
pub(super) struct Carry {
    rounder: Lanes,
    radix: f64,
}

impl Carry {
    pub(super) fn new(width: u32) -> Self {
        Self { rounder: rounder(width), radix: f64::from(1_u32 << width) }
    }

    /// One round of carries: leaves in each column its balanced remainder, and adds what is carried to the next
    /// column. Returns the carry of the last one.
    ///
    /// All columns at once: those of less than 2^53 become at most B/2 + 2^(53 - width).
    #[inline(always)]
    pub(super) fn relieve(self, columns: &mut [f64]) -> f64 {
        let mut round = self.round();
        for pair in columns.as_chunks_mut::<2>().0 {
            round.carry(Lanes::load(pair)).store(pair);
        }
        round.previous.split()[1]
    }

    /// Two rounds of carries: columns of less than 2^53 become digits of at most B/2 + 2^(54 - 2 width) + 1.
    /// Returns the carry of the last column.
    #[inline(always)]
    pub(super) fn settle(self, columns: &mut [f64]) -> f64 {
        let [mut first, mut second] = [self.round(), self.round()];
        for pair in columns.as_chunks_mut::<2>().0 {
            second.carry(first.carry(Lanes::load(pair))).store(pair);
        }
        (first.previous + second.previous).split()[1]
    }

    #[inline(always)]
    const fn round(self) -> Round {
        Round { rounder: self.rounder, inverse: Lanes::splat(1.0 / self.radix), previous: Lanes::splat(0.0) }
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
        let multiple = column.round(self.rounder);
        let carry = multiple * self.inverse;
        let incoming = self.previous.across(carry);
        self.previous = carry;
        column - multiple + incoming
    }
}
