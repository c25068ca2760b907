//! DER (X.690 §10): the little of it that a public key is written in.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// The low bits of a tag whose number follows in further bytes.
const LONG_FORM: u8 = 0x1f;

/// Elements one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the next element, which has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().and_then(|(found, content)| (found == tag).then_some(content))
    }

    /// The elements inside the next one, which is a sequence.
    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.expect(SEQUENCE).map(Self)
    }

    /// The next element: first byte of its tag, and content.
    pub(crate) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, rest @ ..] = self.0 else { return None };
        let (length, rest) = length(after_tag(*tag, rest)?)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Succeeds if there are no further elements.
    pub(crate) fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

/// Reads what follows a tag whose first byte has been taken (X.690 §8.1.2).
fn after_tag(tag: u8, rest: &[u8]) -> Option<&[u8]> {
    match tag {
        // The universal types, those with parts marked as such.
        0x01..=0x06 | 0x09 | 0x0a | 0x0c | 0x0d | 0x12..=0x18 | 0x1a | 0x1b | 0x1e | 0x30 | 0x31 => Some(rest),
        ..0x40 => None,
        _ if tag & LONG_FORM != LONG_FORM => Some(rest),
        // No more digits than a number has, and none that the short form has.
        _ => {
            let mut number = 0u32;
            let end = rest.iter().take(5).position(|byte| {
                number = number << 7 | u32::from(byte & 0x7f);
                byte & 0x80 == 0
            })?;
            let fits = number >= u32::from(LONG_FORM)
                && rest.first() != Some(&0x80)
                && !(end == 4 && rest.first() > Some(&0x8f));
            if fits { rest.get(end.checked_add(1)?..) } else { None }
        }
    }
}

/// A length in the fewest bytes that can hold it (X.690 §10.1), and what follows.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match *bytes {
        [length @ 0..=0x7f, ref rest @ ..] => Some((length.into(), rest)),
        [count @ 0x81..=0x84, ref rest @ ..] => {
            let (digits, rest) = rest.split_at_checked((count & 0x7f).into())?;
            let length = digits.iter().fold(0usize, |length, &digit| length << 8 | usize::from(digit));
            (digits.first() != Some(&0) && length > 0x7f).then_some((length, rest))
        }
        _ => None,
    }
}

/// An integer that is not negative, without the zero byte that says so. Nothing for zero.
pub(crate) fn unsigned(content: &[u8]) -> Option<&[u8]> {
    match content {
        [0] => Some(&[]),
        [0, rest @ ..] if rest.first() >= Some(&0x80) => Some(rest),
        [0x01..0x80, ..] => Some(content),
        _ => None,
    }
}

/// Whether an object identifier is well-formed, of at most 39 bytes and with arcs below 2^32 or so.
pub(crate) fn is_object_identifier(content: &[u8]) -> bool {
    let [0..120, arcs @ ..] = content else { return false };
    let sound = |arc: &[u8]| arc.len() <= 5 || matches!(arc, [_, _, _, _, _, 0..0x10]);
    content.len() <= 39
        && arcs.last().is_none_or(|last| *last < 0x80)
        && arcs.split_inclusive(|byte| *byte < 0x80).all(sound)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
