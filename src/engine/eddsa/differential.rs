//! Verdicts beside those of ed25519-dalek: for points of every order, other encodings, and scalars at the edges.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use countersign_testkit::ed25519::{encoding, scalar, small_order};
use countersign_testkit::random::{Random, cases};
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, VerifyingKey};

use super::*;
use crate::jose::public_key::PublicKey;

/// L, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// As a verifying key judges: what is wrong in form does not reach the arithmetic.
fn ours(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    PublicKey::ed25519(key).is_ok_and(|public| {
        public.is_well_formed_signature(signature)
            && Key::new(key).is_ok_and(|key| key.verify(Algorithm::EdDSA, message, signature))
    })
}

/// Theirs takes keys in other encodings than the canonical one, and ours does not.
fn theirs(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|verifying| {
        let is_canonical = verifying.to_edwards().compress().to_bytes() == *key;
        is_canonical && verifying.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    })
}

fn little_endian_sum(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut carried = 0;
    core::array::from_fn(|i| {
        let sum = u16::from(a[i]) + u16::from(b[i]) + carried;
        carried = sum >> 8;
        sum.to_le_bytes()[0]
    })
}

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn verdicts() {
    let mut random = Random::new(0xed);
    let mut verdicts = [0; 2];
    let mut compare = |key: &[u8; 32], message: &[u8], signature: &[u8; 64]| {
        let theirs = theirs(key, message, signature);
        assert_eq!(ours(key, message, signature), theirs, "{key:x?} {message:x?} {signature:x?}");
        verdicts[usize::from(theirs)] += 1;
    };
    for _ in 0..cases(150, usize::MAX) {
        let message = random.bytes(12);
        let (a, r) = (scalar(&mut random), scalar(&mut random));
        let [key_part, point_part] = [(); 2].map(|()| small_order(&mut random));
        let key = (ED25519_BASEPOINT_POINT * a + key_part).compress().to_bytes();
        let point = (ED25519_BASEPOINT_POINT * r + point_part).compress().to_bytes();
        // Right where the parts of small order happen to fit.
        let hash = Sha512::new().chain_update(point).chain_update(key).chain_update(&message).finalize();
        let s = (r + Scalar::from_bytes_mod_order_wide(&hash.into()) * a).to_bytes();
        let with = |r: &[u8; 32], s: &[u8; 32]| -> [u8; 64] {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(r);
            signature[32..].copy_from_slice(s);
            signature
        };
        let signature = with(&point, &s);
        compare(&key, &message, &signature);
        // One bit, another message, another key
        let mut changed = signature;
        changed[random.below(64)] ^= 1 << random.below(8);
        compare(&key, &message, &changed);
        compare(&key, b"another", &signature);
        compare(&encoding(&mut random), &message, &signature);
        // S out of its range, or at its ends
        compare(&key, &message, &with(&point, &little_endian_sum(&s, &ORDER)));
        let (mut below, mut above) = (ORDER, ORDER);
        below[0] -= 1;
        above[0] += 1;
        let edges = [[0; 32], Scalar::ONE.to_bytes(), below, ORDER, above, [0xff; 32]];
        compare(&key, &message, &with(&point, &edges[random.below(edges.len())]));
        // R of small order, or not a canonical point
        compare(&key, &message, &with(&small_order(&mut random).compress().to_bytes(), &s));
        compare(&key, &message, &with(&encoding(&mut random), &s));
    }
    let [refused, accepted] = verdicts;
    assert!(refused > 20 && accepted > 20, "{refused} refused, {accepted} accepted");
}

#[test]
fn a_base_point_that_is_none_verifies_nothing() {
    use ed25519_dalek::Signer as _;
    let signer = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let signature = signer.sign(b"message").to_bytes();
    let mut wrong = ED25519_BASE;
    wrong[1] ^= 1;
    for (base, is_point) in [(ED25519_BASE, true), (wrong, false)] {
        let domain = Arc::new(Domain::new(&base));
        assert_eq!(domain.base.is_some(), is_point);
        let key = Key::with(domain, signer.verifying_key().as_bytes()).expect("a point");
        assert_eq!(key.verify(Algorithm::EdDSA, b"message", &signature), is_point);
    }
}
