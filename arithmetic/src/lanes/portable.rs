//! Two doubles in an array. Compilers for machines with vectors of two make the same instructions of it.

use core::cell::Cell;
use core::ops::{Add, Mul, Sub};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes([f64; 2]);

impl Lanes {
    pub(crate) const fn new(low: f64, high: f64) -> Self {
        Self([low, high])
    }

    pub(crate) const fn splat(value: f64) -> Self {
        Self([value, value])
    }

    pub(crate) fn from_i32(low: i32, high: i32) -> Self {
        Self([f64::from(low), f64::from(high)])
    }

    pub(crate) const fn split(self) -> [f64; 2] {
        self.0
    }

    pub(crate) const fn load(pair: &[f64; 2]) -> Self {
        Self(*pair)
    }

    pub(crate) const fn store(self, pair: &mut [f64; 2]) {
        *pair = self.0;
    }

    /// The pair at an index.
    #[inline(always)]
    pub(crate) const fn load_from<const N: usize>(row: &[f64; N], index: usize) -> Self {
        Self([row[index], row[index + 1]])
    }

    /// The nearest multiple of what the [`rounder`](super::rounder) is for.
    #[inline(always)]
    pub(crate) fn round(self, rounder: Self) -> Self {
        let [[low, high], [first, second]] = [exact(self.0), rounder.0];
        Self([low + first - first, high + second - second])
    }

    /// The lanes, exchanged.
    pub(crate) const fn swap(self) -> Self {
        let [low, high] = self.0;
        Self([high, low])
    }

    /// The low lane of this and that of another.
    pub(crate) const fn low_of(self, other: Self) -> Self {
        Self([self.0[0], other.0[0]])
    }

    /// The high lane of this and the low one of another: their row, one place further on.
    pub(crate) const fn across(self, other: Self) -> Self {
        Self([self.0[1], other.0[0]])
    }
}

impl Add for Lanes {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(exact([self.0[0] + other.0[0], self.0[1] + other.0[1]]))
    }
}

impl Sub for Lanes {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(exact([self.0[0] - other.0[0], self.0[1] - other.0[1]]))
    }
}

impl Mul for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(whole([self.0[0] * other.0[0], self.0[1] * other.0[1]]))
    }
}

/// The result of a step, or the operand of a rounding: less than 2^53 in size. Tests check it, but where they are built
/// without debug assertions, to run ten times as many cases.
#[inline(always)]
fn exact(lanes: [f64; 2]) -> [f64; 2] {
    #[cfg(test)]
    if cfg!(debug_assertions) && !lanes.iter().all(|lane| lane.abs() < 9_007_199_254_740_992.0) {
        may_be_inexact(lanes);
    }
    lanes
}

/// The result of a product, which alone could leave the whole numbers. Tests check that it does not.
#[inline(always)]
fn whole(lanes: [f64; 2]) -> [f64; 2] {
    // From 2^52 on there are whole numbers only, and adding so much leaves none but them below.
    #[cfg(test)]
    if cfg!(debug_assertions)
        && !lanes.iter().map(|lane| lane.abs()).all(|lane| lane >= TWO_52 || lane + TWO_52 - TWO_52 == lane)
    {
        may_be_inexact(lanes);
    }
    exact(lanes)
}

#[cfg(test)]
const TWO_52: f64 = 4_503_599_627_370_496.0;

#[cfg(test)]
#[cold]
#[inline(never)]
fn may_be_inexact(lanes: [f64; 2]) -> ! {
    panic!("a step that may be inexact: {lanes:?}");
}

/// The columns of a product.
pub(crate) struct Pinned<const N: usize>([Cell<Lanes>; N]);

impl<const N: usize> Pinned<N> {
    pub(crate) const fn new() -> Self {
        Self([const { Cell::new(Lanes::splat(0.0)) }; N])
    }

    #[inline(always)]
    pub(crate) const fn get(&self, index: usize) -> Lanes {
        self.0[index].get()
    }

    /// `length` columns from `start` on.
    #[inline(always)]
    pub(crate) fn window(&self, start: usize, length: usize) -> Window<'_> {
        Window(&self.0[start..start + length])
    }
}

/// Neighbouring columns.
pub(crate) struct Window<'a>(&'a [Cell<Lanes>]);

impl Window<'_> {
    #[inline(always)]
    pub(crate) const fn get(&self, index: usize) -> Lanes {
        self.0[index].get()
    }

    #[inline(always)]
    pub(crate) fn set(&self, index: usize, value: Lanes) {
        self.0[index].set(value);
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use std::panic::catch_unwind;

    use super::super::rounder;
    use super::Lanes;

    #[test]
    fn a_step_that_may_be_inexact_is_noticed() {
        let of = |value: f64| Lanes::new(1.0, value);
        let largest = 9_007_199_254_740_991.0;
        assert!(catch_unwind(|| of(largest - 1.0) + of(1.0)).is_ok());
        assert!(catch_unwind(|| of(largest) + of(1.0)).is_err());
        assert!(catch_unwind(|| of(-largest) - of(1.0)).is_err());
        assert!(catch_unwind(|| of(3.0) * of(3_002_399_751_580_331.0)).is_err());
        assert!(catch_unwind(|| of(3.0) * of(0.5)).is_err());
        assert!(catch_unwind(|| of(-largest).round(rounder(24))).is_ok());
        assert!(catch_unwind(|| of(largest + 1.0).round(rounder(24))).is_err());
        assert!(catch_unwind(|| of(f64::NAN).round(rounder(24))).is_err());
    }
}
