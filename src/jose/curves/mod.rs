//! The curves of ECDSA (SP 800-186 §3.2.1, SEC 2 §2.4.1) and of Ed25519 (RFC 8032 §5.1), and whether a key is a point of
//! its curve. The core checks that itself, so that the verdict on a key is the same with every engine.

mod field;

use crate::jose::algorithm::Curve;
use field::Field;

const fn hex<const N: usize>(text: &[u8]) -> [u8; N] {
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::panic,
        reason = "evaluated by the compiler, on the constants below alone"
    )]
    const fn nibble(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("a hexadecimal digit"),
        }
    }
    let mut bytes = [0; N];
    let mut index = 0;
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
    while index < N {
        bytes[index] = nibble(text[2 * index]) << 4 | nibble(text[2 * index + 1]);
        index += 1;
    }
    bytes
}

/// The group orders, big-endian.
pub(super) fn order(curve: Curve) -> &'static [u8] {
    const P256: [u8; 32] = hex(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const P384: [u8; 48] =
        hex(b"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    const P521: [u8; 66] = hex(
        b"01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    );
    const SECP256K1: [u8; 32] = hex(b"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    match curve {
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
        Curve::Secp256k1 => &SECP256K1,
    }
}

/// The primes of the fields, big-endian.
fn prime(curve: Curve) -> &'static [u8] {
    const P256: [u8; 32] = hex(b"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    const P384: [u8; 48] =
        hex(b"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff");
    const P521: [u8; 66] = {
        let mut bytes = [0xff; 66];
        let [top, ..] = &mut bytes;
        *top = 1;
        bytes
    };
    const SECP256K1: [u8; 32] = hex(b"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    match curve {
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
        Curve::Secp256k1 => &SECP256K1,
    }
}

/// b of y² = x³ + a·x + b, big-endian.
fn constant_term(curve: Curve) -> &'static [u8] {
    const P256: [u8; 32] = hex(b"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    const P384: [u8; 48] =
        hex(b"b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef");
    const P521: [u8; 66] = hex(
        b"0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    );
    match curve {
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
        Curve::Secp256k1 => &[7],
    }
}

/// Whether big-endian coordinates are those of a point: below the prime, and on the curve (SP 800-56A §5.6.2.3.3; the
/// orders of these curves are prime, so that every point is one of the group).
pub(super) fn is_point(curve: Curve, x: &[u8], y: &[u8]) -> bool {
    let field = Field::new(prime(curve));
    let sides = || {
        let (x, y) = (field.element(x)?, field.element(y)?);
        let right = field.add(&field.multiply(&field.square(&x), &x), &field.element(constant_term(curve))?);
        // a·x on the other side, where a is −3.
        let times = match curve {
            Curve::P256 | Curve::P384 | Curve::P521 => 3,
            Curve::Secp256k1 => 0,
        };
        let mut left = field.square(&y);
        for _ in 0..times {
            left = field.add(&left, &x);
        }
        Some(left == right)
    };
    sides() == Some(true)
}

/// The order of the Ed25519 base point, little-endian.
pub(super) const ED25519_ORDER: [u8; 32] = hex(b"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/// The y coordinates of the eight points whose order divides 8, little-endian.
pub(super) const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    hex(b"0000000000000000000000000000000000000000000000000000000000000000"),
    hex(b"0100000000000000000000000000000000000000000000000000000000000000"),
    hex(b"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    hex(b"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    hex(b"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
];

/// 2^255 − 19, little-endian.
const ED25519_PRIME: [u8; 32] = hex(b"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

/// Without the sign of x.
fn y_of(point: &[u8; 32]) -> [u8; 32] {
    let mut y = *point;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    y
}

/// Whether an encoded point has y below the field prime and is not of small order. The sign bit does not matter: a point
/// of small order has it with either.
pub(super) fn is_safe_ed25519_point(point: &[u8; 32]) -> bool {
    let y = y_of(point);
    y.iter().rev().lt(ED25519_PRIME.iter().rev()) && !SMALL_ORDER_Y.contains(&y)
}

/// Whether a point of the curve has this encoding (RFC 8032 §5.1.3), for one that [`is_safe_ed25519_point`]. So x is not
/// zero, and either sign is that of a point.
pub(super) fn is_ed25519_point(point: &[u8; 32]) -> bool {
    /// d, which is −121665/121666.
    const D: [u8; 32] = hex(b"52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    let reversed = |mut bytes: [u8; 32]| {
        bytes.reverse();
        bytes
    };
    let field = Field::new(&reversed(ED25519_PRIME));
    let is_square = || {
        let yy = field.square(&field.element(&reversed(y_of(point)))?);
        // x² = u/v with u = y² − 1 and v = d·y² + 1, which is a square if u·v is one: v is never zero.
        let u = field.add(&yy, &field.minus_one());
        let v = field.add(&field.multiply(&field.element(&D)?, &yy), &field.element(&[1])?);
        let product = field.multiply(&u, &v);
        // Euler's criterion, with (p − 1)/2 = 2^254 − 10: the power of 2^254 is that of 10.
        let square = field.square(&product);
        let tenth = field.multiply(&square, &field.square(&field.square(&square)));
        let mut power = product;
        for _ in 0..254 {
            power = field.square(&power);
        }
        Some(power == tenth)
    };
    is_square() == Some(true)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
