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
