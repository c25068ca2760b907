//! Proof Key for Code Exchange (RFC 7636), with S256 alone.

use alloc::string::String;

use crate::encoding::base64url;
use crate::hash::Hash;

/// A code verifier and its challenge.
///
/// # Example
/// ```
/// // The example of RFC 7636, appendix B.
/// let entropy = [
///     116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
///     240, 91, 88, 5, 88, 83, 132, 141, 121,
/// ];
/// let pkce = countersign::client::Pkce::new(&entropy);
/// assert_eq!(pkce.code_verifier(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
/// assert_eq!(pkce.code_challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Pkce {
    code_verifier: String,
    code_challenge: String,
}

impl Pkce {
    /// From 32 bytes of a cryptographic random number generator, fresh for every request (§7.1).
    pub fn new(entropy: &[u8; 32]) -> Self {
        let code_verifier = base64url::encode(entropy);
        let code_challenge = base64url::encode(&Hash::Sha256.digest(code_verifier.as_bytes()));
        Self { code_verifier, code_challenge }
    }

    /// The secret that goes with the token request, 43 characters.
    pub fn code_verifier(&self) -> &str {
        &self.code_verifier
    }

    /// Its SHA-256, which goes with the authorization request.
    pub fn code_challenge(&self) -> &str {
        &self.code_challenge
    }
}

impl core::fmt::Debug for Pkce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pkce").field("code_challenge", &self.code_challenge).finish_non_exhaustive()
    }
}
