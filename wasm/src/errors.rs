//! Errors as JSON, of which the wrapper makes exceptions.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use countersign::error::{ConfigError, Error};
use wasm_bindgen::JsValue;

use countersign::internal::JsonWriter;

/// `{ code, status, message, claim?, expected?, actual? }`
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn to_js_error(error: Error) -> JsValue {
    let refusal = JsonWriter::new()
        .text("code", error.code().as_str())
        .number("status", error.status().into())
        .text("message", &sentence(&error))
        .text_if("claim", error.claim())
        .text_if("expected", error.expected().as_deref())
        .text_if("actual", error.actual().as_deref());
    JsValue::from_str(&refusal.end())
}

/// The sentence of an error that this artifact can come to.
pub(crate) fn sentence(error: &Error) -> String {
    const RESOURCE_SERVER: bool = cfg!(any(feature = "guard", feature = "session"));
    const CLIENT: bool = cfg!(any(feature = "sign-in", feature = "session"));
    error.sentence::<RESOURCE_SERVER, CLIENT>().concat()
}

/// `{ config }`, with the option named as JavaScript spells it
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn misconfigured(error: ConfigError) -> JsValue {
    let text = ["option \"", &camel_case(error.option), "\" ", error.problem].concat();
    JsValue::from_str(&JsonWriter::new().text("config", &text).end())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        camel.push_str(&head.to_ascii_uppercase());
        camel.push_str(tail);
    }
    camel
}
