//! JWK thumbprints (RFC 7638) with SHA-256.

use alloc::string::String;

use crate::encoding::base64url;
use crate::hash::Hash;
use crate::jose::public_key::PublicKey;

/// In base64url. The key has passed the same policy as one that verifies.
pub(crate) fn of(key: &PublicKey) -> String {
    base64url::encode(&Hash::Sha256.digest(key.to_jwk().as_bytes()))
}
