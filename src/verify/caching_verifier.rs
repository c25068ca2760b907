//! A verifier with a verdict cache.

use alloc::sync::Arc;
use core::ops::Deref;

use crate::error::{ConfigError, Error};
use crate::keys::key_set::KeySet;
use crate::verify::cached_verifier::CachedVerifier;
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::{VerifiedToken, Verifier};

/// A [`Verifier`] with a cache of the tokens that it accepted, for servers that see the same ones again
/// and again. A cached token costs no arithmetic and no parsing.
///
/// The verdict is that of the verifier, always: times are looked at every time, another key set is
/// another verdict, and only what was accepted is remembered. The claims stay in memory; of the
/// signature only a hash is, so that nothing there would pass for a token.
///
/// # Example
/// ```
/// use countersign::verify::{CacheLimits, CachingVerifier};
/// use countersign::{KeySet, Verifier};
///
/// # let keys = KeySet::from_json(
/// #     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA","kid":"eddsa"}]}"#,
/// # )?;
/// # let jwt = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
/// #     .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
/// #     .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";
/// let verifier = Verifier::builder()
///     .issuer("https://tenant.example/")
///     .audience("https://api.example")
///     .keys(keys)
///     .build()?;
/// let verifier = CachingVerifier::new(verifier, CacheLimits::default())?;
///
/// let first = verifier.verify(jwt, 1_800_000_000)?;
/// let again = verifier.verify(jwt, 1_800_000_010)?;
/// assert!(std::sync::Arc::ptr_eq(&first, &again));
///
/// let late = verifier.verify(jwt, 4_200_000_000).unwrap_err();
/// assert_eq!(late.code().as_str(), "token_expired");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CachingVerifier {
    inner: CachedVerifier<Arc<VerifiedToken>>,
}

impl CachingVerifier {
    /// Puts a verdict cache before a verifier.
    ///
    /// # Errors
    /// [`ConfigError`] when a limit is 0 or above its maximum.
    pub fn new(verifier: Verifier, limits: CacheLimits) -> Result<Self, ConfigError> {
        Ok(Self { inner: CachedVerifier::new(verifier, None, Some(limits))? })
    }

    /// The verifier, e.g. to look at its keys. [`CachingVerifier::set_keys`] waits as long as it is borrowed.
    pub fn verifier(&self) -> impl Deref<Target = Verifier> {
        self.inner.verifier()
    }

    /// Replaces the key set, like [`Verifier::set_keys`]. Tokens whose key is gone, or no longer the only one
    /// for them, are forgotten.
    pub fn set_keys(&self, keys: KeySet) {
        self.inner.set_keys(keys);
    }

    /// Verifies a token like [`Verifier::verify`], but for the time that it takes.
    ///
    /// # Errors
    /// Those of [`Verifier::verify`].
    pub fn verify(&self, token: &str, now: u64) -> Result<Arc<VerifiedToken>, Error> {
        self.inner.verify_token(token, None, now)
    }

    /// Verifies a token like [`Verifier::verify_with`], without the cache: no cached verdict answers expectations.
    ///
    /// # Errors
    /// Those of [`Verifier::verify_with`].
    pub fn verify_with(&self, token: &str, expectations: &Expectations, now: u64) -> Result<Arc<VerifiedToken>, Error> {
        self.inner.verify_token(token, Some(expectations), now)
    }
}
