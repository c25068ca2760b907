//! Where a user is sent after a sign-in, which a link may say: a place of this application, and nothing else (CWE-601).

use crate::session::site::Site;

const MAX_LENGTH: usize = 2048;

/// The path and query that a user may be sent to, of what a request asks for. `None`: it is another site's, or a browser
/// might take it for that.
///
/// A target is a path that begins with one slash, or an address of the very same origin. It is of printable ASCII, without
/// a backslash, which browsers read as a slash, and at most 2,048 bytes long.
///
/// # Example
/// ```
/// use countersign::session::{Site, return_to};
///
/// let site = Site::new("https://app.example")?;
/// assert_eq!(return_to("/notes?page=2", &site), Some("/notes?page=2"));
/// assert_eq!(return_to("https://app.example/notes", &site), Some("/notes"));
/// assert_eq!(return_to("//evil.example", &site), None);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
pub fn return_to<'a>(target: &'a str, site: &Site) -> Option<&'a str> {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>');
    if target.len() > MAX_LENGTH || !target.bytes().all(is_allowed) {
        return None;
    }
    let path = if target.starts_with('/') { target } else { target.strip_prefix(site.origin())? };
    let second = path.strip_prefix('/')?;
    (!second.starts_with('/')).then_some(path)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn a_target_is_a_place_of_this_application() {
        let site = Site::new("https://app.example").unwrap();
        for (target, path) in [
            ("/", "/"),
            ("/a/b?c=d&e=https://x.example/#f", "/a/b?c=d&e=https://x.example/#f"),
            ("/a//b", "/a//b"),
            ("/@evil.example", "/@evil.example"),
            ("/%2f%2fevil.example", "/%2f%2fevil.example"),
            ("https://app.example/", "/"),
            ("https://app.example/a", "/a"),
        ] {
            assert_eq!(return_to(target, &site), Some(path));
        }
        for target in [
            "",
            "a",
            "?a",
            "#a",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/\r\nSet-Cookie: a=b",
            "https:evil.example",
            "https:/evil.example",
            "https://evil.example/",
            "https://app.example",
            "https://app.example.evil.example/",
            "https://app.example@evil.example/",
            "https://app.example:443/",
            "https://app.example//evil.example",
            "https://app.example\\@evil.example/",
            "HTTPS://app.example/",
            "http://app.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\u{2028}",
            "/\u{ff0f}evil.example",
            "/\0",
        ] {
            assert_eq!(return_to(target, &site), None, "{target:?}");
        }
        assert!(return_to(&["/", &"a".repeat(2_047)].concat(), &site).is_some());
        assert!(return_to(&["/", &"a".repeat(2_048)].concat(), &site).is_none());
    }

    #[test]
    fn a_browser_stays_where_a_target_leads() {
        let site = Site::new("https://app.example").unwrap();
        let base = url::Url::parse("https://app.example/login").unwrap();
        let pieces =
            ["/", "\\", ".", "..", "@", ":", "?", "#", "%2f", "%5c", "\t", "\n", " ", "evil.example", "https:", "a"];
        let mut accepted = 0;
        let mut random = Random::new(7);
        for _ in 0..200_000 {
            let length = 1 + random.below(7);
            let target = (0..length).map(|_| random.pick(&pieces)).collect::<String>();
            for target in [target.clone(), ["https://app.example", target.as_str()].concat()] {
                let Some(path) = return_to(&target, &site) else { continue };
                accepted += 1;
                let url = base.join(path).unwrap();
                assert_eq!(url.origin(), base.origin(), "{target:?}");
            }
        }
        assert!(accepted > 1_000, "{accepted}");
    }
}
