//! Ed25519 (RFC 8032, RFC 8037) with strict semantics.

use alloc::sync::Arc;

use countersign_arithmetic::{ED25519_BASE, Ed25519, Ed25519Table, EdwardsPoint};
use sha2::{Digest, Sha512};

use crate::engine::PreparedKey;
use crate::engine::once::once;
use crate::engine::point_tables::{BuildTable, Tables};
use crate::error::KeyInvalidReason;
use crate::jose::algorithm::Algorithm;

/// The curve with its base point, for all keys.
struct Domain {
    group: Ed25519,
    /// None if the constant is no point: then nothing is verified, rather than with an S that does not count
    base: Option<Base>,
}

struct Base {
    point: Point,
    tables: Tables<Ed25519Table>,
}

impl Domain {
    fn new(base: &[u8; 32]) -> Self {
        let group = Ed25519::new();
        let base = group.decode(base).map(|point| {
            let point = Point(point);
            let tables = Tables::new(&Tabulated { group: &group, point: &point });
            Base { point, tables }
        });
        Self { group, base }
    }
}

struct Point(EdwardsPoint);

struct Tabulated<'a> {
    group: &'a Ed25519,
    point: &'a Point,
}

impl BuildTable for Tabulated<'_> {
    type Table = Ed25519Table;

    fn strides(&self) -> [usize; 2] {
        Ed25519::STRIDES
    }

    fn tabulate(&self, stride: usize) -> Ed25519Table {
        self.group.table(&self.point.0, stride)
    }

    fn bytes(table: &Ed25519Table) -> usize {
        table.bytes()
    }
}

pub(crate) struct Key {
    domain: Arc<Domain>,
    encoding: [u8; 32],
    /// −A
    negative: Point,
    tables: Tables<Ed25519Table>,
}

impl Key {
    /// From a canonical encoding of a point that is not of small order, as `PublicKey` has made sure of.
    pub(crate) fn new(encoding: &[u8; 32]) -> Result<Self, KeyInvalidReason> {
        Self::with(once!(Domain, Domain::new(&ED25519_BASE)), encoding)
    }

    fn with(domain: Arc<Domain>, encoding: &[u8; 32]) -> Result<Self, KeyInvalidReason> {
        let negative = Point(domain.group.decode(encoding).ok_or(KeyInvalidReason::Point)?.negate());
        let tables = Tables::new(&Tabulated { group: &domain.group, point: &negative });
        Ok(Self { domain, encoding: *encoding, negative, tables })
    }
}

impl PreparedKey for Key {
    /// R is canonical and not of small order: `PublicKey::is_well_formed_signature` has looked at it.
    fn verify(&self, _algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let ([r, s], []) = signature.as_chunks::<32>() else { return false };
        let hash = Sha512::new().chain_update(r).chain_update(self.encoding).chain_update(message).finalize();
        let Domain { group, base: Some(Base { point, tables }) } = &*self.domain else { return false };
        let base = tables.get(&Tabulated { group, point });
        let key = self.tables.get(&Tabulated { group, point: &self.negative });
        // §5.1.7 without the cofactor: the R that fits the rest is this one, byte for byte.
        group.combine([&base, &key], s, &hash.into()).as_ref() == Some(r)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod differential;
