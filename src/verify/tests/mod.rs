//! Tests of the verifier's parts together.

#[cfg(feature = "engine")]
#[allow(clippy::panic, reason = "a test fails by panicking")]
mod attempt;
#[cfg(feature = "engine")]
#[allow(clippy::panic, reason = "a test fails by panicking")]
mod by_id;
#[cfg(feature = "engine")]
mod engines;
mod header_cache;
#[cfg(feature = "engine")]
#[allow(clippy::panic, reason = "a test fails by panicking")]
mod remote_verifier;
