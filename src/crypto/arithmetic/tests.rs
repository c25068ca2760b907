//! The arithmetic against plain big integers, with operands at the edges and random ones.
//!
//! `COUNTERSIGN_CASES` is how many random cases each test takes instead of its own few.

use alloc::vec::Vec;

use num_bigint::BigUint;

use super::curves;
use super::edwards;
use super::field::{Element, Field, Prime, width};
use super::lanes::Lanes;
use super::limbs::{self, LIMBS, Limbs};
use super::modular::Modulus;
use super::primes;
use super::weierstrass::{Curve, Group};

/// Random numbers that are the same every time: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An integer below the modulus, one of four with long runs of ones and zeros.
    fn below(&mut self, modulus: &Limbs) -> Limbs {
        let sparse = self.next().is_multiple_of(4);
        let limbs: Limbs = core::array::from_fn(|_| {
            let random = self.next() as u32;
            if !sparse {
                random
            } else if random & 1 == 1 {
                u32::MAX
            } else {
                0
            }
        });
        from_big(&(big(&limbs) % big(modulus)))
    }
}

fn cases(few: usize) -> usize {
    let given = std::env::var("COUNTERSIGN_CASES").ok().and_then(|cases| cases.parse().ok());
    given.unwrap_or(if cfg!(miri) { 3 } else { few })
}

fn big(limbs: &Limbs) -> BigUint {
    BigUint::new(limbs.to_vec())
}

fn from_big(value: &BigUint) -> Limbs {
    let mut limbs = limbs::ZERO;
    limbs[..value.to_u32_digits().len()].copy_from_slice(&value.to_u32_digits());
    limbs
}

/// 0, 1, 2, m − 1, m − 2, powers of two and their neighbours, and limbs that are all ones.
fn edges(modulus: &Limbs) -> Vec<Limbs> {
    let m = big(modulus);
    let mut edges: Vec<BigUint> = [0u8, 1, 2].map(BigUint::from).to_vec();
    edges.extend([&m - 1u8, &m - 2u8, &m >> 1]);
    for bits in (0..m.bits()).step_by(8) {
        let power = BigUint::from(1u8) << bits;
        edges.extend([&power - 1u8, power.clone(), &power + 1u8]);
    }
    edges.push(BigUint::new(alloc::vec![u32::MAX; LIMBS]) % &m);
    if cfg!(miri) {
        edges.truncate(8);
    }
    edges.iter().map(|edge| from_big(&(edge % &m))).collect()
}

/// Pairs of edges, then of random integers.
fn pairs(modulus: &Limbs, few: usize) -> Vec<[Limbs; 2]> {
    let mut random = Random(few as u64);
    let edges = edges(modulus);
    let mut pairs: Vec<[Limbs; 2]> = edges.iter().flat_map(|a| edges.iter().map(move |b| [*a, *b])).collect();
    if cfg!(miri) {
        pairs.truncate(16);
    }
    pairs.extend((0..cases(few)).map(|_| [random.below(modulus), random.below(modulus)]));
    pairs
}

fn moduli() -> Vec<Limbs> {
    let primes =
        [primes::P256.value, primes::P384.value, primes::P521.value, primes::SECP256K1.value, primes::CURVE25519.value];
    let orders = [curves::P256.order, curves::P384.order, curves::P521.order, curves::SECP256K1.order];
    primes.into_iter().chain(orders).collect()
}

#[test]
fn integers_modulo_a_prime() {
    for value in moduli() {
        let modulus = Modulus::new(&value);
        let m = big(&value);
        for [a, b] in pairs(&value, 300) {
            assert_eq!(big(&modulus.mul(&a, &b)), big(&a) * big(&b) % &m);
            assert_eq!(big(&modulus.add(&a, &b)), (big(&a) + big(&b)) % &m);
        }
        let mut random = Random(1);
        let numbers = edges(&value).into_iter().chain((0..cases(300)).map(|_| random.below(&value)));
        for a in numbers.filter(|a| *a != limbs::ZERO) {
            assert_eq!(big(&modulus.invert(&a)) * big(&a) % &m, BigUint::from(1u8), "{a:x?} modulo {value:x?}");
        }
        assert_eq!(modulus.invert(&limbs::ZERO), limbs::ZERO);
    }
}

/// What an element stands for, from its digits, in either lane.
fn value<const N: usize, const W: usize>(prime: &Prime<N, W>, element: &Element<N>) -> [BigUint; 2] {
    let m = big(&prime.value);
    let base = BigUint::from(1u8) << width(N);
    element.lanes().map(|digits| {
        digits.iter().rev().fold(BigUint::from(0u8), |sum, digit| {
            let size = BigUint::from(digit.abs() as u64) % &m;
            (sum * &base + if *digit < 0.0 { &m - size } else { size }) % &m
        })
    })
}

/// Products of elements whose digits are as given, and so as extreme as they may be, are what they should be
/// and reduced.
fn check_field<const N: usize, const W: usize>(prime: &'static Prime<N, W>) {
    let field = Field::new(prime);
    let f = field.arithmetic();
    let m = big(&prime.value);
    // 1/R, where a product is divided by R.
    let r = limbs::power_of_two(if prime.montgomery { width(N) * N as u32 } else { 0 }, &prime.value);
    let scale = big(&Modulus::new(&prime.value).invert(&r));
    let reduced = f64::from(1 << (width(N) - 1)) + f64::from(1 << 18) * 1.25;
    let is_reduced = |element: &Element<N>| {
        let digits = element.lanes();
        // The last digit has the bits of the prime that are left for it, so that the value is below the prime.
        let last = f64::from(1u32 << (prime.bits - width(N) * (N as u32 - 1) - 1)) + f64::from(1 << 9);
        digits.as_flattened().iter().all(|digit| digit.abs() <= reduced)
            && digits.iter().all(|digits| digits[N - 1].abs() <= last)
    };
    let mut random = Random(N as u64);
    let mut extreme = |size: f64, kind: u64| {
        Element::<N>::new(core::array::from_fn(|i| {
            let [low, high] = [random.next(), random.next()];
            let sign = |bit: bool| if bit { size } else { -size };
            match kind {
                0 => Lanes::splat(size),
                1 => Lanes::splat(-size),
                2 => Lanes::new(sign(i % 2 == 0), size),
                3 => Lanes::new(sign(low % 2 == 0), sign(high % 2 == 0)),
                _ => Lanes::new((low % (2.0 * size) as u64) as f64 - size, (high % (2.0 * size) as u64) as f64 - size),
            }
        }))
    };
    let tight = reduced.floor();
    let loose = 2.0 * tight;
    let check = |what: &str, element: &Element<N>, expected: [BigUint; 2]| {
        assert!(is_reduced(element), "{what}: {element:?}");
        assert_eq!(value(prime, element), expected.map(|expected| expected * &scale % &m), "{what}");
    };
    for case in 0..cases(400) as u64 {
        let kind = |shift: u32| if case < 256 { (case >> shift) % 4 } else { 4 };
        let [a, b] = [extreme(loose, kind(0)), extreme(loose, kind(2))];
        let [c, d] = [extreme(loose, kind(4)), extreme(tight, kind(6))];
        let [va, vb, vc, vd] = [&a, &b, &c, &d].map(|element| value(prime, element));
        let both = |of: &dyn Fn(usize) -> BigUint| [of(0), of(1)];
        check("mul", &f.mul(&a, &b), both(&|i| &va[i] * &vb[i]));
        check("square", &f.square(&a), both(&|i| &va[i] * &va[i]));
        let less = |i: usize| &m * &m - &vc[i] * &vd[i];
        check("mul_sub", &f.mul_sub(&a, &b, &c, &d), both(&|i| &va[i] * &vb[i] + less(i)));
        check("square_sub", &f.square_sub(&a, &c, &d), both(&|i| &va[i] * &va[i] + less(i)));
    }
    for [a, b] in pairs(&prime.value, 100) {
        let element = f.enter(&a, &b);
        assert_eq!(f.leave(&element), [a, b]);
        let zero = element.sub(&element);
        assert_eq!(f.are_zero(&zero), [true, true]);
        assert_eq!(f.are_zero(&element), [a, b].map(|integer| integer == limbs::ZERO));
    }
}

#[test]
fn fields() {
    check_field(&primes::P256);
    check_field(&primes::P384);
    check_field(&primes::P521);
    check_field(&primes::SECP256K1);
    check_field(&primes::CURVE25519);
}

/// Tables of every stride give what bit by bit addition gives, for scalars at the edges too.
fn check_group<const N: usize, const W: usize>(curve: &'static Curve<N, W>) {
    let group = Group::new(curve);
    assert!(group.holds(&curve.generator));
    let [x, y] = curve.generator;
    assert!(!group.holds(&[y, x]));
    assert!(!group.holds(&[limbs::sum(&x, &curve.prime.value), y]));
    let minus = [x, limbs::difference(&curve.prime.value, &y)];
    assert!(group.holds(&minus));
    // For the generator and its negative as keys the two products meet, cancel and double.
    let mut scalars: Vec<[Limbs; 2]> = Vec::new();
    let edges: Vec<Limbs> = (0..5u32)
        .map(limbs::small)
        .chain((1..5u32).map(|k| limbs::difference(&curve.order, &limbs::small(k))))
        .collect();
    scalars.extend(edges.iter().flat_map(|a| edges.iter().map(move |b| [*a, *b])));
    let mut random = Random(7);
    scalars.extend((0..cases(20)).map(|_| [random.below(&curve.order), random.below(&curve.order)]));
    if cfg!(miri) {
        scalars.truncate(2);
    }
    let [small, large] = curve.strides;
    for key in [curve.generator, minus] {
        for strides in [[small, small], [large, large], [small, large], [large, small]] {
            if cfg!(miri) && strides != [small, small] {
                continue;
            }
            let tables = [group.table(&curve.generator, strides[0]), group.table(&key, strides[1])];
            for [a, b] in &scalars {
                group.check_combination(&key, [&tables[0], &tables[1]], [a, b]);
            }
        }
    }
}

#[test]
fn groups() {
    check_group(&curves::P256);
    check_group(&curves::P384);
    check_group(&curves::P521);
    check_group(&curves::SECP256K1);
}

#[test]
fn tables_of_ed25519() {
    let group = edwards::Group::new();
    let base = group.base();
    let negative = base.negate();
    let mut random = Random(11);
    let [small, large] = edwards::Group::STRIDES;
    let of = |point, stride| group.table(point, stride);
    let tables = [small, large].map(|stride| [of(&base, stride), of(&negative, stride)]);
    for case in 0..cases(50) {
        let s: [u8; 32] = core::array::from_fn(|i| if i == 31 { 0 } else { random.next() as u8 });
        let mut hash = [0; 64];
        if case == 0 {
            // S·B − S·B is the neutral element, and that is encoded as 1.
            hash[..32].copy_from_slice(&s);
        } else {
            hash.fill_with(|| random.next() as u8);
        }
        let all =
            [[0, 0], [1, 1], [0, 1], [1, 0]].map(|[b, k]| group.combine([&tables[b][0], &tables[k][1]], &s, &hash));
        assert!(all.iter().all(|one| *one == all[0]), "{all:x?}");
        if case == 0 {
            let mut one = [0; 32];
            one[0] = 1;
            assert_eq!(all[0], Some(one));
        }
    }
}
