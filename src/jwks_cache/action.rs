//! What goes into the JWKS cache, and what comes out of it.

use alloc::string::String;
use core::time::Duration;

use crate::error::{Error, UnavailableReason};
use crate::keys::key_set::KeySet;

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
    /// `If-None-Match` (RFC 9110 §13.1.2): the server then answers with status 304 if the keys are those that there are.
    /// A page sends none, since another origin would have to allow it.
    pub if_none_match: Option<String>,
}

/// A response to a [`FetchRequest`]. The header fields are those of HTTP caching; one that is there several times is
/// given with commas between its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<'a> {
    /// The HTTP status
    pub status: u16,
    /// The body, up to [`FetchRequest::max_bytes`]
    pub body: &'a [u8],
    /// `Cache-Control`
    pub cache_control: Option<&'a str>,
    /// `Age`
    pub age: Option<&'a str>,
    /// `ETag`
    pub etag: Option<&'a str>,
}

impl<'a> Response<'a> {
    /// A response without these header fields.
    pub const fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, body, cache_control: None, age: None, etag: None }
    }
}

/// Something that concerns the keys.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A token is to be verified.
    Wanted,
    /// Fresh keys are to be loaded, however long that takes.
    Load,
    /// The verdict on a token may be another with newer keys: [`Error::may_change_with_new_keys`].
    UnknownKey,
    /// A request got a response.
    Response {
        /// [`FetchRequest::id`]
        id: u32,
        /// The response
        response: Response<'a>,
    },
    /// A request got no response.
    Failed {
        /// [`FetchRequest::id`]
        id: u32,
        /// The reason
        reason: UnavailableReason,
    },
    /// A response comes from a store, or from another instance, which got it at that time. It is taken if it is an answer
    /// to the request that would be made, no older than [`CachePolicy::stale_if_error`](super::CachePolicy::stale_if_error) and than the keys that there are.
    Stored {
        /// [`FetchRequest::url`]
        url: &'a str,
        /// The response
        response: Response<'a>,
        /// When it came, in seconds since the epoch
        at: u64,
    },
}

/// What the host is to do about an [`Event`].
///
/// Requests are shared: while one is under way, others are told to wait for it. A host that was told to wait goes
/// on when the request has ended or the time is over, whichever comes first; where the keys are not loaded yet, it
/// asks again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Go on with the keys that there are. After [`Event::UnknownKey`] the verdict stands.
    Use,
    /// Make the request, and report its end as [`Event::Response`] or [`Event::Failed`], also when the time to wait for
    /// it is over. A host that cannot wait goes on at once.
    Fetch {
        /// The request
        request: FetchRequest,
        /// The longest time to wait for it, and for those that follow from it
        wait_at_most: Duration,
    },
    /// Wait for the request that is under way.
    Wait {
        /// [`FetchRequest::id`] of it
        id: u32,
        /// The longest time to wait for it
        at_most: Duration,
    },
    /// Verify with these keys from now on. They replace the old ones, all of them.
    Replace(KeySet),
    /// Refuse, since there are no keys that may decide. After a response: the reason that it was refused, while
    /// the last good keys stay in use.
    Unavailable(Error),
}
