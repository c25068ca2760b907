//! Signing in, and the other things that a client asks of an authorization server (RFC 6749, OpenID Connect), as requests
//! and responses that the host carries.
//!
//! [`Client`] does all of it. The functions [`authorization_url`], [`parse_authorization_response`] and
//! [`token_request`] are the authorization code flow alone, without one.

mod answer;
mod assertion;
pub(crate) mod authorization_request;
pub(crate) mod authorization_response;
pub(crate) mod bindings;
mod call;
#[allow(clippy::module_inception, reason = "the file of the type of this name")]
mod client;
pub(crate) mod client_authentication;
mod device;
mod dpop;
mod grant;
mod http;
mod id_token;
mod jws;
mod logout;
mod metadata_document;
pub(crate) mod pkce;
pub(crate) mod profile_request;
mod pushed_request;
mod quirks;
mod redirect_uri;
mod request_error;
mod request_parts;
mod server;
pub(crate) mod token_lifetime;
pub(crate) mod token_request;
pub(crate) mod token_response;
mod token_status;
pub(crate) mod transaction;
mod userinfo;

#[cfg(test)]
mod tests;

pub use answer::is_invalid_grant;
pub(crate) use answer::is_invalid_target;
pub use authorization_request::{
    AuthorizationRequest, AuthorizationUrl, ResponseMode, TRANSACTION_LIFETIME, authorization_url,
};
pub use authorization_response::{callback_parameter, callback_state, parse_authorization_response};
pub use call::{Call, CallStep, Progress};
pub use client::{AuthorizationParams, Client, ClientBuilder};
pub use client_authentication::ClientAuthentication;
pub use device::{DeviceAuthorization, DeviceStep};
pub use dpop::{DpopKey, DpopNonces, DpopProof};
pub use grant::Grant;
pub use http::{HttpRequest, HttpResponse};
pub use id_token::IdTokenCheck;
pub use jws::{SigningInput, SigningPurpose};
pub use logout::{LogoutParams, LogoutToken, LogoutUrl, check_logout_response};
pub use metadata_document::DocumentParams;
pub use pkce::Pkce;
pub use pushed_request::PushedRequest;
pub use quirks::{ErrorForm, Quirks};
pub use request_error::RequestError;
pub use server::Server;
pub use token_request::{TokenRequest, token_request};
pub use token_response::{TokenResponse, TokenResponseOptions};
pub use token_status::TokenTypeHint;
pub use transaction::Transaction;
