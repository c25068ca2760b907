//! Bounds in the place of doubles: two numbers that the lanes do not exceed in size, of whichever sign they are.
//!
//! What holds for the bounds holds for every pair of numbers within them, since each step here gives a bound of
//! what the step on doubles gives.

use core::cell::Cell;
use core::ops::{Add, Mul, Sub};

/// Where doubles stop being exact.
pub(crate) const LIMIT: f64 = 9_007_199_254_740_992.0;

std::thread_local! {
    static NAMES: Cell<u64> = const { Cell::new(0) };
    static LARGEST: Cell<f64> = const { Cell::new(0.0) };
}

/// The largest bound since this was asked the last time.
pub(crate) fn largest() -> f64 {
    LARGEST.take()
}

/// As the real one.
pub(crate) const fn rounder(width: u32) -> Lanes {
    Lanes::splat((3_u64 << 51) as f64 * (1_u64 << width) as f64)
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes {
    bounds: [f64; 2],
    /// What copies of the same numbers share
    name: Name,
    /// Whose rounding this is, and by how much it may have moved them
    rounded: Option<(Name, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// By its bits
    Constant(u64),
    Step(u64),
}

impl Lanes {
    /// Numbers that these are the bounds of, after any step: they have to be exact.
    fn bounded(bounds: [f64; 2]) -> Self {
        for bound in bounds {
            assert!((0.0..LIMIT).contains(&bound), "a step that may be inexact: 2^{:.3}", bound.log2());
            LARGEST.set(LARGEST.get().max(bound));
        }
        NAMES.set(NAMES.get() + 1);
        Self { bounds, name: Name::Step(NAMES.get()), rounded: None }
    }

    fn pairwise(self, other: Self, bound: impl Fn(f64, f64) -> f64) -> Self {
        Self::bounded([0, 1].map(|lane| bound(self.bounds[lane], other.bounds[lane])))
    }

    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self::bounded([low.abs(), high.abs()])
    }

    pub(crate) const fn splat(value: f64) -> Self {
        Self { bounds: [value.abs(); 2], name: Name::Constant(value.to_bits()), rounded: None }
    }

    pub(crate) fn from_i32(low: i32, high: i32) -> Self {
        Self::new(low.into(), high.into())
    }

    pub(crate) fn split(self) -> [f64; 2] {
        self.bounds
    }

    pub(crate) fn load(pair: &[f64; 2]) -> Self {
        Self::bounded(*pair)
    }

    pub(crate) fn store(self, pair: &mut [f64; 2]) {
        *pair = self.bounds;
    }

    pub(crate) fn load_from<const N: usize>(row: &[f64; N], index: usize) -> Self {
        Self::bounded([row[index], row[index + 1]])
    }

    /// Rounding keeps order and is odd, so that the bound goes where the largest number goes.
    pub(crate) fn round(self, rounder: Self) -> Self {
        let [rounder, _] = rounder.bounds;
        // Multiples of this are what is left.
        let unit = rounder / rounder_of_units();
        assert!(self.bounds.iter().all(|bound| *bound < LIMIT));
        let multiple = Self::bounded(self.bounds.map(|bound| bound + rounder - rounder));
        Self { rounded: Some((self.name, unit / 2.0)), ..multiple }
    }

    pub(crate) fn swap(self) -> Self {
        let [low, high] = self.bounds;
        Self::bounded([high, low])
    }

    pub(crate) fn low_of(self, other: Self) -> Self {
        Self::bounded([self.bounds[0], other.bounds[0]])
    }

    pub(crate) fn across(self, other: Self) -> Self {
        Self::bounded([self.bounds[1], other.bounds[0]])
    }
}

fn rounder_of_units() -> f64 {
    rounder(0).bounds[0]
}

impl Add for Lanes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.pairwise(other, |a, b| a + b)
    }
}

impl Sub for Lanes {
    type Output = Self;

    /// Less its own rounding, a number is at most half a unit, and no more than it was.
    #[allow(clippy::suspicious_arithmetic_impl, reason = "bounds add up, whatever the sign")]
    fn sub(self, other: Self) -> Self {
        match other.rounded {
            Some((name, half)) if name == self.name => Self::bounded(self.bounds.map(|a| a.min(half))),
            _ => self.pairwise(other, |a, b| a + b),
        }
    }
}

impl Mul for Lanes {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        self.pairwise(other, |a, b| a * b)
    }
}

pub(crate) struct Pinned<const N: usize>([Cell<Lanes>; N]);

impl<const N: usize> Pinned<N> {
    pub(crate) const fn new() -> Self {
        Self([const { Cell::new(Lanes::splat(0.0)) }; N])
    }

    pub(crate) fn get(&self, index: usize) -> Lanes {
        self.0[index].get()
    }

    pub(crate) fn window(&self, start: usize, length: usize) -> Window<'_> {
        Window(&self.0[start..start + length])
    }
}

pub(crate) struct Window<'a>(&'a [Cell<Lanes>]);

impl Window<'_> {
    pub(crate) fn get(&self, index: usize) -> Lanes {
        self.0[index].get()
    }

    pub(crate) fn set(&self, index: usize, value: Lanes) {
        self.0[index].set(value);
    }
}

/// Whatever numbers there are within the bounds, no step takes them out of the bounds of the result.
#[test]
fn bounds_are_bounds() {
    use crate::lanes::{Lanes as Doubles, rounder as real};
    use crate::testing::{Random, cases};
    let mut random = Random::new(53);
    let mut draw = |bits: usize| {
        let bits = random.below(bits);
        let size = random.below(1 << bits) as f64;
        if random.below(2) == 0 { size } else { -size }
    };
    for _ in 0..cases(2_000, usize::MAX) {
        let [a, b, c, d] = [(); 4].map(|()| draw(26));
        let (x, y) = (Lanes::new(a, b), Lanes::new(c, d));
        let (u, v) = (Doubles::new(a, b), Doubles::new(c, d));
        let width = 1 + c.abs() as u32 % 24;
        let pairs = [
            (x + y, u + v),
            (x - y, u - v),
            (x * y, u * v),
            (x.round(rounder(width)), u.round(real(width))),
            (x - x.round(rounder(width)), u - u.round(real(width))),
            (x.swap(), u.swap()),
            (x.low_of(y), u.low_of(v)),
            (x.across(y), u.across(v)),
        ];
        for (bounds, numbers) in pairs {
            assert!(bounds.split().iter().zip(numbers.split()).all(|(bound, number)| number.abs() <= *bound));
        }
    }
    let largest = Lanes::new(LIMIT - 1.0, 0.0);
    assert!(std::panic::catch_unwind(|| largest + Lanes::new(1.0, 0.0)).is_err());
    assert!(std::panic::catch_unwind(|| largest - Lanes::new(1.0, 0.0)).is_err());
    assert!(std::panic::catch_unwind(|| largest * Lanes::new(2.0, 0.0)).is_err());
}
