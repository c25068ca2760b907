//! The rules by which we refuse what other readers take, each found in the text alone.

use alloc::vec::Vec;

use super::Theirs;
use crate::error::JsonReason;

pub(super) const ALL: [JsonReason; 3] = [JsonReason::TooDeep, JsonReason::UnsafeInteger, JsonReason::DuplicateMember];

/// The rules that a well-formed text breaks.
pub(super) fn broken_rules(text: &str, value: &Theirs, max_depth: usize) -> Vec<JsonReason> {
    let (mut depth, mut deepest, mut unsafe_integer) = (0usize, 0, false);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ']' | '}' => depth -= 1,
            '"' => {
                let mut escaped = false;
                let end = rest.bytes().skip(1).position(|byte| {
                    let ends = byte == b'"' && !escaped;
                    escaped = byte == b'\\' && !escaped;
                    ends
                });
                length = end.expect("a quote") + 2;
            }
            '-' | '0'..='9' => {
                length = rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                unsafe_integer |= is_unsafe_integer(&rest[..length]);
            }
            _ => {}
        }
        rest = &rest[length..];
    }
    let broken = [deepest > max_depth, unsafe_integer, value.has_duplicates()];
    ALL.into_iter().zip(broken).filter(|(_, broken)| *broken).map(|(rule, _)| rule).collect()
}

/// Whether the digits reach down to the units, and the double that stands for them is above 2^53 − 1. By the
/// digits alone: from half a unit above that number on, the nearest double is 2^53 or more.
fn is_unsafe_integer(literal: &str) -> bool {
    let literal = literal.trim_start_matches('-').to_ascii_lowercase();
    let (mantissa, exponent) = literal.split_once('e').unwrap_or((&literal, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [integer, fraction].concat();
    let Ok(exponent) = exponent.parse::<i64>() else {
        // No text here has that many digits: it is zero or above all doubles, or its last digit is far above the units.
        return false;
    };
    let point = i64::try_from(integer.len()).expect("a length") + exponent;
    let last = i64::try_from(digits.len()).expect("a length") - point;
    if last < 0 {
        return false;
    }
    let (whole, part) = match usize::try_from(point) {
        Ok(point) => digits.split_at(point),
        Err(_) => return false,
    };
    let whole = whole.trim_start_matches('0');
    let limit = "9007199254740991";
    match whole.len().cmp(&limit.len()).then(whole.cmp(limit)) {
        core::cmp::Ordering::Less => false,
        core::cmp::Ordering::Equal => part.starts_with(['5', '6', '7', '8', '9']),
        core::cmp::Ordering::Greater => true,
    }
}
