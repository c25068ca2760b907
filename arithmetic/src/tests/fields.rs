//! Fields: what products give is right and reduced, for operands whose digits are as large as they may be.

use num_bigint::{BigInt, BigUint};

use super::super::field::{Element, Field, Prime, width};
use super::super::lanes::Lanes;
use super::super::limbs::{self, Limbs};
use super::super::primes;
use super::{Integers, from_big, signed};
use crate::testing::{Random, cases, value};

struct Bench<const N: usize, const W: usize> {
    prime: &'static Prime<N, W>,
    p: BigInt,
    /// An element stands for itself times 2 to this power.
    montgomery: usize,
    /// How large the digits of a reduced element may be, and its last one
    digit: f64,
    last: f64,
    integers: Integers,
    random: Random,
    /// A result of before
    kept: Element<N>,
}

impl<const N: usize, const W: usize> Bench<N, W> {
    fn new(prime: &'static Prime<N, W>) -> Self {
        Self {
            prime,
            p: signed(&prime.value),
            montgomery: if prime.montgomery { width(N) as usize * N } else { 0 },
            digit: f64::from(1 << (width(N) - 1)) + f64::from(5 << 16),
            // It has the bits of the prime that are left for it, so that the value is below the prime.
            last: f64::from(1_u32 << (prime.bits - width(N) * (N as u32 - 1) - 1)) + f64::from(1 << 9),
            integers: Integers::new(&prime.value),
            random: Random::new(N as u64),
            kept: Element::zero(),
        }
    }

    /// An element that may be the sum of so many reduced ones.
    fn draw(&mut self, summands: f64, kind: usize) -> Element<N> {
        let size = summands * self.digit;
        let random = &mut self.random;
        let sign = |bit: bool| if bit { size } else { -size };
        match kind {
            0 => Element::new([Lanes::splat(size); N]),
            1 => Element::new([Lanes::splat(-size); N]),
            2 => Element::new(core::array::from_fn(|i| Lanes::new(sign(i % 2 == 0), size))),
            3 => Element::new([(); N].map(|()| {
                let bits = random.bits();
                Lanes::new(sign(bits & 1 == 0), sign(bits & 2 == 0))
            })),
            4 => self.kept,
            5 => {
                let [low, high] = [0, 1].map(|_| limbs::digits::<N>(&self.integers.draw(), width(N)));
                let element = Element::new(core::array::from_fn(|i| Lanes::new(low[i], high[i])));
                if summands > 1.0 { element } else { element.carry_digits() }
            }
            _ => Element::new([(); N].map(|()| {
                let bits = random.bits();
                let digit = |bits: u32| f64::from(bits % (2 * size as u32 + 1)) - size;
                Lanes::new(digit(bits as u32), digit((bits >> 32) as u32))
            })),
        }
    }

    /// The element with a last digit that has what it would carry, where that is as long as the others.
    fn with_long_last(&self, element: &Element<N>) -> Element<N> {
        let [mut low, mut high] = element.lanes();
        if self.prime.bits == width(N) * N as u32 {
            (low[N - 1], high[N - 1]) = (4.0 * low[N - 1], 4.0 * high[N - 1]);
        }
        Element::new(core::array::from_fn(|i| Lanes::new(low[i], high[i])))
    }

    fn values(element: &Element<N>) -> [BigInt; 2] {
        element.lanes().map(|digits| value(&digits, width(N)))
    }

    fn is_reduced(&self, element: &Element<N>) -> bool {
        element
            .lanes()
            .iter()
            .all(|digits| digits.iter().all(|digit| digit.abs() <= self.digit) && digits[N - 1].abs() <= self.last)
    }

    /// That a product is reduced and has come out as expected in each lane.
    fn check(&mut self, what: &str, result: Element<N>, expected: impl Fn(usize) -> BigInt) {
        assert!(self.is_reduced(&result), "{what}: {result:?}");
        for (lane, value) in Self::values(&result).into_iter().enumerate() {
            let error = (value << self.montgomery) - expected(lane);
            assert_eq!(error % &self.p, BigInt::ZERO, "{what}: {result:?}");
        }
        self.kept = result;
    }

    /// That integers are the least ones which the lanes stand for.
    fn check_integers(&self, element: &Element<N>, integers: [Limbs; 2]) {
        for (integer, value) in integers.iter().zip(Self::values(element)) {
            assert!(limbs::is_less(integer, &self.prime.value), "{element:?}");
            assert_eq!(((signed(integer) << self.montgomery) - value) % &self.p, BigInt::ZERO, "{element:?}");
        }
    }
}

/// A product's operands may be the sums of so many reduced elements.
fn check_products<const N: usize, const W: usize>(prime: &'static Prime<N, W>, summands: f64) {
    let field = Field::new(prime);
    let f = field.arithmetic();
    let mut bench = Bench::new(prime);
    for case in 0..cases(600, usize::MAX) {
        // At first each extreme with every other.
        let kinds: [usize; 4] =
            core::array::from_fn(
                |operand| {
                    if case < 256 { (case >> (2 * operand)) % 4 } else { bench.random.below(8) }
                },
            );
        let [x, y] = [0, 1].map(|operand| bench.draw(summands, kinds[operand]));
        let [a, b, c] = [0, 1, 2].map(|operand| bench.draw(2.0, kinds[operand]));
        let d = bench.draw(1.0, kinds[3]);
        let x = bench.with_long_last(&x);
        let [vx, vy, va, vb, vc, vd] = [&x, &y, &a, &b, &c, &d].map(Bench::<N, W>::values);
        bench.check("mul", f.mul(&x, &y), |lane| &vx[lane] * &vy[lane]);
        bench.check("square", f.square(&a), |lane| &va[lane] * &va[lane]);
        bench.check("mul_sub", f.mul_sub(&a, &b, &c, &d), |lane| &va[lane] * &vb[lane] - &vc[lane] * &vd[lane]);
        bench.check("square_sub", f.square_sub(&a, &c, &d), |lane| &va[lane] * &va[lane] - &vc[lane] * &vd[lane]);
    }
}

/// Sums, carries, and the way in and out.
fn check_sums<const N: usize, const W: usize>(prime: &'static Prime<N, W>) {
    let field = Field::new(prime);
    let f = field.arithmetic();
    let mut bench = Bench::new(prime);
    // Zero in the other forms that it has in sums.
    let p = Element::new(limbs::digits::<N>(&prime.value, width(N)).map(Lanes::splat)).carry_digits();
    for zero in [Element::zero(), p, Element::zero().sub(&p), p.add(&p)] {
        assert_eq!(f.are_zero(&zero), [true; 2]);
        assert_eq!(f.are_zero(&zero.add(&field.one)), [false; 2]);
        assert_eq!(f.leave(&zero), [limbs::ZERO; 2]);
        assert_eq!(f.leave(&zero.add(&field.one)), [limbs::ONE; 2]);
    }
    // The longest integer that may enter.
    let ones = from_big(&((BigUint::from(1_u8) << prime.bits) - 1_u8));
    for case in 0..cases(300, usize::MAX) {
        let [low, high] = match case {
            0 => [prime.value, ones],
            _ => [bench.integers.draw(), bench.integers.draw()],
        };
        let a = f.to_field(&low, &high);
        for (value, integer) in Bench::<N, W>::values(&a).iter().zip([&low, &high]) {
            assert_eq!((value - (signed(integer) << bench.montgomery)) % &bench.p, BigInt::ZERO, "{integer:x?}");
        }
        bench.check_integers(&a, f.leave(&a));
        let [kind, other] = [bench.random.below(8), bench.random.below(8)];
        let [b, c] = [bench.draw(2.0, kind), bench.draw(2.0, other)];
        let b = f.mul(&b, &c);
        let [va, vb] = [&a, &b].map(Bench::<N, W>::values);
        for (sum, sign) in [(a.add(&b), 1), (a.sub(&b), -1)] {
            for (lane, value) in Bench::<N, W>::values(&sum).into_iter().enumerate() {
                assert_eq!(value, &va[lane] + &vb[lane] * sign);
            }
            bench.check_integers(&sum, f.leave(&sum));
        }
        // What is loose four times over has the same value when it is tidy.
        let loose = bench.draw(2.0, kind).scale(Lanes::new(4.0, -3.0));
        let tidy = loose.carry_digits();
        assert_eq!(Bench::<N, W>::values(&tidy), Bench::<N, W>::values(&loose));
        assert!(tidy.lanes().iter().all(|digits| digits[..N - 1].iter().all(|digit| digit.abs() <= bench.digit)));
    }
}

#[test]
fn products() {
    check_products(&primes::P256, 2.0);
    check_products(&primes::P384, 2.0);
    check_products(&primes::P521, 2.0);
    check_products(&primes::SECP256K1, 2.0);
    // The sums of points multiply sums of three.
    check_products(&primes::CURVE25519, 3.0);
}

#[test]
fn sums() {
    check_sums(&primes::P256);
    check_sums(&primes::P384);
    check_sums(&primes::P521);
    check_sums(&primes::SECP256K1);
    check_sums(&primes::CURVE25519);
}
