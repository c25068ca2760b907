//! What a resource server asks of proofs.

use alloc::string::String;

use crate::dpop::nonce::Nonces;
use crate::error::ConfigError;

/// The longest lifetime of a proof, in seconds.
const MAX_LIFETIME: u64 = 600;

/// The shortest time that a used proof is remembered: key-value stores have no shorter one.
const MIN_REPLAY_LIFETIME: u64 = 60;

/// What a resource server asks of proofs (RFC 9449), for [`GuardBuilder::dpop`](crate::resource_server::GuardBuilder::dpop).
#[derive(Clone, Debug)]
#[must_use]
pub struct Dpop {
    pub(crate) required: bool,
    pub(crate) proof_lifetime: u64,
    pub(crate) clock_tolerance: u64,
    pub(crate) nonces: Option<Nonces>,
    nonce_secret: Option<Result<Nonces, ConfigError>>,
}

impl Dpop {
    /// The names of the algorithms, as clients are told them. The last is the fully specified one of `EdDSA` (RFC 9864 §2.2).
    pub(crate) const ALGORITHMS: &'static str = "ES256 ES384 EdDSA PS256 RS256 Ed25519";

    /// The lifetime of a proof unless another is given, in seconds.
    pub const DEFAULT_PROOF_LIFETIME: u64 = 60;

    const fn new(required: bool) -> Self {
        Self {
            required,
            proof_lifetime: Self::DEFAULT_PROOF_LIFETIME,
            clock_tolerance: 0,
            nonces: None,
            nonce_secret: None,
        }
    }

    /// Takes tokens that are bound to a key with a proof, and bearer tokens as ever.
    pub const fn allowed() -> Self {
        Self::new(false)
    }

    /// Takes only tokens that are bound to a key, with a proof.
    pub const fn required() -> Self {
        Self::new(true)
    }

    /// For how long a proof counts from its `iat` on, in seconds: 1 to 600. Default 60. The guard's clock tolerance comes to
    /// it on both sides.
    pub const fn proof_lifetime(mut self, seconds: u64) -> Self {
        self.proof_lifetime = seconds;
        self
    }

    /// Asks for nonces of the server's own in proofs (RFC 9449 §9), so that none can be made in advance. They are derived
    /// from this secret of at least 32 bytes and the time, and stored nowhere: instances that share the secret take each
    /// other's. One counts for one to two lifetimes of a proof.
    pub fn nonce_secret(mut self, secret: &[u8]) -> Self {
        self.nonce_secret = Some(Nonces::new(secret));
        self
    }

    /// Checks the options.
    pub(crate) fn check(mut self, clock_tolerance: u64) -> Result<Self, ConfigError> {
        if !(1..=MAX_LIFETIME).contains(&self.proof_lifetime) {
            return Err(ConfigError::new("proof_lifetime", "must be 1 to 600 seconds"));
        }
        self.nonces = self.nonce_secret.take().transpose()?;
        self.clock_tolerance = clock_tolerance;
        Ok(self)
    }

    /// The time for which a proof that was used is remembered, in seconds: as long as it could be used again. Its last second
    /// counts, and a store counts from within one.
    pub(crate) fn replay_lifetime(&self) -> u64 {
        let window = self.proof_lifetime.saturating_add(self.clock_tolerance.saturating_mul(2));
        window.saturating_add(1).max(MIN_REPLAY_LIFETIME)
    }

    /// The step of time that a nonce is for.
    pub(crate) fn nonce_step(&self, now: u64) -> u64 {
        now.checked_div(self.proof_lifetime).unwrap_or_default()
    }

    /// The present nonce, where nonces are asked for.
    pub(crate) fn nonce(&self, now: u64) -> Option<String> {
        self.nonces.as_ref().map(|nonces| nonces.at(self.nonce_step(now)))
    }
}
