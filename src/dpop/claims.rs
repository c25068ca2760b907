//! What a proof says (RFC 9449 §4.3), once its signature was verified.

use alloc::string::String;

use crate::dpop::options::Dpop;
use crate::dpop::proof::PendingProof;
use crate::encoding::base64url;
use crate::encoding::json::{self, Members};
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
        if !signature_valid {
            return Err(DpopReason::Signature.into());
        }
        let uri = request_uri(request.url, origin)?;
        let claims = json::parse_object_bytes(pending.payload(), MAX_DEPTH).map_err(|_| DpopReason::Form)?;
        let jti = text(&claims, "jti")?;
        if jti.is_empty() || jti.len() > MAX_JTI {
            return Err(DpopReason::Jti.into());
        }
        if text(&claims, "htm")? != request.method {
            return Err(DpopReason::Method.into());
        }
        if normal::http_uri(text(&claims, "htu")?).as_ref() != Some(&uri) {
            return Err(DpopReason::Uri.into());
        }
        let time = claims.number("iat").map_err(|_| DpopReason::Claims)?.ok_or(DpopReason::Claims)?;
        if text(&claims, "ath")? != base64url::encode(&Hash::Sha256.digest(request.token.as_bytes())) {
            return Err(DpopReason::Token.into());
        }
        let next_nonce = self.check_nonce(&claims, now)?;
        self.check_time(time, now)?;
        let thumbprint = pending.thumbprint().ok_or(Error::InternalError)?;
        // The last two are of one line, so that no other three make the same text.
        let used = [jti, &uri, &thumbprint].join("\n");
        let replay_key = ["dpop:", &base64url::encode(&Hash::Sha256.digest(used.as_bytes()))].concat();
        Ok(Proof { thumbprint, replay_key, next_nonce })
    }

    /// The next nonce, if the proof has not the present one.
    fn check_nonce(&self, claims: &Members<'_>, now: u64) -> Result<Option<String>, Error> {
        let Some(nonces) = &self.nonces else { return Ok(None) };
        let nonce = claims.string("nonce").map_err(|_| DpopReason::Claims)?.unwrap_or_default();
        let step = now / self.proof_lifetime;
        if nonces.is_at(step, nonce) {
            Ok(None)
        } else if step.checked_sub(1).is_some_and(|before| nonces.is_at(before, nonce)) {
            Ok(Some(nonces.at(step)))
        } else {
            Err(Error::DpopNonceRequired)
        }
    }

    fn check_time(&self, time: f64, now: u64) -> Result<(), Error> {
        let time = numeric_date(time, Rounding::Down).ok_or(DpopReason::Claims)?;
        let tolerance = self.clock_tolerance;
        let begun = time <= now.saturating_add(tolerance);
        let ended = now > time.saturating_add(self.proof_lifetime).saturating_add(tolerance);
        if begun && !ended { Ok(()) } else { Err(DpopReason::Time.into()) }
    }
}

/// What `htu` has to name: the origin by which clients know the resource, else that of the request, and its path.
fn request_uri(url: &str, origin: Option<&str>) -> Result<String, Error> {
    let uri = match origin {
        None if url.starts_with('/') => return Err(Error::InternalError),
        None => normal::http_uri(url),
        Some(origin) => normal::http_uri(&[origin, normal::path_and_query(url)].concat()),
    };
    uri.ok_or(Error::DpopInvalid(DpopReason::Uri))
}

fn text<'a>(claims: &'a Members<'_>, name: &str) -> Result<&'a str, Error> {
    claims.string(name).ok().flatten().ok_or(Error::DpopInvalid(DpopReason::Claims))
}
