//! The JOSE header of a signed token (RFC 7515 §4).

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::{self, Members, Value};
use crate::error::{Error, HeaderReason, JsonReason, TokenTypeReason};
use crate::jose::algorithm::Algorithm;

const MAX_KID: usize = 256;

/// A header that passed every check that needs no key.
///
/// `jku`, `x5u`, `jwk` and `x5c` are never read: a token does not choose its own key (RFC 8725 §3.10).
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    algorithm: Algorithm,
    kid: Option<String>,
    typ: Option<Typ>,
    json: String,
}

/// `typ`, which a profile may refuse, and not the header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Typ {
    Text(String),
    /// No string
    Other,
}

impl Header {
    pub(crate) fn parse(bytes: Vec<u8>, max_depth: usize) -> Result<Self, Error> {
        let invalid = Error::HeaderInvalid;
        let json = String::from_utf8(bytes).map_err(|_| invalid(JsonReason::NotUtf8.into()))?;
        let members = json::parse_object(&json, max_depth).map_err(|fault| invalid(fault.into()))?;
        // Before `alg`: an encrypted or extended token is named as such, whatever its algorithm is.
        refuse_other_kinds(&members)?;
        if members.contains("crit") || members.contains("b64") {
            return Err(Error::CritUnsupported);
        }
        let name = match members.get("alg") {
            None => return Err(invalid(HeaderReason::AlgMissing)),
            Some(Value::String(name)) => name,
            Some(_) => return Err(invalid(HeaderReason::AlgType)),
        };
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KID => Some(String::from(&**kid)),
            Some(Value::String(_)) => return Err(invalid(HeaderReason::KidLength)),
            Some(_) => return Err(invalid(HeaderReason::KidType)),
        };
        let algorithm = name.parse().map_err(|_| Error::AlgNotAllowed)?;
        let typ = members.get("typ").map(|typ| match typ {
            Value::String(text) => Typ::Text(String::from(&**text)),
            _ => Typ::Other,
        });
        Ok(Self { algorithm, kid, typ, json })
    }

    /// The signature algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key ID, if the token names one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The media type of the token, if it names one (RFC 7515 §4.1.9).
    pub fn typ(&self) -> Option<&str> {
        if let Some(Typ::Text(text)) = &self.typ { Some(text) } else { None }
    }

    /// The header as it stood in the token.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// `typ` as sent, which a profile judges after the signature is verified.
    pub(crate) const fn raw_typ(&self) -> Option<&Typ> {
        self.typ.as_ref()
    }
}

fn refuse_other_kinds(members: &Members<'_>) -> Result<(), Error> {
    if members.contains("enc") {
        return Err(Error::TokenTypeUnsupported(TokenTypeReason::EncryptionHeader));
    }
    if members.contains("zip") {
        return Err(Error::TokenTypeUnsupported(TokenTypeReason::Compressed));
    }
    match members.get("cty") {
        None => Ok(()),
        Some(Value::String(cty)) => {
            let nested = ["jwt", "application/jwt"].iter().any(|name| cty.eq_ignore_ascii_case(name));
            if nested { Err(Error::TokenTypeUnsupported(TokenTypeReason::Nested)) } else { Ok(()) }
        }
        Some(_) => Err(Error::HeaderInvalid(HeaderReason::CtyType)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Header, Error> {
        Header::parse(text.into(), 8)
    }

    #[test]
    fn reads_the_parameters() {
        let header = parse(r#"{"typ":"JWT","alg":"Ed25519","kid":"a","jku":"https://evil.example"}"#);
        assert_eq!(
            header.as_ref().map(|h| (h.algorithm(), h.kid(), h.typ())),
            Ok((Algorithm::EdDSA, Some("a"), Some("JWT")))
        );
    }

    #[test]
    fn names_what_it_refuses() {
        let cases = [
            (r#"{"alg":"none"}"#, Error::AlgNotAllowed),
            (r#"{"alg":"rs256"}"#, Error::AlgNotAllowed),
            ("{}", Error::HeaderInvalid(HeaderReason::AlgMissing)),
            (r#"{"alg":["RS256"]}"#, Error::HeaderInvalid(HeaderReason::AlgType)),
            (r#"{"alg":"RS256","kid":1}"#, Error::HeaderInvalid(HeaderReason::KidType)),
            (r#"{"alg":"RS256","\u0061lg":"none"}"#, Error::HeaderInvalid(HeaderReason::DuplicateMember)),
            (r#"{"alg":"RS256","crit":[]}"#, Error::CritUnsupported),
            (r#"{"alg":"RS256","b64":true}"#, Error::CritUnsupported),
            (r#"{"alg":"dir","enc":"A128GCM"}"#, Error::TokenTypeUnsupported(TokenTypeReason::EncryptionHeader)),
            (r#"{"alg":"RS256","zip":"DEF"}"#, Error::TokenTypeUnsupported(TokenTypeReason::Compressed)),
            (r#"{"alg":"RS256","cty":"JWT"}"#, Error::TokenTypeUnsupported(TokenTypeReason::Nested)),
            (r#"{"alg":"RS256","cty":7}"#, Error::HeaderInvalid(HeaderReason::CtyType)),
            (r#"[{"alg":"RS256"}]"#, Error::HeaderInvalid(HeaderReason::NotAnObject)),
        ];
        for (text, error) in cases {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        let long = alloc::format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "k".repeat(257));
        assert_eq!(parse(&long), Err(Error::HeaderInvalid(HeaderReason::KidLength)));
    }
}
