//! Integers of limbs, as they are and modulo primes.

use num_bigint::BigUint;

use super::super::limbs::{self, LIMBS, Limbs};
use super::super::modular::Modulus;
use super::super::{curves, edwards, primes};
use super::{Integers, any, big, from_big};
use crate::testing::{Random, cases};

const MODULI: [&Limbs; 10] = [
    &primes::P256.value,
    &primes::P384.value,
    &primes::P521.value,
    &primes::SECP256K1.value,
    &primes::CURVE25519.value,
    &curves::P256.order,
    &curves::P384.order,
    &curves::P521.order,
    &curves::SECP256K1.order,
    &edwards::ORDER,
];

#[test]
fn limbs_are_integers() {
    let mut random = Random::new(1);
    for case in 0..cases(2_000, usize::MAX) {
        // Both of up to 543 bits, so that the sum fits.
        let [a, b] = [0, 1].map(|which| {
            let bits = 1 + random.below(32 * LIMBS - 1) as u32;
            match (case >> (2 * which)) % 4 {
                0 => from_big(&((BigUint::from(1_u8) << bits) - 1_u8)),
                kind => any(&mut random, bits, kind == 1),
            }
        });
        let [x, y] = [big(&a), big(&b)];
        assert_eq!(limbs::is_less(&a, &b), x < y);
        assert_eq!(big(&limbs::sum(&a, &b)), &x + &y);
        let [less, more] = if x < y { [&a, &b] } else { [&b, &a] };
        assert_eq!(big(&limbs::difference(more, less)), big(more) - big(less));
        assert_eq!(limbs::difference(&a, &a), limbs::ZERO);
        let [start, count] = [random.below(32 * LIMBS) as u32, random.below(33) as u32];
        assert_eq!(BigUint::from(limbs::bits(&a, start, count)), (&x >> start) % (BigUint::from(1_u8) << count));
        assert_eq!(limbs::from_bytes(&x.to_bytes_be()), a);
    }
}

#[test]
fn powers_of_two() {
    let mut random = Random::new(2);
    for case in 0..cases(200, 200_000) {
        // Odd, and of two bits at least.
        let bits = 2 + random.below(32 * LIMBS - 2) as u32;
        let mut modulus = any(&mut random, bits, case % 2 == 0);
        modulus[0] |= 3;
        let exponent = random.below(1_200) as u32;
        let expected = BigUint::from(2_u8).modpow(&exponent.into(), &big(&modulus));
        assert_eq!(big(&limbs::power_of_two(exponent, &modulus)), expected, "2^{exponent} modulo {modulus:x?}");
    }
}

#[test]
fn integers_modulo_a_prime() {
    for value in MODULI {
        let modulus = Modulus::new(value);
        let m = big(value);
        let check = |a: &Limbs, b: &Limbs| {
            assert_eq!(big(&modulus.mul(a, b)), big(a) * big(b) % &m, "{a:x?} · {b:x?} modulo {value:x?}");
            assert_eq!(big(&modulus.add(a, b)), (big(a) + big(b)) % &m, "{a:x?} + {b:x?} modulo {value:x?}");
        };
        let check_inverse = |a: &Limbs| {
            let inverse = modulus.invert(a);
            assert!(limbs::is_less(&inverse, value));
            let product = big(&inverse) * big(a) % &m;
            assert_eq!(product == BigUint::ZERO, *a == limbs::ZERO);
            assert!(product <= BigUint::from(1_u8), "1/{a:x?} modulo {value:x?}");
        };
        let mut integers = Integers::new(value);
        for a in integers.edges.iter().step_by(if cfg!(miri) { 40 } else { 1 }) {
            check_inverse(a);
            integers.edges.iter().take(if cfg!(miri) { 4 } else { usize::MAX }).for_each(|b| check(a, b));
        }
        let words = m.bits().next_multiple_of(32) as u32;
        for case in 0..cases(300, usize::MAX) {
            let [a, b] = [integers.draw(), integers.draw()];
            check(&a, &b);
            check_inverse(&a);
            // One factor may be anything that has as many limbs.
            let long = any(&mut integers.random, words, case % 2 == 0);
            assert_eq!(big(&modulus.mul(&long, &b)), big(&long) * big(&b) % &m, "{long:x?} · {b:x?} modulo {value:x?}");
        }
    }
}
