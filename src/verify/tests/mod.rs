//! Tests of the verifier's parts together.

mod header_cache;
#[cfg(feature = "engine")]
#[allow(clippy::panic, reason = "a test fails by panicking")]
mod remote_verifier;
