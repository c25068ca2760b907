//! Verdicts on hashes, beside those of RustCrypto's crates: for numbers at the edges, and for keys whose products meet
//! those of the generator or cancel them.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::many_single_char_names,
    reason = "a test fails by panicking"
)]

use alloc::vec;
use alloc::vec::Vec;

use num_bigint::BigUint;

use super::collisions::colliding;
use crate::limbs::Limbs;
use crate::testing::{Random, cases};
use crate::weierstrass::{self, Group};
use crate::{Curve, Curve256, Curve384, Curve521, curves};

/// Coordinates of the field's length, big-endian, as all numbers here.
type Point = [Vec<u8>; 2];

/// Another implementation of a curve.
trait Theirs {
    /// a·G + b·P, or None for the neutral element.
    fn sum(a: &[u8], b: &[u8], point: &Point) -> Option<Point>;
    /// A point by its x.
    fn lift(x: &[u8]) -> Option<Point>;
    fn is_point(point: &Point) -> bool;
    fn signs(key: &Point, hash: &[u8], signature: &[u8]) -> bool;
}

macro_rules! theirs {
    ($name:ident, $crate_name:ident) => {
        struct $name;

        impl $name {
            fn point(bytes: &[u8]) -> Option<$crate_name::AffinePoint> {
                use $crate_name::elliptic_curve::sec1::FromSec1Point as _;
                let encoded = $crate_name::Sec1Point::from_bytes(bytes).ok()?;
                $crate_name::AffinePoint::from_sec1_point(&encoded).into_option()
            }

            fn coordinates(point: $crate_name::AffinePoint) -> Option<Point> {
                use $crate_name::elliptic_curve::sec1::ToSec1Point as _;
                let encoded = point.to_sec1_point(false);
                let (x, y) = encoded.as_bytes().strip_prefix(&[4])?.split_at(encoded.as_bytes().len() / 2);
                Some([x, y].map(<[u8]>::to_vec))
            }
        }

        impl Theirs for $name {
            fn sum(a: &[u8], b: &[u8], point: &Point) -> Option<Point> {
                use $crate_name::elliptic_curve::PrimeField as _;
                let [a, b] = [a, b].map(|bytes| {
                    let bytes = bytes.try_into().expect("as many bytes as a scalar has");
                    $crate_name::Scalar::from_repr(bytes).expect("below the order")
                });
                let point = $crate_name::ProjectivePoint::from(Self::point(&uncompressed(point)).expect("a point"));
                Self::coordinates(($crate_name::ProjectivePoint::GENERATOR * a + point * b).to_affine())
            }

            fn lift(x: &[u8]) -> Option<Point> {
                Self::coordinates(Self::point(&[&[2], x].concat())?)
            }

            fn is_point(point: &Point) -> bool {
                Self::point(&uncompressed(point)).is_some()
            }

            fn signs(key: &Point, hash: &[u8], signature: &[u8]) -> bool {
                use $crate_name::ecdsa::signature::hazmat::PrehashVerifier as _;
                use $crate_name::ecdsa::{Signature, VerifyingKey};
                let key = VerifyingKey::from_sec1_bytes(&uncompressed(key)).expect("a point");
                let Ok(signature) = Signature::from_slice(signature) else { return false };
                // For secp256k1 theirs wants the lesser of s and n − s, both of which are right (RFC 8812 has no such rule).
                let is_strict = stringify!($crate_name) == "k256";
                let signature = if is_strict { signature.normalize_s() } else { signature };
                key.verify_prehash(hash, &signature).is_ok()
            }
        }
    };
}

theirs!(P256Theirs, p256);
theirs!(P384Theirs, p384);
theirs!(P521Theirs, p521);
theirs!(K256Theirs, k256);

fn uncompressed([x, y]: &Point) -> Vec<u8> {
    [&[4], x.as_slice(), y].concat()
}

/// A hash and what signs it, or does not.
#[derive(Clone, Debug)]
struct Case {
    key: Point,
    hash: Vec<u8>,
    r: BigUint,
    s: BigUint,
}

struct Bench<C: Curve> {
    curve: C,
    /// Of the generator, for each stride
    tables: [C::Table; 2],
    generator: Point,
    /// The order and the prime
    n: BigUint,
    p: BigUint,
    /// Of a number
    length: usize,
    /// Scalars for which the quick sum comes to an entry of a table
    colliding: Vec<BigUint>,
    random: Random,
    /// How often both have refused, and accepted
    verdicts: [usize; 2],
}

impl<C: Curve> Bench<C> {
    fn new<const N: usize, const W: usize>(curve: C, constants: &'static weierstrass::Curve<N, W>) -> Self {
        let length = C::LENGTH;
        let big = |limbs: &Limbs| BigUint::from_slice(limbs);
        let group = Group::new(constants);
        let colliding = constants.strides.iter().flat_map(|&stride| colliding(&group, stride));
        let colliding = colliding.map(|scalar| big(&scalar)).filter(|scalar| *scalar != BigUint::ZERO).collect();
        Self {
            tables: curve.strides().map(|stride| curve.table(&curve.generator(), stride)),
            curve,
            generator: [0, 1].map(|which| bytes(&big(&constants.generator[which]), length)),
            n: big(&constants.order),
            p: big(&constants.prime.value),
            length,
            colliding,
            random: Random::new(constants.prime.bits.into()),
            verdicts: [0; 2],
        }
    }

    /// From 1 to n − 1, often near an end or the middle, or one for which the quick sum
    /// comes to an entry.
    fn scalar(&mut self) -> BigUint {
        let small = BigUint::from(1 + self.random.below(3));
        match self.random.below(8) {
            3 => self.colliding[self.random.below(self.colliding.len())].clone(),
            0 => small,
            1 => &self.n - small,
            2 => (&self.n >> 1) - 1_u8 + small,
            _ => BigUint::from_bytes_be(&self.random.bytes(self.length)) % (&self.n - 1_u8) + 1_u8,
        }
    }

    fn inverse(&self, number: &BigUint) -> BigUint {
        number.modinv(&self.n).expect("not zero")
    }

    fn sum<T: Theirs>(&self, a: &BigUint, b: &BigUint, point: &Point) -> Option<Point> {
        T::sum(&bytes(a, self.length), &bytes(b, self.length), point)
    }

    /// All zeros, all ones, or any.
    fn digest(&mut self) -> Vec<u8> {
        // SHA-512 goes with P-521.
        let length = self.length.min(64);
        match self.random.below(4) {
            0 => vec![0; length],
            1 => vec![0xff; length],
            _ => self.random.bytes(length),
        }
    }

    /// A signature by its factors: of the generator, and of a key that may be a small multiple of it. The products are
    /// often the same, or negatives of one another, whose sum has no x and signs nothing.
    fn by_factors<T: Theirs>(&mut self) -> (Case, bool) {
        let [k, u2, other] = [(); 3].map(|()| self.scalar());
        let key = self.sum::<T>(&k, &BigUint::ZERO, &self.generator).expect("a multiple below the order");
        let same = &k * &u2 % &self.n;
        let u1 = match self.random.below(5) {
            0 => BigUint::ZERO,
            1 => same,
            2 => &self.n - same,
            _ => other,
        };
        let sum = self.sum::<T>(&u1, &u2, &key);
        let r = match &sum {
            Some([x, _]) => BigUint::from_bytes_be(x) % &self.n,
            None => self.scalar(),
        };
        let s = &r * self.inverse(&u2) % &self.n;
        let hash = bytes(&(u1 * &s % &self.n), self.length);
        (Case { key, hash, r, s }, sum.is_some())
    }

    /// A signature by the point that its verification comes to, often one whose x is close to an end or not below the
    /// order: the key is what makes it right.
    fn by_point<T: Theirs>(&mut self) -> Option<Case> {
        let near = BigUint::from(self.random.below(1 << 8));
        let x = match self.random.below(6) {
            0 => near,
            1 => &self.p - 1_u8 - near,
            2 => &self.n - 1_u8 - near,
            // Such an x is r and the order.
            3 | 4 => &self.n + 1_u8 + near,
            _ => self.scalar(),
        };
        let point = T::lift(&bytes(&x, self.length))?;
        let r = &x % &self.n;
        if r == BigUint::ZERO {
            return None;
        }
        let (s, hash) = (self.scalar(), self.digest());
        let inverse = self.inverse(&r);
        let negative = &self.n - BigUint::from_bytes_be(&hash) % &self.n;
        let key = self.sum::<T>(&(negative * &inverse % &self.n), &(&s * inverse % &self.n), &point)?;
        Some(Case { key, hash, r, s })
    }

    /// Numbers at the ends of their ranges and beyond.
    fn by_edges<T: Theirs>(&mut self) -> Case {
        let k = self.scalar();
        let key = self.sum::<T>(&k, &BigUint::ZERO, &self.generator).expect("a multiple below the order");
        let (n, p) = (&self.n, &self.p);
        let all_ones = (BigUint::from(1_u8) << (8 * self.length)) - 1_u8;
        let edges = [BigUint::ZERO, 1_u8.into(), n - 1_u8, n.clone(), n + 1_u8, p - 1_u8, p.clone(), all_ones];
        let [r, s] = [(); 2].map(|()| match self.random.below(10) {
            edge @ 0..8 => edges[edge].clone(),
            _ => self.scalar(),
        });
        Case { key, hash: self.digest(), r, s }
    }

    /// Changes one thing. Whether the signature is still right is for both to say.
    fn mutate(&mut self, case: &mut Case) {
        let Case { key, hash, r, s } = case;
        let bit = BigUint::from(1_u8) << self.random.below(8 * self.length);
        match self.random.below(10) {
            0 => *r ^= bit,
            1 => *s ^= bit,
            2 => hash.iter_mut().last().into_iter().for_each(|byte| *byte ^= 1),
            3 => hash[0] ^= 1,
            // Right if it was.
            4 | 5 if *s < self.n => *s = &self.n - &*s,
            6 => *r += &self.n,
            7 => *s += &self.n,
            8 => core::mem::swap(r, s),
            _ => key[1] = bytes(&(&self.p - BigUint::from_bytes_be(&key[1])), self.length),
        }
    }

    /// The common verdict, with tables of each of these strides.
    fn compare<T: Theirs>(&mut self, case: &Case, strides: &[usize]) -> bool {
        let [x, y] = &case.key;
        let key = self.curve.point(x, y).expect("a point");
        let limit = BigUint::from(1_u8) << (8 * self.length);
        // No more bytes than there may be.
        let [r, s] = [&case.r, &case.s].map(|number| bytes(&(number % &limit), self.length));
        let theirs = T::signs(&case.key, &case.hash, &[r.as_slice(), &s].concat());
        for &stride in strides {
            let table = self.curve.table(&key, stride);
            for generator in &self.tables {
                assert_eq!(self.curve.verify([generator, &table], &case.hash, &r, &s), theirs, "{case:x?}");
            }
        }
        self.verdicts[usize::from(theirs)] += 1;
        theirs
    }

    /// A point with one bit changed, or coordinates that are not below the prime, is no key.
    fn compare_points<T: Theirs>(&mut self, [x, y]: &Point) {
        let [high_x, high_y] = [x, y].map(|number| bytes(&(BigUint::from_bytes_be(number) + &self.p), self.length + 1));
        let (mut wrong, zero) = (y.clone(), vec![0; self.length]);
        wrong[self.random.below(self.length)] ^= 1;
        let mut points = vec![[x.clone(), wrong], [y.clone(), x.clone()], [zero.clone(), zero]];
        if high_x[0] == 0 {
            points.push([high_x[1..].to_vec(), y.clone()]);
        }
        if high_y[0] == 0 {
            points.push([x.clone(), high_y[1..].to_vec()]);
        }
        for point in points {
            assert_eq!(self.curve.point(&point[0], &point[1]).is_some(), T::is_point(&point), "{point:x?}");
        }
    }
}

/// A number in so many bytes.
fn bytes(number: &BigUint, length: usize) -> Vec<u8> {
    let minimal = number.to_bytes_be();
    let zeros = length.saturating_sub(minimal.len());
    // Zero has a byte of its own.
    [vec![0; zeros].as_slice(), &minimal[minimal.len() + zeros - length..]].concat()
}

fn compare<C: Curve, T: Theirs, const N: usize, const W: usize>(
    curve: C,
    constants: &'static weierstrass::Curve<N, W>,
) {
    let mut bench = Bench::new(curve, constants);
    let strides = bench.curve.strides();
    let [small, _] = strides;
    for round in 0..cases(60, usize::MAX) {
        let (mut case, expected) = match round % 4 {
            0 | 1 => {
                let (case, is_right) = bench.by_factors::<T>();
                (case, Some(is_right))
            }
            2 => loop {
                if let Some(case) = bench.by_point::<T>() {
                    break (case, Some(true));
                }
            },
            _ => (bench.by_edges::<T>(), None),
        };
        // The larger table takes long, so now and then.
        let strides = if round % 16 == 0 { &strides[..] } else { &[small] };
        let verdict = bench.compare::<T>(&case, strides);
        assert!(expected.is_none_or(|expected| verdict == expected), "{case:x?}");
        for _ in 0..2 {
            bench.mutate(&mut case);
            bench.compare::<T>(&case, &[small]);
        }
        bench.compare_points::<T>(&case.key);
    }
    let [refused, accepted] = bench.verdicts;
    assert!(refused > 20 && accepted > 20, "{refused} refused, {accepted} accepted");
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn es256() {
    compare::<_, P256Theirs, _, _>(Curve256::p256(), &curves::P256);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn es384() {
    compare::<_, P384Theirs, _, _>(Curve384::p384(), &curves::P384);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn es512() {
    compare::<_, P521Theirs, _, _>(Curve521::p521(), &curves::P521);
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn es256k() {
    compare::<_, K256Theirs, _, _>(Curve256::secp256k1(), &curves::SECP256K1);
}
