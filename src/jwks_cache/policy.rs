//! How long keys are used, and how often they are asked for.

use core::time::Duration;

use crate::encoding::http_field::{delta_seconds, freshness_lifetime};
use crate::error::ConfigError;
use crate::jwks_cache::FETCH_TIMEOUT;
use crate::jwks_cache::action::Response;

/// The lifetimes of a key set, in seconds (RFC 9111, RFC 5861).
///
/// A key set is *fresh* for as long as its `Cache-Control: max-age` says, less its `Age`, within bounds. After that it is
/// *stale*: fresher keys are asked for, and the stale ones are used while they cannot be had.
///
/// # Example
/// ```
/// use countersign::discovery::KeySource;
/// use countersign::jwks_cache::CachePolicy;
/// use countersign::{RemoteVerifier, Verifier};
///
/// let mut policy = CachePolicy::default();
/// policy.max_freshness = 3_600; // A withdrawn key is gone after an hour, whatever the server's `max-age` says.
/// policy.stale_while_revalidate = 60;
/// let verifier = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").build()?;
/// let remote = RemoteVerifier::new(verifier, &KeySource::default())?.cache_policy(policy)?;
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CachePolicy {
    /// The shortest freshness lifetime: 1 to 86,400. Default: 30.
    pub min_freshness: u64,
    /// The freshness lifetime where the server gives none: between the shortest and the longest. Default: 600.
    pub default_freshness: u64,
    /// The longest freshness lifetime: 1 to 86,400. Default: 86,400.
    pub max_freshness: u64,
    /// The time that stale keys are used without waiting for fresh ones, which are asked for meanwhile: 0 to 86,400. After it a
    /// verification waits a second for them. Default: 0.
    pub stale_while_revalidate: u64,
    /// The time since the server last gave or confirmed keys after which they are used no more, whatever happens: from
    /// the longest freshness lifetime to 604,800. Default: 86,400.
    pub stale_if_error: u64,
    /// The time between two requests that unknown key IDs cause: 1 to 3,600. Default: 30.
    pub cooldown: u64,
    /// The time that a request may take, headers and body: 1 to 30. Default: 5.
    pub timeout: u64,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            min_freshness: 30,
            default_freshness: 600,
            max_freshness: Self::MAX_FRESHNESS,
            stale_while_revalidate: 0,
            stale_if_error: 86_400,
            cooldown: 30,
            timeout: FETCH_TIMEOUT,
        }
    }
}

impl CachePolicy {
    /// The largest freshness lifetime, in seconds.
    pub const MAX_FRESHNESS: u64 = 86_400;
    /// The largest `stale_if_error`, in seconds.
    pub const MAX_STALE_IF_ERROR: u64 = 604_800;
    /// The largest `cooldown`, in seconds.
    pub const MAX_COOLDOWN: u64 = 3_600;
    /// The largest `timeout`, in seconds.
    pub const MAX_TIMEOUT: u64 = 30;

    /// Whether the options make sense together.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let freshness = 1..=Self::MAX_FRESHNESS;
        let (option, problem) = if !freshness.contains(&self.min_freshness) {
            ("min_freshness", "must be 1 to 86,400 seconds")
        } else if !freshness.contains(&self.max_freshness) {
            ("max_freshness", "must be 1 to 86,400 seconds")
        } else if !(self.min_freshness..=self.max_freshness).contains(&self.default_freshness) {
            ("default_freshness", "must be between the shortest and the longest freshness lifetime")
        } else if self.stale_while_revalidate > Self::MAX_FRESHNESS {
            ("stale_while_revalidate", "must be 0 to 86,400 seconds")
        } else if !(self.max_freshness..=Self::MAX_STALE_IF_ERROR).contains(&self.stale_if_error) {
            ("stale_if_error", "must be between the longest freshness lifetime and 604,800 seconds")
        } else if !(1..=Self::MAX_COOLDOWN).contains(&self.cooldown) {
            ("cooldown", "must be 1 to 3,600 seconds")
        } else if !(1..=Self::MAX_TIMEOUT).contains(&self.timeout) {
            ("timeout", "must be 1 to 30 seconds")
        } else {
            return Ok(());
        };
        Err(ConfigError { option, problem })
    }

    /// The longest time until a request has ended one way or the other. After it the request counts as lost: its host may
    /// have been cancelled.
    pub(crate) const fn whole_fetch(&self) -> Duration {
        Duration::from_secs(self.timeout.saturating_add(1))
    }

    /// The freshness lifetime of a response that has just come.
    pub(crate) fn freshness(&self, response: &Response<'_>) -> u64 {
        let age = response.age.and_then(delta_seconds).unwrap_or(0);
        let given = response.cache_control.and_then(freshness_lifetime).map(|lifetime| lifetime.saturating_sub(age));
        given.unwrap_or(self.default_freshness).clamp(self.min_freshness, self.max_freshness)
    }
}
