//! A driver of a client for asynchronous programs, on tokio.

use std::boxed::Box;
use std::fmt;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::vec::Vec;

use reqwest::header::{CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use tokio::time::sleep;

use crate::client::{
    AuthorizationParams, AuthorizationUrl, Call, CallStep, Client, DeviceAuthorization, DeviceStep, DpopNonces,
    HttpRequest, HttpResponse, IdTokenCheck, Progress, RequestError, Server, SigningInput, TokenResponse, Transaction,
};
use crate::discovery::Discovery;
use crate::driver::download::{client, read, reason};
use crate::driver::reqwest::ReqwestVerifier;
use crate::driver::system_time;
use crate::error::{ConfigError, Error, UnavailableReason};
use crate::jose::jwe::{Decryption, DecryptionKey, DecryptionStep, is_encrypted};
use crate::verify::remote_verifier::RemoteVerifier;
use crate::verify::verifier::VerifiedToken;

type Sign = Box<dyn Fn(&SigningInput) -> Option<Vec<u8>> + Send + Sync>;
type Decrypt = Box<dyn Fn(&DecryptionStep<'_>) -> Option<Vec<u8>> + Send + Sync>;

/// A [`Client`] that makes its requests with the crate `reqwest`, in a tokio runtime with time and I/O. Entropy is the
/// system's. No redirect is followed, and time and size of each response are bounded.
///
/// Make one when the program starts, and share it.
///
/// # Example
/// ```no_run
/// use countersign::client::{AuthorizationParams, Client, ClientAuthentication, Transaction};
/// use countersign::{ReqwestClient, client::RequestError};
///
/// async fn start(secret: String) -> Result<ReqwestClient, RequestError> {
///     let server = ReqwestClient::discover("https://id.example").await?;
///     let client = Client::builder(server, "app")
///         .authentication(ClientAuthentication::Basic(secret))
///         .redirect_uri("https://app.example/callback")
///         .build()?;
///     ReqwestClient::new(client)
/// }
///
/// async fn sign_in(client: &ReqwestClient) -> Result<(String, Transaction), RequestError> {
///     let mut params = AuthorizationParams::default();
///     params.scope = Some("openid profile".into());
///     let begun = client.authorize(&params).await?;
///     Ok((begun.url, begun.transaction)) // Store the transaction, and redirect the browser.
/// }
///
/// async fn callback(client: &ReqwestClient, query: &str, stored: &Transaction) -> Result<String, RequestError> {
///     let signed_in = client.callback(query, stored).await?;
///     let user = signed_in.id_token.ok_or(countersign::Error::InternalError)?;
///     Ok(user.claims().subject().unwrap_or_default().to_owned())
/// }
/// ```
pub struct ReqwestClient {
    pub(super) client: Client,
    pub(super) http: reqwest::Client,
    pub(super) id_tokens: ReqwestVerifier,
    pub(super) logout_tokens: ReqwestVerifier,
    pub(super) introspection: ReqwestVerifier,
    nonces: Mutex<DpopNonces>,
    sign: Option<Sign>,
    decryption: Option<(Vec<DecryptionKey>, Decrypt)>,
    accept_unencrypted: bool,
}

/// The outcome of a sign-in, or of a refresh.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedIn {
    /// The tokens
    pub tokens: TokenResponse,
    /// The ID token, verified, if one came
    pub id_token: Option<Arc<VerifiedToken>>,
    /// When they came, in seconds since the epoch: see [`TokenResponse::expires_at`]
    pub received_at: u64,
}

/// A response, as it was received.
pub(super) struct Received {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Received {
    pub(super) fn response(&self) -> HttpResponse<'_> {
        let field = |name: &str| {
            let mut values = self.headers.get_all(name).iter();
            // Of several, none is the one that was meant.
            values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
        };
        HttpResponse {
            status: self.status,
            content_type: field(CONTENT_TYPE.as_str()),
            dpop_nonce: field("dpop-nonce"),
            www_authenticate: self.headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()),
            body: &self.body,
        }
    }
}

impl ReqwestClient {
    /// Fetches the metadata of a server. Do so when it is needed first, or at the start if the server may be relied on: a
    /// failure is not remembered.
    ///
    /// # Errors
    /// [`RequestError::Config`] for an issuer that is no https URL; [`RequestError::Server`] with
    /// [`Error::ServerUnavailable`], [`Error::DiscoveryInvalid`] or [`Error::DiscoveryIssuerMismatch`].
    pub async fn discover(issuer: &str) -> Result<Server, RequestError> {
        let http = client()?;
        let mut discovery = Discovery::new(issuer)?;
        loop {
            let request = HttpRequest {
                method: "GET",
                url: discovery.url(),
                headers: [("accept", "application/json".into())].into(),
                body: None,
                timeout: HttpRequest::TIMEOUT,
                max_bytes: HttpRequest::MAX_BYTES,
            };
            let received = perform(&http, &request).await?;
            match discovery.response(received.status, &received.body) {
                Ok(Some(metadata)) => return Ok(Server::from_metadata(&metadata)?),
                Ok(None) => {}
                Err(Error::JwksUnavailable(reason)) => return Err(Error::ServerUnavailable(reason).into()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Creates a driver with an HTTP client of its own.
    ///
    /// # Errors
    /// [`RequestError::Config`] where the server's keys may not be asked for; [`RequestError::Server`] with
    /// [`Error::InternalError`] where the TLS of this system cannot be initialised.
    pub fn new(oauth: Client) -> Result<Self, RequestError> {
        Self::with_http(oauth, client()?)
    }

    /// Like [`ReqwestClient::new`], with an HTTP client that presents a certificate, for
    /// [`ClientAuthentication::Tls`](crate::client::ClientAuthentication::Tls). It must follow no redirect.
    ///
    /// # Errors
    /// As [`ReqwestClient::new`].
    pub fn with_http(oauth: Client, http: reqwest::Client) -> Result<Self, RequestError> {
        let source = oauth.server().key_source();
        let remote = |builder: crate::verify::VerifierBuilder| RemoteVerifier::new(builder.build()?, &source);
        let id_tokens = ReqwestVerifier::new(remote(oauth.id_token_verifier())?)?;
        let logout_tokens = ReqwestVerifier::new(remote(oauth.logout_token_verifier())?)?;
        let introspection = ReqwestVerifier::new(remote(oauth.introspection_verifier())?)?;
        Ok(Self {
            client: oauth,
            http,
            id_tokens,
            logout_tokens,
            introspection,
            nonces: Mutex::default(),
            sign: None,
            decryption: None,
            accept_unencrypted: false,
        })
    }

    /// Adds what signs client assertions and DPoP proofs: it answers with the signature, or `None` where it cannot sign.
    #[must_use]
    pub fn with_signer<F>(mut self, sign: F) -> Self
    where
        F: Fn(&SigningInput) -> Option<Vec<u8>> + Send + Sync + 'static,
    {
        self.sign = Some(Box::new(sign));
        self
    }

    /// Adds the keys that ID tokens and logout tokens are encrypted for, and what performs the steps of a decryption with them: it
    /// answers with the result, or `None` where the cryptography refuses. Those that are not encrypted are refused then, with
    /// `token_type_unsupported`: a client that is registered for encrypted ones gets no others (OpenID Connect Dynamic
    /// Registration §2, `id_token_encrypted_response_alg`).
    #[must_use]
    pub fn with_decryption<F>(mut self, keys: Vec<DecryptionKey>, perform: F) -> Self
    where
        F: Fn(&DecryptionStep<'_>) -> Option<Vec<u8>> + Send + Sync + 'static,
    {
        self.decryption = Some((keys, Box::new(perform)));
        self
    }

    /// Accepts ID tokens and logout tokens that are not encrypted too, of a server that sends both. What they say of the user is then read by
    /// whoever carries them, and a token of before the registration is as good as one of after. Default: no.
    #[must_use]
    pub const fn accept_unencrypted_id_tokens(mut self, accept: bool) -> Self {
        self.accept_unencrypted = accept;
        self
    }

    /// Adds the keys that ID tokens are encrypted for, as [`ReqwestClient::with_decryption`] does.
    #[cfg(feature = "aws-lc-rs")]
    #[must_use]
    pub fn with_decryption_keys(self, keys: crate::driver::decryption_keys::DecryptionKeys) -> Self {
        self.with_decryption(keys.keys().to_vec(), move |step| keys.perform(step))
    }

    /// The signed token inside an encrypted one.
    pub(super) fn decrypt(&self, token: &str) -> Result<Option<String>, Error> {
        let Some((keys, perform)) = &self.decryption else { return Ok(None) };
        if self.accept_unencrypted && !is_encrypted(token) {
            return Ok(None);
        }
        let mut decryption = Decryption::begin(token, keys, &entropy()?)?;
        loop {
            let answer = perform(&decryption.step());
            if let Some(text) = decryption.answer(answer.as_deref())? {
                return Ok(Some(text));
            }
        }
    }

    /// The client.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Begins a sign-in: the URL to send the browser to, and the transaction to store. A server that wants the request
    /// first gets it (RFC 9126).
    ///
    /// # Errors
    /// Those of [`Client::authorize`] and [`Client::pushed_response`].
    pub async fn authorize(&self, params: &AuthorizationParams) -> Result<AuthorizationUrl, RequestError> {
        if !self.client.server().require_pushed_authorization_requests {
            return self.client.authorize(params, &entropy()?, system_time());
        }
        self.push(params).await
    }

    /// Begins a sign-in whose parameters the server gets directly, whether it demands that or not (RFC 9126).
    ///
    /// # Errors
    /// Those of [`Client::pushed_request`] and [`Client::pushed_response`].
    pub async fn push(&self, params: &AuthorizationParams) -> Result<AuthorizationUrl, RequestError> {
        let mut pushed = self.client.pushed_request(params, &entropy()?, &entropy()?, system_time())?;
        let received = self.carry(&mut pushed.call).await?;
        Ok(self.client.pushed_response(pushed, &received.response())?)
    }

    /// Ends a sign-in: from the query of the callback, or the body of its form, to the tokens. An ID token is verified.
    ///
    /// Delete the stored transaction before, so that it is used once.
    ///
    /// # Errors
    /// Those of [`Client::callback`], [`Client::code_response`] and [`Client::verify_id_token`].
    pub async fn callback(&self, response: &str, transaction: &Transaction) -> Result<SignedIn, RequestError> {
        let code = self.client.callback(response, transaction, system_time())?;
        let mut call = self.client.code_request(transaction, &code, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        let tokens = self.client.code_response(transaction, &received.response())?;
        let check = IdTokenCheck::sign_in(transaction, &code, &tokens);
        self.signed_in(tokens, &check).await
    }

    pub(super) async fn signed_in(
        &self,
        mut tokens: TokenResponse,
        check: &IdTokenCheck,
    ) -> Result<SignedIn, RequestError> {
        let received_at = system_time();
        // As `id_token_hint`, servers want the signed token (OpenID Connect Core §3.1.2.1).
        if let Some(signed) = tokens.id_token.as_deref().map(|token| self.decrypt(token)).transpose()?.flatten() {
            tokens.id_token = Some(signed);
        }
        let id_token = match &tokens.id_token {
            None => None,
            Some(id_token) => {
                let token = self.id_tokens.verify_with(id_token, check.expectations()).await?;
                Some(self.client.accept(token, check)?)
            }
        };
        Ok(SignedIn { tokens, id_token, received_at })
    }

    /// Begins a sign-in on another device (RFC 8628): show the user what it answers, and call
    /// [`ReqwestClient::wait_for_device`].
    ///
    /// # Errors
    /// Those of [`Client::device_request`] and [`Client::device_response`].
    pub async fn device(&self, scope: Option<&str>) -> Result<DeviceAuthorization, RequestError> {
        let mut call = self.client.device_request(scope, &[], &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        Ok(self.client.device_response(&received.response(), &entropy()?, system_time())?)
    }

    /// Waits until the user has decided.
    ///
    /// # Errors
    /// Those of [`DeviceAuthorization::response`], and [`Error::TransactionExpired`] when nobody came.
    pub async fn wait_for_device(&self, device: &mut DeviceAuthorization) -> Result<SignedIn, RequestError> {
        loop {
            match device.next(system_time()) {
                DeviceStep::Expired => return Err(Error::TransactionExpired.into()),
                DeviceStep::Wait { seconds } => sleep(Duration::from_secs(seconds)).await,
                DeviceStep::Ask => {
                    let mut call = self.client.device_token_request(device, system_time())?;
                    match self.carry(&mut call).await {
                        Ok(received) => {
                            let answer = device.response(&self.client, &received.response(), system_time())?;
                            if let Some(tokens) = answer {
                                let check = IdTokenCheck::without_nonce(&tokens);
                                return self.signed_in(tokens, &check).await;
                            }
                        }
                        Err(RequestError::Server(Error::ServerUnavailable(_))) => device.failed(system_time()),
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }

    pub(super) fn nonces(&self) -> MutexGuard<'_, DpopNonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, ConfigError> {
        let problem = "is missing, or cannot sign: add one with `with_signer`";
        self.sign.as_ref().and_then(|sign| sign(input)).ok_or(ConfigError { option: "signer", problem })
    }

    /// Makes the request of a call, with all that is to be signed for it.
    pub(super) async fn carry(&self, call: &mut Call) -> Result<Received, RequestError> {
        call.use_nonces(&self.nonces());
        loop {
            match call.step() {
                CallStep::Sign(input) => call.signed(&self.sign(&input)?)?,
                CallStep::Send(request) => {
                    let received = perform(&self.http, &request).await?;
                    let response = received.response();
                    if let Some(nonce) = response.dpop_nonce {
                        self.nonces().learn(&request.url, nonce);
                    }
                    if call.response(&response, system_time()) == Progress::Done {
                        return Ok(received);
                    }
                }
            }
        }
    }
}

impl fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestClient").field("client", &self.client).finish_non_exhaustive()
    }
}

/// Bytes of the system's random number generator, or none at all: there is no second best.
pub(super) fn entropy<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::InternalError)?;
    Ok(bytes)
}

async fn perform(http: &reqwest::Client, request: &HttpRequest) -> Result<Received, Error> {
    let unavailable = |reason: UnavailableReason| Error::ServerUnavailable(reason);
    let mut builder = match &request.body {
        Some(body) => http.post(&request.url).body(String::clone(body)),
        None => http.get(&request.url),
    };
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    // GitHub and Reddit answer nobody without one.
    builder = builder.header("user-agent", concat!("countersign/", env!("CARGO_PKG_VERSION")));
    let sent = builder.timeout(Duration::from_secs(request.timeout)).send().await;
    let response = sent.map_err(|error| unavailable(reason(error)))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(unavailable(UnavailableReason::Redirect));
    }
    let headers = response.headers().clone();
    let body = read(response, request.max_bytes).await.map_err(unavailable)?;
    Ok(Received { status: status.as_u16(), headers, body })
}
