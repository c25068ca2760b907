//! A client of an authorization server: what it can ask for.
#![allow(clippy::needless_pass_by_value, clippy::unused_self, reason = "the shapes that wasm-bindgen wants")]

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use countersign::client::{
    AuthorizationUrl, DpopNonces, Grant, HttpResponse, LogoutParams, RequestError, Transaction, callback_state,
};
use countersign::error::Error;
use countersign::internal::{JsonWriter, array, logout_token, origin, quote, wants_nonce};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::call::{Call, Previous, Purpose, Shared};
use super::proof::Proof;
use super::provider::UserSource;
use super::{entropy, options, transaction_of, written};
use crate::errors::{misconfigured, to_js_error};
use crate::fields;
use crate::verifier::seconds;

/// A registration at one authorization server: `client.ts`
#[wasm_bindgen(js_name = OAuthClient)]
pub struct OAuthClient {
    shared: Rc<Shared>,
}

#[wasm_bindgen(js_class = OAuthClient)]
impl OAuthClient {
    /// `options` is an object as JSON: those of `createClient` as far as the core has to know them, `metadata` as JSON text.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsValue> {
        let user = fields::read(options, |fields| fields.object("user")?.map(UserSource::read).transpose())?;
        let shared = Shared { client: options::client(options)?, user, nonces: RefCell::new(DpopNonces::default()) };
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
        let begun = self.shared.client.authorize(&params, &entropy()?, seconds(now)).map_err(request_error)?;
        Ok(begun_json(&begun))
    }

    /// A call whose answer is `{ url, transaction }`
    pub fn push(&self, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = options::authorization_params(params)?;
        let pushed = self.shared.client.pushed_request(&params, &entropy()?, &entropy()?, seconds(now));
        Ok(Call::pushed(&self.shared, pushed.map_err(request_error)?))
    }

    /// A call whose answer is `{ tokens, expectations? }`. `transactions` is `{ list }` of those that the response may be to.
    pub fn callback(&self, response: &str, transactions: &str, now: f64) -> Result<Call, JsValue> {
        let transactions = fields::read(transactions, |fields| {
            fields.objects("list")?.unwrap_or_default().into_iter().map(transaction_of).collect::<Result<Vec<_>, _>>()
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
        let previous = fields::read(tokens, |fields| {
            Ok(Previous {
                refresh_token: fields.needed("refreshToken")?,
                id_token: fields.text("idToken")?,
                scope: fields.text("scope")?,
                subject: fields.text("subject")?,
                claims: fields.text("claims")?,
            })
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

    /// A call whose answer is `{ claims }`, or `{ jwt }` for a verifier
    pub fn userinfo(&self, access_token: &str, subject: String, now: f64) -> Result<Call, JsValue> {
        let call = self.shared.client.userinfo_request(access_token, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Userinfo { subject }))
    }

    /// A call whose answer is `{ sub, answer }`; `undefined` where no resource says who the user is
    #[wasm_bindgen(js_name = providerUser)]
    pub fn provider_user(&self, access_token: &str, now: f64) -> Result<Option<Call>, JsValue> {
        let Some(user) = &self.shared.user else { return Ok(None) };
        let Some(url) = &user.url else { return Ok(None) };
        let client = &self.shared.client;
        let call = client
            .resource_request(url, user.header(client.client_id()), access_token, &entropy()?, seconds(now))
            .map_err(misconfigured)?;
        Ok(Some(Call::new(&self.shared, call, Purpose::ProviderUser)))
    }

    /// A call whose answer is `null`
    pub fn revoke(&self, token: &str, hint: Option<String>, now: f64) -> Result<Call, JsValue> {
        let hint = options::hint(hint.as_deref());
        let call = self.shared.client.revocation_request(token, hint, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Revocation))
    }

    /// A call whose answer is what the server says of the token
    pub fn introspect(&self, token: &str, hint: Option<String>, now: f64) -> Result<Call, JsValue> {
        let hint = options::hint(hint.as_deref());
        let call = self.shared.client.introspection_request(token, hint, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Introspection))
    }

    /// A call whose answer is `{ tokens, expectations? }`
    pub fn grant(&self, grant_type: &str, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = fields::read(params, |fields| Ok(fields.pairs("params")?.unwrap_or_default()))?;
        let grant = params.into_iter().fold(Grant::new(grant_type), |grant, (name, value)| grant.param(name, value));
        let call = self.shared.client.grant_request(&grant, &entropy()?, seconds(now)).map_err(misconfigured)?;
        Ok(Call::new(&self.shared, call, Purpose::Grant(grant)))
    }

    /// A call whose answer is what to show the user; then the call has a `Device`.
    pub fn device(&self, scope: &str, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = fields::read(params, |fields| Ok(fields.pairs("params")?.unwrap_or_default()))?;
        let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let scope = Some(scope).filter(|scope| !scope.is_empty());
        let call = self.shared.client.device_request(scope, &params, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Device))
    }

    /// Whether tokens may be sent to this address, which is as `URL` writes it. `allowed` is `{ list }` of such addresses.
    #[wasm_bindgen(js_name = mayReceive)]
    pub fn may_receive(&self, url: &str, allowed: &str) -> Result<bool, JsValue> {
        let allowed = fields::read(allowed, |fields| Ok(fields.texts("list")?.unwrap_or_default()))?;
        let origin = origin(url);
        Ok(origin.is_some() && allowed.iter().any(|allowed| self::origin(allowed) == origin))
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

    /// `{ url, state? }`; `undefined` where the server has no place to sign out at
    #[wasm_bindgen(js_name = logoutUrl)]
    pub fn logout_url(&self, params: &str) -> Result<Option<String>, JsValue> {
        let params = fields::read(params, |fields| {
            let mut params = LogoutParams::default();
            params.id_token_hint = fields.text("idToken")?;
            params.post_logout_redirect_uri = fields.text("postLogoutRedirectUri")?;
            params.state = fields.text("state")?;
            params.params = fields.pairs("params")?.unwrap_or_default();
            Ok(params)
        })?;
        if self.shared.client.server().end_session_endpoint.is_none() {
            return Ok(None);
        }
        let logout = self.shared.client.logout_url(&params, &entropy()?).map_err(misconfigured)?;
        Ok(Some(JsonWriter::new().text("url", &logout.url).text_if("state", logout.state.as_deref()).end()))
    }

    /// The options of a verifier of this client's ID tokens, as `createVerifier` takes them
    #[wasm_bindgen(js_name = idTokenOptions)]
    pub fn id_token_options(&self) -> String {
        let client = &self.shared.client;
        let audience = [client.client_id()].into_iter().chain(client.trusted_audiences().iter().map(String::as_str));
        let json = JsonWriter::new()
            .text("issuer", &client.server().issuer)
            .json("audience", &array(audience.map(quote)))
            .text("profile", "id-token")
            .json("acceptUncheckedNonce", "true")
            .text_if("jwksUri", client.server().jwks_uri.as_deref());
        match client.id_token_algorithm() {
            Some(algorithm) => json.json("algorithms", &array([quote(algorithm.name())].into_iter())).end(),
            None => json.end(),
        }
    }
}

#[wasm_bindgen(js_class = OAuthClient)]
impl OAuthClient {
    /// The options of a verifier of logout tokens
    #[wasm_bindgen(js_name = logoutTokenOptions)]
    pub fn logout_token_options(&self) -> String {
        let required = ["iat", "jti", "events"].into_iter().map(quote);
        self.verifier_options().text("typ", "logout+jwt").json("requiredClaims", &array(required)).end()
    }

    /// The options of a verifier of signed userinfo responses
    #[wasm_bindgen(js_name = userinfoOptions)]
    pub fn userinfo_options(&self) -> String {
        self.verifier_options().end()
    }

    /// What a logout token says whose claims a verifier has accepted
    #[wasm_bindgen(js_name = logoutToken)]
    pub fn logout_token(&self, claims: &str) -> Result<String, JsValue> {
        let token = logout_token(claims).map_err(to_js_error)?;
        Ok(JsonWriter::new()
            .text("issuer", &token.issuer)
            .text_if("subject", token.subject.as_deref())
            .text_if("sid", token.session_id.as_deref())
            .text("jti", &token.jti)
            .number("issuedAt", token.issued_at)
            .number("expiresAt", token.expires_at)
            .end())
    }

    /// A Client ID Metadata Document
    #[wasm_bindgen(js_name = metadataDocument)]
    pub fn metadata_document(&self, params: &str) -> Result<String, JsValue> {
        let params = options::document_params(params)?;
        self.shared.client.metadata_document(&params).map_err(misconfigured)
    }
}

impl OAuthClient {
    /// For tokens of the server's that are for this client alone
    fn verifier_options(&self) -> JsonWriter {
        let client = &self.shared.client;
        let json = JsonWriter::new()
            .text("issuer", &client.server().issuer)
            .text("audience", client.client_id())
            .text("profile", "jwt")
            .text_if("jwksUri", client.server().jwks_uri.as_deref());
        match client.id_token_algorithm() {
            Some(algorithm) => json.json("algorithms", &array([quote(algorithm.name())].into_iter())),
            None => json,
        }
    }

    /// The transaction that the response is to, by its `state`. A single one is compared in full, which says what is wrong.
    fn choose(response: &str, mut transactions: Vec<Transaction>) -> Result<Transaction, Error> {
        if transactions.len() == 1 {
            return transactions.pop().ok_or(Error::StateMismatch);
        }
        let state = callback_state(response)?;
        transactions.into_iter().find(|transaction| transaction.state == state).ok_or(Error::StateMismatch)
    }
}

fn begun_json(begun: &AuthorizationUrl) -> String {
    JsonWriter::new().text("url", &begun.url).json("transaction", &written(&begun.transaction)).end()
}

pub(super) fn request_error(error: RequestError) -> JsValue {
    match error {
        RequestError::Config(error) => misconfigured(error),
        RequestError::Server(error) => to_js_error(error),
        _ => to_js_error(Error::InternalError),
    }
}
