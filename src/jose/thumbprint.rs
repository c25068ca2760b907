//! JWK thumbprints (RFC 7638) with SHA-256.

use alloc::string::String;

use crate::crypto::hash::Hash;
use crate::encoding::base64url;
use crate::error::Error;
use crate::jose::jwk::VerifyingKey;
use crate::jose::public_key::PublicKey;

/// The SHA-256 thumbprint of a public JWK, base64url (RFC 7638 §3).
///
/// The key has to pass the same policy as one that verifies.
///
/// # Errors
/// As [`VerifyingKey::from_jwk`].
///
/// # Example
/// ```
/// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// assert_eq!(countersign::thumbprint(jwk)?, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn thumbprint(jwk: &str) -> Result<String, Error> {
    VerifyingKey::from_jwk(jwk)?.thumbprint().ok_or(Error::InternalError)
}

pub(crate) fn of(key: &PublicKey) -> String {
    base64url::encode(&Hash::Sha256.digest(key.to_jwk().as_bytes()))
}
