//! The claims of a token (RFC 7519 §4).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::encoding::json::{self, Json, Members, Object, Value};
use crate::error::JsonReason;
use crate::limits::Limits;
use crate::verify::issuer::trust_domain;
use crate::verify::numeric_date::{Rounding, numeric_date};

/// The claims of a verified token.
pub struct Claims {
    json: String,
    /// Read when first asked for: many callers want the text alone.
    members: crate::sync::OnceLock<Object>,
}

impl Claims {
    /// Creates the claims of a payload that has been parsed already, within the limits.
    pub(crate) fn new(json: String) -> Self {
        Self { members: crate::sync::OnceLock::new(), json }
    }

    /// Claims that come from elsewhere than a token that was verified: who makes them says that they are true.
    ///
    /// # Errors
    /// [`JsonReason`] for a text that is no strict JSON object.
    pub fn from_json(text: &str) -> Result<Self, JsonReason> {
        json::parse_object(text, Limits::MAX.payload_depth).map(|_| Self::new(text.to_owned()))
    }

    fn members(&self) -> &Object {
        self.members.get_or_init(|| self.read().0.to_object())
    }

    /// The same claims for a check, which asks for a few.
    pub(crate) fn read(&self) -> ReadClaims<'_> {
        ReadClaims::new(&self.json)
    }

    /// The payload as it stood in the token: the very bytes that were signed.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// A claim by its name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members().get(name)
    }

    /// The claims as a type of your own. Nothing is lost: they are read again from their text. Feature
    /// `serde`.
    ///
    /// # Errors
    /// When they do not fit the type.
    ///
    /// # Example
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct User {
    ///     sub: String,
    ///     tenant: Option<u32>,
    /// }
    ///
    /// fn user(token: &countersign::VerifiedToken) -> Result<User, serde_json::Error> {
    ///     token.claims().deserialize()
    /// }
    /// ```
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// `iss`, or the trust domain of a SPIFFE ID in `sub` where there is none (`spiffe://example.org`).
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss").or_else(|| trust_domain(self.subject()?))
    }

    /// `sub`. An identity is the pair of issuer and subject.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud`, one or more
    pub fn audience(&self) -> Vec<&str> {
        match self.members().get("aud") {
            Some(Json::String(one)) => alloc::vec![one],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// `exp`, in seconds since the epoch
    pub fn expires_at(&self) -> Option<u64> {
        self.date("exp", Rounding::Down)
    }

    /// `iat`, in seconds since the epoch
    pub fn issued_at(&self) -> Option<u64> {
        self.date("iat", Rounding::Up)
    }

    /// The scopes of a `scope` claim, which separates them with single spaces (RFC 8693 §4.2) or, with
    /// some servers, is an array. None for a claim of another type, or an array of something else beside strings.
    pub fn scopes(&self) -> Vec<&str> {
        match self.members().get("scope") {
            Some(Json::String(scope)) => scope.split(' ').filter(|scope| !scope.is_empty()).collect(),
            Some(Json::Array(scopes)) => scopes.iter().map(Json::as_str).collect::<Option<_>>().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members().get(name).and_then(Json::as_str)
    }

    fn date(&self, name: &str, rounding: Rounding) -> Option<u64> {
        self.members().get(name).and_then(Json::as_f64).and_then(|number| numeric_date(number, rounding))
    }
}

/// [`Claims`] that borrow from their text: nothing is copied to look at them.
pub(crate) struct ReadClaims<'a>(Members<'a>);

impl<'a> ReadClaims<'a> {
    /// The claims of a text that has been parsed already, within the limits.
    pub(crate) fn new(json: &'a str) -> Self {
        Self(json::parse_object(json, Limits::MAX.payload_depth).unwrap_or_default())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.get(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// As [`Claims::issuer`]
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.text("iss").or_else(|| trust_domain(self.text("sub")?))
    }

    /// As [`Claims::audience`]
    pub(crate) fn audience(&self) -> Vec<&str> {
        match self.get("aud") {
            Some(Value::String(one)) => alloc::vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Seconds since the epoch
    pub(crate) fn date(&self, name: &str, rounding: Rounding) -> Option<u64> {
        match self.get(name) {
            Some(Value::Number(number)) => numeric_date(*number, rounding),
            _ => None,
        }
    }
}

/// Copies the text, which determines the rest.
impl Clone for Claims {
    fn clone(&self) -> Self {
        Self::new(self.json.clone())
    }
}

/// Compares the text, which determines the rest.
impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Claims").field(&self.json).finish()
    }
}
