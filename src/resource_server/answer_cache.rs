//! Answers about tokens, for a while.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::error::Error;
use crate::hash::Hash;
use crate::resource_server::introspection::Introspection;
use crate::verify::claims::Claims;

/// The answers of an [`Introspection`] that are remembered, as long as it says. Of the tokens it has hashes alone.
///
/// What an answer says against a token is remembered for [`AnswerCache::REFUSAL_LIFETIME`] seconds, so that a token that is
/// sent again and again is not asked about each time.
pub struct AnswerCache {
    most: usize,
    refusals: BTreeMap<Vec<u8>, Refusal>,
    /// The oldest first
    refused: VecDeque<Vec<u8>>,
    answers: BTreeMap<Vec<u8>, Answer>,
    /// The oldest first. An answer may be a newer one.
    order: VecDeque<Vec<u8>>,
}

struct Refusal {
    error: Error,
    at: u64,
}

struct Answer {
    claims: Arc<Claims>,
    at: u64,
    end: u64,
}

impl AnswerCache {
    /// For how long it counts what an answer says against a token, in seconds. A token that is issued only now, under a name
    /// that was tried before, is refused for so long.
    pub const REFUSAL_LIFETIME: u64 = 5;
    /// Such answers that are remembered at a time. The oldest make room.
    pub const MAX_REFUSALS: usize = 1_000;

    /// A cache of so many answers at most: the oldest make room.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            refusals: BTreeMap::new(),
            refused: VecDeque::new(),
            answers: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// The claims of a token that was asked about. `now` is in seconds since the epoch.
    pub fn find(&self, token: &str, now: u64) -> Option<Arc<Claims>> {
        // A clock that was set back since must not make it count for longer.
        let answer = self.answers.get(&key(token)).filter(|answer| (answer.at..answer.end).contains(&now))?;
        Some(Arc::clone(&answer.claims))
    }

    /// What was said against a token a moment ago.
    ///
    /// # Errors
    /// That.
    pub fn check(&self, token: &str, now: u64) -> Result<(), Error> {
        let refusal = self
            .refusals
            .get(&key(token))
            .filter(|refusal| now.checked_sub(refusal.at).is_some_and(|age| age < Self::REFUSAL_LIFETIME));
        refusal.map_or(Ok(()), |refusal| Err(refusal.error.clone()))
    }

    /// Remembers what was said against a token, and forgets what was said for it. An outage says nothing against it.
    pub fn refuse(&mut self, token: &str, error: &Error, now: u64) {
        if error.status() != 401 {
            return;
        }
        let key = key(token);
        if self.answers.remove(&key).is_some() {
            self.order.retain(|other| *other != key);
        }
        if self.refusals.insert(key.clone(), Refusal { error: error.clone(), at: now }).is_none() {
            self.refused.push_back(key);
        }
        while self.refusals.len() > Self::MAX_REFUSALS {
            let Some(oldest) = self.refused.pop_front() else { break };
            self.refusals.remove(&oldest);
        }
    }

    /// Remembers the claims of a token, where the rules say so.
    pub fn insert(&mut self, rules: &Introspection, token: &str, claims: &Arc<Claims>, now: u64) {
        let Some(end) = rules.remembered_until(claims, now).filter(|_| self.most > 0) else { return };
        let key = key(token);
        if self.answers.insert(key.clone(), Answer { claims: Arc::clone(claims), at: now, end }).is_none() {
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
        assert_eq!(known(&cache, 99), [false; 3], "a clock that was set back");
        assert_eq!(known(&cache, 105), [false; 3], "a token that is over");
        cache.insert(&rules, "b", &claims(1_000), 105);
        assert_eq!((known(&cache, 114), known(&cache, 115)), ([false, true, false], [false; 3]));
        assert!(cache.answers.len() <= 2);
        let forgetful = Introspection::new("https://id.example", ["a"]);
        cache.insert(&forgetful, "d", &claims(1_000), 105);
        assert!(cache.find("d", 105).is_none());
    }

    #[test]
    fn what_is_said_against_a_token_counts_more_than_what_was_said_for_it() {
        let rules = Introspection::new("https://id.example", ["a"]).lifetime(60).unwrap();
        let claims = Arc::new(Claims::from_json(r#"{"exp":1000}"#).unwrap());
        let inactive = Error::TokenExpired { now: 100, exp: 100 };
        let mut cache = AnswerCache::new(2);
        for round in 0..10 {
            cache.insert(&rules, "a", &claims, 100);
            assert!(cache.find("a", 100).is_some(), "{round}");
            cache.refuse("a", &inactive, 100);
            assert!(cache.find("a", 100).is_none() && cache.check("a", 100).is_err(), "{round}");
        }
        assert!(cache.order.is_empty());
    }

    #[test]
    fn what_was_said_against_a_token_counts_for_a_moment() {
        let mut cache = AnswerCache::new(0);
        let inactive = Error::TokenExpired { now: 100, exp: 100 };
        cache.refuse("a", &inactive, 100);
        assert_eq!([100, 104, 105, 99].map(|now| cache.check("a", now).is_err()), [true, true, false, false]);
        assert_eq!((cache.check("b", 100), cache.check("a", 100)), (Ok(()), Err(inactive.clone())));
        cache.refuse("a", &inactive, 105);
        assert_eq!([105, 109, 110].map(|now| cache.check("a", now).is_err()), [true, true, false]);
        for outage in [Error::IntrospectionInvalid, crate::error::UnavailableReason::Timeout.into()] {
            cache.refuse("c", &outage, 100);
            assert_eq!(cache.check("c", 100), Ok(()), "{outage}");
        }
        for number in 0..5_000 {
            cache.refuse(&format!("flood {number}"), &inactive, 200);
        }
        assert_eq!((cache.refusals.len(), cache.refused.len()), (1_000, 1_000));
        assert!(cache.check("flood 4999", 200).is_err() && cache.check("flood 0", 200).is_ok());
    }
}
