//! Values that borrow from the text they were read from.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::encoding::unique;

/// A JSON value that borrows from its text.
#[derive(Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number
    Number(f64),
    /// A string
    String(Cow<'a, str>),
    /// An array
    Array(Vec<Value<'a>>),
    /// An object
    Object(Members<'a>),
}

impl Value<'_> {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }
}

/// A member has another JSON type than the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongType;

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
pub struct Members<'a>(Vec<Member<'a>>);

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

    /// The value of a member, where `null` stands for an absent one.
    fn get_or_null(&self, name: &str) -> Option<&Value<'a>> {
        self.get(name).filter(|value| !matches!(value, Value::Null))
    }

    pub(crate) fn string(&self, name: &str) -> Result<Option<&str>, WrongType> {
        typed(self.get(name), Value::as_str)
    }

    /// A string, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn string_or_null(&self, name: &str) -> Result<Option<&str>, WrongType> {
        typed(self.get_or_null(name), Value::as_str)
    }

    /// An array of strings, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn strings_or_null(&self, name: &str) -> Result<Option<Vec<&str>>, WrongType> {
        typed(self.get_or_null(name), |value| value.as_array()?.iter().map(Value::as_str).collect())
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, WrongType> {
        typed(self.get(name), number)
    }

    /// `true` or `false`, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn bool_or_null(&self, name: &str) -> Result<Option<bool>, WrongType> {
        typed(self.get_or_null(name), |value| if let Value::Bool(bool) = value { Some(*bool) } else { None })
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member<'a>> {
        self.0.iter()
    }
}

/// What only options of JavaScript's have: no claim that is an object is looked into.
impl<'a> Members<'a> {
    /// The names of all members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name.as_str())
    }

    /// A number, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn number_or_null(&self, name: &str) -> Result<Option<f64>, WrongType> {
        typed(self.get_or_null(name), number)
    }

    /// An array, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn array_or_null(&self, name: &str) -> Result<Option<&[Value<'a>]>, WrongType> {
        typed(self.get_or_null(name), Value::as_array)
    }

    /// An object, unless it is absent or `null`.
    ///
    /// # Errors
    /// [`WrongType`] where it is another value.
    pub fn object_or_null(&self, name: &str) -> Result<Option<&Self>, WrongType> {
        typed(self.get_or_null(name), |value| if let Value::Object(members) = value { Some(members) } else { None })
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    if let Value::Number(number) = value { Some(*number) } else { None }
}

fn typed<'m, 'a, T>(
    value: Option<&'m Value<'a>>,
    read: impl FnOnce(&'m Value<'a>) -> Option<T>,
) -> Result<Option<T>, WrongType> {
    value.map(|value| read(value).ok_or(WrongType)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_by_their_types() {
        let named = |name: &str, value| (Name::new(Cow::Owned(name.into())), value);
        let members = Members::new(alloc::vec![
            named("null", Value::Null),
            named("string", Value::String("s".into())),
            named("strings", Value::Array(alloc::vec![Value::String("a".into()), Value::String("b".into())])),
            named("mixed", Value::Array(alloc::vec![Value::String("a".into()), Value::Null])),
            named("number", Value::Number(1.5)),
            named("bool", Value::Bool(true)),
            named("object", Value::Object(Members::new(alloc::vec![named("a", Value::Null)]).unwrap())),
        ])
        .unwrap();
        assert_eq!(members.names().last(), Some("object"));
        assert_eq!((members.number_or_null("number"), members.number_or_null("null")), (Ok(Some(1.5)), Ok(None)));
        assert_eq!((members.number_or_null("bool"), members.number_or_null("absent")), (Err(WrongType), Ok(None)));
        let elements = |name| members.array_or_null(name).map(|elements| elements.map(<[_]>::len));
        assert_eq!((elements("mixed"), elements("null"), elements("object")), (Ok(Some(2)), Ok(None), Err(WrongType)));
        let inside = |name| members.object_or_null(name).map(|object| object.map(|object| object.names().count()));
        assert_eq!((inside("object"), inside("null"), inside("mixed")), (Ok(Some(1)), Ok(None), Err(WrongType)));
        assert_eq!((members.string("string"), members.string("absent")), (Ok(Some("s")), Ok(None)));
        assert_eq!((members.string("null"), members.string_or_null("null")), (Err(WrongType), Ok(None)));
        assert_eq!((members.string("bool"), members.string_or_null("bool")), (Err(WrongType), Err(WrongType)));
        assert_eq!(members.strings_or_null("strings"), Ok(Some(alloc::vec!["a", "b"])));
        assert_eq!((members.strings_or_null("mixed"), members.strings_or_null("null")), (Err(WrongType), Ok(None)));
        assert_eq!(members.strings_or_null("string"), Err(WrongType));
        assert_eq!((members.number("number"), members.number("null")), (Ok(Some(1.5)), Err(WrongType)));
        assert_eq!((members.bool_or_null("bool"), members.bool_or_null("null")), (Ok(Some(true)), Ok(None)));
        assert_eq!((members.bool_or_null("number"), members.bool_or_null("absent")), (Err(WrongType), Ok(None)));
    }

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
