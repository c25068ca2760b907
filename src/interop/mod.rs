//! Conversions from other crates' types, and signature engines behind their traits or interfaces.

#[cfg(feature = "jsonwebtoken")]
pub mod jsonwebtoken;
#[cfg(feature = "serde-wasm-bindgen")]
pub mod serde_wasm_bindgen;
#[cfg(feature = "webcrypto")]
pub(crate) mod web_crypto;

#[cfg(feature = "webcrypto")]
pub use web_crypto::WebCrypto;
