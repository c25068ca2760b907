//! Verification policy, claim checks and the two-phase verifier.

pub(crate) mod binding;
pub(crate) mod caching_verifier;
pub(crate) mod claim_checks;
pub(crate) mod claims;
pub(crate) mod header_cache;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod slot_index;
pub(crate) mod verdict_cache;
pub(crate) mod verifier;
