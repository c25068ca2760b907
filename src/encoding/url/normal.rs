//! One spelling for the URIs that are the same by RFC 3986 §6.2.2 and §6.2.3.

use alloc::string::String;
use alloc::vec::Vec;

/// An http or https URI in its normal form, without query and fragment. None for what is no such URI.
///
/// Bytes, and not text: the methods of `str` take three times the room in the artifact.
pub(crate) fn http_uri(uri: &str) -> Option<String> {
    let uri = uri.as_bytes();
    if !uri.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let end = uri.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(uri.len());
    let uri = uri.get(..end)?;
    let begins_with = |scheme: &[u8]| uri.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    let (scheme, default_port): (&[u8], &[u8]) = if begins_with(b"https://") {
        (b"https://", b":443")
    } else if begins_with(b"http://") {
        (b"http://", b":80")
    } else {
        return None;
    };
    let rest = uri.get(scheme.len()..)?;
    let (authority, path) = rest.split_at_checked(rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len()))?;
    if authority.is_empty() || authority.iter().any(|byte| matches!(byte, b'@' | b'\\')) {
        return None;
    }
    let host = authority.strip_suffix(default_port).or(authority.strip_suffix(b":")).unwrap_or(authority);
    let mut normal = Vec::with_capacity(uri.len().saturating_add(1));
    normal.extend_from_slice(scheme);
    normal.extend_from_slice(host);
    normal.make_ascii_lowercase();
    push_path(&mut normal, path.strip_prefix(b"/").unwrap_or(path))?;
    String::from_utf8(normal).ok()
}

/// What follows the authority of an absolute URI; what is no absolute URI as it is.
pub(crate) fn path_and_query(uri: &str) -> &str {
    let is_scheme = |scheme: &str| !scheme.bytes().any(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let after_scheme = uri.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
    let Some(rest) = after_scheme.and_then(|(_, rest)| rest.strip_prefix("//")) else { return uri };
    let begin = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    begin.and_then(|begin| rest.get(begin..)).unwrap_or_default()
}

/// Adds a path, without `.` and `..` (RFC 3986 §5.2.4). None if it has an escape that is none.
fn push_path(normal: &mut Vec<u8>, path: &[u8]) -> Option<()> {
    let root = normal.len();
    let mut is_folder = false;
    for segment in path.split(|&byte| byte == b'/') {
        let begin = normal.len();
        normal.push(b'/');
        push_segment(normal, segment)?;
        let dots = match normal.get(begin..)? {
            b"/." => 1,
            b"/.." => 2,
            _ => 0,
        };
        is_folder = dots > 0;
        if dots > 0 {
            normal.truncate(begin);
        }
        if dots == 2 {
            let parent = normal.get(root..)?.iter().rposition(|&byte| byte == b'/').unwrap_or_default();
            normal.truncate(root.saturating_add(parent));
        }
    }
    if is_folder {
        normal.push(b'/');
    }
    Some(())
}

/// Adds a segment: the escapes of unreserved characters decoded, the others in capitals. None if an escape is none.
fn push_segment(normal: &mut Vec<u8>, segment: &[u8]) -> Option<()> {
    let mut rest = segment.iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            normal.push(byte);
            continue;
        }
        let digits = [*rest.next()?, *rest.next()?];
        let byte = hexadecimal(digits[0])? << 4 | hexadecimal(digits[1])?;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            normal.push(byte);
        } else {
            normal.push(b'%');
            normal.extend_from_slice(&digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    Some(())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => digit.checked_sub(b'0'),
        b'a'..=b'f' => digit.checked_sub(b'a' - 10),
        b'A'..=b'F' => digit.checked_sub(b'A' - 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_uris_have_one_normal_form() {
        for (uri, normal) in [
            ("https://api.example", "https://api.example/"),
            ("HTTPS://API.example:443/a", "https://api.example/a"),
            ("http://api.example:80", "http://api.example/"),
            ("http://api.example:443/", "http://api.example:443/"),
            ("https://api.example:/a", "https://api.example/a"),
            ("https://[::1]:8443/a", "https://[::1]:8443/a"),
            ("https://api.example/a?b#c", "https://api.example/a"),
            ("https://api.example?b", "https://api.example/"),
            ("https://api.example#/a", "https://api.example/"),
            ("https://api.example/%7euser/%2f/%2F", "https://api.example/~user/%2F/%2F"),
            ("https://api.example/a/./b/../c", "https://api.example/a/c"),
            ("https://api.example/a/b/..", "https://api.example/a/"),
            ("https://api.example/%2e%2E/a/.", "https://api.example/a/"),
            ("https://api.example/../..", "https://api.example/"),
            ("https://api.example/a//b/", "https://api.example/a//b/"),
        ] {
            assert_eq!(http_uri(uri).as_deref(), Some(normal), "{uri}");
            assert_eq!(http_uri(normal).as_deref(), Some(normal), "{uri}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        let uris = [
            "https://api.example/a",
            "http://api.example/a",
            "https://api.example/A",
            "https://api.example/a/",
            "https://api.example:8443/a",
            "https://api.example./a",
            "https://api.example/a%2Fb",
            "https://api.example/a/b",
        ];
        let normal: alloc::collections::BTreeSet<_> = uris.iter().map(|uri| http_uri(uri).unwrap()).collect();
        assert_eq!(normal.len(), uris.len());
    }

    #[test]
    fn other_texts_have_none() {
        for uri in [
            "",
            "/a",
            "api.example/a",
            "ftp://api.example/",
            "https:///a",
            "https://a@api.example/",
            "https://api.example\\@evil.example/",
            "https://api.example/%",
            "https://api.example/%2",
            "https://api.example/%+1",
            "https://api.example/%zz",
            "https://api.example/ ",
            "https://api.example/ä",
            "https://api.example/%é",
        ] {
            assert_eq!(http_uri(uri), None, "{uri}");
        }
    }

    #[test]
    fn the_path_of_a_request() {
        for (uri, path) in [
            ("https://api.example/a?b", "/a?b"),
            ("https://api.example", ""),
            ("https://api.example?b", "?b"),
            ("/a?u=https://evil.example/", "/a?u=https://evil.example/"),
            ("/https://evil.example/x", "/https://evil.example/x"),
        ] {
            assert_eq!(path_and_query(uri), path, "{uri}");
        }
    }
}
