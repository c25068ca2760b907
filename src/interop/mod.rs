//! Conversions from other crates' types, and our engine behind their traits.

pub mod jsonwebtoken;
