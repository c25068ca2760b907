//! Sign-ins that are under way in a browser's storage. Several tabs can sign in at once.

use alloc::vec::Vec;

use crate::client::TRANSACTION_LIFETIME;

/// Sign-ins under way at once. They are not sent anywhere, as cookies would be, so that a window full of tabs may wake up.
const MAX_SIGN_INS: usize = 32;

/// Which of the sign-ins, by when their transactions expire, are to be removed from the storage before another begins: those
/// that are over, those that end later than one of this clock can, and the oldest, as far as there are too many.
pub fn dead_sign_ins(expire_at: &[u64], now: u64) -> Vec<usize> {
    let latest = now.saturating_add(TRANSACTION_LIFETIME);
    let is_living = |end: u64| end > now && end <= latest;
    let ends = || expire_at.iter().copied().enumerate();
    // Of those that end at once, the later ones in the list count as the younger.
    let is_younger =
        |(index, end): (usize, u64), other: usize, than: u64| is_living(end) && (end, index) > (than, other);
    let is_dead = |index, end| {
        !is_living(end) || ends().filter(|one| is_younger(*one, index, end)).count().saturating_add(1) >= MAX_SIGN_INS
    };
    ends().filter(|(index, end)| is_dead(*index, *end)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn what_is_over_or_of_the_future_goes() {
        let ends = [NOW + 1, NOW, NOW - 1, NOW + TRANSACTION_LIFETIME, NOW + TRANSACTION_LIFETIME + 1, 0, u64::MAX];
        let mut dead = dead_sign_ins(&ends, NOW);
        dead.sort_unstable();
        assert_eq!(dead, [1, 2, 4, 5, 6]);
        assert!(dead_sign_ins(&[], NOW).is_empty());
    }

    #[test]
    fn a_storm_leaves_the_youngest() {
        let mut living: Vec<u64> = Vec::new();
        for step in 0..1_000 {
            let dead = dead_sign_ins(&living, NOW + step / 10);
            living =
                living.iter().enumerate().filter(|(index, _)| !dead.contains(index)).map(|(_, end)| *end).collect();
            living.push(NOW + step / 10 + TRANSACTION_LIFETIME);
            assert!(living.len() <= MAX_SIGN_INS);
        }
        assert_eq!(living.len(), MAX_SIGN_INS);
        assert!(living.iter().all(|end| *end >= NOW + 96 + TRANSACTION_LIFETIME));
    }
}
