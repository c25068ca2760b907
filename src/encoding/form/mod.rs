//! `application/x-www-form-urlencoded`: queries and token requests.

use alloc::string::String;
use alloc::vec::Vec;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends `name=value`, with `&` before it unless the form is still empty.
pub(crate) fn append(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    escape(form, name);
    form.push('=');
    escape(form, value);
}

/// Escapes all but the unreserved characters (RFC 3986 §2.3). A space becomes `%20`, which reads the
/// same in a query and in a form.
pub(crate) fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 0x0f] {
                out.push(char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0')));
            }
        }
    }
}

/// The text is not well-formed form encoding of UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotForm;

/// The name-value pairs, in order.
pub(crate) fn parse(form: &str) -> Result<Vec<(String, String)>, NotForm> {
    form.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((unescape(name)?, unescape(value)?))
        })
        .collect()
}

fn unescape(text: &str) -> Result<String, NotForm> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(NotForm),
            },
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| NotForm)
}

fn hex(digit: Option<u8>) -> Option<u8> {
    char::from(digit?).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_survives_the_round_trip() {
        let mut form = String::new();
        append(&mut form, "scope", "openid profile&=+%");
        append(&mut form, "näme", "日本\0");
        assert_eq!(form, "scope=openid%20profile%26%3D%2B%25&n%C3%A4me=%E6%97%A5%E6%9C%AC%00");
        assert_eq!(
            parse(&form),
            Ok(alloc::vec![("scope".into(), "openid profile&=+%".into()), ("näme".into(), "日本\0".into())])
        );
    }

    #[test]
    fn reads_what_servers_send() {
        assert_eq!(
            parse("a=b+c&d&&e="),
            Ok(alloc::vec![("a".into(), "b c".into()), ("d".into(), String::new()), ("e".into(), String::new())])
        );
    }

    #[test]
    fn refuses_broken_escapes_and_broken_utf8() {
        for form in ["a=%", "a=%4", "a=%zz", "%ff=1", "a=%c3%28", "a=%+1"] {
            assert_eq!(parse(form), Err(NotForm), "{form}");
        }
    }
}
