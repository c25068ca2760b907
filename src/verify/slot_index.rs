//! Index from a token's fingerprint to its slot in the verdict cache: a chained hash table of fixed size.
//!
//! It does what a map of the standard library's would, at a tenth of its size.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// The end of a chain: a ring has fewer slots.
const END: u32 = u32::MAX;

/// Slots by fingerprint.
#[derive(Debug)]
pub(crate) struct SlotIndex {
    /// The first slot of each list
    heads: Box<[u32]>,
    /// By slot: the fingerprint there, and the next slot of the same list
    links: Vec<(u64, u32)>,
}

impl SlotIndex {
    /// Creates the index of a ring of so many slots.
    pub(crate) fn new(slots: usize) -> Self {
        Self { heads: vec![END; slots].into(), links: Vec::new() }
    }

    /// The slot of a fingerprint.
    pub(crate) fn find(&self, fingerprint: u64) -> Option<usize> {
        let mut at = *self.heads.get(self.list(fingerprint))?;
        loop {
            let slot = usize::try_from(at).ok()?;
            let (known, next) = self.links.get(slot)?;
            if *known == fingerprint {
                return Some(slot);
            }
            at = *next;
        }
    }

    /// Enters a fingerprint that is new into a slot that is free. Slots are taken in turn at first.
    pub(crate) fn insert(&mut self, fingerprint: u64, slot: usize) {
        let list = self.list(fingerprint);
        let (Some(head), Ok(slot_number)) = (self.heads.get_mut(list), u32::try_from(slot)) else { return };
        let link = (fingerprint, core::mem::replace(head, slot_number));
        match self.links.get_mut(slot) {
            Some(free) => *free = link,
            None => self.links.push(link),
        }
    }

    /// Frees the slot of a fingerprint.
    pub(crate) fn remove(&mut self, fingerprint: u64) {
        let list = self.list(fingerprint);
        let Some(head) = self.heads.get_mut(list) else { return };
        let (mut before, mut at) = (None, *head);
        while let Some(&(known, next)) = usize::try_from(at).ok().and_then(|slot| self.links.get(slot)) {
            if known == fingerprint {
                match before.and_then(|slot| self.links.get_mut(slot)) {
                    Some((_, link)) => *link = next,
                    None => *head = next,
                }
                return;
            }
            before = usize::try_from(at).ok();
            at = next;
        }
    }

    /// The chain of a fingerprint: the highest bits of a product, which depend on all of the number's.
    fn list(&self, fingerprint: u64) -> usize {
        let mixed = fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let lists = u64::try_from(self.heads.len()).unwrap_or_default();
        usize::try_from(mixed.wrapping_mul(lists) >> 32).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_is_a_map() {
        for (slots, numbers) in [(1usize, 3u64), (2, 5), (7, 9), (16, 40), (64, 70)] {
            let (mut index, mut map) = (SlotIndex::new(slots), BTreeMap::new());
            let mut ring: Vec<Option<u64>> = Vec::new();
            for round in 0..2000u64 {
                // Now and then one that is there already, and now and then one is taken away.
                let fingerprint = round.wrapping_mul(0x2545_f491_4f6c_dd1d) % numbers;
                let slot = usize::try_from(round).unwrap() % slots;
                if let Some(before) = map.remove(&fingerprint) {
                    index.remove(fingerprint);
                    ring[before] = None;
                }
                if let Some(Some(before)) = ring.get(slot).copied() {
                    index.remove(before);
                    map.remove(&before);
                    ring[slot] = None;
                }
                if round % 5 != 4 || slot == ring.len() {
                    index.insert(fingerprint, slot);
                    map.insert(fingerprint, slot);
                    if slot == ring.len() { ring.push(Some(fingerprint)) } else { ring[slot] = Some(fingerprint) }
                }
                for number in 0..numbers {
                    assert_eq!(index.find(number), map.get(&number).copied(), "{number} of {numbers} in {round}");
                }
            }
            index.remove(numbers);
        }
    }
}
