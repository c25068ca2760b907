//! Proofs of possession at a protected resource (RFC 9449 §7).

use alloc::string::String;

use crate::dpop::{Dpop, PendingProof, Proof, ProofRequest};
use crate::error::Error;
use crate::resource_server::guard::Guard;
use crate::resource_server::metadata::Resource;

impl Guard {
    /// Verifies the proof of a request with the in-crate engine: the values of its `DPoP` header fields. `now` is in seconds
    /// since the epoch.
    ///
    /// The caller then compares the key with the token's, by [`Guard::authorize_presented`], and sees to it that the proof
    /// is used once: [`Proof::replay_key`], for [`Guard::replay_lifetime`].
    ///
    /// # Errors
    /// [`Error::DpopInvalid`] for whatever RFC 9449 §4.3 names; [`Error::DpopNonceRequired`] without the present nonce,
    /// where nonces are asked for; [`Error::SchemeUnsupported`] where the guard takes no proofs; [`Error::InternalError`]
    /// for a URL without an origin, where the guard has no resource.
    ///
    /// # Example
    /// ```
    /// use countersign::dpop::{Dpop, ProofRequest};
    /// use countersign::resource_server::Guard;
    ///
    /// let guard = Guard::builder().resource("https://api.example").dpop(Dpop::required()).build()?;
    /// let request = ProofRequest { method: "GET", url: "https://api.example/notes", token: "abc" };
    ///
    /// let error = guard.verify_proof(&[], &request, 1_800_000_000).unwrap_err();
    /// assert_eq!((error.code().as_str(), error.status()), ("dpop_invalid", 401));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_proof(&self, fields: &[&str], request: &ProofRequest<'_>, now: u64) -> Result<Proof, Error> {
        let pending = self.begin_proof(fields)?;
        let valid = pending.verify(fields.first().copied().unwrap_or_default())?;
        self.finish_proof(&pending, valid, request, now)
    }

    /// Begins [`Guard::verify_proof`]: every check that needs no arithmetic, and nothing that the proof says.
    ///
    /// # Errors
    /// As [`Guard::verify_proof`], up to the signature.
    pub fn begin_proof(&self, fields: &[&str]) -> Result<PendingProof, Error> {
        self.proofs()?;
        PendingProof::parse(fields).map_err(Error::DpopInvalid)
    }

    /// Finishes [`Guard::verify_proof`] with the verdict of an engine.
    ///
    /// # Errors
    /// As [`Guard::verify_proof`], from the signature on.
    pub fn finish_proof(
        &self,
        pending: &PendingProof,
        signature_valid: bool,
        request: &ProofRequest<'_>,
        now: u64,
    ) -> Result<Proof, Error> {
        let origin = self.resource.as_ref().map(Resource::origin);
        self.proofs()?.finish(pending, signature_valid, request, origin, now)
    }

    /// Whether it takes tokens that come with a proof.
    pub const fn takes_proofs(&self) -> bool {
        self.dpop.is_some()
    }

    /// For how long it is remembered that a proof was used, in seconds: as long as it would hold.
    pub fn replay_lifetime(&self) -> u64 {
        self.dpop.as_ref().map(Dpop::replay_lifetime).unwrap_or_default()
    }

    /// The present nonce for proofs, to be sent as `DPoP-Nonce`. None where the guard asks for none.
    pub fn dpop_nonce(&self, now: u64) -> Option<String> {
        self.dpop.as_ref()?.nonce(now)
    }

    fn proofs(&self) -> Result<&Dpop, Error> {
        self.dpop.as_ref().ok_or(Error::SchemeUnsupported)
    }
}
