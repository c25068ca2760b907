//! What the values of a preset look like.

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A host name, with a port or without, in lower case: no scheme, no path.
    Host,
    /// The beginning of an https URL (http on loopback) that a path is put behind: no slash at the end.
    Base,
    /// An https URL (http on loopback), just as the issuer spells it.
    Url,
    /// Letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3): what a URL has in one of its segments.
    Segment,
    /// A UUID in lower case.
    Uuid,
    /// Any text.
    Text,
    /// Any texts, one at least.
    Texts,
    /// UUIDs in lower case, one at least.
    Uuids,
}

impl Form {
    /// Every form.
    pub const ALL: &'static [Self] =
        &[Self::Host, Self::Base, Self::Url, Self::Segment, Self::Uuid, Self::Text, Self::Texts, Self::Uuids];

    /// The name in the table of the npm package.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Base => "base",
            Self::Url => "url",
            Self::Segment => "segment",
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Texts => "texts",
            Self::Uuids => "uuids",
        }
    }

    /// Whether several values may be given.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::Uuids)
    }

    /// What a value must be, after the name of the option.
    pub const fn demand(self) -> &'static str {
        match self {
            Self::Host => "must be a host name in lower case, without `https://` and without a path",
            Self::Base => {
                "must be an https URL (http only on loopback) without a slash at its end, a query and a fragment"
            }
            Self::Url => "must be an https URL (http only on loopback) without a query and a fragment",
            Self::Segment => "must be of letters, digits, `-`, `.`, `_` and `~`",
            Self::Uuid | Self::Uuids => "must be a UUID in lower case, such as `11111111-2222-4333-8444-555555555555`",
            Self::Text | Self::Texts => "must not be empty",
        }
    }

    pub(super) fn fits(self, value: &str) -> bool {
        match self {
            Self::Host => is_host(value),
            Self::Base => is_url(value) && !value.ends_with('/'),
            Self::Url => is_url(value),
            Self::Segment => is_segment(value),
            Self::Uuid | Self::Uuids => is_uuid(value),
            Self::Text | Self::Texts => !value.is_empty(),
        }
    }
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let digits = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').all(label) && port.is_none_or(digits)
}

fn is_url(text: &str) -> bool {
    let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return false,
    };
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, path),
        None => (rest, ""),
    };
    let name = host.split(':').next().unwrap_or_default();
    let loopback = name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1";
    let segments = path.strip_suffix('/').unwrap_or(path);
    let whole = segments.is_empty() && path.is_empty() || segments.split('/').all(is_segment);
    is_host(host) && (secure || loopback) && whole
}

fn is_segment(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !matches!(text, "" | "." | "..") && text.bytes().all(unreserved)
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let part = |part: &str| part.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9'));
    text.split('-').map(str::len).eq(lengths) && text.split('-').all(part)
}
