//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 §8), by the `rsa` crate.

use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

use crate::crypto::PreparedKey;
use crate::crypto::hash::Hash;
use crate::error::KeyFault;
use crate::jose::algorithm::{Algorithm, Scheme};

pub(crate) struct Key(RsaPublicKey);

impl Key {
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Result<Self, KeyFault> {
        let n = BoxedUint::from_be_slice_vartime(modulus);
        let e = BoxedUint::from(exponent);
        RsaPublicKey::new(n, e).map(Self).map_err(|_| KeyFault::RsaModulus)
    }
}

impl PreparedKey for Key {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let entry = algorithm.entry();
        let Some(hash) = entry.hash else { return false };
        let digest = hash.digest(message);
        let key = &self.0;
        match (entry.scheme, hash) {
            (Scheme::RsaPkcs1, Hash::Sha256) => key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, signature),
            (Scheme::RsaPkcs1, Hash::Sha384) => key.verify(Pkcs1v15Sign::new::<Sha384>(), &digest, signature),
            (Scheme::RsaPkcs1, Hash::Sha512) => key.verify(Pkcs1v15Sign::new::<Sha512>(), &digest, signature),
            // RFC 7518 §3.5: MGF1 with the same hash, a salt of its length.
            (Scheme::RsaPss, Hash::Sha256) => key.verify(Pss::<Sha256>::new(), &digest, signature),
            (Scheme::RsaPss, Hash::Sha384) => key.verify(Pss::<Sha384>::new(), &digest, signature),
            (Scheme::RsaPss, Hash::Sha512) => key.verify(Pss::<Sha512>::new(), &digest, signature),
            _ => return false,
        }
        .is_ok()
    }
}
