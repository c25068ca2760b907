//! What crosses the boundary beside tokens crosses it as JSON; errors too, of which the wrapper makes exceptions.

use serde::Serialize;
use serde::de::DeserializeOwned;
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

/// A value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A value out of JSON that the wrapper made: what is wrong with it, the wrapper should have refused.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, JsValue> {
    serde_json::from_str(json).map_err(|error| mistake(error.to_string()))
}

/// `{ code, status, message, claim?, expected?, actual? }`
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn thrown(error: Error) -> JsValue {
    let refusal = Refusal {
        code: error.code().as_str(),
        status: error.status(),
        message: error.to_string(),
        claim: error.claim(),
        expected: error.expected(),
        actual: error.actual(),
    };
    JsValue::from_str(&json(&refusal))
}

/// `{ config }`, with the option named as JavaScript spells it
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(crate) fn misconfigured(error: ConfigError) -> JsValue {
    mistake(format!("option \"{}\" {}", camel_case(error.option), error.problem))
}

fn mistake(config: String) -> JsValue {
    JsValue::from_str(&json(&Mistake { config }))
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
