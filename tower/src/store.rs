//! What several instances remember together.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::system_time;
use crate::verifier::BoxFuture;

/// Why a store could not answer. It goes to the log, and to nobody else.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// A place for texts that several instances share: proofs that were used, logouts, sessions. Keys are at most 128
/// characters, all of them `A-Z a-z 0-9 : - _ .`. A lifetime is in seconds, and at least 1.
///
/// Implement it over what you have. A request waits for it, for two seconds at most: what takes longer has failed. On wasm,
/// where no clock can be had, bound the time yourself.
pub trait Store: Send + Sync {
    /// The value of a key, if it has one whose lifetime has not passed.
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>>;

    /// Writes a value over any other.
    fn write<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Writes a value if the key has none, and says whether it did. Of two calls at once one is answered with `true`,
    /// wherever they come from, and the value is not forgotten before its lifetime has passed.
    fn add<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Removes a value, if there is one.
    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}

impl<T: Store + ?Sized> Store for Arc<T> {
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        (**self).read(key)
    }

    fn write<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).write(key, value, lifetime)
    }

    fn add<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<bool, StoreError>> {
        (**self).add(key, value, lifetime)
    }

    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).remove(key)
    }
}

/// A store in memory, of a service with one instance. What is full takes nothing more, and says so, since what it has may
/// not be forgotten.
///
/// # Example
/// ```
/// use countersign_tower::MemoryStore;
///
/// let store = MemoryStore::new(100_000);
/// ```
pub struct MemoryStore {
    most: usize,
    clock: fn() -> u64,
    entries: Mutex<HashMap<String, Entry>>,
}

struct Entry {
    value: String,
    end: u64,
}

impl MemoryStore {
    /// A store of so many entries at most.
    pub fn new(most: usize) -> Self {
        Self { most, clock: system_time, entries: Mutex::default() }
    }

    /// The clock, in seconds since 1970: for tests.
    #[must_use]
    pub fn clock(mut self, clock: fn() -> u64) -> Self {
        self.clock = clock;
        self
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<String, Entry>, u64) -> T) -> T {
        let now = (self.clock)();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        // Not for each call: what is over stays until there is need of its place.
        if entries.len() >= self.most {
            entries.retain(|_, entry| now < entry.end);
        }
        change(&mut entries, now)
    }

    fn put(&self, key: &str, value: &str, lifetime: u64, over: bool) -> Result<bool, StoreError> {
        self.change(|entries, now| {
            let is_there = entries.get(key).is_some_and(|entry| now < entry.end);
            if is_there && !over {
                return Ok(false);
            }
            if entries.len() >= self.most && !entries.contains_key(key) {
                return Err("the store in memory is full: raise its number of entries".into());
            }
            let entry = Entry { value: value.to_owned(), end: now.saturating_add(lifetime) };
            entries.insert(key.to_owned(), entry);
            Ok(true)
        })
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        let found = self
            .change(|entries, now| entries.get(key).filter(|entry| now < entry.end).map(|entry| entry.value.clone()));
        Box::pin(ready(Ok(found)))
    }

    fn write<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(self.put(key, value, lifetime, true).map(drop)))
    }

    fn add<'a>(&'a self, key: &'a str, value: &'a str, lifetime: u64) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(ready(self.put(key, value, lifetime, false)))
    }

    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.change(|entries, _| drop(entries.remove(key)));
        Box::pin(ready(Ok(())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("most", &self.most).finish_non_exhaustive()
    }
}
