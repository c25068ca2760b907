//! Against whole numbers of any size.

use num_bigint::{BigInt, BigUint, Sign};

use super::montgomery::Modulus;
use super::{RsaPublicKey, digits, rows};
use crate::testing::{Random, cases, value};

const SIZES: [usize; 12] = [2048, 2049, 2050, 2055, 2056, 2057, 2391, 2760, 3071, 3072, 4095, 4096];

fn number(random: &mut Random, bits: usize) -> BigUint {
    let words = (0..bits.div_ceil(32)).map(|_| random.bits() as u32).collect();
    BigUint::new(words) % power_of_two(bits)
}

fn power_of_two(exponent: usize) -> BigUint {
    BigUint::from(1_u32) << exponent
}

/// An odd modulus of exactly so many bits: random, or with as extreme digits as there are.
fn modulus(random: &mut Random, bits: usize) -> BigUint {
    let width = if bits == 2048 { 24 } else { 23 };
    let one = BigUint::from(1_u32);
    let top = power_of_two(bits - 1);
    let row = |digit: u32| {
        (0..bits / width).fold(BigUint::ZERO, |sum, place| sum + (BigUint::from(digit) << (place * width)))
    };
    let half = 1_u32 << (width - 1);
    match random.below(10) {
        0 => power_of_two(bits) - one,
        1 => top + BigUint::from(random.bits() as u16 | 1),
        2 => power_of_two(bits) - BigUint::from(random.bits() as u16 | 1),
        // Digits of half the radix, and just above it, which is its negative when balanced.
        3 => (row(half - 1) % &top) | top | one,
        4 => (row(half + 1) % &top) | top | one,
        // N = P B^8 - 1: every multiple for the reduction is P and zeros, and P has the digits of half the radix.
        kind @ (5 | 6) => {
            let low = 8 * width;
            let digits = (row(half + kind as u32 - 5) % &top) >> low << low;
            (top | digits) - one
        }
        _ => top | number(random, bits - 1) | one,
    }
}

fn bytes(number: &BigUint, bits: usize) -> Vec<u8> {
    let minimal = number.to_bytes_be();
    let mut bytes = vec![0; bits.div_ceil(8) - minimal.len()];
    bytes.extend(minimal);
    bytes
}

struct Bench {
    modulus: Modulus,
    n: BigInt,
    /// 0.61 N B²
    limit: BigInt,
    r: BigInt,
}

impl Bench {
    fn new(n: &BigUint, bits: usize) -> Self {
        assert_eq!(n.bits(), bits as u64);
        let modulus = Modulus::new(&bytes(n, bits), bits);
        let n = BigInt::from(n.clone());
        let limit = ((&n * 61_u32) << (2 * modulus.width())) / 100_u32;
        let r = BigInt::from(1_u32) << (modulus.length() * modulus.width() as usize);
        // What the proof of the size asks of R.
        assert!(r >= BigInt::from(power_of_two(bits + 2 + 2 * modulus.width() as usize)));
        Self { modulus, n, limit, r }
    }

    fn digit_limit(&self) -> f64 {
        f64::from(1_u32 << (self.modulus.width() - 1)) + f64::from(1_u32 << (54 - 2 * self.modulus.width())) + 1.0
    }

    /// A residue, with digits as large as there are, or random ones, or few.
    fn residue(&self, random: &mut Random) -> Vec<f64> {
        let width = self.modulus.width();
        let (kind, sign) = (random.below(8), random.bits());
        let limit = self.digit_limit();
        let mut residue: Vec<f64> = (0..self.modulus.length())
            .map(|place| {
                let random_digit = (random.bits() >> (64 - width)) as f64 - f64::from(1_u32 << (width - 1));
                match kind {
                    0 => limit,
                    1 => -limit,
                    2 => {
                        if place % 2 == 0 {
                            limit
                        } else {
                            -limit
                        }
                    }
                    3 => {
                        if sign >> (place % 64) & 1 == 0 {
                            limit
                        } else {
                            -limit
                        }
                    }
                    4 => {
                        if place % 7 == sign as usize % 7 {
                            random_digit
                        } else {
                            limit
                        }
                    }
                    5 => {
                        if place % 7 == sign as usize % 7 {
                            random_digit
                        } else {
                            0.0
                        }
                    }
                    _ => random_digit,
                }
            })
            .collect();
        // The top digits make it as large as a residue may be, and no larger.
        for place in (0..residue.len()).rev() {
            let magnitude = value(&residue, width).magnitude().clone();
            if magnitude < *self.limit.magnitude() {
                break;
            }
            residue[place] = 0.0;
        }
        residue
    }

    fn check(&self, result: &[f64], product: &BigInt) {
        let limit = self.digit_limit();
        assert!(result.iter().all(|digit| digit.abs() <= limit), "a digit that is too large");
        let value = value(result, self.modulus.width());
        assert!(value.magnitude() < self.limit.magnitude(), "a residue that is too large");
        assert_eq!((value * &self.r - product) % &self.n, BigInt::ZERO);
    }
}

#[test]
fn residues_multiply_and_square() {
    let mut random = Random::new(0x5eed);
    let mut done = 0;
    let total = cases(3_000, usize::MAX);
    while done < total {
        let bits = SIZES[random.below(SIZES.len())];
        let bench = Bench::new(&modulus(&mut random, bits), bits);
        let scratch = &mut bench.modulus.scratch();
        let width = bench.modulus.width();
        let mut x = bench.residue(&mut random);
        for _ in 0..50.min(total) {
            let y = bench.residue(&mut random);
            let [value_x, value_y] = [&x, &y].map(|row| value(row, width));
            let mut product = x.clone();
            bench.modulus.multiply(&mut product, &rows::framed(&y), scratch);
            bench.check(&product, &(&value_x * &value_y));
            let mut square = x.clone();
            bench.modulus.square(&mut square, scratch);
            bench.check(&square, &(&value_x * &value_x));
            // What comes out goes in again, or something new does.
            x = if random.below(2) == 0 { product } else { bench.residue(&mut random) };
            done += 2;
        }
    }
}

#[test]
fn residues_have_one_canonical_form() {
    let mut random = Random::new(0xca00);
    for _ in 0..cases(300, 100_000) {
        let bits = SIZES[random.below(SIZES.len())];
        let bench = Bench::new(&modulus(&mut random, bits), bits);
        let width = bench.modulus.width();
        let residue = match random.below(4) {
            0 => digits::balanced(bench.modulus.digits(), width),
            1 => digits::balanced(bench.modulus.digits(), width).iter().map(|digit| -digit).collect(),
            2 => vec![0.0; bench.modulus.length()],
            _ => bench.residue(&mut random),
        };
        let mut expected = value(&residue, width) % &bench.n;
        if expected.sign() == Sign::Minus {
            expected += &bench.n;
        }
        let canonical = digits::to_bytes(&bench.modulus.canonical(&residue), width, bits.div_ceil(8));
        assert_eq!(BigInt::from_bytes_be(Sign::Plus, &canonical), expected);
    }
}

#[test]
fn powers_are_right() {
    let mut random = Random::new(0xe4);
    for case in 0..cases(60, 10_000) {
        let bits = SIZES[random.below(SIZES.len())];
        let n = modulus(&mut random, bits);
        let exponent = match case % 4 {
            _ if cfg!(miri) => 5,
            0 => random.bits() as u32 | 0x1_0001,
            _ => 65537,
        };
        let key = RsaPublicKey::new(&bytes(&n, bits), exponent).expect("a key");
        assert_eq!(key.bits(), bits);
        let one = BigUint::from(1_u32);
        let random_number = number(&mut random, bits) % &n;
        let numbers = [random_number, BigUint::ZERO, one.clone(), &n - &one, &n >> 1, &one << (bits / 2)];
        for number in numbers.into_iter().take(if cfg!(miri) { 1 } else { 6 }) {
            let expected = number.modpow(&exponent.into(), &n);
            assert_eq!(key.power(&bytes(&number, bits)), Some(bytes(&expected, bits)));
        }
        assert_eq!(key.power(&bytes(&n, bits)), None, "the modulus is no number below itself");
        assert_eq!(key.power(&vec![0xff; bits.div_ceil(8)]), None);
        assert_eq!(key.power(&bytes(&one, bits)[1..]), None, "too short");
        assert_eq!(key.power(&vec![0; bits.div_ceil(8) + 1]), None, "too long");
    }
}

#[test]
fn exponents_of_any_odd_size() {
    let mut random = Random::new(0x0dd);
    let n = modulus(&mut random, 2048);
    let exponents = [3, 7, 5, 17, 257, 65537, 65539, 0x8000_0001, u32::MAX];
    for exponent in exponents.into_iter().take(if cfg!(miri) { 1 } else { 9 }) {
        let key = RsaPublicKey::new(&bytes(&n, 2048), exponent).expect("a key");
        let number = number(&mut random, 2048) % &n;
        assert_eq!(key.power(&bytes(&number, 2048)), Some(bytes(&number.modpow(&exponent.into(), &n), 2048)));
    }
}

#[test]
fn keys_outside_of_the_range_are_refused() {
    let mut odd = [0x80; 256];
    odd[255] = 1;
    assert!(RsaPublicKey::new(&odd, 65537).is_some());
    assert!(RsaPublicKey::new(&odd, 65536).is_none());
    assert!(RsaPublicKey::new(&odd, 1).is_none());
    assert!(RsaPublicKey::new(&odd[..255], 65537).is_none());
    assert!(RsaPublicKey::new(&[&[0], odd.as_slice()].concat(), 65537).is_none());
    assert!(RsaPublicKey::new(&[&[1], [1; 512].as_slice()].concat(), 65537).is_none());
    assert!(RsaPublicKey::new(&[], 65537).is_none());
    odd[255] = 2;
    assert!(RsaPublicKey::new(&odd, 65537).is_none());
}

#[test]
fn carries_reach_far() {
    for width in [23, 24] {
        let carry = rows::Carry::new(width);
        let limit = f64::from(1_u32 << (width - 1)) + f64::from(1_u32 << (54 - 2 * width)) + 1.0;
        let largest = 9_007_199_254_740_991.0;
        let mut random = Random::new(0xca44);
        for kind in 0..cases(200, usize::MAX) {
            let columns: [f64; 8] = core::array::from_fn(|place| match kind % 4 {
                0 => largest,
                1 => -largest,
                2 => largest * if place % 2 == 0 { 1.0 } else { -1.0 },
                _ => (random.bits() as i64 >> 11) as f64,
            });
            let mut settled = columns;
            let beyond = carry.settle(&mut settled);
            assert!(settled.iter().all(|digit| digit.abs() <= limit));
            let exact = |row: &[f64]| {
                row.iter().rev().fold(BigInt::ZERO, |sum, &column| (sum << width) + BigInt::from(column as i64))
            };
            assert_eq!(exact(&columns), exact(&settled) + (BigInt::from(beyond as i64) << (8 * width)));
        }
    }
}
