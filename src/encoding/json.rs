//! JSON without room for two readings (RFC 8259, RFC 7493): valid UTF-8, no duplicate member, bounded
//! depth, no integer that a parser of doubles would round. What passes here means the same to
//! `JSON.parse`.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::JsonFault;

/// A strictly parsed JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; integers are at most 2^53 − 1 in size and so exact.
    Number(f64),
    /// A string
    String(String),
    /// An array
    Array(Vec<Json>),
    /// An object
    Object(Object),
}

/// The members of an object. Ordered, since a hash map without random seeds invites collisions.
pub type Object = BTreeMap<String, Json>;

impl Json {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one.
    pub const fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, if it is an object.
    pub const fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

/// Parses one JSON value nested at most `max_depth` deep (a scalar has depth 0).
pub(crate) fn parse(bytes: &[u8], max_depth: usize) -> Result<Json, JsonFault> {
    let text = core::str::from_utf8(bytes).map_err(|_| JsonFault::NotUtf8)?;
    let fractions = RefCell::new(scan(text, max_depth)?.into_iter());
    let duplicate = Cell::new(false);
    let mut parser = serde_json::Deserializer::from_str(text);
    Strict { duplicate: &duplicate, fractions: &fractions }
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value))
        .map_err(|_| if duplicate.get() { JsonFault::DuplicateMember } else { JsonFault::Syntax })
}

/// [`parse`], for what must be an object.
pub(crate) fn parse_object(bytes: &[u8], max_depth: usize) -> Result<Object, JsonFault> {
    match parse(bytes, max_depth)? {
        Json::Object(members) => Ok(members),
        _ => Err(JsonFault::NotAnObject),
    }
}

/// 2^53 − 1, the largest integer that doubles keep apart from its neighbours.
const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// Bounds depth and integers before the parser recurses, and reads the numbers that are no integers:
/// the parser rounds those as it goes, and not always to the nearest. It need not understand broken
/// JSON: the parser refuses that afterwards.
fn scan(text: &str, max_depth: usize) -> Result<Vec<f64>, JsonFault> {
    let mut depth = 0usize;
    let mut fractions = Vec::new();
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((start, byte)) = bytes.next() {
        match byte {
            b'"' => {
                while let Some((_, inside)) = bytes.next() {
                    match inside {
                        b'"' => break,
                        b'\\' => {
                            bytes.next();
                        }
                        _ => {}
                    }
                }
            }
            b'[' | b'{' => {
                depth = depth.saturating_add(1);
                if depth > max_depth {
                    return Err(JsonFault::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'0'..=b'9' => {
                let mut end = start.saturating_add(1);
                while let Some((at, _)) =
                    bytes.next_if(|(_, next)| matches!(next, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                {
                    end = at.saturating_add(1);
                }
                fractions.extend(read_number(text.get(start..end).unwrap_or_default())?);
            }
            _ => {}
        }
    }
    Ok(fractions)
}

/// The value of a literal that the parser takes for a fraction; none for an integer within bounds.
fn read_number(literal: &str) -> Result<Option<f64>, JsonFault> {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    if literal != "-0" && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let safe = digits.parse::<u64>().is_ok_and(|value| value <= MAX_SAFE_INTEGER);
        // A lone `-` is the parser's to refuse.
        return if safe || digits.is_empty() { Ok(None) } else { Err(JsonFault::UnsafeInteger) };
    }
    match literal.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(JsonFault::Syntax),
    }
}

/// How `serde_json` names a number if some crate of the program turned on its feature
/// `arbitrary_precision`, which is then on for all of them.
const NUMBER: &str = "$serde_json::private::Number";

fn numbers_come_as_maps() -> bool {
    struct Probe;

    impl<'de> Visitor<'de> for Probe {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
            access.next_entry::<String, String>().map(|_| true)
        }
    }

    serde_json::Deserializer::from_str("1").deserialize_any(Probe).unwrap_or(false)
}

/// Builds a [`Json`] and refuses a member name that its object already has, after unescaping.
#[derive(Clone, Copy)]
struct Strict<'a> {
    duplicate: &'a Cell<bool>,
    /// What [`scan`] read, in the order of the text, which is that of the visits
    fractions: &'a RefCell<alloc::vec::IntoIter<f64>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_f64<E>(self, rounded: f64) -> Result<Json, E> {
        Ok(Json::Number(self.fractions.borrow_mut().next().unwrap_or(rounded)))
    }

    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "`scan` bounds integers to 2^53 − 1")]
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "`scan` bounds integers to 2^53 − 1")]
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element_seed(self)? {
            elements.push(element);
        }
        Ok(Json::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members = Object::new();
        while let Some(name) = access.next_key::<String>()? {
            if name == NUMBER && numbers_come_as_maps() {
                let literal: String = access.next_value()?;
                return match literal.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Json::Number(number)),
                    _ => Err(A::Error::custom("number out of range")),
                };
            }
            let value = access.next_value_seed(self)?;
            if members.insert(name, value).is_some() {
                self.duplicate.set(true);
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<JsonFault> {
        parse(text.as_bytes(), 8).err()
    }

    #[test]
    fn reads_every_kind_of_value() {
        let text = r#"{"a":[null,true,-1.5e3,"\u0041\n"],"b":{}}"#;
        let expected = Json::Object(Object::from([
            (
                "a".into(),
                Json::Array(alloc::vec![
                    Json::Null,
                    Json::Bool(true),
                    Json::Number(-1500.0),
                    Json::String("A\n".into())
                ]),
            ),
            ("b".into(), Json::Object(Object::new())),
        ]));
        assert_eq!(parse(text.as_bytes(), 2), Ok(expected));
    }

    #[test]
    fn refuses_a_member_name_that_occurs_twice_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"exp":1,"\u0065xp":2}"#, r#"[{"x":{"b":1,"c":2,"b":3}}]"#] {
            assert_eq!(fault(text), Some(JsonFault::DuplicateMember), "{text}");
        }
        assert_eq!(fault(r#"{"a":{"a":1},"b":{"a":1}}"#), None);
    }

    #[test]
    fn bounds_depth_before_parsing() {
        assert_eq!(parse(b"[[1]]", 2).err(), None);
        assert_eq!(parse(b"[[[1]]]", 2), Err(JsonFault::TooDeep));
        assert_eq!(parse("[".repeat(100_000).as_bytes(), 32), Err(JsonFault::TooDeep));
        assert_eq!(parse(br#"{"a":"[[[[[["}"#, 1).err(), None);
        assert_eq!(parse(br#"{"a":"\"[[[[[["}"#, 1).err(), None);
    }

    #[test]
    fn refuses_integers_that_javascript_would_round() {
        assert_eq!(fault("9007199254740991"), None);
        assert_eq!(fault("-9007199254740991"), None);
        assert_eq!(fault("9007199254740992"), Some(JsonFault::UnsafeInteger));
        assert_eq!(fault(r#"{"id":123456789012345678901234567890}"#), Some(JsonFault::UnsafeInteger));
        assert_eq!(fault("1.5e300"), None);
        assert_eq!(fault(r#""9007199254740992""#), None);
    }

    #[test]
    fn reads_fractions_as_javascript_does() {
        for text in [
            "-0",
            "-0.0",
            "1699940803.99999988848",
            "1.7976931348623157e308",
            "2.2250738585072011e-308",
            "0.1",
            "5e-324",
        ] {
            assert_eq!(parse(text.as_bytes(), 1), Ok(Json::Number(text.parse().unwrap())), "{text}");
        }
        let expected = ["0.1", "-0", "2.5e-3"].map(|text| Json::Number(text.parse().unwrap()));
        let [tenth, zero, small] = expected;
        let object = Json::Object(Object::from([("1.5".into(), zero), ("b".into(), Json::Number(7.0))]));
        let list = Json::Array(alloc::vec![tenth, object, small]);
        assert_eq!(parse(br#"[0.1, {"b": 7, "1.5": -0}, 2.5e-3]"#, 2), Ok(list));
        for text in ["1.79769313486231583e308", "1.", "1e", "-", "-.5", "1.5.5", "0x1", "1e5e5"] {
            assert_eq!(fault(text), Some(JsonFault::Syntax), "{text}");
        }
    }

    #[test]
    fn a_member_that_is_called_like_a_number_is_a_member() {
        let expected = Object::from([(NUMBER.into(), Json::String("1".into()))]);
        assert_eq!(parse(br#"{"$serde_json::private::Number":"1"}"#, 1), Ok(Json::Object(expected)));
    }

    #[test]
    fn refuses_what_is_not_one_strict_value() {
        for text in
            ["", " ", "\u{feff}{}", "{} {}", "{}x", "NaN", "1e400", "-1e400", "01", "'a'", "[1,]", "\"\\ud800\""]
        {
            assert_eq!(fault(text), Some(JsonFault::Syntax), "{text:?}");
        }
        assert_eq!(parse(b"\"\xff\"", 1), Err(JsonFault::NotUtf8));
        assert_eq!(parse_object(b"[]", 1), Err(JsonFault::NotAnObject));
    }
}
