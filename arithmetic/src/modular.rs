//! Integers modulo an odd prime: products by Montgomery's method, and inverses.

use super::limbs::{Limbs, ZERO, bits, difference, is_less, power_of_two, sum};

/// An odd prime modulus of up to 521 bits, and what its arithmetic needs.
pub(crate) struct Modulus {
    value: Limbs,
    /// Limbs that the value has, of 32 bits
    length: usize,
    /// −1/value modulo 2^32
    negative_inverse: u32,
    /// R² modulo the value, for R = 2^(32·length)
    square: Limbs,
    /// The value in limbs of 30 bits, and 1/value modulo 2^30
    thirties: Thirties,
    inverse_thirty: i64,
    /// Limbs of 30 bits for what is less than 32 times the value in size
    count: usize,
}

/// Signed limbs of 30 bits; only the last is negative, if the number is.
///
/// Enough for 521 bits and a factor of 32: see [`Modulus::invert`].
const COUNT: usize = 18;
type Thirties = [i32; COUNT];
const MASK: i64 = (1 << 30) - 1;

impl Modulus {
    #[inline(never)]
    pub(crate) fn new(value: &Limbs) -> Self {
        let length = value.iter().rposition(|&limb| limb != 0).map_or(1, |last| last + 1);
        // Newton's iteration doubles the bits that are right, from the three of an odd number itself.
        let mut inverse = value[0];
        for _ in 0..4 {
            inverse = inverse.wrapping_mul(2u32.wrapping_sub(value[0].wrapping_mul(inverse)));
        }
        Self {
            value: *value,
            length,
            negative_inverse: inverse.wrapping_neg(),
            square: power_of_two(64 * length as u32, value),
            thirties: thirties(value),
            inverse_thirty: i64::from(inverse) & MASK,
            count: (32 * length - value[length - 1].leading_zeros() as usize + 6).div_ceil(30),
        }
    }

    pub(crate) const fn value(&self) -> &Limbs {
        &self.value
    }

    /// The number modulo the modulus, for one less than twice the modulus.
    pub(crate) fn subtract_once(&self, a: &Limbs) -> Limbs {
        if is_less(a, &self.value) { *a } else { difference(a, &self.value) }
    }

    /// a + b, for both below the modulus.
    pub(crate) fn add(&self, a: &Limbs, b: &Limbs) -> Limbs {
        self.subtract_once(&sum(a, b))
    }

    /// a·b.
    #[inline(never)]
    pub(crate) fn mul(&self, a: &Limbs, b: &Limbs) -> Limbs {
        self.montgomery(&self.montgomery(a, &self.square), b)
    }

    /// a·b/R. One of them is below the modulus, the other below R.
    #[inline(never)]
    fn montgomery(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let n = &self.value[..self.length];
        let b = &b[..self.length];
        let mut total = ZERO;
        // What the limbs of the total cannot hold: it stays below twice the modulus.
        let mut top = 0u64;
        for &limb in &a[..self.length] {
            let limb = u64::from(limb);
            let mut product = u64::from(total[0]) + limb * u64::from(b[0]);
            let factor = u64::from((product as u32).wrapping_mul(self.negative_inverse));
            let mut reduced = (product & 0xffff_ffff) + factor * u64::from(n[0]);
            for i in 1..self.length {
                product = (product >> 32) + u64::from(total[i]) + limb * u64::from(b[i]);
                reduced = (reduced >> 32) + (product & 0xffff_ffff) + factor * u64::from(n[i]);
                total[i - 1] = reduced as u32;
            }
            let last = top + (product >> 32) + (reduced >> 32);
            total[self.length - 1] = last as u32;
            top = last >> 32;
        }
        if top == 0 && is_less(&total, &self.value) {
            return total;
        }
        let mut rest = difference(&total, &self.value);
        // The borrow meets the bit above.
        rest[self.length..].fill(0);
        rest
    }

    /// 1/a, for 0 < a below the modulus; 0 has no inverse and gives 0.
    ///
    /// Division steps as of Bernstein and Yang ("Fast constant-time gcd computation and modular inversion",
    /// 2019), thirty at a time on the lowest bits, in variable time. With f and g goes a pair d and e with
    /// d·a ≡ f and e·a ≡ g, so that f = ±1 in the end gives the inverse.
    ///
    /// Each batch adds at most half the modulus to d and e: 51 batches for 521 bits, of 30 of the (49·521 + 57)/17
    /// steps, and so less than 26.5 times the modulus.
    #[inline(never)]
    pub(crate) fn invert(&self, a: &Limbs) -> Limbs {
        let [mut f, mut g] = [self.thirties, thirties(a)];
        let [mut d, mut e] = [[0; COUNT], [0; COUNT]];
        e[0] = 1;
        let count = self.count;
        let mut delta = 1;
        // How many limbs f and g still have.
        let mut length = count;
        while g[..length].iter().any(|&limb| limb != 0) {
            let batch = Batch::of(&mut delta, f[0], g[0]);
            batch.divide(&mut f[..length], &mut g[..length]);
            batch.divide_modulo(&mut d[..count], &mut e[..count], self);
            while length > 1 && is_sign(f[length - 1]) && is_sign(g[length - 1]) {
                length -= 1;
                // The sign moves down into the limb below.
                f[length - 1] |= f[length] << 30;
                g[length - 1] |= g[length] << 30;
            }
        }
        if f[length - 1] < 0 {
            d = d.map(|limb| -limb);
        }
        self.settle(&d, count)
    }

    /// The number of signed limbs, brought into the range of the modulus.
    fn settle(&self, a: &Thirties, count: usize) -> Limbs {
        let mut signed = *a;
        loop {
            let mut carried = 0i64;
            for (i, limb) in signed.iter_mut().enumerate().take(count) {
                carried += i64::from(*limb);
                if i + 1 < count {
                    *limb = (carried & MASK) as i32;
                    carried >>= 30;
                } else {
                    *limb = carried as i32;
                }
            }
            if signed[count - 1] >= 0 {
                break;
            }
            for (limb, n) in signed.iter_mut().zip(&self.thirties) {
                *limb += n;
            }
        }
        let mut limbs = ZERO;
        for (i, &limb) in signed.iter().enumerate().take(count) {
            let placed = (limb as u64) << (30 * i % 32);
            let at = 30 * i / 32;
            for (k, half) in [placed as u32, (placed >> 32) as u32].into_iter().enumerate() {
                if let Some(place) = limbs.get_mut(at + k) {
                    *place |= half;
                }
            }
        }
        while !is_less(&limbs, &self.value) {
            limbs = difference(&limbs, &self.value);
        }
        limbs
    }
}

fn thirties(a: &Limbs) -> Thirties {
    core::array::from_fn(|i| bits(a, 30 * i as u32, 30) as i32)
}

/// What thirty division steps do to f and g, times 2^30: (u·f + v·g, q·f + r·g).
struct Batch {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

impl Batch {
    /// Takes thirty steps on the lowest thirty bits, which decide all of them.
    fn of(delta: &mut i32, f: i32, g: i32) -> Self {
        let [mut f, mut g] = [f as u32, g as u32];
        let [mut u, mut v, mut q, mut r] = [1i32, 0, 0, 1];
        let mut left = 30;
        loop {
            // As long as g is even, it is halved, that is: f doubled.
            let zeros = (g | 1 << left).trailing_zeros();
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            *delta += zeros as i32;
            left -= zeros;
            if left == 0 {
                break;
            }
            if *delta > 0 {
                *delta = -*delta;
                (f, g) = (g, f.wrapping_neg());
                (u, q) = (q, -u);
                (v, r) = (r, -v);
            }
            // f stays the same for the next 1 − δ steps, in which multiples of it clear the low bits of g:
            // for up to six bits the factor is −g/f, and 1/f = f·(2 − f²) modulo 64.
            let count = left.min((1 - *delta) as u32).min(6);
            let factor = g.wrapping_mul(f).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)) & ((1 << count) - 1);
            g = g.wrapping_add(f.wrapping_mul(factor));
            q += u * factor as i32;
            r += v * factor as i32;
        }
        Self { u: i64::from(u), v: i64::from(v), q: i64::from(q), r: i64::from(r) }
    }

    /// (f, g) becomes (u·f + v·g, q·f + r·g) / 2^30, which leaves no remainder.
    fn divide(&self, f: &mut [i32], g: &mut [i32]) {
        let [mut first, mut second] = [0i64; 2];
        // A place is written when the place above has been read.
        let mut places: Option<[&mut i32; 2]> = None;
        for (x, y) in f.iter_mut().zip(g) {
            let [a, b] = [i64::from(*x), i64::from(*y)];
            first += self.u * a + self.v * b;
            second += self.q * a + self.r * b;
            if let Some([x, y]) = places {
                *x = (first & MASK) as i32;
                *y = (second & MASK) as i32;
            }
            first >>= 30;
            second >>= 30;
            places = Some([x, y]);
        }
        if let Some([x, y]) = places {
            *x = first as i32;
            *y = second as i32;
        }
    }

    /// The same for d and e modulo the modulus, of which a multiple takes the remainder away.
    fn divide_modulo(&self, d: &mut [i32], e: &mut [i32], modulus: &Modulus) {
        // Factors from −2^29 to 2^29, so that what they add is at most half the modulus.
        let clear = |low: i64| {
            let factor = (low.wrapping_neg() & MASK).wrapping_mul(modulus.inverse_thirty) & MASK;
            if factor > MASK / 2 { factor - (1 << 30) } else { factor }
        };
        let [a, b] = [i64::from(d[0]), i64::from(e[0])];
        let m = clear(self.u * a + self.v * b);
        let n = clear(self.q * a + self.r * b);
        let [mut first, mut second] = [0i64; 2];
        let mut places: Option<[&mut i32; 2]> = None;
        for ((x, y), p) in d.iter_mut().zip(e).zip(&modulus.thirties) {
            let [a, b, p] = [i64::from(*x), i64::from(*y), i64::from(*p)];
            first += self.u * a + self.v * b + m * p;
            second += self.q * a + self.r * b + n * p;
            if let Some([x, y]) = places {
                *x = (first & MASK) as i32;
                *y = (second & MASK) as i32;
            }
            first >>= 30;
            second >>= 30;
            places = Some([x, y]);
        }
        if let Some([x, y]) = places {
            *x = first as i32;
            *y = second as i32;
        }
    }
}

/// Whether a last limb is no more than the sign of its number.
const fn is_sign(last: i32) -> bool {
    last == 0 || last == -1
}
