//! Client ID Metadata Documents: a client ID that is the address of what the client says of itself
//! (draft-ietf-oauth-client-id-metadata-document), for servers that have never heard of the client.

use alloc::string::String;
use alloc::vec::Vec;

use crate::client::client::Client;
use crate::client::client_authentication::ClientAuthentication;
use crate::client::redirect_uri::is_redirect_uri;
use crate::encoding::json::writer::{JsonWriter, array, quote};
use crate::encoding::url::HttpUrl;
use crate::error::ConfigError;

/// What a client says of itself besides what it is built from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentParams {
    /// The name that users are shown
    pub client_name: Option<String>,
    /// The client's home page
    pub client_uri: Option<String>,
    /// More redirect URIs than the client's own
    pub redirect_uris: Vec<String>,
    /// The address of the client's keys: mandatory with [`ClientAuthentication::PrivateKeyJwt`]
    pub jwks_uri: Option<String>,
    /// The scopes that it may ask for, separated by spaces
    pub scope: Option<String>,
    /// Whether the client's tokens are bound to a key (RFC 9449 §5.2), for a client that has yet to make one
    pub dpop_bound_access_tokens: bool,
}

impl Client {
    /// The document to serve, as `application/json`, at the address that is the client's ID.
    ///
    /// # Errors
    /// [`ConfigError`] when the client's ID is no https URL with a path, there is no redirect URI or one that is none, or the client
    /// authenticates itself by a secret, which such a client cannot have.
    ///
    /// # Example
    /// ```
    /// use countersign::client::{Client, DocumentParams, Server};
    ///
    /// let client = Client::builder(Server::new("https://id.example"), "https://app.example/client.json")
    ///     .redirect_uri("https://app.example/callback")
    ///     .build()?;
    /// let mut params = DocumentParams::default();
    /// params.client_name = Some("An app".into());
    /// let document = client.metadata_document(&params)?;
    /// assert!(document.starts_with(r#"{"client_id":"https://app.example/client.json","client_name":"An app""#));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    pub fn metadata_document(&self, params: &DocumentParams) -> Result<String, ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        match HttpUrl::parse(&self.client_id) {
            Some(url) if !matches!(url.path, "" | "/") => {}
            _ => {
                return problem(
                    "client_id",
                    "must be an https URL with a path, without fragment: where the document is",
                );
            }
        }
        let method = match (&self.authentication, &params.jwks_uri) {
            (ClientAuthentication::None, _) => "none",
            (ClientAuthentication::PrivateKeyJwt { .. }, Some(_)) => "private_key_jwt",
            (ClientAuthentication::PrivateKeyJwt { .. }, None) => {
                return problem("jwks_uri", "is missing: write where the server finds the client's keys");
            }
            (ClientAuthentication::Tls, _) => "tls_client_auth",
            (
                ClientAuthentication::Basic(_) | ClientAuthentication::Post(_) | ClientAuthentication::SecretJwt(_),
                _,
            ) => return problem("authentication", "is by a secret, which a client that introduces itself cannot have"),
        };
        if params.jwks_uri.as_deref().is_some_and(|uri| HttpUrl::parse(uri).is_none()) {
            return problem("jwks_uri", "must be an https URL");
        }
        let uris: Vec<&String> = self.redirect_uri.iter().chain(&params.redirect_uris).collect();
        if uris.is_empty() {
            return problem("redirect_uri", "is missing: write the one that the client is sent back to");
        }
        if !uris.iter().all(|uri| is_redirect_uri(uri)) {
            return problem("redirect_uris", "must be https URLs (http on loopback) or URIs of an app's own scheme");
        }
        let writer = JsonWriter::new()
            .text("client_id", &self.client_id)
            .text_if("client_name", params.client_name.as_deref())
            .text_if("client_uri", params.client_uri.as_deref())
            .json("redirect_uris", &array(uris.into_iter().map(|uri| quote(uri))))
            .json("grant_types", r#"["authorization_code","refresh_token"]"#)
            .json("response_types", r#"["code"]"#)
            .text("token_endpoint_auth_method", method)
            .text_if("jwks_uri", params.jwks_uri.as_deref())
            .text_if("scope", params.scope.as_deref());
        let writer = if self.dpop.is_some() || params.dpop_bound_access_tokens {
            writer.json("dpop_bound_access_tokens", "true")
        } else {
            writer
        };
        Ok(writer.end())
    }
}
