//! Random texts beside `form_urlencoded`: the same pairs, and a refusal where it replaces or forgives.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use percent_encoding::percent_decode_str;

use super::*;
use crate::random::{Random, character, mutate, once_in, text, texts};

const PIECES: [&str; 24] = [
    "&",
    "=",
    "+",
    "%",
    "%20",
    "%2B",
    "%26",
    "%3d",
    "%00",
    "%ff",
    "%C3%A4",
    "%c3",
    "%ED%A0%80",
    "%F4%90%80%80",
    "%g0",
    "%4",
    "%%",
    ";",
    "?",
    "#",
    " ",
    "\0",
    "\u{e4}",
    "\u{20bb7}",
];

fn form(random: &mut Random) -> String {
    let mut form = String::new();
    for index in 0..random.below(5) {
        if index > 0 || once_in(random, 10) {
            form.push('&');
        }
        component(random, &mut form);
        if !once_in(random, 5) {
            form.push('=');
            component(random, &mut form);
        }
    }
    form
}

/// Characters as they are, or by their bytes.
fn component(random: &mut Random, form: &mut String) {
    for _ in 0..random.below(6) {
        let character = character(random);
        match random.below(3) {
            0 => form.push(character),
            _ => character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| {
                let escaped =
                    if once_in(random, 2) { alloc::format!("%{byte:02x}") } else { alloc::format!("%{byte:02X}") };
                form.push_str(&escaped);
            }),
        }
    }
    if once_in(random, 60) {
        form.push_str(random.pick(&PIECES));
    }
}

/// The one rule: each `%` is followed by two hexadecimal digits, and what they stand for is UTF-8.
fn is_well_formed(form: &str) -> bool {
    form.split(['&', '=']).all(|component| {
        let escapes = component.split('%').skip(1);
        escapes
            .map(|escape| escape.as_bytes().get(..2))
            .all(|digits| digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
            && percent_decode_str(component).decode_utf8().is_ok()
    })
}

#[test]
fn texts_are_read_as_the_crate_form_urlencoded_reads_them() {
    let mut random = Random::new(0x7a50_0005);
    let mut verdicts = [0usize; 2];
    let count = texts();
    for round in 0..count {
        let mut bytes = form(&mut random).into_bytes();
        for _ in 0..(round % 2) * random.below(3) {
            mutate(&mut random, &mut bytes, &PIECES);
        }
        let text = String::from_utf8_lossy(&bytes);
        let theirs: Vec<(String, String)> =
            form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into(), value.into())).collect();
        let expected = if is_well_formed(&text) { Ok(theirs) } else { Err(NotForm) };
        verdicts[usize::from(expected.is_ok())] += 1;
        assert_eq!(parse(&text), expected, "{text}");
    }
    std::println!("{count} texts beside form_urlencoded: refused and read {verdicts:?}");
    assert!(verdicts.into_iter().min() > Some(count / 20), "{verdicts:?}");
}

/// What is written is read the same there, whatever the characters.
#[test]
fn what_is_written_is_read_by_the_crate_form_urlencoded() {
    let mut random = Random::new(0x7a50_0006);
    for _ in 0..texts() {
        let pairs: Vec<(String, String)> =
            (0..random.below(4)).map(|_| (text(&mut random, 6), text(&mut random, 6))).collect();
        let mut form = String::new();
        for (name, value) in &pairs {
            append(&mut form, name, value);
        }
        let theirs: Vec<(String, String)> =
            form_urlencoded::parse(form.as_bytes()).map(|(name, value)| (name.into(), value.into())).collect();
        assert_eq!(theirs, pairs, "{form}");
        assert!(form.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%&=".contains(&byte)), "{form}");
    }
}
