//! Sums beside those of curve25519-dalek: for points of every order, other encodings, and scalars at the edges.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use countersign_testkit::ed25519::{bytes, encoding, scalar};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;

use crate::testing::{Random, cases};
use crate::{ED25519_BASE, Ed25519};

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn sums() {
    let mut random = Random::new(0x25519);
    let group = Ed25519::new();
    let [small, large] = Ed25519::STRIDES;
    let base = group.decode(&ED25519_BASE).expect("a point");
    let base = [small, large].map(|stride| group.table(&base, stride));
    let mut points = 0;
    for case in 0..cases(150, usize::MAX) {
        let encoding = encoding(&mut random);
        // Ours decodes canonical encodings alone.
        let theirs = CompressedEdwardsY(encoding).decompress().filter(|point| point.compress().to_bytes() == encoding);
        let ours = group.decode(&encoding);
        assert_eq!(ours.is_some(), theirs.is_some(), "{encoding:x?}");
        let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
        points += 1;
        let table = group.table(&ours, [small, large][case % 2]);
        for base in &base {
            let s = scalar(&mut random);
            let hash = match random.below(4) {
                0 => [0; 64],
                1 => [0xff; 64],
                _ => bytes(&mut random),
            };
            let k = Scalar::from_bytes_mod_order_wide(&hash);
            let sum = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &theirs, &s).compress().to_bytes();
            let ours = group.combine([base, &table], &s.to_bytes(), &hash);
            assert_eq!(ours, Some(sum), "{encoding:x?} {s:x?} {hash:x?}");
        }
    }
    assert!(points > 20, "{points} points");
}
