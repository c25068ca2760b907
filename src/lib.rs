//! Strict verification of JSON Web Tokens, and sign-in with authorization code and PKCE.
#[cfg(feature = "wasm")]
mod wasm {
    use wasm_bindgen::prelude::wasm_bindgen;
    /// Whether this build carries its own signature arithmetic.
    #[wasm_bindgen(js_name = hasEngine)]
    pub fn has_engine() -> bool {
        cfg!(feature = "engine")
    }
}
