//! The endpoints of an authorization server, and what it asks of clients.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::key_source::KeySource;
use crate::discovery::server_metadata::ServerMetadata;
use crate::encoding::json::{self, Members, Value, WrongType};
use crate::encoding::url::HttpUrl;
use crate::error::{ConfigError, DiscoveryReason, Error};

const MAX_DEPTH: usize = 16;

/// An authorization server: its issuer, its endpoints, and what it asks of clients (RFC 8414 §2).
///
/// It comes from the server's metadata or is written down, for a server without any.
///
/// # Example
/// ```
/// use countersign::client::Server;
/// use countersign::discovery::ServerMetadata;
///
/// let body = br#"{
///     "issuer": "https://id.example",
///     "authorization_endpoint": "https://id.example/authorize",
///     "token_endpoint": "https://id.example/token",
///     "revocation_endpoint": "https://id.example/revoke"
/// }"#;
/// let server = Server::from_metadata(&ServerMetadata::parse("https://id.example", body)?)?;
/// assert_eq!(server.revocation_endpoint.as_deref(), Some("https://id.example/revoke"));
///
/// let mut written = Server::new("https://github.com");
/// written.token_endpoint = Some("https://github.com/login/oauth/access_token".into());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// The issuer. For a server without metadata, a name for it: it keeps the transactions of several servers apart.
    pub issuer: String,
    /// The authorization endpoint (RFC 6749 §3.1)
    pub authorization_endpoint: Option<String>,
    /// The token endpoint (RFC 6749 §3.2)
    pub token_endpoint: Option<String>,
    /// The address of the key set
    pub jwks_uri: Option<String>,
    /// The userinfo endpoint (OpenID Connect Core §5.3)
    pub userinfo_endpoint: Option<String>,
    /// The revocation endpoint (RFC 7009)
    pub revocation_endpoint: Option<String>,
    /// The introspection endpoint (RFC 7662)
    pub introspection_endpoint: Option<String>,
    /// The device authorization endpoint (RFC 8628)
    pub device_authorization_endpoint: Option<String>,
    /// The pushed authorization request endpoint (RFC 9126)
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether authorization requests must be pushed (RFC 9126 §5)
    pub require_pushed_authorization_requests: bool,
    /// The end session endpoint (OpenID Connect RP-Initiated Logout §2.1)
    pub end_session_endpoint: Option<String>,
    /// The endpoints by name for clients that present a certificate (RFC 8705 §5)
    pub mtls_endpoint_aliases: Vec<(String, String)>,
    /// The PKCE methods, if the server lists them
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// Whether every authorization response carries `iss` (RFC 9207 §3)
    pub authorization_response_iss_parameter_supported: bool,
}

impl Server {
    /// A server of which nothing but the name is known.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), ..Self::default() }
    }

    /// The server that the metadata describes.
    ///
    /// # Errors
    /// [`Error::DiscoveryInvalid`] when a member has the wrong type, or an endpoint is not https. Plain http passes on
    /// loopback, and only for an issuer that is on loopback itself.
    pub fn from_metadata(metadata: &ServerMetadata) -> Result<Self, Error> {
        let members = json::parse_object(metadata.json(), MAX_DEPTH)
            .map_err(|_| Error::DiscoveryInvalid(DiscoveryReason::Json))?;
        let endpoints = Endpoints { insecure: is_local(&metadata.issuer) };
        let mut server = Self::new(metadata.issuer.as_str());
        for (name, place) in server.endpoints() {
            *place = endpoints.endpoint(&members, name)?;
        }
        server.jwks_uri.clone_from(&metadata.jwks_uri);
        server.require_pushed_authorization_requests =
            members.bool_or_null("require_pushed_authorization_requests").map_err(wrong_type)?.unwrap_or_default();
        server.mtls_endpoint_aliases = endpoints.aliases(&members)?;
        server.code_challenge_methods_supported.clone_from(&metadata.code_challenge_methods_supported);
        server.authorization_response_iss_parameter_supported = metadata.authorization_response_iss_parameter_supported;
        Ok(server)
    }

    /// The endpoints by their names in metadata.
    const fn endpoints(&mut self) -> [(&'static str, &mut Option<String>); 8] {
        [
            ("authorization_endpoint", &mut self.authorization_endpoint),
            ("token_endpoint", &mut self.token_endpoint),
            ("userinfo_endpoint", &mut self.userinfo_endpoint),
            ("revocation_endpoint", &mut self.revocation_endpoint),
            ("introspection_endpoint", &mut self.introspection_endpoint),
            ("device_authorization_endpoint", &mut self.device_authorization_endpoint),
            ("pushed_authorization_request_endpoint", &mut self.pushed_authorization_request_endpoint),
            ("end_session_endpoint", &mut self.end_session_endpoint),
        ]
    }

    /// The source of the server's keys, for a [`crate::RemoteVerifier`]: the address of the key set, where it is known.
    pub fn key_source(&self) -> KeySource {
        let mut source = KeySource::default();
        source.jwks_uri.clone_from(&self.jwks_uri);
        source
    }

    /// Whether every address may be asked.
    pub(crate) fn check(&mut self) -> Result<(), ConfigError> {
        if self.issuer.is_empty() {
            return Err(ConfigError { option: "issuer", problem: "is missing: write the server's issuer" });
        }
        let wrong = |url: &str| HttpUrl::parse(url).is_none();
        if let Some((option, _)) = self.endpoints().into_iter().find(|(_, url)| url.as_deref().is_some_and(wrong)) {
            return Err(ConfigError {
                option,
                problem: "must be an https URL without fragment (http only on loopback)",
            });
        }
        if self.mtls_endpoint_aliases.iter().any(|(_, url)| wrong(url)) {
            let problem = "must be https URLs without fragment (http only on loopback)";
            return Err(ConfigError { option: "mtls_endpoint_aliases", problem });
        }
        Ok(())
    }
}

impl Server {
    /// The endpoint of that name for clients that present a certificate.
    pub(super) fn alias(&self, name: &str) -> Option<&str> {
        self.mtls_endpoint_aliases.iter().find(|(other, _)| other == name).map(|(_, url)| url.as_str())
    }
}

/// What endpoints may be like.
struct Endpoints {
    insecure: bool,
}

impl Endpoints {
    fn endpoint(&self, members: &Members<'_>, name: &str) -> Result<Option<String>, Error> {
        members.string_or_null(name).map_err(wrong_type)?.map(|url| self.address(url)).transpose()
    }

    fn aliases(&self, members: &Members<'_>) -> Result<Vec<(String, String)>, Error> {
        match members.get("mtls_endpoint_aliases") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Object(aliases)) => aliases
                .iter()
                .filter_map(|(name, url)| Some((name.as_str().to_owned(), url.as_str()?)))
                .map(|(name, url)| Ok((name, self.address(url)?)))
                .collect(),
            Some(_) => Err(wrong_type(WrongType)),
        }
    }

    /// A document of an issuer that is not on this machine must not lead away from TLS.
    fn address(&self, url: &str) -> Result<String, Error> {
        match HttpUrl::parse(url) {
            Some(parsed) if self.insecure || !parsed.insecure => Ok(url.to_owned()),
            _ => Err(Error::DiscoveryInvalid(DiscoveryReason::Url)),
        }
    }
}

fn is_local(issuer: &str) -> bool {
    HttpUrl::parse(issuer).is_some_and(|url| url.loopback)
}

const fn wrong_type(_: WrongType) -> Error {
    Error::DiscoveryInvalid(DiscoveryReason::Member)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(issuer: &str, members: &str) -> Result<Server, Error> {
        let body = alloc::format!(r#"{{"issuer":"{issuer}"{members}}}"#);
        Server::from_metadata(&ServerMetadata::parse(issuer, body.as_bytes())?)
    }

    #[test]
    fn every_endpoint_is_read_and_must_be_https() {
        type Endpoint = fn(Server) -> Option<String>;
        let rows: [(&str, Endpoint); 8] = [
            ("authorization_endpoint", |s| s.authorization_endpoint),
            ("token_endpoint", |s| s.token_endpoint),
            ("userinfo_endpoint", |s| s.userinfo_endpoint),
            ("revocation_endpoint", |s| s.revocation_endpoint),
            ("introspection_endpoint", |s| s.introspection_endpoint),
            ("device_authorization_endpoint", |s| s.device_authorization_endpoint),
            ("pushed_authorization_request_endpoint", |s| s.pushed_authorization_request_endpoint),
            ("end_session_endpoint", |s| s.end_session_endpoint),
        ];
        for (name, of) in rows {
            let with = |url: &str| read("https://id.example", &alloc::format!(r#","{name}":"{url}""#));
            assert_eq!(of(with("https://id.example/x").unwrap()).as_deref(), Some("https://id.example/x"), "{name}");
            for url in ["http://id.example/x", "http://127.0.0.1/x", "/x", "javascript:alert(1)"] {
                assert_eq!(with(url), Err(Error::DiscoveryInvalid(DiscoveryReason::Url)), "{name} {url}");
            }
            let other = read("https://id.example", &alloc::format!(r#","{name}":7"#));
            assert_eq!(other, Err(Error::DiscoveryInvalid(DiscoveryReason::Member)), "{name}");
        }
        for issuer in ["http://127.0.0.1:9", "https://localhost:9"] {
            assert!(read(issuer, r#","userinfo_endpoint":"http://127.0.0.1:9/me""#).is_ok(), "{issuer}");
            assert!(read(issuer, r#","userinfo_endpoint":"http://id.example/me""#).is_err(), "{issuer}");
        }
    }

    #[test]
    fn aliases_are_addresses_too() {
        let read = |value: &str| {
            read("https://id.example", &alloc::format!(r#","mtls_endpoint_aliases":{value}"#))
                .map(|server| server.mtls_endpoint_aliases)
        };
        let aliases = read(r#"{"token_endpoint":"https://mtls.id.example/token","x":7}"#).unwrap();
        assert_eq!(aliases, [("token_endpoint".into(), "https://mtls.id.example/token".into())]);
        assert_eq!(
            read(r#"{"token_endpoint":"http://id.example/token"}"#),
            Err(Error::DiscoveryInvalid(DiscoveryReason::Url))
        );
        assert_eq!(read("[]"), Err(Error::DiscoveryInvalid(DiscoveryReason::Member)));
        assert_eq!(read("null"), Ok(Vec::new()));
    }

    #[test]
    fn what_was_written_down_is_checked_as_well() {
        let option = |mut server: Server| server.check().err().map(|error| error.option);
        assert_eq!(option(Server::new("https://id.example")), None);
        assert_eq!(option(Server::new("")), Some("issuer"));
        let server = Server { userinfo_endpoint: Some("http://id.example/me".into()), ..Server::new("x") };
        assert_eq!(option(server), Some("userinfo_endpoint"));
        let mtls_endpoint_aliases = alloc::vec![("token_endpoint".into(), "x".into())];
        let server = Server { mtls_endpoint_aliases, ..Server::new("x") };
        assert_eq!(option(server), Some("mtls_endpoint_aliases"));
    }
}
