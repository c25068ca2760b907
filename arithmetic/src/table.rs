//! Multiples of a point, computed once for many verifications.

use alloc::vec;
use alloc::vec::Vec;

use super::field::Element;
use super::lanes::Lanes;

/// The digits of a point's coordinates, one coordinate after the other.
#[derive(Clone, Copy)]
pub(crate) struct Entry<const W: usize>([i32; W]);

impl<const W: usize> Entry<W> {
    pub(crate) fn new<const N: usize>(coordinates: &[[f64; N]]) -> Self {
        let mut digits = [0; W];
        for (place, digit) in digits.iter_mut().zip(coordinates.as_flattened()) {
            *place = *digit as i32;
        }
        Self(digits)
    }

    /// A coordinate of two points, one in each lane.
    #[inline(never)]
    pub(crate) fn pair<const N: usize>([low, high]: [&Self; 2], [first, second]: [usize; 2]) -> Element<N> {
        let [low, high] = [&low.0[first * N..][..N], &high.0[second * N..][..N]];
        let mut digits = [Lanes::splat(0.0); N];
        unrolled!(i in 0, N; { digits[i] = Lanes::from_i32(low[i], high[i]) });
        Element::new(digits)
    }
}

/// A comb table (Lim and Lee): the first multiples of 2^(w·i)·P for every `stride`-th w-bit window i.
///
/// A scalar of n windows then takes n additions, and w doublings for each step of the stride but one: few
/// doublings from a large table, more from a small one.
pub struct Table<const W: usize> {
    pub(crate) stride: usize,
    multiples: usize,
    entries: Vec<Entry<W>>,
}

impl<const W: usize> Table<W> {
    pub(crate) fn new(stride: usize, multiples: usize, positions: usize) -> Self {
        Self { stride, multiples, entries: vec![Entry([0; W]); multiples * positions] }
    }

    pub(crate) fn set(&mut self, position: usize, multiple: usize, entry: Entry<W>) {
        self.entries[position * self.multiples + multiple] = entry;
    }

    /// The multiples at a position: for window `position` · `stride`.
    #[inline(always)]
    pub(crate) fn position(&self, position: usize) -> &[Entry<W>] {
        &self.entries[position * self.multiples..][..self.multiples]
    }

    /// Bytes of its entries.
    pub fn bytes(&self) -> usize {
        size_of_val(self.entries.as_slice())
    }
}
