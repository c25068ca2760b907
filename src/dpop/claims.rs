//! What a proof says (RFC 9449 §4.3), once its signature was verified.

use alloc::string::String;

use crate::dpop::options::Dpop;
use crate::dpop::proof::PendingProof;
use crate::encoding::base64url;
use crate::encoding::json;
use crate::encoding::url::normal;
use crate::error::{DpopReason, Error};
use crate::hash::Hash;
use crate::verify::numeric_date::{Rounding, numeric_date};

const MAX_DEPTH: usize = 8;

/// The longest `jti`, in bytes. What tells proofs apart needs sixteen.
const MAX_JTI: usize = 256;

/// The request that a proof came with.
#[derive(Clone, Copy, Debug)]
pub struct ProofRequest<'a> {
    /// The method, as it was sent
    pub method: &'a str,
    /// The URL: absolute, or its path alone where the guard has a resource, whose origin is taken in any case
    pub url: &'a str,
    /// The access token
    pub token: &'a str,
}

/// A proof that holds for its request. Whether it was used before is for a store to say: [`Proof::replay_key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    thumbprint: String,
    replay_key: String,
    next_nonce: Option<String>,
}

impl Proof {
    /// The thumbprint of the key that has signed it (RFC 7638).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The key under which a store that all instances share remembers that the proof was used: a hash of `jti`, `htu` and
    /// the thumbprint. A proof whose key is there already is [`Error::ReplayDetected`].
    pub fn replay_key(&self) -> &str {
        &self.replay_key
    }

    /// The nonce for the client's next proof, to be sent along as `DPoP-Nonce`, where the one in this proof goes out of use.
    pub fn next_nonce(&self) -> Option<&str> {
        self.next_nonce.as_deref()
    }
}

impl Dpop {
    /// Judges a proof whose signature was verified. `origin` is that of the resource, where it has one.
    pub(crate) fn finish(
        &self,
        pending: &PendingProof,
        signature_valid: bool,
        request: &ProofRequest<'_>,
        origin: Option<&str>,
        now: u64,
    ) -> Result<Proof, Error> {
        if origin.is_none() && request.url.starts_with('/') {
            return Err(Error::InternalError);
        }
        let reason = match self.judge(pending, signature_valid, request, origin, now) {
            Ok(proof) => return Ok(proof),
            Err(reason) => reason,
        };
        // Without a reason, it is the nonce that is missing.
        Err(reason.map_or(Error::DpopNonceRequired, Error::DpopInvalid))
    }

    /// The same, with no reason where the nonce is missing.
    fn judge(
        &self,
        pending: &PendingProof,
        signature_valid: bool,
        request: &ProofRequest<'_>,
        origin: Option<&str>,
        now: u64,
    ) -> Result<Proof, Option<DpopReason>> {
        if !signature_valid {
            return Err(Some(DpopReason::Signature));
        }
        let claims = json::parse_object_bytes(pending.payload(), MAX_DEPTH).map_err(|_| DpopReason::Form)?;
        let [jti, htm, htu, ath] = ["jti", "htm", "htu", "ath"].map(|name| claims.string(name).ok().flatten());
        let (Some(jti), Some(htm), Some(htu), Some(ath), Ok(Some(iat)), Ok(nonce)) =
            (jti, htm, htu, ath, claims.number("iat"), claims.string("nonce"))
        else {
            return Err(Some(DpopReason::Claims));
        };
        let uri = request_uri(request.url, origin).ok_or(DpopReason::Uri)?;
        if jti.is_empty() || jti.len() > MAX_JTI {
            return Err(Some(DpopReason::Jti));
        }
        if htm != request.method {
            return Err(Some(DpopReason::Method));
        }
        if normal::http_uri(htu).as_ref() != Some(&uri) {
            return Err(Some(DpopReason::Uri));
        }
        if ath != base64url::encode(&Hash::Sha256.digest(request.token.as_bytes())) {
            return Err(Some(DpopReason::Token));
        }
        let next_nonce = self.check_nonce(nonce.unwrap_or_default(), now)?;
        if !self.is_in_time(iat, now) {
            return Err(Some(DpopReason::Time));
        }
        let thumbprint = pending.thumbprint().ok_or(DpopReason::Key)?;
        // The last two are of one line, so that no other three make the same text.
        let used = [jti, "\n", &uri, "\n", &thumbprint].concat();
        let replay_key = ["dpop:", &base64url::encode(&Hash::Sha256.digest(used.as_bytes()))].concat();
        Ok(Proof { thumbprint, replay_key, next_nonce })
    }

    /// The next nonce, if the proof has not the present one.
    fn check_nonce(&self, nonce: &str, now: u64) -> Result<Option<String>, Option<DpopReason>> {
        let Some(nonces) = &self.nonces else { return Ok(None) };
        let step = self.nonce_step(now);
        if nonces.is_at(step, nonce) {
            Ok(None)
        } else if step.checked_sub(1).is_some_and(|before| nonces.is_at(before, nonce)) {
            Ok(Some(nonces.at(step)))
        } else {
            Err(None)
        }
    }

    fn is_in_time(&self, iat: f64, now: u64) -> bool {
        let tolerance = self.clock_tolerance;
        numeric_date(iat, Rounding::Down).is_some_and(|iat| {
            let end = iat.saturating_add(self.proof_lifetime).saturating_add(tolerance);
            iat <= now.saturating_add(tolerance) && now <= end
        })
    }
}

/// What `htu` has to name: the origin by which clients know the resource, else that of the request, and its path.
fn request_uri(url: &str, origin: Option<&str>) -> Option<String> {
    match origin {
        None => normal::http_uri(url),
        Some(origin) => {
            // Without the slash, a request for `.evil.example/` would be one to another host.
            let path = normal::path_and_query(url);
            normal::http_uri(&[origin, if path.starts_with('/') { "" } else { "/" }, path].concat())
        }
    }
}
