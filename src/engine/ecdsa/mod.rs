//! ECDSA over P-256, P-384, P-521 and secp256k1 (RFC 7518 §3.4, RFC 8812).

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::engine::PreparedKey;
use crate::engine::arithmetic::curves::{P256, P384, P521, SECP256K1};
use crate::engine::arithmetic::limbs::{self, Limbs};
use crate::engine::arithmetic::table::Table;
use crate::engine::arithmetic::weierstrass::{self, Group};
use crate::engine::once::once;
use crate::engine::point_tables::{BuildTable, Tables};
use crate::error::KeyInvalidReason;
use crate::hash::Hash;
use crate::jose::algorithm::{Algorithm, Curve};

/// Prepares a point of a curve, and refuses one that is not on it.
pub(crate) fn prepare(curve: Curve, x: &[u8], y: &[u8]) -> Result<Box<dyn PreparedKey>, KeyInvalidReason> {
    Ok(match curve {
        Curve::P256 => Box::new(Key::new(once!(Domain<11, 22>, Domain::new(&P256)), Hash::Sha256, x, y)?),
        Curve::P384 => Box::new(Key::new(once!(Domain<16, 32>, Domain::new(&P384)), Hash::Sha384, x, y)?),
        Curve::P521 => Box::new(Key::new(once!(Domain<23, 46>, Domain::new(&P521)), Hash::Sha512, x, y)?),
        Curve::Secp256k1 => Box::new(Key::new(once!(Domain<11, 22>, Domain::new(&SECP256K1)), Hash::Sha256, x, y)?),
    })
}

/// A curve with its generator, for all keys of the curve.
struct Domain<const N: usize, const W: usize> {
    group: Group<N, W>,
    generator: Tables<W>,
}

impl<const N: usize, const W: usize> Domain<N, W> {
    fn new(curve: &'static weierstrass::Curve<N, W>) -> Self {
        let group = Group::new(curve);
        let generator = Tables::new(&Point { group: &group, coordinates: &curve.generator });
        Self { group, generator }
    }
}

struct Point<'a, const N: usize, const W: usize> {
    group: &'a Group<N, W>,
    coordinates: &'a [Limbs; 2],
}

impl<const N: usize, const W: usize> BuildTable<W> for Point<'_, N, W> {
    fn strides(&self) -> [usize; 2] {
        self.group.curve().strides
    }

    fn tabulate(&self, stride: usize) -> Table<W> {
        self.group.table(self.coordinates, stride)
    }
}

struct Key<const N: usize, const W: usize> {
    domain: Arc<Domain<N, W>>,
    coordinates: [Limbs; 2],
    tables: Tables<W>,
    hash: Hash,
}

impl<const N: usize, const W: usize> Key<N, W> {
    fn new(domain: Arc<Domain<N, W>>, hash: Hash, x: &[u8], y: &[u8]) -> Result<Self, KeyInvalidReason> {
        let coordinates = [x, y].map(limbs::from_bytes);
        if !domain.group.holds(&coordinates) {
            return Err(KeyInvalidReason::Point);
        }
        let tables = Tables::new(&Point { group: &domain.group, coordinates: &coordinates });
        Ok(Self { domain, coordinates, tables, hash })
    }

    /// Whether the signature is right for a hash, which is no longer than the order of the curve, as no hash of JOSE is.
    fn signs(&self, hash: &[u8], signature: &[u8]) -> bool {
        let Domain { group, generator } = &*self.domain;
        let coordinates = &self.coordinates;
        let length = group.curve().bytes();
        let Some((r, s)) = signature.split_at_checked(length).filter(|(_, s)| s.len() == length) else {
            return false;
        };
        let hash = limbs::from_bytes(hash);
        let generator = generator.get(&Point { group, coordinates: &group.curve().generator });
        let key = self.tables.get(&Point { group, coordinates });
        group.verify([&generator, &key], &hash, &[r, s].map(limbs::from_bytes))
    }
}

impl<const N: usize, const W: usize> PreparedKey for Key<N, W> {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.signs(&self.hash.digest(message), signature)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
