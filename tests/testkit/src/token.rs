//! Tokens in any shape.

use crate::base64url;
use crate::key::Key;
use crate::members::Members;

/// A header and a payload, as the bytes that get encoded.
#[derive(Clone, Debug)]
pub struct Token {
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The payload's bytes.
    pub payload: Vec<u8>,
}

impl Token {
    /// Any header, any payload.
    pub fn new(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> Self {
        Self { header: header.as_ref().into(), payload: payload.as_ref().into() }
    }

    /// The ordinary header of an access token, and these claims.
    pub fn of(key: &Key, algorithm: &str, claims: &Members) -> Self {
        let header = Members::new().text("alg", algorithm).text("typ", "at+jwt").text("kid", &key.kid);
        Self::new(header.json(), claims.json())
    }

    /// What gets signed.
    pub fn signing_input(&self) -> String {
        format!("{}.{}", base64url::encode(&self.header), base64url::encode(&self.payload))
    }

    /// The token with a right signature.
    pub fn sign(&self, key: &Key, algorithm: &str) -> String {
        let input = self.signing_input();
        let signature = key.sign(algorithm, input.as_bytes());
        self.with_signature(signature)
    }

    /// The token with any bytes as its signature.
    pub fn with_signature(&self, signature: impl AsRef<[u8]>) -> String {
        format!("{}.{}", self.signing_input(), base64url::encode(signature))
    }
}

/// The segments of a token.
///
/// # Panics
/// When there are not three.
pub fn segments(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("three segments")
}
