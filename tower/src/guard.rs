//! Guards: the rules of a resource, with a verifier, a clock and the places of tokens.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use countersign::resource_server::{self, Requirement, TokenSource, is_preflight};
use countersign::{ConfigError, Error, ErrorCode};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Response};

use crate::auth::{Auth, Identity};
use crate::metadata::{self, MetadataLayer};
use crate::refused::Refused;
use crate::service::GuardLayer;
use crate::verifier::TokenVerifier;

/// Protects routes: makes a [`GuardLayer`] for each, by what the route requires of a token.
///
/// Clone it freely: clones share the verifier.
///
/// # Example
/// ```
/// use countersign::resource_server::{self, Requirement};
/// use countersign::{KeySet, Verifier};
/// use countersign_tower::Guard;
///
/// # let keys = KeySet::from_json(
/// #     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA"}]}"#,
/// # )?;
/// let verifier =
///     Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").keys(keys).build()?;
/// let rules = resource_server::Guard::builder().resource("https://api.example").build()?;
///
/// let guard = Guard::new(rules, verifier);
/// let layer = guard.layer(Requirement::default().scope("notes:read"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Guard {
    shared: Arc<Shared>,
    requirement: Arc<Requirement>,
    /// Whether anything was said of what is required
    is_inside: bool,
}

#[derive(Clone)]
struct Shared {
    rules: resource_server::Guard,
    verifier: Arc<dyn TokenVerifier>,
    sources: Vec<TokenSource>,
    clock: fn() -> u64,
}

/// What a request was let in with. A layer leaves it to inner layers and to extractors.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) guard: Guard,
    pub(crate) identity: Option<Arc<Identity>>,
}

impl Guard {
    /// Takes tokens of `Authorization: Bearer`, and the system's clock. On `wasm32-unknown-unknown`, which has none, every
    /// token is refused as expired until [`Guard::clock`] says the time.
    pub fn new(rules: resource_server::Guard, verifier: impl TokenVerifier + 'static) -> Self {
        let sources = vec![TokenSource::authorization()];
        let shared = Shared { rules, verifier: Arc::new(verifier), sources, clock: system_time };
        Self { shared: Arc::new(shared), requirement: Arc::default(), is_inside: false }
    }

    /// The places of tokens, in the order in which they are looked at, instead of `Authorization` alone.
    pub fn sources(mut self, sources: impl IntoIterator<Item = TokenSource>) -> Self {
        Arc::make_mut(&mut self.shared).sources = sources.into_iter().collect();
        self
    }

    /// The clock, in seconds since 1970: for tests. A `ReqwestVerifier` has its own.
    pub fn clock(mut self, clock: fn() -> u64) -> Self {
        Arc::make_mut(&mut self.shared).clock = clock;
        self
    }

    /// The same guard inside another requirement: what its layers and handlers require comes on top. A client is told all
    /// of it at once.
    ///
    /// # Errors
    /// Those of [`Requirement::check`] and [`Requirement::and`].
    pub fn with(&self, requirement: &Requirement) -> Result<Self, ConfigError> {
        requirement.check()?;
        let requirement =
            if self.is_inside { Requirement::clone(&self.requirement).and(requirement)? } else { requirement.clone() };
        Ok(Self { shared: Arc::clone(&self.shared), requirement: Arc::new(requirement), is_inside: true })
    }

    /// The layer of routes that require this.
    ///
    /// # Errors
    /// Those of [`Guard::with`].
    #[allow(clippy::needless_pass_by_value, reason = "a requirement is written where the layer is")]
    pub fn layer(&self, requirement: Requirement) -> Result<GuardLayer, ConfigError> {
        Ok(GuardLayer::new(self.with(&requirement)?))
    }

    /// The layer that answers requests for the metadata of the resource (RFC 9728), and passes on all others. It goes
    /// around all routes.
    pub fn metadata_layer(&self) -> MetadataLayer {
        MetadataLayer::new(self.clone())
    }

    /// The answer to a request for the metadata of the resource (RFC 9728), for services without layers. `None`: the
    /// request is for something else.
    pub fn metadata_response<R: From<String>>(&self, parts: &Parts) -> Option<Response<R>> {
        let answer = self.rules().metadata_response(parts.method.as_str(), parts.uri.path());
        answer.map(metadata::response)
    }

    /// Whether tokens can be verified now, for a probe of readiness: keys are fetched if there are none.
    pub async fn ready(&self) -> bool {
        self.shared.verifier.ready().await
    }

    /// Judges a request, as a layer does. `None`: it has no token, and needs none.
    ///
    /// # Errors
    /// [`Refused`] has the answer to a request that is refused, or could not be judged.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Option<Auth>, Refused> {
        let admission = self.admit(parts).await?;
        Ok(admission.identity.map(|identity| Auth::untyped(admission.guard, identity)))
    }

    pub(crate) async fn admit(&self, parts: &Parts) -> Result<Admission, Refused> {
        // An outer layer of the same guard has verified the token.
        let outer = parts.extensions.get::<Admission>().filter(|outer| Arc::ptr_eq(&outer.guard.shared, &self.shared));
        if let Some(Admission { guard, identity }) = outer {
            let merged = guard.with(&self.requirement).map_err(|error| self.misconfigured(&error))?;
            match identity {
                Some(identity) => merged.authorize(identity)?,
                None if merged.requirement.is_optional() => {}
                None => return Err(merged.refused(&Error::TokenMissing)),
            }
            return Ok(Admission { guard: merged, identity: identity.clone() });
        }
        let identity = self.identity(parts).await?;
        Ok(Admission { guard: self.clone(), identity })
    }

    async fn identity(&self, parts: &Parts) -> Result<Option<Arc<Identity>>, Refused> {
        let fields = |name: &str| values(&parts.headers, name);
        let found = self.shared.rules.access_token(&self.shared.sources, parts.method.as_str(), fields);
        let Some(token) = found.map_err(|error| self.refused(&error))? else {
            let optional = self.requirement.is_optional();
            return if optional { Ok(None) } else { Err(self.refused(&Error::TokenMissing)) };
        };
        let verdict = self.shared.verifier.verify(&token, (self.shared.clock)()).await;
        let identity = Identity { token, verified: verdict.map_err(|error| self.refused(&error))? };
        self.authorize(&identity)?;
        Ok(Some(Arc::new(identity)))
    }

    pub(crate) fn authorize(&self, identity: &Identity) -> Result<(), Refused> {
        let now = (self.shared.clock)();
        let judged = self.shared.rules.authorize(identity.verified.claims(), &self.requirement, now);
        judged.map_err(|error| self.refused(&error))
    }

    pub(crate) fn rules(&self) -> &resource_server::Guard {
        &self.shared.rules
    }

    pub(crate) fn refused(&self, error: &Error) -> Refused {
        let code = error.code();
        if code.status() < 500 {
            tracing::debug!(code = code.as_str(), "a request was refused");
        } else {
            tracing::warn!(code = code.as_str(), %error, "a token could not be judged");
        }
        self.refused_by(code)
    }

    pub(crate) fn misconfigured(&self, error: &ConfigError) -> Refused {
        tracing::error!(%error, "requirements of a route contradict each other");
        self.refused_by(ErrorCode::InternalError)
    }

    pub(crate) fn refused_by(&self, code: ErrorCode) -> Refused {
        Refused::new(code, self.shared.rules.refusal(code, &self.requirement))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("requirement", &self.requirement).finish_non_exhaustive()
    }
}

/// Whether a request asks only whether another may be made. It has no credentials, and is for what answers such.
pub(crate) fn is_for_cors(parts: &Parts) -> bool {
    let has = |name: HeaderName| parts.headers.contains_key(name);
    is_preflight(parts.method.as_str(), has(http::header::ORIGIN), has(http::header::ACCESS_CONTROL_REQUEST_METHOD))
}

/// The values of a header field, as hosts of JavaScript read what is no UTF-8.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<Cow<'a, str>> {
    let text = |bytes: &'a [u8]| match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    headers.get_all(name).iter().map(|value| text(value.as_bytes())).collect()
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn system_time() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// There is no clock, and asking for one panics.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
const fn system_time() -> u64 {
    u64::MAX
}
