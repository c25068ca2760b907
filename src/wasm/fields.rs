//! The reader of plain objects from JavaScript. They cross as JSON, which both sides read already: JavaScript by `JSON`,
//! and the core by the reader that it has for tokens.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::JsValue;

use crate::encoding::json::{self, Members, Value};
use crate::error::ConfigError;
use crate::wasm::errors::misconfigured;

/// Options, one object in another, and pairs in an array.
const MAX_DEPTH: usize = 4;

/// Reads an object that the wrapper made, which should have refused whatever is wrong with it.
pub(crate) fn read<T>(text: &str, fields: impl FnOnce(JsonFields<'_>) -> Result<T, ConfigError>) -> Result<T, JsValue> {
    match json::parse_object(text, MAX_DEPTH) {
        Ok(members) => fields(JsonFields(&members)).map_err(misconfigured),
        Err(_) => Err(misconfigured(ConfigError { option: "options", problem: "must be a plain object" })),
    }
}

/// The members of an object by their types. What is `null` or `undefined` is not there.
#[derive(Clone, Copy)]
pub(crate) struct JsonFields<'a>(&'a Members<'a>);

impl<'a> JsonFields<'a> {
    fn get<T>(
        self,
        name: &'static str,
        problem: &'static str,
        convert: impl FnOnce(&'a Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => convert(value).map(Some).ok_or(ConfigError { option: name, problem }),
        }
    }

    pub(crate) fn text(self, name: &'static str) -> Result<Option<String>, ConfigError> {
        self.get(name, "must be a string", text)
    }

    /// A string that has to be there.
    pub(crate) fn needed(self, name: &'static str) -> Result<String, ConfigError> {
        self.text(name)?.ok_or(ConfigError { option: name, problem: "is missing" })
    }

    pub(crate) fn texts(self, name: &'static str) -> Result<Option<Vec<String>>, ConfigError> {
        self.get(name, "must be an array of strings", |value| value.as_array()?.iter().map(text).collect())
    }

    pub(crate) fn pairs(self, name: &'static str) -> Result<Option<Vec<(String, String)>>, ConfigError> {
        self.get(name, "must be an array of pairs of strings", |value| {
            let pair = |pair: &Value<'_>| match pair.as_array()? {
                [first, second] => Some((text(first)?, text(second)?)),
                _ => None,
            };
            value.as_array()?.iter().map(pair).collect()
        })
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self, name: &'static str) -> Result<Option<u64>, ConfigError> {
        self.get(name, "must be a whole number", |value| match value {
            Value::Number(number) => whole(*number),
            _ => None,
        })
    }

    pub(crate) fn size(self, name: &'static str) -> Result<Option<usize>, ConfigError> {
        Ok(self.number(name)?.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
    }

    pub(crate) fn flag(self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        self.get(name, "must be true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        })
    }

    pub(crate) fn object(self, name: &'static str) -> Result<Option<Self>, ConfigError> {
        self.get(name, "must be an object", |value| value.as_object().map(Self))
    }

    /// Succeeds if there are no members but these.
    pub(crate) fn only(self, names: &[&str]) -> Result<(), ConfigError> {
        if self.0.iter().all(|(name, _)| names.contains(&name.as_str())) {
            return Ok(());
        }
        Err(ConfigError { option: "transaction", problem: "has a member that this library did not write" })
    }
}

/// The same number, if it is whole and not negative.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a number that survives the way there and back is whole, and not negative"
)]
pub(crate) fn whole(number: f64) -> Option<u64> {
    ((number as u64) as f64 == number).then_some(number as u64)
}

fn text(value: &Value<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}
