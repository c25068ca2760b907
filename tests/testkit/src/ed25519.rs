//! Points and scalars of Ed25519 at the edges, drawn at random.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

use crate::random::Random;

/// Any bytes.
pub fn bytes<const N: usize>(random: &mut Random) -> [u8; N] {
    core::array::from_fn(|_| random.bits().to_le_bytes()[0])
}

/// A scalar: any, or a small one of either sign.
pub fn scalar(random: &mut Random) -> Scalar {
    let small = Scalar::from(random.bits() % 3);
    match random.below(5) {
        0 => small,
        1 => -small,
        _ => Scalar::from_bytes_mod_order_wide(&bytes(random)),
    }
}

/// The neutral point one time out of two, or another of small order.
pub fn small_order(random: &mut Random) -> EdwardsPoint {
    EIGHT_TORSION[random.below(16) % 8 * random.below(2)]
}

/// Bytes that are a point, or close to be one: of any order, also where y is not below p.
pub fn encoding(random: &mut Random) -> [u8; 32] {
    let point = ED25519_BASEPOINT_POINT * scalar(random) + small_order(random);
    let mut encoding = point.compress().to_bytes();
    match random.below(4) {
        0 => encoding = bytes(random),
        // From 2^255 − 32 on, where p and what follows is, and with either sign.
        1 => {
            encoding = [0xff; 32];
            encoding[0] -= random.bits().to_le_bytes()[0] % 32;
            encoding[31] = if random.percent(50) { 0x7f } else { 0xff };
        }
        2 => encoding[random.below(32)] ^= 1 << random.below(8),
        _ => {}
    }
    encoding
}
