//! The few URLs that the protocols name: absolute, https (or http on loopback), printable ASCII.

pub(crate) mod normal;

use alloc::string::String;

use crate::text::split_once;

/// The parts of an accepted URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HttpUrl<'a> {
    /// `scheme://host[:port]`
    pub(crate) origin: &'a str,
    /// Empty, or begins with `/`
    pub(crate) path: &'a str,
    /// What follows `?`
    pub(crate) query: Option<&'a str>,
    /// Whether the scheme is http, which is for loopback and for hosts that were allowed by name
    pub(crate) insecure: bool,
    /// Whether the host is on loopback, where a document may name addresses with http
    pub(crate) loopback: bool,
}

impl<'a> HttpUrl<'a> {
    /// Parses `https://…`, or `http://…` to a loopback address. A fragment or user information makes it unacceptable,
    /// and so does whatever the URL standard would make another address of, or write in another way. But for these: it
    /// may leave out the path and name the scheme's own port, a host counts in either case, and an IPv6 address in any of
    /// its spellings.
    pub(crate) fn parse(url: &'a str) -> Option<Self> {
        Self::parse_allowing(url, &[])
    }

    /// [`HttpUrl::parse`], with http to these hosts too: `host` for any port, `host:port` for that one.
    pub(crate) fn parse_allowing(url: &'a str, insecure_hosts: &[String]) -> Option<Self> {
        let allowed = |byte: u8| {
            byte.is_ascii_graphic()
                && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'#')
        };
        if !url.bytes().all(allowed) {
            return None;
        }
        let (insecure, rest) = match url.strip_prefix("https://") {
            Some(rest) => (false, rest),
            None => (true, url.strip_prefix("http://")?),
        };
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(authority_end)?;
        let host = host_of(authority)?;
        let allowed = || insecure_hosts.iter().any(|own| own == host || own == authority);
        let loopback = is_loopback(host);
        if insecure && !loopback && !allowed() {
            return None;
        }
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (tail, None),
        };
        // What fetching would rewrite is another URL than the one that was compared.
        if path.split('/').any(is_dots) || query.is_some_and(|query| query.contains('\'')) {
            return None;
        }
        let origin = url.get(..url.len().checked_sub(tail.len())?)?;
        Some(Self { origin, path, query, insecure, loopback })
    }

    /// The origin as browsers write it: in small letters, without the scheme's own port.
    pub(crate) fn serialized_origin(&self) -> String {
        let port = if self.origin.starts_with("https:") { ":443" } else { ":80" };
        self.origin.strip_suffix(port).unwrap_or(self.origin).to_ascii_lowercase()
    }

    /// The well-known URL with the suffix between host and path (RFC 8414 §3).
    pub(crate) fn well_known_before_path(&self, name: &str) -> String {
        [self.origin, "/.well-known/", name, self.path.trim_end_matches('/')].concat()
    }

    /// The well-known URL with the suffix after the path (OpenID Connect Discovery §4).
    pub(crate) fn well_known_after_path(&self, name: &str) -> String {
        [self.origin, self.path.trim_end_matches('/'), "/.well-known/", name].concat()
    }
}

/// The address with more parameters after those that it has.
pub(crate) fn append_query(url: &str, query: &str) -> String {
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    [url, separator, query].concat()
}

/// The scheme of an absolute URI and what follows its colon (RFC 3986 §3.1). None for a text without one.
pub(crate) fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    (scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(letter))
        .then_some((scheme, rest))
}

/// Whether a text is a host, or a host and a port.
pub(crate) fn is_authority(text: &str) -> bool {
    host_of(text).is_some()
}

/// The host of a valid authority.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = split_port(authority)?;
    let valid = valid_host(host) && port.is_none_or(is_port);
    valid.then_some(host)
}

/// Whether a segment stands for this folder or the one above, however its dots are written.
fn is_dots(segment: &str) -> bool {
    let mut rest = segment.as_bytes();
    let mut dots = 0usize;
    while let [b'.', after @ ..] | [b'%', b'2', b'e' | b'E', after @ ..] = rest {
        dots = dots.saturating_add(1);
        rest = after;
    }
    rest.is_empty() && matches!(dots, 1 | 2)
}

fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if authority.starts_with('[') {
        let end = authority.find(']')?.checked_add(1)?;
        let (host, rest) = authority.split_at_checked(end)?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None if rest.is_empty() => Some((host, None)),
            None => None,
        };
    }
    Some(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

fn valid_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return is_ipv6(inside);
    }
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        && (!ends_in_a_number(host) || is_ipv4(host))
}

/// Whether it is an IPv4 address of four decimal numbers (RFC 3986 §3.2.2). The parsers of `core` are ten times as large.
fn is_ipv4(host: &str) -> bool {
    let is_octet = |part: &str| {
        let digits = part.bytes().all(|digit| digit.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0')) && part.parse::<u8>().is_ok()
    };
    host.split('.').count() == 4 && host.split('.').all(is_octet)
}

/// Whether it is an IPv6 address (RFC 4291 §2.2): eight groups, or fewer and `::` once.
fn is_ipv6(host: &str) -> bool {
    match split_once(host, "::") {
        None => groups(host, true) == Some(8),
        Some((before, after)) => {
            let (before, after) = (groups(before, false), groups(after, true));
            before.zip(after).is_some_and(|(before, after)| before.saturating_add(after) < 8)
        }
    }
}

/// The number of groups of 16 bits between colons. The last two may be an IPv4 address, where the address ends.
fn groups(text: &str, is_end: bool) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let is_group = |group: &str| matches!(group.len(), 1..=4) && group.bytes().all(|digit| digit.is_ascii_hexdigit());
    let (others, last) = text.rsplit_once(':').map_or((None, text), |(others, last)| (Some(others), last));
    let in_last = if is_group(last) { 1 } else { usize::from(is_end && is_ipv4(last)).saturating_mul(2) };
    let rest = others.map_or(Some(0), |others| others.split(':').all(is_group).then(|| others.split(':').count()))?;
    (in_last > 0).then(|| rest.saturating_add(in_last))
}

/// Whether the URL standard takes the host for an IPv4 address (§3.5), however odd: `2130706433` and `0x7f.1` are
/// 127.0.0.1 there. Only four decimal numbers without leading zeros stay what they are.
fn ends_in_a_number(host: &str) -> bool {
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let is_hexadecimal = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    !last.is_empty() && last.bytes().all(|digit| digit.is_ascii_digit())
        || last.strip_prefix("0x").or_else(|| last.strip_prefix("0X")).is_some_and(is_hexadecimal)
}

/// Whether it is a port as the URL standard writes it.
fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok()
        && (port == "0" || !port.starts_with('0'))
}

/// Whether traffic to the host stays on the machine (RFC 8252 §7.3, RFC 6761 §6.3).
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.strip_suffix(".localhost").is_some_and(|name| !name.is_empty())
        || host == "[::1]"
        || (host.starts_with("127.") && is_ipv4(host))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_loopback() {
        for url in [
            "https://example.com",
            "https://example.com:8443/tenant/a?x=1",
            "http://localhost:3000/",
            "http://127.0.0.1:9",
            "http://[::1]:9/x",
            "https://[2001:db8::1]/",
            "http://tenant.localhost:8080/realms/a",
            "http://a.b.localhost",
            "https://10.0.0.1/",
            "https://1.example/",
            "https://1.2.3.4.example:0/",
            "https://ID.example:443/a",
            "https://0x.g/'",
        ] {
            assert!(HttpUrl::parse(url).is_some(), "{url}");
        }
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for url in [
            "",
            "example.com",
            "http://example.com",
            "HTTPS://example.com",
            "https://",
            "https:///x",
            "https://a@b/",
            "https://a b/",
            "https://a/#f",
            "https://a\\b",
            "https://a:99999/",
            "https://a:x/",
            "https://a:+1/",
            "https://a:/",
            "https://[::1",
            "https://[::1]x/",
            "https://[::1]x:1/",
            "https://a/\n",
            "https://a/b/../c",
            "https://a/.",
            "https://a/%2E%2e/c",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://0.0.0.0/",
            "http://localhost/../",
            "http://.localhost/",
            "http://notlocalhost/",
            "http://a.localhost.example/",
            "http://a.localhost./",
            "https://2130706433",
            "https://0x7f.1",
            "https://0X7F.1",
            "https://0x7f000001/",
            "https://0x",
            "https://127.1",
            "https://127.0.0.01/",
            "https://127.0.0.1./",
            "https://1.2.3.4.5/",
            "https://256.0.0.1/",
            "https://a.b.1/",
            "https://a.09./",
            "https://a:0443/",
            "https://a/?x='",
            "https://ä.example/",
        ] {
            assert_eq!(HttpUrl::parse(url), None, "{url}");
        }
    }

    #[test]
    fn a_scheme_is_what_rfc_3986_calls_one() {
        for (uri, expected) in [
            ("myapp://cb", Some(("myapp", "//cb"))),
            ("com.example.app:/cb?a:b", Some(("com.example.app", "/cb?a:b"))),
            ("a+b-c.1:", Some(("a+b-c.1", ""))),
            ("code=a:b", None),
            ("1app://cb", None),
            (".app://cb", None),
            ("my_app://cb", None),
            ("://cb", None),
            ("cb", None),
            ("", None),
        ] {
            assert_eq!(split_scheme(uri), expected, "{uri}");
        }
    }

    #[test]
    fn builds_well_known_urls() {
        let tenant = HttpUrl::parse("https://id.example/tenant/").map(|url| {
            (
                url.well_known_after_path("openid-configuration"),
                url.well_known_before_path("oauth-authorization-server"),
            )
        });
        assert_eq!(
            tenant,
            Some((
                "https://id.example/tenant/.well-known/openid-configuration".into(),
                "https://id.example/.well-known/oauth-authorization-server/tenant".into()
            ))
        );
    }
}
