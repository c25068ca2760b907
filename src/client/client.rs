//! A client: one registration at one authorization server.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::client::answer::is_unavailable;
use crate::client::authorization_request::{AuthorizationUrl, ResponseMode};
use crate::client::authorization_response::{parse_authorization_response, query_of};
use crate::client::call::Call;
use crate::client::client_authentication::ClientAuthentication;
use crate::client::dpop::DpopKey;
use crate::client::http::HttpResponse;
use crate::client::quirks::Quirks;
use crate::client::request_error::RequestError;
use crate::client::request_parts::{RequestParts, pairs};
use crate::client::server::Server;
use crate::client::token_response::{TokenResponse, TokenResponseOptions};
use crate::client::transaction::Transaction;
use crate::encoding::form;
use crate::error::{ConfigError, Error, TokenResponseReason, UnavailableReason};
use crate::jose::algorithm::Algorithm;

/// A client of an authorization server (RFC 6749, OpenID Connect Core): one registration, with all that it can ask for.
///
/// It does no I/O, and is the same for all users: what belongs to one sign-in is in its [`Transaction`]. Each
/// operation is a pair: `…_request` makes a [`Call`], which the host carries out, and `…_response` reads what came. With
/// the feature `reqwest`, `ReqwestClient` does both at once.
///
/// # Example
/// ```
/// use countersign::client::{AuthorizationParams, Client, HttpResponse, Server};
///
/// # let (entropy, now) = ([7; 96], 1_800_000_000);
/// let mut server = Server::new("https://id.example");
/// server.authorization_endpoint = Some("https://id.example/authorize".into());
/// server.token_endpoint = Some("https://id.example/token".into());
/// let client = Client::builder(server, "app").redirect_uri("https://app.example/callback").build()?;
///
/// // Send the browser to `url`, and store the transaction until it comes back.
/// let mut params = AuthorizationParams::default();
/// params.scope = Some("openid profile".into());
/// let begun = client.authorize(&params, &entropy, now)?;
/// let (url, transaction) = (begun.url, begun.transaction);
/// # assert!(url.starts_with("https://id.example/authorize?"));
///
/// // The query of the callback, or the body of its form.
/// let query = format!("code=SplxlOBeZQQYbYS6WxSbIA&state={}", transaction.state);
/// let code = client.callback(&query, &transaction, now)?;
/// let call = client.code_request(&transaction, &code, &[8; 32], now)?;
/// let request = call.request().ok_or("a client that signs nothing has its request at once")?;
/// assert_eq!((request.method, request.url.as_str()), ("POST", "https://id.example/token"));
/// # let body = br#"{"access_token":"a","token_type":"Bearer","id_token":"e30.e30.AA"}"#;
/// let tokens = client.code_response(&transaction, &HttpResponse::new(200, body))?;
/// assert!(tokens.id_token.is_some()); // To be verified: see `IdTokenCheck`.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::struct_field_names, reason = "the standard's noun")]
pub struct Client {
    pub(super) server: Server,
    pub(super) client_id: String,
    pub(super) authentication: ClientAuthentication,
    /// Adds the authentication to a request. [`ClientBuilder::authentication`] puts in what knows all of them, so that programs
    /// with public clients alone need not have it in them.
    pub(super) authenticate: fn(&Self, &mut Call),
    pub(super) redirect_uri: Option<String>,
    pub(super) trusted_audiences: Vec<String>,
    pub(super) id_token_algorithm: Option<Algorithm>,
    pub(super) dpop: Option<DpopKey>,
    pub(super) quirks: Quirks,
    /// Makes of an answer what RFC 6749 would have: [`ClientBuilder::quirks`] puts it in.
    pub(super) standard: Standard,
}

type Standard = for<'a> fn(&Quirks, &HttpResponse<'a>) -> Cow<'a, [u8]>;

/// The options of a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder(Client);

/// What one authorization request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationParams {
    /// Scopes separated by spaces; with `openid` an ID token comes too
    pub scope: Option<String>,
    /// Another redirect URI than the client's
    pub redirect_uri: Option<String>,
    /// The response mode
    pub response_mode: ResponseMode,
    /// The greatest time since the user signed in, in seconds (OpenID Connect Core §3.1.2.1). The ID token is checked for
    /// it; an older sign-in is then repeated by the server, or refused here.
    pub max_age: Option<u64>,
    /// Other parameters, such as `prompt`, `login_hint`, `ui_locales`, `claims` or `resource`
    pub params: Vec<(String, String)>,
}

impl ClientBuilder {
    /// How the client authenticates itself. Default: not at all, as a public client.
    pub fn authentication(mut self, authentication: ClientAuthentication) -> Self {
        self.0.authentication = authentication;
        self.0.authenticate = |client, call| call.authenticate(client);
        self
    }

    /// The redirect URI, exactly as registered. Clients without users need none.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.0.redirect_uri = Some(uri.into());
        self
    }

    /// An audience that ID tokens may have beside this client (OpenID Connect Core §3.1.3.7, step 3); call again for more.
    /// Zitadel's have the project's ID there. The client itself must be in `aud` all the same.
    pub fn trusted_audience(mut self, audience: impl Into<String>) -> Self {
        self.0.trusted_audiences.push(audience.into());
        self
    }

    /// The algorithm that the client is registered for, `id_token_signed_response_alg`: ID tokens with another one are
    /// refused (OpenID Connect Core §3.1.3.7, step 7). Default: what the server's keys are made for.
    pub const fn id_token_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.0.id_token_algorithm = Some(algorithm);
        self
    }

    /// The key that binds the client's tokens (RFC 9449). Tokens that are not bound are refused then.
    pub fn dpop(mut self, key: DpopKey) -> Self {
        self.0.dpop = Some(key);
        self
    }

    /// The ways in which the server departs from the standard.
    pub const fn quirks(mut self, quirks: Quirks) -> Self {
        self.0.quirks = quirks;
        self.0.standard = Quirks::standard;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ConfigError`] names the option that is missing, empty or contradicts another, and the endpoint that is no https
    /// URL.
    pub fn build(self) -> Result<Client, ConfigError> {
        let mut client = self.0;
        let problem = |option, problem| Err(ConfigError { option, problem });
        client.server.check()?;
        if client.client_id.is_empty() {
            return problem("client_id", "is missing: write the client's ID at the server");
        }
        if client.trusted_audiences.iter().any(String::is_empty) {
            return problem("trusted_audience", "is empty: write an audience, or leave it out");
        }
        match &client.authentication {
            ClientAuthentication::Basic(secret) | ClientAuthentication::Post(secret) if secret.is_empty() => {
                problem("authentication", "has an empty secret: a client without one is a public client")
            }
            ClientAuthentication::PrivateKeyJwt { algorithm, .. } if algorithm.is_symmetric() => {
                problem("authentication", "names an HMAC algorithm, which no private key is for")
            }
            _ if client.id_token_algorithm.is_some_and(Algorithm::is_symmetric) => {
                problem("id_token_algorithm", "is an HMAC algorithm: have the server sign with a key of its own")
            }
            _ => Ok(client),
        }
    }
}

impl Client {
    /// Begins with the server and the client's ID there.
    pub fn builder(server: Server, client_id: impl Into<String>) -> ClientBuilder {
        ClientBuilder(Self {
            server,
            client_id: client_id.into(),
            authentication: ClientAuthentication::None,
            authenticate: |client, call| call.identify(client),
            redirect_uri: None,
            trusted_audiences: Vec::new(),
            id_token_algorithm: None,
            dpop: None,
            quirks: Quirks::default(),
            standard: |_, response| Cow::Borrowed(response.body),
        })
    }

    /// The server.
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// The client's ID at the server.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The key that binds the client's tokens, if there is one.
    pub const fn dpop_key(&self) -> Option<&DpopKey> {
        self.dpop.as_ref()
    }

    /// The audiences that ID tokens may have beside the client.
    pub fn trusted_audiences(&self) -> &[String] {
        &self.trusted_audiences
    }

    /// The algorithm of ID tokens that the client is registered for, if it is said.
    pub const fn id_token_algorithm(&self) -> Option<Algorithm> {
        self.id_token_algorithm
    }

    /// Builds the URL to send the browser to, and the transaction to store until it comes back. State, nonce and PKCE with
    /// S256 are always there.
    ///
    /// `entropy` is 96 bytes of a cryptographic random number generator, never used before; `now` is in seconds since the
    /// epoch.
    ///
    /// # Errors
    /// Those of [`authorization_url`](crate::client::authorization_url), and [`RequestError::Config`] with `pushed_authorization_request_endpoint` where the
    /// server takes pushed requests alone: see [`Client::pushed_request`].
    pub fn authorize(
        &self,
        params: &AuthorizationParams,
        entropy: &[u8; 96],
        now: u64,
    ) -> Result<AuthorizationUrl, RequestError> {
        if self.server.require_pushed_authorization_requests {
            let problem = "is where this server wants the request first: begin with `pushed_request`";
            return Err(RequestError::Config(ConfigError { option: "pushed_authorization_request_endpoint", problem }));
        }
        self.begin(params, entropy, now)
    }

    pub(super) fn begin(
        &self,
        params: &AuthorizationParams,
        entropy: &[u8; 96],
        now: u64,
    ) -> Result<AuthorizationUrl, RequestError> {
        let config = |option, problem| RequestError::Config(ConfigError { option, problem });
        if params.params.iter().any(|(name, _)| name == "max_age" || name == "dpop_jkt") {
            return Err(config("params", "names `max_age` or `dpop_jkt`, which come from options"));
        }
        let redirect_uri = params.redirect_uri.as_deref().or(self.redirect_uri.as_deref());
        let redirect_uri =
            redirect_uri.ok_or(config("redirect_uri", "is missing: write the one that is registered"))?;
        let max_age = params.max_age.map(|age| age.to_string());
        let mut more = pairs(&params.params);
        more.extend(max_age.as_deref().map(|age| ("max_age", age)));
        more.extend(self.dpop.as_ref().map(|key| ("dpop_jkt", key.thumbprint())));
        let scope = params.scope.as_deref().map(|scope| self.quirks.scope(scope));
        let request = RequestParts {
            issuer: &self.server.issuer,
            authorization_endpoint: self.server.authorization_endpoint.as_deref().unwrap_or_default(),
            token_endpoint: self.server.token_endpoint.as_deref().unwrap_or_default(),
            code_challenge_methods_supported: self.server.code_challenge_methods_supported.as_deref(),
            response_iss_supported: self.server.authorization_response_iss_parameter_supported,
            client_id: &self.client_id,
            redirect_uri,
            scope: scope.as_deref(),
            response_mode: params.response_mode,
            params: &more,
        };
        let mut begun = request.begin(entropy, now)?;
        begun.transaction.max_age = params.max_age;
        if self.quirks.no_nonce {
            begun.transaction.nonce = None;
        }
        Ok(begun)
    }

    /// Reads what the browser came back with, and returns the authorization code. It takes the query of the callback, or
    /// the body of the form that came in its place. Of a whole URL, or of a path with a query, it takes the query, and never
    /// looks at the address, which proxies change.
    ///
    /// Where several sign-ins may be under way, [`callback_state`] says which transaction it is about. Use a transaction
    /// once: delete it before the code is exchanged.
    ///
    /// # Errors
    /// [`Error::ResponseIssuerMismatch`] for a transaction of another server or client, and those of
    /// [`parse_authorization_response`], in its order: `state`, `iss`, `error`, `code`.
    ///
    /// [`callback_state`]: crate::client::callback_state
    pub fn callback(&self, response: &str, transaction: &Transaction, now: u64) -> Result<String, Error> {
        self.check_transaction(transaction)?;
        parse_authorization_response(query_of(response), transaction, now)
    }

    /// A transaction that another server's client began is no business of this one (RFC 9700 §4.4.2).
    fn check_transaction(&self, transaction: &Transaction) -> Result<(), Error> {
        if transaction.issuer == self.server.issuer && transaction.client_id == self.client_id {
            return Ok(());
        }
        Err(Error::ResponseIssuerMismatch { expected: self.server.issuer.clone() })
    }

    /// The token request for a code (RFC 6749 §4.1.3). `entropy` is 32 bytes of a cryptographic random number generator,
    /// never used before.
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no token endpoint, or the transaction belongs to another client.
    pub fn code_request(
        &self,
        transaction: &Transaction,
        code: &str,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        if self.check_transaction(transaction).is_err() {
            return Err(ConfigError { option: "transaction", problem: "was begun by another client" });
        }
        let mut form = String::new();
        form::append(&mut form, "grant_type", "authorization_code");
        form::append(&mut form, "code", code);
        form::append(&mut form, "redirect_uri", &transaction.redirect_uri);
        form::append(&mut form, "code_verifier", &transaction.code_verifier);
        for resource in &transaction.resource {
            form::append(&mut form, "resource", resource);
        }
        self.token_call(form, entropy, now)
    }

    /// Reads the response to [`Client::code_request`]. An ID token in it is still to be verified, with
    /// [`IdTokenCheck::sign_in`](crate::client::IdTokenCheck::sign_in), before any of the tokens is used.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] with what the server reported, [`Error::ServerUnavailable`] when it could not answer,
    /// [`Error::TokenResponseInvalid`] for anything else that is no token response.
    pub fn code_response(
        &self,
        transaction: &Transaction,
        response: &HttpResponse<'_>,
    ) -> Result<TokenResponse, Error> {
        self.read_tokens(transaction.nonce.is_some(), response)
    }

    pub(super) fn read_tokens(&self, openid: bool, response: &HttpResponse<'_>) -> Result<TokenResponse, Error> {
        self.read(openid, false, response)
    }

    pub(super) fn read(
        &self,
        openid: bool,
        exchanged: bool,
        response: &HttpResponse<'_>,
    ) -> Result<TokenResponse, Error> {
        let missing_token_type_is_bearer = self.quirks.missing_token_type_is_bearer;
        let dpop = self.dpop.is_some();
        let options = TokenResponseOptions { openid, missing_token_type_is_bearer, dpop, exchanged };
        let read = TokenResponse::parse_with(response.status, &(self.standard)(&self.quirks, response), options);
        match read {
            Ok(mut tokens) if self.quirks.no_nonce => {
                tokens.id_token = None;
                Ok(tokens)
            }
            Err(Error::TokenResponseInvalid(TokenResponseReason::Status)) if is_unavailable(response.status) => {
                Err(Error::ServerUnavailable(UnavailableReason::Status))
            }
            other => other,
        }
    }

    pub(super) fn token_call(&self, form: String, entropy: &[u8; 32], now: u64) -> Result<Call, ConfigError> {
        let url = self.endpoint("token_endpoint", self.server.token_endpoint.as_deref())?;
        Ok(self.call(url, self.dpop.as_ref(), form, entropy, now))
    }

    pub(super) fn call(&self, url: &str, dpop: Option<&DpopKey>, form: String, entropy: &[u8; 32], now: u64) -> Call {
        Call::post(self, url, form, dpop, entropy, now)
    }

    /// The endpoint, or the one for clients that present a certificate (RFC 8705 §5).
    pub(super) fn endpoint<'a>(&'a self, name: &'static str, url: Option<&'a str>) -> Result<&'a str, ConfigError> {
        let alias = || self.server.alias(name);
        let presents_certificate = matches!(self.authentication, ClientAuthentication::Tls);
        let url = if presents_certificate { alias().or(url) } else { url };
        url.ok_or(ConfigError { option: name, problem: "is missing: the server has none, as far as is known" })
    }
}
