//! Client authentication (RFC 6749 §2.3).

use alloc::string::String;
use core::fmt;

use crate::encoding::base64url;
use crate::encoding::form;

/// Client authentication at the token endpoint (RFC 6749 §2.3.1).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// A public client: PKCE alone
    #[default]
    None,
    /// The secret in the `Authorization` header
    Basic(String),
    /// The secret in the body
    Post(String),
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic(_) => "Basic(..)",
            Self::Post(_) => "Post(..)",
        })
    }
}

/// Both parts form-encoded first, as RFC 6749 §2.3.1 asks, then base64 with padding (RFC 7617 §2).
pub(crate) fn basic(client_id: &str, secret: &str) -> String {
    let mut pair = String::new();
    form::escape(&mut pair, client_id);
    pair.push(':');
    form::escape(&mut pair, secret);
    let mut encoded: String = base64url::encode(pair.as_bytes())
        .chars()
        .map(|letter| match letter {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    alloc::format!("Basic {encoded}")
}
