//! Verification policy, claim checks and the two-phase verifier.

pub(crate) mod attempt;
pub(crate) mod binding;
pub(crate) mod builder;
pub(crate) mod cached_verifier;
pub(crate) mod caching_verifier;
pub(crate) mod claim_checks;
mod claim_values;
pub(crate) mod claims;
pub(crate) mod expectations;
pub(crate) mod header_cache;
pub(crate) mod introspected;
pub(crate) mod introspection_answer;
pub(crate) mod issuer;
pub(crate) mod numeric_date;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod remote_verifier;
pub(crate) mod slot_index;
#[cfg(all(test, feature = "std"))]
mod tests;
pub(crate) mod verdict_cache;
pub(crate) mod verifier;

pub use crate::limits::Limits;
pub use attempt::Attempt;
pub use binding::Binding;
pub use builder::VerifierBuilder;
pub use caching_verifier::CachingVerifier;
pub use issuer::IssuerVariable;
pub use remote_verifier::Step;
pub use verdict_cache::CacheLimits;
pub use verifier::{Pending, UnverifiedToken, decode_unverified, unverified_issuer};
