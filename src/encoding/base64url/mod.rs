//! Base64url without padding (RFC 4648 §5, RFC 7515 §2), where every byte string has one text.

use alloc::string::String;
use alloc::vec::Vec;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Marks the bytes outside the alphabet. It has bits above the six of a digit, so that one `|` over
/// several digits shows whether any of them was bad.
const BAD: u8 = 0xff;

const DIGITS: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut digit = 0;
    while digit < 64 {
        #[allow(
            clippy::indexing_slicing,
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "evaluated by the compiler"
        )]
        {
            table[ALPHABET[digit] as usize] = digit as u8;
        }
        digit += 1;
    }
    table
};

/// The text is not canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCanonical;

/// Whether the byte is one of the 64 characters.
pub(crate) fn is_digit(byte: u8) -> bool {
    digit(byte) != BAD
}

fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(BAD)
}

/// Decodes a text.
///
/// # Errors
/// `NotCanonical` for padding, other alphabets, white space and non-zero trailing bits.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, NotCanonical> {
    let (groups, rest) = text.as_chunks::<4>();
    // Room for what the rest adds, too.
    let mut bytes = Vec::with_capacity(groups.len().saturating_add(1).saturating_mul(3));
    bytes.resize(groups.len().saturating_mul(3), 0);
    let mut seen = 0u8;
    let (places, _) = bytes.as_chunks_mut::<3>();
    for (&[a, b, c, d], place) in groups.iter().zip(places) {
        let [a, b, c, d] = [digit(a), digit(b), digit(c), digit(d)];
        seen |= a | b | c | d;
        *place = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    match *rest {
        [] => {}
        [a, b] => {
            let [a, b] = [digit(a), digit(b)];
            seen |= a | b;
            if b & 0b1111 != 0 {
                return Err(NotCanonical);
            }
            bytes.push(a << 2 | b >> 4);
        }
        [a, b, c] => {
            let [a, b, c] = [digit(a), digit(b), digit(c)];
            seen |= a | b | c;
            if c & 0b11 != 0 {
                return Err(NotCanonical);
            }
            bytes.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2]);
        }
        _ => return Err(NotCanonical),
    }
    if seen > 63 { Err(NotCanonical) } else { Ok(bytes) }
}

/// Encodes bytes without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    let mut push = |digit: u8| {
        text.push(char::from(ALPHABET.get(usize::from(digit & 63)).copied().unwrap_or(b'A')));
    };
    for chunk in bytes.chunks(3) {
        match *chunk {
            [a, b, c] => {
                push(a >> 2);
                push(a << 4 | b >> 4);
                push(b << 2 | c >> 6);
                push(c);
            }
            [a, b] => {
                push(a >> 2);
                push(a << 4 | b >> 4);
                push(b << 2);
            }
            [a] => {
                push(a >> 2);
                push(a << 4);
            }
            _ => {}
        }
    }
    text
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_pair_survives_the_round_trip() {
        for high in 0..=255u8 {
            for low in 0..=255u8 {
                for bytes in [&[high][..], &[high, low], &[high, low, high ^ low], &[low, high, low, high]] {
                    assert_eq!(decode(encode(bytes).as_bytes()).as_deref(), Ok(bytes));
                }
            }
        }
    }

    #[test]
    fn each_byte_string_has_one_text() {
        // All two- and three-character texts over all bytes that could be characters.
        let mut accepted = 0;
        for a in 0..=255u8 {
            for b in 0..=255u8 {
                let text = [a, b];
                if let Ok(bytes) = decode(&text) {
                    accepted += 1;
                    assert_eq!(encode(&bytes).as_bytes(), text);
                }
            }
        }
        assert_eq!(accepted, 256);
    }

    #[test]
    fn refuses_what_is_not_base64url() {
        for text in ["A", "AAAAA", "AA==", "AAA=", "AA+A", "AA/A", "AA A", "AAA\n", "\u{feff}AAA", "AB", "AAB"] {
            assert_eq!(decode(text.as_bytes()), Err(NotCanonical), "{text:?}");
        }
        assert_eq!(decode(b"").as_deref(), Ok(&[][..]));
    }
}
