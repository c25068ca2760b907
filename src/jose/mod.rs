//! The objects of JOSE: algorithms, keys, key sets, headers, the compact form.

pub(crate) mod algorithm;
pub(crate) mod compact;
mod curves;
pub(crate) mod header;
pub mod jwe;
pub(crate) mod jwk;
mod key_bytes;
pub(crate) mod pem;
pub(crate) mod public_key;
pub(crate) mod roca;
pub(crate) mod secret;
pub(crate) mod thumbprint;

pub use algorithm::UnknownAlgorithm;
pub use header::Header;
