//! A request to the authorization server under way, and the reader of its response.
#![allow(clippy::needless_pass_by_value, clippy::unused_self, reason = "the shapes that wasm-bindgen wants")]

use alloc::borrow::ToOwned as _;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use core::cell::RefCell;

#[cfg(feature = "client")]
use countersign::client::DeviceAuthorization;
use countersign::client::{
    Call as CoreCall, CallStep, Client, DpopNonces, HttpRequest, HttpResponse, IdTokenCheck, Progress, SigningInput,
    SigningPurpose, TokenResponse, Transaction,
};
use countersign::error::Error;
use countersign::internal::{
    JsonWriter, accept_claims, array, call_url, expectations, pushed_response, quote, refresh_check,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::begun;
#[cfg(feature = "client")]
use super::further_calls::Further;
#[cfg(feature = "client")]
use super::provider::UserSource;
use crate::discovery::unavailable;
use crate::errors::{misconfigured, to_js_error};
use crate::fields::seconds;

/// What the calls of one client have in common.
pub(super) struct Shared {
    pub(super) client: Client,
    /// Who the user is, where there are no ID tokens
    #[cfg(feature = "client")]
    pub(super) user: Option<UserSource>,
    pub(super) nonces: RefCell<DpopNonces>,
}

/// What a call is for, and what its response is read with.
#[allow(clippy::large_enum_variant, reason = "there are few at a time")]
pub(super) enum Purpose {
    Code {
        transaction: Transaction,
        code: String,
    },
    Push {
        transaction: Transaction,
    },
    Refresh(Previous),
    Revocation,
    #[cfg(feature = "client")]
    Further(Further),
}

/// The tokens that are to be refreshed.
pub(super) struct Previous {
    pub(super) refresh_token: String,
    pub(super) id_token: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) subject: Option<String>,
    /// As JSON
    pub(super) claims: Option<String>,
}

/// A request, its response, and what it is for: `drive.ts`
#[wasm_bindgen]
pub struct Call {
    pub(super) shared: Rc<Shared>,
    request: CoreCall,
    pub(super) purpose: Purpose,
    /// What the ID token that came is compared with
    check: Option<IdTokenCheck>,
    #[cfg(feature = "client")]
    pub(super) device: Option<DeviceAuthorization>,
}

impl Call {
    pub(super) fn new(shared: &Rc<Shared>, mut call: CoreCall, purpose: Purpose) -> Self {
        call.use_nonces(&shared.nonces.borrow());
        Self {
            shared: Rc::clone(shared),
            request: call,
            purpose,
            check: None,
            #[cfg(feature = "client")]
            device: None,
        }
    }

    pub(super) fn tokens(
        &mut self,
        tokens: &TokenResponse,
        check: IdTokenCheck,
        subject: Option<&str>,
        now: u64,
    ) -> String {
        let previous = if let Purpose::Refresh(previous) = &self.purpose { Some(previous) } else { None };
        let is_new = tokens.id_token.is_some();
        let id_token = tokens.id_token.as_deref().or(previous.and_then(|previous| previous.id_token.as_deref()));
        let scope = tokens.scope.as_deref().or(previous.and_then(|previous| previous.scope.as_deref()));
        let token_type = match tokens.token_type.to_ascii_lowercase().as_str() {
            "dpop" => Some("DPoP"),
            "bearer" => Some("Bearer"),
            _ => None,
        };
        let mut json = JsonWriter::new()
            .text("issuer", &self.shared.client.server().issuer)
            .text_if("accessToken", tokens.access_token.as_deref())
            .text_if("tokenType", tokens.access_token.as_ref().and(token_type))
            .text_if("issuedTokenType", tokens.issued_token_type().as_deref());
        if let Some(at) = tokens.expires_at(now) {
            json = json.number("expiresAt", at);
        }
        json = json
            .text_if("refreshToken", tokens.refresh_token.as_deref())
            .text_if("idToken", id_token)
            .text_if("scope", scope)
            .text_if("subject", subject.or(previous.and_then(|previous| previous.subject.as_deref())));
        let claims = previous.and_then(|previous| previous.claims.as_deref()).filter(|_| !is_new);
        if let Some(claims) = claims {
            json = json.json("claims", claims);
        }
        let mut answer = JsonWriter::new().json("tokens", &json.end());
        if is_new {
            answer = answer.json("expectations", &expected(&check));
            self.check = Some(check);
        }
        answer.end()
    }
}

impl Call {
    fn answer(&mut self, response: &HttpResponse<'_>, now: u64) -> Result<String, JsValue> {
        let shared = Rc::clone(&self.shared);
        let client = &shared.client;
        match &mut self.purpose {
            Purpose::Code { transaction, code } => {
                let tokens = client.code_response(transaction, response).map_err(to_js_error)?;
                let check = IdTokenCheck::sign_in(transaction, code, &tokens);
                #[cfg(feature = "client")]
                let subject = shared.subject(&tokens).map_err(to_js_error)?;
                #[cfg(not(feature = "client"))]
                let subject: Option<String> = None;
                Ok(self.tokens(&tokens, check, subject.as_deref(), now))
            }
            Purpose::Push { transaction } => {
                let url = pushed_response(client, response).map_err(to_js_error)?;
                Ok(begun(&url, transaction))
            }
            Purpose::Refresh(previous) => {
                let tokens = client.refresh_response(&previous.refresh_token, response).map_err(to_js_error)?;
                let check = match &previous.claims {
                    Some(claims) => refresh_check(claims, &tokens),
                    None => IdTokenCheck::without_sign_in(&tokens),
                };
                Ok(self.tokens(&tokens, check, None, now))
            }
            Purpose::Revocation => {
                client.revocation_response(response).map_err(to_js_error)?;
                Ok("null".to_owned())
            }
            #[cfg(feature = "client")]
            Purpose::Further(_) => self.further_answer(&shared, response, now),
        }
    }
}

#[wasm_bindgen]
impl Call {
    /// What to do next: `{ purpose, algorithm, input }` to sign, or
    /// `{ method, url, headers, body?, timeout, maxBytes }` to send
    pub fn step(&mut self) -> Result<String, JsValue> {
        Ok(match self.request.step() {
            CallStep::Sign(input) => signing(&input),
            CallStep::Send(request) => sending(&request),
            _ => return Err(to_js_error(Error::InternalError)),
        })
    }

    /// Takes a signature.
    pub fn signed(&mut self, signature: &[u8]) -> Result<(), JsValue> {
        self.request.signed(signature).map_err(misconfigured)
    }

    /// Takes a response. What it says, by the purpose of the call, is JSON; `undefined`: the request is to be made once more,
    /// with the next step.
    pub fn response(
        &mut self,
        status: u16,
        content_type: Option<String>,
        dpop_nonce: Option<String>,
        www_authenticate: Option<String>,
        body: &[u8],
        now: f64,
    ) -> Result<Option<String>, JsValue> {
        let now = seconds(now);
        let mut response = HttpResponse::new(status, body);
        response.content_type = content_type.as_deref();
        response.dpop_nonce = dpop_nonce.as_deref();
        response.www_authenticate = www_authenticate.as_deref();
        if let Some(nonce) = &dpop_nonce {
            self.shared.nonces.borrow_mut().learn(call_url(&self.request), nonce);
        }
        if self.request.response(&response, now) == Progress::Again {
            return Ok(None);
        }
        self.answer(&response, now).map(Some)
    }

    /// Records that there is no response, which ends the call: who waits for a device goes on waiting, with `null`.
    #[cfg_attr(not(feature = "client"), allow(unused_variables, reason = "only a device waits"))]
    pub fn failed(&mut self, reason: &str, now: f64) -> Result<String, JsValue> {
        #[cfg(feature = "client")]
        if let Purpose::Further(Further::DeviceToken(device)) = &self.purpose {
            device.borrow_mut().failed(seconds(now));
            return Ok("null".to_owned());
        }
        Err(to_js_error(Error::ServerUnavailable(unavailable(reason))))
    }

    /// Compares the claims of the ID token that came, which a verifier has accepted, with the sign-in.
    pub fn accept(&self, claims: &str) -> Result<(), JsValue> {
        let check = self.check.as_ref().ok_or_else(|| to_js_error(Error::InternalError))?;
        accept_claims(&self.shared.client, claims, check).map_err(to_js_error)
    }
}

pub(super) fn signing(input: &SigningInput) -> String {
    let purpose = match input.purpose {
        SigningPurpose::ClientAssertion => "assertion",
        _ => "proof",
    };
    JsonWriter::new()
        .text("purpose", purpose)
        .text("algorithm", input.algorithm.name())
        .text("input", &input.input)
        .end()
}

fn sending(request: &HttpRequest) -> String {
    let headers = request.headers.iter().map(|(name, value)| array([quote(name), quote(value)].into_iter()));
    JsonWriter::new()
        .text("method", request.method)
        .text("url", &request.url)
        .json("headers", &array(headers))
        .text_if("body", request.body.as_deref())
        .number("timeout", request.timeout)
        .json("maxBytes", &request.max_bytes.to_string())
        .end()
}

/// What a verifier compares, under the names of `IdTokenExpectations`
fn expected(check: &IdTokenCheck) -> String {
    let expected = expectations(check);
    let json = JsonWriter::new()
        .text_if("nonce", expected.nonce.as_deref())
        .text_if("accessToken", expected.access_token.as_deref())
        .text_if("code", expected.code.as_deref());
    match expected.max_age {
        Some(age) => json.number("maxAge", age).end(),
        None => json.end(),
    }
}
