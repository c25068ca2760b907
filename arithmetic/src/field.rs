//! Prime fields: elements as balanced digits in doubles, two of them side by side.

use super::lanes::{Lanes, Pinned, Window, rounder};
use super::limbs::{self, Limbs};

/// A field element in each lane, as `N` digits to the base 2^[`Prime::WIDTH`], least significant first.
///
/// "Reduced" is what products and [`Element::carry_digits`] give: each digit at most half the base, give or take 2^18.2.
/// Only the last digit of a carried sum may be more, since it has what it would carry: up to 4.5 times the base, of
/// P-384, whose last digit is as long as the others. "Loose" is the sum or difference of two reduced ones. Operands
/// of products may be loose.
///
/// Every step stays below 2^53, which `tests/bounds` proves: it runs this source over bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<const N: usize>([Lanes; N]);

impl<const N: usize> Element<N> {
    pub(crate) const fn new(digits: [Lanes; N]) -> Self {
        Self(digits)
    }

    pub(crate) const fn zero() -> Self {
        Self([Lanes::splat(0.0); N])
    }

    /// The digits of either lane.
    pub(crate) fn lanes(&self) -> [[f64; N]; 2] {
        [self.0.map(|digit| digit.split()[0]), self.0.map(|digit| digit.split()[1])]
    }

    /// Overwrites this element. Written out, since V8 makes a call of the instruction that copies memory, and
    /// that is what compilers choose for this many bytes.
    #[inline(always)]
    pub(crate) fn set(&mut self, other: &Self) {
        unrolled!(i in 0, N; { self.0[i] = other.0[i] });
    }

    #[inline(never)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let mut digits = self.0;
        unrolled!(i in 0, N; { digits[i] = digits[i] + other.0[i] });
        Self(digits)
    }

    #[inline(never)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        let mut digits = self.0;
        unrolled!(i in 0, N; { digits[i] = digits[i] - other.0[i] });
        Self(digits)
    }

    /// Each lane times a small factor of its own.
    #[inline(never)]
    pub(crate) fn scale(&self, factors: Lanes) -> Self {
        let mut digits = self.0;
        unrolled!(i in 0, N; { digits[i] = digits[i] * factors });
        Self(digits)
    }

    /// A reduced element of the same value, from the sum of up to eight reduced ones. The last digit keeps
    /// what would be carried beyond it.
    #[inline(never)]
    pub(crate) fn carry_digits(&self) -> Self {
        let mut digits = self.0;
        carry(&mut digits, width(N));
        Self(digits)
    }

    /// The lanes, exchanged.
    pub(crate) fn swap(&self) -> Self {
        Self(self.0.map(Lanes::swap))
    }

    /// The low lane of this, beside the low lane of another.
    pub(crate) fn low_of(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i].low_of(other.0[i])))
    }
}

/// Bits of a digit of elements with so many: 24, but 23 where the sums of more than sixteen products of
/// loose digits would not be exact.
pub(crate) const fn width(digits: usize) -> u32 {
    if digits > 16 { 23 } else { 24 }
}

/// A prime that elements of `N` digits are reduced by. Their products have `W` = 2·`N` columns.
pub(crate) struct Prime<const N: usize, const W: usize> {
    pub(crate) value: Limbs,
    /// How many bits the prime has
    pub(crate) bits: u32,
    /// Elements stand for a·2^(width·`N`) rather than for a, because their reduction divides by that
    pub(crate) montgomery: bool,
    /// Brings the columns of one or two products down to a reduced element, whose value is less than the
    /// prime in size.
    ///
    /// A column is up to 2^52.71: in a product of loose elements and one more of a loose and a reduced one it
    /// is less than N · 1.5 · 2^(2·width) · (1 + 2^−4)², at most 2^52.3 where carries leave 2^18 in a digit
    /// (N = 11), and 2^52.59 for the sixteen digits of P-384 and their 2^13. Last digits of tidied sums add the
    /// rest. The tests have the limit of each curve.
    pub(crate) reduce: fn(&Pinned<W>) -> Element<N>,
}

/// Splits a column into its balanced digit and what it carries to the next, both exact.
#[inline(always)]
pub(crate) fn split(column: Lanes, width: u32) -> (Lanes, Lanes) {
    let multiple = column.round(rounder(width));
    (column - multiple, multiple * Lanes::splat(1.0 / (1u64 << width) as f64))
}

/// Carries once, every digit at the same time; the last keeps what it has.
#[inline(always)]
pub(crate) fn carry<const M: usize>(digits: &mut [Lanes; M], width: u32) {
    let mut carried = Lanes::splat(0.0);
    unrolled!(i in 0, M - 1; {
        let (low, high) = split(digits[i], width);
        digits[i] = low + carried;
        carried = high;
    });
    digits[M - 1] = digits[M - 1] + carried;
}

/// A field, and the elements that it takes time to find.
pub(crate) struct Field<const N: usize, const W: usize> {
    prime: &'static Prime<N, W>,
    /// What to multiply an integer by to get its element: R², or 1
    factor: Element<N>,
    pub(crate) one: Element<N>,
}

impl<const N: usize, const W: usize> Field<N, W> {
    #[inline(never)]
    pub(crate) fn new(prime: &'static Prime<N, W>) -> Self {
        // The reduced integer R^power, where R is 1 unless the elements are Montgomery's.
        let constant = |power: u32| {
            let bits = if prime.montgomery { power * width(N) * N as u32 } else { 0 };
            let digits = limbs::digits::<N>(&limbs::power_of_two(bits, &prime.value), width(N));
            Element(digits.map(Lanes::splat)).carry_digits()
        };
        Self { prime, factor: constant(2), one: constant(1) }
    }

    /// For one computation at a time.
    pub(crate) fn arithmetic(&self) -> Arithmetic<'_, N, W> {
        Arithmetic { field: self, columns: Pinned::new() }
    }
}

/// The arithmetic of a field, with the columns that its products are summed in.
pub(crate) struct Arithmetic<'a, const N: usize, const W: usize> {
    field: &'a Field<N, W>,
    columns: Pinned<W>,
}

impl<const N: usize, const W: usize> Arithmetic<'_, N, W> {
    #[inline(always)]
    pub(crate) fn mul(&self, a: &Element<N>, b: &Element<N>) -> Element<N> {
        multiply::<true, N, W>(&self.columns, &a.0, &b.0);
        (self.field.prime.reduce)(&self.columns)
    }

    #[inline(always)]
    pub(crate) fn square(&self, a: &Element<N>) -> Element<N> {
        square(&self.columns, &a.0);
        (self.field.prime.reduce)(&self.columns)
    }

    /// a·b − c·d, reduced once. One of c and d must be reduced.
    #[inline(never)]
    pub(crate) fn mul_sub(&self, a: &Element<N>, b: &Element<N>, c: &Element<N>, d: &Element<N>) -> Element<N> {
        multiply::<true, N, W>(&self.columns, &a.0, &b.0);
        multiply::<false, N, W>(&self.columns, &c.0, &d.0);
        (self.field.prime.reduce)(&self.columns)
    }

    /// a² − c·d, reduced once. One of c and d must be reduced.
    #[inline(never)]
    pub(crate) fn square_sub(&self, a: &Element<N>, c: &Element<N>, d: &Element<N>) -> Element<N> {
        square(&self.columns, &a.0);
        multiply::<false, N, W>(&self.columns, &c.0, &d.0);
        (self.field.prime.reduce)(&self.columns)
    }

    /// The element of an integer of at most as many bits as the prime has, in each lane.
    #[inline(never)]
    pub(crate) fn to_field(&self, low: &Limbs, high: &Limbs) -> Element<N> {
        let [low, high] = [low, high].map(|limbs| limbs::digits::<N>(limbs, width(N)));
        let plain = Element(core::array::from_fn(|i| Lanes::new(low[i], high[i]))).carry_digits();
        if self.field.prime.montgomery { self.mul(&plain, &self.field.factor) } else { plain }
    }

    /// The integers that the lanes stand for, from 0 to p − 1.
    #[inline(never)]
    pub(crate) fn leave(&self, a: &Element<N>) -> [Limbs; 2] {
        let mut unit = Element::zero();
        unit.0[0] = Lanes::splat(1.0);
        let plain = if self.field.prime.montgomery { self.mul(a, &unit) } else { *a };
        plain.lanes().map(|digits| limbs::from_digits(&digits, width(N), &self.field.prime.value))
    }

    /// Whether either lane is zero.
    #[inline(never)]
    pub(crate) fn are_zero(&self, a: &Element<N>) -> [bool; 2] {
        a.lanes().map(|digits| limbs::from_digits(&digits, width(N), &self.field.prime.value) == limbs::ZERO)
    }
}

/// Writes a·b into the columns, or takes it from them, four rows of the product at a time.
#[inline(never)]
fn multiply<const FRESH: bool, const N: usize, const W: usize>(columns: &Pinned<W>, a: &[Lanes; N], b: &[Lanes; N]) {
    let digit = |i: usize| if FRESH { a[i] } else { Lanes::splat(0.0) - a[i] };
    let mut row = 0;
    while row + 4 <= N {
        let x = [digit(row), digit(row + 1), digit(row + 2), digit(row + 3)];
        if !FRESH {
            rows::<ADD, 4, N, W>(columns, row, x, b);
        } else if row == 0 {
            rows::<SET, 4, N, W>(columns, row, x, b);
        } else {
            rows::<NEXT, 4, N, W>(columns, row, x, b);
        }
        row += 4;
    }
    // Eleven and twenty-three digits leave three rows.
    if row + 3 == N {
        let x = [digit(row), digit(row + 1), digit(row + 2)];
        if FRESH { rows::<NEXT, 3, N, W>(columns, row, x, b) } else { rows::<ADD, 3, N, W>(columns, row, x, b) }
    }
}

/// No column has a value yet.
const SET: u8 = 0;
/// The last `R` columns have none.
const NEXT: u8 = 1;
/// Every column has one.
const ADD: u8 = 2;

/// `R` digits from row `row` on, times all digits of b.
#[inline(always)]
fn rows<const MODE: u8, const R: usize, const N: usize, const W: usize>(
    columns: &Pinned<W>,
    row: usize,
    x: [Lanes; R],
    b: &[Lanes; N],
) {
    let columns = columns.window(row, N + R - 1);
    unrolled!(column in 0, N + R - 1; {
        let mut sum = None;
        unrolled!(i in 0, R; {
            if column >= i && column - i < N {
                sum = add(sum, x[i] * b[column - i]);
            }
        });
        put(&columns, column, MODE == SET || MODE == NEXT && column >= N - 1, sum);
    });
}

#[inline(always)]
fn add(sum: Option<Lanes>, term: Lanes) -> Option<Lanes> {
    Some(match sum {
        Some(sum) => sum + term,
        None => term,
    })
}

/// Sets a column, or adds to one.
#[inline(always)]
fn put(columns: &Window<'_>, column: usize, fresh: bool, sum: Option<Lanes>) {
    if let Some(sum) = sum {
        columns.set(column, if fresh { sum } else { columns.get(column) + sum });
    }
}

/// Writes a² into the columns: the products of different digits once, with one of the two doubled.
#[inline(never)]
fn square<const N: usize, const W: usize>(columns: &Pinned<W>, a: &[Lanes; N]) {
    square_rows::<0, 4, N, W>(columns, a);
    square_rows::<4, 4, N, W>(columns, a);
    // Eleven and twenty-three digits leave three rows.
    square_rows::<8, 3, N, W>(columns, a);
    square_rows::<8, 4, N, W>(columns, a);
    square_rows::<12, 4, N, W>(columns, a);
    square_rows::<16, 4, N, W>(columns, a);
    square_rows::<20, 3, N, W>(columns, a);
}

/// The squares of `R` digits from `ROW` on, and their products with all digits above. Nothing where another
/// number of rows is left.
#[inline(always)]
fn square_rows<const ROW: usize, const R: usize, const N: usize, const W: usize>(columns: &Pinned<W>, a: &[Lanes; N]) {
    if ROW + R > N || R == 3 && ROW + R != N {
        return;
    }
    let columns = columns.window(2 * ROW, N - ROW + R - 1);
    let a = &a[ROW..];
    let mut twice = [Lanes::splat(0.0); R];
    unrolled!(i in 0, R; { twice[i] = a[i] + a[i] });
    unrolled!(column in 0, N - ROW + R - 1; {
        let mut sum = None;
        unrolled!(i in 0, R; {
            if column > 2 * i && column - i < N - ROW {
                sum = add(sum, twice[i] * a[column - i]);
            } else if column == 2 * i {
                sum = add(sum, a[i] * a[i]);
            }
        });
        put(&columns, column, ROW == 0 || column >= N - ROW - 1, sum);
    });
}
