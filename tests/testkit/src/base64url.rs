//! Base64, written without regard to the core's, so that one can find the other's mistakes.

const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The 64 characters.
pub const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    let (mut text, mut bits, mut count) = (String::new(), 0u32, 0);
    for &byte in bytes.as_ref() {
        bits = bits << 8 | u32::from(byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            text.push(char::from(URL[(bits >> count & 63) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(URL[(bits << (6 - count) & 63) as usize]));
    }
    text
}

/// Base64 with the alphabet and padding of RFC 4648 §4.
pub fn encode_standard(bytes: impl AsRef<[u8]>) -> String {
    let mut text = encode(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Decodes what [`encode`] wrote.
///
/// # Panics
/// On any other character.
pub fn decode(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for character in text.bytes() {
        let digit = URL.iter().position(|&own| own == character).expect("a character of base64url");
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// Same text but for the last character, which stands for the same bytes in a lax decoder. None where the
/// last character has no spare bits.
pub fn with_spare_bits(text: &str) -> Option<String> {
    if text.len().is_multiple_of(4) {
        return None;
    }
    let (rest, last) = text.split_at(text.len() - 1);
    let digit = URL.iter().position(|&own| own == last.as_bytes()[0])?;
    Some(format!("{rest}{}", char::from(URL[digit ^ 1])))
}
