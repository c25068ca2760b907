//! Verdicts on tokens that come again: an edge sees the same bearer token hundreds of times.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::error::ConfigError;
use crate::hash::sha512;
use crate::jose::algorithm::Algorithm;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::claim_checks::ValidityWindow;
use crate::verify::slot_index::SlotIndex;
use crate::verify::verifier::{Pending, Verifier};

/// The size of a verdict cache, and the lifetime of its entries.
///
/// # Example
/// ```
/// let mut limits = countersign::verify::CacheLimits::default();
/// limits.max_age = 60;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheLimits {
    /// Tokens, of which the oldest make room. Default 1 000, at most 100 000.
    pub max_entries: usize,
    /// Seconds after which a token is verified again. Default 300, at most 86 400.
    pub max_age: u64,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self { max_entries: 1000, max_age: 300 }
    }
}

impl CacheLimits {
    /// The largest values that may be asked for.
    pub const MAX: Self = Self { max_entries: 100_000, max_age: 86_400 };

    fn check(&self) -> Result<(), ConfigError> {
        if !(1..=Self::MAX.max_entries).contains(&self.max_entries) {
            return Err(ConfigError { option: "cache.max_entries", problem: "must be 1 to 100000 tokens" });
        }
        if !(1..=Self::MAX.max_age).contains(&self.max_age) {
            return Err(ConfigError { option: "cache.max_age", problem: "must be 1 to 86400 seconds" });
        }
        Ok(())
    }
}

/// A token that was accepted, and under what circumstances it would be again.
///
/// It is recognised by all of its bytes. The signed ones are compared as they are, and of the signature
/// there is only a hash, so that no entry would pass for a token. A hash of the whole would do
/// too, and takes several times as long. It is SHA-512 because that makes less work of a signature than
/// SHA-256 where numbers have 64 bits.
pub struct Verdict {
    signing_input: Box<[u8]>,
    signature: [u8; 64],
    fingerprint: u64,
    kid: Option<String>,
    algorithm: Algorithm,
    key: Arc<VerifyingKey>,
    window: ValidityWindow,
    since: u64,
}

/// The part of a cache entry that is known before the claims are checked.
pub(crate) struct Candidate {
    signing_input_length: usize,
    kid: Option<String>,
    algorithm: Algorithm,
    key: Arc<VerifyingKey>,
}

impl Candidate {
    #[inline(never)]
    pub(crate) fn of(pending: &Pending) -> Self {
        Self {
            signing_input_length: pending.signing_input_length(),
            kid: pending.kid().map(String::from),
            algorithm: pending.algorithm(),
            key: Arc::clone(pending.shared_key()),
        }
    }

    /// The entry, now that the token was accepted.
    #[inline(never)]
    pub(crate) fn verdict(self, token: &[u8], window: ValidityWindow, now: u64) -> Verdict {
        let Self { signing_input_length, kid, algorithm, key } = self;
        let (signing_input, rest) = token.split_at_checked(signing_input_length).unwrap_or((token, &[]));
        Verdict {
            signing_input: signing_input.into(),
            signature: sha512(rest),
            fingerprint: fingerprint(token),
            kid,
            algorithm,
            key,
            window,
            since: now,
        }
    }
}

impl Verdict {
    /// Whether the verifier still takes this key for such a token.
    pub(crate) fn stands(&self, verifier: &Verifier) -> bool {
        verifier.selects(self.kid.as_deref(), self.algorithm, &self.key)
    }

    fn matches(&self, token: &[u8]) -> bool {
        token.split_at_checked(self.signing_input.len()).is_some_and(|(signing_input, rest)| {
            equal(&self.signing_input, signing_input) && self.signature == sha512(rest)
        })
    }
}

/// The fingerprint of a token, which tells where to look for it and not whether it is the one. Taken from
/// where signatures are as good as random: all but those of ML-DSA near their end, and those in the middle of the token.
fn fingerprint(token: &[u8]) -> u64 {
    let word = |at: usize| {
        let bytes = token.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    word(token.len().saturating_sub(40)) ^ word(token.len() / 2).rotate_left(32)
}

/// A cache of accepted tokens, each with a value of the caller's. Refusals are not cached: an attacker could
/// fill the cache with them for free.
///
/// Everything that depends on the current time is checked on every hit: the time against `exp`, `nbf`,
/// `iat` and the greatest age. What the caller expects of a single token is none of this: with
/// expectations there is no hit.
pub(crate) struct VerdictCache<T> {
    limits: CacheLimits,
    /// A ring: the next one to be written is the oldest.
    slots: Vec<Option<(Verdict, T)>>,
    next: usize,
    index: SlotIndex,
}

impl<T> VerdictCache<T> {
    #[inline(never)]
    pub(crate) fn new(limits: CacheLimits) -> Result<Self, ConfigError> {
        limits.check()?;
        Ok(Self { limits, slots: Vec::new(), next: 0, index: SlotIndex::new(limits.max_entries) })
    }

    /// The slot of a token that is still to be accepted at this time, in seconds, and its value.
    #[inline(never)]
    pub(crate) fn find(&mut self, token: &[u8], now: u64) -> Option<(usize, &T)> {
        let slot = self.index.find(fingerprint(token))?;
        let (verdict, _) = self.slots.get(slot)?.as_ref()?;
        if !verdict.matches(token) {
            return None;
        }
        // A clock that went back says nothing about the age.
        let fresh = now.checked_sub(verdict.since).is_some_and(|age| age < self.limits.max_age);
        if !fresh || !verdict.window.contains(now) {
            self.clear(slot);
            return None;
        }
        self.slots.get(slot)?.as_ref().map(|(_, value)| (slot, value))
    }

    /// Inserts a verdict in the place of the oldest. The slot is below [`CacheLimits::max_entries`].
    pub(crate) fn insert(&mut self, verdict: Verdict, with: T) -> usize {
        if let Some(before) = self.index.find(verdict.fingerprint) {
            self.clear(before);
        }
        let slot = self.next;
        self.clear(slot);
        self.index.insert(verdict.fingerprint, slot);
        match self.slots.get_mut(slot) {
            Some(place) => *place = Some((verdict, with)),
            None => self.slots.push(Some((verdict, with))),
        }
        self.next = slot.checked_add(1).filter(|&next| next < self.limits.max_entries).unwrap_or(0);
        slot
    }

    /// Drops the entries that the verifier would no longer accept with its current keys.
    pub(crate) fn revalidate(&mut self, verifier: &Verifier) {
        for slot in 0..self.slots.len() {
            let stands =
                self.slots.get(slot).and_then(Option::as_ref).is_none_or(|(verdict, _)| verdict.stands(verifier));
            if !stands {
                self.clear(slot);
            }
        }
    }

    fn clear(&mut self, slot: usize) {
        if let Some((verdict, _)) = self.slots.get_mut(slot).and_then(Option::take) {
            self.index.remove(verdict.fingerprint);
        }
    }
}

impl<T> fmt::Debug for VerdictCache<T> {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerdictCache")
            .field("limits", &self.limits)
            .field("entries", &self.slots.iter().flatten().count())
            .finish_non_exhaustive()
    }
}

/// Eight bytes at a time: in wasm, the comparison of slices goes byte by byte.
fn equal(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let differences = a_words.iter().zip(b_words).fold(0, |bits, (a, b)| bits | (word(a) ^ word(b)));
    a.len() == b.len() && differences == 0 && a_rest == b_rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_equal_where_each_of_them_is() {
        let bytes: Vec<u8> = (0..40).collect();
        for length in 0..bytes.len() {
            let (own, more) = (&bytes[..length], &bytes[..=length]);
            assert!(equal(own, own));
            assert!(!equal(own, more) && !equal(more, own));
            for at in 0..length {
                let mut other = own.to_vec();
                other[at] ^= 0x80;
                assert!(!equal(own, &other) && !equal(&other, own), "{at} of {length}");
                // As another difference somewhere else, which is the same.
                if let Some(byte) = other.get_mut(at.wrapping_sub(8)) {
                    *byte ^= 0x80;
                    assert!(!equal(own, &other), "{at} of {length}");
                }
            }
        }
    }

    /// Or every token would be looked for in one place.
    #[test]
    fn tokens_that_differ_in_their_middle_or_near_their_end_have_other_fingerprints() {
        let token: Vec<u8> = (0..200).collect();
        for at in [100, 107, 160, 167] {
            let mut other = token.clone();
            other[at] ^= 1;
            assert_ne!(fingerprint(&other), fingerprint(&token), "{at}");
        }
        assert_eq!(fingerprint(b""), 0);
    }
}
