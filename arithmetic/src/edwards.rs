//! The group of Ed25519 (RFC 8032 §5.1): −x² + y² = 1 + d·x²·y².
//!
//! A verification wants S·B − k·A. As in [`super::weierstrass`], each lane computes one of the products. The
//! formulas are complete, so that points of every order, and the neutral one, are like any other.

use alloc::vec::Vec;

use super::field::{Arithmetic, Element, Field};
use super::lanes::Lanes;
use super::limbs::{self, Limbs, hex};
use super::modular::Modulus;
use super::primes;
use super::table::{Entry, Table};

const N: usize = 11;
const COLUMNS: usize = 2 * N;
/// Three coordinates of an entry: y + x, y − x and 2·d·x·y.
pub(crate) const ENTRY: usize = 33;
/// Multiples of a point of Ed25519.
pub type Ed25519Table = Table<ENTRY>;

const WINDOW: u32 = 5;
/// Scalars have 253 bits, and a carry.
const WINDOWS: usize = 51;
/// Multiples in a table: P, 2·P and on.
const MULTIPLES: usize = 1 << (WINDOW - 1);

pub(crate) const ORDER: Limbs = hex("10000000 00000000 00000000 00000000 14def9de a2f79cd6 5812631a 5cf5d3ed");
const D: Limbs = hex("52036cee 2b6ffe73 8cc74079 7779e898 00700a4d 4141d8ab 75eb4dca 135978a3");
/// 2^((p − 1)/4), a square root of −1.
const ROOT: Limbs = hex("2b832480 4fc1df0b 2b4d0099 3dfbd7a7 2f431806 ad2fe478 c4ee1b27 4a0ea0b0");
/// The base point (§5.1), encoded.
pub const BASE: [u8; 32] = {
    let mut bytes = [0x66; 32];
    bytes[0] = 0x58;
    bytes
};

/// A point of the curve: one in each lane, in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z.
#[derive(Clone, Copy)]
pub struct EdwardsPoint {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
    t: Element<N>,
}

/// The group of Ed25519, with what is computed once for all its keys.
pub struct Ed25519 {
    field: Field<N, COLUMNS>,
    prime: Modulus,
    order: Modulus,
    d: Element<N>,
    d2: Element<N>,
    root: Element<N>,
    /// 2^256 modulo the order
    upper: Limbs,
}

impl Ed25519 {
    /// The strides of a point's first table and of the larger one that a key in use gets. One divides the other.
    pub const STRIDES: [usize; 2] = [12, 1];

    /// Computes the constants of the field and of the group.
    pub fn new() -> Self {
        let field = Field::new(&primes::CURVE25519);
        let [d, root] = [&D, &ROOT].map(|constant| field.arithmetic().to_field(constant, constant));
        let d2 = d.add(&d).carry_digits();
        let [prime, order] = [&primes::CURVE25519.value, &ORDER].map(Modulus::new);
        Self { field, prime, order, d, d2, root, upper: limbs::power_of_two(256, &ORDER) }
    }

    /// The point of a canonical encoding (§5.1.3), in both lanes.
    pub fn decode(&self, encoding: &[u8; 32]) -> Option<EdwardsPoint> {
        self.computation().decode(encoding)
    }

    /// P, 2·P and so on for every `stride`th window: see [`Table`].
    pub fn table(&self, point: &EdwardsPoint, stride: usize) -> Ed25519Table {
        self.computation().table(point, stride)
    }

    /// The encoding of S·B + k·P, for S below the order and k as a hash of 64 bytes, given tables of B and P.
    /// None for a larger S.
    pub fn combine(&self, tables: [&Ed25519Table; 2], s: &[u8; 32], hash: &[u8; 64]) -> Option<[u8; 32]> {
        let s = little_endian(s);
        let order = &self.order;
        if !limbs::is_less(&s, order.value()) {
            return None;
        }
        let (low, high) = hash.split_at(32);
        let high = order.mul(&little_endian(high), &self.upper);
        let k = order.add(&order.mul(&little_endian(low), &limbs::ONE), &high);
        let computation = self.computation();
        Some(computation.encode(&computation.combine(tables, [&s, &k])))
    }

    fn computation(&self) -> Computation<'_> {
        Computation { group: self, arithmetic: self.field.arithmetic() }
    }
}

impl Default for Ed25519 {
    fn default() -> Self {
        Self::new()
    }
}

impl EdwardsPoint {
    /// −P in each lane.
    #[must_use]
    pub fn negate(&self) -> Self {
        let zero = Element::zero();
        Self { x: zero.sub(&self.x), t: zero.sub(&self.t), ..*self }
    }
}

/// The arithmetic of the curve.
struct Computation<'a> {
    group: &'a Ed25519,
    arithmetic: Arithmetic<'a, N, COLUMNS>,
}

impl Computation<'_> {
    /// The point of a canonical encoding (§5.1.3), in both lanes.
    fn decode(&self, encoding: &[u8; 32]) -> Option<EdwardsPoint> {
        let f = &self.arithmetic;
        let mut bytes = *encoding;
        let sign = bytes[31] >> 7;
        bytes[31] &= 0x7f;
        bytes.reverse();
        let y = limbs::from_bytes(&bytes);
        if !limbs::is_less(&y, self.group.prime.value()) {
            return None;
        }
        let y = f.to_field(&y, &y);
        // x² = u/v, so x is u·v³·(u·v⁷)^((p − 5)/8), or that times the root of −1.
        let yy = f.square(&y);
        let u = yy.sub(&self.group.field.one);
        let v = f.mul(&self.group.d, &yy).add(&self.group.field.one).carry_digits();
        let uv3 = f.mul(&u, &f.mul(&v, &f.square(&v)));
        let v4 = f.square(&f.square(&v));
        let mut x = f.mul(&uv3, &self.power(&f.mul(&uv3, &v4)));
        let vxx = f.mul(&v, &f.square(&x));
        if !f.are_zero(&vxx.sub(&u).carry_digits())[0] {
            if !f.are_zero(&vxx.add(&u).carry_digits())[0] {
                return None;
            }
            x = f.mul(&x, &self.group.root);
        }
        let [value, _] = f.leave(&x);
        if value == limbs::ZERO && sign == 1 {
            return None;
        }
        if value[0] & 1 != u32::from(sign) {
            x = Element::zero().sub(&x);
        }
        Some(EdwardsPoint { x, y, z: self.group.field.one, t: f.mul(&x, &y) })
    }

    /// a^(2^252 − 3).
    fn power(&self, a: &Element<N>) -> Element<N> {
        let f = &self.arithmetic;
        let raise = |from: &Element<N>, squarings: u32, times: &Element<N>| {
            let mut power = *from;
            for _ in 0..squarings {
                power = f.square(&power);
            }
            f.mul(&power, times)
        };
        // Exponents of n ones: n doubles, or grows by one or by ten.
        let two = raise(a, 1, a);
        let four = raise(&two, 2, &two);
        let five = raise(&four, 1, a);
        let ten = raise(&five, 5, &five);
        let twenty = raise(&ten, 10, &ten);
        let forty = raise(&twenty, 20, &twenty);
        let fifty = raise(&forty, 10, &ten);
        let hundred = raise(&fifty, 50, &fifty);
        let two_hundred = raise(&hundred, 100, &hundred);
        raise(&raise(&two_hundred, 50, &fifty), 2, a)
    }

    /// P becomes 2·P in each lane.
    #[inline(never)]
    fn double(&self, p: &mut EdwardsPoint) {
        let f = &self.arithmetic;
        let [xx, yy] = [f.square(&p.x), f.square(&p.y)];
        let zz = f.square(&p.z);
        let xy = f.mul(&p.x, &p.y);
        let g = yy.sub(&xx);
        let f = g.sub(&zz).sub(&zz).carry_digits();
        self.complete(p, &xy.add(&xy), &f, &g, &Element::zero().sub(&xx).sub(&yy));
    }

    /// P becomes P + Q for a table's Q: y + x, y − x and 2·d·x·y.
    ///
    /// Twice Z is not reduced before c is added, so that the factors of the new Z have digits of three reduced
    /// ones: their columns are below 11 · (1.04 · 1.5 · 2^24)² < 2^52.8, which is little enough for this prime.
    #[inline(never)]
    fn add_entry(&self, p: &mut EdwardsPoint, [plus, minus, t]: [&Element<N>; 3]) {
        let f = &self.arithmetic;
        let a = f.mul(&p.y.sub(&p.x), minus);
        let b = f.mul(&p.y.add(&p.x), plus);
        let c = f.mul(&p.t, t);
        let zz = p.z.add(&p.z);
        self.complete(p, &b.sub(&a), &zz.sub(&c), &zz.add(&c), &b.add(&a));
    }

    /// P becomes P + Q.
    #[inline(never)]
    fn add(&self, p: &mut EdwardsPoint, q: &EdwardsPoint) {
        let f = &self.arithmetic;
        let a = f.mul(&p.y.sub(&p.x), &q.y.sub(&q.x));
        let b = f.mul(&p.y.add(&p.x), &q.y.add(&q.x));
        let c = f.mul(&f.mul(&p.t, &self.group.d2), &q.t);
        let z = f.mul(&p.z, &q.z);
        let zz = z.add(&z).carry_digits();
        self.complete(p, &b.sub(&a), &zz.sub(&c), &zz.add(&c), &b.add(&a));
    }

    /// The last step of every sum.
    #[inline(always)]
    fn complete(&self, p: &mut EdwardsPoint, e: &Element<N>, f: &Element<N>, g: &Element<N>, h: &Element<N>) {
        let field = &self.arithmetic;
        p.x.set(&field.mul(e, f));
        p.y.set(&field.mul(g, h));
        p.z.set(&field.mul(f, g));
        p.t.set(&field.mul(e, h));
    }

    /// P, 2·P and so on for every `stride`th window: see [`Table`].
    fn table(&self, point: &EdwardsPoint, stride: usize) -> Table<ENTRY> {
        let positions = WINDOWS.div_ceil(stride);
        let mut table = Table::new(stride, MULTIPLES, positions);
        let mut base = *point;
        // Two positions at a time, one in each lane.
        for position in (0..positions).step_by(2) {
            let low = base;
            for _ in 0..WINDOW as usize * stride {
                self.double(&mut base);
            }
            let first = EdwardsPoint {
                x: low.x.low_of(&base.x),
                y: low.y.low_of(&base.y),
                z: low.z.low_of(&base.z),
                t: low.t.low_of(&base.t),
            };
            let mut points = Vec::with_capacity(MULTIPLES);
            let mut multiple = first;
            points.push(multiple);
            for _ in 1..MULTIPLES {
                self.add(&mut multiple, &first);
                points.push(multiple);
            }
            self.make_affine(&points, |index, [low, high]| {
                table.set(position, index, low);
                if position + 1 < positions {
                    table.set(position + 1, index, high);
                }
            });
            if position + 2 < positions {
                for _ in 0..WINDOW as usize * stride {
                    self.double(&mut base);
                }
            }
        }
        table
    }

    /// Entries of many points by one inversion a lane (Montgomery's trick), in reverse order.
    fn make_affine(&self, points: &[EdwardsPoint], mut put: impl FnMut(usize, [Entry<ENTRY>; 2])) {
        let f = &self.arithmetic;
        let mut product = self.group.field.one;
        let mut products = Vec::with_capacity(points.len());
        for point in points {
            products.push(product);
            product = f.mul(&product, &point.z);
        }
        let mut inverse = self.invert(&product);
        for (index, (point, before)) in points.iter().zip(&products).enumerate().rev() {
            let zi = f.mul(&inverse, before);
            inverse = f.mul(&inverse, &point.z);
            let [x, y] = [f.mul(&point.x, &zi), f.mul(&point.y, &zi)];
            let t = f.mul(&f.mul(&x, &y), &self.group.d2).lanes();
            let [plus, minus] = [y.add(&x).carry_digits().lanes(), y.sub(&x).carry_digits().lanes()];
            put(index, core::array::from_fn(|lane| Entry::new(&[plus[lane], minus[lane], t[lane]])));
        }
    }

    fn invert(&self, a: &Element<N>) -> Element<N> {
        let [low, high] = self.arithmetic.leave(a).map(|value| self.group.prime.invert(&value));
        self.arithmetic.to_field(&low, &high)
    }

    /// low·P + high·Q for the points that the tables are of.
    #[inline(never)]
    fn combine(&self, tables: [&Table<ENTRY>; 2], scalars: [&Limbs; 2]) -> EdwardsPoint {
        let stride = tables[0].stride.max(tables[1].stride);
        // The strides of tables divide each other.
        let positions = tables.map(|table| stride / table.stride);
        let [low, high] = scalars.map(windows);
        let neutral = Entry::new(&[[1.0], [1.0], [0.0]].map(|[first]| {
            let mut digits = [0.0; N];
            digits[0] = first;
            digits
        }));
        let zero = Element::zero();
        let mut sum = EdwardsPoint { x: zero, y: self.group.field.one, z: self.group.field.one, t: zero };
        for round in (0..stride).rev() {
            if round + 1 < stride {
                for _ in 0..WINDOW {
                    self.double(&mut sum);
                }
            }
            for (step, window) in (round..WINDOWS).step_by(stride).enumerate() {
                let digits = [low[window], high[window]];
                let entry = |lane: usize| match digits[lane].unsigned_abs() as usize {
                    0 => &neutral,
                    multiple => &tables[lane].position(step * positions[lane])[multiple - 1],
                };
                let entries = [entry(0), entry(1)];
                // −Q has y + x and y − x exchanged, and −x·y.
                let order = digits.map(|digit| usize::from(digit < 0));
                let signs = Lanes::new(1.0 - 2.0 * order[0] as f64, 1.0 - 2.0 * order[1] as f64);
                let plus = Entry::pair(entries, order);
                let minus = Entry::pair(entries, order.map(|which| 1 - which));
                let t = Entry::pair(entries, [2, 2]).scale(signs);
                self.add_entry(&mut sum, [&plus, &minus, &t]);
            }
        }
        let swapped = EdwardsPoint { x: sum.x.swap(), y: sum.y.swap(), z: sum.z.swap(), t: sum.t.swap() };
        self.add(&mut sum, &swapped);
        sum
    }

    /// The encoding of a point (§5.1.2) that both lanes have.
    fn encode(&self, p: &EdwardsPoint) -> [u8; 32] {
        let f = &self.arithmetic;
        let [z, _] = f.leave(&p.z);
        let inverse = self.group.prime.invert(&z);
        let inverse = f.to_field(&inverse, &inverse);
        let [[x, _], [y, _]] = [f.leave(&f.mul(&p.x, &inverse)), f.leave(&f.mul(&p.y, &inverse))];
        let mut bytes = [0; 32];
        for (place, limb) in bytes.chunks_mut(4).zip(y) {
            place.copy_from_slice(&limb.to_le_bytes());
        }
        bytes[31] |= (x[0] as u8 & 1) << 7;
        bytes
    }
}

fn little_endian(bytes: &[u8]) -> Limbs {
    let mut reversed = [0; 32];
    for (place, byte) in reversed.iter_mut().zip(bytes.iter().rev()) {
        *place = *byte;
    }
    limbs::from_bytes(&reversed)
}

/// A scalar as signed digits, from −15 to 16.
fn windows(scalar: &Limbs) -> [i8; WINDOWS] {
    let mut carried = 0;
    core::array::from_fn(|i| {
        let digit = limbs::bits(scalar, i as u32 * WINDOW, WINDOW) as i8 + carried;
        carried = i8::from(digit > MULTIPLES as i8);
        digit - (carried << WINDOW)
    })
}
