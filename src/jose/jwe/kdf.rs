//! The Concat KDF of SP 800-56A §5.8.1, as RFC 7518 §4.6.2 uses it: SHA-256, one or two rounds.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::hash::Hash;

/// Derives a key of `length` bytes, at most 64, from the secret that both sides agree on.
///
/// `algorithm` is `enc` where the key is that of the content, and `alg` where it wraps that.
pub(super) fn derive(
    secret: &[u8],
    algorithm: &str,
    party_u: &[u8],
    party_v: &[u8],
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes();
    let bits = size(length.saturating_mul(8));
    let mut key = Zeroizing::new(Vec::with_capacity(64));
    for round in [1_u32, 2] {
        let mut input = Zeroizing::new([&round.to_be_bytes(), secret].concat());
        for part in [algorithm.as_bytes(), party_u, party_v] {
            input.extend_from_slice(&size(part.len()));
            input.extend_from_slice(part);
        }
        input.extend_from_slice(&bits);
        key.extend_from_slice(&Zeroizing::new(Hash::Sha256.digest(&input)));
    }
    key.truncate(length);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7518_appendix_c() {
        let secret = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128,
            106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let derived = derive(&secret, "A128GCM", b"Alice", b"Bob", 16);
        assert_eq!(*derived, [86, 170, 141, 234, 248, 35, 109, 32, 92, 34, 40, 205, 113, 167, 16, 26]);
    }

    #[test]
    fn every_input_counts_and_a_longer_key_is_another_one() {
        let derived = derive(&[1; 32], "A256CBC-HS512", b"u", b"v", 64);
        assert_eq!(derived.len(), 64);
        assert_ne!(derived[..32], derived[32..]);
        for other in [
            derive(&[2; 32], "A256CBC-HS512", b"u", b"v", 64),
            derive(&[1; 32], "A256GCM", b"u", b"v", 64),
            derive(&[1; 32], "A256CBC-HS512", b"uv", b"", 64),
            derive(&[1; 32], "A256CBC-HS512", b"", b"uv", 64),
        ] {
            assert_ne!(derived, other);
        }
        assert_ne!(derive(&[1; 32], "x", b"", b"", 32)[..16], derive(&[1; 32], "x", b"", b"", 16)[..]);
    }
}
