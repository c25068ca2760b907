//! Two doubles in one vector of WebAssembly's SIMD128.
#![allow(unsafe_code, reason = "a vector is read from two doubles in memory, and accumulators are kept in memory")]

use core::arch::wasm32::{
    f64x2, f64x2_add, f64x2_convert_low_i32x4, f64x2_extract_lane, f64x2_mul, f64x2_sub, i32x4, i64x2_shuffle, v128,
    v128_load, v128_store,
};
use core::cell::Cell;
use core::ops::{Add, Mul, Sub};

#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Lanes(v128);

impl Lanes {
    #[inline(always)]
    pub(crate) const fn new(low: f64, high: f64) -> Self {
        Self(f64x2(low, high))
    }

    #[inline(always)]
    pub(crate) const fn splat(value: f64) -> Self {
        Self(f64x2(value, value))
    }

    #[inline(always)]
    pub(crate) fn from_i32(low: i32, high: i32) -> Self {
        Self(f64x2_convert_low_i32x4(i32x4(low, high, 0, 0)))
    }

    #[inline(always)]
    pub(crate) fn split(self) -> [f64; 2] {
        [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
    }

    #[inline(always)]
    pub(crate) fn load(pair: &[f64; 2]) -> Self {
        // SAFETY: the reference stands for sixteen readable bytes, and vectors need no alignment in WebAssembly.
        Self(unsafe { v128_load(pair.as_ptr().cast()) })
    }

    #[inline(always)]
    pub(crate) fn store(self, pair: &mut [f64; 2]) {
        // SAFETY: the reference stands for sixteen writable bytes, and vectors need no alignment in WebAssembly.
        unsafe { v128_store(pair.as_mut_ptr().cast(), self.0) };
    }

    /// The pair at an index.
    #[inline(always)]
    pub(crate) fn load_from<const N: usize>(row: &[f64; N], index: usize) -> Self {
        assert!(index < N - 1, "a pair inside the row");
        // SAFETY: the assertion above keeps the sixteen bytes inside the row, and vectors need no alignment.
        Self(unsafe { v128_load(row.as_ptr().add(index).cast()) })
    }

    /// The nearest multiple of what the [`rounder`](super::rounder) is for.
    #[inline(always)]
    pub(crate) fn round(self, rounder: Self) -> Self {
        self + rounder - rounder
    }

    /// The lanes, exchanged.
    #[inline(always)]
    pub(crate) fn swap(self) -> Self {
        Self(i64x2_shuffle::<1, 0>(self.0, self.0))
    }

    /// The low lane of this and that of another.
    #[inline(always)]
    pub(crate) fn low_of(self, other: Self) -> Self {
        Self(i64x2_shuffle::<0, 2>(self.0, other.0))
    }

    /// The high lane of this and the low one of another: their row, one place further on.
    #[inline(always)]
    pub(crate) fn across(self, other: Self) -> Self {
        Self(i64x2_shuffle::<1, 2>(self.0, other.0))
    }
}

impl Add for Lanes {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f64x2_add(self.0, other.0))
    }
}

impl Sub for Lanes {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(f64x2_sub(self.0, other.0))
    }
}

impl Mul for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f64x2_mul(self.0, other.0))
    }
}

/// The columns of a product, which stay in linear memory: V8 would move twenty of them in and out of the
/// sixteen vector registers all the time, and that costs more than to load and store each where it is used.
pub(crate) struct Pinned<const N: usize>([Cell<Lanes>; N]);

impl<const N: usize> Pinned<N> {
    pub(crate) const fn new() -> Self {
        Self([const { Cell::new(Lanes::splat(0.0)) }; N])
    }

    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Lanes {
        read(&self.0[index])
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
    pub(crate) fn get(&self, index: usize) -> Lanes {
        read(&self.0[index])
    }

    #[inline(always)]
    pub(crate) fn set(&self, index: usize, value: Lanes) {
        // SAFETY: what `Cell::set` does, only that the write is volatile.
        unsafe { self.0[index].as_ptr().write_volatile(value) }
    }
}

#[inline(always)]
fn read(cell: &Cell<Lanes>) -> Lanes {
    // SAFETY: what `Cell::get` does, only that the read is volatile, lest it be merged with others.
    unsafe { cell.as_ptr().read_volatile() }
}
