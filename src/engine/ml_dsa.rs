//! ML-DSA (FIPS 204, RFC 9964) with the empty context, by the `ml-dsa` crate.

use alloc::boxed::Box;

use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};

use crate::engine::PreparedKey;
use crate::error::KeyInvalidReason;
use crate::jose::algorithm::{Algorithm, ParameterSet};

pub(crate) fn prepare(set: ParameterSet, key: &[u8]) -> Result<Box<dyn PreparedKey>, KeyInvalidReason> {
    Ok(match set {
        ParameterSet::MlDsa44 => Box::new(Key::<MlDsa44>::new(key)?),
        ParameterSet::MlDsa65 => Box::new(Key::<MlDsa65>::new(key)?),
        ParameterSet::MlDsa87 => Box::new(Key::<MlDsa87>::new(key)?),
    })
}

struct Key<P: MlDsaParams>(VerifyingKey<P>);

impl<P: MlDsaParams> Key<P> {
    fn new(key: &[u8]) -> Result<Self, KeyInvalidReason> {
        let encoded = EncodedVerifyingKey::<P>::try_from(key).map_err(|_| KeyInvalidReason::Length)?;
        Ok(Self(VerifyingKey::decode(&encoded)))
    }
}

impl<P: MlDsaParams + Send + Sync> PreparedKey for Key<P>
where
    VerifyingKey<P>: Send + Sync,
{
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        Signature::<P>::try_from(signature).is_ok_and(|signature| self.0.verify_with_context(message, &[], &signature))
    }
}
