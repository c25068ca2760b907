//! Random texts beside `serde_json`: the same values, and a refusal of what it reads only by a rule of ours.
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod grammar;
mod rules;

use alloc::collections::BTreeSet;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::*;
use crate::random::{Random, character, mutate, texts};
use rules::broken_rules;

/// A value as the other reader has it, members in the order of the text, each as often as it is there.
#[derive(Debug)]
enum Theirs {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Theirs>),
    Object(Vec<(String, Theirs)>),
}

impl Theirs {
    fn has_duplicates(&self) -> bool {
        match self {
            Self::Array(elements) => elements.iter().any(Self::has_duplicates),
            Self::Object(members) => {
                let names: BTreeSet<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                names.len() < members.len() || members.iter().any(|(_, value)| value.has_duplicates())
            }
            _ => false,
        }
    }

    fn is(&self, ours: &Value<'_>) -> bool {
        match (self, ours) {
            (Self::Null, Value::Null) => true,
            (Self::Bool(theirs), Value::Bool(ours)) => theirs == ours,
            (Self::Number(theirs), Value::Number(ours)) => theirs.to_bits() == ours.to_bits(),
            (Self::String(theirs), Value::String(ours)) => theirs == ours,
            (Self::Array(theirs), Value::Array(ours)) => {
                theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(theirs, ours)| theirs.is(ours))
            }
            (Self::Object(theirs), Value::Object(ours)) => {
                theirs.len() == ours.iter().count()
                    && theirs.iter().all(|(name, value)| ours.get(name).is_some_and(|ours| value.is(ours)))
            }
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Theirs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Theirs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Theirs, E> {
        Ok(Theirs::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Theirs, E> {
        Ok(Theirs::Bool(value))
    }

    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "rounded as serde_json rounds")]
    fn visit_u64<E>(self, value: u64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "rounded as serde_json rounds")]
    fn visit_i64<E>(self, value: i64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Theirs, E> {
        Ok(Theirs::String(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Theirs, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Theirs::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Theirs, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Theirs::Object(object))
    }
}

/// What became of the texts, so that a generator which has lost its way is noticed.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    refused_by_both: usize,
    refused_by_rule: [usize; 3],
}

fn compare(text: &[u8], max_depth: usize, tally: &mut Tally) {
    let show = || alloc::format!("depth {max_depth}: {}", String::from_utf8_lossy(text));
    let ours = core::str::from_utf8(text).map_err(|_| JsonReason::NotUtf8).and_then(|text| parse(text, max_depth));
    let theirs = match serde_json::from_slice::<Theirs>(text) {
        Ok(theirs) => theirs,
        Err(error) => {
            let fault = ours.err().unwrap_or_else(|| panic!("read here, and elsewhere {error}: {}", show()));
            let is_utf8 = core::str::from_utf8(text).is_ok();
            assert_eq!(fault != JsonReason::NotUtf8, is_utf8, "{}", show());
            tally.refused_by_both += 1;
            return;
        }
    };
    let broken = broken_rules(core::str::from_utf8(text).expect("what serde_json takes"), &theirs, max_depth);
    match ours {
        Ok(ours) => {
            assert!(broken.is_empty(), "read against {broken:?}: {}", show());
            assert!(theirs.is(&ours), "{theirs:?} is not {ours:?}: {}", show());
            let owned = Json::from(&ours);
            if let (Value::Object(members), Json::Object(object)) = (&ours, &owned) {
                assert_eq!(members.to_object(), *object);
            }
            tally.read += 1;
        }
        Err(fault) => {
            assert!(broken.contains(&fault), "{fault:?} where the broken rules are {broken:?}: {}", show());
            let rule = rules::ALL.iter().position(|rule| *rule == fault).expect("one of the rules");
            tally.refused_by_rule[rule] += 1;
        }
    }
}

#[test]
fn texts_of_the_grammar_and_their_mutations_are_read_as_serde_json_reads_them() {
    let mut random = Random::new(0x7a50_0001);
    let mut tally = Tally::default();
    let count = texts();
    for round in 0..count {
        let mut text = grammar::document(&mut random).into_bytes();
        // Half of the texts as they are, the others with one to three changes.
        for _ in 0..(round % 2) * (1 + random.below(3)) {
            mutate(&mut random, &mut text, &grammar::PIECES);
        }
        compare(&text, random.below(12), &mut tally);
    }
    std::println!("{count} texts beside serde_json: {tally:?}");
    let [depth, integers, duplicates] = tally.refused_by_rule;
    assert!(count < 1000 || [depth, integers, duplicates].into_iter().min() > Some(count / 500), "{tally:?}");
    assert!(tally.read > count / 5 && tally.refused_by_both > count / 10, "{tally:?}");
}

/// One text for each character, raw and escaped, in a value and in a name.
#[test]
fn every_character_is_read_as_serde_json_reads_it() {
    let mut tally = Tally::default();
    for character in '\0'..=char::MAX {
        let mut units = [0; 2];
        let escaped: String =
            character.encode_utf16(&mut units).iter().map(|unit| alloc::format!("\\u{unit:04x}")).collect();
        let text = alloc::format!("[\"{character}\",{{\"{escaped}\":\"{escaped}{character}\",\"\":\"{escaped}\"}}]");
        compare(text.as_bytes(), 2, &mut tally);
        let twice = alloc::format!("{{\"{character}\":1,\"{escaped}\":2}}");
        compare(twice.as_bytes(), 2, &mut tally);
    }
    // All but the control characters, the quote and the backslash are allowed as they are.
    let characters = 0x11_0000 - 0x800 - 0x20 - 2;
    assert_eq!((tally.read, tally.refused_by_rule), (characters, [0, 0, characters]), "{tally:?}");
}
