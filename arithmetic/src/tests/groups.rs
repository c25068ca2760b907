//! Groups: tables of every stride give what addition bit by bit gives, for scalars at the edges, and
//! for those at which a sum is the next entry.

use alloc::vec::Vec;

use super::super::limbs::{self, Limbs};
use super::super::weierstrass::{Curve, Group};
use super::super::{curves, edwards};
use super::{Integers, collisions};
use crate::testing::{Random, cases};

fn check_group<const N: usize, const W: usize>(curve: &'static Curve<N, W>) {
    let group = Group::new(curve);
    assert!(group.contains(&curve.generator));
    let [x, y] = curve.generator;
    assert!(!group.contains(&[y, x]));
    assert!(!group.contains(&[limbs::sum(&x, &curve.prime.value), y]));
    let minus = [x, limbs::difference(&curve.prime.value, &y)];
    assert!(group.contains(&minus));
    let mut scalars: Vec<[Limbs; 2]> = Vec::new();
    let edges: Vec<Limbs> =
        (0..3).map(limbs::small).chain((1..3).map(|k| limbs::difference(&curve.order, &limbs::small(k)))).collect();
    scalars.extend(edges.iter().flat_map(|a| edges.iter().map(move |b| [*a, *b])));
    if !cfg!(miri) {
        let mut colliding: Vec<Limbs> =
            curve.strides.iter().flat_map(|&stride| collisions::colliding(&group, stride)).collect();
        colliding.dedup();
        scalars.extend(colliding.iter().flat_map(|a| colliding.iter().map(move |b| [*a, *b])));
    }
    let mut integers = Integers::new(&curve.order);
    scalars.extend((0..cases(10, 5_000)).map(|_| [integers.draw(), integers.draw()]));
    let [small, large] = curve.strides;
    let strides = if cfg!(miri) { &[large][..] } else { &[small, large] };
    if cfg!(miri) {
        scalars.truncate(1);
    }
    let tables = |point| strides.iter().map(|&stride| group.table(point, stride)).collect::<Vec<_>>();
    let generators = tables(&curve.generator);
    // For the generator and its negative as keys the two products meet, cancel and double.
    for key in [curve.generator, minus].iter().take(if cfg!(miri) { 1 } else { 2 }) {
        let keys = tables(key);
        let pairs: Vec<_> =
            generators.iter().flat_map(|generator| keys.iter().map(move |key| [generator, key])).collect();
        for [a, b] in &scalars {
            group.check_combination(key, &pairs, [a, b]);
        }
    }
}

#[test]
fn p256() {
    check_group(&curves::P256);
}

#[test]
fn p384() {
    check_group(&curves::P384);
}

#[test]
fn p521() {
    check_group(&curves::P521);
}

#[test]
fn secp256k1() {
    check_group(&curves::SECP256K1);
}

#[test]
fn ed25519() {
    let group = edwards::Ed25519::new();
    let base = group.decode(&edwards::BASE).expect("a point");
    let negative = base.negate();
    let mut random = Random::new(11);
    let [small, large] = edwards::Ed25519::STRIDES;
    let of = |point, stride| group.table(point, stride);
    let strides = if cfg!(miri) { [small, small] } else { [small, large] };
    let tables = strides.map(|stride| [of(&base, stride), of(&negative, stride)]);
    for case in 0..cases(50, 100_000) {
        let s: [u8; 32] = core::array::from_fn(|i| if i == 31 { 0 } else { random.bits() as u8 });
        let mut hash = [0; 64];
        if case == 0 {
            // S·B − S·B is the neutral element, and that is encoded as 1.
            hash[..32].copy_from_slice(&s);
        } else {
            hash.fill_with(|| random.bits() as u8);
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
