//! Guards: the rules of a resource, with a verifier, a clock and the places of tokens.

use std::fmt;
use std::sync::Arc;

use countersign::resource_server::{self, CertificateThumbprint, Requirement, TokenSource};
use countersign::{ConfigError, Error, ErrorCode};
use http::Response;
use http::request::Parts;

use crate::auth::Auth;
use crate::clock::system_time;
use crate::hooks::{Decision, Hooks};
use crate::metadata::{self, MetadataLayer};
use crate::opaque::OpaqueTokens;
use crate::refused::Refused;
use crate::service::GuardLayer;
use crate::store::Store;
use crate::timeout::{JUDGEMENT, within};
use crate::verifier::{BoxFuture, TokenVerifier};

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
    pub(crate) shared: Arc<Shared>,
    pub(crate) requirement: Arc<Requirement>,
    /// Whether anything was said of what is required
    is_inside: bool,
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) rules: resource_server::Guard,
    pub(crate) verifier: Arc<dyn TokenVerifier>,
    pub(crate) opaque_tokens: Option<Arc<dyn OpaqueTokens>>,
    pub(crate) sources: Vec<TokenSource>,
    pub(crate) replay: Option<Arc<dyn Store>>,
    pub(crate) client_certificate: Option<Arc<FindCertificate>>,
    pub(crate) session_token: Option<FindSessionToken>,
    /// The resource whose token that is. Default: that of the sign-in.
    pub(crate) session_resource: Option<String>,
    pub(crate) hooks: Hooks,
    pub(crate) clock: fn() -> u64,
}

/// The access token of a user's session.
pub(crate) struct SessionToken {
    pub(crate) token: String,
    /// Of a token that is bound to a key: the thumbprint of the one that this server has, with which it would sign proofs.
    pub(crate) key: Option<String>,
}

type FindSessionToken = for<'a> fn(&'a Parts, Option<&'a str>) -> BoxFuture<'a, Result<Option<SessionToken>, Error>>;

type FindCertificate = dyn Fn(&Parts) -> Option<CertificateThumbprint> + Send + Sync;

impl Guard {
    /// Takes tokens of `Authorization: Bearer`, and the system's clock. On `wasm32-unknown-unknown`, which has none, every
    /// token is refused as expired until [`Guard::clock`] says the time.
    pub fn new(rules: resource_server::Guard, verifier: impl TokenVerifier + 'static) -> Self {
        let sources = vec![TokenSource::authorization()];
        let shared = Shared {
            rules,
            verifier: Arc::new(verifier),
            opaque_tokens: None,
            sources,
            replay: None,
            client_certificate: None,
            session_token: None,
            session_resource: None,
            hooks: Hooks::default(),
            clock: system_time,
        };
        Self { shared: Arc::new(shared), requirement: Arc::default(), is_inside: false }
    }

    /// The places of tokens, in the order in which they are looked at, instead of `Authorization` alone.
    pub fn sources(mut self, sources: impl IntoIterator<Item = TokenSource>) -> Self {
        Arc::make_mut(&mut self.shared).sources = sources.into_iter().collect();
        self
    }

    /// Remembers the proofs of possession that were used (RFC 9449 §11.1), so that none is used twice: a store that all
    /// instances share. Where the rules take proofs
    /// ([`GuardBuilder::dpop`](countersign::resource_server::GuardBuilder::dpop)), there has to be one. Should it fail, the
    /// answer is 503.
    pub fn replay(mut self, store: impl Store + 'static) -> Self {
        Arc::make_mut(&mut self.shared).replay = Some(Arc::new(store));
        self
    }

    /// Takes tokens that are bound to a client certificate (RFC 8705 §3), if it is that of the connection: what this
    /// answers, for a certificate that whoever ends TLS has verified. It is asked for such tokens alone. Without it they
    /// are refused.
    ///
    /// Never read a header field that your proxy does not overwrite: anybody may send it.
    pub fn client_certificate(
        mut self,
        find: impl Fn(&Parts) -> Option<CertificateThumbprint> + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.shared).client_certificate = Some(Arc::new(find));
        self
    }

    /// Takes tokens that are no JWTs, by what this knows of them. Without it they are refused.
    pub fn opaque_tokens(mut self, tokens: impl OpaqueTokens + 'static) -> Self {
        Arc::make_mut(&mut self.shared).opaque_tokens = Some(Arc::new(tokens));
        self
    }

    /// Takes the access token of the user's session where a request has none itself: for the calls of an application's own
    /// pages. The layer of the sessions ([`Sessions::layer`](crate::Sessions::layer)) goes around this guard's, and has
    /// checked where the request comes from. A token that is about to end is refreshed. One that is bound to a key (RFC 9449)
    /// has to be bound to that of the client, which is here: no proof is asked for.
    #[cfg(all(feature = "session", not(target_arch = "wasm32")))]
    pub fn session_tokens(mut self) -> Self {
        let find: FindSessionToken = |parts, resource| Box::pin(crate::session::session_token(parts, resource));
        Arc::make_mut(&mut self.shared).session_token = Some(find);
        self
    }

    /// [`Guard::session_tokens`] with the token for one of the APIs that the client of the sign-in names
    /// ([`SignInClient::resource`](crate::SignInClient::resource)): the one that this guard is of.
    #[cfg(all(feature = "session", not(target_arch = "wasm32")))]
    pub fn session_tokens_for(mut self, resource: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.shared).session_resource = Some(resource.into());
        self.session_tokens()
    }

    /// Is told of each decision, for metrics: once of a request that is let in, and of each refusal, that of an inner layer
    /// or of [`Auth::require`] included. It may panic, and decides nothing.
    pub fn on_decision(mut self, hook: impl Fn(&Decision<'_>) + Send + Sync + 'static) -> Self {
        Arc::make_mut(&mut self.shared).hooks.on_decision = Some(Arc::new(hook));
        self
    }

    /// Answers a refused request in place of the guard, such as with a page. `None`, or a panic: the guard does. The request
    /// stays refused. The challenge and `Retry-After` are in [`Refused::response`].
    pub fn on_refusal(
        mut self,
        hook: impl Fn(&Refused, &Parts) -> Option<Response<String>> + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.shared).hooks.on_refusal = Some(Arc::new(hook));
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
    /// Those of [`Requirement::check`] and [`Requirement::and`], and where the rules take proofs and there is no
    /// [`Guard::replay`].
    pub fn with(&self, requirement: &Requirement) -> Result<Self, ConfigError> {
        requirement.check()?;
        if self.rules().takes_proofs() && self.shared.replay.is_none() {
            return Err(ConfigError::new("replay", "is missing: a proof may be used once"));
        }
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
        within(JUDGEMENT, self.shared.verifier.ready()).await.unwrap_or(false)
    }

    /// Judges a request, as a layer does. `None`: it has no token, and needs none.
    ///
    /// # Errors
    /// [`Refused`] has the answer to a request that is refused, or could not be judged.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Option<Auth>, Refused> {
        let admission = self.admit(parts).await?;
        Ok(admission.identity.map(|identity| Auth::untyped(admission.guard, identity)))
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.shared.hooks
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
        // The time matters for a nonce alone.
        Refused::new(code, self.rules().refusal_at(code, &self.requirement, (self.shared.clock)()))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("requirement", &self.requirement).finish_non_exhaustive()
    }
}
