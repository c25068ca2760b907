#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod auth;
#[cfg(feature = "axum")]
mod axum;
mod guard;
mod metadata;
mod refused;
mod service;
mod verifier;

pub use auth::{Auth, Untyped};
/// The core, whose types these are.
pub use countersign;
pub use guard::Guard;
pub use metadata::{MetadataLayer, MetadataService};
pub use refused::Refused;
pub use service::{GuardLayer, GuardService};
pub use verifier::{BoxFuture, Issuers, TokenVerifier, Verdict};
