//! Strict verification of JSON Web Tokens, and sign-in with authorization code and PKCE.
//!
//! The core does no I/O and reads no clock: tokens, keys, responses of servers and the time (in seconds
//! since the epoch) go in, verdicts and requests come out. Only the drivers, which fetch keys, do. The core is
//! the same on servers, edge workers and in browsers.
//!
//! # Verify a token
//! ```
//! use countersign::{KeySet, Verifier};
//!
//! let keys = KeySet::from_json(
//!     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA","kid":"eddsa"}]}"#,
//! )?;
//! let verifier = Verifier::builder()
//!     .issuer("https://tenant.example/")
//!     .audience("https://api.example")
//!     .keys(keys)
//!     .build()?;
//!
//! let jwt = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
//!     .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
//!     .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";
//! let token = verifier.verify(jwt, 1_800_000_000)?;
//! assert_eq!(token.claims().subject(), Some("alice"));
//!
//! // Any change is refused, with a code to branch on and an HTTP status to answer with.
//! let error = verifier.verify(&jwt.replace(".8qj", ".9qj"), 1_800_000_000).unwrap_err();
//! assert_eq!((error.code().as_str(), error.status()), ("signature_invalid", 401));
//! // So is what is right but not for now, and the error says what was expected.
//! let error = verifier.verify(jwt, 4_200_000_000).unwrap_err();
//! assert_eq!((error.code().as_str(), error.claim()), ("token_expired", Some("exp")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! A [`Verifier`] is made once. It is for one issuer and one kind of token ([`Profile`]), and its options
//! are those of [`verify::VerifierBuilder`]. Keys that come over the network and change are the business of
//! [`RemoteVerifier`] and its drivers; secrets for HMAC that of [`SharedSecret`].
//!
//! The root has what most programs use; the modules have the rest, by area.
//!
//! # Let another engine check the signature
//! Everything before the signature is [`Verifier::begin`], everything after it [`Verifier::finish`].
//! Between them may stand hardware, a service, or WebCrypto.
//! ```
//! # use countersign::{Algorithm, Expectations, KeySet, Verifier};
//! # let keys = KeySet::from_json(
//! #     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA","kid":"eddsa"}]}"#,
//! # )?;
//! # let verifier = Verifier::builder()
//! #     .issuer("https://tenant.example/")
//! #     .audience("https://api.example")
//! #     .keys(keys)
//! #     .build()?;
//! # let jwt = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkZHNhIn0\
//! #     .eyJpc3MiOiJodHRwczovL3RlbmFudC5leGFtcGxlLyIsInN1YiI6ImFsaWNlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0\
//! #     .8qj_5gpIx9QokT9aGVB6PvCQQg3RbwEMgnki3o9pHc-htZ2ThRrMMzqH2LAvRZ_OTcmWfhAyTrHKhHApubscBA";
//! let pending = verifier.begin(jwt.as_bytes())?;
//! assert_eq!(pending.algorithm(), Algorithm::EdDSA);
//! assert_eq!(pending.key().kid(), Some("eddsa"));
//! assert_eq!(pending.signature().len(), 64);
//! let signed = &jwt.as_bytes()[..pending.signing_input_length()];
//!
//! // Your engine in place of ours:
//! let valid = pending.key().verify_signature(pending.algorithm(), signed, pending.signature()).is_ok();
//!
//! let token = verifier.finish(pending, valid, &Expectations::default(), 1_800_000_000)?;
//! assert_eq!(token.header().kid(), Some("eddsa"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sign users in
//! [`client::Client`] is one registration at one authorization server: it builds the requests and reads the answers, from
//! the first redirect to refresh and sign-out, and verifies the ID tokens. [`preset::Provider`] knows servers that have no
//! OpenID Connect. With the feature `reqwest`, `ReqwestClient` makes the requests.
//!
//! # Features
//! - `engine` (default): signature arithmetic of this project's own, synchronous, on every target. HMAC is always
//!   there.
//! - `serde` (default): [`Claims::deserialize`], and a [`client::Transaction`] that can be stored.
//! - `std` (default): links the standard library; without it the crate needs `alloc` alone.
//! - `aws-lc-rs`: [`keys::Engine`]`::AwsLc`, for [`verify::VerifierBuilder::engine`], natively. It wants a C
//!   compiler.
//! - `reqwest`: drivers of a [`RemoteVerifier`], for tokio and for threads, and of a [`client::Client`], for tokio.
//! - `session`: [`session`]s sealed in software, natively. Without it their rules are there, for hosts that seal.
//! - `testing`: `testing::TestIssuer`, for the tests of programs that verify tokens.
//! - `webcrypto`: the host's WebCrypto, for Rust in Workers and browsers.
//! - `jsonwebtoken`: conversions from that crate's keys, and our engine as its provider.
//!
//! Features only add: none changes what a program does that does not ask for it.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::format_collect,
        clippy::format_push_string,
        clippy::indexing_slicing,
        clippy::print_stdout,
        clippy::string_slice,
        clippy::unwrap_used,
        reason = "a test fails by panicking, and prints its counts"
    )
)]

extern crate alloc;

pub mod client;
pub mod discovery;
pub mod dpop;
#[cfg(all(feature = "std", not(target_arch = "wasm32")))]
mod driver;
mod encoding;
mod engine;
pub mod error;
mod hash;
#[doc(hidden)]
pub mod internal;
#[cfg(any(feature = "jsonwebtoken", feature = "webcrypto"))]
pub mod interop;
pub mod jose;
pub mod jwks_cache;
pub mod keys;
mod limits;
pub mod preset;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod random;
pub mod resource_server;
pub mod session;
mod spa;
mod sync;
#[cfg(all(feature = "testing", not(target_arch = "wasm32")))]
pub mod testing;
mod text;
pub mod verify;

/// JSON values, as claims and header parameters have them.
pub mod json {
    pub use crate::encoding::json::{Json, Object};
}

/// The code in the documentation, as tests.
#[cfg(all(doctest, feature = "aws-lc-rs", feature = "jsonwebtoken", feature = "reqwest", feature = "testing"))]
mod docs {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/guides/testing.md")]
    mod testing {}
    #[doc = include_str!("../docs/guides/use-from-rust.md")]
    mod use_from_rust {}
}

#[cfg(all(feature = "std", not(target_arch = "wasm32")))]
pub use driver::FetchedResponse;
#[cfg(all(feature = "std", not(target_arch = "wasm32")))]
pub use driver::blocking::BlockingVerifier;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
pub use driver::client::{ReqwestClient, SignedIn};
#[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
pub use driver::decryption_keys::DecryptionKeys;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
pub use driver::reqwest::ReqwestVerifier;
pub use error::{ConfigError, Error, ErrorCode};
pub use jose::algorithm::Algorithm;
pub use jose::secret::SharedSecret;
pub use keys::key_set::KeySet;
pub use verify::claims::Claims;
pub use verify::expectations::Expectations;
pub use verify::profile::Profile;
pub use verify::remote_verifier::RemoteVerifier;
pub use verify::verifier::{VerifiedToken, Verifier};
