//! The reader: one pass over a text, strings borrowed from it where they have no escapes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::number;
use crate::encoding::json::value::{Member, Members, Name, Value};
use crate::error::JsonReason;

/// Members of ordinary objects, so that one allocation is enough for most.
const USUAL_MEMBERS: usize = 8;

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// One value with nothing but white space around it, nested at most `depth` deep.
    pub(super) fn document(mut self, depth: usize) -> Result<Value<'a>, JsonReason> {
        let first = self.token();
        let value = self.value(first, depth)?;
        if self.token().is_none() { Ok(value) } else { Err(JsonReason::Syntax) }
    }

    /// The value of a member of an object, as it is written. The text has been parsed before.
    pub(super) fn member_text(mut self, name: &str, depth: usize) -> Option<&'a str> {
        let mut opening = self.token();
        // Then commas are before the others.
        while matches!(opening, Some(b'{' | b',')) && self.token() == Some(b'"') {
            let is_wanted = self.string().ok()? == name;
            let _colon = self.token();
            let first = self.token();
            let start = self.at.wrapping_sub(1);
            self.value(first, depth).ok()?;
            if is_wanted {
                return self.text.get(start..self.at);
            }
            opening = self.token();
        }
        None
    }

    /// The next byte, which it passes.
    fn next(&mut self) -> Option<u8> {
        let byte = self.text.as_bytes().get(self.at).copied()?;
        self.at = self.at.wrapping_add(1);
        Some(byte)
    }

    /// The next byte that is no white space, which it passes.
    fn token(&mut self) -> Option<u8> {
        loop {
            match self.next() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => {}
                other => return other,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn value(&mut self, first: Option<u8>, depth: usize) -> Result<Value<'a>, JsonReason> {
        match first {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.object(depth.checked_sub(1).ok_or(JsonReason::TooDeep)?),
            Some(b'[') => self.array(depth.checked_sub(1).ok_or(JsonReason::TooDeep)?),
            Some(digit @ b'1'..=b'9') => match self.small_integer(digit) {
                Some(value) => Ok(Value::Number(value)),
                None => self.number(),
            },
            Some(b'-' | b'0') => self.number(),
            Some(b't') => self.word(b"rue", Value::Bool(true)),
            Some(b'f') => self.word(b"alse", Value::Bool(false)),
            Some(b'n') => self.word(b"ull", Value::Null),
            _ => Err(JsonReason::Syntax),
        }
    }

    fn word(&mut self, rest: &[u8], value: Value<'a>) -> Result<Value<'a>, JsonReason> {
        if !self.rest().starts_with(rest) {
            return Err(JsonReason::Syntax);
        }
        self.at = self.at.wrapping_add(rest.len());
        Ok(value)
    }

    /// Reads what most numbers are: an integer of at most fifteen digits, whose first one has been passed.
    fn small_integer(&mut self, first: u8) -> Option<f64> {
        let mut value = u64::from(first.wrapping_sub(b'0'));
        for (index, byte) in self.rest().iter().enumerate().take(15) {
            match byte {
                // Below 10^16.
                b'0'..=b'9' => value = value.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0'))),
                b'.' | b'e' | b'E' | b'+' | b'-' => return None,
                _ => {
                    self.at = self.at.wrapping_add(index);
                    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "below 2^53")]
                    return Some(value as f64);
                }
            }
        }
        None
    }

    /// Its first byte has been passed.
    fn number(&mut self) -> Result<Value<'a>, JsonReason> {
        let start = self.at.wrapping_sub(1);
        while self.text.as_bytes().get(self.at).copied().is_some_and(number::is_part) {
            self.at = self.at.wrapping_add(1);
        }
        let literal = self.text.as_bytes().get(start..self.at).unwrap_or_default();
        if !number::is_grammatical(literal) {
            return Err(JsonReason::Syntax);
        }
        number::read(literal).map(Value::Number)
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, JsonReason> {
        let mut elements = Vec::new();
        let mut first = self.token();
        if first == Some(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(first, depth)?);
            match self.token() {
                Some(b',') => first = self.token(),
                Some(b']') => return Ok(Value::Array(elements)),
                _ => return Err(JsonReason::Syntax),
            }
        }
    }

    /// A member name that occurred twice is reported before anything that comes after it.
    fn object(&mut self, depth: usize) -> Result<Value<'a>, JsonReason> {
        let mut members = Vec::new();
        let end = self.members(&mut members, depth);
        let members = Members::new(members).ok_or(JsonReason::DuplicateMember)?;
        end.map(|()| Value::Object(members))
    }

    fn members(&mut self, members: &mut Vec<Member<'a>>, depth: usize) -> Result<(), JsonReason> {
        let mut first = self.token();
        if first == Some(b'}') {
            return Ok(());
        }
        members.reserve(USUAL_MEMBERS);
        loop {
            if first != Some(b'"') {
                return Err(JsonReason::Syntax);
            }
            let name = Name::new(self.string()?);
            if self.token() != Some(b':') {
                return Err(JsonReason::Syntax);
            }
            let first_of_value = self.token();
            members.push((name, self.value(first_of_value, depth)?));
            match self.token() {
                Some(b',') => first = self.token(),
                Some(b'}') => return Ok(()),
                _ => return Err(JsonReason::Syntax),
            }
        }
    }

    /// Its opening quote has been passed.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonReason> {
        let run = self.run();
        match self.next() {
            Some(b'"') => Ok(Cow::Borrowed(run)),
            Some(b'\\') => self.escaped(run).map(Cow::Owned),
            _ => Err(JsonReason::Syntax),
        }
    }

    /// The characters up to the next quote, backslash or control character.
    fn run(&mut self) -> &'a str {
        let start = self.at;
        self.at = start.wrapping_add(plain(self.rest()));
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The rest of a string whose first backslash has been passed.
    #[cold]
    fn escaped(&mut self, before: &str) -> Result<String, JsonReason> {
        let mut string = String::from(before);
        loop {
            string.push(match self.next() {
                Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'n') => '\n',
                Some(b'r') => '\r',
                Some(b't') => '\t',
                Some(b'u') => self.character()?,
                _ => return Err(JsonReason::Syntax),
            });
            string.push_str(self.run());
            match self.next() {
                Some(b'"') => return Ok(string),
                Some(b'\\') => {}
                _ => return Err(JsonReason::Syntax),
            }
        }
    }

    /// A character by its number, or by two halves of one that belong together.
    fn character(&mut self) -> Result<char, JsonReason> {
        let high = self.unit()?;
        let number = match high {
            0xd800..=0xdbff => {
                if (self.next(), self.next()) != (Some(b'\\'), Some(b'u')) {
                    return Err(JsonReason::Syntax);
                }
                match self.unit()? {
                    // At most 0x1_0000 + 0xf_fc00 + 0x3ff = 0x10_ffff. Added, because the highest planes carry.
                    low @ 0xdc00..=0xdfff => 0x1_0000u32.wrapping_add((high & 0x3ff) << 10 | low & 0x3ff),
                    _ => return Err(JsonReason::Syntax),
                }
            }
            other => other,
        };
        char::from_u32(number).ok_or(JsonReason::Syntax)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, JsonReason> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(JsonReason::Syntax)?;
            unit = unit << 4 | digit;
        }
        Ok(unit)
    }
}

/// How many bytes there are before the next quote, backslash or control character.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // A byte's highest bit is set if the subtraction borrowed, which the complement keeps to small bytes. What is
        // set above the first such byte may be the borrow of that one.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES.wrapping_mul(limit)) & !word;
        let equal = |byte: u64| below(word ^ ONES.wrapping_mul(byte), 1);
        let special = (below(word, 0x20) | equal(0x22) | equal(0x5c)) & ONES.wrapping_mul(0x80);
        if special != 0 {
            return length.saturating_add((special.trailing_zeros() / 8).try_into().unwrap_or_default());
        }
        length = length.saturating_add(8);
    }
    let more = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..0x20)).count();
    length.saturating_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The string that a document holds.
    fn string(document: &str) -> Option<String> {
        match Reader::new(document).document(0) {
            Ok(Value::String(string)) => Some(string.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn every_surrogate_pair_is_its_character_and_every_lone_half_is_refused() {
        for character in '\u{10000}'..=char::MAX {
            let mut units = [0; 2];
            character.encode_utf16(&mut units);
            let document = alloc::format!(r#""\u{:04x}\u{:04X}""#, units[0], units[1]);
            assert_eq!(string(&document), Some(character.into()), "{document}");
        }
        for unit in 0..=0xffffu16 {
            let document = alloc::format!(r#""\u{unit:04x}""#);
            let expected = char::from_u32(unit.into()).map(String::from);
            assert_eq!(string(&document), expected, "{document}");
        }
    }

    #[test]
    fn runs_end_at_the_first_special_character() {
        for length in 0..40usize {
            for special in 0..=255u8 {
                let mut bytes = alloc::vec![b'x'; 40];
                bytes[length] = special;
                let ends = matches!(special, b'"' | b'\\' | 0..0x20);
                assert_eq!(plain(&bytes), if ends { length } else { 40 }, "{special} at {length}");
            }
        }
    }
}
