//! ECDSA over P-256, P-384, P-521 and secp256k1 (RFC 7518 §3.4, RFC 8812).

use alloc::boxed::Box;
use alloc::sync::Arc;

use countersign_arithmetic::{Curve, Curve256, Curve384, Curve521, CurvePoint};

use crate::engine::PreparedKey;
use crate::engine::once::once;
use crate::engine::point_tables::{BuildTable, Tables};
use crate::error::KeyInvalidReason;
use crate::hash::Hash;
use crate::jose::algorithm::{self, Algorithm};

/// Prepares a point of a curve, and refuses one that is not on it.
pub(crate) fn prepare(curve: algorithm::Curve, x: &[u8], y: &[u8]) -> Result<Box<dyn PreparedKey>, KeyInvalidReason> {
    use algorithm::Curve::{P256, P384, P521, Secp256k1};
    macro_rules! key {
        ($type:ty, $curve:expr, $hash:expr) => {
            Box::new(Key::new(once!(Domain<$type>, Domain::new($curve)), $hash, x, y)?)
        };
    }
    Ok(match curve {
        P256 => key!(Curve256, Curve256::p256(), Hash::Sha256),
        P384 => key!(Curve384, Curve384::p384(), Hash::Sha384),
        P521 => key!(Curve521, Curve521::p521(), Hash::Sha512),
        Secp256k1 => key!(Curve256, Curve256::secp256k1(), Hash::Sha256),
    })
}

/// A curve with its generator, for all keys of the curve.
struct Domain<C: Curve> {
    curve: C,
    generator: CurvePoint,
    tables: Tables<C::Table>,
}

impl<C: Curve> Domain<C> {
    fn new(curve: C) -> Self {
        let generator = curve.generator();
        let tables = Tables::new(&Point { curve: &curve, point: &generator });
        Self { curve, generator, tables }
    }
}

struct Point<'a, C: Curve> {
    curve: &'a C,
    point: &'a CurvePoint,
}

impl<C: Curve> BuildTable for Point<'_, C> {
    type Table = C::Table;

    fn strides(&self) -> [usize; 2] {
        self.curve.strides()
    }

    fn tabulate(&self, stride: usize) -> C::Table {
        self.curve.table(self.point, stride)
    }

    fn bytes(table: &C::Table) -> usize {
        C::table_bytes(table)
    }
}

struct Key<C: Curve> {
    domain: Arc<Domain<C>>,
    point: CurvePoint,
    tables: Tables<C::Table>,
    hash: Hash,
}

impl<C: Curve> Key<C> {
    fn new(domain: Arc<Domain<C>>, hash: Hash, x: &[u8], y: &[u8]) -> Result<Self, KeyInvalidReason> {
        let point = domain.curve.point(x, y).ok_or(KeyInvalidReason::Point)?;
        let tables = Tables::new(&Point { curve: &domain.curve, point: &point });
        Ok(Self { domain, point, tables, hash })
    }
}

impl<C: Curve> PreparedKey for Key<C> {
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let Domain { curve, generator, tables } = &*self.domain;
        let Some((r, s)) = signature.split_at_checked(C::LENGTH).filter(|(_, s)| s.len() == C::LENGTH) else {
            return false;
        };
        let generator = tables.get(&Point { curve, point: generator });
        let key = self.tables.get(&Point { curve, point: &self.point });
        curve.verify([&generator, &key], &self.hash.digest(message), r, s)
    }
}
