//! What a client asks for beside the sign-in of a page: servers and programs do.
#![allow(clippy::needless_pass_by_value, clippy::unused_self, reason = "the shapes that wasm-bindgen wants")]

use alloc::string::String;
use alloc::vec::Vec;

use countersign::client::{Client, Grant};
use countersign::internal::{JsonWriter, array, logout_token, quote};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::call::{Call, Purpose};
use super::further_calls::Further;
use super::handle::OAuthClient;
use super::{entropy, options};
use crate::errors::{misconfigured, to_js_error};
use crate::fields;
use crate::fields::seconds;

#[wasm_bindgen(js_class = OAuthClient)]
impl OAuthClient {
    /// A call whose answer is `{ claims }`, or `{ jwt }` for a verifier
    pub fn userinfo(&self, access_token: &str, subject: String, now: f64) -> Result<Call, JsValue> {
        let call = self.shared.client.userinfo_request(access_token, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Further(Further::Userinfo { subject })))
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
        Ok(Some(Call::new(&self.shared, call, Purpose::Further(Further::ProviderUser))))
    }

    /// A call whose answer is `{ status }`, what the server says of the token, or `{ jwt }` for a verifier. With `signed` it is
    /// the latter.
    pub fn introspect(&self, token: &str, hint: Option<String>, signed: bool, now: f64) -> Result<Call, JsValue> {
        let (client, hint) = (&self.shared.client, options::hint(hint.as_deref()));
        let call = if signed {
            client.signed_introspection_request(token, hint, &entropy()?, seconds(now))
        } else {
            client.introspection_request(token, hint, &entropy()?, seconds(now))
        };
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Further(Further::Introspection { signed })))
    }

    /// A call whose answer is `{ tokens, expectations? }`
    pub fn grant(&self, grant_type: &str, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = fields::read(params, |fields| fields.pairs("params").unwrap_or_default())?;
        let grant = params.into_iter().fold(Grant::new(grant_type), |grant, (name, value)| grant.param(name, value));
        let call = self.shared.client.grant_request(&grant, &entropy()?, seconds(now)).map_err(misconfigured)?;
        Ok(Call::new(&self.shared, call, Purpose::Further(Further::Grant(grant))))
    }

    /// A call whose answer is what to show the user; then the call has a `Device`.
    pub fn device(&self, scope: &str, params: &str, now: f64) -> Result<Call, JsValue> {
        let params = fields::read(params, |fields| fields.pairs("params").unwrap_or_default())?;
        let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let scope = Some(scope).filter(|scope| !scope.is_empty());
        let call = self.shared.client.device_request(scope, &params, &entropy()?, seconds(now));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, Purpose::Further(Further::Device)))
    }

    /// The thumbprint of the key that tokens are bound to
    #[wasm_bindgen(js_name = keyThumbprint)]
    pub fn key_thumbprint(&self) -> Option<String> {
        self.shared.client.dpop_key().map(|key| String::from(key.thumbprint()))
    }

    /// The options of a verifier of logout tokens
    #[wasm_bindgen(js_name = logoutTokenOptions)]
    pub fn logout_token_options(&self) -> String {
        let required = ["iat", "jti", "events"].into_iter().map(quote);
        let json =
            self.verifier_options().text("typ", "logout+jwt").number("maxTokenAge", Client::MAX_LOGOUT_TOKEN_AGE);
        json.json("requiredClaims", &array(required)).end()
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
}
