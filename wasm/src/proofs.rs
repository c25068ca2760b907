//! Proofs of possession, between whose two calls an engine stands: `js/guard/proofs.ts`.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use countersign::dpop::ProofRequest;
use countersign::error::Error;
use countersign::internal::{JsonWriter, base64url};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::errors::to_js_error;
use crate::fields::seconds;
use crate::guard::Guard;

#[wasm_bindgen]
impl Guard {
    /// What an engine has to be asked about the proof in the `DPoP` header fields, a line each:
    /// `{ algorithm, jwk, engineKey, signature, signedLength }`, bytes in base64url.
    #[wasm_bindgen(js_name = beginProof)]
    pub fn begin_proof(&self, lines: &str) -> Result<String, JsValue> {
        let pending = self.rules.begin_proof(&fields(lines)).map_err(to_js_error)?;
        let key = pending.key();
        let (jwk, bytes) = key.to_jwk().zip(key.engine_bytes()).ok_or_else(|| to_js_error(Error::InternalError))?;
        let question = JsonWriter::new()
            .json("algorithm", &pending.algorithm().index().to_string())
            .text("jwk", &jwk)
            .text("engineKey", &base64url(&bytes))
            .text("signature", &base64url(pending.signature()))
            .json("signedLength", &pending.signing_input_length().to_string());
        Ok(question.end())
    }

    /// `{ thumbprint, replayKey, nextNonce? }` of a proof whose signature an engine has judged
    #[wasm_bindgen(js_name = finishProof)]
    pub fn finish_proof(
        &self,
        lines: &str,
        valid: bool,
        method: &str,
        url: &str,
        token: &str,
        now: f64,
    ) -> Result<String, JsValue> {
        let request = ProofRequest { method, url, token };
        let pending = self.rules.begin_proof(&fields(lines)).map_err(to_js_error)?;
        let proof = self.rules.finish_proof(&pending, valid, &request, seconds(now)).map_err(to_js_error)?;
        let proof = JsonWriter::new()
            .text("thumbprint", proof.thumbprint())
            .text("replayKey", proof.replay_key())
            .text_if("nextNonce", proof.next_nonce());
        Ok(proof.end())
    }

    /// Seconds for which a used proof is remembered
    #[wasm_bindgen(js_name = replayLifetime)]
    pub fn replay_lifetime(&self) -> f64 {
        #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "some minutes")]
        {
            self.rules.replay_lifetime() as f64
        }
    }
}

fn fields(lines: &str) -> Vec<&str> {
    if lines.is_empty() { Vec::new() } else { lines.split('\n').collect() }
}
