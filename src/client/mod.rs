//! Signing in: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), as requests and
//! responses that the host carries.

pub(crate) mod authorization_request;
pub(crate) mod authorization_response;
pub(crate) mod client_authentication;
pub(crate) mod pkce;
pub(crate) mod token_request;
pub(crate) mod token_response;
pub(crate) mod transaction;
