//! What a token has to satisfy, and the verifier that finds out in two phases.

pub(crate) mod binding;
pub(crate) mod caching;
pub(crate) mod check;
pub(crate) mod claims;
pub(crate) mod memo;
pub(crate) mod places;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod verdict_cache;
pub(crate) mod verifier;
