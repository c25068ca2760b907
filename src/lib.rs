//! Strict verification of JSON Web Tokens, and sign-in with authorization code and PKCE.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(feature = "wasm"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)
)]

extern crate alloc;

mod crypto;
mod encoding;
mod error;
#[cfg(feature = "jsonwebtoken")]
pub mod interop;
mod jose;
mod jwks_cache;
mod metadata;
mod oauth;
mod verify;
#[cfg(feature = "wasm")]
mod wasm;

/// The code in the documentation, as tests.
#[cfg(all(doctest, feature = "jsonwebtoken"))]
mod docs {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/use-from-rust.md")]
    mod use_from_rust {}
}

#[cfg(feature = "webcrypto")]
pub use crypto::web_crypto::WebCrypto;
pub use encoding::json::{Json, Object};
pub use error::*;
pub use jose::algorithm::{Algorithm, UnknownAlgorithm};
pub use jose::header::Header;
pub use jose::jwk::VerifyingKey;
pub use jose::key_set::{KeySet, SkippedKey};
pub use jose::secret::SharedSecret;
pub use jose::thumbprint::thumbprint;
pub use jwks_cache::{
    FAILURE_BACKOFF, FETCH_TIMEOUT, FRESH_FOR, FetchRequest, MISS_COOLDOWN, Progress, RemoteKeys, STALE_FOR,
};
pub use metadata::{Discovery, ServerMetadata};
pub use oauth::authorization_request::{
    AuthorizationRequest, AuthorizationUrl, RequestError, TRANSACTION_LIFETIME, authorization_url,
};
pub use oauth::authorization_response::parse_authorization_response;
pub use oauth::pkce::Pkce;
pub use oauth::token::{ClientAuthentication, TokenRequest, TokenResponse, token_request};
pub use oauth::transaction::Transaction;
pub use verify::claims::{Claims, Expectations};
pub use verify::limits::Limits;
pub use verify::policy::{ConfigError, VerifierBuilder};
pub use verify::profile::Profile;
pub use verify::verifier::{Pending, UnverifiedToken, VerifiedToken, Verifier, decode_unverified};
