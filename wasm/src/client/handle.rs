//! A client of an authorization server: what it can ask for.
#![allow(clippy::needless_pass_by_value, clippy::unused_self, reason = "the shapes that wasm-bindgen wants")]

use alloc::borrow::ToOwned as _;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use countersign::client::{DpopNonces, HttpResponse, LogoutParams, RequestError, Transaction, callback_state};
use countersign::error::Error;
use countersign::internal::{origin, pushed_parts, wants_nonce};
use countersign::jwks_cache::JwksCache;
use countersign::verify::Limits;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::call::{Call, Previous, Purpose, Shared};
use super::proof::Proof;
#[cfg(feature = "client")]
use super::provider::UserSource;
use super::{begun, entropy, options, transaction_of};
use crate::errors::{misconfigured, to_js_error};
use crate::fields;
use crate::fields::seconds;
use crate::verifier::{Signatures, Verifier};

/// A registration at one authorization server: `client.ts`
#[wasm_bindgen(js_name = OAuthClient)]
pub struct OAuthClient {
    pub(super) shared: Rc<Shared>,
}

#[wasm_bindgen(js_class = OAuthClient)]
impl OAuthClient {
    /// `options` is an object as JSON: those of `createClient` as far as the core has to know them, `metadata` as JSON text.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsValue> {
        let shared = Shared {
            client: options::client(options)?,
            #[cfg(feature = "client")]
            user: fields::try_read(options, |fields| fields.object("user").map(UserSource::read).transpose())?,
            nonces: RefCell::new(DpopNonces::default()),
        };
        Ok(Self { shared: Rc::new(shared) })
    }

    /// Whether the server takes authorization requests from the client alone.
    #[wasm_bindgen(js_name = mustPush)]
    pub fn must_push(&self) -> bool {
        self.shared.client.server().require_pushed_authorization_requests
    }

    /// `{ url, transaction }`
    pub fn authorize(&self, params: &str, now: f64) -> Result<String, JsValue> {
        let params = options::authorization_params(params)?;
        let mut sent = self.shared.client.authorize(&params, &entropy()?, seconds(now)).map_err(request_error)?;
        Ok(begun(&sent.url, &mut sent.transaction))
    }

    /// A call whose answer is `{ url, transaction }`
    pub fn push(&self, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = options::authorization_params(params)?;
        let pushed = self.shared.client.pushed_request(&params, &entropy()?, &entropy()?, seconds(now));
        let (call, transaction) = pushed_parts(pushed.map_err(request_error)?);
        Ok(Call::new(&self.shared, call, Purpose::Push { transaction }))
    }

    /// A call whose answer is `{ tokens, expectations? }`. `transactions` is `{ list }` of those that the response may be to.
    pub fn callback(&self, response: &str, transactions: &str, now: f64) -> Result<Call, JsValue> {
        let transactions = fields::read(transactions, |fields| {
            fields.objects("list").unwrap_or_default().into_iter().map(transaction_of).collect()
        })?;
        let transaction = Self::choose(response, transactions).map_err(to_js_error)?;
        let client = &self.shared.client;
        let code = client.callback(response, &transaction, seconds(now)).map_err(to_js_error)?;
        let call = client.code_request(&transaction, &code, &entropy()?, seconds(now)).map_err(misconfigured)?;
        Ok(Call::new(&self.shared, call, Purpose::Code { transaction, code }))
    }

    /// A call whose answer is `{ tokens, expectations? }`
    pub fn refresh(
        &self,
        tokens: &str,
        scope: Option<String>,
        resource: Option<String>,
        now: f64,
    ) -> Result<Call, JsValue> {
        let previous = fields::read(tokens, |fields| Previous {
            refresh_token: fields.needed("refreshToken"),
            id_token: fields.text("idToken"),
            scope: fields.text("scope"),
            subject: fields.text("subject"),
            claims: fields.text("claims"),
        })?;
        let client = &self.shared.client;
        let call = client
            .refresh_request_for(
                resource.as_deref(),
                &previous.refresh_token,
                scope.as_deref(),
                &entropy()?,
                seconds(now),
            )
            .map_err(misconfigured)?;
        Ok(Call::new(&self.shared, call, Purpose::Refresh(previous)))
    }

    /// A call whose answer is `null`
    pub fn revoke(&self, token: &str, hint: Option<String>, now: f64) -> Result<Call, JsValue> {
        let hint = options::hint(hint.as_deref());
        let call = self.shared.client.revocation_request(token, hint, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Revocation))
    }

    /// Whether tokens may be sent to this address, which is as `URL` writes it. `allowed` are such addresses, a line each.
    #[wasm_bindgen(js_name = mayReceive)]
    pub fn may_receive(&self, url: &str, allowed: &str) -> bool {
        let origin = origin(url);
        origin.is_some() && allowed.split('\n').any(|allowed| self::origin(allowed) == origin)
    }

    /// A proof of possession for a request to a resource, with this nonce, or the newest that came of its server.
    pub fn proof(
        &self,
        method: &str,
        url: &str,
        access_token: &str,
        nonce: Option<String>,
        now: f64,
    ) -> Result<Proof, JsValue> {
        Proof::new(&self.shared, method, url, access_token, nonce.as_deref(), seconds(now))
    }

    /// Takes what a resource server has answered. Whether it wants the request again, with its nonce.
    #[wasm_bindgen(js_name = wantsNonce)]
    pub fn wants_nonce(&self, url: &str, status: u16, nonce: &str, challenge: Option<String>) -> bool {
        let mut nonces = self.shared.nonces.borrow_mut();
        nonces.learn(url, nonce);
        let mut response = HttpResponse::new(status, &[]);
        response.dpop_nonce = Some(nonce);
        response.www_authenticate = challenge.as_deref();
        wants_nonce(&nonces, url, &response)
    }

    /// `undefined` where the server has no place to sign out at
    #[wasm_bindgen(js_name = logoutUrl)]
    pub fn logout_url(
        &self,
        id_token: Option<String>,
        redirect_uri: Option<String>,
        state: Option<String>,
        hint: Option<String>,
    ) -> Result<Option<String>, JsValue> {
        if self.shared.client.server().end_session_endpoint.is_none() {
            return Ok(None);
        }
        let mut params = LogoutParams::default();
        params.id_token_hint = id_token;
        params.post_logout_redirect_uri = redirect_uri;
        // A random one could not be compared: the caller sees the URL alone.
        params.state = Some(state.unwrap_or_default());
        params.params.extend(hint.map(|hint| ("logout_hint".to_owned(), hint)));
        Ok(Some(self.shared.client.logout_url(&params, &entropy()?).map_err(misconfigured)?.url))
    }

    /// A verifier of this client's ID tokens, which fetches the server's keys. `seed` is a random number.
    #[wasm_bindgen(js_name = idTokenVerifier)]
    pub fn id_token_verifier(&self, seed: u32, signatures: Option<Signatures>) -> Result<Verifier, JsValue> {
        let client = &self.shared.client;
        let server = client.server();
        let verifier = client.id_token_verifier().build().map_err(misconfigured)?;
        let keys = JwksCache::from_source(&server.issuer, &server.key_source(), Limits::default());
        let keys = keys.map_err(misconfigured)?.seed(seed);
        Verifier::with(verifier, Some(keys), None, signatures)
    }
}

impl OAuthClient {
    /// The transaction that the response is to, by its `state`. A single one is compared in full, which says what is wrong.
    fn choose(response: &str, mut transactions: Vec<Transaction>) -> Result<Transaction, Error> {
        if transactions.len() == 1 {
            return transactions.pop().ok_or(Error::StateMismatch);
        }
        let state = callback_state(response)?;
        transactions.into_iter().find(|transaction| transaction.state == state).ok_or(Error::StateMismatch)
    }
}

pub(super) fn request_error(error: RequestError) -> JsValue {
    match error {
        RequestError::Config(error) => misconfigured(error),
        RequestError::Server(error) => to_js_error(error),
        _ => to_js_error(Error::InternalError),
    }
}
