//! Numbers: integers exactly or not at all, others rounded to the nearest double, ties to even.

use crate::encoding::json::decimal::{Decimal, split_digits};
use crate::error::JsonReason;

/// 2^53 − 1, the largest integer that doubles keep apart from its neighbours.
const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// Whether the byte can be part of a number.
pub(super) const fn is_part(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
}

/// The value of a literal made of such bytes. This forgives some of what the grammar does not: a leading
/// zero, a bare `-`, a point without digits on one side.
pub(super) fn read(literal: &[u8]) -> Result<f64, JsonReason> {
    let digits = literal.strip_prefix(b"-").unwrap_or(literal);
    let negative = digits.len() < literal.len();
    if digits.iter().all(u8::is_ascii_digit) {
        let value = digits.iter().fold(0u64, |value, digit| {
            // Once too large, it stays so, without a multiplication that has to look for an overflow.
            let more = value.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')));
            if value > MAX_SAFE_INTEGER { value } else { more }
        });
        #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact up to 2^53")]
        return match value {
            0..=MAX_SAFE_INTEGER => Ok(if negative { -(value as f64) } else { value as f64 }),
            _ => Err(JsonReason::UnsafeInteger),
        };
    }
    let decimal = Decimal::parse(digits).ok_or(JsonReason::Syntax)?;
    let value = decimal.to_f64();
    // The same integers, however they are written: 9007199254740993.0 and 9.007199254740993e15 are 2^53 + 1 to those
    // who read decimals. The digits of 1e300 or 1.5e20 end above the units, and mean no integer in particular.
    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact up to 2^53")]
    if value > MAX_SAFE_INTEGER as f64 && decimal.reaches_units() {
        return Err(JsonReason::UnsafeInteger);
    }
    if value.is_finite() { Ok(if negative { -value } else { value }) } else { Err(JsonReason::Syntax) }
}

/// Whether the literal is a number by the grammar of RFC 8259 §6.
pub(super) fn is_grammatical(literal: &[u8]) -> bool {
    let rest = literal.strip_prefix(b"-").unwrap_or(literal);
    let (integer, rest) = split_digits(rest);
    if integer.is_empty() || (integer.len() > 1 && integer.first() == Some(&b'0')) {
        return false;
    }
    let rest = match rest {
        [b'.', fraction @ ..] => match split_digits(fraction) {
            ([], _) => return false,
            (_, rest) => rest,
        },
        rest => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            matches!(split_digits(exponent), ([_, ..], []))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_that_of_json() {
        for text in ["0", "-0", "10", "1.5", "0.05", "1e5", "1E+05", "-1.25e-10", "0e0"] {
            assert!(is_grammatical(text.as_bytes()), "{text}");
        }
        for text in ["", "-", "01", "-01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "1.5.5", "1-2", "--1", "1e5e5", "e5"]
        {
            assert!(!is_grammatical(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn integers_are_exact_or_refused() {
        assert_eq!(read(b"9007199254740991"), Ok(9_007_199_254_740_991.0));
        assert_eq!(read(b"-9007199254740991"), Ok(-9_007_199_254_740_991.0));
        for text in [
            "9007199254740992",
            "-9007199254740992",
            "90071992547409910",
            "18446744073709551616",
            "99999999999999999999999999",
        ] {
            assert_eq!(read(text.as_bytes()), Err(JsonReason::UnsafeInteger), "{text}");
        }
        assert_eq!(read(b"-0").map(f64::to_bits), Ok((-0.0f64).to_bits()));
    }

    #[test]
    fn an_integer_is_one_however_it_is_written() {
        for text in [
            "9007199254740993.0",
            "-9007199254740993.0",
            "9007199254740992.0",
            "9007199254740991.5",
            "9007199254740992.25",
            "90071992547409930e-1",
            "9.007199254740993e15",
            "9.007199254740993000e15",
            "9.0071992547409930e+15",
            "0.9007199254740993E16",
            "9007199254740993e0",
            "10000000000000000.0",
            "123456789012345678901234567890.0",
            &alloc::format!("{}.0", "9".repeat(400)),
        ] {
            assert_eq!(read(text.as_bytes()), Err(JsonReason::UnsafeInteger), "{text}");
        }
        for text in [
            "9007199254740991.0",
            "90071992547409910e-1",
            "9.007199254740991e15",
            "9007199254740991.4",
            "0.0000000000000000000001",
            // Their digits end above the units.
            "1e16",
            "1.5e16",
            "1.5e300",
            "1.7976931348623157e308",
            "9007199254740993e1",
        ] {
            assert_eq!(read(text.as_bytes()), text.parse().map_err(|_| JsonReason::Syntax), "{text}");
        }
    }
}
