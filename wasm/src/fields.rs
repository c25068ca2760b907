//! The reader of plain objects from JavaScript. They cross as JSON, which both sides read already: JavaScript by `JSON`,
//! and the core by the reader that it has for tokens.
#![allow(dead_code, reason = "an artifact reads what it has options of")]

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use countersign::error::ConfigError;
use countersign::internal::{Members, Value, WrongType, parse_object};
use wasm_bindgen::JsValue;

use crate::errors::misconfigured;

/// Options, one object in another, and pairs in an array.
const MAX_DEPTH: usize = 4;

/// Reads an object that the wrapper made, which should have refused whatever is wrong with it.
///
/// A member of the wrong type reads as if it were not there, and the first one is the error when all is read: a question
/// after each member would be most of the code.
pub(crate) fn read<T>(text: &str, fields: impl FnOnce(JsonFields<'_>) -> T) -> Result<T, JsValue> {
    try_read(text, |members| Ok(fields(members)))
}

/// The same, of members that are refused for what they say, too.
pub(crate) fn try_read<T>(
    text: &str,
    fields: impl FnOnce(JsonFields<'_>) -> Result<T, ConfigError>,
) -> Result<T, JsValue> {
    let Ok(members) = parse_object(text, MAX_DEPTH) else {
        return Err(misconfigured(ConfigError::new("options", "must be a plain object")));
    };
    let problem = Cell::new(None);
    let value = fields(JsonFields { members: &members, problem: &problem });
    match problem.take() {
        Some(first) => Err(misconfigured(first)),
        None => value.map_err(misconfigured),
    }
}

/// The members of an object by their types. What is `null` or `undefined` is not there.
#[derive(Clone, Copy)]
pub(crate) struct JsonFields<'a> {
    members: &'a Members<'a>,
    /// The first thing that is wrong
    problem: &'a Cell<Option<ConfigError>>,
}

impl<'a> JsonFields<'a> {
    pub(crate) fn text(self, name: &'static str) -> Option<String> {
        self.typed(self.members.string_or_null(name), name, "must be a string").map(str::to_owned)
    }

    /// A string that has to be there.
    pub(crate) fn needed(self, name: &'static str) -> String {
        self.present(self.text(name), name)
    }

    /// What has to be there.
    pub(crate) fn present<T: Default>(self, value: Option<T>, name: &'static str) -> T {
        value.unwrap_or_else(|| {
            self.note(name, "is missing");
            T::default()
        })
    }

    pub(crate) fn texts(self, name: &'static str) -> Option<Vec<String>> {
        let texts = self.typed(self.members.strings_or_null(name), name, "must be an array of strings")?;
        Some(texts.into_iter().map(str::to_owned).collect())
    }

    pub(crate) fn pairs(self, name: &'static str) -> Option<Vec<(String, String)>> {
        self.list(name, "must be an array of pairs of strings", |pair| match pair.as_array()? {
            [first, second] => Some((text(first)?, text(second)?)),
            _ => None,
        })
    }

    pub(crate) fn lists(self, name: &'static str) -> Option<Vec<Vec<String>>> {
        self.list(name, "must be an array of arrays of strings", |list| list.as_array()?.iter().map(text).collect())
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self, name: &'static str) -> Option<u64> {
        const PROBLEM: &str = "must be a whole number";
        let number = self.typed(self.members.number_or_null(name), name, PROBLEM)?;
        self.typed(whole(number).map(Some).ok_or(WrongType), name, PROBLEM)
    }

    pub(crate) fn size(self, name: &'static str) -> Option<usize> {
        self.number(name).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    }

    pub(crate) fn flag(self, name: &'static str) -> Option<bool> {
        self.typed(self.members.bool_or_null(name), name, "must be true or false")
    }

    pub(crate) fn object(self, name: &'static str) -> Option<Self> {
        self.typed(self.members.object_or_null(name), name, "must be an object").map(|members| Self { members, ..self })
    }

    pub(crate) fn objects(self, name: &'static str) -> Option<Vec<Self>> {
        self.list(name, "must be an array of objects", |value| match value {
            Value::Object(members) => Some(Self { members, ..self }),
            _ => None,
        })
    }

    /// Notes an error if there are members beside those that are known.
    pub(crate) fn only(self, is_known: impl Fn(&str) -> bool) {
        if !self.members.names().all(is_known) {
            self.note("transaction", "has a member that this library did not write");
        }
    }

    fn list<T>(
        self,
        name: &'static str,
        problem: &'static str,
        read: impl FnMut(&'a Value<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let values = self.typed(self.members.array_or_null(name), name, problem)?;
        self.typed(values.iter().map(read).collect::<Option<_>>().map(Some).ok_or(WrongType), name, problem)
    }

    fn typed<T>(self, value: Result<Option<T>, WrongType>, name: &'static str, problem: &'static str) -> Option<T> {
        value.unwrap_or_else(|WrongType| {
            self.note(name, problem);
            None
        })
    }

    /// The first one is the one that is told.
    fn note(self, option: &'static str, problem: &'static str) {
        let first = self.problem.take().unwrap_or(ConfigError::new(option, problem));
        self.problem.set(Some(first));
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
