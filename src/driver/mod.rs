//! Drivers of a [`crate::RemoteVerifier`] and of a [`crate::client::Client`]: they fetch, wait and read the clock, and decide
//! nothing.

pub(crate) mod blocking;
#[cfg(feature = "reqwest")]
pub(crate) mod client;
#[cfg(feature = "reqwest")]
mod client_calls;
#[cfg(feature = "aws-lc-rs")]
pub(crate) mod decryption_keys;
#[cfg(feature = "reqwest")]
mod download;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;

use std::string::String;
use std::time::{SystemTime, UNIX_EPOCH};
use std::vec::Vec;

use crate::jwks_cache::Response;

/// A response to a [`FetchRequest`](crate::jwks_cache::FetchRequest), with the header fields of HTTP caching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchedResponse {
    /// The HTTP status
    pub status: u16,
    /// The body
    pub body: Vec<u8>,
    /// `Cache-Control`
    pub cache_control: Option<String>,
    /// `Age`
    pub age: Option<String>,
    /// `ETag`
    pub etag: Option<String>,
}

impl From<(u16, Vec<u8>)> for FetchedResponse {
    /// A response of which nothing is known but status and body. Its keys are fresh for the default time.
    fn from((status, body): (u16, Vec<u8>)) -> Self {
        Self { status, body, ..Self::default() }
    }
}

impl FetchedResponse {
    fn as_response(&self) -> Response<'_> {
        let mut response = Response::new(self.status, &self.body);
        response.cache_control = self.cache_control.as_deref();
        response.age = self.age.as_deref();
        response.etag = self.etag.as_deref();
        response
    }
}

/// Seconds since the epoch.
pub(crate) fn system_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
