//! Tokens that are no JWTs.

use std::sync::Arc;

use countersign::{Claims, Error};

use crate::verifier::BoxFuture;

/// Something that knows what a token stands for that is no JWT, for [`crate::Guard::opaque_tokens`].
///
/// With the feature `reqwest` there is `Introspector`, which asks the issuer (RFC 7662). API keys are such tokens too:
///
/// ```
/// use countersign::{Claims, Error};
/// use countersign_tower::{BoxFuture, OpaqueTokens};
/// use std::sync::Arc;
///
/// /// Keys that begin with `key_`, by the hash of each.
/// struct ApiKeys;
///
/// impl OpaqueTokens for ApiKeys {
///     fn claims<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Result<Arc<Claims>, Error>> {
///         let is_known = token.starts_with("key_"); // Compare hashes, of a table of yours.
///         let exp = now + 60; // For as long as a key may be taken for good.
///         let claims = format!(r#"{{"iss":"https://api.example","sub":"robot","scope":"notes:read","exp":{exp}}}"#);
///         let expired = Error::TokenExpired { now, exp: now };
///         Box::pin(async move {
///             if !is_known {
///                 return Err(expired);
///             }
///             Claims::from_json(&claims).map(Arc::new).map_err(|_| Error::InternalError)
///         })
///     }
/// }
/// ```
pub trait OpaqueTokens: Send + Sync {
    /// The claims of a token that is good. They have `iss` and `exp`. `now` is the guard's clock, in seconds since 1970.
    fn claims<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Result<Arc<Claims>, Error>>;
}

impl<T: OpaqueTokens + ?Sized> OpaqueTokens for Arc<T> {
    fn claims<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Result<Arc<Claims>, Error>> {
        (**self).claims(token, now)
    }
}
