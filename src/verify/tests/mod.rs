//! Tests of the verifier's parts together.

mod header_cache;
