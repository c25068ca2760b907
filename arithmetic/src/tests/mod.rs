//! The arithmetic against plain big integers, with operands at the edges and random ones.

mod bounds;
mod collisions;
mod ecdsa;
mod ed25519;
mod fields;
mod groups;
mod integers;

use alloc::vec;
use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint};

use super::limbs::{self, LIMBS, Limbs};
use crate::testing::Random;

fn big(limbs: &Limbs) -> BigUint {
    BigUint::from_slice(limbs)
}

fn signed(limbs: &Limbs) -> BigInt {
    big(limbs).into()
}

fn from_big(value: &BigUint) -> Limbs {
    let mut limbs = limbs::ZERO;
    for (place, limb) in limbs.iter_mut().zip(value.iter_u32_digits()) {
        *place = limb;
    }
    limbs
}

/// 0, 1, 2, m − 1, m − 2, powers of two and their neighbours, and limbs that are all ones, modulo m.
fn edges(modulus: &Limbs) -> Vec<Limbs> {
    let m = big(modulus);
    let mut edges: Vec<BigUint> = [0u8, 1, 2].map(BigUint::from).to_vec();
    edges.extend([&m - 1u8, &m - 2u8, &m >> 1, BigUint::new(vec![u32::MAX; LIMBS])]);
    for bits in (0..m.bits()).step_by(8) {
        let power = BigUint::from(1u8) << bits;
        edges.extend([&power - 1u8, power.clone(), &power + 1u8]);
    }
    edges.iter().map(|edge| from_big(&(edge % &m))).collect()
}

/// Draws integers below a modulus: edges, long runs of ones and zeros, and any.
struct Integers {
    modulus: Limbs,
    edges: Vec<Limbs>,
    random: Random,
}

impl Integers {
    fn new(modulus: &Limbs) -> Self {
        Self { modulus: *modulus, edges: edges(modulus), random: Random::new(modulus[0].into()) }
    }

    fn draw(&mut self) -> Limbs {
        let kind = self.random.below(4);
        if kind == 0 {
            return self.edges[self.random.below(self.edges.len())];
        }
        let bits = big(&self.modulus).bits() as u32;
        loop {
            let number = any(&mut self.random, bits, kind == 1);
            if limbs::is_less(&number, &self.modulus) {
                return number;
            }
        }
    }
}

/// An integer of at most so many bits: any, or one whose limbs are all ones or zeros.
fn any(random: &mut Random, bits: u32, sparse: bool) -> Limbs {
    core::array::from_fn(|i| {
        let limb = random.bits() as u32;
        let mask = (1_u64 << bits.saturating_sub(32 * i as u32).min(32)) - 1;
        let limb = if sparse { 0_u32.wrapping_sub(limb & 1) } else { limb };
        limb & mask as u32
    })
}
