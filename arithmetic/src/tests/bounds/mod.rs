//! The proof that the arithmetic is exact, repeated by every run of the tests.
//!
//! The source is the real one, compiled once more over [`lanes`] that are bounds and [`limbs`] that stand for any
//! integer. So one verification here is every verification: every step of it that could take any number to 2^53
//! ends the test. Only what is zero is asked for, and the answers are tried, whatever they are.
//!
//! What is left to other tests is arithmetic of integers: `modular`, `limbs` and `digits`.
#![allow(dead_code, unreachable_pub, reason = "not all of the source is needed, nor for others")]
#![allow(clippy::duplicate_mod, reason = "that is the point")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../curves.rs"]
mod curves;
#[path = "../../edwards.rs"]
mod edwards;
#[path = "../../field.rs"]
mod field;
mod lanes;
mod limbs;
#[path = "../../primes.rs"]
mod primes;
mod rsa;
#[path = "../../table.rs"]
mod table;
#[path = "../../weierstrass.rs"]
mod weierstrass;

use field::{Element, Field, Prime, width};
use lanes::Lanes;
use table::{Entry, Table};
use weierstrass::{Curve, Group};

use crate::modular;
use crate::testing::Random;

/// Answers to what is zero: never, always, and any.
fn answers() -> impl Iterator<Item = u64> {
    let mut random = Random::new(2);
    [0, u64::MAX].into_iter().chain((0..16).map(move |_| random.bits()))
}

/// A table all of whose entries are bounds of all entries of these tables.
fn joined<const N: usize, const W: usize>(tables: &[Table<W>], positions: usize) -> Table<W> {
    let coordinates = W / N;
    let mut largest = vec![[0_f64; N]; coordinates];
    let entries = || tables.iter().flat_map(|table| (0..positions).flat_map(|position| table.position(position)));
    for (entry, coordinate) in entries().flat_map(|entry| (0..coordinates).map(move |which| (entry, which))) {
        let [bounds, _] = Entry::pair::<N>([entry, entry], [coordinate; 2]).lanes();
        for (largest, bound) in largest[coordinate].iter_mut().zip(bounds) {
            *largest = largest.max(bound);
        }
    }
    for digits in &largest {
        let limit = f64::from(1_u32 << (width(N) - 1)) + f64::from(1 << 18);
        assert!(digits[..N - 1].iter().all(|bound| *bound <= limit), "an entry that is not reduced: {digits:?}");
    }
    let multiples = tables[0].position(0).len();
    let mut joined = Table::new(tables[0].stride, multiples, positions);
    for position in 0..positions {
        for multiple in 0..multiples {
            joined.set(position, multiple, Entry::new(&largest));
        }
    }
    joined
}

/// That no step reaches 2^`limit`, and that zeros are looked for in less than so many primes.
fn check(name: &str, limit: f64, primes: f64) {
    let (largest, integer) = (lanes::largest().log2(), limbs::largest());
    assert!(largest < limit, "{name}: a step comes to 2^{largest:.3}");
    assert!(integer < primes, "{name}: {integer} times the prime");
    // Neither is more than there is, or it would say nothing.
    assert!(largest > limit - 0.02 && integer > primes - 0.1, "{name}: 2^{largest:.3}, {integer} times the prime");
}

fn check_curve<const N: usize, const W: usize>(name: &str, curve: &'static Curve<N, W>, limit: f64) {
    let group = Group::new(curve);
    for answers in answers() {
        limbs::answer(answers);
        group.contains(&curve.generator);
    }
    for stride in curve.strides {
        let table = group.table(&curve.generator, stride);
        let table = joined::<N, W>(&[table], curve.windows().div_ceil(stride));
        for answers in answers() {
            limbs::answer(answers);
            group.verify([&table; 2], &limbs::ONE, &[limbs::ONE; 2]);
        }
    }
    check(name, limit, 5.1);
}

#[test]
fn verifications_of_ecdsa_are_exact() {
    check_curve("P-256", &curves::P256, 51.92);
    check_curve("P-384", &curves::P384, 52.71);
    check_curve("P-521", &curves::P521, 51.06);
    check_curve("secp256k1", &curves::SECP256K1, 51.92);
}

#[test]
fn verifications_of_ed25519_are_exact() {
    let group = edwards::Ed25519::new();
    let points: Vec<_> = answers()
        .filter_map(|answers| {
            limbs::answer(answers);
            group.decode(&edwards::BASE)
        })
        .collect();
    assert!(points.len() > 2 && points.len() < answers().count(), "points, and encodings of none");
    // Every window has a multiple: of all bits that are the lowest of one.
    let mut scalar = [0; 32];
    for bit in (0..251).step_by(5) {
        scalar[bit / 8] |= 1 << (bit % 8);
    }
    let hash: [u8; 64] = core::array::from_fn(|i| scalar.get(i).copied().unwrap_or(0));
    for stride in edwards::Ed25519::STRIDES {
        let tables: Vec<_> = points.iter().map(|point| group.table(&point.negate(), stride)).collect();
        let table = joined::<11, { edwards::ENTRY }>(&tables, 51_usize.div_ceil(stride));
        for answers in answers() {
            limbs::answer(answers);
            group.combine([&table; 2], &scalar, &hash);
        }
    }
    check("Ed25519", 52.51, 3.1);
}

/// What a product's value is, for operands of the largest digits.
#[test]
fn products_are_less_than_the_prime() {
    fn check<const N: usize, const W: usize>(prime: &'static Prime<N, W>, summands: f64) {
        let field = Field::new(prime);
        let f = field.arithmetic();
        let digit = summands * (f64::from(1_u32 << (width(N) - 1)) + f64::from(1 << 18));
        let loose = Element::new([(); N].map(|()| Lanes::new(digit, digit)));
        let reduced = Element::new([(); N].map(|()| Lanes::new(digit / summands, digit / summands)));
        let mut products = vec![f.mul(&loose, &loose), f.square(&loose)];
        if summands < 3.0 {
            products.push(f.mul_sub(&loose, &loose, &loose, &reduced));
            products.push(f.square_sub(&loose, &loose, &reduced));
        }
        for product in products {
            let [digits, _] = product.lanes();
            let primes = limbs::in_primes(&digits, &prime.value);
            assert!(primes < 0.51, "{primes} times {:x?}", prime.value);
        }
    }
    check(&primes::P256, 2.0);
    check(&primes::P384, 2.0);
    check(&primes::P521, 2.0);
    check(&primes::SECP256K1, 2.0);
    check(&primes::CURVE25519, 3.0);
}
