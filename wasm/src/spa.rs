//! What a page that signs users in decides, as its script asks for it.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use countersign::internal::{
    AfterFailure, Arrival, PageSession, PageStep, after_failure, array, arrival, dead_sign_ins, provider_offset,
    resource_at,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fields::seconds;

/// The state of a response to one of the sign-ins; the empty text for a response that is stray; `undefined` for whatever else
/// brought the browser here. `states` are a line each.
#[wasm_bindgen(js_name = pageArrival)]
pub fn page_arrival(address: &str, redirect_uri: &str, issuer: &str, states: &str) -> Option<String> {
    let states: Vec<&str> = states.split('\n').filter(|state| !state.is_empty()).collect();
    match arrival(address, redirect_uri, issuer, &states) {
        Arrival::Response(state) => Some(state),
        Arrival::Stray => Some(String::new()),
        Arrival::Other => None,
    }
}

/// The indices of the sign-ins under way that are to be removed, as JSON. `expire_at` says when each expires, a line each.
#[wasm_bindgen(js_name = deadSignIns)]
pub fn dead_sign_ins_at(expire_at: &str, now: f64) -> String {
    // What is no time is long over.
    let ends: Vec<u64> = expire_at.split('\n').map(|end| end.parse().unwrap_or_default()).collect();
    array(dead_sign_ins(&ends, seconds(now)).into_iter().map(|index| index.to_string()))
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

/// The index of the resource that an address is of. `resources` are a line each, with origin and path alone.
#[wasm_bindgen(js_name = resourceAt)]
pub fn resource_at_address(address: &str, resources: &str) -> Option<u32> {
    let resources: Vec<&str> = resources.split('\n').collect();
    resource_at(address, &resources).and_then(|index| index.try_into().ok())
}

/// Seconds.
#[wasm_bindgen(js_name = providerOffset)]
#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "a difference of two times is far below 2^53")]
pub fn provider_offset_at(id_token: &str, now: f64) -> f64 {
    provider_offset(id_token, seconds(now)) as f64
}
