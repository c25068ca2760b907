//! Well-known servers to sign in at that have no metadata, or depart from the standard.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::profile_request::{identifier, identifier_in};
use crate::client::{
    AuthorizationParams, Call, Client, ClientAuthentication, ClientBuilder, HttpResponse, Quirks, ResponseMode, Server,
    TokenResponse,
};
use crate::encoding::json;
use crate::error::{ConfigError, Error, ServerResponseReason};

/// A server to sign in at: its endpoints, and the ways in which it departs from the standard.
///
/// For servers with OpenID Connect metadata that is to be relied on, such as Google's or Microsoft's, none is needed:
/// discover them.
///
/// # Example
/// ```
/// use countersign::client::HttpResponse;
/// use countersign::preset::Provider;
///
/// # let (entropy, now) = ([7; 96], 1_800_000_000);
/// let provider = Provider::GITHUB;
/// let client = provider.client("app", "secret").redirect_uri("https://app.example/callback").build()?;
/// let begun = client.authorize(&provider.params(), &entropy, now)?;
/// assert!(begun.url.starts_with("https://github.com/login/oauth/authorize?"));
///
/// // After the callback: who is it?
/// # let body = br#"{"access_token":"a","token_type":"bearer","scope":"read:user"}"#;
/// let tokens = client.code_response(&begun.transaction, &HttpResponse::new(200, body))?;
/// # let access_token = tokens.access_token.clone().unwrap_or_default();
/// let call = provider.user_request(&client, &access_token, &[8; 32], now)?;
/// # let body = br#"{"id":583231,"login":"octocat"}"#;
/// let user = provider.user_id(&tokens, &HttpResponse::new(200, body))?;
/// assert_eq!(user, "583231");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Provider {
    /// The name of the preset.
    pub name: &'static str,
    /// The name of the server.
    pub title: &'static str,
    /// What to know of it.
    pub remark: &'static str,
    /// The issuer or, where there is none, what stands for it in transactions.
    pub issuer: &'static str,
    /// The authorization endpoint.
    pub authorization_endpoint: &'static str,
    /// The token endpoint.
    pub token_endpoint: &'static str,
    /// The revocation endpoint (RFC 7009), where there is one.
    pub revocation_endpoint: Option<&'static str>,
    /// The address of the keys, where there are ID tokens.
    pub jwks_uri: Option<&'static str>,
    /// Where the client's secret goes.
    pub secret: SecretPlace,
    /// The scopes that say who the user is, separated by spaces.
    pub scope: &'static str,
    /// The response mode that it wants.
    pub response_mode: ResponseMode,
    /// Parameters of the authorization request that it wants.
    pub params: &'static [(&'static str, &'static str)],
    /// Who the user is.
    pub user: UserSource,
    /// The ways in which it departs from the standard.
    pub quirks: Quirks,
}

/// Where the client's secret goes (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretPlace {
    /// The `Authorization` header
    Header,
    /// The body
    Body,
    /// Clients have none
    Nowhere,
}

/// What says who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserSource {
    /// The ID token: `sub`
    IdToken,
    /// A resource of its own
    Resource {
        /// The address
        url: &'static str,
        /// The way to the identifier in the answer
        id: &'static [&'static str],
        /// The name of a header field that wants the client's ID, if there is one
        client_id_header: Option<&'static str>,
    },
    /// The token response
    TokenResponse {
        /// The way to the identifier
        id: &'static [&'static str],
    },
}

impl Provider {
    /// The provider of this name.
    pub fn from_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|provider| provider.name == name)
    }

    /// The server.
    pub fn server(&self) -> Server {
        let mut server = Server::new(self.issuer);
        server.authorization_endpoint = Some(self.authorization_endpoint.to_owned());
        server.token_endpoint = Some(self.token_endpoint.to_owned());
        server.revocation_endpoint = self.revocation_endpoint.map(ToOwned::to_owned);
        server.jwks_uri = self.jwks_uri.map(ToOwned::to_owned);
        server
    }

    /// Begins a client of this server, with its ID and secret there. The secret is left out where clients have none.
    pub fn client(&self, client_id: impl Into<String>, secret: impl Into<String>) -> ClientBuilder {
        let authentication = match self.secret {
            SecretPlace::Header => ClientAuthentication::Basic(secret.into()),
            SecretPlace::Body => ClientAuthentication::Post(secret.into()),
            SecretPlace::Nowhere => ClientAuthentication::None,
        };
        Client::builder(self.server(), client_id).authentication(authentication).quirks(self.quirks)
    }

    /// The parameters of a sign-in that says who the user is. Add scopes of your own.
    pub fn params(&self) -> AuthorizationParams {
        let mut params = AuthorizationParams::default();
        params.scope = Some(self.scope.to_owned()).filter(|scope| !scope.is_empty());
        params.response_mode = self.response_mode;
        params.params = self.params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        params
    }

    /// The request that says who the user is, where it takes one: `None` where the tokens say so already.
    ///
    /// # Errors
    /// Those of [`Client::resource_request`].
    pub fn user_request(
        &self,
        client: &Client,
        access_token: &str,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Option<Call>, ConfigError> {
        let UserSource::Resource { url, client_id_header, .. } = self.user else { return Ok(None) };
        let header = client_id_header.map(|name| (name, client.client_id()));
        client.resource_request(url, header, access_token, entropy, now).map(Some)
    }

    /// The user's identifier at this server, out of the response to [`Provider::user_request`] or, where it takes none, out
    /// of the tokens. For [`UserSource::IdToken`] it is `sub` of the ID token, once that is verified.
    ///
    /// # Errors
    /// [`Error::ServerResponseInvalid`] where there is none, [`Error::TokenEndpointError`] and
    /// [`Error::ServerUnavailable`] for a response that is no success.
    pub fn user_id(&self, tokens: &TokenResponse, response: &HttpResponse<'_>) -> Result<String, Error> {
        let missing = Error::ServerResponseInvalid(ServerResponseReason::Member);
        match self.user {
            UserSource::IdToken => Err(missing),
            UserSource::Resource { id, .. } => identifier(response, id),
            UserSource::TokenResponse { id } => {
                let members = json::parse_object(tokens.json(), 16).map_err(|_| missing)?;
                identifier_in(&members, id)
            }
        }
    }
}
