//! Prime fields: elements as balanced digits in doubles, two of them side by side.

use super::lanes::{Lanes, Pinned};
use super::limbs::{self, Limbs};

/// A field element in each lane, as `N` digits to the base 2^[`Prime::WIDTH`], least significant first.
///
/// "Reduced" is what products and [`Field::tidy`] give: each digit at most half the base, give or take 2^7.
/// "Loose" is the sum or difference of two reduced ones. Operands of products may be loose.
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

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] - other.0[i]))
    }

    /// Each lane times a small factor of its own.
    #[inline(always)]
    pub(crate) fn scale(&self, factors: Lanes) -> Self {
        Self(self.0.map(|digit| digit * factors))
    }

    /// A reduced element of the same value, from the sum of up to eight reduced ones. The last digit keeps
    /// what would be carried beyond it.
    #[inline(never)]
    pub(crate) fn tidy(&self) -> Self {
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
    /// A column may be up to 2^52.6: in a product of loose elements and one more of a loose and a reduced
    /// one it is less than N · 1.5 · 2^(2·width) · (1 + 2^−4)², at most 2^52.3 where carries leave 2^18 in
    /// a digit (N = 11), and 2^52.59 for the sixteen digits of P-384 and their 2^13.
    pub(crate) reduce: fn(&Pinned<W>) -> Element<N>,
}

/// Rounds to the nearest multiple of 2^`width`: where that sum lies, doubles are 2^`width` apart.
#[inline(always)]
const fn magic(width: u32) -> f64 {
    (3u64 << 51) as f64 * (1u64 << width) as f64
}

/// Splits a column into its balanced digit and what it carries to the next, both exact.
#[inline(always)]
pub(crate) fn split(column: Lanes, width: u32) -> (Lanes, Lanes) {
    let magic = Lanes::splat(magic(width));
    let multiple = column + magic - magic;
    (column - multiple, multiple * Lanes::splat(1.0 / (1u64 << width) as f64))
}

/// Carries once, every digit at the same time; the last keeps what it has.
#[inline(always)]
pub(crate) fn carry<const M: usize>(digits: &mut [Lanes; M], width: u32) {
    let mut carried = Lanes::splat(0.0);
    for digit in digits.iter_mut().take(M - 1) {
        let (low, high) = split(*digit, width);
        *digit = low + carried;
        carried = high;
    }
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
            Element(digits.map(Lanes::splat)).tidy()
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
    pub(crate) fn enter(&self, low: &Limbs, high: &Limbs) -> Element<N> {
        let [low, high] = [low, high].map(|limbs| limbs::digits::<N>(limbs, width(N)));
        let plain = Element(core::array::from_fn(|i| Lanes::new(low[i], high[i]))).tidy();
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
    let put = |column: usize, value: Lanes| {
        let fresh = MODE == SET || MODE == NEXT && column >= N - 1;
        columns.set(column, if fresh { value } else { columns.get(column) + value });
    };
    for column in 0..R - 1 {
        let mut sum = x[0] * b[column];
        for i in 1..=column {
            sum = sum + x[i] * b[column - i];
        }
        put(column, sum);
    }
    let full = |column: usize| {
        let mut sum = x[0] * b[column];
        for i in 1..R {
            sum = sum + x[i] * b[column - i];
        }
        put(column, sum);
    };
    // In parts that compilers unroll.
    for column in R - 1..N.min(9) {
        full(column);
    }
    for column in 9..N.min(16) {
        full(column);
    }
    for column in 16..N {
        full(column);
    }
    for column in N..N + R - 1 {
        let mut sum = x[R - 1] * b[column + 1 - R];
        for i in column - N + 1..R - 1 {
            sum = sum + x[i] * b[column - i];
        }
        put(column, sum);
    }
}

/// Writes a² into the columns: the products of different digits once, with one of the two doubled.
#[inline(never)]
fn square<const N: usize, const W: usize>(columns: &Pinned<W>, a: &[Lanes; N]) {
    let mut row = 0;
    while row + 4 <= N {
        if row == 0 {
            square_rows::<SET, N, W>(columns, a, row);
        } else {
            square_rows::<NEXT, N, W>(columns, a, row);
        }
        row += 4;
    }
    if row + 3 == N {
        let columns = columns.window(2 * row, 5);
        let [x0, x1, x2] = [a[row], a[row + 1], a[row + 2]];
        let [z0, z1] = [x0 + x0, x1 + x1];
        columns.set(0, columns.get(0) + x0 * x0);
        columns.set(1, columns.get(1) + z0 * x1);
        columns.set(2, z0 * x2 + x1 * x1);
        columns.set(3, z1 * x2);
        columns.set(4, x2 * x2);
    }
}

/// The squares of four digits, and their products with all digits above. There are none, or at least three.
#[inline(always)]
fn square_rows<const MODE: u8, const N: usize, const W: usize>(columns: &Pinned<W>, a: &[Lanes; N], row: usize) {
    let above = N - row;
    let a = &a[row..];
    let columns = columns.window(2 * row, above + 3);
    let put = |column: usize, value: Lanes| {
        let fresh = MODE == SET || column + 1 >= above;
        columns.set(column, if fresh { value } else { columns.get(column) + value });
    };
    let [x0, x1, x2, x3] = [a[0], a[1], a[2], a[3]];
    let [z0, z1, z2, z3] = [x0 + x0, x1 + x1, x2 + x2, x3 + x3];
    put(0, x0 * x0);
    put(1, z0 * x1);
    put(2, z0 * x2 + x1 * x1);
    put(3, z0 * x3 + z1 * x2);
    if above == 4 {
        put(4, z1 * x3 + x2 * x2);
        put(5, z2 * x3);
        put(6, x3 * x3);
        return;
    }
    put(4, z0 * a[4] + z1 * x3 + x2 * x2);
    put(5, z0 * a[5] + z1 * a[4] + z2 * x3);
    put(6, z0 * a[6] + z1 * a[5] + z2 * a[4] + x3 * x3);
    let full = |column: usize| {
        put(column, z0 * a[column] + z1 * a[column - 1] + z2 * a[column - 2] + z3 * a[column - 3]);
    };
    for column in 7..above.min(12) {
        full(column);
    }
    for column in 12..above {
        full(column);
    }
    put(above, z1 * a[above - 1] + z2 * a[above - 2] + z3 * a[above - 3]);
    put(above + 1, z2 * a[above - 1] + z3 * a[above - 2]);
    put(above + 2, z3 * a[above - 1]);
}
