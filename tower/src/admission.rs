//! Who a request comes from, and whether that is enough.

use std::borrow::Cow;
use std::sync::Arc;

use countersign::dpop::{Proof, ProofRequest};
use countersign::error::UnavailableReason;
use countersign::json::Json;
use countersign::resource_server::{CertificateThumbprint, Scheme, is_jwt, is_preflight};
use countersign::{Claims, Error};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::auth::{Identity, Judged};
use crate::caught::{caught, caught_future, caught_within};
use crate::guard::{Guard, SessionToken, Shared};
use crate::refused::Refused;
use crate::timeout::{JUDGEMENT, STORE, within};

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
            None => self.session_token(parts).await?.map(|SessionToken { token, key }| (Scheme::Bearer, token, key)),
            Some((scheme, token)) => Some((scheme, token, None)),
        };
        let Some((scheme, token, key)) = found else { return Ok(None) };
        let judged = self.judge_token(&token).await?;
        let proof = match scheme {
            Scheme::DPoP => Some(self.verify_proof(parts, &token)?),
            _ => None,
        };
        let certificate = self.certificate(judged.claims(), parts)?;
        let identity = Identity { token, judged, proof, key, certificate };
        self.authorize(&identity)?;
        if let Some(proof) = &identity.proof {
            // Last, so that only what is enough is remembered.
            self.use_proof(proof).await?;
        }
        Ok(Some(identity))
    }

    async fn session_token(&self, parts: &Parts) -> Result<Option<SessionToken>, Error> {
        match self.shared.session_token {
            Some(find) => {
                let found = find(parts, self.shared.session_resource.as_deref());
                within(JUDGEMENT, found).await.unwrap_or(Err(Error::StoreUnavailable))
            }
            None => Ok(None),
        }
    }

    /// By its signature, or by what is known of it.
    async fn judge_token(&self, token: &str) -> Result<Judged, Error> {
        let now = (self.shared.clock)();
        let judged = match &self.shared.opaque_tokens {
            Some(opaque_tokens) if !is_jwt(token) => {
                let answer = within(JUDGEMENT, opaque_tokens.claims(token, now)).await;
                let late = Error::IntrospectionUnavailable(UnavailableReason::Timeout);
                Judged::Opaque(answer.unwrap_or(Err(late))?)
            }
            _ => {
                let verdict = within(JUDGEMENT, self.shared.verifier.verify(token, now)).await;
                Judged::Verified(verdict.unwrap_or(Err(UnavailableReason::Timeout.into()))?)
            }
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

    /// Notes that a proof was used. Where that cannot be done, or not in time, the request is not judged.
    async fn use_proof(&self, proof: &Proof) -> Result<(), Error> {
        let replay = self.shared.replay.as_ref().ok_or(Error::StoreUnavailable)?;
        let lifetime = self.rules().replay_lifetime();
        let add = Box::pin(async { replay.add(proof.replay_key(), "", lifetime).await });
        match caught_within("replay store", STORE, add).await {
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
