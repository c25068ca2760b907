//! One request to the server, with what has to be signed for it and, where the server wants that, once more.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::client::assertion::Assertion;
use crate::client::client::Client;
use crate::client::client_authentication::{ClientAuthentication, basic};
use crate::client::dpop::{DpopKey, DpopNonces, DpopProof, is_nonce};
use crate::client::http::{HttpRequest, HttpResponse};
use crate::client::jws::{self, Identifiers, SigningInput, SigningPurpose};
use crate::encoding::form;
use crate::encoding::json;
use crate::error::ConfigError;
use crate::text::contains;

/// What a server says that wants a proof with its nonce (RFC 9449 §8, §9).
const USE_DPOP_NONCE: &str = "use_dpop_nonce";

/// A request under way: what to sign, what to send, and whether to send it again.
///
/// Ask [`Call::step`], do what it says, and give the result to [`Call::signed`] or [`Call::response`]. A client
/// that signs nothing has its request at once, from [`Call::request`].
///
/// # Example
/// ```
/// use countersign::client::{Call, CallStep, HttpResponse, Progress};
///
/// # fn sign(input: &str) -> Vec<u8> { vec![1; 64] }
/// # fn send(request: &countersign::client::HttpRequest) -> (u16, Vec<u8>) { (200, Vec::new()) }
/// fn perform(mut call: Call, now: u64) -> Result<(u16, Vec<u8>), countersign::ConfigError> {
///     loop {
///         match call.step() {
///             CallStep::Sign(input) => call.signed(&sign(&input.input))?,
///             CallStep::Send(request) => {
///                 let (status, body) = send(&request);
///                 let response = HttpResponse::new(status, &body); // And its header fields.
///                 if call.response(&response, now) == Progress::Done {
///                     return Ok((status, body));
///                 }
///             }
///             _ => unreachable!("there are no other steps"),
///         }
///     }
/// }
/// ```
pub struct Call {
    method: &'static str,
    url: String,
    accept: &'static str,
    form: Option<String>,
    authorization: Option<String>,
    assertion: Option<Assertion>,
    proof: Option<Proof>,
    access_token: Option<String>,
    extra: Option<(&'static str, String)>,
    ids: Identifiers,
    repeated: bool,
}

/// What a [`Call`] needs next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallStep {
    /// A signature, for [`Call::signed`]
    Sign(SigningInput),
    /// A request, whose response is for [`Call::response`]
    Send(HttpRequest),
}

/// Whether a [`Call`] is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Progress {
    /// The response is the answer.
    Done,
    /// The server wants a proof with its nonce (RFC 9449 §8): go on with [`Call::step`].
    Again,
}

struct Proof {
    claims: DpopProof,
    signed: Option<String>,
}

impl Call {
    /// A form for an endpoint where the client authenticates itself.
    pub(super) fn post(
        client: &Client,
        url: &str,
        form: String,
        dpop: Option<&DpopKey>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Self {
        let mut call = Self { form: Some(form), ..Self::new("POST", url, "application/json", entropy) };
        (client.authenticate)(client, &mut call);
        call.begin(dpop, now)
    }

    /// Adds what a public client says of itself.
    pub(super) fn identify(&mut self, client: &Client) {
        self.parameter("client_id", &client.client_id);
    }

    /// Adds what a client says of itself and proves itself with.
    pub(super) fn authenticate(&mut self, client: &Client) {
        if let ClientAuthentication::Basic(secret) = &client.authentication {
            self.authorization = Some(basic(&client.client_id, secret));
            return;
        }
        self.identify(client);
        self.assertion = match &client.authentication {
            ClientAuthentication::None | ClientAuthentication::Basic(_) | ClientAuthentication::Tls => None,
            ClientAuthentication::Post(secret) => {
                self.parameter("client_secret", secret);
                None
            }
            ClientAuthentication::SecretJwt(secret) => {
                Some(Assertion::new(client, secret.algorithm(), None, Some(secret.clone())))
            }
            ClientAuthentication::PrivateKeyJwt { algorithm, kid } => {
                Some(Assertion::new(client, *algorithm, kid.clone(), None))
            }
        };
    }

    fn parameter(&mut self, name: &str, value: &str) {
        if let Some(form) = &mut self.form {
            form::append(form, name, value);
        }
    }

    /// A request for a resource that the access token opens.
    pub(super) fn resource(url: &str, accept: &'static str, token: &AccessToken<'_>, ids: &[u8; 32], now: u64) -> Self {
        let scheme = if token.dpop.is_some() { "DPoP " } else { "Bearer " };
        let authorization = Some([scheme, token.value].concat());
        let access_token = Some(token.value.to_owned());
        Self { authorization, access_token, ..Self::new("GET", url, accept, ids) }.begin(token.dpop, now)
    }

    /// Adds a header field that the server wants.
    pub(super) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.extra = Some((name, value.to_owned()));
        self
    }

    fn new(method: &'static str, url: &str, accept: &'static str, entropy: &[u8; 32]) -> Self {
        Self {
            method,
            url: url.to_owned(),
            accept,
            form: None,
            authorization: None,
            assertion: None,
            proof: None,
            access_token: None,
            extra: None,
            ids: Identifiers::new(entropy),
            repeated: false,
        }
    }

    fn begin(mut self, dpop: Option<&DpopKey>, now: u64) -> Self {
        self.proof = dpop.map(|key| {
            let claims = DpopProof::with_identifier(key, self.method, &self.url, String::new(), now);
            let claims = match &self.access_token {
                Some(token) => claims.access_token(token.as_str()),
                None => claims,
            };
            Proof { claims, signed: None }
        });
        self.prepare(now);
        self
    }

    /// Asks for another media type than JSON.
    #[must_use]
    pub const fn accept(mut self, media_type: &'static str) -> Self {
        self.accept = media_type;
        self
    }

    /// Gives the call the newest nonces, before its first step. Without them, a server that wants one is asked twice.
    pub fn use_nonces(&mut self, nonces: &DpopNonces) {
        if let Some(proof) = self.proof.as_mut().filter(|proof| proof.signed.is_none()) {
            proof.claims.nonce = nonces.of(&self.url).map(ToOwned::to_owned);
        }
    }

    /// Makes assertion and proof, each with an identifier of its own.
    fn prepare(&mut self, now: u64) {
        if let Some(assertion) = &mut self.assertion {
            assertion.renew(&self.ids.next(), now);
        }
        if let Some(proof) = &mut self.proof {
            proof.claims.renew(self.ids.next(), now);
            proof.signed = None;
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What to do next.
    pub fn step(&self) -> CallStep {
        if let Some(Assertion { algorithm, input, signed: None, .. }) = &self.assertion {
            let (purpose, algorithm, input) = (SigningPurpose::ClientAssertion, *algorithm, input.clone());
            return CallStep::Sign(SigningInput { purpose, algorithm, input });
        }
        if let Some(Proof { claims, signed: None }) = &self.proof {
            return CallStep::Sign(claims.signing_input());
        }
        CallStep::Send(self.assemble())
    }

    /// The request, if there is nothing left to sign.
    pub fn request(&self) -> Option<HttpRequest> {
        if let CallStep::Send(request) = self.step() { Some(request) } else { None }
    }

    /// Takes the signature that [`Call::step`] asked for.
    ///
    /// # Errors
    /// [`ConfigError`] when the bytes cannot be a signature of the algorithm, or none was asked for.
    pub fn signed(&mut self, signature: &[u8]) -> Result<(), ConfigError> {
        if let Some(assertion) = self.assertion.as_mut().filter(|assertion| assertion.signed.is_none()) {
            jws::check_signature(assertion.algorithm, signature)?;
            assertion.signed = Some(jws::compact(&assertion.input, signature));
        } else if let Some(proof) = self.proof.as_mut().filter(|proof| proof.signed.is_none()) {
            proof.signed = Some(proof.claims.header(signature)?);
        } else {
            return Err(ConfigError { option: "signature", problem: "was not asked for" });
        }
        Ok(())
    }

    /// Takes the response. `now` is in seconds since the epoch, for the assertion and proof of a second request. There is
    /// no third.
    pub fn response(&mut self, response: &HttpResponse<'_>, now: u64) -> Progress {
        let Some(proof) = &mut self.proof else { return Progress::Done };
        let nonce = response.dpop_nonce.filter(|nonce| is_nonce(nonce));
        if self.repeated || nonce.is_none() || !wants_nonce(response) {
            return Progress::Done;
        }
        proof.claims.nonce = nonce.map(ToOwned::to_owned);
        self.repeated = true;
        self.prepare(now);
        Progress::Again
    }

    fn assemble(&self) -> HttpRequest {
        let mut headers = alloc::vec![("accept", self.accept.to_owned())];
        let mut body = self.form.clone();
        if let Some(form) = &mut body {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
            if let Some(assertion) = self.assertion.as_ref().and_then(|assertion| assertion.signed.as_deref()) {
                let jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                form::append(form, "client_assertion_type", jwt_bearer);
                form::append(form, "client_assertion", assertion);
            }
        }
        headers.extend(self.extra.clone());
        headers.extend(self.authorization.clone().map(|value| ("authorization", value)));
        headers.extend(self.proof.as_ref().and_then(|proof| proof.signed.clone()).map(|value| ("dpop", value)));
        HttpRequest {
            method: self.method,
            url: self.url.clone(),
            headers,
            body,
            timeout: HttpRequest::TIMEOUT,
            max_bytes: HttpRequest::MAX_BYTES,
        }
    }
}

/// An access token, and the key that it is bound to.
pub(super) struct AccessToken<'a> {
    pub(super) value: &'a str,
    pub(super) dpop: Option<&'a DpopKey>,
}

impl fmt::Debug for Call {
    /// Without form and credentials: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

/// `use_dpop_nonce`, of an authorization server (RFC 9449 §8) or of a resource server (§9).
pub(super) fn wants_nonce(response: &HttpResponse<'_>) -> bool {
    let members = json::parse_object_bytes(response.body, 16);
    match response.status {
        400 => members.is_ok_and(|members| members.string("error") == Ok(Some(USE_DPOP_NONCE))),
        401 => {
            response.www_authenticate.is_some_and(|challenge| contains(challenge, USE_DPOP_NONCE))
                || members.is_ok_and(|members| members.string("error") == Ok(Some(USE_DPOP_NONCE)))
        }
        _ => false,
    }
}
