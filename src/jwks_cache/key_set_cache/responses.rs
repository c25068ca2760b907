//! What a response does to the keys, and how long they are fresh then.

use alloc::borrow::ToOwned;

use super::failure::Failure;
use super::in_flight::{InFlight, Stage};
use super::{KeySetCache, Source};
use crate::encoding::http_field::{is_entity_tag, opaque};
use crate::error::{DiscoveryReason, Error, KeySetReason, UnavailableReason};
use crate::jwks_cache::{Action, Response};
use crate::keys::key_set::KeySet;

/// The effect of a response.
#[derive(Debug)]
pub(super) enum Progress {
    /// It belongs to no request that is under way, or the document is elsewhere.
    None,
    /// The metadata was taken.
    Metadata,
    /// The keys to verify with from now on. They replace the old ones, all of them.
    Keys(KeySet),
    /// The keys are those that there are.
    Confirmed,
}

impl KeySetCache {
    pub(super) fn take_response(&mut self, id: u32, response: &Response<'_>, now: u64) -> Action {
        let Some(InFlight { for_unknown_key, .. }) = self.in_flight.iter().find(|known| known.id == id).copied() else {
            return Action::Use;
        };
        match self.response(id, response, now) {
            Ok(Progress::Keys(keys)) => Action::Replace(keys),
            Ok(Progress::Confirmed) => Action::Use,
            Ok(Progress::Metadata | Progress::None) => {
                Action::Fetch { request: self.request(for_unknown_key, now), wait_at_most: self.policy.whole_fetch() }
            }
            Err(error) => Action::Unavailable(error),
        }
    }

    /// Takes a document that was fetched at that time, if it is what this cache would ask for. What is wrong with it is no
    /// failure of the server's.
    pub(super) fn take_stored(&mut self, url: &str, response: &Response<'_>, at: u64, now: u64) -> Action {
        let is_older = self.loaded_at.is_some_and(|loaded| loaded >= at);
        let is_usable = now.checked_sub(at).is_some_and(|age| age < self.policy.stale_if_error);
        // A confirmation is worth nothing without what it confirms.
        if !is_usable || is_older || response.status == 304 {
            return Action::Use;
        }
        let request = self.request(false, at);
        let failed = self.failed.take();
        if request.url != url {
            self.take(request.id);
        } else if let Ok(Progress::Keys(keys)) = self.response(request.id, response, at) {
            return Action::Replace(keys);
        }
        self.failed = failed;
        Action::Use
    }

    /// Takes the answer to a request.
    ///
    /// # Errors
    /// What is wrong with the answer. The last good key set stays in use.
    pub(super) fn response(&mut self, id: u32, response: &Response<'_>, now: u64) -> Result<Progress, Error> {
        let Some(stage) = self.take(id) else { return Ok(Progress::None) };
        let Response { status, body, .. } = *response;
        if body.len() > self.limits.jwks {
            return Err(self.fail(Error::ResponseTooLarge, now));
        }
        let result = match stage {
            Stage::Metadata => self.take_metadata(status, body),
            Stage::Keys if status == 304 && self.is_confirmation(response) => Ok(Progress::Confirmed),
            // There is no such key, or no more.
            Stage::Keys if matches!((&self.source, status), (Source::Key { .. }, 403 | 404 | 410)) => {
                Ok(Progress::Keys(KeySet::default()))
            }
            Stage::Keys if status != 200 => Err(Error::JwksUnavailable(UnavailableReason::Status)),
            Stage::Keys => self.read(body).map(Progress::Keys).map_err(set_invalid),
        };
        if let Ok(Progress::Keys(_) | Progress::Confirmed) = &result {
            self.loaded_at = Some(now);
            self.fresh_for =
                if matches!(status, 200 | 304) { self.policy.freshness(response) } else { self.policy.cooldown };
            self.failed = None;
            self.refresh = false;
        }
        if let Ok(Progress::Keys(_)) = &result {
            let tag = response.etag.filter(|tag| is_entity_tag(tag));
            self.entity = tag.and_then(|tag| Some((self.key_url()?.to_owned(), tag.to_owned())));
        }
        if status == 304 && result.is_err() {
            self.entity = None;
        }
        result.map_err(|error| self.fail(error, now))
    }

    fn read(&self, body: &[u8]) -> Result<KeySet, Error> {
        match &self.source {
            Source::Key { kid, .. } => KeySet::from_pem_of(kid, body),
            Source::Uri(_) | Source::Issuer { .. } => KeySet::read(body, &self.limits, self.key_use.as_deref()),
        }
    }

    /// Whether a status 304 is about the keys that there are.
    fn is_confirmation(&self, response: &Response<'_>) -> bool {
        let is_same = |tag: &str| response.etag.is_none_or(|other| opaque(other) == opaque(tag));
        self.loaded_at.is_some() && self.entity_tag().is_some_and(is_same)
    }

    /// The entity tag of the current keys, if they came from where the next ones will.
    pub(super) fn entity_tag(&self) -> Option<&str> {
        let (url, tag) = self.entity.as_ref()?;
        (Some(url.as_str()) == self.key_url()).then_some(tag)
    }

    /// Records that a request got no response. Returns what [`KeySetCache::need`] will report if there
    /// are no keys to go on with.
    pub(super) fn failure(&mut self, id: u32, reason: UnavailableReason, now: u64) -> Error {
        self.take(id);
        self.fail(reason.into(), now)
    }

    fn fail(&mut self, error: Error, now: u64) -> Error {
        if let Source::Issuer { jwks_uri, .. } = &mut self.source {
            *jwks_uri = None;
        }
        self.refresh = false;
        self.failed = Some(Failure::after(self.failed.as_ref(), error.clone(), now, self.seed));
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
}

/// A bad key in a set is the server's fault, whatever it would be in a token's verification.
fn set_invalid(error: Error) -> Error {
    match error {
        Error::JwksInvalid(_) => error,
        _ => Error::JwksInvalid(KeySetReason::NoUsableKey),
    }
}
