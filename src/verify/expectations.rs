//! The expectations of one verification.

use alloc::string::String;
use core::fmt;

/// The expectations of one verification, beyond the policy. Each part that is given is checked.
///
/// For ID tokens a missing `nonce` means that none was sent: a token that has one is then refused.
///
/// # Example
/// ```
/// use countersign::Expectations;
///
/// let mut expectations = Expectations::default();
/// expectations.nonce = Some("n-0S6_WzA2Mj".into());
/// expectations.max_age = Some(3600);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expectations {
    /// The nonce of the authorization request (OpenID Connect Core §3.1.3.7, step 11).
    pub nonce: Option<String>,
    /// The access token that came with the ID token, for `at_hash` (§3.1.3.8).
    pub access_token: Option<String>,
    /// The authorization code that came with the ID token, for `c_hash` (§3.3.2.10).
    pub code: Option<String>,
    /// The greatest time since the user signed in, in seconds, for `auth_time` (§3.1.3.7, step 13).
    pub max_age: Option<u64>,
}

impl fmt::Debug for Expectations {
    /// Which ones there are, without the values: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectations")
            .field("nonce", &self.nonce.is_some())
            .field("access_token", &self.access_token.is_some())
            .field("code", &self.code.is_some())
            .field("max_age", &self.max_age)
            .finish()
    }
}
