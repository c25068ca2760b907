//! Decimal fractions as doubles: the nearest one, the even one if two are as near.
//!
//! The standard library's parser does that too, with tables of ten kilobytes, which everybody who loads the
//! module would pay for. Here the usual literal is two exact doubles and one operation; the others go
//! through 64 bits of precision, and the few that these cannot decide are compared as whole numbers.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "each conversion is of a number that fits, for the reason that stands beside it"
)]

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A midpoint between two doubles has at most 767 significant digits, so further ones only say whether
/// something follows.
const MAX_DIGITS: usize = 768;

/// The largest power of ten that is exact as a double: 5^22 has 52 bits.
const EXACT_POWERS: u64 = 22;

/// 5^(2^k) and 5^-(2^k) for k from 0 to 8, as 64 bits and the power of two that these are to be multiplied by:
/// off by at most half of the last bit.
const POWERS: [[(u64, i32); 9]; 2] = [
    [
        (0xa000_0000_0000_0000, -61),
        (0xc800_0000_0000_0000, -59),
        (0x9c40_0000_0000_0000, -54),
        (0xbebc_2000_0000_0000, -45),
        (0x8e1b_c9bf_0400_0000, -26),
        (0x9dc5_ada8_2b70_b59e, 11),
        (0xc278_1f49_ffcf_a6d5, 85),
        (0x93ba_47c9_80e9_8ce0, 234),
        (0xaa7e_ebfb_9df9_de8e, 531),
    ],
    [
        (0xcccc_cccc_cccc_cccd, -66),
        (0xa3d7_0a3d_70a3_d70a, -68),
        (0xd1b7_1758_e219_652c, -73),
        (0xabcc_7711_8461_cefd, -82),
        (0xe695_94be_c44d_e15b, -101),
        (0xcfb1_1ead_4539_94ba, -138),
        (0xa87f_ea27_a539_e9a5, -212),
        (0xddd0_467c_64bc_e4a1, -361),
        (0xc031_4325_637a_193a, -658),
    ],
];

/// How far the product of nine such powers and a significand can be off, in units of its last bit: a power
/// by a 2^64th of itself, a truncated product by a 2^62nd, and the digits that the significand leaves out by a
/// 10^18th. That is less than a 2^58th in all.
const TOLERANCE: u128 = 64;

/// A number without sign: its digits, and the first nineteen of them that count as an integer.
pub(super) struct Decimal<'a> {
    integer: &'a [u8],
    fraction: &'a [u8],
    /// The power of ten that the text states
    stated: i64,
    significand: u64,
    /// The power of ten that the significand is to be multiplied by
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// Digits with a point somewhere, and an exponent.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let (integer, rest) = split_digits(text);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest),
            rest => (&[][..], rest),
        };
        if integer.is_empty() && fraction.is_empty() {
            return None;
        }
        let stated = exponent(rest)?;
        let mut decimal = Self { integer, fraction, stated, significand: 0, exponent: stated };
        for (digits, places) in [(integer, 0), (fraction, 1)] {
            for digit in digits {
                let digit = u64::from(digit.wrapping_sub(b'0'));
                if decimal.significand < 1_000_000_000_000_000_000 {
                    // Below 10^19, which is below 2^64.
                    decimal.significand = decimal.significand.wrapping_mul(10).wrapping_add(digit);
                    decimal.exponent = decimal.exponent.saturating_sub(places);
                } else {
                    decimal.exponent = decimal.exponent.saturating_add(1).saturating_sub(places);
                }
            }
        }
        Some(decimal)
    }

    /// Whether the digits go down to the units or beyond, so that they say which whole number is meant.
    pub(super) fn reaches_units(&self) -> bool {
        i64::try_from(self.fraction.len()).is_ok_and(|places| self.stated <= places)
    }

    /// The nearest double, which may be infinity.
    pub(super) fn to_f64(&self) -> f64 {
        let magnitude = self.exponent.unsigned_abs();
        if self.significand == 0 {
            return 0.0;
        }
        // So small a significand has all of the digits.
        if self.significand < 1 << 53 && magnitude <= EXACT_POWERS {
            // Two exact numbers and one operation, which rounds once.
            let power = (0..magnitude).fold(1.0, |power, _| power * 10.0);
            let significand = self.significand as f64;
            return if self.exponent < 0 { significand / power } else { significand * power };
        }
        // The significand has one to nineteen digits.
        match self.exponent {
            -400..=400 => self.round(magnitude),
            ..-400 => 0.0,
            _ => f64::INFINITY,
        }
    }

    fn round(&self, magnitude: u64) -> f64 {
        let shift = self.significand.leading_zeros();
        let mut bits = self.significand.wrapping_shl(shift);
        // 10^n = 5^n · 2^n
        let mut power = (self.exponent as i32).wrapping_sub(shift as i32);
        let [positive, negative] = &POWERS;
        for (index, (factor, exponent)) in (if self.exponent < 0 { negative } else { positive }).iter().enumerate() {
            if magnitude >> index & 1 == 1 {
                // Both have their highest bit, so the product's is one of the two highest.
                let product = (u128::from(bits).wrapping_mul(u128::from(*factor)) >> 64) as u64;
                let normal = product.leading_zeros();
                bits = product.wrapping_shl(normal);
                power = power.wrapping_add(*exponent).wrapping_add(64).wrapping_sub(normal as i32);
            }
        }
        // The number is bits · 2^power. A double has 53 bits, none of them worth less than 2^-1074.
        let dropped = (-1074i32).wrapping_sub(power).max(11);
        if dropped > 65 {
            return 0.0;
        }
        let wide = u128::from(bits);
        let kept = (wide >> dropped) as u64;
        let rest = wide.wrapping_sub(u128::from(kept) << dropped);
        let half = 1u128 << dropped.wrapping_sub(1);
        let power = power.wrapping_add(dropped);
        let side =
            if rest.abs_diff(half) > TOLERANCE { rest.cmp(&half) } else { self.compare_to_midpoint(kept, power) };
        let up = match side {
            Ordering::Less => 0,
            Ordering::Equal => kept & 1,
            Ordering::Greater => 1,
        };
        // A carry out of the 53 bits moves into the exponent, and from the largest number to infinity. A number
        // without its 53rd bit is subnormal, and has the exponent field of the smallest ones less one.
        let exponent = power.wrapping_add(1074).clamp(0, 2046) as u64;
        f64::from_bits((exponent << 52).wrapping_add(kept).wrapping_add(up).min(f64::INFINITY.to_bits()))
    }

    /// Compares with (kept + ½) · 2^power, exactly.
    #[cold]
    fn compare_to_midpoint(&self, kept: u64, power: i32) -> Ordering {
        let mut own = Natural(Vec::new());
        let mut midpoint = Natural(Vec::new());
        let mut significant = self.integer.iter().chain(self.fraction).skip_while(|digit| **digit == b'0');
        for digit in significant.by_ref().take(MAX_DIGITS) {
            own.multiply_add(10, u32::from(digit.wrapping_sub(b'0')));
        }
        // The digits end where the text's do, less those left out; one more stands for all of them.
        let (left_out, follows) = significant
            .fold((0i64, false), |(count, follows), digit| (count.wrapping_add(1), follows || *digit != b'0'));
        let mut ten = self.stated.wrapping_sub(self.fraction.len() as i64).wrapping_add(left_out);
        if follows {
            own.multiply_add(10, 1);
            ten = ten.wrapping_sub(1);
        }
        let (high, low) = ((kept >> 31) as u32, (kept << 1 | 1) as u32);
        midpoint.multiply_add(0, high);
        midpoint.multiply_by_power_of_two(32);
        midpoint.multiply_add(1, low);
        let fives = if ten < 0 { &mut midpoint } else { &mut own };
        fives.multiply_by_power_of_five(ten.unsigned_abs());
        let twos = ten.wrapping_sub(i64::from(power).wrapping_sub(1));
        let shifted = if twos < 0 { &mut midpoint } else { &mut own };
        shifted.multiply_by_power_of_two(twos.unsigned_abs());
        own.compare(&midpoint)
    }
}

/// `e`, sign, digits; or nothing. Far beyond what a text can have digits for, one exponent is as good as another.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [] => return Some(0),
        [b'e' | b'E', b'-', digits @ ..] => (true, digits),
        [b'e' | b'E', b'+', digits @ ..] | [b'e' | b'E', digits @ ..] => (false, digits),
        _ => return None,
    };
    let (digits, []) = split_digits(digits) else { return None };
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0'))).min(1 << 60)
    });
    Some(if negative { value.wrapping_neg() } else { value })
}

/// A natural number, least significant word first, without leading zeros.
struct Natural(Vec<u32>);

impl Natural {
    fn multiply_add(&mut self, factor: u32, mut carry: u32) {
        for word in &mut self.0 {
            // (2^32 − 1)² + 2^32 − 1 is below 2^64.
            let product = u64::from(*word).wrapping_mul(u64::from(factor)).wrapping_add(u64::from(carry));
            *word = product as u32;
            carry = (product >> 32) as u32;
        }
        if carry != 0 {
            self.0.push(carry);
        }
    }

    fn multiply_by_power_of_five(&mut self, exponent: u64) {
        // 5^13 is below 2^32.
        for _ in 0..exponent / 13 {
            self.multiply_add(1_220_703_125, 0);
        }
        for _ in 0..exponent % 13 {
            self.multiply_add(5, 0);
        }
    }

    fn multiply_by_power_of_two(&mut self, exponent: u64) {
        self.multiply_add(1 << (exponent % 32), 0);
        if !self.0.is_empty() {
            let mut words = vec![0; (exponent / 32) as usize];
            words.append(&mut self.0);
            self.0 = words;
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// Splits off the leading digits.
pub(super) fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn read(text: &str) -> Option<u64> {
        Decimal::parse(text.as_bytes()).map(|decimal| decimal.to_f64().to_bits())
    }

    fn check(text: &str) {
        assert_eq!(read(text), text.parse().ok().map(f64::to_bits), "{text}");
    }

    /// Numbers without a pattern (splitmix64).
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    #[test]
    fn edges_are_those_of_the_standard_library() {
        for text in [
            "0.0",
            "0e5",
            "0.000e-99999999999999999999",
            "1e-99999999999999999999",
            "1e99999999999999999999",
            "1e22",
            "1e23",
            "9007199254740993.0",
            "9007199254740992.5",
            "9007199254740993.0000000000000000000001",
            "5e-324",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            // Around half of the least double, where 64 bits cannot tell the side.
            "2.4703282292062327208e-324",
            "2.4703282292062327209e-324",
            "2.5e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "17976931348623158e292",
            "1e308",
            "1e309",
            "123456789012345678901234567890.0",
            "1.",
            ".5",
            "9.e1",
            "1e+0",
            "1E-0",
            "0.1e1",
            "6.0221407600000000000000000001e23",
            "7.3177701707893310e+15",
            "1.0e-400",
            "184467440737095516.15",
        ] {
            check(text);
        }
        for text in ["", ".", "e5", ".e5", "1e", "1e+", "1e5.", "1.5.5", "1-2", "+1", "1e5e5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn random_literals_are_rounded_as_the_standard_library_does() {
        let mut state = 1;
        let mut next = || random(&mut state);
        for _ in 0..30_000 {
            let (digits, places) = (next() >> (next() % 64), next() % 700);
            check(&format!("{digits}e{}", i64::try_from(places).unwrap() - 350));
            check(&format!("{}.{digits}e-{}", next() % 1000, next() % 30));
            check(&format!("{:e}", f64::from_bits(next() >> 1 & 0x7fdf_ffff_ffff_ffff)));
        }
    }

    /// The decimal expansion of a double, or of a midpoint, in full: a whole number of halves of the smallest one.
    fn expansion(kept: u64, half: bool, power: i32) -> String {
        let mut digits = Natural(Vec::new());
        let doubled = kept << 1 | u64::from(half);
        digits.multiply_add(0, (doubled >> 32) as u32);
        digits.multiply_by_power_of_two(32);
        digits.multiply_add(1, doubled as u32);
        let power = i64::from(power) - 1;
        // n · 2^-p = n · 5^p · 10^-p
        if power < 0 {
            digits.multiply_by_power_of_five(power.unsigned_abs());
        } else {
            digits.multiply_by_power_of_two(power.unsigned_abs());
        }
        let mut text = Vec::new();
        while digits.0.iter().any(|word| *word != 0) {
            let mut rest = 0u64;
            for word in digits.0.iter_mut().rev() {
                let value = rest << 32 | u64::from(*word);
                *word = (value / 10) as u32;
                rest = value % 10;
            }
            text.push(b'0' + u8::try_from(rest).unwrap());
        }
        text.reverse();
        format!("{}e{}", String::from_utf8(text).unwrap(), power.min(0))
    }

    #[test]
    fn midpoints_go_to_the_even_neighbour_and_their_neighbours_to_the_nearer_one() {
        let mut state = 2;
        for round in 0..1_000 {
            let kept = (random(&mut state) >> 11) | u64::from(round % 3 == 0) << 52;
            let power = i32::try_from(random(&mut state) % 2046).unwrap() - 1074;
            let kept = if power > -1074 { kept | 1 << 52 } else { kept };
            for half in [false, true] {
                let exact = expansion(kept, half, power);
                check(&exact);
                let (digits, exponent) = exact.split_once('e').unwrap();
                check(&format!("{digits}.{}1e{exponent}", "0".repeat(round % 900)));
                check(&format!("{digits}.0e{exponent}"));
                let mut below = digits.as_bytes().to_vec();
                if let Some(last) = below.last_mut().filter(|last| **last != b'0') {
                    *last -= 1;
                    check(&format!("{}{}e{exponent}", String::from_utf8(below).unwrap(), ".9"));
                }
            }
        }
    }
}
