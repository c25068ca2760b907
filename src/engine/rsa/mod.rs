//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 §8).

use alloc::vec;
use alloc::vec::Vec;

use countersign_arithmetic::RsaPublicKey;

use crate::engine::PreparedKey;
use crate::error::KeyInvalidReason;
use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Scheme};

pub(crate) struct Key(RsaPublicKey);

impl Key {
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Result<Self, KeyInvalidReason> {
        RsaPublicKey::new(modulus, exponent).map(Self).ok_or(KeyInvalidReason::RsaModulus)
    }
}

impl PreparedKey for Key {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let entry = algorithm.entry();
        let Some(hash) = entry.hash else { return false };
        let Some(encoded) = self.0.power(signature) else { return false };
        let digest = hash.digest(message);
        match entry.scheme {
            Scheme::RsaPkcs1 => pkcs1(hash, &digest, encoded.len()).is_some_and(|expected| encoded == expected),
            Scheme::RsaPss => is_pss(hash, &digest, &encoded, self.0.bits()).unwrap_or(false),
            _ => false,
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2): the one encoding of a digest in so many bytes.
fn pkcs1(hash: Hash, digest: &[u8], length: usize) -> Option<Vec<u8>> {
    let info = digest_info(hash);
    let padding = length.checked_sub(digest.len())?.checked_sub(info.len())?.checked_sub(3)?;
    Some([&[0, 1], vec![0xff; padding].as_slice(), &[0], &info, digest].concat())
}

/// The DER of a `DigestInfo` up to the digest (RFC 8017 §9.2 note 1).
const fn digest_info(hash: Hash) -> [u8; 19] {
    let [total, arc, length] = match hash {
        Hash::Sha256 => [0x31, 1, 32],
        Hash::Sha384 => [0x41, 2, 48],
        Hash::Sha512 => [0x51, 3, 64],
    };
    [0x30, total, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, length]
}

/// EMSA-PSS (RFC 8017 §9.1.2) with MGF1 over the same hash and a salt of its length (RFC 7518 §3.5), in an encoded
/// message of `bits` - 1 bits. None if it lacks a part.
fn is_pss(hash: Hash, digest: &[u8], encoded: &[u8], bits: usize) -> Option<bool> {
    // RFC 8017 §8.1.2 step 2c: with a modulus of 8k + 1 bits, the message has one byte less than the modulus.
    let unused = match bits.checked_sub(1)? % 8 {
        0 => 0,
        used => 8_usize.checked_sub(used)?,
    };
    let encoded = if bits % 8 == 1 { encoded.strip_prefix(&[0])? } else { encoded };
    let (&trailer, encoded) = encoded.split_last()?;
    let (masked, h) = encoded.split_at_checked(encoded.len().checked_sub(hash.length())?)?;
    let first = 0xff >> unused;
    if trailer != 0xbc || masked.first()? & !first != 0 {
        return Some(false);
    }
    let mut block: Vec<u8> = masked.iter().zip(mgf1(hash, h)).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= first;
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(hash.length())?)?;
    let (&separator, zeros) = padding.split_last()?;
    let expected = hash.digest(&[&[0; 8], digest, salt].concat());
    Some(zeros.iter().all(|&byte| byte == 0) && separator == 1 && h == expected)
}

/// MGF1 (RFC 8017 §B.2.1), as long as one likes.
fn mgf1(hash: Hash, seed: &[u8]) -> impl Iterator<Item = u8> {
    (0_u32..).flat_map(move |counter| hash.digest(&[seed, &counter.to_be_bytes()].concat()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
#[cfg(test)]
mod tests;
