//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::key_source::KeySource;
use crate::encoding::json::{self, WrongType};
use crate::error::{DiscoveryReason, Error};

const MAX_DEPTH: usize = 16;

/// Authorization server metadata (RFC 8414), checked to be about the issuer that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ServerMetadata {
    /// The issuer, exactly as asked for
    pub issuer: String,
    /// The authorization endpoint
    pub authorization_endpoint: Option<String>,
    /// The token endpoint
    pub token_endpoint: Option<String>,
    /// The address of the JWK Set
    pub jwks_uri: Option<String>,
    /// The PKCE methods, if the server lists them (RFC 8414 §2)
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// Whether every authorization response carries `iss` (RFC 9207 §3)
    pub authorization_response_iss_parameter_supported: bool,
    json: String,
}

impl ServerMetadata {
    /// Reads metadata that was fetched for `issuer`.
    ///
    /// # Errors
    /// [`Error::DiscoveryIssuerMismatch`] when it is about another issuer (RFC 8414 §3.3), and
    /// [`Error::DiscoveryInvalid`] when it is no metadata or names an endpoint that is not https. Plain
    /// http passes on loopback, and only for an issuer that is on loopback itself.
    pub fn parse(issuer: &str, body: &[u8]) -> Result<Self, Error> {
        Self::read(issuer, body, issuer, &KeySource::default())
    }

    /// [`ServerMetadata::parse`], of what was fetched from this address.
    pub(super) fn read(issuer: &str, body: &[u8], address: &str, source: &KeySource) -> Result<Self, Error> {
        let members =
            json::parse_object_bytes(body, MAX_DEPTH).map_err(|_| Error::DiscoveryInvalid(DiscoveryReason::Json))?;
        let named = members
            .string_or_null("issuer")
            .map_err(wrong_type)?
            .ok_or(Error::DiscoveryInvalid(DiscoveryReason::Issuer))?;
        if named != issuer {
            return Err(Error::DiscoveryIssuerMismatch { expected: issuer.to_owned(), actual: named.to_owned() });
        }
        // A document that came over TLS must not lead away from it, unless it came from this very machine: servers that
        // call themselves https in development are there without.
        let insecure = source.parse(address).is_some_and(|url| url.insecure || url.loopback);
        let endpoint = |name| match members.string_or_null(name).map_err(wrong_type)? {
            None => Ok(None),
            Some(url) if source.parse(url).is_some_and(|url| insecure || !url.insecure) => Ok(Some(url.to_owned())),
            Some(_) => Err(Error::DiscoveryInvalid(DiscoveryReason::Url)),
        };
        Ok(Self {
            issuer: named.to_owned(),
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            jwks_uri: endpoint("jwks_uri")?,
            code_challenge_methods_supported: members
                .strings_or_null("code_challenge_methods_supported")
                .map_err(wrong_type)?
                .map(|methods| methods.into_iter().map(ToOwned::to_owned).collect()),
            authorization_response_iss_parameter_supported: members
                .bool_or_null("authorization_response_iss_parameter_supported")
                .map_err(wrong_type)?
                .unwrap_or_default(),
            json: core::str::from_utf8(body).unwrap_or_default().to_owned(),
        })
    }

    /// The whole document as the server sent it, strictly parsed before.
    pub fn json(&self) -> &str {
        &self.json
    }
}

const fn wrong_type(_: WrongType) -> Error {
    Error::DiscoveryInvalid(DiscoveryReason::Member)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example";

    fn fault(members: &str) -> Option<Error> {
        ServerMetadata::parse(ISSUER, alloc::format!(r#"{{"issuer":"https://id.example"{members}}}"#).as_bytes()).err()
    }

    #[test]
    fn the_issuer_must_be_identical() {
        for other in ["https://id.example/", "https://ID.example", "https://id.example:443", "https://evil.example", ""]
        {
            let body = alloc::format!(r#"{{"issuer":"{other}"}}"#);
            let error = ServerMetadata::parse(ISSUER, body.as_bytes()).err();
            assert!(matches!(error, Some(Error::DiscoveryIssuerMismatch { .. })), "{other}");
        }
        assert_eq!(fault(""), None);
    }

    #[test]
    fn members_must_have_their_types_and_endpoints_https() {
        let invalid = |fault| Some(Error::DiscoveryInvalid(fault));
        assert_eq!(fault(r#","jwks_uri":7"#), invalid(DiscoveryReason::Member));
        assert_eq!(fault(r#","jwks_uri":"http://id.example/jwks""#), invalid(DiscoveryReason::Url));
        assert_eq!(fault(r#","jwks_uri":"http://127.0.0.1/jwks""#), invalid(DiscoveryReason::Url));
        assert_eq!(fault(r#","token_endpoint":"javascript:alert(1)""#), invalid(DiscoveryReason::Url));
        assert_eq!(fault(r#","code_challenge_methods_supported":[1]"#), invalid(DiscoveryReason::Member));
        assert_eq!(fault(r#","issuer":"https://id.example""#), invalid(DiscoveryReason::Json));
        assert_eq!(ServerMetadata::parse(ISSUER, b"<html>").err(), invalid(DiscoveryReason::Json));
        assert_eq!(ServerMetadata::parse(ISSUER, b"{}").err(), invalid(DiscoveryReason::Issuer));
        let local = br#"{"issuer":"http://127.0.0.1:9","jwks_uri":"http://127.0.0.1:9/jwks"}"#;
        assert!(ServerMetadata::parse("http://127.0.0.1:9", local).is_ok());
        let both = |jwks_uri: &str| {
            let body = alloc::format!(r#"{{"issuer":"https://localhost:8000","jwks_uri":"{jwks_uri}"}}"#);
            ServerMetadata::parse("https://localhost:8000", body.as_bytes()).err()
        };
        assert_eq!(both("http://localhost:8000/jwks"), None);
        assert_eq!(both("http://id.example/jwks"), invalid(DiscoveryReason::Url));
    }
}
