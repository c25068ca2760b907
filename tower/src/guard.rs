//! Guards: the rules of a resource, with a verifier, a clock and the places of tokens.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use countersign::dpop::{Proof, ProofRequest};
use countersign::json::Json;
use countersign::resource_server::{
    self, CertificateThumbprint, Requirement, Scheme, TokenSource, is_jwt, is_preflight,
};
use countersign::{Claims, ConfigError, Error, ErrorCode};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, Uri};

use crate::auth::{Auth, Identity, Judged};
use crate::caught::{caught, caught_future};
use crate::clock::system_time;
use crate::hooks::{Decision, Hooks};
use crate::metadata::{self, MetadataLayer};
use crate::opaque::OpaqueTokens;
use crate::refused::Refused;
use crate::service::GuardLayer;
use crate::store::Store;
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
    shared: Arc<Shared>,
    requirement: Arc<Requirement>,
    /// Whether anything was said of what is required
    is_inside: bool,
}

#[derive(Clone)]
struct Shared {
    rules: resource_server::Guard,
    verifier: Arc<dyn TokenVerifier>,
    opaque_tokens: Option<Arc<dyn OpaqueTokens>>,
    sources: Vec<TokenSource>,
    replay: Option<Arc<dyn Store>>,
    client_certificate: Option<Arc<FindCertificate>>,
    session_token: Option<SessionToken>,
    hooks: Hooks,
    clock: fn() -> u64,
}

/// Finds the access token of a user's session.
type SessionToken = for<'a> fn(&'a Parts) -> BoxFuture<'a, Result<Option<String>, Error>>;

type FindCertificate = dyn Fn(&Parts) -> Option<CertificateThumbprint> + Send + Sync;

/// What a request was let in with. A layer leaves it to inner layers and to extractors.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) guard: Guard,
    pub(crate) identity: Option<Arc<Identity>>,
}

impl Admission {
    /// The nonce for the client's next proof, as a header field has it.
    pub(crate) fn next_nonce(&self) -> Option<HeaderValue> {
        self.identity.as_ref()?.next_nonce()?.parse().ok()
    }
}

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
    /// checked where the request comes from. A token that is about to end is refreshed.
    #[cfg(all(feature = "session", not(target_arch = "wasm32")))]
    pub fn session_tokens(mut self) -> Self {
        Arc::make_mut(&mut self.shared).session_token = Some(|parts| Box::pin(crate::session::session_token(parts)));
        self
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
        let begun = self.hooks().begin();
        // An outer layer of the same guard has verified the token, and has told of it.
        let outer = parts.extensions.get::<Admission>().filter(|outer| Arc::ptr_eq(&outer.guard.shared, &self.shared));
        let admitted = match outer {
            Some(outer) => self.admit_within(outer),
            None => self
                .judge(parts)
                .await
                .inspect(|identity| {
                    self.hooks().tell_admitted(identity.as_deref(), begun);
                })
                .map(|identity| Admission { guard: self.clone(), identity }),
        };
        admitted.inspect_err(|refused| self.hooks().tell_refused(refused, begun))
    }

    fn admit_within(&self, Admission { guard, identity }: &Admission) -> Result<Admission, Refused> {
        let merged = guard.with(&self.requirement).map_err(|error| self.misconfigured(&error))?;
        match identity {
            Some(identity) => merged.authorize(identity).map_err(|error| merged.refused(&error))?,
            None if merged.requirement.is_optional() => {}
            None => return Err(merged.refused(&Error::TokenMissing)),
        }
        Ok(Admission { guard: merged, identity: identity.clone() })
    }

    async fn judge(&self, parts: &Parts) -> Result<Option<Arc<Identity>>, Refused> {
        let judged = caught_future("verifier", Box::pin(self.identity(parts))).await;
        match judged.unwrap_or(Err(Error::InternalError)) {
            Ok(None) if !self.requirement.is_optional() => Err(self.refused(&Error::TokenMissing)),
            Ok(identity) => Ok(identity.map(Arc::new)),
            Err(error) => Err(self.refused(&error)),
        }
    }

    async fn identity(&self, parts: &Parts) -> Result<Option<Identity>, Error> {
        let Shared { rules, sources, .. } = &*self.shared;
        let fields = |name: &str| values(&parts.headers, name);
        let found = match rules.credentials(sources, parts.method.as_str(), fields)? {
            None => self.session_token(parts).await?.map(|token| (Scheme::Bearer, token)),
            found => found,
        };
        let Some((scheme, token)) = found else { return Ok(None) };
        let judged = self.judge_token(&token).await?;
        let proof = match scheme {
            Scheme::DPoP => Some(self.verify_proof(parts, &token)?),
            _ => None,
        };
        let certificate = self.certificate(judged.claims(), parts)?;
        let identity = Identity { token, judged, proof, certificate };
        self.authorize(&identity)?;
        if let Some(proof) = &identity.proof {
            // Last, so that only what is enough is remembered.
            self.use_proof(proof).await?;
        }
        Ok(Some(identity))
    }

    async fn session_token(&self, parts: &Parts) -> Result<Option<String>, Error> {
        match self.shared.session_token {
            Some(find) => find(parts).await,
            None => Ok(None),
        }
    }

    /// By its signature, or by what is known of it.
    async fn judge_token(&self, token: &str) -> Result<Judged, Error> {
        let now = (self.shared.clock)();
        let judged = match &self.shared.opaque_tokens {
            Some(opaque_tokens) if !is_jwt(token) => Judged::Opaque(opaque_tokens.claims(token, now).await?),
            _ => Judged::Verified(self.shared.verifier.verify(token, now).await?),
        };
        let is_whole = judged.claims().issuer().is_some() && judged.claims().expires_at().is_some();
        if is_whole { Ok(judged) } else { Err(Error::InternalError) }
    }

    fn verify_proof(&self, parts: &Parts, token: &str) -> Result<Proof, Error> {
        let fields = values(&parts.headers, "dpop");
        let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
        let url = request_uri(parts).to_string();
        let request = ProofRequest { method: parts.method.as_str(), url: &url, token };
        self.rules().verify_proof(&fields, &request, (self.shared.clock)())
    }

    /// Notes that a proof was used. Where that cannot be done, the request is not judged.
    async fn use_proof(&self, proof: &Proof) -> Result<(), Error> {
        let replay = self.shared.replay.as_ref().ok_or(Error::StoreUnavailable)?;
        let lifetime = self.rules().replay_lifetime();
        let add = Box::pin(async { replay.add(proof.replay_key(), "", lifetime).await });
        match caught_future("replay store", add).await {
            Some(Ok(true)) => Ok(()),
            Some(Ok(false)) => Err(Error::ReplayDetected),
            Some(Err(error)) => {
                tracing::warn!(%error, "the store of used proofs has failed");
                Err(Error::StoreUnavailable)
            }
            None => Err(Error::StoreUnavailable),
        }
    }

    /// The client certificate, for a token that is bound to one.
    fn certificate(&self, claims: &Claims, parts: &Parts) -> Result<Option<CertificateThumbprint>, Error> {
        let Some(find) = &self.shared.client_certificate else { return Ok(None) };
        let is_bound = |confirmation: &Json| {
            confirmation.as_object().is_some_and(|confirmation| confirmation.contains_key("x5t#S256"))
        };
        if !claims.get("cnf").is_some_and(is_bound) {
            return Ok(None);
        }
        caught("client_certificate", || find(parts)).ok_or(Error::InternalError)
    }

    pub(crate) fn authorize(&self, identity: &Identity) -> Result<(), Error> {
        let now = (self.shared.clock)();
        self.rules().authorize_presented(identity.claims(), identity.presentation(), &self.requirement, now)
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

/// Whether a request asks only whether another may be made. It has no credentials, and is for what answers such.
pub(crate) fn is_for_cors(parts: &Parts) -> bool {
    let has = |name: HeaderName| parts.headers.contains_key(name);
    is_preflight(parts.method.as_str(), has(http::header::ORIGIN), has(http::header::ACCESS_CONTROL_REQUEST_METHOD))
}

/// The values of a header field, as hosts of JavaScript read what is no UTF-8.
pub(crate) fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<Cow<'a, str>> {
    let text = |bytes: &'a [u8]| match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    headers.get_all(name).iter().map(|value| text(value.as_bytes())).collect()
}

/// What a client has asked for. Routers inside others see a part of it alone.
pub(crate) fn request_uri(parts: &Parts) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    &parts.uri
}
