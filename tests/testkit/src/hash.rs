//! SHA-2 by the number of its bits.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The digest of a message.
///
/// # Panics
/// For other numbers than 256, 384 and 512.
pub fn sha(bits: usize, message: &[u8]) -> Vec<u8> {
    match bits {
        256 => Sha256::digest(message).to_vec(),
        384 => Sha384::digest(message).to_vec(),
        512 => Sha512::digest(message).to_vec(),
        _ => panic!("SHA-2 has no {bits} bits here"),
    }
}

/// The left half of the digest, base64url: `at_hash` and `c_hash` (OpenID Connect Core §3.1.3.6).
pub fn half_hash(bits: usize, value: &str) -> String {
    crate::base64url::encode(&sha(bits, value.as_bytes())[..bits / 16])
}
