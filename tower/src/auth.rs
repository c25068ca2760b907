//! Who a request comes from, as its token says.

use std::fmt;
use std::sync::Arc;

use countersign::dpop::Proof;
use countersign::resource_server::{CertificateThumbprint, Presentation, Requirement, Scheme, client_id};
use countersign::{Claims, ErrorCode, VerifiedToken};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};

use crate::guard::Guard;
use crate::refused::Refused;

/// A token, what is known of it, and how it was presented.
pub(crate) struct Identity {
    pub(crate) token: String,
    pub(crate) judged: Judged,
    pub(crate) proof: Option<Proof>,
    /// Of a session's token that is bound to a key: the thumbprint of this server's own, which needs no proof
    pub(crate) key: Option<String>,
    pub(crate) certificate: Option<CertificateThumbprint>,
}

pub(crate) enum Judged {
    Verified(Arc<VerifiedToken>),
    /// Of a token that is no JWT
    Opaque(Arc<Claims>),
}

impl Judged {
    pub(crate) fn claims(&self) -> &Claims {
        match self {
            Self::Verified(verified) => verified.claims(),
            Self::Opaque(claims) => claims,
        }
    }
}

impl Identity {
    pub(crate) fn claims(&self) -> &Claims {
        self.judged.claims()
    }

    pub(crate) fn presentation(&self) -> Presentation<'_> {
        let presentation = match (&self.proof, &self.key) {
            (Some(proof), _) => Presentation::dpop(proof),
            (None, Some(key)) => Presentation::own_key(key),
            (None, None) => Presentation::default(),
        };
        match &self.certificate {
            Some(certificate) => presentation.certificate(certificate.as_str()),
            None => presentation,
        }
    }

    /// The nonce for the client's next proof, where that of this one goes out of use.
    pub(crate) fn next_nonce(&self) -> Option<&str> {
        self.proof.as_ref().and_then(Proof::next_nonce)
    }
}

/// Who a request comes from: a token that was verified, and is enough for the route. `C` is the type of its claims that is
/// read into, if there is one of yours.
///
/// In axum handlers it is an extractor (feature `axum`), and `Option<Auth<C>>` is one for routes whose requirement is
/// [`Requirement::optional`].
#[derive(Clone)]
pub struct Auth<C = Untyped> {
    guard: Guard,
    identity: Arc<Identity>,
    claims: C,
}

/// Claims that are read by their names: [`Auth::all_claims`] has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Untyped;

impl<'de> Deserialize<'de> for Untyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl Auth {
    pub(crate) const fn untyped(guard: Guard, identity: Arc<Identity>) -> Self {
        Self { guard, identity, claims: Untyped }
    }

    /// Reads the claims into a type.
    ///
    /// # Errors
    /// 401 with `claim_invalid` for claims that are not of this type.
    pub fn typed<C: DeserializeOwned>(self) -> Result<Auth<C>, Refused> {
        match self.identity.claims().deserialize() {
            Ok(claims) => Ok(Auth { guard: self.guard, identity: self.identity, claims }),
            Err(error) => {
                tracing::debug!(line = error.line(), column = error.column(), "claims are not of the handler's type");
                Err(self.guard.refused_by(ErrorCode::ClaimInvalid))
            }
        }
    }
}

impl<C> Auth<C> {
    /// The claims, in the type of yours.
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The same, without the rest.
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// All claims, by their names.
    pub fn all_claims(&self) -> &Claims {
        self.identity.claims()
    }

    /// The token with its header. `None`: it is no JWT.
    pub fn verified(&self) -> Option<&VerifiedToken> {
        match &self.identity.judged {
            Judged::Verified(verified) => Some(verified),
            Judged::Opaque(_) => None,
        }
    }

    /// How it was presented: as it is, or with a proof of possession (RFC 9449).
    pub fn scheme(&self) -> Scheme {
        if self.identity.proof.is_some() || self.identity.key.is_some() { Scheme::DPoP } else { Scheme::Bearer }
    }

    /// The nonce for the client's next proof, where that of this one goes out of use. Layers send it; whoever calls
    /// [`Guard::authenticate`] does that, as `DPoP-Nonce`.
    pub fn dpop_nonce(&self) -> Option<&str> {
        self.identity.next_nonce()
    }

    /// The token itself, to be sent on. Nothing prints it.
    pub fn token(&self) -> &str {
        &self.identity.token
    }

    /// `iss`
    pub fn issuer(&self) -> &str {
        self.all_claims().issuer().unwrap_or_default()
    }

    /// `sub`, or nothing. An identity is the pair of issuer and subject.
    pub fn subject(&self) -> Option<&str> {
        self.all_claims().subject()
    }

    /// The client that the token was issued to (RFC 9068 §2.2), if it says.
    pub fn client_id(&self) -> Option<&str> {
        client_id(self.all_claims())
    }

    /// `exp`, in seconds since 1970. A response that takes longer should end then.
    pub fn expires_at(&self) -> u64 {
        self.all_claims().expires_at().unwrap_or_default()
    }

    /// The scopes, as they are granted, without those that they imply.
    pub fn scopes(&self) -> Vec<&str> {
        self.guard.rules().scopes(self.all_claims()).unwrap_or_default()
    }

    /// The permissions.
    pub fn permissions(&self) -> Vec<&str> {
        self.guard.rules().permissions(self.all_claims()).unwrap_or_default()
    }

    /// Asks for more than the route does, once the handler knows what the request is about. The challenge names what the
    /// route requires, too, so that one more token is enough.
    ///
    /// # Errors
    /// [`Refused`], which axum sends when a handler returns it.
    pub fn require(&self, requirement: &Requirement) -> Result<(), Refused> {
        let merged = self.guard.with(requirement).map_err(|error| self.guard.misconfigured(&error))?;
        let judged = merged.authorize(&self.identity).map_err(|error| merged.refused(&error));
        judged.inspect_err(|refused| merged.hooks().tell_refused(refused, None))
    }
}

impl<C> fmt::Debug for Auth<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}
