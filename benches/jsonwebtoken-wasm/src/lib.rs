//! The crate `jsonwebtoken` in wasm, with the arithmetic of the RustCrypto crates: what one gets without this project.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use wasm_bindgen::prelude::*;

/// A key with its policy.
#[wasm_bindgen]
pub struct Checker {
    key: DecodingKey,
    validation: Validation,
}

#[wasm_bindgen]
impl Checker {
    /// `key` is a JWK, or a base64url secret.
    #[wasm_bindgen(constructor)]
    pub fn new(algorithm: &str, key: &str, issuer: &str, audience: &str) -> Result<Checker, JsError> {
        let algorithm: Algorithm = algorithm.parse()?;
        let key = match serde_json::from_str::<Jwk>(key) {
            Ok(jwk) => DecodingKey::from_jwk(&jwk)?,
            Err(_) => DecodingKey::from_secret(&BASE64.decode(key)?),
        };
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        Ok(Self { key, validation })
    }

    /// The claims as JSON, or undefined.
    pub fn check(&self, token: &str) -> Option<String> {
        let token = jsonwebtoken::decode::<serde_json::Value>(token, &self.key, &self.validation).ok()?;
        Some(token.claims.to_string())
    }
}
