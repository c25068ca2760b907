//! Where an issuer's metadata is fetched.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::discovery::key_source::KeySource;
use crate::discovery::server_metadata::ServerMetadata;
use crate::error::{ConfigError, DiscoveryReason, Error, UnavailableReason};

/// Finds the metadata of an issuer, without I/O: first where OpenID Connect puts it, then where OAuth
/// does.
///
/// # Example
/// ```
/// let mut discovery = countersign::discovery::Discovery::new("https://id.example/tenant")?;
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
    /// use countersign::discovery::{Discovery, KeySource};
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
