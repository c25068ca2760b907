#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod admission;
mod auth;
#[cfg(feature = "axum")]
mod axum;
mod caught;
mod clock;
mod guard;
mod hooks;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
mod introspector;
mod metadata;
mod opaque;
mod refused;
mod service;
#[cfg(all(feature = "session", not(target_arch = "wasm32")))]
mod session;
mod store;
mod timeout;
mod verifier;

pub use auth::{Auth, Untyped};
/// The core, whose types these are.
pub use countersign;
pub use guard::Guard;
pub use hooks::{Decision, Outcome};
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
pub use introspector::Introspector;
pub use metadata::{MetadataLayer, MetadataService};
pub use opaque::OpaqueTokens;
pub use refused::Refused;
pub use service::{GuardLayer, GuardService};
#[cfg(all(feature = "session", not(target_arch = "wasm32")))]
pub use session::{Lifetime, Session, SessionLayer, SessionService, Sessions, SessionsBuilder, SignIn, SignInClient};
pub use store::{MemoryStore, Store, StoreError};
pub use verifier::{BoxFuture, Issuers, TokenVerifier, Verdict};
