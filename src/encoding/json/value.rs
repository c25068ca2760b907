//! Values that borrow from the text they were read from.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::encoding::unique;

/// A JSON value that borrows from its text.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Members<'a>),
}

impl Value<'_> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }
}

/// No claim that is an object is looked into; options of JavaScript's are.
#[cfg(feature = "wasm")]
impl<'a> Value<'a> {
    pub(crate) const fn as_object(&self) -> Option<&Members<'a>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

pub(super) type Member<'a> = (Name<'a>, Value<'a>);

/// The name of a member, with a number in front of which other names mostly differ.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name<'a> {
    tag: u64,
    text: Cow<'a, str>,
}

impl<'a> Name<'a> {
    pub(super) fn new(text: Cow<'a, str>) -> Self {
        Self { tag: tag(&text), text }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The first eight bytes: registered names are hardly ever longer.
fn tag(name: &str) -> u64 {
    name.bytes().take(8).fold(0, |tag, byte| tag << 8 | u64::from(byte))
}

/// The members of an object, each name once.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(Vec<Member<'a>>);

impl<'a> Members<'a> {
    /// None if a name occurs twice.
    pub(super) fn new(mut members: Vec<Member<'a>>) -> Option<Self> {
        if unique::all_unique_by(&mut members, |(name, _)| name) { Some(Self(members)) } else { None }
    }

    /// The value of a member. Linear in the number of members, which is fine: callers look up a few.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let tag = tag(name);
        self.0.iter().find(|(other, _)| other.tag == tag && other.text == name).map(|(_, value)| value)
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
        let named = |name: &str| (Name::new(Cow::Owned(name.into())), Value::Bool(name == "b"));
        let members = Members::new(["a", "b", "ab"].map(named).into()).unwrap();
        assert!(matches!(members.get("b"), Some(Value::Bool(true))));
        assert!(members.contains("ab") && !members.contains("") && !members.contains("ba"));
        assert!(Members::new(["a", "b", "a"].map(named).into()).is_none());
        // Names that begin alike, and zero bytes at the beginning.
        let long = Members::new(["abcdefgh", "abcdefghi", "abcdefgh\0", "\0", "", "\0a"].map(named).into()).unwrap();
        assert!(["abcdefgh", "abcdefghi", "abcdefgh\0", "\0", "", "\0a"].into_iter().all(|name| long.contains(name)));
        assert!(!["abcdefghj", "abcdefg", "\0\0", "a"].into_iter().any(|name| long.contains(name)));
        assert!(Members::new(["abcdefghi", "abcdefghj", "abcdefghi"].map(named).into()).is_none());
    }
}
