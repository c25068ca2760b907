//! Verdicts on keys beside those of `p256`, `p384`, `p521`, `k256` and `curve25519-dalek`: for coordinates at the ends of
//! their range and beyond, for points of every order, and for any bytes.

use alloc::vec;
use alloc::vec::Vec;

use countersign_testkit::ed25519::{bytes, encoding};
use countersign_testkit::random::{Random, cases};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use num_bigint::BigUint;

use super::*;
use crate::jose::public_key::PublicKey;

/// A number in so many bytes, big-endian.
fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let minimal = number.to_bytes_be();
    [vec![0; length - minimal.len()], minimal].concat()
}

/// Another implementation of a curve.
trait Theirs {
    const CURVE: Curve;
    /// Whether a point is encoded so (SEC 1 §2.3.4).
    fn decodes(encoded: &[u8]) -> bool;
    /// y of the point with this x, if there is one: the odd one.
    fn lift(x: &[u8]) -> Option<Vec<u8>>;
}

macro_rules! theirs {
    ($name:ident, $crate_name:ident) => {
        struct $name;

        impl Theirs for $name {
            const CURVE: Curve = Curve::$name;

            fn decodes(encoded: &[u8]) -> bool {
                $crate_name::PublicKey::from_sec1_bytes(encoded).is_ok()
            }

            fn lift(x: &[u8]) -> Option<Vec<u8>> {
                use $crate_name::elliptic_curve::sec1::ToSec1Point as _;
                let point = $crate_name::PublicKey::from_sec1_bytes(&[&[3], x].concat()).ok()?.to_sec1_point(false);
                Some(point.as_bytes()[1 + x.len()..].to_vec())
            }
        }
    };
}

theirs!(P256, p256);
theirs!(P384, p384);
theirs!(P521, p521);
theirs!(Secp256k1, k256);

/// Coordinates: of a point, close to one, or at the ends of the range.
fn coordinates<T: Theirs>(random: &mut Random, p: &BigUint, length: usize) -> [Vec<u8>; 2] {
    let all_ones = (BigUint::from(1_u8) << (8 * length)) - 1_u8;
    let limit = (&all_ones - p).min(BigUint::from(1_u8) << 64);
    let near = BigUint::from(random.below(16));
    let edges = [near.clone(), p - 1_u8 - &near, p + &near.min(limit.clone()), all_ones];
    let number = |random: &mut Random| match random.below(8) {
        edge @ 0..4 => padded(&edges[edge], length),
        _ => padded(&(BigUint::from_bytes_be(&random.bytes(length)) % p), length),
    };
    let x = number(random);
    let Some(mut y) = T::lift(&x).filter(|_| !random.percent(10)) else { return [x, number(random)] };
    let mut x = x;
    match random.below(6) {
        0 => y[random.below(length)] ^= 1 << random.below(8),
        1 => x[random.below(length)] ^= 1 << random.below(8),
        // Still a point.
        2 => y = padded(&(p - BigUint::from_bytes_be(&y)), length),
        // The same numbers modulo the prime, where they have room.
        3 if BigUint::from_bytes_be(&x) <= limit => x = padded(&(p + BigUint::from_bytes_be(&x)), length),
        4 => core::mem::swap(&mut x, &mut y),
        _ => {}
    }
    [x, y]
}

fn compare<T: Theirs>(few: usize) {
    let (p, length) = (BigUint::from_bytes_be(prime(T::CURVE)), T::CURVE.field_length());
    let mut random = Random::new(p.bits());
    let mut verdicts = [0; 2];
    for _ in 0..cases(few, usize::MAX) {
        let [x, y] = coordinates::<T>(&mut random, &p, length);
        let theirs = T::decodes(&[&[4], x.as_slice(), &y].concat());
        assert_eq!(is_point(T::CURVE, &x, &y), theirs, "{x:x?} {y:x?}");
        verdicts[usize::from(theirs)] += 1;
    }
    assert!(cfg!(miri) || verdicts.iter().all(|count| *count > few / 10), "{verdicts:?}");
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn points_of_p256() {
    compare::<P256>(30_000);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn points_of_p384() {
    compare::<P384>(25_000);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn points_of_p521() {
    compare::<P521>(10_000);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn points_of_secp256k1() {
    compare::<Secp256k1>(25_000);
}

/// Canonical, a point, and not of small order.
fn is_sound(encoded: &[u8; 32]) -> bool {
    CompressedEdwardsY(*encoded)
        .decompress()
        .is_some_and(|point| point.compress().to_bytes() == *encoded && !point.is_small_order())
}

fn ours(encoded: &[u8; 32]) -> bool {
    PublicKey::ed25519(encoded).is_ok_and(|key| key.is_on_curve())
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn points_of_ed25519() {
    let mut random = Random::new(25519);
    let mut verdicts = [0; 2];
    let mut compare = |encoded: &[u8; 32]| {
        let theirs = is_sound(encoded);
        assert_eq!(ours(encoded), theirs, "{encoded:x?}");
        verdicts[usize::from(theirs)] += 1;
    };
    // The ends of the range of y, 0 to 2^255 − 1, with either sign.
    for distance in 0..=u8::MAX {
        for sign in [0, 0x80] {
            let [mut low, mut high] = [[0; 32], [0xff; 32]];
            (low[0], low[31]) = (distance, sign);
            (high[0], high[31]) = (!distance, 0x7f | sign);
            compare(&low);
            compare(&high);
        }
    }
    for point in EIGHT_TORSION {
        let encoded = point.compress().to_bytes();
        assert!(!is_sound(&encoded));
        let mut other_sign = encoded;
        other_sign[31] ^= 0x80;
        compare(&encoded);
        compare(&other_sign);
    }
    for _ in 0..cases(12_000, usize::MAX) {
        let encoded = if random.percent(80) { bytes(&mut random) } else { encoding(&mut random) };
        compare(&encoded);
    }
    assert!(cfg!(miri) || verdicts.iter().all(|count| *count > 2_000), "{verdicts:?}");
}
