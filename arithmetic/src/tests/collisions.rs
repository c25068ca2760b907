//! The scalars for which a lane of `combine` comes to the very entry that it is to add: all of them, by the argument of
//! `products`, whose steps are checked here for every curve and stride.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use alloc::vec::Vec;

use num_bigint::BigUint;

use super::super::curves;
use super::super::limbs::Limbs;
use super::super::weierstrass::{Curve, Group};
use super::{big, from_big};

/// Scalars among which are all that collide with an entry.
fn candidates<const N: usize, const W: usize>(curve: &Curve<N, W>, stride: usize) -> Vec<Limbs> {
    let (n, window, windows) = (big(&curve.order), curve.window, curve.windows());
    // The last digit has the bits that are left.
    let largest = |index: usize| (1_u32 << (curve.prime.bits - index as u32 * window).min(window)) - 1;
    let mut last = 0;
    for round in 0..stride {
        let size = |index: usize| BigUint::from(largest(index)) << ((index - round) * window as usize);
        let mut sum: BigUint = (0..windows).filter(|index| index % stride > round).map(size).sum();
        for index in (round..windows).step_by(stride) {
            let entry = size(index);
            assert!(sum < n, "no sum is neutral before the end");
            if round > 0 || index + stride < windows {
                assert!(&sum + &entry < n, "what is not the same is not congruent either");
            } else {
                assert!(&sum + &entry < &n + &n);
                last = index;
            }
            sum += entry;
        }
    }
    let mut scalars = vec![BigUint::ZERO];
    for digit in (1..=largest(last)).step_by(2) {
        let twice = BigUint::from(2 * digit) << (last * window as usize);
        let sums = [(&n + &n - &twice) % &n, &twice % &n];
        scalars.extend(sums);
    }
    scalars.iter().map(from_big).collect()
}

/// The scalars that do collide with one.
pub(super) fn colliding<const N: usize, const W: usize>(group: &Group<N, W>, stride: usize) -> Vec<Limbs> {
    let curve = group.curve();
    let table = group.table(&curve.generator, stride);
    let mut colliding = candidates(curve, stride);
    colliding.retain(|scalar| group.collides([&table, &table], [scalar, scalar]) == [true; 2]);
    colliding
}

fn check<const N: usize, const W: usize>(curve: &'static Curve<N, W>) {
    let group = Group::new(curve);
    let n = big(&curve.order);
    for stride in curve.strides {
        let colliding: Vec<BigUint> = colliding(&group, stride).iter().map(big).collect();
        let [zero, one, other] = colliding.as_slice() else { panic!("{colliding:x?}, with stride {stride}") };
        assert_eq!((zero, one + other), (&BigUint::ZERO, n.clone()), "with stride {stride}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many products to interpret")]
fn only_the_last_entry_collides() {
    check(&curves::P256);
    check(&curves::P384);
    check(&curves::P521);
    check(&curves::SECP256K1);
}
