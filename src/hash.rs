//! SHA-2 (FIPS 180-4) and HMAC (RFC 2104) with it, on the compression functions of the crate `sha2`.
//!
//! The crate's own padding is generic over blocks, buffers and outputs, and comes once for each hash: with that and `hmac` the
//! wasm artifacts would be larger by 2 KB, compressed.

use alloc::vec::Vec;

use sha2::block_api::{compress256, compress512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A hash function of the algorithm table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Bytes in a digest.
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The name that WebCrypto uses.
    pub(crate) const fn web_name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    pub(crate) fn digest(self, message: &[u8]) -> Vec<u8> {
        self.cut(&self.start().finish(0, message)).to_vec()
    }

    /// The chaining value before the first block (FIPS 180-4 §5.3).
    const fn start(self) -> Chain {
        match self {
            Self::Sha256 => Chain::Words32([
                0x6a09_e667,
                0xbb67_ae85,
                0x3c6e_f372,
                0xa54f_f53a,
                0x510e_527f,
                0x9b05_688c,
                0x1f83_d9ab,
                0x5be0_cd19,
            ]),
            Self::Sha384 => Chain::Words64([
                0xcbbb_9d5d_c105_9ed8,
                0x629a_292a_367c_d507,
                0x9159_015a_3070_dd17,
                0x152f_ecd8_f70e_5939,
                0x6733_2667_ffc0_0b31,
                0x8eb4_4a87_6858_1511,
                0xdb0c_2e0d_64f9_8fa7,
                0x47b5_481d_befa_4fa4,
            ]),
            Self::Sha512 => Chain::Words64([
                0x6a09_e667_f3bc_c908,
                0xbb67_ae85_84ca_a73b,
                0x3c6e_f372_fe94_f82b,
                0xa54f_f53a_5f1d_36f1,
                0x510e_527f_ade6_82d1,
                0x9b05_688c_2b3e_6c1f,
                0x1f83_d9ab_fb41_bd6b,
                0x5be0_cd19_137e_2179,
            ]),
        }
    }

    /// The digest in what [`Chain::finish`] answers.
    fn cut(self, words: &[u8; 64]) -> &[u8] {
        words.get(..self.length()).unwrap_or(words)
    }
}

/// SHA-512 as an array.
pub(crate) fn sha512(message: &[u8]) -> [u8; 64] {
    Hash::Sha512.start().finish(0, message)
}

/// The chaining value between blocks. SHA-384 is SHA-512 with another start, cut short.
#[derive(Clone)]
enum Chain {
    Words32([u32; 8]),
    Words64([u64; 8]),
}

impl Chain {
    /// Bytes in a block.
    const fn block(&self) -> usize {
        match self {
            Self::Words32(_) => 64,
            Self::Words64(_) => 128,
        }
    }

    /// Takes whole blocks.
    ///
    /// Written out where it is called: from a single place, the compression functions would become part of that one, and would be
    /// optimised as it is, for size, and not for speed as the crate `sha2` is.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the compiler has no other way to say so")]
    fn compress(&mut self, blocks: &[u8]) {
        match self {
            Self::Words32(words) => compress256(words, blocks.as_chunks().0),
            Self::Words64(words) => compress512(words, blocks.as_chunks().0),
        }
    }

    /// Takes the rest of the message, pads (FIPS 180-4 §5.1) and answers all words. `before`: bytes that it has taken.
    fn finish(mut self, before: usize, message: &[u8]) -> [u8; 64] {
        let block = self.block();
        let whole = message.len().saturating_sub(message.len().checked_rem(block).unwrap_or(0));
        let (blocks, rest) = message.split_at_checked(whole).unwrap_or_default();
        self.compress(blocks);
        // The rest, a bit, zeros, and the length in bits: 8 or 16 bytes, of which the last 8 are more than enough.
        let mut tail = [0; 256];
        if let Some((start, after)) = tail.split_at_mut_checked(rest.len()) {
            start.copy_from_slice(rest);
            after.iter_mut().take(1).for_each(|byte| *byte = 0x80);
        }
        let room = block.saturating_sub(block / 8);
        let size = if rest.len() < room { block } else { block.saturating_mul(2) };
        if let Some((padded, _)) = tail.split_at_mut_checked(size) {
            if let Some(length) = padded.last_chunk_mut() {
                let bytes = u64::try_from(before.saturating_add(message.len())).unwrap_or(u64::MAX);
                *length = bytes.saturating_mul(8).to_be_bytes();
            }
            self.compress(padded);
        }
        let mut digest = [0; 64];
        match &self {
            Self::Words32(words) => write(&mut digest, words, u32::to_be_bytes),
            Self::Words64(words) => write(&mut digest, words, u64::to_be_bytes),
        }
        digest
    }
}

fn write<W: Copy, const N: usize>(digest: &mut [u8; 64], words: &[W; 8], bytes: impl Fn(W) -> [u8; N]) {
    for (place, word) in digest.as_chunks_mut().0.iter_mut().zip(words) {
        *place = bytes(*word);
    }
}

/// HMAC with a key that is absorbed already.
pub(crate) struct Mac {
    hash: Hash,
    inner: Chain,
    outer: Chain,
}

impl Mac {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        let size = hash.start().block();
        let hashed = Zeroizing::new(if key.len() > size { hash.digest(key) } else { Vec::new() });
        let key = if hashed.is_empty() { key } else { &hashed };
        let keyed = |pad: u8| {
            let mut block = Zeroizing::new([pad; 128]);
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            let mut chain = hash.start();
            chain.compress(block.get(..size).unwrap_or_default());
            chain
        };
        Self { hash, inner: keyed(0x36), outer: keyed(0x5c) }
    }

    /// The authentication tag of a message.
    pub(crate) fn tag(&self, message: &[u8]) -> Vec<u8> {
        self.hash.cut(&self.words(message)).to_vec()
    }

    /// Whether a tag begins with these bytes or, for as many as it has, is them. Compared in constant time.
    pub(crate) fn begins_with(&self, message: &[u8], start: &[u8]) -> bool {
        let words = self.words(message);
        self.hash.cut(&words).get(..start.len()).is_some_and(|tag| tag.ct_eq(start).into())
    }

    fn words(&self, message: &[u8]) -> [u8; 64] {
        let block = self.inner.block();
        let inner = self.inner.clone().finish(block, message);
        self.outer.clone().finish(block, self.hash.cut(&inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::hmac::{Hmac, KeyInit};
    use sha2::{Digest, Sha256, Sha384, Sha512};

    /// Every length around the ends of blocks, of messages and of keys.
    #[test]
    fn digests_and_tags_are_those_of_other_crates() {
        fn compare<M: hmac::Mac + KeyInit>(hash: Hash, digest: impl Fn(&[u8]) -> Vec<u8>) {
            let bytes: Vec<u8> = (0..=255).cycle().take(600).collect();
            for length in 0..600 {
                let message = &bytes[..length];
                assert_eq!(hash.digest(message), digest(message), "{hash:?} {length}");
                let key = &bytes[300 - length / 2..];
                let mac = Mac::new(hash, key);
                let tag = <M as KeyInit>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes();
                assert_eq!(mac.tag(message), tag.to_vec(), "{hash:?} {length}");
            }
            for length in 0..200 {
                let tag = <M as KeyInit>::new_from_slice(&bytes[..length]).unwrap().finalize().into_bytes();
                assert_eq!(Mac::new(hash, &bytes[..length]).tag(b""), tag.to_vec(), "{hash:?} {length}");
            }
        }
        compare::<Hmac<Sha256>>(Hash::Sha256, |message| Sha256::digest(message).to_vec());
        compare::<Hmac<Sha384>>(Hash::Sha384, |message| Sha384::digest(message).to_vec());
        compare::<Hmac<Sha512>>(Hash::Sha512, |message| Sha512::digest(message).to_vec());
        assert_eq!(sha512(b"abc")[..], Sha512::digest(b"abc")[..]);
    }

    #[test]
    fn a_tag_is_compared_as_far_as_it_goes() {
        let mac = Mac::new(Hash::Sha384, b"key");
        let tag = mac.tag(b"message");
        assert!(mac.begins_with(b"message", &tag) && mac.begins_with(b"message", &tag[..24]));
        assert!(!mac.begins_with(b"massage", &tag) && !mac.begins_with(b"message", &[&tag[..], &[0]].concat()));
        for at in 0..tag.len() {
            let mut other = tag.clone();
            other[at] ^= 1;
            assert!(!mac.begins_with(b"message", &other), "{at}");
        }
    }
}
