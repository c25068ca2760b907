//! Values that borrow from the text they were read from.

use alloc::borrow::Cow;
use alloc::vec::Vec;

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

/// Up to so many, every pair is looked at; more are sorted first.
const FEW: usize = 16;

impl<'a> Members<'a> {
    /// None if a name occurs twice.
    pub(super) fn new(mut members: Vec<Member<'a>>) -> Option<Self> {
        let repeated = if members.len() <= FEW {
            let mut rest = members.as_slice();
            let mut repeated = false;
            while let [(name, _), after @ ..] = rest {
                repeated |= after.iter().any(|(other, _)| other == name);
                rest = after;
            }
            repeated
        } else {
            sort(&mut members);
            members.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other))
        };
        if repeated { None } else { Some(Self(members)) }
    }

    /// The value of a member. Looking for one takes a time by their number; nobody looks for many.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member<'a>> {
        self.0.iter()
    }
}

/// By name: a heap sort, which takes n log n steps whatever an adversary sends, and is a tenth of the
/// standard library's in size.
fn sort(members: &mut [Member<'_>]) {
    let sift = |heap: &mut [Member<'_>], mut parent: usize| {
        loop {
            let left = parent.saturating_mul(2).saturating_add(1);
            let right = left.saturating_add(1);
            let name = |index: usize| heap.get(index).map(|(name, _)| name);
            let child = if name(right) > name(left) { right } else { left };
            if name(child) <= name(parent) {
                return;
            }
            heap.swap(parent, child);
            parent = child;
        }
    };
    for parent in (0..members.len() / 2).rev() {
        sift(members, parent);
    }
    for end in (1..members.len()).rev() {
        members.swap(0, end);
        if let Some(heap) = members.get_mut(..end) {
            sift(heap, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn members(names: impl IntoIterator<Item = u32>) -> Option<Members<'static>> {
        Members::new(names.into_iter().map(|name| (Cow::Owned(name.to_string()), Value::Null)).collect())
    }

    #[test]
    fn names_are_told_apart_whatever_their_number() {
        for count in [0, 1, 2, 15, 16, 17, 18, 100, 3000] {
            // A permutation, since 7919 is a prime.
            let names = || (0..count).map(|index| index * 7919 % count.max(1));
            let distinct = members(names()).unwrap();
            for name in 0..count {
                assert!(distinct.contains(&name.to_string()));
            }
            assert!(!distinct.contains("x"));
            for twice in [0, count / 2, count.saturating_sub(1)].into_iter().filter(|twice| *twice < count) {
                assert!(members(names().chain([twice])).is_none(), "{twice} of {count}");
                assert!(members([twice].into_iter().chain(names())).is_none(), "{twice} of {count}");
            }
        }
    }

    #[test]
    fn the_sort_sorts() {
        for count in 0..200u32 {
            let mut list: Vec<Member<'_>> =
                (0..count).map(|index| (Cow::Owned((index * 31 % 97).to_string()), Value::Null)).collect();
            let mut expected: Vec<String> = list.iter().map(|(name, _)| name.to_string()).collect();
            sort(&mut list);
            expected.sort();
            assert!(list.iter().map(|(name, _)| name).eq(&expected));
        }
    }
}
