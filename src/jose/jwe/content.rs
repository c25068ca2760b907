//! The authentication of AES-CBC content (RFC 7518 §5.2.2.2), which comes before anything is decrypted.

use super::algorithm::ContentEncryption;
use crate::hash::{Hash, Mac};

/// What the tag is about, with the tag.
#[derive(Clone, Copy)]
pub(super) struct Sealed<'a> {
    pub(super) aad: &'a [u8],
    pub(super) iv: &'a [u8],
    pub(super) ciphertext: &'a [u8],
    pub(super) tag: &'a [u8],
}

/// The key that decrypts, if the other half of `key` has made the tag: compared in constant time. `key` has the length of the
/// algorithm.
pub(super) fn authenticate<'k>(encryption: ContentEncryption, key: &'k [u8], sealed: &Sealed<'_>) -> Option<&'k [u8]> {
    let (mac_key, decryption_key) = key.split_at_checked(encryption.key_length() / 2)?;
    let holds = match encryption {
        ContentEncryption::A128CbcHs256 => verify(Hash::Sha256, mac_key, sealed),
        ContentEncryption::A256CbcHs512 => verify(Hash::Sha512, mac_key, sealed),
        ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => false,
    };
    holds.then_some(decryption_key)
}

fn verify(hash: Hash, key: &[u8], sealed: &Sealed<'_>) -> bool {
    let Sealed { aad, iv, ciphertext, tag } = sealed;
    let bits = u64::try_from(aad.len()).unwrap_or(u64::MAX).saturating_mul(8).to_be_bytes();
    !tag.is_empty() && Mac::new(hash, key).begins_with(&[aad, iv, ciphertext, &bits[..]].concat(), tag)
}
