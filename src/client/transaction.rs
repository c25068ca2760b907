//! The transaction: state between the authorization request and its response.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// One sign-in under way. Keep it where only this user's browser and you can read it, use it once and
/// delete it, whether the sign-in succeeds or not.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Transaction {
    /// Binds the response to this request (RFC 6749 §10.12)
    pub state: String,
    /// The `nonce` that the ID token must have, if one was asked for with the scope `openid`
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub nonce: Option<String>,
    /// The secret of PKCE (RFC 7636 §4.1)
    pub code_verifier: String,
    /// The server that was asked
    pub issuer: String,
    /// The client that asked
    pub client_id: String,
    /// The redirect URI
    pub redirect_uri: String,
    /// The token endpoint
    pub token_endpoint: String,
    /// Whether the response must carry `iss` (RFC 9207 §2.4)
    pub require_issuer: bool,
    /// Seconds since the epoch
    pub expires_at: u64,
    /// The greatest time since the user signed in, in seconds, if one was asked for
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub max_age: Option<u64>,
    /// The resources that were asked for, which the token request names again (RFC 8707 §2.2)
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub resource: Vec<String>,
}

/// A member of a [`Transaction`], by what it is in a record.
#[doc(hidden)]
pub enum Member<'a> {
    Text(&'a mut String),
    OptionalText(&'a mut Option<String>),
    Flag(&'a mut bool),
    Number(&'a mut u64),
    OptionalNumber(&'a mut Option<u64>),
    Texts(&'a mut Vec<String>),
}

/// For bindings, which read and write one member by member.
#[doc(hidden)]
impl Transaction {
    /// Creates a transaction that no response fits: it has expired, and belongs to no server.
    pub const fn empty() -> Self {
        Self {
            state: String::new(),
            nonce: None,
            code_verifier: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            redirect_uri: String::new(),
            token_endpoint: String::new(),
            require_issuer: true,
            expires_at: 0,
            max_age: None,
            resource: Vec::new(),
        }
    }

    /// The members by their names, which serde has from the attributes above.
    #[inline(never)]
    pub const fn members(&mut self) -> [(&'static str, Member<'_>); 11] {
        [
            ("state", Member::Text(&mut self.state)),
            ("nonce", Member::OptionalText(&mut self.nonce)),
            ("codeVerifier", Member::Text(&mut self.code_verifier)),
            ("issuer", Member::Text(&mut self.issuer)),
            ("clientId", Member::Text(&mut self.client_id)),
            ("redirectUri", Member::Text(&mut self.redirect_uri)),
            ("tokenEndpoint", Member::Text(&mut self.token_endpoint)),
            ("requireIssuer", Member::Flag(&mut self.require_issuer)),
            ("expiresAt", Member::Number(&mut self.expires_at)),
            ("maxAge", Member::OptionalNumber(&mut self.max_age)),
            ("resource", Member::Texts(&mut self.resource)),
        ]
    }
}

impl fmt::Debug for Transaction {
    /// Without state, nonce and verifier: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Transaction {
    /// A transaction for tests.
    pub(crate) fn example() -> Self {
        Self {
            state: "s".into(),
            nonce: None,
            code_verifier: "v".into(),
            issuer: "https://id.example".into(),
            client_id: "app".into(),
            redirect_uri: "https://app.example/cb".into(),
            token_endpoint: "https://id.example/token".into(),
            require_issuer: false,
            expires_at: 100,
            max_age: None,
            resource: Vec::new(),
        }
    }
}
