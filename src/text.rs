//! Searches in texts, and numbers as texts, each by one short function: with the searchers and the formatter of `core` the wasm
//! artifacts would be larger by 2 KB, compressed.

use alloc::string::String;

/// Where a text has another one first, which is not empty.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|window| window == part.as_bytes())
}

/// Whether a text has another one, which is not empty.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// What a text has before and after another one, which is not empty.
pub(crate) fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = text.split_at_checked(find(text, part)?)?;
    Some((before, rest.strip_prefix(part)?))
}

/// A number in decimal digits.
pub(crate) fn decimal(mut number: u64) -> String {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b"0123456789".get(usize::try_from(number % 10).unwrap_or(0)).copied().unwrap_or(b'0');
        number /= 10;
        first = place;
        if number == 0 {
            break;
        }
    }
    digits.get(first..).unwrap_or_default().iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use alloc::vec::Vec;

    #[test]
    fn searches_find_what_those_of_core_find() {
        // Every text of up to six of these letters, and every part of up to three.
        let texts = |length: u32| -> Vec<String> {
            let letters = ['a', 'b', '\u{e4}'];
            let of = |length: u32| {
                (0..3_usize.pow(length)).map(move |number| {
                    (0..length).map(|place| letters[number / 3_usize.pow(place) % 3]).collect::<String>()
                })
            };
            (0..=length).flat_map(of).collect()
        };
        for text in texts(6) {
            for part in texts(3).iter().skip(1) {
                assert_eq!(find(&text, part), text.find(part.as_str()), "{text} {part}");
                assert_eq!(contains(&text, part), text.contains(part.as_str()), "{text} {part}");
                assert_eq!(split_once(&text, part), text.split_once(part.as_str()), "{text} {part}");
            }
        }
    }

    #[test]
    fn decimals_are_those_of_core() {
        let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
        let near = powers.flat_map(|power| [power - 1, power, power + 1, power.wrapping_mul(7)]);
        for number in near.chain(0..2000).chain([u64::MAX, u64::MAX - 1]) {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
