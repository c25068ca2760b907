//! Texts by the grammar of RFC 8259, with every form of every token, and now and then one that it does not have.

use alloc::format;
use alloc::string::String;

use super::{Random, character};
use crate::random::once_in;

/// What mutations put in.
pub(super) const PIECES: [&str; 36] = [
    "\"",
    "\\",
    "\\\"",
    "\\u",
    "\\ud83d",
    "\\ude00",
    "\\ud840\\udc00",
    "\\udbff\\udfff",
    "\\u0000",
    "\\u0041",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "{\"a\":1,\"\\u0061\":2}",
    "[[[[[[[[",
    "null",
    "true",
    "false",
    "nul",
    "-",
    "-0",
    "0",
    ".",
    "e",
    "E+",
    "1e400",
    "9007199254740993",
    "9007199254740993.0",
    "\u{feff}",
    "\u{20bb7}",
    " ",
    "\n",
    "\u{b}",
];

pub(super) fn document(random: &mut Random) -> String {
    let mut text = String::new();
    space(random, &mut text);
    let depth = random.below(13);
    value(random, &mut text, depth);
    space(random, &mut text);
    text
}

fn space(random: &mut Random, text: &mut String) {
    while once_in(random, 6) {
        text.push([' ', '\t', '\n', '\r'][random.below(4)]);
    }
    if once_in(random, 4000) {
        text.push(['\u{feff}', '\u{a0}', '\u{c}', '\u{b}', '\0', '\u{2028}'][random.below(6)]);
    }
}

fn value(random: &mut Random, text: &mut String, depth: usize) {
    match random.below(if depth == 0 { 6 } else { 12 }) {
        0 => text.push_str(random.pick(&["null", "true", "false"])),
        1 | 2 => number(random, text),
        3..=5 => string(random, text),
        6 if depth > 4 => {
            // One value inside many.
            let levels = random.below(depth);
            let kinds = random.bits();
            (0..levels).for_each(|level| text.push_str(if kinds >> level & 1 == 0 { "[" } else { "{\"a\":" }));
            value(random, text, depth - levels - 1);
            (0..levels).rev().for_each(|level| text.push(if kinds >> level & 1 == 0 { ']' } else { '}' }));
        }
        6..=8 => list(random, text, ['[', ']'], |random, text| value(random, text, depth - 1)),
        _ => object(random, text, depth),
    }
}

fn list(
    random: &mut Random,
    text: &mut String,
    [open, close]: [char; 2],
    mut item: impl FnMut(&mut Random, &mut String),
) {
    text.push(open);
    space(random, text);
    let count = if once_in(random, 60) { 14 + random.below(8) } else { random.below(4) };
    for index in 0..count {
        if index > 0 {
            text.push(',');
            space(random, text);
        }
        item(random, text);
        space(random, text);
    }
    if once_in(random, 2000) {
        text.push(',');
    }
    text.push(close);
}

fn object(random: &mut Random, text: &mut String, depth: usize) {
    let first = character(random);
    list(random, text, ['{', '}'], |random, text| {
        // From few names, so that some occur twice, in whatever spelling.
        match random.below(8) {
            0 => spell(random, text, random_name(first).chars()),
            1 => spell(random, text, "exp".chars()),
            _ => string(random, text),
        }
        space(random, text);
        text.push(':');
        space(random, text);
        let deeper = if once_in(random, 3) { depth - 1 } else { 0 };
        value(random, text, deeper);
    });
}

fn random_name(character: char) -> String {
    format!("a{character}")
}

fn string(random: &mut Random, text: &mut String) {
    let long = if once_in(random, 20) { 40 } else { 6 };
    let characters = crate::random::text(random, long);
    spell(random, text, characters.chars());
}

/// A string, each character of it in one of its spellings.
fn spell(random: &mut Random, text: &mut String, characters: impl Iterator<Item = char>) {
    text.push('"');
    for character in characters {
        let short = match character {
            '"' => Some('"'),
            '\\' => Some('\\'),
            '/' => Some('/'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            _ => None,
        };
        match (random.below(4), short) {
            (0 | 1, Some(short)) => text.extend(['\\', short]),
            (0..=2, None) if character >= ' ' => text.push(character),
            _ => {
                let mut units = [0; 2];
                character.encode_utf16(&mut units).iter().for_each(|unit| escape(random, text, *unit));
            }
        }
        if once_in(random, 600) {
            // What no string has.
            match random.below(4) {
                0 => escape(random, text, 0xd800),
                1 => escape(random, text, 0xdfff),
                2 => [0xdc00, 0xd800].into_iter().for_each(|unit| escape(random, text, unit)),
                _ => text.push_str(random.pick(&["\\x", "\\u12", "\\", "\u{1f}", "\n", "\\u+123", "\\'", "\\U0041"])),
            }
        }
    }
    text.push('"');
}

fn escape(random: &mut Random, text: &mut String, unit: u16) {
    text.push_str("\\u");
    for digit in format!("{unit:04x}").chars() {
        text.push(if once_in(random, 2) { digit.to_ascii_uppercase() } else { digit });
    }
}

fn digits(random: &mut Random, text: &mut String, most: usize) {
    (0..=random.below(most)).for_each(|_| text.push(char::from(b"0123456789"[random.below(10)])));
}

fn number(random: &mut Random, text: &mut String) {
    if once_in(random, 3) {
        text.push('-');
    }
    match random.below(12) {
        0 => text.push('0'),
        1 => text.push_str(&format!("{}", random.bits() >> random.below(64))),
        2 | 3 => {
            // Near 2^53, in many spellings.
            let near = (1u64 << 53) - 4 + u64::try_from(random.below(8)).expect("small");
            let digits = format!("{near}");
            let at = 1 + random.below(digits.len());
            let (whole, part) = digits.split_at(at);
            text.push_str(&match random.below(6) {
                0 => digits.clone(),
                1 => format!("{digits}.{}", ["0", "4", "5", "49999", "50001", "000"][random.below(6)]),
                2 => format!("{digits}0e-1"),
                3 if at < digits.len() => format!("{whole}.{part}e{}", part.len()),
                4 => format!("{digits}e{}", random.below(3)),
                _ => format!("{digits}{}e-0{}", &"000"[..at % 4], at % 4),
            });
        }
        4 => text.push_str(&format!("{:e}", f64::from_bits(random.bits() & 0x7fdf_ffff_ffff_ffff))),
        5 => text.push_str(random.pick(&[
            "1e400",
            "1e-400",
            "0e99999999999999999999",
            "1e-99999999999999999999",
            "5e-324",
            "2.4703282292062328e-324",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "18446744073709551616",
            "9223372036854775808",
            "1e22",
            "1e23",
            "1e16",
            "10000000000000000.0",
            "0.000",
            "2.2250738585072011e-308",
            "00",
            "01",
            "1.",
            ".5",
            "1e",
            "+1",
            "0x1",
            "NaN",
            "Infinity",
            "1_0",
        ])),
        _ => {
            if once_in(random, 5) {
                text.push('0');
            } else {
                text.push(char::from(b"123456789"[random.below(9)]));
                let most = if once_in(random, 10) { 30 } else { 5 };
                digits(random, text, most);
            }
            if once_in(random, 2) {
                text.push('.');
                let most = if once_in(random, 10) { 60 } else { 4 };
                digits(random, text, most);
            }
            if once_in(random, 3) {
                text.push_str(random.pick(&["e", "E", "e+", "E-", "e-", "E+", "e0"]));
                digits(random, text, 2);
            }
        }
    }
}
