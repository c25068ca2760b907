//! What a guard asks about a token.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use countersign::error::Error;
use countersign::verify::{CachingVerifier, unverified_issuer};
use countersign::{VerifiedToken, Verifier};

/// A future that a trait's method returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A verdict on a token, or the reason that there is none.
pub type Verdict = Result<Arc<VerifiedToken>, Error>;

/// Something that verifies tokens, for a [`crate::Guard`].
///
/// `ReqwestVerifier` does (feature `reqwest`), and so do a [`Verifier`] and a [`CachingVerifier`], whose keys are there
/// already. A transport of your own steps a [`countersign::RemoteVerifier`], and implements this.
///
/// # Example
/// ```
/// use countersign::error::UnavailableReason;
/// use countersign_tower::{BoxFuture, TokenVerifier, Verdict};
///
/// /// A verifier of a service whose keys are not there yet.
/// struct Starting;
///
/// impl TokenVerifier for Starting {
///     fn verify<'a>(&'a self, _token: &'a str, _now: u64) -> BoxFuture<'a, Verdict> {
///         // No verdict, and so 503 and not 401.
///         Box::pin(async { Err(UnavailableReason::NotLoaded.into()) })
///     }
/// }
/// ```
pub trait TokenVerifier: Send + Sync {
    /// Verifies a token. `now` is the guard's clock, in seconds since 1970.
    fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict>;

    /// Whether tokens can be verified now, for a probe of readiness. Default: yes.
    fn ready(&self) -> BoxFuture<'_, bool> {
        Box::pin(ready(true))
    }
}

impl<T: TokenVerifier + ?Sized> TokenVerifier for Arc<T> {
    fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict> {
        (**self).verify(token, now)
    }

    fn ready(&self) -> BoxFuture<'_, bool> {
        (**self).ready()
    }
}

impl TokenVerifier for Verifier {
    fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(Self::verify(self, token, now).map(Arc::new)))
    }
}

impl TokenVerifier for CachingVerifier {
    fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(Self::verify(self, token, now)))
    }
}

#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
impl TokenVerifier for countersign::ReqwestVerifier {
    /// Its own clock is the system's.
    fn verify<'a>(&'a self, token: &'a str, _now: u64) -> BoxFuture<'a, Verdict> {
        Box::pin(Self::verify(self, token))
    }

    fn ready(&self) -> BoxFuture<'_, bool> {
        Box::pin(async { self.load_keys().await.is_ok() })
    }
}

/// Verifiers for tokens of several issuers. The one is asked whose issuer the token names; a token of an issuer that is not
/// in the list causes no request.
///
/// # Example
/// ```
/// use countersign::{KeySet, Verifier};
/// use countersign_tower::Issuers;
///
/// let verifier = |issuer: &str, keys: KeySet| {
///     Verifier::builder().issuer(issuer).audience("https://api.example").keys(keys).build()
/// };
/// # let keys = || KeySet::from_json(
/// #     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA"}]}"#,
/// # );
/// let issuers = Issuers::default()
///     .issuer("https://one.example/", verifier("https://one.example/", keys()?)?)
///     .issuer("https://two.example/", verifier("https://two.example/", keys()?)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Issuers(Vec<(String, Arc<dyn TokenVerifier>)>);

impl Issuers {
    /// The verifier for tokens whose `iss` is this. The first counts.
    pub fn issuer(mut self, issuer: impl Into<String>, verifier: impl TokenVerifier + 'static) -> Self {
        self.0.push((issuer.into(), Arc::new(verifier)));
        self
    }

    fn of(&self, token: &str) -> Result<&dyn TokenVerifier, Error> {
        let actual = unverified_issuer(token.as_bytes())?.unwrap_or_default();
        let verifier = self.0.iter().find(|(issuer, _)| *issuer == actual).map(|(_, verifier)| verifier.as_ref());
        verifier.ok_or_else(|| {
            let expected = self.0.iter().map(|(issuer, _)| issuer.as_str()).collect::<Vec<_>>().join(" ");
            Error::IssuerMismatch { expected, actual }
        })
    }
}

impl TokenVerifier for Issuers {
    fn verify<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Verdict> {
        match self.of(token) {
            Ok(verifier) => verifier.verify(token, now),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    /// Whether all are.
    fn ready(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            for (_, verifier) in &self.0 {
                if !verifier.ready().await {
                    return false;
                }
            }
            true
        })
    }
}

impl std::fmt::Debug for Issuers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(issuer, _)| issuer)).finish()
    }
}
