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

    /// By the server itself that judges it, which is the client that the token was given to: with the thumbprint of its key
    /// ([`DpopKey::thumbprint`](crate::client::DpopKey::thumbprint)). No proof is needed, which would show that it has that key.
    pub const fn own_key(thumbprint: &'a str) -> Self {
        Self { thumbprint: Some(thumbprint), certificate: None }
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

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned as _;
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::dpop::Dpop;
    use crate::resource_server::{Guard, Requirement};
    use crate::verify::claims::Claims;

    #[test]
    fn a_token_is_presented_as_it_is_bound() {
        let guard = |dpop| Guard::builder().dpop(dpop).build().unwrap();
        let (allowed, required) = (guard(Dpop::allowed()), guard(Dpop::required()));
        let off = Guard::builder().build().unwrap();
        let jkt = "k";
        let bearer = Presentation::default();
        let dpop = Presentation::from_parts(Some(jkt), None);
        let binding = |reason| Err(Error::TokenBindingRequired(reason));
        let of = |members: String| Claims::new(format!("{{{members}}}"));
        let (unbound, bound) = (of(String::new()), of(format!(r#""cnf":{{"jkt":"{jkt}"}}"#)));
        let certificate = of(r#""cnf":{"x5t#S256":"c"}"#.into());
        let both = of(format!(r#""cnf":{{"jkt":"{jkt}","x5t#S256":"c"}}"#));
        let ask = |guard: &Guard, claims: &Claims, presentation: Presentation<'_>| {
            guard.authorize_presented(claims, presentation, &Requirement::default(), 0)
        };
        for (claims, presentation, in_allowed, in_required) in [
            (&unbound, bearer, Ok(()), binding(BindingReason::Unbound)),
            (&unbound, dpop, binding(BindingReason::Unbound), binding(BindingReason::Unbound)),
            (&bound, bearer, binding(BindingReason::Bearer), binding(BindingReason::Bearer)),
            (&bound, dpop, Ok(()), Ok(())),
            (&certificate, bearer, binding(BindingReason::Bearer), binding(BindingReason::Unbound)),
            (&certificate, bearer.certificate("c"), Ok(()), binding(BindingReason::Unbound)),
            (
                &certificate,
                bearer.certificate("d"),
                binding(BindingReason::Certificate),
                binding(BindingReason::Unbound),
            ),
            (&certificate, dpop.certificate("c"), binding(BindingReason::Unbound), binding(BindingReason::Unbound)),
            (&both, dpop, binding(BindingReason::Bearer), binding(BindingReason::Bearer)),
            (&both, bearer.certificate("c"), binding(BindingReason::Bearer), binding(BindingReason::Bearer)),
            (&both, dpop.certificate("c"), Ok(()), Ok(())),
        ] {
            let label = format!("{} {presentation:?}", claims.get("cnf").is_some());
            assert_eq!(ask(&allowed, claims, presentation), in_allowed, "{label}");
            assert_eq!(ask(&required, claims, presentation), in_required, "{label}");
        }
        for unknown in [
            "{}".to_owned(),
            r#"{"kid":"k"}"#.to_owned(),
            r#"{"jwk":{}}"#.to_owned(),
            format!(r#"{{"jkt":"{jkt}","kid":"k"}}"#),
            r#""x""#.to_owned(),
            "[]".to_owned(),
            "true".to_owned(),
        ] {
            let claims = of(format!(r#""cnf":{unknown}"#));
            for (guard, presentation) in [(&allowed, dpop), (&allowed, bearer), (&required, dpop), (&off, bearer)] {
                assert_eq!(ask(guard, &claims, presentation), binding(BindingReason::Unknown), "{unknown}");
            }
        }
        for (other, expected) in
            [("\"x\"", DpopReason::OtherKey), ("7", DpopReason::OtherKey), ("null", DpopReason::OtherKey)]
        {
            let claims = of(format!(r#""cnf":{{"jkt":{other}}}"#));
            assert_eq!(ask(&allowed, &claims, dpop), Err(Error::DpopInvalid(expected)), "{other}");
            assert_eq!(ask(&allowed, &claims, bearer), binding(BindingReason::Bearer), "{other}");
        }
        assert_eq!(ask(&off, &of(r#""cnf":null"#.into()), bearer), Ok(()));
    }
}
