//! A cache of parsed headers: an issuer sends the same few with all of its tokens.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::jose::header::Header;
use crate::keys::verifying_key::VerifyingKey;
use crate::sync::OnceLock;

/// More than an issuer uses at a time: a header for each key.
pub(super) const SLOTS: usize = 16;

/// Longer ones are read each time. Ordinary headers have about a hundred characters.
pub(super) const MAX_TEXT: usize = 1024;

/// The headers that one policy and one key set accepted: the cache belongs to both and is dropped with either.
///
/// A slot is written once and never again, so that threads read without waiting for each other. Only
/// headers under a valid signature get in. So only the issuer can fill the slots, and once they are full,
/// further headers are read each time, which is only slower.
#[derive(Default)]
pub(crate) struct HeaderCache {
    slots: [OnceLock<(Box<[u8]>, Resolved)>; SLOTS],
}

/// A header that passed every check, and the key that it leads to.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) header: Arc<Header>,
    pub(crate) key: Arc<VerifyingKey>,
}

/// A header that enters the cache once the signature is known to be valid.
pub(crate) struct PendingInsert {
    header_cache: Arc<HeaderCache>,
    text: Box<[u8]>,
}

impl HeaderCache {
    /// The cached result for a header with this very text.
    pub(crate) fn find(&self, text: &[u8]) -> Option<&Resolved> {
        let known = self.slots.iter().map_while(|slot| slot.get());
        known.into_iter().find(|(known, _)| **known == *text).map(|(_, resolved)| resolved)
    }

    /// Prepares the insertion of a header, if there is room for it.
    pub(crate) fn pending_insert(self: &Arc<Self>, text: &[u8]) -> Option<PendingInsert> {
        (self.has_room() && text.len() <= MAX_TEXT)
            .then(|| PendingInsert { header_cache: Arc::clone(self), text: text.into() })
    }

    fn has_room(&self) -> bool {
        self.slots.last().is_some_and(|slot| slot.get().is_none())
    }

    fn insert(&self, text: Box<[u8]>, resolved: Resolved) {
        let mut entry = (text, resolved);
        for slot in &self.slots {
            match slot.set(entry) {
                Ok(()) => return,
                // Taken, perhaps by another thread with the same header.
                Err(own) if slot.get().is_some_and(|(known, _)| *known == own.0) => return,
                Err(own) => entry = own,
            }
        }
    }
}

impl PendingInsert {
    /// Inserts the header into the cache that lacked it: a verifier that has other keys by now has another one.
    pub(crate) fn insert(self, resolved: Resolved) {
        self.header_cache.insert(self.text, resolved);
    }
}

impl fmt::Debug for HeaderCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeaderCache")
    }
}
