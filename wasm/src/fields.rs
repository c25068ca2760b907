//! The reader of plain objects from JavaScript. They cross as JSON, which both sides read already: JavaScript by `JSON`,
//! and the core by the reader that it has for tokens.
#![allow(dead_code, reason = "an artifact reads what it has options of")]

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use countersign::error::ConfigError;
use countersign::internal::{Members, Value, WrongType, parse_object};
use wasm_bindgen::JsValue;

use crate::errors::misconfigured;

/// Options, one object in another, and pairs in an array.
const MAX_DEPTH: usize = 4;

/// Reads an object that the wrapper made, which should have refused whatever is wrong with it.
pub(crate) fn read<T>(text: &str, fields: impl FnOnce(JsonFields<'_>) -> Result<T, ConfigError>) -> Result<T, JsValue> {
    match parse_object(text, MAX_DEPTH) {
        Ok(members) => fields(JsonFields(&members)).map_err(misconfigured),
        Err(_) => Err(misconfigured(ConfigError::new("options", "must be a plain object"))),
    }
}

/// The members of an object by their types. What is `null` or `undefined` is not there.
#[derive(Clone, Copy)]
pub(crate) struct JsonFields<'a>(&'a Members<'a>);

impl JsonFields<'_> {
    pub(crate) fn text(self, name: &'static str) -> Result<Option<String>, ConfigError> {
        Ok(self.0.string_or_null(name).map_err(wrong(name, "must be a string"))?.map(str::to_owned))
    }

    /// A string that has to be there.
    pub(crate) fn needed(self, name: &'static str) -> Result<String, ConfigError> {
        self.text(name)?.ok_or(ConfigError::new(name, "is missing"))
    }

    pub(crate) fn texts(self, name: &'static str) -> Result<Option<Vec<String>>, ConfigError> {
        let texts = self.0.strings_or_null(name).map_err(wrong(name, "must be an array of strings"))?;
        Ok(texts.map(|texts| texts.into_iter().map(str::to_owned).collect()))
    }

    pub(crate) fn pairs(self, name: &'static str) -> Result<Option<Vec<(String, String)>>, ConfigError> {
        let wrong = || wrong(name, "must be an array of pairs of strings");
        let pair = |pair: &Value<'_>| match pair.as_array()? {
            [first, second] => Some((text(first)?, text(second)?)),
            _ => None,
        };
        let pairs = self.0.array_or_null(name).map_err(wrong())?;
        pairs.map(|pairs| pairs.iter().map(pair).collect::<Option<_>>().ok_or(WrongType).map_err(wrong())).transpose()
    }

    pub(crate) fn lists(self, name: &'static str) -> Result<Option<Vec<Vec<String>>>, ConfigError> {
        let wrong = || wrong(name, "must be an array of arrays of strings");
        let list = |list: &Value<'_>| list.as_array()?.iter().map(text).collect();
        let lists = self.0.array_or_null(name).map_err(wrong())?;
        lists.map(|lists| lists.iter().map(list).collect::<Option<_>>().ok_or(WrongType).map_err(wrong())).transpose()
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self, name: &'static str) -> Result<Option<u64>, ConfigError> {
        let wrong = || wrong(name, "must be a whole number");
        let number = self.0.number_or_null(name).map_err(wrong())?;
        number.map(|number| whole(number).ok_or(WrongType).map_err(wrong())).transpose()
    }

    pub(crate) fn size(self, name: &'static str) -> Result<Option<usize>, ConfigError> {
        Ok(self.number(name)?.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
    }

    pub(crate) fn flag(self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        self.0.bool_or_null(name).map_err(wrong(name, "must be true or false"))
    }

    pub(crate) fn object(self, name: &'static str) -> Result<Option<Self>, ConfigError> {
        Ok(self.0.object_or_null(name).map_err(wrong(name, "must be an object"))?.map(Self))
    }

    /// Succeeds if there are no members but these.
    pub(crate) fn only(self, names: &[&str]) -> Result<(), ConfigError> {
        if self.0.names().all(|name| names.contains(&name)) {
            return Ok(());
        }
        Err(ConfigError::new("transaction", "has a member that this library did not write"))
    }
}

impl<'a> JsonFields<'a> {
    pub(crate) fn objects(self, name: &'static str) -> Result<Option<Vec<Self>>, ConfigError> {
        let wrong = || wrong(name, "must be an array of objects");
        let object = |value: &'a Value<'a>| if let Value::Object(members) = value { Some(Self(members)) } else { None };
        let objects = self.0.array_or_null(name).map_err(wrong())?;
        objects.map(|list| list.iter().map(object).collect::<Option<_>>().ok_or(WrongType).map_err(wrong())).transpose()
    }
}

fn wrong(option: &'static str, problem: &'static str) -> impl FnOnce(WrongType) -> ConfigError {
    move |_| ConfigError::new(option, problem)
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

/// Converts whole seconds from a number of JavaScript's.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the wrapper gives whole numbers"
)]
pub(crate) const fn seconds(now: f64) -> u64 {
    now as u64
}
