//! What both forms of a JSON value answer: the one that borrows from its text, and the one that owns.

use crate::encoding::json::{Json, Value};

/// A JSON value.
pub trait Node: Sized {
    fn text(&self) -> Option<&str>;
    fn number(&self) -> Option<f64>;
    fn elements(&self) -> Option<&[Self]>;
    fn member(&self, name: &str) -> Option<&Self>;
    /// The number of members, if it is an object.
    fn size(&self) -> Option<usize>;
    fn is_null(&self) -> bool;
}

impl Node for Json {
    fn text(&self) -> Option<&str> {
        self.as_str()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn elements(&self) -> Option<&[Self]> {
        self.as_array()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    fn size(&self) -> Option<usize> {
        self.as_object().map(super::Object::len)
    }

    fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

impl Node for Value<'_> {
    fn text(&self) -> Option<&str> {
        self.as_str()
    }

    fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    fn elements(&self) -> Option<&[Self]> {
        self.as_array()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        if let Self::Object(members) = self { members.get(name) } else { None }
    }

    fn size(&self) -> Option<usize> {
        if let Self::Object(members) = self { Some(members.iter().count()) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json::parse;

    /// What a value answers, and what its elements and two of its members do.
    fn answers(value: &impl Node) -> alloc::string::String {
        let elements: Option<alloc::vec::Vec<_>> =
            value.elements().map(|elements| elements.iter().map(answers).collect());
        let members = ["a", "b"].map(|name| value.member(name).map(answers));
        alloc::format!(
            "{:?} {:?} {:?} {} {elements:?} {members:?}",
            value.text(),
            value.number(),
            value.size(),
            value.is_null()
        )
    }

    #[test]
    fn both_forms_answer_what_the_text_says() {
        for (text, expected) in [
            ("null", "None None None true None [None, None]"),
            ("true", "None None None false None [None, None]"),
            ("7.5", "None Some(7.5) None false None [None, None]"),
            (r#""x""#, r#"Some("x") None None false None [None, None]"#),
            ("[]", "None None None false Some([]) [None, None]"),
            (r#"{"c":1,"d":2}"#, "None None Some(2) false None [None, None]"),
        ] {
            let value = parse(text, 4).unwrap();
            assert_eq!(answers(&value), expected, "{text}");
            assert_eq!(answers(&Json::from(&value)), expected, "{text}");
        }
        let nested = parse(r#"{"a":[1,"x"],"b":{"a":null}}"#, 4).unwrap();
        assert_eq!(answers(&nested), answers(&Json::from(&nested)));
        let members = ["a", "b"].map(|name| nested.member(name).unwrap());
        assert_eq!(members[0].elements().map(|elements| elements[0].number()), Some(Some(1.0)));
        assert!(members[1].member("a").is_some_and(Node::is_null));
    }
}
