//! Redirect URIs of web applications and of apps (RFC 6749 §3.1.2, RFC 8252 §7).

use crate::encoding::url::{HttpUrl, split_scheme};

/// Schemes that a browser or a system gives a meaning of its own. No app may answer to them.
const FOREIGN_SCHEMES: [&str; 21] = [
    "about",
    "blob",
    "chrome",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "mailto",
    "resource",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// https, http on loopback, or a private-use scheme of a native app (RFC 8252 §7.1). That should have a dot, as
/// a domain turned round has. One without is taken where a path follows, since `mailto:` and the like have none.
pub(super) fn is_redirect_uri(uri: &str) -> bool {
    if HttpUrl::parse(uri).is_some() {
        return true;
    }
    split_scheme(uri).is_some_and(|(scheme, rest)| {
        (scheme.contains('.') || rest.starts_with('/'))
            && !FOREIGN_SCHEMES.iter().any(|foreign| scheme.eq_ignore_ascii_case(foreign))
            && !rest.trim_start_matches('/').is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\' | b'"' | b'<' | b'>'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_are_sent_back_to_by_a_scheme_of_their_own() {
        for uri in [
            "myapp://cb",
            "myapp:/cb",
            "com.example.app:/cb",
            "com.example.app:cb",
            "MyApp://cb/a?b=c",
            "ms-app+x.1://cb",
            "http://127.0.0.1:8080/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
        ] {
            assert!(is_redirect_uri(uri), "{uri}");
        }
        for uri in [
            "javascript:alert(1)",
            "javascript://cb/%0aalert(1)",
            "JavaScript://cb",
            "data:text/html,x",
            "data://cb",
            "vbscript:x",
            "vbscript://x",
            "file:///etc/passwd",
            "blob:https://app.example/1",
            "blob://cb",
            "filesystem://cb",
            "about:blank",
            "about://cb",
            "view-source://app.example",
            "intent://cb",
            "content://cb",
            "mailto:a@b.example",
            "urn:ietf:wg:oauth:2.0:oob",
            "ftp://app.example/cb",
            "http://app.example/cb",
            "HTTPS://app.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "myapp://cb#x",
            "myapp://",
            "myapp:",
            "myapp",
            "1app://cb",
            ".://cb",
            "my app://cb",
            "myapp://c b",
            "//app.example/cb",
        ] {
            assert!(!is_redirect_uri(uri), "{uri}");
        }
    }
}
