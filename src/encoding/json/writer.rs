//! The writer of JSON.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::text::decimal;

/// Builds a JSON object.
#[must_use]
pub struct JsonWriter(String);

impl JsonWriter {
    /// Begins an object without members.
    #[allow(clippy::new_without_default, reason = "an object that is not finished is no default")]
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// A member that is a string.
    pub fn text(self, name: &str, value: &str) -> Self {
        self.json(name, &quote(value))
    }

    /// A member that is a string, if it is there.
    pub fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// A member that is a whole number.
    pub fn number(self, name: &str, value: u64) -> Self {
        self.json(name, &decimal(value))
    }

    /// A member whose value is JSON text.
    pub fn json(mut self, name: &str, value: &str) -> Self {
        for part in [if self.0.len() > 1 { ",\"" } else { "\"" }, name, "\":", value] {
            self.0.push_str(part);
        }
        self
    }

    /// The same, of any name.
    pub(crate) fn member(self, name: &str, value: &str) -> Self {
        let quoted = quote(name);
        let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
        self.json(inner, value)
    }

    /// The text of the object.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// An array of values that are JSON text.
pub fn array(values: impl Iterator<Item = String>) -> String {
    let mut json = "[".to_owned();
    for value in values {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&value);
    }
    json.push(']');
    json
}

/// A string as JSON writes it.
pub fn quote(text: &str) -> String {
    let mut json = "\"".to_owned();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..='\u{1f}' => {
                let digit = |value: u32| char::from_digit(value & 15, 16).unwrap_or('0');
                json.push_str("\\u00");
                json.extend([digit(u32::from(letter) >> 4), digit(u32::from(letter))]);
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json::{Value, parse};

    #[test]
    fn every_character_that_needs_it_is_escaped() {
        for letter in '\0'..='\u{100}' {
            let json = quote(&String::from(letter));
            assert!(!json.contains(|letter: char| letter < ' '), "{json}");
            assert!(matches!(parse(&json, 0), Ok(Value::String(text)) if text == String::from(letter)), "{json}");
        }
        assert_eq!(quote("a\u{1f}\u{e}\"\\"), r#""a\u001f\u000e\"\\""#);
    }
}
