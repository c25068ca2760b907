//! Discovery and downloads as JavaScript drives them.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use countersign::discovery;
use countersign::discovery::{KeySource, ServerMetadata};
use countersign::error::{Error, UnavailableReason};
use countersign::jwks_cache::FETCH_TIMEOUT;
use countersign::verify::Limits;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::errors::{misconfigured, to_js_error};
use crate::fields::{self, JsonFields};
use countersign::internal::JsonWriter;

/// Reads the addresses of an issuer's keys and metadata.
pub(crate) fn key_source(fields: JsonFields<'_>) -> KeySource {
    let mut source = KeySource::default();
    source.jwks_uri = fields.text("jwksUri");
    source.key_use = fields.text("keyUse");
    source.metadata_uri = fields.text("metadataUri");
    source.allow_insecure_hosts = fields.texts("allowInsecureHosts").unwrap_or_default();
    source
}

/// A request as `{ id, url, maxBytes, timeout }`
pub(crate) fn fetch(id: u32, url: &str, max_bytes: usize, timeout: u64, if_none_match: Option<&str>) -> String {
    let request = JsonWriter::new().number("id", id.into()).text("url", url);
    let request = request.number("maxBytes", u64::try_from(max_bytes).unwrap_or(u64::MAX)).number("timeout", timeout);
    request.text_if("ifNoneMatch", if_none_match).end()
}

/// The reason of a failed download, by the wrapper's name for it.
pub(crate) fn unavailable(reason: &str) -> UnavailableReason {
    match reason {
        "timeout" => UnavailableReason::Timeout,
        "redirect" => UnavailableReason::Redirect,
        "too_large" => UnavailableReason::TooLarge,
        _ => UnavailableReason::Network,
    }
}

/// The metadata of one issuer, asked for step by step.
#[wasm_bindgen]
pub struct Discovery {
    machine: discovery::Discovery,
    found: Option<ServerMetadata>,
    step: u32,
}

#[wasm_bindgen]
impl Discovery {
    /// `options`: `{ metadataUri?, allowInsecureHosts? }`
    #[wasm_bindgen(constructor)]
    pub fn new(issuer: &str, options: &str) -> Result<Discovery, JsValue> {
        let source = fields::read(options, key_source)?;
        let machine = discovery::Discovery::from_source(issuer, &source).map_err(misconfigured)?;
        Ok(Self { machine, found: None, step: 0 })
    }

    /// The next request; `undefined` once the metadata is there.
    pub fn next(&self) -> Option<String> {
        let none = self.found.is_none();
        none.then(|| fetch(self.step, &self.machine.url(), Limits::default().jwks, FETCH_TIMEOUT, None))
    }

    /// Takes the answer; throws when it ends the search.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8]) -> Result<(), JsValue> {
        if id == self.step {
            self.step = self.step.wrapping_add(1);
            self.found = self.machine.response(status, body).map_err(to_js_error)?;
        }
        Ok(())
    }

    /// Records a failed download, which ends the search.
    pub fn failure(&self, id: u32, reason: &str) -> Result<(), JsValue> {
        if id == self.step { Err(to_js_error(unavailable(reason).into())) } else { Ok(()) }
    }

    /// The metadata as JSON.
    pub fn metadata(&self) -> Result<String, JsValue> {
        self.found.as_ref().map(|found| found.json().to_owned()).ok_or_else(|| to_js_error(Error::InternalError))
    }
}
