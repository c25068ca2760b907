//! Proofs of possession for requests to resources.

use alloc::rc::Rc;
use alloc::string::String;

use countersign::client::DpopProof;
use countersign::error::ConfigError;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::call::{Shared, signing};
use super::entropy;
use crate::errors::misconfigured;

/// A proof, and what is to be signed for it: `resource.ts`
#[wasm_bindgen]
pub struct Proof {
    proof: DpopProof,
}

#[wasm_bindgen]
impl Proof {
    /// What to sign: `{ purpose, algorithm, input }`
    pub fn step(&self) -> String {
        signing(&self.proof.signing_input())
    }

    /// The header field `DPoP`
    pub fn header(&self, signature: &[u8]) -> Result<String, JsValue> {
        self.proof.header(signature).map_err(misconfigured)
    }
}

impl Proof {
    pub(super) fn new(
        shared: &Rc<Shared>,
        method: &str,
        url: &str,
        access_token: &str,
        nonce: Option<&str>,
        now: u64,
    ) -> Result<Self, JsValue> {
        let missing = ConfigError::new("dpop", "is missing: the token is bound to a key");
        let key = shared.client.dpop_key().ok_or_else(|| misconfigured(missing))?;
        let proof = DpopProof::new(key, method, url, &entropy()?, now).access_token(access_token);
        Ok(Self { proof: proof.nonce(nonce.or(shared.nonces.borrow().of(url))) })
    }
}
