//! Signing in: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), as requests and
//! responses that the host carries.

pub(crate) mod authorization_request;
pub(crate) mod authorization_response;
pub(crate) mod client_authentication;
pub(crate) mod pkce;
mod redirect_uri;
pub(crate) mod token_request;
pub(crate) mod token_response;
pub(crate) mod transaction;

pub use authorization_request::{
    AuthorizationRequest, AuthorizationUrl, RequestError, ResponseMode, TRANSACTION_LIFETIME, authorization_url,
};
pub use authorization_response::parse_authorization_response;
pub use client_authentication::ClientAuthentication;
pub use pkce::Pkce;
pub use token_request::{TokenRequest, token_request};
pub use token_response::{TokenResponse, TokenResponseOptions};
pub use transaction::Transaction;
