//! Verification policy, claim checks and the two-phase verifier.

#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod attempt;
pub(crate) mod binding;
pub(crate) mod builder;
#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod cached_verifier;
#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod caching_verifier;
pub(crate) mod claim_checks;
mod claim_values;
pub(crate) mod claims;
pub(crate) mod expectations;
pub(crate) mod header_cache;
pub(crate) mod numeric_date;
pub(crate) mod policy;
pub(crate) mod profile;
#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod remote_verifier;
#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod slot_index;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(any(feature = "std", feature = "wasm"))]
pub(crate) mod verdict_cache;
pub(crate) mod verifier;
