//! Values that borrow from the text they were read from.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::encoding::distinct;

/// A value of a text that is still at hand.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Members<'a>),
}

impl<'a> Value<'a> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    pub(crate) const fn as_object(&self) -> Option<&Members<'a>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

pub(super) type Member<'a> = (Cow<'a, str>, Value<'a>);

/// The members of an object, each name once.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(Vec<Member<'a>>);

impl<'a> Members<'a> {
    /// None if a name occurs twice.
    pub(super) fn new(mut members: Vec<Member<'a>>) -> Option<Self> {
        if distinct::by(&mut members, |(name, _)| name) { Some(Self(members)) } else { None }
    }

    /// The value of a member. Looking for one takes a time by their number; nobody looks for many.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        // The registered names are of the same length and end differently.
        let last = name.as_bytes().last();
        let mut members = self.0.iter();
        members.find(|(other, _)| other.as_bytes().last() == last && other == name).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member<'a>> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_their_names() {
        let named = |name: &str| (Cow::Owned(name.into()), Value::Bool(name == "b"));
        let members = Members::new(["a", "b", "ab"].map(named).into()).unwrap();
        assert!(matches!(members.get("b"), Some(Value::Bool(true))));
        assert!(members.contains("ab") && !members.contains("") && !members.contains("ba"));
        assert!(Members::new(["a", "b", "a"].map(named).into()).is_none());
    }
}
