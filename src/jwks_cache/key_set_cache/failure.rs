//! Failed requests, and how long no other is made after them.

use crate::error::Error;

/// The time after a failed fetch in which no other is made, in seconds. After each further failure it is twice as long, up
/// to [`MAX_FAILURE_BACKOFF`], less up to a quarter, so that many instances do not ask at once.
pub const FAILURE_BACKOFF: u64 = 5;
/// The longest time after a failed fetch in which no other is made, in seconds.
pub const MAX_FAILURE_BACKOFF: u64 = 60;

/// The last failure.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    at: u64,
    backoff: u64,
    /// How many there were in a row
    count: u32,
}

impl Failure {
    /// A failure after another, if there was one. `seed` differs between instances.
    pub(super) fn after(last: Option<&Self>, error: Error, now: u64, seed: u32) -> Self {
        let count = last.map_or(1, |last| last.count.saturating_add(1));
        Self { error, at: now, backoff: backoff(count, now, seed), count }
    }

    /// Whether no other request is to be made yet.
    pub(super) fn is_recent(&self, now: u64) -> bool {
        super::within(Some(self.at), self.backoff, now)
    }
}

fn backoff(count: u32, now: u64, seed: u32) -> u64 {
    let doublings = count.saturating_sub(1).min(8);
    let longest = FAILURE_BACKOFF.saturating_mul(1 << doublings).min(MAX_FAILURE_BACKOFF);
    if count < 2 {
        return longest;
    }
    // A Weyl sequence: spread evenly over the instances, and over the failures of one.
    let mixed = u64::from(seed).wrapping_add(now).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let shorter = mixed.checked_rem(longest / 4).unwrap_or_default();
    longest.saturating_sub(shorter)
}

/// A random number, by which the waits of instances differ.
pub(in crate::jwks_cache) fn seed() -> u32 {
    #[cfg(feature = "std")]
    {
        use std::hash::{BuildHasher as _, Hasher as _, RandomState};
        u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default()
    }
    #[cfg(not(feature = "std"))]
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute_and_differ_between_instances() {
        for (count, shortest, longest) in
            [(1, 5, 5), (2, 9, 10), (3, 16, 20), (4, 31, 40), (5, 46, 60), (u32::MAX, 46, 60)]
        {
            let waits: Vec<u64> = (0..1_000).map(|seed| backoff(count, 1_800_000_000, seed)).collect();
            assert_eq!((waits.iter().min(), waits.iter().max()), (Some(&shortest), Some(&longest)), "{count}");
        }
        assert_ne!((0..4).map(|_| seed()).collect::<Vec<_>>(), vec![seed(); 4]);
    }
}
