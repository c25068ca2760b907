//! The in-crate signature engine: keys prepared once, one trait over every family.

pub(crate) mod hmac;

#[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
mod aws_lc;
#[cfg(feature = "engine")]
mod ecdsa;
#[cfg(feature = "engine")]
mod eddsa;
#[cfg(feature = "engine")]
pub(crate) mod engine_key;
#[cfg(feature = "engine")]
mod lazy_key;
#[cfg(feature = "engine")]
mod ml_dsa;
#[cfg(feature = "engine")]
mod once;
#[cfg(feature = "engine")]
mod point_tables;
#[cfg(all(test, feature = "engine", feature = "std", not(target_arch = "wasm32")))]
mod point_tables_model;
#[cfg(feature = "engine")]
mod rsa;

use alloc::boxed::Box;
use core::fmt;

use crate::error::KeyInvalidReason;
use crate::jose::algorithm::Algorithm;
use crate::jose::public_key::PublicKey;
use crate::jose::secret::SharedSecret;
#[cfg(feature = "engine")]
use crate::sync;

/// A key in the form that its arithmetic wants.
pub(crate) trait PreparedKey: Send + Sync {
    /// Whether the signature is right. Its form has been checked by [`PublicKey::is_well_formed_signature`].
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool;
}

/// A prepared key of any family, with the engine that has prepared it.
pub(crate) struct Prepared {
    key: Box<dyn PreparedKey>,
    engine: Engine,
}

impl Prepared {
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(algorithm, message, signature)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// The arithmetic that verifies signatures with public keys. The verdicts are the same with each.
///
/// A verifier uses [`Engine::BuiltIn`] unless [`crate::verify::VerifierBuilder::engine`] says otherwise. HMAC is that of this
/// crate in each case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// The arithmetic of this crate. Feature `engine`.
    #[default]
    BuiltIn,
    /// That of AWS-LC, natively. Feature `aws-lc-rs`.
    #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
    AwsLc,
}

impl Engine {
    /// The engines of this build.
    ///
    /// # Example
    /// ```
    /// use countersign::keys::Engine;
    ///
    /// assert!(Engine::ALL.contains(&Engine::BuiltIn));
    /// ```
    pub const ALL: &[Self] = &[
        #[cfg(feature = "engine")]
        Self::BuiltIn,
        #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
        Self::AwsLc,
    ];

    /// Prepares a key that [`prepare`] has found sound.
    pub(crate) fn prepare(self, key: &PublicKey) -> Option<Prepared> {
        match self {
            Self::BuiltIn => prepare(key).ok().flatten(),
            // A key that AWS-LC does not take stays with ours.
            #[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
            Self::AwsLc => match aws_lc::prepare(key) {
                Some(theirs) => Some(Prepared { key: theirs, engine: self }),
                None => prepare(key).ok().flatten(),
            },
        }
    }
}

/// Prepares a public key.
#[cfg(feature = "engine")]
pub(crate) fn prepare(key: &PublicKey) -> Result<Option<Prepared>, KeyInvalidReason> {
    let prepared = match key {
        // Preparing these keys is expensive and their checks are complete, so it is deferred to first use.
        PublicKey::Rsa { .. } | PublicKey::MlDsa { .. } => Box::new(lazy_key::Key::new(key.clone())),
        PublicKey::Ec { .. } | PublicKey::Ed25519(_) => prepare_now(key)?,
    };
    Ok(Some(Prepared { key: prepared, engine: Engine::BuiltIn }))
}

#[cfg(feature = "engine")]
fn prepare_now(key: &PublicKey) -> Result<Box<dyn PreparedKey>, KeyInvalidReason> {
    Ok(match key {
        PublicKey::Rsa { modulus, exponent } => Box::new(rsa::Key::new(modulus, *exponent)?),
        PublicKey::Ec { curve, x, y } => ecdsa::prepare(*curve, x, y)?,
        PublicKey::Ed25519(point) => Box::new(eddsa::Key::new(point)?),
        PublicKey::MlDsa { set, key } => ml_dsa::prepare(*set, key)?,
    })
}

/// Without the engine a key is prepared by the host.
#[cfg(not(feature = "engine"))]
#[allow(clippy::unnecessary_wraps, reason = "the signature of the build with the engine")]
pub(crate) fn prepare(_key: &PublicKey) -> Result<Option<Prepared>, KeyInvalidReason> {
    Ok(None)
}

/// HMAC is small and constant-time: it is in every build.
pub(crate) fn prepare_secret(secret: &SharedSecret) -> Prepared {
    Prepared { key: Box::new(hmac::Key::new(secret)), engine: Engine::BuiltIn }
}
