//! One spelling for the URIs that are the same by RFC 3986 §6.2.2 and §6.2.3.

use alloc::string::String;
use alloc::vec::Vec;

/// An http or https URI in its normal form, without query and fragment. None for what is no such URI.
pub(crate) fn http_uri(uri: &str) -> Option<String> {
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let (scheme, rest) = uri.get(..end)?.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    if authority.is_empty() || authority.contains(['@', '\\']) {
        return None;
    }
    let authority = authority.to_ascii_lowercase();
    let host = authority.strip_suffix(default_port).or(authority.strip_suffix(':')).unwrap_or(&authority);
    let path = without_dots(&with_plain_escapes(path)?);
    Some([&scheme, "://", host, "/", &path].concat())
}

/// What follows the authority of an absolute URI; what is no absolute URI as it is.
pub(crate) fn path_and_query(uri: &str) -> &str {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri };
    if scheme.contains(['/', '?', '#']) {
        return uri;
    }
    rest.find(['/', '?', '#']).and_then(|begin| rest.get(begin..)).unwrap_or_default()
}

/// Decodes the escapes of unreserved characters, and writes the others in capitals.
fn with_plain_escapes(path: &str) -> Option<String> {
    let mut pieces = path.split('%');
    let mut plain = String::from(pieces.next()?);
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        // `from_str_radix` takes a sign.
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            plain.push(char::from(byte));
        } else {
            plain.push('%');
            plain.push_str(&digits.to_ascii_uppercase());
        }
        plain.push_str(rest);
    }
    Some(plain)
}

/// Takes `.` and `..` out of a path (RFC 3986 §5.2.4), and the slash that it begins with.
fn without_dots(path: &str) -> String {
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in segments {
        ends_in_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    if ends_in_folder && !kept.is_empty() {
        kept.push("");
    }
    kept.join("/")
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
