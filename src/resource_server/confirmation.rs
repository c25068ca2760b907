//! What a token is bound to (`cnf`, RFC 7800), and what the request has of it.

use crate::dpop::Proof;
use crate::encoding::json::node::Node;
use crate::error::{BindingReason, DpopReason, Error};
use crate::resource_server::claim_set::ClaimSet;

/// How a request presents its token. The default: as a bearer token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Presentation<'a> {
    thumbprint: Option<&'a str>,
    certificate: Option<&'a str>,
}

impl<'a> Presentation<'a> {
    /// As `DPoP`, with a proof that holds (RFC 9449 §7.1).
    pub fn dpop(proof: &'a Proof) -> Self {
        Self { thumbprint: Some(proof.thumbprint()), certificate: None }
    }

    /// Over a connection with this client certificate: its SHA-256 thumbprint, base64url (RFC 8705 §3.1).
    #[must_use]
    pub const fn certificate(mut self, thumbprint: &'a str) -> Self {
        self.certificate = Some(thumbprint);
        self
    }

    /// By the thumbprint of the key of a proof that holds, for the bindings.
    #[doc(hidden)]
    pub const fn from_parts(thumbprint: Option<&'a str>, certificate: Option<&'a str>) -> Self {
        Self { thumbprint, certificate }
    }

    /// Compares with the claims of the token. A `cnf` with a member that is not known here binds the token to something that
    /// nobody has checked.
    pub(super) fn check<C: ClaimSet>(self, claims: &C, proof_required: bool) -> Result<(), Error> {
        let confirmation = claims.claim("cnf").filter(|confirmation| !confirmation.is_null());
        let member = |name| confirmation.and_then(|confirmation| confirmation.member(name));
        let (key, certificate) = (member("jkt"), member("x5t#S256"));
        if let Some(confirmation) = confirmation {
            let known = usize::from(key.is_some()).saturating_add(usize::from(certificate.is_some()));
            if known == 0 || confirmation.size() != Some(known) {
                return Err(BindingReason::Unknown.into());
            }
        }
        match (key, self.thumbprint) {
            (Some(key), Some(own)) if key.text() == Some(own) => {}
            (Some(_), Some(_)) => return Err(DpopReason::OtherKey.into()),
            (Some(_), None) => return Err(BindingReason::Bearer.into()),
            (None, Some(_)) => return Err(BindingReason::Unbound.into()),
            (None, None) if proof_required => return Err(BindingReason::Unbound.into()),
            (None, None) => {}
        }
        match (certificate, self.certificate) {
            (None, _) => Ok(()),
            (Some(wanted), Some(own)) if wanted.text() == Some(own) => Ok(()),
            (Some(_), Some(_)) => Err(BindingReason::Certificate.into()),
            (Some(_), None) => Err(BindingReason::Bearer.into()),
        }
    }
}
