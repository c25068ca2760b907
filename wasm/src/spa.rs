//! What a page that signs users in decides, as its script asks for it.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use countersign::internal::{
    AfterFailure, Arrival, JsonWriter, PageSession, PageStep, after_failure, arrival, dead_sign_ins, provider_offset,
    resource_at,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fields;
use crate::fields::seconds;

/// `{ kind: "response", state }`, or `{ kind }` of "stray" and "other". `options` are `{ address, redirectUri, issuer, states }`.
#[wasm_bindgen(js_name = pageArrival)]
pub fn page_arrival(options: &str) -> Result<String, JsValue> {
    let found = fields::read(options, |options| {
        let states = options.texts("states").unwrap_or_default();
        let states: Vec<&str> = states.iter().map(String::as_str).collect();
        arrival(&options.needed("address"), &options.needed("redirectUri"), &options.needed("issuer"), &states)
    })?;
    let writer = JsonWriter::new();
    Ok(match found {
        Arrival::Response(state) => writer.text("kind", "response").text("state", &state),
        Arrival::Stray => writer.text("kind", "stray"),
        Arrival::Other => writer.text("kind", "other"),
    }
    .end())
}

/// The indices of the sign-ins under way that are to be removed, by when each expires.
#[wasm_bindgen(js_name = deadSignIns)]
pub fn dead_sign_ins_at(expire_at: &[f64], now: f64) -> Vec<u32> {
    let ends: Vec<u64> = expire_at.iter().copied().map(seconds).collect();
    dead_sign_ins(&ends, seconds(now)).into_iter().filter_map(|index| index.try_into().ok()).collect()
}

/// "use", "refresh" (there is no token for the resource that is good), "refresh-early" (there is), "missing" (none is to be
/// had for it) or "end". `undefined`: the record is no session of this client at this issuer.
#[wasm_bindgen(js_name = pageStep)]
pub fn page_step(record: &str, issuer: &str, client_id: &str, resource: &str, now: f64) -> Option<String> {
    let name = match PageSession::read(record, issuer, client_id)?.step(resource, seconds(now)) {
        PageStep::Use => "use",
        PageStep::Refresh { usable: true } => "refresh-early",
        PageStep::Refresh { usable: false } => "refresh",
        PageStep::Missing => "missing",
        PageStep::End => "end",
    };
    Some(name.to_owned())
}

/// When the session in the record ends by itself, if it does.
#[wasm_bindgen(js_name = pageSessionEnd)]
#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "times that are read are below 2^53")]
pub fn page_session_end(record: &str, issuer: &str, client_id: &str) -> Option<f64> {
    PageSession::read(record, issuer, client_id)?.ends_at().map(|time| time as f64)
}

/// "use", "fail", "refused" or "end".
#[wasm_bindgen(js_name = afterFailure)]
#[allow(clippy::needless_pass_by_value, reason = "as wasm-bindgen hands it over")]
pub fn after_failed_refresh(code: &str, answer: Option<String>, usable: bool) -> String {
    match after_failure(code, answer.as_deref(), usable) {
        AfterFailure::Use => "use",
        AfterFailure::Fail => "fail",
        AfterFailure::Refused => "refused",
        AfterFailure::End => "end",
    }
    .to_owned()
}

/// The index of the resource that an address is of. `resources` are `{ list }`, each with origin and path alone.
#[wasm_bindgen(js_name = resourceAt)]
pub fn resource_at_address(address: &str, resources: &str) -> Result<Option<u32>, JsValue> {
    fields::read(resources, |resources| {
        let resources = resources.texts("list").unwrap_or_default();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        resource_at(address, &resources).and_then(|index| index.try_into().ok())
    })
}

/// Seconds.
#[wasm_bindgen(js_name = providerOffset)]
#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "a difference of two times is far below 2^53")]
pub fn provider_offset_at(id_token: &str, now: f64) -> f64 {
    provider_offset(id_token, seconds(now)) as f64
}
