//! Integers modulo the primes of the curves: Montgomery's multiplication (P. L. Montgomery, "Modular multiplication
//! without trial division", 1985), limb by limb.
//!
//! Small and slow: a key is judged once. The signatures are verified by an engine.

/// Limbs of 32 bits: those of P-521, and one for what a sum carries.
const LIMBS: usize = 18;

/// An integer, least significant limb first.
pub(super) type Integer = [u32; LIMBS];

/// The integer of big-endian bytes, of which no more than the last 68 count.
fn integer(bytes: &[u8]) -> Integer {
    let mut integer = [0; LIMBS];
    for (limb, chunk) in integer.iter_mut().zip(bytes.rchunks(4)) {
        *limb = chunk.iter().fold(0, |limb, &byte| limb << 8 | u32::from(byte));
    }
    integer
}

/// A prime field. Its elements are in Montgomery's form: x stands for x·R, where R is 2^(32·`length`).
pub(super) struct Field {
    prime: Integer,
    /// Limbs of the prime
    length: usize,
    /// −1/prime modulo 2^32
    negative_inverse: u32,
}

impl Field {
    /// The field of an odd prime of at most 544 bits, whose top limb is not zero.
    pub(super) fn new(prime: &[u8]) -> Self {
        let length = prime.len().div_ceil(4);
        let prime = integer(prime);
        let [low, ..] = prime;
        // Newton's iteration doubles the bits that are right, from the three of an odd number itself.
        let inverse =
            (0..4).fold(low, |inverse, _| inverse.wrapping_mul(2_u32.wrapping_sub(low.wrapping_mul(inverse))));
        Self { prime, length, negative_inverse: inverse.wrapping_neg() }
    }

    /// The element of an integer, big-endian. None unless it is below the prime.
    pub(super) fn element(&self, bytes: &[u8]) -> Option<Integer> {
        let integer = integer(bytes);
        is_less(&integer, &self.prime).then(|| self.to_montgomery(integer))
    }

    /// −1.
    pub(super) fn minus_one(&self) -> Integer {
        let mut integer = self.prime;
        let [low, ..] = &mut integer;
        *low ^= 1;
        self.to_montgomery(integer)
    }

    /// Times R, by doubling.
    fn to_montgomery(&self, mut integer: Integer) -> Integer {
        for _ in 0..self.length.saturating_mul(32) {
            integer = self.add(&integer, &integer);
        }
        integer
    }

    pub(super) fn add(&self, a: &Integer, b: &Integer) -> Integer {
        let mut sum = *a;
        self.add_product(&mut sum, 1, b);
        self.reduce(sum)
    }

    pub(super) fn multiply(&self, a: &Integer, b: &Integer) -> Integer {
        // Below twice the prime before and after each step.
        let mut total = [0; LIMBS];
        for &limb in a.iter().take(self.length) {
            self.add_product(&mut total, limb, b);
            let [low, ..] = total;
            // Clears the lowest limb, which is then dropped.
            self.add_product(&mut total, low.wrapping_mul(self.negative_inverse), &self.prime);
            total.rotate_left(1);
        }
        self.reduce(total)
    }

    pub(super) fn square(&self, a: &Integer) -> Integer {
        self.multiply(a, a)
    }

    /// Adds factor · integer. No sum has more than a limb and a bit beyond those of the prime.
    fn add_product(&self, total: &mut Integer, factor: u32, integer: &Integer) {
        let mut carried = 0;
        for (limb, &other) in total.iter_mut().zip(integer).take(self.length.saturating_add(2)) {
            // At most (2^32 − 1)² + 2·(2^32 − 1), which is 2^64 − 1.
            let sum = u64::from(factor).wrapping_mul(other.into()).wrapping_add((*limb).into()).wrapping_add(carried);
            let [a, b, c, d, ..] = sum.to_le_bytes();
            *limb = u32::from_le_bytes([a, b, c, d]);
            carried = sum >> 32;
        }
    }

    /// The integer modulo the prime, for one below twice the prime.
    fn reduce(&self, mut integer: Integer) -> Integer {
        if !is_less(&integer, &self.prime) {
            let mut borrow = false;
            for (limb, &other) in integer.iter_mut().zip(&self.prime) {
                let (first, one) = limb.overflowing_sub(other);
                let (second, two) = first.overflowing_sub(borrow.into());
                *limb = second;
                borrow = one || two;
            }
        }
        integer
    }
}

fn is_less(a: &Integer, b: &Integer) -> bool {
    a.iter().rev().lt(b.iter().rev())
}
