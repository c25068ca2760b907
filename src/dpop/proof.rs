//! The form of a proof (RFC 9449 §4.2): what can be said of it before its signature was verified.

use alloc::vec::Vec;

use crate::encoding::json::{self, Value};
use crate::error::{DpopReason, Error};
use crate::jose::algorithm::Algorithm;
use crate::jose::compact::Compact;
use crate::jose::header::Header;
use crate::jose::jwk::Jwk;
use crate::jose::thumbprint;
use crate::keys::verifying_key::VerifyingKey;

/// The longest proof, in bytes: one with the largest RSA key is a quarter of it.
const MAX_PROOF: usize = 8 * 1024;
const MAX_HEADER: usize = 4 * 1024;
const MAX_DEPTH: usize = 4;

/// What proofs may be signed with. RSA keys and curves beyond these are in no client.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256];

/// A proof that is well-formed and whose signature is yet to be verified: nothing that it says is believed.
pub struct PendingProof {
    key: VerifyingKey,
    algorithm: Algorithm,
    payload: Vec<u8>,
    signature: Vec<u8>,
    signing_input_length: usize,
}

impl PendingProof {
    /// Reads the `DPoP` header fields of a request, given as the host has parsed them.
    pub(crate) fn parse(fields: &[&str]) -> Result<Self, DpopReason> {
        let proof = match fields {
            [] => return Err(DpopReason::Missing),
            [field] => *field,
            _ => return Err(DpopReason::Repeated),
        };
        let compact = Compact::parse(proof.as_bytes(), MAX_PROOF, MAX_HEADER).map_err(|_| DpopReason::Form)?;
        let header = compact.decode_header().and_then(|header| Header::parse(header, MAX_DEPTH));
        let header = header.map_err(|error| match error {
            Error::AlgNotAllowed => DpopReason::Algorithm,
            _ => DpopReason::Form,
        })?;
        if header.typ() != Some("dpop+jwt") {
            return Err(DpopReason::Typ);
        }
        let algorithm = header.algorithm();
        if !ALGORITHMS.contains(&algorithm) {
            return Err(DpopReason::Algorithm);
        }
        let key = key(&header, algorithm).ok_or(DpopReason::Key)?;
        if !key.is_well_formed_signature(&compact.signature) {
            return Err(DpopReason::Signature);
        }
        let Compact { payload, signature, signing_input_length, .. } = compact;
        Ok(Self { key, algorithm, payload, signature, signing_input_length })
    }

    /// The algorithm to verify with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key to verify with, which the proof has in itself.
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The signature. Its length and range fit the key already.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The number of bytes at the beginning of the proof that are signed.
    pub const fn signing_input_length(&self) -> usize {
        self.signing_input_length
    }

    /// Verifies the signature of the proof that this came from with the in-crate engine.
    ///
    /// # Errors
    /// [`Error::EngineUnavailable`] in a build without the engine.
    pub fn verify(&self, proof: &str) -> Result<bool, Error> {
        let message = proof.as_bytes().get(..self.signing_input_length).ok_or(Error::InternalError)?;
        self.key.verify(self.algorithm, message, &self.signature).ok_or(Error::EngineUnavailable)
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    pub(super) fn thumbprint(&self) -> Option<alloc::string::String> {
        self.key.public().map(thumbprint::of)
    }
}

/// The key in the header, judged as any key is. None for one that is none, is private or for another algorithm.
fn key(header: &Header, algorithm: Algorithm) -> Option<VerifyingKey> {
    let members = json::parse_object(header.json(), MAX_DEPTH).ok()?;
    let Some(Value::Object(jwk)) = members.get("jwk") else { return None };
    let jwk = Jwk::from_members(jwk, None).ok()?;
    let key = VerifyingKey::from_parsed(jwk).ok()?;
    let fits = key.is_bound_to(algorithm, algorithm) && key.public()?.supports(algorithm);
    fits.then_some(key)
}

impl core::fmt::Debug for PendingProof {
    /// Without payload and signature: together with the header they are the proof.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PendingProof").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
