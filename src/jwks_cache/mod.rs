//! The JWKS cache as a state machine: time and responses go in, requests and keys come out. It never
//! waits and never fetches.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::discovery::Discovery;
use crate::discovery::key_source::KeySource;
use crate::error::{ConfigError, DiscoveryReason, Error, KeySetReason, UnavailableReason};
use crate::keys::key_set::KeySet;
use crate::limits::Limits;

/// The freshness lifetime of a fetched key set, in seconds.
pub const FRESH_FOR: u64 = 600;
/// The time that the last good key set is used while the server cannot be reached (stale-if-error), in seconds.
pub const STALE_FOR: u64 = 86_400;
/// The time between two fetches that unknown key IDs caused, in seconds.
pub const MISS_COOLDOWN: u64 = 30;
/// The time after a failed fetch in which no other is made, in seconds.
pub const FAILURE_BACKOFF: u64 = 5;
/// The time that a fetch may take, headers and body, in seconds.
pub const FETCH_TIMEOUT: u64 = 5;

/// Requests whose answers may still come. More are in flight only if the host lost some.
const MAX_IN_FLIGHT: usize = 64;

/// A GET request for the host to make: without credentials, without following redirects, and past every HTTP cache.
///
/// A client with a cache of its own has to leave it out (`Cache-Control: no-store`, or `cache: "no-store"` in `fetch`):
/// a copy that is stored for as long as the server's `max-age` says counts as fresh here each time it is handed out, and a
/// withdrawn key goes on verifying.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchRequest {
    /// The number to return with the response
    pub id: u32,
    /// An https URL, or http on loopback
    pub url: String,
    /// Bytes of body after which the host stops reading
    pub max_bytes: usize,
    /// Seconds after which the host aborts
    pub timeout: u64,
}

/// The key set of one issuer, found by discovery or at a given URL.
///
/// # Example
/// ```
/// use countersign::{Progress, JwksCache};
///
/// let mut remote = JwksCache::from_jwks_uri("https://id.example/jwks", Default::default())?;
/// let request = remote.need(1_000)?.expect("no keys yet");
/// assert_eq!(request.url, "https://id.example/jwks");
/// let body = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
/// let Progress::Keys(keys) = remote.response(request.id, 200, body, 1_000)? else { unreachable!() };
/// assert_eq!(keys.keys().count(), 1);
/// assert_eq!(remote.need(1_599)?, None);
/// assert!(remote.need(1_600)?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JwksCache {
    source: Source,
    limits: Limits,
    /// When the current key set came
    loaded_at: Option<u64>,
    /// When an unknown key ID last caused a fetch
    missed_at: Option<u64>,
    failed: Option<Failure>,
    /// An unknown key ID asks for newer keys than the current ones
    refresh: bool,
    next_id: u32,
    /// The oldest first
    in_flight: Vec<(u32, Stage)>,
}

/// The effect of a response.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// It belongs to no request that is under way, or the document is elsewhere: ask [`JwksCache::need`].
    None,
    /// The metadata was taken: ask [`JwksCache::need`] for the next step.
    Metadata,
    /// The keys to verify with from now on. They replace the old ones, all of them.
    Keys(KeySet),
}

#[derive(Debug)]
enum Source {
    Uri(String),
    /// `jwks_uri` stays known until a fetch from it fails
    Issuer {
        discovery: Discovery,
        jwks_uri: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Metadata,
    Keys,
}

#[derive(Debug)]
struct Failure {
    at: u64,
    error: Error,
}

impl JwksCache {
    /// Keys at a known URL.
    ///
    /// # Errors
    /// [`ConfigError`] when it is neither https nor http on loopback.
    pub fn from_jwks_uri(uri: &str, limits: Limits) -> Result<Self, ConfigError> {
        Self::from_source("", &KeySource { jwks_uri: Some(uri.to_owned()), ..KeySource::default() }, limits)
    }

    /// Keys that the issuer's metadata names (RFC 8414, OpenID Connect Discovery).
    ///
    /// # Errors
    /// [`ConfigError`] when the issuer is no https URL (http on loopback) or has a query.
    pub fn from_issuer(issuer: &str, limits: Limits) -> Result<Self, ConfigError> {
        Self::from_source(issuer, &KeySource::default(), limits)
    }

    /// Keys wherever the issuer has them: at a known URL, or where metadata at the issuer or at an address
    /// of its own says.
    ///
    /// # Errors
    /// [`ConfigError`] for options that contradict each other, and for addresses that may not be asked.
    pub fn from_source(issuer: &str, source: &KeySource, limits: Limits) -> Result<Self, ConfigError> {
        let source = match &source.jwks_uri {
            Some(uri) => {
                source.check()?;
                Source::Uri(uri.clone())
            }
            None => Source::Issuer { discovery: Discovery::from_source(issuer, source)?, jwks_uri: None },
        };
        Ok(Self::new(source, limits))
    }

    const fn new(source: Source, limits: Limits) -> Self {
        Self {
            source,
            limits,
            loaded_at: None,
            missed_at: None,
            failed: None,
            refresh: false,
            next_id: 0,
            in_flight: Vec::new(),
        }
    }

    /// The request to make before a token is verified at `now` (seconds); `None` when the current
    /// keys are to be used.
    ///
    /// # Errors
    /// Why there are no keys, for [`FAILURE_BACKOFF`] seconds after a fetch failed.
    pub fn need(&mut self, now: u64) -> Result<Option<FetchRequest>, Error> {
        if !self.refresh && within(self.loaded_at, FRESH_FOR, now) {
            return Ok(None);
        }
        if let Some(failure) = self.failed.as_ref().filter(|failure| within(Some(failure.at), FAILURE_BACKOFF, now)) {
            if within(self.loaded_at, STALE_FOR, now) {
                return Ok(None);
            }
            return Err(failure.error.clone());
        }
        Ok(Some(self.request()))
    }

    /// The time until which the keys are fresh, from `now` on and as long as nothing else is called.
    #[cfg(feature = "wasm")]
    pub(crate) fn calm(&self, now: u64) -> u64 {
        let loaded = self.loaded_at.filter(|&loaded| !self.refresh && loaded <= now);
        loaded.map_or(0, |loaded| loaded.saturating_add(FRESH_FOR))
    }

    /// Whether there are keys that may still be used. Ask right before verifying, if time may have
    /// passed since [`JwksCache::need`].
    ///
    /// # Errors
    /// Why not: none came yet, or the last ones came [`STALE_FOR`] seconds ago or earlier.
    pub fn usable(&self, now: u64) -> Result<(), Error> {
        // By the distance: a clock that is set back a little takes no keys away.
        if self.loaded_at.is_some_and(|loaded| loaded.abs_diff(now) < STALE_FOR) {
            return Ok(());
        }
        let failure = self.failed.as_ref().map(|failure| failure.error.clone());
        Err(failure.unwrap_or(Error::JwksUnavailable(UnavailableReason::NotLoaded)))
    }

    /// The request to make because a token names a key that is not in the set; `None` when that has
    /// been tried less than [`MISS_COOLDOWN`] seconds ago, so that tokens with made-up key IDs cannot
    /// flood the server.
    ///
    /// # Errors
    /// Why newer keys could not be had, while that is so: it is unknown then whether the key exists.
    pub fn missed(&mut self, now: u64) -> Result<Option<FetchRequest>, Error> {
        let cooling = within(self.missed_at, MISS_COOLDOWN, now);
        if let Some(failure) = &self.failed
            && (cooling || within(Some(failure.at), FAILURE_BACKOFF, now))
        {
            return Err(failure.error.clone());
        }
        if cooling {
            return Ok(None);
        }
        self.missed_at = Some(now);
        self.refresh = true;
        Ok(Some(self.request()))
    }

    /// Takes the answer to a request.
    ///
    /// # Errors
    /// What is wrong with the answer. The last good key set stays in use.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8], now: u64) -> Result<Progress, Error> {
        let Some(stage) = self.take(id) else { return Ok(Progress::None) };
        if body.len() > self.limits.jwks {
            return Err(self.fail(Error::ResponseTooLarge, now));
        }
        let result = match stage {
            Stage::Metadata => self.take_metadata(status, body),
            Stage::Keys if status != 200 => Err(Error::JwksUnavailable(UnavailableReason::Status)),
            Stage::Keys => KeySet::from_json_within(body, &self.limits).map(Progress::Keys).map_err(set_invalid),
        };
        if let Ok(Progress::Keys(_)) = &result {
            self.loaded_at = Some(now);
            self.failed = None;
            self.refresh = false;
        }
        result.map_err(|error| self.fail(error, now))
    }

    /// Records that a request got no response. Returns what [`JwksCache::need`] will report if there
    /// are no keys to go on with.
    pub fn failure(&mut self, id: u32, reason: UnavailableReason, now: u64) -> Error {
        self.take(id);
        self.fail(reason.into(), now)
    }

    fn fail(&mut self, error: Error, now: u64) -> Error {
        if let Source::Issuer { jwks_uri, .. } = &mut self.source {
            *jwks_uri = None;
        }
        self.refresh = false;
        self.failed = Some(Failure { at: now, error: error.clone() });
        error
    }

    fn take_metadata(&mut self, status: u16, body: &[u8]) -> Result<Progress, Error> {
        let Source::Issuer { discovery, jwks_uri } = &mut self.source else { return Ok(Progress::None) };
        let Some(metadata) = discovery.response(status, body)? else {
            return Ok(Progress::None);
        };
        *jwks_uri = Some(metadata.jwks_uri.ok_or(Error::DiscoveryInvalid(DiscoveryReason::JwksUri))?);
        Ok(Progress::Metadata)
    }

    fn request(&mut self) -> FetchRequest {
        let (url, stage) = match &self.source {
            Source::Uri(uri) | Source::Issuer { jwks_uri: Some(uri), .. } => (uri.clone(), Stage::Keys),
            Source::Issuer { discovery, jwks_uri: None } => (discovery.url(), Stage::Metadata),
        };
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            self.in_flight.remove(0);
        }
        self.in_flight.push((id, stage));
        FetchRequest { id, url, max_bytes: self.limits.jwks, timeout: FETCH_TIMEOUT }
    }

    fn take(&mut self, id: u32) -> Option<Stage> {
        let position = self.in_flight.iter().position(|(known, _)| *known == id)?;
        Some(self.in_flight.remove(position).1)
    }
}

/// A bad key in a set is the server's fault, whatever it would be in a token's verification.
fn set_invalid(error: Error) -> Error {
    match error {
        Error::JwksInvalid(_) => error,
        _ => Error::JwksInvalid(KeySetReason::NoUsableKey),
    }
}

/// Whether `now` lies less than `seconds` after `since`. A clock that went back counts as expired.
fn within(since: Option<u64>, seconds: u64, now: u64) -> bool {
    since.and_then(|since| now.checked_sub(since)).is_some_and(|age| age < seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[u8] =
        br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn remote() -> JwksCache {
        JwksCache::from_jwks_uri("https://id.example/jwks", Limits::default()).expect("a good URL")
    }

    fn loaded(now: u64) -> JwksCache {
        let mut remote = remote();
        let request = remote.need(now).expect("no failure").expect("a request");
        assert!(matches!(remote.response(request.id, 200, KEYS, now), Ok(Progress::Keys(_))));
        remote
    }

    #[test]
    fn keys_are_fresh_for_ten_minutes() {
        let mut remote = loaded(1_000);
        assert_eq!(remote.need(1_000), Ok(None));
        assert_eq!(remote.need(1_599), Ok(None));
        assert!(matches!(remote.need(1_600), Ok(Some(_))));
        assert!(matches!(remote.need(999), Ok(Some(_))), "a clock that went back");
    }

    #[test]
    fn the_last_good_set_outlives_failures_for_a_day() {
        let mut remote = loaded(1_000);
        for now in [1_600, 1_700, 80_000] {
            let request = remote.need(now).expect("current keys").expect("a retry");
            remote.failure(request.id, UnavailableReason::Timeout, now);
            assert_eq!(remote.need(now), Ok(None), "stale keys serve while the server is down");
        }
        let request = remote.need(90_000).expect("a last try").expect("a retry");
        assert!(remote.response(request.id, 200, br#"{"keys":[]}"#, 90_000).is_err());
        assert!(remote.need(90_000).is_err(), "too old to be trusted");
    }

    #[test]
    fn keys_decide_for_a_day_and_no_longer() {
        let unloaded = Err(Error::JwksUnavailable(UnavailableReason::NotLoaded));
        assert_eq!(remote().usable(1_000), unloaded);
        let remote = loaded(100_000);
        for (now, verdict) in [(100_000, Ok(())), (99_990, Ok(())), (186_399, Ok(())), (186_400, unloaded.clone())] {
            assert_eq!(remote.usable(now), verdict, "{now}");
        }
        assert_eq!(remote.usable(0), unloaded, "a clock set back by more than a day");
    }

    #[test]
    fn failures_are_not_repeated_at_once() {
        let mut remote = remote();
        let request = remote.need(10).expect("no failure").expect("a request");
        remote.failure(request.id, UnavailableReason::Network, 10);
        assert_eq!(remote.need(14), Err(Error::JwksUnavailable(UnavailableReason::Network)));
        assert!(matches!(remote.need(15), Ok(Some(_))));
    }

    #[test]
    fn an_unknown_key_causes_one_fetch_in_thirty_seconds() {
        let mut remote = loaded(1_000);
        let request = remote.missed(1_001).expect("no failure").expect("the first miss");
        assert_eq!(remote.missed(1_001), Ok(None));
        assert!(remote.response(request.id, 200, KEYS, 1_001).is_ok());
        assert_eq!(remote.need(1_001), Ok(None));
        assert_eq!(remote.missed(1_030), Ok(None));
        assert!(matches!(remote.missed(1_031), Ok(Some(_))));
    }

    #[test]
    fn while_newer_keys_cannot_be_had_an_unknown_key_is_no_verdict() {
        let mut remote = loaded(1_000);
        let request = remote.missed(1_001).expect("no failure").expect("the first miss");
        remote.failure(request.id, UnavailableReason::Timeout, 1_001);
        assert_eq!(remote.need(1_002), Ok(None), "the known keys go on");
        assert_eq!(remote.missed(1_002), Err(Error::JwksUnavailable(UnavailableReason::Timeout)));
        assert_eq!(remote.missed(1_030), Err(Error::JwksUnavailable(UnavailableReason::Timeout)));
        let request = remote.missed(1_031).expect("a retry").expect("a request");
        assert!(remote.response(request.id, 200, KEYS, 1_031).is_ok());
        assert_eq!(remote.missed(1_032), Ok(None));
    }

    #[test]
    fn a_set_with_one_bad_key_is_a_bad_set() {
        let mut remote = remote();
        let request = remote.need(10).expect("no failure").expect("a request");
        let body = br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;
        let error = remote.response(request.id, 200, body, 10).err();
        assert_eq!(error, Some(Error::JwksInvalid(KeySetReason::NoUsableKey)));
    }

    #[test]
    fn a_bad_answer_never_replaces_good_keys() {
        let mut remote = loaded(1_000);
        for (status, body) in [(200, &b"<html>"[..]), (200, br#"{"keys":[]}"#), (500, KEYS), (302, b""), (200, b"")] {
            let request = remote.need(2_000).expect("current keys").expect("a retry");
            assert!(remote.response(request.id, status, body, 1_990).is_err());
            assert_eq!(remote.need(1_990), Ok(None));
        }
    }

    #[test]
    fn unknown_and_repeated_answers_change_nothing() {
        let mut remote = remote();
        let request = remote.need(10).expect("no failure").expect("a request");
        assert!(
            remote
                .response(request.id.wrapping_add(7), 200, KEYS, 10)
                .is_ok_and(|progress| matches!(progress, Progress::None))
        );
        assert!(remote.response(request.id, 200, KEYS, 10).is_ok_and(|progress| matches!(progress, Progress::Keys(_))));
        assert!(remote.response(request.id, 500, b"", 10).is_ok_and(|progress| matches!(progress, Progress::None)));
        assert_eq!(remote.need(10), Ok(None));
    }

    #[test]
    fn discovery_leads_to_the_keys() {
        let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
        let first = remote.need(1).expect("no failure").expect("metadata");
        assert_eq!(first.url, "https://id.example/.well-known/openid-configuration");
        assert!(remote.response(first.id, 404, b"", 1).is_ok());
        let second = remote.need(1).expect("no failure").expect("metadata");
        assert_eq!(second.url, "https://id.example/.well-known/oauth-authorization-server");
        let metadata = br#"{"issuer":"https://id.example","jwks_uri":"https://keys.example/set"}"#;
        assert!(remote.response(second.id, 200, metadata, 1).is_ok());
        let third = remote.need(1).expect("no failure").expect("keys");
        assert_eq!(third.url, "https://keys.example/set");
        assert!(remote.response(third.id, 200, KEYS, 1).is_ok_and(|progress| matches!(progress, Progress::Keys(_))));
        let again = remote.need(700).expect("no failure").expect("keys");
        assert_eq!(again.url, "https://keys.example/set", "the metadata is not asked for again");
        assert!(remote.response(again.id, 404, b"", 700).is_err());
        let after = remote.need(705).expect("current keys").expect("a retry");
        assert_eq!(after.url, second.url, "unless the keys moved");
    }

    #[test]
    fn no_metadata_anywhere_is_said_as_such() {
        let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
        for _ in 0..2 {
            let request = remote.need(1).expect("no failure").expect("metadata");
            let _ = remote.response(request.id, 404, b"", 1);
        }
        let not_found = Error::DiscoveryInvalid(DiscoveryReason::NotFound);
        assert_eq!(remote.need(2), Err(not_found.clone()));
        assert_eq!(remote.usable(2), Err(not_found));
        let request = remote.need(10).expect("no failure").expect("metadata, from the beginning");
        assert!(remote.response(request.id, 503, b"", 10).is_err());
        assert_eq!(remote.need(11), Err(Error::JwksUnavailable(UnavailableReason::Status)));
    }

    #[test]
    fn metadata_of_another_issuer_is_not_followed() {
        let mut remote = JwksCache::from_issuer("https://id.example", Limits::default()).expect("a good issuer");
        let request = remote.need(1).expect("no failure").expect("metadata");
        let body = br#"{"issuer":"https://evil.example","jwks_uri":"https://evil.example/jwks"}"#;
        assert!(matches!(remote.response(request.id, 200, body, 1), Err(Error::DiscoveryIssuerMismatch { .. })));
        assert!(matches!(remote.need(2), Err(Error::DiscoveryIssuerMismatch { .. })));
    }
}
