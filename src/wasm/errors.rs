//! Errors as plain objects, which the wrapper makes exceptions of.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::error::{ConfigError, Error};

#[derive(Serialize)]
struct Refusal<'a> {
    code: &'static str,
    status: u16,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<String>,
}

#[derive(Serialize)]
struct Mistake {
    config: String,
}

/// A plain object with the members of the value.
pub(crate) fn object<T: Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}

/// `{ code, status, message, claim?, expected?, actual? }`
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn thrown(error: Error) -> JsValue {
    object(&Refusal {
        code: error.code().as_str(),
        status: error.status(),
        message: error.to_string(),
        claim: error.claim(),
        expected: error.expected(),
        actual: error.actual(),
    })
}

/// `{ config }`, with the option named as JavaScript spells it
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn misconfigured(error: ConfigError) -> JsValue {
    object(&Mistake { config: format!("option \"{}\" {}", camel_case(error.option), error.problem) })
}

/// What serde says of an options object that the wrapper should have refused.
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn unreadable(error: serde_wasm_bindgen::Error) -> JsValue {
    object(&Mistake { config: error.to_string() })
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
