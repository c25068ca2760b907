//! RSA with every step in reach, so that paddings can be wrong in any way (RFC 8017).

use std::convert::Infallible;

use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, RsaPrivateKey};

use crate::hash::sha;

/// Blinding is of no use to keys that everybody knows, so this is never asked for anything.
enum NoRandomness {}

impl rsa::rand_core::TryRng for NoRandomness {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        match *self {}
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match *self {}
    }
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl rsa::rand_core::TryCryptoRng for NoRandomness {}

/// RSASP1 (§5.2.1): the number in these bytes to the power of d.
///
/// # Panics
/// When the number is not below the modulus.
pub fn private_operation(key: &RsaPrivateKey, encoded: &[u8]) -> Vec<u8> {
    let length = key.size();
    let number = BoxedUint::from_be_slice(encoded, key.n_bits_precision()).expect("as long as the modulus");
    let result = rsa::hazmat::rsa_decrypt(None::<&mut NoRandomness>, key, &number).expect("below the modulus");
    let bytes = result.to_be_bytes();
    bytes[bytes.len() - length..].to_vec()
}

/// The DER of a DigestInfo without the digest (§9.2, note 1).
pub fn digest_info(bits: usize) -> Vec<u8> {
    let (total, last, length) = match bits {
        256 => (0x31, 1, 0x20),
        384 => (0x41, 2, 0x30),
        _ => (0x51, 3, 0x40),
    };
    let oid = [0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, last];
    [&[0x30, total, 0x30, 0x0d][..], &oid, &[5, 0, 4, length]].concat()
}

/// EMSA-PKCS1-v1_5 (§9.2): `content` after as much padding as fits.
pub fn pkcs1_block(length: usize, content: &[u8]) -> Vec<u8> {
    let padding = vec![0xff; length - content.len() - 3];
    [&[0, 1][..], &padding, &[0], content].concat()
}

/// RSASSA-PKCS1-v1_5 (§8.2.1).
pub fn sign_pkcs1(key: &RsaPrivateKey, bits: usize, message: &[u8]) -> Vec<u8> {
    let content = [digest_info(bits), sha(bits, message)].concat();
    private_operation(key, &pkcs1_block(key.size(), &content))
}

/// RSASSA-PSS (§8.1.1) with a salt of any length and any hash for the mask.
pub fn sign_pss(key: &RsaPrivateKey, bits: usize, mask_bits: usize, salt_length: usize, message: &[u8]) -> Vec<u8> {
    let modulus_bits = key.n().bits() as usize;
    private_operation(key, &pss_block(modulus_bits, bits, mask_bits, salt_length, message))
}

/// EMSA-PSS (§9.1.1) for a modulus of so many bits, in as many bytes as it has. The salt is the beginning of a hash of
/// the message, which makes signatures reproducible.
pub fn pss_block(modulus_bits: usize, bits: usize, mask_bits: usize, salt_length: usize, message: &[u8]) -> Vec<u8> {
    let digest = sha(bits, message);
    let salt = mask(512, &[b"salt", message].concat(), salt_length);
    let hash = sha(bits, &[&[0; 8][..], &digest, &salt].concat());
    let encoded_bits = modulus_bits - 1;
    let block_length = encoded_bits.div_ceil(8) - hash.len() - 1;
    let mut block = vec![0; block_length - salt.len() - 1];
    block.push(1);
    block.extend(&salt);
    for (byte, mask) in block.iter_mut().zip(mask(mask_bits, &hash, block_length)) {
        *byte ^= mask;
    }
    block[0] &= 0xff >> (8 * encoded_bits.div_ceil(8) - encoded_bits);
    block.extend(hash);
    block.push(0xbc);
    [vec![0; modulus_bits.div_ceil(8) - encoded_bits.div_ceil(8)], block].concat()
}

/// MGF1 (§B.2.1).
fn mask(bits: usize, seed: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut counter = 0u32;
    while bytes.len() < length {
        bytes.extend(sha(bits, &[seed, &counter.to_be_bytes()].concat()));
        counter += 1;
    }
    bytes.truncate(length);
    bytes
}

/// The modulus.
pub fn modulus(key: &RsaPrivateKey) -> Vec<u8> {
    let bytes = key.n().to_be_bytes();
    bytes[bytes.len() - key.size()..].to_vec()
}
