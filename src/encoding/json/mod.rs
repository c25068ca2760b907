//! JSON without room for two readings (RFC 8259, RFC 7493): valid UTF-8, no duplicate member, bounded
//! depth, no number that is written down to its units and that a parser of doubles could not keep apart from its
//! neighbours. What passes here means the same to `JSON.parse`.

mod decimal;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
mod fault;
pub(crate) mod node;
mod number;
mod reader;
mod value;
pub(crate) mod writer;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::reader::Reader;
use crate::error::JsonReason;

pub use value::{Members, Value, WrongType};

/// A strictly parsed JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number: the nearest double to what the text says.
    ///
    /// One that is written down to its units, such as `7`, `7.0` or `0.7e1`, is at most 2^53 − 1 in size (the text is
    /// refused otherwise), and so exact if it is whole. `1e300` and `1.5e20` are no such numbers.
    Number(f64),
    /// A string
    String(String),
    /// An array
    Array(Vec<Json>),
    /// An object
    Object(Object),
}

/// The members of an object, each name once. Ordered by name, since a hash map without random seeds invites collisions.
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

impl From<&Value<'_>> for Json {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(*number),
            Value::String(text) => Self::String(String::from(&**text)),
            Value::Array(elements) => Self::Array(elements.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(members.to_object()),
        }
    }
}

impl Members<'_> {
    /// The same members, as a value of its own.
    pub(crate) fn to_object(&self) -> Object {
        // One by one: what collects them sorts them first, by code that nothing else needs.
        let mut object = Object::new();
        for (name, value) in self.iter() {
            object.insert(String::from(name.as_str()), Json::from(value));
        }
        object
    }
}

/// Parses one JSON value nested at most `max_depth` deep (a scalar has depth 0).
fn parse(text: &str, max_depth: usize) -> Result<Value<'_>, JsonReason> {
    Reader::new(text).document(max_depth).map_err(|fault| fault::beyond_grammar(text, max_depth).unwrap_or(fault))
}

/// Parses what must be an object.
///
/// # Errors
/// The reason why it is not a strict JSON object.
pub fn parse_object(text: &str, max_depth: usize) -> Result<Members<'_>, JsonReason> {
    match parse(text, max_depth)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonReason::NotAnObject),
    }
}

/// The value of a member of an object that [`parse_object`] takes, as it is written: numbers have been rounded in a [`Value`],
/// and writing them again takes much code.
pub(crate) fn member_text<'a>(object: &'a str, name: &str, max_depth: usize) -> Option<&'a str> {
    Reader::new(object).member_text(name, max_depth)
}

/// [`parse_object`], of bytes that have yet to turn out to be text.
pub(crate) fn parse_object_bytes(bytes: &[u8], max_depth: usize) -> Result<Members<'_>, JsonReason> {
    parse_object(core::str::from_utf8(bytes).map_err(|_| JsonReason::NotUtf8)?, max_depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8], max_depth: usize) -> Result<Json, JsonReason> {
        let text = core::str::from_utf8(text).map_err(|_| JsonReason::NotUtf8)?;
        super::parse(text, max_depth).map(|value| Json::from(&value))
    }

    fn fault(text: &str) -> Option<JsonReason> {
        parse(text.as_bytes(), 8).err()
    }

    #[test]
    fn members_are_found_as_they_are_written() {
        let text = r#" { "a" : { "b":[1.50, "\u0001\"}" ] } , "c":-0.1e+2,"d":12 ,"\u0065":null,"f":"","g":true}"#;
        assert!(parse_object(text, 3).is_ok());
        for (name, value) in [
            ("a", Some(r#"{ "b":[1.50, "\u0001\"}" ] }"#)),
            ("c", Some("-0.1e+2")),
            ("d", Some("12")),
            ("e", Some("null")),
            ("f", Some(r#""""#)),
            ("g", Some("true")),
            ("b", None),
            ("", None),
        ] {
            assert_eq!(member_text(text, name, 3), value, "{name}");
        }
        assert_eq!((member_text("{}", "a", 1), member_text("[]", "a", 1)), (None, None));
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
            assert_eq!(fault(text), Some(JsonReason::DuplicateMember), "{text}");
        }
        assert_eq!(fault(r#"{"a":{"a":1},"b":{"a":1}}"#), None);
    }

    #[test]
    fn bounds_depth_before_parsing() {
        assert_eq!(parse(b"[[1]]", 2).err(), None);
        assert_eq!(parse(b"[[[1]]]", 2), Err(JsonReason::TooDeep));
        assert_eq!(parse("[".repeat(100_000).as_bytes(), 32), Err(JsonReason::TooDeep));
        assert_eq!(parse(br#"{"a":"[[[[[["}"#, 1).err(), None);
        assert_eq!(parse(br#"{"a":"\"[[[[[["}"#, 1).err(), None);
    }

    #[test]
    fn refuses_integers_that_javascript_would_round() {
        assert_eq!(fault("9007199254740991"), None);
        assert_eq!(fault("-9007199254740991"), None);
        assert_eq!(fault("9007199254740992"), Some(JsonReason::UnsafeInteger));
        assert_eq!(fault(r#"{"id":123456789012345678901234567890}"#), Some(JsonReason::UnsafeInteger));
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
            assert_eq!(fault(text), Some(JsonReason::Syntax), "{text}");
        }
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        let text = r#"["\"\\\/\b\f\n\r\t","a\u00e9\u65e5b","\ud83e\udd80","\u0000"]"#;
        let texts = ["\"\\/\u{8}\u{c}\n\r\t", "aé日b", "🦀", "\0"].map(|text| Json::String(text.into()));
        assert_eq!(parse(text.as_bytes(), 1), Ok(Json::Array(texts.into())));
        for text in [
            r#""\x""#,
            r#""\u12g4""#,
            r#""\u123""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800x""#,
            r#""\"#,
            "\"\n\"",
        ] {
            assert_eq!(fault(text), Some(JsonReason::Syntax), "{text}");
        }
    }

    #[test]
    fn the_fault_does_not_depend_on_how_far_a_reader_comes() {
        use JsonReason::{DuplicateMember, Syntax, TooDeep, UnsafeInteger};
        for (text, expected) in [
            (r#"{"a":1,"a":2,"b":9007199254740993}"#, UnsafeInteger),
            (r#"{"a":x,"b":[[[[[[[[[]"#, TooDeep),
            (r#"{"a":x,"b":1e400,"c":9007199254740993}"#, Syntax),
            (r#"{"a":1,"a":2,x"#, DuplicateMember),
            (r#"{"a":1,x,"a":2}"#, Syntax),
            (r#"{"a":1,"a":x}"#, Syntax),
            (r#"{"a":1,"a":2,"b":{"c":x}}"#, DuplicateMember),
        ] {
            assert_eq!(fault(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn thousands_of_members_are_no_burden() {
        let members: Vec<String> = (0..20_000).map(|index| alloc::format!("\"{index}\":1")).collect();
        let text = alloc::format!("{{{}}}", members.join(","));
        assert_eq!(fault(&text), None);
        let text = alloc::format!("{{{},\"7\":1}}", members.join(","));
        assert_eq!(fault(&text), Some(JsonReason::DuplicateMember));
    }

    #[test]
    fn refuses_what_is_not_one_strict_value() {
        for text in
            ["", " ", "\u{feff}{}", "{} {}", "{}x", "NaN", "1e400", "-1e400", "01", "'a'", "[1,]", "\"\\ud800\""]
        {
            assert_eq!(fault(text), Some(JsonReason::Syntax), "{text:?}");
        }
        assert_eq!(parse(b"\"\xff\"", 1), Err(JsonReason::NotUtf8));
        assert_eq!(parse_object("[]", 1).err(), Some(JsonReason::NotAnObject));
        assert_eq!(parse_object_bytes(b"{\"\xc3\":1}", 1).err(), Some(JsonReason::NotUtf8));
    }
}
