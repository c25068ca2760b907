//! Client authentication (RFC 6749 §2.3).

use alloc::string::String;
use core::fmt;

use crate::encoding::base64url;
use crate::encoding::form;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

/// Client authentication (RFC 6749 §2.3, OpenID Connect Core §9).
///
/// # Example
/// ```
/// use countersign::client::ClientAuthentication;
/// use countersign::{Algorithm, SharedSecret};
///
/// let secret = SharedSecret::new(Algorithm::HS256, b"a secret of thirty-two bytes or more")?;
/// let authentication = ClientAuthentication::SecretJwt(secret);
/// assert_eq!(format!("{authentication:?}"), "SecretJwt(..)");
/// # Ok::<(), countersign::Error>(())
/// ```
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
    /// `client_secret_jwt`: an assertion with a tag that the secret makes
    SecretJwt(SharedSecret),
    /// `private_key_jwt`: an assertion that the host signs
    PrivateKeyJwt {
        /// The algorithm of the client's key
        algorithm: Algorithm,
        /// The ID of the key in the client's key set
        kid: Option<String>,
    },
    /// `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 §2): the host presents a certificate. Endpoints
    /// that the server has for this are used.
    Tls,
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic(_) => "Basic(..)",
            Self::Post(_) => "Post(..)",
            Self::SecretJwt(_) => "SecretJwt(..)",
            Self::PrivateKeyJwt { .. } => "PrivateKeyJwt { .. }",
            Self::Tls => "Tls",
        })
    }
}

/// Both parts form-encoded first, as RFC 6749 §2.3.1 asks, then base64 with padding (RFC 7617 §2).
pub(crate) fn basic(client_id: &str, secret: &str) -> String {
    let mut pair = String::new();
    form::escape(&mut pair, client_id);
    pair.push(':');
    form::escape(&mut pair, secret);
    let mut field = String::from("Basic ");
    let encoded = base64url::encode(pair.as_bytes());
    for letter in encoded.chars() {
        field.push(match letter {
            '-' => '+',
            '_' => '/',
            other => other,
        });
    }
    for _ in encoded.len()..encoded.len().next_multiple_of(4) {
        field.push('=');
    }
    field
}
