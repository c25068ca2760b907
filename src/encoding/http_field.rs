//! Header fields of HTTP caching (RFC 9111).

/// The freshness lifetime that `Cache-Control` gives a response to a private cache, in seconds (RFC 9111 §5.2.2). `None`: it
/// gives none. What forbids to reuse the response, and what cannot be read, gives 0 (§4.2.1).
pub(crate) fn freshness_lifetime(cache_control: &str) -> Option<u64> {
    let mut lifetime = None;
    for directive in Directives(cache_control) {
        let (name, value) = directive.split_once('=').map_or((directive, None), |(name, value)| (name, Some(value)));
        let seconds = if name.trim().eq_ignore_ascii_case("max-age") {
            value.and_then(delta_seconds).unwrap_or(0)
        } else if ["no-store", "no-cache"].iter().any(|forbids| name.trim().eq_ignore_ascii_case(forbids)) {
            0
        } else {
            continue;
        };
        // Of several the shortest.
        lifetime = Some(lifetime.map_or(seconds, |other: u64| other.min(seconds)));
    }
    lifetime
}

/// The number of seconds in `Age`, or in a directive, with quotation marks or without (RFC 9111 §1.2.2).
pub(crate) fn delta_seconds(value: &str) -> Option<u64> {
    let value = value.trim_matches([' ', '\t']);
    let digits = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // More than there is room for is as good as for ever.
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Whether a text is an entity tag that can be sent back as it came (RFC 9110 §8.8.3).
pub(crate) fn is_entity_tag(text: &str) -> bool {
    let inside = opaque(text).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= MAX_ENTITY_TAG && inside.is_some_and(|tag| tag.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x7e)))
}

/// An entity tag without the mark of a weak one: by weak comparison, which is that of `If-None-Match` (RFC 9110 §13.1.2).
pub(crate) fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

const MAX_ENTITY_TAG: usize = 256;

/// The directives between commas, a comma in quotation marks being part of one.
struct Directives<'a>(&'a str);

impl<'a> Iterator for Directives<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let (mut quoted, mut escaped) = (false, false);
        let end = self.0.find(|letter| {
            let is_end = letter == ',' && !quoted;
            quoted ^= letter == '"' && !escaped;
            escaped = letter == '\\' && quoted && !escaped;
            is_end
        });
        let (directive, rest) = end.and_then(|end| self.0.split_at_checked(end)).unwrap_or((self.0, ""));
        self.0 = rest.strip_prefix(',').unwrap_or_default();
        Some(directive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_is_that_of_max_age() {
        for (field, lifetime) in [
            ("max-age=600", Some(600)),
            ("public, MAX-AGE=0600 , immutable", Some(600)),
            ("max-age=\"600\"", Some(600)),
            ("s-maxage=5, max-age=600", Some(600)),
            ("max-age=600, max-age=30", Some(30)),
            ("max-age=99999999999999999999999", Some(u64::MAX)),
            ("no-store", Some(0)),
            ("max-age=600, no-cache", Some(0)),
            ("max-age=600, no-cache=\"set-cookie, x\"", Some(0)),
            ("private=\"max-age=1, x\", max-age=600", Some(600)),
            ("x=\"a\\\",max-age=1\", max-age=600", Some(600)),
            ("x=\"never ends, max-age=1", None),
            ("max-age", Some(0)),
            ("max-age=", Some(0)),
            ("max-age=-1", Some(0)),
            ("max-age=1.5", Some(0)),
            ("max-age=1e3", Some(0)),
            ("max-age=\u{661}", Some(0)),
            ("max-age =600", Some(600)),
            ("xmax-age=600", None),
            ("public", None),
            ("", None),
            (",,,", None),
        ] {
            assert_eq!(freshness_lifetime(field), lifetime, "{field}");
        }
        assert_eq!([" 7 ", "x", "", "7 8", "\"7"].map(delta_seconds), [Some(7), None, None, None, None]);
    }

    #[test]
    fn an_entity_tag_is_sent_back_if_it_is_one() {
        for tag in ["\"\"", "\"abc\"", "W/\"abc\"", "\"a,b;c=d\""] {
            assert!(is_entity_tag(tag), "{tag}");
        }
        for tag in ["", "abc", "\"", "w/\"a\"", "\"a\"b\"", "\"a\r\nX: y\"", "\"\u{e9}\"", "\"a b\"", "W/"] {
            assert!(!is_entity_tag(tag), "{tag}");
        }
        assert!(!is_entity_tag(&["\"", &"x".repeat(255), "\""].concat()));
    }
}
