//! Short Weierstrass curves y² = x³ + a·x + b with a = −3 or 0, and ECDSA over them (FIPS 186-5 §6.4.2).
//!
//! A verification wants u1·G + u2·Q. The two products are computed side by side, one in each lane: the same
//! steps for both, without a shuffle in between.

use alloc::vec::Vec;

use super::field::{Arithmetic, Element, Field, Prime};
use super::lanes::Lanes;
use super::limbs::{self, Limbs};
use super::modular::Modulus;
use super::table::{Entry, Table};

/// A curve of prime order.
pub(crate) struct Curve<const N: usize, const W: usize> {
    pub(crate) prime: &'static Prime<N, W>,
    /// The order of the group, with as many bits as the prime
    pub(crate) order: Limbs,
    pub(crate) b: Limbs,
    pub(crate) generator: [Limbs; 2],
    /// a = −3 rather than 0
    pub(crate) minus_three: bool,
    /// Bits of a window of the tables
    pub(crate) window: u32,
    /// The strides of a key's first table and of the larger one that a key in use gets. One divides the other.
    pub(crate) strides: [usize; 2],
}

impl<const N: usize, const W: usize> Curve<N, W> {
    /// Windows that cover a scalar.
    pub(crate) const fn windows(&self) -> usize {
        self.prime.bits.div_ceil(self.window) as usize
    }
}

/// Points in Jacobian coordinates, one in each lane: x = X/Z², y = Y/Z³. Z = 0 is the neutral element, and
/// also what the incomplete formulas here give when they do not apply: once zero, Z stays zero.
#[derive(Clone, Copy)]
struct Points<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
}

impl<const N: usize> Points<N> {
    /// The lanes, exchanged.
    fn swap(&self) -> Self {
        Self { x: self.x.swap(), y: self.y.swap(), z: self.z.swap() }
    }

    /// The low lane of this, beside the low lane of another.
    fn low_of(&self, other: &Self) -> Self {
        Self { x: self.x.low_of(&other.x), y: self.y.low_of(&other.y), z: self.z.low_of(&other.z) }
    }
}

/// A curve, and what it takes time to find.
pub(crate) struct Group<const N: usize, const W: usize> {
    curve: &'static Curve<N, W>,
    field: Field<N, W>,
    prime: Modulus,
    order: Modulus,
}

impl<const N: usize, const W: usize> Group<N, W> {
    #[inline(never)]
    pub(crate) fn new(curve: &'static Curve<N, W>) -> Self {
        let [prime, order] = [&curve.prime.value, &curve.order].map(Modulus::new);
        Self { curve, field: Field::new(curve.prime), prime, order }
    }

    pub(crate) const fn curve(&self) -> &'static Curve<N, W> {
        self.curve
    }

    /// Whether affine coordinates are those of a point: below the prime, and on the curve.
    #[inline(never)]
    pub(crate) fn contains(&self, [x, y]: &[Limbs; 2]) -> bool {
        if !limbs::is_less(x, self.prime.value()) || !limbs::is_less(y, self.prime.value()) {
            return false;
        }
        let f = self.field.arithmetic();
        let [x, y, b] = [x, y, &self.curve.b].map(|integer| f.to_field(integer, integer));
        let mut slope = f.square(&x);
        if self.curve.minus_three {
            slope = slope.sub(&self.field.one.scale(Lanes::splat(3.0))).carry_digits();
        }
        let right = f.mul(&slope, &x).add(&b).carry_digits();
        f.are_zero(&f.square(&y).sub(&right)) == [true; 2]
    }

    /// P, 3·P, 5·P and so on, for every `stride`th window: see [`Table`].
    pub(crate) fn table(&self, point: &[Limbs; 2], stride: usize) -> Table<W> {
        self.computation().table(point, stride)
    }

    /// Whether (r, s) signs the hash under the key (FIPS 186-5 §6.4.2), given tables of the generator and the
    /// key.
    pub(crate) fn verify(&self, tables: [&Table<W>; 2], hash: &Limbs, [r, s]: &[Limbs; 2]) -> bool {
        let order = &self.order;
        let in_range = |scalar: &Limbs| *scalar != limbs::ZERO && limbs::is_less(scalar, order.value());
        if !in_range(r) || !in_range(s) {
            return false;
        }
        let inverse = order.invert(s);
        let scalars = [&order.mul(&inverse, &order.subtract_once(hash)), &order.mul(&inverse, r)];
        let computation = self.computation();
        let sum = computation.combine(tables, scalars);
        // x modulo the prime is r modulo the order, which is a little less: r, or r and the order.
        let next = limbs::sum(r, order.value());
        sum.is_some_and(|sum| {
            computation.has_x(&sum, r) || limbs::is_less(&next, self.prime.value()) && computation.has_x(&sum, &next)
        })
    }

    /// That tables, any of them, and addition bit by bit come to the same.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn check_combination(&self, key: &[Limbs; 2], tables: &[[&Table<W>; 2]], scalars: [&Limbs; 2]) {
        let computation = self.computation();
        let slowly = computation.combine_complete([&self.curve.generator, key], scalars);
        for tables in tables {
            let fast = computation.combine(*tables, scalars);
            assert_eq!(fast.is_some(), slowly.is_some(), "neutral, for {scalars:x?}");
            let (Some(fast), Some(slowly)) = (fast, slowly) else { continue };
            let f = &computation.arithmetic;
            let [zz, ww] = [f.square(&fast.z), f.square(&slowly.z)];
            let [x, u] = [f.mul(&fast.x, &ww), f.mul(&slowly.x, &zz)];
            let [y, v] = [f.mul(&fast.y, &f.mul(&slowly.z, &ww)), f.mul(&slowly.y, &f.mul(&fast.z, &zz))];
            assert_eq!(f.are_zero(&x.sub(&u)), [true, true], "x, for {scalars:x?}");
            assert_eq!(f.are_zero(&y.sub(&v)), [true, true], "y, for {scalars:x?}");
        }
    }

    /// In which lanes the last sum of `combine` is the entry that is to be added. No sum before is.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn collides(&self, tables: [&Table<W>; 2], scalars: [&Limbs; 2]) -> [bool; 2] {
        let computation = self.computation();
        let (mut sum, [x, y]) = computation.products(tables, scalars).expect("two windows");
        assert_eq!(computation.arithmetic.are_zero(&sum.z), [false; 2], "{scalars:x?}");
        computation.add_affine(&mut sum, &x, &y);
        computation.arithmetic.are_zero(&sum.z)
    }

    fn computation(&self) -> Computation<'_, N, W> {
        Computation { group: self, arithmetic: self.field.arithmetic() }
    }
}

/// The arithmetic of a curve.
struct Computation<'a, const N: usize, const W: usize> {
    group: &'a Group<N, W>,
    arithmetic: Arithmetic<'a, N, W>,
}

impl<const N: usize, const W: usize> Computation<'_, N, W> {
    /// P becomes 2·P in each lane.
    #[inline(never)]
    fn double(&self, p: &mut Points<N>) {
        let f = &self.arithmetic;
        let yy = f.square(&p.y);
        let b = f.mul(&p.x, &yy);
        // 3·X² + a·Z⁴, where a = −3 makes it 3·(X − Z²)·(X + Z²).
        let slope = if self.group.curve.minus_three {
            let zz = f.square(&p.z);
            f.mul(&p.x.sub(&zz), &p.x.add(&zz))
        } else {
            f.square(&p.x)
        };
        let slope = slope.scale(Lanes::splat(3.0)).carry_digits();
        let b4 = b.scale(Lanes::splat(4.0)).carry_digits();
        let x = f.square(&slope).sub(&b4.add(&b4)).carry_digits();
        let yz = f.mul(&p.y, &p.z);
        let yy2 = yy.add(&yy);
        let yy4 = yy2.add(&yy2).carry_digits();
        p.x.set(&x);
        p.y.set(&f.mul_sub(&slope, &b4.sub(&x), &yy2, &yy4));
        p.z.set(&yz.add(&yz).carry_digits());
    }

    /// P becomes P + Q for an affine Q in each lane. Z becomes 0 where P is neutral, Q or −Q.
    #[inline(never)]
    fn add_affine(&self, p: &mut Points<N>, x: &Element<N>, y: &Element<N>) {
        let f = &self.arithmetic;
        let zz = f.square(&p.z);
        let u = f.mul(x, &zz);
        let zzz = f.mul(&p.z, &zz);
        let s = f.mul(y, &zzz);
        self.chord(p, &u, &s);
    }

    /// P becomes P + Q. Z becomes 0 where one is neutral or they have the same x.
    #[inline(never)]
    fn add(&self, p: &mut Points<N>, q: &Points<N>) {
        let f = &self.arithmetic;
        let [pzz, qzz] = [f.square(&p.z), f.square(&q.z)];
        let v = f.mul(&q.x, &pzz);
        let t = f.mul(&q.y, &f.mul(&p.z, &pzz));
        p.x = f.mul(&p.x, &qzz);
        p.y = f.mul(&p.y, &f.mul(&q.z, &qzz));
        p.z = f.mul(&p.z, &q.z);
        self.chord(p, &v, &t);
    }

    /// P becomes the sum of (X, Y) and (u, v), both over its Z.
    #[inline(always)]
    fn chord(&self, p: &mut Points<N>, u: &Element<N>, v: &Element<N>) {
        let f = &self.arithmetic;
        let h = u.sub(&p.x);
        let r = v.sub(&p.y);
        let hh = f.square(&h);
        let hhh = f.mul(&h, &hh);
        let w = f.mul(&p.x, &hh);
        // r² − h³ − 2·x·h², of which the last two are h²·(u + x).
        let x = f.square_sub(&r, &u.add(&p.x), &hh);
        p.x.set(&x);
        p.y.set(&f.mul_sub(&r, &w.sub(&x), &p.y, &hhh));
        p.z.set(&f.mul(&p.z, &h));
    }

    /// P, 3·P, 5·P and so on, for every `stride`th window: see [`Table`].
    #[inline(never)]
    fn table(&self, point: &[Limbs; 2], stride: usize) -> Table<W> {
        let positions = self.group.curve.windows().div_ceil(stride);
        let mut base = self.to_field(point);
        let mut bases = Vec::with_capacity(positions + 1);
        for position in 0..positions {
            bases.push(base);
            if position + 1 < positions {
                for _ in 0..self.group.curve.window as usize * stride {
                    self.double(&mut base);
                }
            }
        }
        let half = 1 << (self.group.curve.window - 1);
        let mut table = Table::new(stride, half, positions);
        // Two positions at a time, and so many pairs at once that one inversion serves hundreds of points.
        for (chunk, bases) in bases.chunks(16).enumerate() {
            let mut points = Vec::with_capacity(8 * half);
            for pair in bases.chunks(2) {
                let [low, high] = [&pair[0], pair.last().unwrap_or(&pair[0])];
                let first = low.low_of(high);
                let mut twice = first;
                self.double(&mut twice);
                let mut multiple = first;
                points.push(multiple);
                for _ in 1..half {
                    self.add(&mut multiple, &twice);
                    points.push(multiple);
                }
            }
            self.make_affine(&points, |index, [low, high]| {
                let (position, multiple) = (16 * chunk + 2 * (index / half), index % half);
                table.set(position, multiple, low);
                if position + 1 < positions {
                    table.set(position + 1, multiple, high);
                }
            });
        }
        table
    }

    /// Affine coordinates of many points by one inversion a lane (Montgomery's trick), in reverse order.
    fn make_affine(&self, points: &[Points<N>], mut put: impl FnMut(usize, [Entry<W>; 2])) {
        let f = &self.arithmetic;
        let mut product = self.group.field.one;
        let mut products = Vec::with_capacity(points.len());
        for point in points {
            products.push(product);
            product = f.mul(&product, &point.z);
        }
        let [low, high] = f.leave(&product).map(|z| self.group.prime.invert(&z));
        let mut inverse = f.to_field(&low, &high);
        for (index, (point, before)) in points.iter().zip(&products).enumerate().rev() {
            let zi = f.mul(&inverse, before);
            inverse = f.mul(&inverse, &point.z);
            let zz = f.square(&zi);
            let x = f.mul(&point.x, &zz).lanes();
            let y = f.mul(&point.y, &f.mul(&zi, &zz)).lanes();
            put(index, core::array::from_fn(|lane| Entry::new(&[x[lane], y[lane]])));
        }
    }

    /// low·P + high·Q for the points that the tables are of, or none for the neutral element.
    #[inline(never)]
    fn combine(&self, tables: [&Table<W>; 2], scalars: [&Limbs; 2]) -> Option<Points<N>> {
        let (before, [x, y]) = self.products(tables, scalars)?;
        let mut products = before;
        self.add_affine(&mut products, &x, &y);
        let mut sum = products;
        self.add(&mut sum, &products.swap());
        if self.arithmetic.are_zero(&sum.z)[0] {
            return self.combine_anyhow(&before, &Points { x, y, z: self.group.field.one });
        }
        Some(sum)
    }

    /// The same where a formula does not apply: the last sum of each lane, and the sum of both, by one that always
    /// does. Senders choose the scalars, and this way it takes hardly longer, whatever they choose.
    #[cold]
    #[inline(never)]
    fn combine_anyhow(&self, before: &Points<N>, entry: &Points<N>) -> Option<Points<N>> {
        let lane = |sum: &Points<N>, entry: &Points<N>| self.add_any(Some(sum.low_of(sum)), &entry.low_of(entry));
        let low = lane(before, entry);
        let sum = match lane(&before.swap(), &entry.swap()) {
            Some(high) => self.add_any(low, &high),
            None => low,
        };
        // Z is zero for nothing but a defect, and such a point must not have an x.
        sum.filter(|sum| !self.arithmetic.are_zero(&sum.z)[0])
    }

    /// low·P in the low lane and high·Q in the other, all but the last sum of each: what is there before, and the
    /// coordinates of the entry to add.
    ///
    /// Up to there the formulas apply, whatever the scalars. Let a sum be v times the point and the entry to add to
    /// it e times, and n the order. In each round the first entry is odd and the sum is even, and later it is the
    /// other way round: so v is neither e nor −e nor 0, unless modulo n, which takes |v| + |e| ≥ n. But all digits
    /// together are little more than n, and a sum with digits still to come is less.
    #[inline(never)]
    fn products(&self, tables: [&Table<W>; 2], scalars: [&Limbs; 2]) -> Option<(Points<N>, [Element<N>; 2])> {
        let stride = tables[1].stride.max(tables[0].stride);
        // The strides of a curve's tables divide each other.
        let positions = tables.map(|table| stride / table.stride);
        let windows = self.group.curve.windows();
        let [low, high] = scalars.map(|scalar| Windows::new(self.group.curve, scalar));
        let mut sum: Option<Points<N>> = None;
        for round in (0..stride).rev() {
            if let Some(points) = &mut sum {
                for _ in 0..self.group.curve.window {
                    self.double(points);
                }
            }
            for (step, window) in (round..windows).step_by(stride).enumerate() {
                let [first, second] = [low.at(window), high.at(window)];
                let [g, q] = [0, 1].map(|lane| tables[lane].position(step * positions[lane]));
                let entries = [&g[first.0], &q[second.0]];
                let x = Entry::pair(entries, [0, 0]);
                let y = Entry::pair(entries, [1, 1]).scale(Lanes::new(first.1, second.1));
                match &mut sum {
                    Some(points) if round == 0 && window + stride >= windows => return Some((*points, [x, y])),
                    Some(points) => self.add_affine(points, &x, &y),
                    None => sum = Some(Points { x, y, z: self.group.field.one }),
                }
            }
        }
        // There are two windows at least.
        None
    }

    /// low·P + high·Q for any points and scalars, bit by bit, or none for the neutral element.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    fn combine_complete(&self, points: [&[Limbs; 2]; 2], scalars: [&Limbs; 2]) -> Option<Points<N>> {
        let points = points.map(|point| self.to_field(point));
        let mut sum = None;
        for bit in (0..self.group.curve.prime.bits).rev() {
            if let Some(points) = &mut sum {
                self.double(points);
            }
            for (point, scalar) in points.iter().zip(scalars) {
                if limbs::bits(scalar, bit, 1) == 1 {
                    sum = self.add_any(sum, point);
                }
            }
        }
        sum
    }

    /// A point of affine coordinates, in both lanes.
    fn to_field(&self, [x, y]: &[Limbs; 2]) -> Points<N> {
        let f = &self.arithmetic;
        Points { x: f.to_field(x, x), y: f.to_field(y, y), z: self.group.field.one }
    }

    /// P + Q, whatever they are, the same in both lanes. Points of odd order never double to the neutral one.
    fn add_any(&self, p: Option<Points<N>>, q: &Points<N>) -> Option<Points<N>> {
        let Some(mut p) = p else { return Some(*q) };
        let f = &self.arithmetic;
        let mut sum = p;
        self.add(&mut sum, q);
        if !f.are_zero(&sum.z)[0] {
            return Some(sum);
        }
        let left = f.mul(&p.y, &f.mul(&q.z, &f.square(&q.z)));
        let right = f.mul(&q.y, &f.mul(&p.z, &f.square(&p.z)));
        f.are_zero(&left.sub(&right))[0].then(|| {
            self.double(&mut p);
            p
        })
    }

    /// Whether x = X/Z² is the integer.
    fn has_x(&self, p: &Points<N>, x: &Limbs) -> bool {
        let f = &self.arithmetic;
        f.are_zero(&f.mul(&f.to_field(x, x), &f.square(&p.z)).sub(&p.x))[0]
    }
}

/// A scalar as odd signed digits, one a window: k = Σ d·2^(window·i). An even k stands as order − k, whose
/// digits have the other sign.
struct Windows {
    odd: Limbs,
    sign: f64,
    window: u32,
    bits: u32,
}

impl Windows {
    fn new<const N: usize, const W: usize>(curve: &Curve<N, W>, scalar: &Limbs) -> Self {
        let is_odd = scalar[0] & 1 == 1;
        Self {
            odd: if is_odd { *scalar } else { limbs::difference(&curve.order, scalar) },
            sign: if is_odd { 1.0 } else { -1.0 },
            window: curve.window,
            bits: curve.prime.bits,
        }
    }

    /// Which odd multiple, (|d| − 1)/2, and the sign.
    fn at(&self, index: usize) -> (usize, f64) {
        let start = index as u32 * self.window;
        // The bit above tells whether the next digit, made odd, is one too large: then this one is negative.
        let bits = limbs::bits(&self.odd, start, self.window + 1) as usize;
        let half = 1 << (self.window - 1);
        let low = (bits >> 1) & (half - 1);
        let is_last = start + self.window >= self.bits;
        if is_last || bits >> self.window == 1 { (low, self.sign) } else { (half - 1 - low, -self.sign) }
    }
}
