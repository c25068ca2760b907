//! Keys that are fetched one by one, each at an address with its key ID.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::error::{Error, UnavailableReason};
use crate::jwks_cache::key_set_cache::{KeySetCache, seed};
use crate::jwks_cache::{Action, CachePolicy, Event};
use crate::keys::key_set::KeySet;
use crate::limits::Limits;

/// Keys that are looked after at a time. An issuer signs with one, and for a while with the one before it.
const MAX_KEYS: usize = 16;
/// Key IDs under which there is no key, or not yet, at a time: tokens with made-up ones cannot flood the server.
const MAX_WITHOUT_KEY: usize = 8;
/// The longest key ID that is asked for.
const MAX_ID: usize = 63;

/// The place of the key ID in an address.
const PLACE: &str = "/{kid}";

/// A [`KeySetCache`] for each key ID.
#[derive(Debug)]
pub(super) struct KeysById {
    /// The address, up to the key ID
    base: String,
    limits: Limits,
    pub(super) policy: CachePolicy,
    /// Differs between instances
    pub(super) seed: u32,
    next_id: u32,
    /// The one that was wanted last is the last
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    kid: String,
    cache: KeySetCache,
    /// Empty: none came yet, or the server has none
    keys: KeySet,
    began: u64,
}

impl Entry {
    fn is_without_key(&self) -> bool {
        self.keys.keys().next().is_none()
    }
}

impl KeysById {
    /// Keys at an address that ends with [`PLACE`].
    pub(super) fn new(uri: &str, limits: Limits) -> Option<Self> {
        let base = uri.strip_suffix(PLACE)?.to_owned();
        let policy = CachePolicy::default();
        Some(Self { base, limits, policy, seed: seed(), next_id: 0, entries: Vec::new() })
    }

    /// Takes an event that concerns no key ID: the answer to a request, or nothing to do.
    pub(super) fn handle(&mut self, event: Event<'_>, now: u64) -> Action {
        match event {
            Event::Response { id, .. } | Event::Failed { id, .. } => self.answered(id, event, now),
            Event::Wanted | Event::Load | Event::UnknownKey | Event::Stored { .. } => Action::Use,
        }
    }

    /// Says what to do for a token that names the key with this ID.
    pub(super) fn wanted(&mut self, kid: &str, now: u64) -> Action {
        // No key has such an ID, and no address is made of it.
        if !is_id(kid) {
            return Action::Use;
        }
        let entry = match self.entries.iter().position(|entry| entry.kid == kid) {
            Some(position) => self.entries.remove(position),
            None if self.has_room(now) => {
                let mut cache = KeySetCache::of_key(kid, [&self.base, "/", kid].concat(), self.limits);
                cache.policy = self.policy;
                cache.seed = self.seed;
                Entry { kid: kid.to_owned(), cache, keys: KeySet::default(), began: now }
            }
            None => return Action::Unavailable(UnavailableReason::Crowded.into()),
        };
        self.entries.push(entry);
        self.last_handles(Event::Wanted, now)
    }

    fn answered(&mut self, id: u32, event: Event<'_>, now: u64) -> Action {
        let Some(position) = self.entries.iter().position(|entry| entry.cache.awaits(id)) else { return Action::Use };
        let entry = self.entries.remove(position);
        self.entries.push(entry);
        self.last_handles(event, now)
    }

    /// Numbers of requests are those of one cache.
    fn last_handles(&mut self, event: Event<'_>, now: u64) -> Action {
        let Some(entry) = self.entries.last_mut() else { return Action::Use };
        entry.cache.next_id = self.next_id;
        let action = entry.cache.handle(event, now);
        self.next_id = entry.cache.next_id;
        if let Action::Replace(keys) = action {
            entry.keys = keys;
            return Action::Replace(self.keys());
        }
        action
    }

    /// Every key that there is.
    fn keys(&self) -> KeySet {
        let mut all = KeySet::default();
        self.entries.iter().for_each(|entry| all.extend(&entry.keys));
        all
    }

    /// Forgets the keys that have outlived their use. The answer is what is left, if there were any.
    pub(super) fn expire(&mut self, now: u64) -> Option<KeySet> {
        let outlived = |entry: &Entry| !entry.is_without_key() && entry.cache.usable(now).is_err();
        let before = self.entries.len();
        self.entries.retain(|entry| !outlived(entry));
        (self.entries.len() < before).then(|| self.keys())
    }

    /// Makes room for one more, if there is any to be made: that of an ID that had its time, then that of the key that was
    /// wanted longest ago.
    fn has_room(&mut self, now: u64) -> bool {
        let without = self.entries.iter().filter(|entry| entry.is_without_key()).count();
        if without >= MAX_WITHOUT_KEY {
            let had_its_time =
                |entry: &Entry| entry.is_without_key() && entry.began.abs_diff(now) >= self.policy.cooldown;
            let Some(oldest) = self.entries.iter().position(had_its_time) else { return false };
            self.entries.remove(oldest);
        } else if self.entries.len() >= MAX_KEYS {
            let Some(oldest) = self.entries.iter().position(|entry| !entry.is_without_key()) else { return false };
            self.entries.remove(oldest);
        }
        true
    }

    /// Notes that a host has waited so long for a request.
    pub(super) fn pending(&mut self, id: u32, elapsed: Duration) {
        self.entries.iter_mut().for_each(|entry| entry.cache.pending(id, elapsed));
    }

    /// When the server last gave or confirmed a key.
    pub(super) fn confirmed_at(&self) -> Option<u64> {
        self.entries.iter().filter_map(|entry| entry.cache.confirmed_at()).max()
    }

    /// Whether the key with this ID may be used, whatever the age of the others. A token without an ID can mean any of them.
    pub(super) fn usable_key(&self, kid: Option<&str>, now: u64) -> Result<(), Error> {
        let mut result = Err(UnavailableReason::NotLoaded.into());
        for entry in &self.entries {
            if kid.map_or_else(|| !entry.is_without_key(), |kid| entry.kid == kid) {
                result = entry.cache.usable(now);
                result.clone()?;
            }
        }
        result
    }

    /// Whether there is a key that may be used.
    pub(super) fn usable(&self, now: u64) -> Result<(), Error> {
        let mut error = Error::JwksUnavailable(UnavailableReason::NotLoaded);
        for entry in &self.entries {
            match entry.cache.usable(now) {
                Ok(()) => return Ok(()),
                Err(own) => error = own,
            }
        }
        Err(error)
    }
}

/// Whether a key ID is in an address what it is in a header.
pub(super) fn is_id(kid: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_ID).contains(&kid.len()) && kid.bytes().all(allowed)
}
