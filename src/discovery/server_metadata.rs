//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0) and how to ask for it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::key_source::KeySource;
use crate::encoding::json::{self, Members, Value};
use crate::error::{ConfigError, DiscoveryReason, Error, UnavailableReason};

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
    fn read(issuer: &str, body: &[u8], address: &str, source: &KeySource) -> Result<Self, Error> {
        let members =
            json::parse_object_bytes(body, MAX_DEPTH).map_err(|_| Error::DiscoveryInvalid(DiscoveryReason::Json))?;
        let named = text(&members, "issuer")?.ok_or(Error::DiscoveryInvalid(DiscoveryReason::Issuer))?;
        if named != issuer {
            return Err(Error::DiscoveryIssuerMismatch { expected: issuer.to_owned(), actual: named.to_owned() });
        }
        // A document that came over TLS must not lead away from it.
        let insecure = source.parse(address).is_some_and(|url| url.insecure);
        let endpoint = |name| match text(&members, name)? {
            None => Ok(None),
            Some(url) if source.parse(url).is_some_and(|url| insecure || !url.insecure) => Ok(Some(url.to_owned())),
            Some(_) => Err(Error::DiscoveryInvalid(DiscoveryReason::Url)),
        };
        Ok(Self {
            issuer: named.to_owned(),
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            jwks_uri: endpoint("jwks_uri")?,
            code_challenge_methods_supported: texts(&members, "code_challenge_methods_supported")?,
            authorization_response_iss_parameter_supported: flag(
                &members,
                "authorization_response_iss_parameter_supported",
            )?,
            json: core::str::from_utf8(body).unwrap_or_default().to_owned(),
        })
    }

    /// The whole document as the server sent it, strictly parsed before.
    pub fn json(&self) -> &str {
        &self.json
    }
}

fn text<'a>(members: &'a Members<'_>, name: &str) -> Result<Option<&'a str>, Error> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::DiscoveryInvalid(DiscoveryReason::Member)),
    }
}

fn texts(members: &Members<'_>, name: &str) -> Result<Option<Vec<String>>, Error> {
    let wrong = || Error::DiscoveryInvalid(DiscoveryReason::Member);
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(elements)) => {
            let texts: Option<Vec<String>> =
                elements.iter().map(|element| element.as_str().map(ToOwned::to_owned)).collect();
            texts.map(Some).ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

fn flag(members: &Members<'_>, name: &str) -> Result<bool, Error> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::DiscoveryInvalid(DiscoveryReason::Member)),
    }
}

/// Finds the metadata of an issuer, without I/O: first where OpenID Connect puts it, then where OAuth
/// does.
///
/// # Example
/// ```
/// let mut discovery = countersign::Discovery::new("https://id.example/tenant")?;
/// assert_eq!(discovery.url(), "https://id.example/tenant/.well-known/openid-configuration");
/// assert_eq!(discovery.response(404, b"")?, None);
/// assert_eq!(discovery.url(), "https://id.example/.well-known/oauth-authorization-server/tenant");
/// let metadata = discovery.response(200, br#"{"issuer":"https://id.example/tenant"}"#)?;
/// assert_eq!(metadata.map(|metadata| metadata.issuer).as_deref(), Some("https://id.example/tenant"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Discovery {
    issuer: String,
    source: KeySource,
    oauth: bool,
}

impl Discovery {
    /// Discovers an issuer that is an https URL without query and fragment, or http on loopback.
    ///
    /// # Errors
    /// [`ConfigError`] for any other issuer.
    pub fn new(issuer: &str) -> Result<Self, ConfigError> {
        Self::from_source(issuer, &KeySource::default())
    }

    /// Discovers metadata at an address of its own, or over plain http from hosts that are named. With
    /// [`KeySource::metadata_uri`] the issuer may be any text, and that one place is asked.
    ///
    /// # Errors
    /// [`ConfigError`] for an address that may not be asked, and for a [`KeySource::jwks_uri`], which leaves
    /// nothing to discover.
    ///
    /// # Example
    /// ```
    /// use countersign::{Discovery, KeySource};
    ///
    /// let mut source = KeySource::default();
    /// source.metadata_uri = Some("https://id.example/.well-known/openid-configuration".into());
    /// let mut discovery = Discovery::from_source("acme.example", &source)?;
    /// assert_eq!(discovery.url(), "https://id.example/.well-known/openid-configuration");
    /// assert!(discovery.response(200, br#"{"issuer":"acme.example"}"#)?.is_some());
    /// assert!(discovery.response(200, br#"{"issuer":"https://id.example"}"#).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_source(issuer: &str, source: &KeySource) -> Result<Self, ConfigError> {
        source.check()?;
        if source.jwks_uri.is_some() {
            return Err(ConfigError { option: "jwks_uri", problem: "leaves nothing to discover: leave it out" });
        }
        if source.metadata_uri.is_some() || source.parse(issuer).is_some_and(|url| url.query.is_none()) {
            return Ok(Self { issuer: issuer.to_owned(), source: source.clone(), oauth: false });
        }
        Err(ConfigError {
            option: "issuer",
            problem: "must be an https URL without query and fragment (http only on loopback, and on hosts that \
                      `allowInsecureHosts` names) for the keys to be discovered; otherwise give the keys, or the \
                      address of the metadata as `metadataUri` or that of the keys as `jwksUri`",
        })
    }

    /// The URL to fetch next.
    pub fn url(&self) -> String {
        if let Some(uri) = &self.source.metadata_uri {
            return uri.clone();
        }
        match self.source.parse(&self.issuer) {
            Some(url) if self.oauth => url.well_known_before_path("oauth-authorization-server"),
            Some(url) => url.well_known_after_path("openid-configuration"),
            None => String::new(),
        }
    }

    /// Takes the response. `None` means: fetch again, at the new [`Discovery::url`].
    ///
    /// # Errors
    /// As [`ServerMetadata::parse`]; [`DiscoveryReason::NotFound`] when there is no metadata in any place;
    /// [`Error::JwksUnavailable`] when the server cannot say at the moment.
    pub fn response(&mut self, status: u16, body: &[u8]) -> Result<Option<ServerMetadata>, Error> {
        if status == 200 {
            return ServerMetadata::read(&self.issuer, body, &self.url(), &self.source).map(Some);
        }
        // 408, 425 and 429 are about the moment.
        let absent = (400..500).contains(&status) && !matches!(status, 408 | 425 | 429);
        if absent && !self.oauth && self.source.metadata_uri.is_none() {
            self.oauth = true;
            return Ok(None);
        }
        self.oauth = false;
        if absent {
            return Err(Error::DiscoveryInvalid(DiscoveryReason::NotFound));
        }
        Err(Error::JwksUnavailable(UnavailableReason::Status))
    }
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
    }

    #[test]
    fn only_an_absent_document_leads_to_the_second_place() {
        let ask = |status| Discovery::new(ISSUER).map(|mut discovery| discovery.response(status, b"").is_ok());
        for status in [400, 403, 404, 410] {
            assert_eq!(ask(status), Ok(true), "{status}");
        }
        for status in [0, 301, 408, 425, 429, 500, 503] {
            assert_eq!(ask(status), Ok(false), "{status}");
        }
        assert!(Discovery::new("accounts.example").is_err());
        assert!(Discovery::new("https://id.example?tenant=1").is_err());
    }

    #[test]
    fn no_metadata_at_all_is_not_a_server_that_is_down() {
        let answers = |statuses: &[u16]| {
            let mut discovery = Discovery::new(ISSUER).unwrap();
            let mut last = Ok(None);
            for status in statuses {
                last = discovery.response(*status, b"");
            }
            // From the beginning, the next time.
            assert!(discovery.url().ends_with("/openid-configuration"));
            last.err()
        };
        let not_found = Some(Error::DiscoveryInvalid(DiscoveryReason::NotFound));
        let unavailable = Some(Error::JwksUnavailable(UnavailableReason::Status));
        assert_eq!(answers(&[404, 404]), not_found);
        assert_eq!(answers(&[403, 410]), not_found);
        for statuses in [&[503][..], &[404, 500], &[404, 429], &[302], &[404, 0]] {
            assert_eq!(answers(statuses), unavailable, "{statuses:?}");
        }
    }

    #[test]
    fn metadata_may_have_an_address_of_its_own() {
        let source = |uri: &str, hosts: &[&str]| KeySource {
            metadata_uri: Some(uri.into()),
            allow_insecure_hosts: hosts.iter().copied().map(String::from).collect(),
            ..KeySource::default()
        };
        let inner = source("http://keycloak:8080/metadata", &["keycloak"]);
        let mut discovery = Discovery::from_source("https://sso.example/realms/demo", &inner).unwrap();
        assert_eq!(discovery.url(), "http://keycloak:8080/metadata");
        // What came over plain http may lead there, and only there.
        let body = |jwks: &str| alloc::format!(r#"{{"issuer":"https://sso.example/realms/demo","jwks_uri":"{jwks}"}}"#);
        for (jwks, good) in [
            ("http://keycloak:8080/jwks", true),
            ("https://sso.example/jwks", true),
            ("http://sso.example/jwks", false),
            ("http://other:8080/jwks", false),
        ] {
            assert_eq!(discovery.response(200, body(jwks).as_bytes()).is_ok(), good, "{jwks}");
        }
        // The one place is the only one.
        let missing = discovery.response(404, b"").err();
        assert_eq!(missing, Some(Error::DiscoveryInvalid(DiscoveryReason::NotFound)));
        let other = discovery.response(200, br#"{"issuer":"http://keycloak:8080/realms/demo"}"#).err();
        assert!(matches!(other, Some(Error::DiscoveryIssuerMismatch { .. })));

        let secure = source("https://id.example/metadata", &["keycloak"]);
        let mut discovery = Discovery::from_source("https://sso.example/realms/demo", &secure).unwrap();
        assert!(discovery.response(200, body("http://keycloak:8080/jwks").as_bytes()).is_err());

        let insecure = source("http://keycloak:8080/metadata", &[]);
        let error = Discovery::from_source(ISSUER, &insecure).err();
        assert_eq!(error.map(|error| error.option), Some("metadata_uri"));
        let keys = KeySource { jwks_uri: Some("https://id.example/jwks".into()), ..KeySource::default() };
        assert_eq!(Discovery::from_source(ISSUER, &keys).err().map(|error| error.option), Some("jwks_uri"));
    }

    #[test]
    fn an_issuer_on_an_insecure_host_is_asked_if_it_was_named() {
        let named = KeySource { allow_insecure_hosts: alloc::vec!["keycloak:8080".into()], ..KeySource::default() };
        let issuer = "http://keycloak:8080/realms/demo";
        let mut discovery = Discovery::from_source(issuer, &named).unwrap();
        assert_eq!(discovery.url(), "http://keycloak:8080/realms/demo/.well-known/openid-configuration");
        let body = br#"{"issuer":"http://keycloak:8080/realms/demo","jwks_uri":"http://keycloak:8080/jwks"}"#;
        assert!(discovery.response(200, body).is_ok());
        assert!(Discovery::new(issuer).is_err());
        assert!(Discovery::from_source("http://keycloak/realms/demo", &named).is_err());
    }
}
