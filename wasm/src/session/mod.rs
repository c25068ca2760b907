//! Sign-in for web applications: its rules, and the tasks and answers of its operations, which cross as JSON.

mod answer;
mod task;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use countersign::error::{ConfigError, Error};
use countersign::internal::{array, quote};
use countersign::session::web::{Exchange, Moment, SignIn, StoreKind, WebAuth, WebOptions, WebRequest};
use countersign::session::{Lifetime, SameSite, Session};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::errors::{misconfigured, to_js_error};
use crate::fields::seconds;
use crate::fields::{self, JsonFields};

/// The rules of one application: `web-auth.ts`
#[wasm_bindgen(js_name = WebSignIn)]
pub struct WebSignIn {
    auth: Arc<WebAuth>,
}

/// An operation under way: `perform.ts`
#[wasm_bindgen(js_name = WebExchange)]
pub struct WebExchange {
    auth: Arc<WebAuth>,
    exchange: Exchange,
}

#[wasm_bindgen(js_class = WebSignIn)]
impl WebSignIn {
    /// `options` is an object as JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsValue> {
        let options = fields::read(options, web_options)?;
        Ok(Self { auth: Arc::new(WebAuth::new(options).map_err(misconfigured)?) })
    }

    /// The header fields that matter, as JSON
    #[wasm_bindgen(js_name = requestFields)]
    pub fn request_fields() -> String {
        array(WebRequest::FIELDS.iter().map(|name| quote(name)))
    }

    /// Begins an operation by its name. `request` is `{ method, target, fields }`, `params` what the operation takes.
    pub fn begin(
        &self,
        operation: &str,
        request: &str,
        params: &str,
        now: f64,
        random: &[u8],
    ) -> Result<WebExchange, JsValue> {
        let random = <[u8; 16]>::try_from(random)
            .map_err(|_| misconfigured(ConfigError::new("random", "must have 16 bytes")))?;
        let moment = Moment { now: seconds(now), random };
        let request = fields::read(request, web_request)?;
        let auth = &self.auth;
        let session = || session(params, moment.now);
        let exchange = match operation {
            "handle" => auth.handle(request, moment),
            "admit" => auth.admit(request, moment),
            "read" => auth.read(request, moment),
            "save" => auth.save(request, session()?, moment),
            "signIn" => auth.sign_in(request, fields::read(params, sign_in)?, moment),
            "signOut" => auth.sign_out(request, moment),
            "refresh" => {
                let read = |fields: JsonFields<'_>| (fields.text("resource"), fields.flag("canWrite"));
                let (resource, can_write) = fields::read(params, read)?;
                auth.refresh(request, session()?, resource, can_write.unwrap_or_default(), moment)
            }
            _ => return Err(misconfigured(ConfigError::new("operation", "is unknown"))),
        };
        Ok(WebExchange { auth: Arc::clone(auth), exchange })
    }
}

#[wasm_bindgen(js_class = WebExchange)]
impl WebExchange {
    /// Takes the answer of the task before, if there was one, and gives the next task, or what all came to: JSON.
    pub fn step(&mut self, answer: Option<String>) -> Result<String, JsValue> {
        let answer = match answer {
            Some(answer) => Some(fields::read(&answer, answer::read)?),
            None => None,
        };
        Ok(task::step(&self.auth, &self.exchange.step(answer)))
    }
}

fn web_options(fields: JsonFields<'_>) -> WebOptions {
    let mut options = WebOptions::new("");
    options.origins = fields.texts("origins").unwrap_or_default();
    options.clients = fields.texts("clients").unwrap_or_default();
    options.resources = fields.pairs("resources").unwrap_or_default();
    options.base_path = fields.text("basePath").unwrap_or(options.base_path);
    options.return_to = fields.text("returnTo").unwrap_or(options.return_to);
    options.name = fields.text("name").unwrap_or(options.name);
    options.claims = fields.texts("claims").unwrap_or(options.claims);
    if fields.text("sameSite").as_deref() == Some("Strict") {
        options.same_site = SameSite::Strict;
    }
    let default = Lifetime::default();
    options.lifetime = Lifetime {
        idle: fields.number("idle").unwrap_or(default.idle),
        absolute: fields.number("absolute").unwrap_or(default.absolute),
    };
    options.store = match fields.text("store").as_deref() {
        Some("atomic") => StoreKind::Atomic,
        Some(_) => StoreKind::Plain,
        None => StoreKind::None,
    };
    options.sessions_in_store = fields.flag("sessionsInStore").unwrap_or_default();
    options.refresh_unlocked = fields.flag("refreshUnlocked").unwrap_or_default();
    options
}

fn web_request(fields: JsonFields<'_>) -> WebRequest {
    let request = WebRequest::new(fields.needed("method"), fields.needed("target"));
    let pairs = fields.pairs("fields").unwrap_or_default();
    pairs.into_iter().fold(request, |request, (name, value)| request.with_field(&name, value))
}

fn sign_in(fields: JsonFields<'_>) -> SignIn {
    let params: Vec<(String, String)> = fields.pairs("params").unwrap_or_default();
    SignIn { client: fields.text("client"), return_to: fields.text("returnTo"), params }
}

/// The session of a record, with other data where there is some.
fn session(params: &str, now: u64) -> Result<Session, JsValue> {
    let (record, data) = fields::read(params, |fields| (fields.needed("record"), fields.text("data")))?;
    let session = Session::from_text(record.as_bytes(), now).ok_or_else(|| to_js_error(Error::SessionEnded))?;
    let Some(data) = data else { return Ok(session) };
    let claims = String::from(session.claims());
    session.with_contents(&claims, &data).ok_or_else(|| to_js_error(Error::SessionInvalid))
}
