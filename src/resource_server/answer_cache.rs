//! Answers about tokens, for a while.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::hash::Hash;
use crate::resource_server::introspection::Introspection;
use crate::verify::claims::Claims;

/// The answers of an [`Introspection`] that are remembered, as long as it says. Of the tokens it has hashes alone.
pub struct AnswerCache {
    most: usize,
    answers: BTreeMap<Vec<u8>, Answer>,
    /// The oldest first. An answer may have been forgotten already, or be a newer one.
    order: VecDeque<Vec<u8>>,
}

struct Answer {
    claims: Arc<Claims>,
    end: u64,
}

impl AnswerCache {
    /// A cache of so many answers at most: the oldest make room.
    pub const fn new(most: usize) -> Self {
        Self { most, answers: BTreeMap::new(), order: VecDeque::new() }
    }

    /// The claims of a token that was asked about. `now` is in seconds since the epoch.
    pub fn find(&self, token: &str, now: u64) -> Option<Arc<Claims>> {
        let answer = self.answers.get(&key(token)).filter(|answer| now < answer.end)?;
        Some(Arc::clone(&answer.claims))
    }

    /// Remembers the claims of a token, where the rules say so.
    pub fn insert(&mut self, rules: &Introspection, token: &str, claims: &Arc<Claims>, now: u64) {
        let Some(end) = rules.remembered_until(claims, now).filter(|_| self.most > 0) else { return };
        let key = key(token);
        if self.answers.insert(key.clone(), Answer { claims: Arc::clone(claims), end }).is_none() {
            self.order.push_back(key);
        }
        while self.answers.len() > self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            self.answers.remove(&oldest);
        }
    }
}

fn key(token: &str) -> Vec<u8> {
    Hash::Sha256.digest(token.as_bytes())
}

impl fmt::Debug for AnswerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache").field("answers", &self.answers.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn an_answer_counts_for_its_time_and_the_oldest_make_room() {
        let rules = Introspection::new("https://id.example", ["a"]).lifetime(10).unwrap();
        let claims = |exp| Arc::new(Claims::from_json(&format!(r#"{{"exp":{exp}}}"#)).unwrap());
        let mut cache = AnswerCache::new(2);
        for token in ["a", "b", "a", "c"] {
            cache.insert(&rules, token, &claims(105), 100);
        }
        let known = |cache: &AnswerCache, now| ["a", "b", "c"].map(|token| cache.find(token, now).is_some());
        assert_eq!(known(&cache, 100), [false, true, true]);
        assert_eq!(known(&cache, 105), [false; 3], "a token that is over");
        cache.insert(&rules, "b", &claims(1_000), 105);
        assert_eq!((known(&cache, 114), known(&cache, 115)), ([false, true, false], [false; 3]));
        let forgetful = Introspection::new("https://id.example", ["a"]);
        cache.insert(&forgetful, "d", &claims(1_000), 105);
        assert!(cache.find("d", 105).is_none());
    }
}
