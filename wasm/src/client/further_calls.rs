//! The readers of responses to what a client asks for beside the sign-in of a page.

use alloc::borrow::ToOwned as _;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use countersign::Claims;
use countersign::client::{DeviceAuthorization, DeviceStep, Grant, HttpResponse, IdTokenCheck, TokenResponse};
use countersign::error::Error;
use countersign::internal::{JsonWriter, accept_userinfo, signed_userinfo, token_status};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::call::{Call, Purpose, Shared};
use super::entropy;
use crate::errors::{misconfigured, to_js_error};
use crate::fields::seconds;

/// What such a call is for.
pub(super) enum Further {
    Grant(Grant),
    Userinfo {
        subject: String,
    },
    ProviderUser,
    /// Whether the answer has to be signed
    Introspection {
        signed: bool,
    },
    Device,
    DeviceToken(Rc<RefCell<DeviceAuthorization>>),
}

impl Shared {
    /// The user's identifier, where it is the token response that says it
    pub(super) fn subject(&self, tokens: &TokenResponse) -> Result<Option<String>, Error> {
        let user = self.user.as_ref().filter(|user| user.url.is_none());
        user.map(|user| user.of_tokens(tokens.json())).transpose()
    }
}

impl Call {
    /// What the response says, by the purpose of the call: JSON.
    pub(super) fn further_answer(
        &mut self,
        shared: &Shared,
        response: &HttpResponse<'_>,
        now: u64,
    ) -> Result<String, JsValue> {
        let client = &shared.client;
        let Purpose::Further(purpose) = &mut self.purpose else { return Err(to_js_error(Error::InternalError)) };
        match purpose {
            Further::Grant(grant) => {
                let tokens = client.grant_response(grant, response).map_err(to_js_error)?;
                let check = IdTokenCheck::without_nonce(&tokens);
                Ok(self.tokens(&tokens, check, None, now))
            }
            Further::Userinfo { subject } => {
                if let Some(token) = signed_userinfo(response).map_err(to_js_error)? {
                    return Ok(JsonWriter::new().text("jwt", &String::from_utf8_lossy(token)).end());
                }
                let claims = client.userinfo_response(subject, response, None, now).map_err(to_js_error)?;
                Ok(JsonWriter::new().json("claims", claims.json()).end())
            }
            Further::ProviderUser => {
                let user = shared.user.as_ref().ok_or_else(|| to_js_error(Error::InternalError))?;
                user.of_response(response).map_err(to_js_error)
            }
            Further::Introspection { signed } => {
                if let Some(token) = client.signed_introspection_response(response).map_err(to_js_error)? {
                    return Ok(JsonWriter::new().text("jwt", token).end());
                }
                if *signed {
                    return Err(to_js_error(Error::IntrospectionInvalid));
                }
                let status = client.introspection_response(response).map_err(to_js_error)?;
                Ok(JsonWriter::new().json("status", &status_json(status)).end())
            }
            Further::Device => {
                let device = client.device_response(response, &entropy()?, now).map_err(to_js_error)?;
                let prompt = JsonWriter::new()
                    .text("type", "prompt")
                    .text("userCode", &device.user_code)
                    .text("verificationUri", &device.verification_uri)
                    .text_if("verificationUriComplete", device.verification_uri_complete.as_deref())
                    .number("expiresAt", device.expires_at)
                    .end();
                self.device = Some(device);
                Ok(prompt)
            }
            Further::DeviceToken(device) => {
                let tokens = device.borrow_mut().response(client, response, now).map_err(to_js_error)?;
                let Some(tokens) = tokens else { return Ok("null".to_owned()) };
                let check = IdTokenCheck::without_nonce(&tokens);
                Ok(self.tokens(&tokens, check, None, now))
            }
        }
    }
}

#[wasm_bindgen]
impl Call {
    /// The waiting for a device, once the answer has come.
    pub fn device(&mut self) -> Result<Device, JsValue> {
        let device = self.device.take().ok_or_else(|| to_js_error(Error::InternalError))?;
        Ok(Device { shared: Rc::clone(&self.shared), device: Rc::new(RefCell::new(device)) })
    }

    /// Compares the claims of a signed userinfo response, which a verifier has accepted, with the user.
    #[wasm_bindgen(js_name = acceptUserinfo)]
    pub fn accept_userinfo(&self, claims: &str, now: f64) -> Result<(), JsValue> {
        let Purpose::Further(Further::Userinfo { subject }) = &self.purpose else {
            return Err(to_js_error(Error::InternalError));
        };
        accept_userinfo(&self.shared.client, subject, claims, seconds(now)).map_err(to_js_error)
    }

    /// What a signed answer about a token says, whose claims a verifier has accepted
    #[wasm_bindgen(js_name = tokenStatus)]
    pub fn token_status(&self, claims: &str) -> Result<String, JsValue> {
        token_status(&self.shared.client, claims).map(status_json).map_err(to_js_error)
    }
}

/// A sign-in on another device, under way.
#[wasm_bindgen]
pub struct Device {
    shared: Rc<Shared>,
    device: Rc<RefCell<DeviceAuthorization>>,
}

#[wasm_bindgen]
impl Device {
    /// Seconds to wait, or 0 to ask.
    pub fn next(&self, now: f64) -> Result<u32, JsValue> {
        match self.device.borrow().next(seconds(now)) {
            DeviceStep::Wait { seconds } => Ok(u32::try_from(seconds).unwrap_or(u32::MAX)),
            DeviceStep::Ask => Ok(0),
            _ => Err(to_js_error(Error::TransactionExpired)),
        }
    }

    /// A call whose answer is `{ tokens, expectations? }`, or `null`
    pub fn ask(&self, now: f64) -> Result<Call, JsValue> {
        let call = self.shared.client.device_token_request(&mut self.device.borrow_mut(), seconds(now));
        let purpose = Purpose::Further(Further::DeviceToken(Rc::clone(&self.device)));
        Ok(Call::new(&self.shared, call.map_err(misconfigured)?, purpose))
    }
}

fn status_json(status: Option<Claims>) -> String {
    status.map_or_else(|| r#"{"active":false}"#.to_owned(), |claims| claims.json().to_owned())
}
