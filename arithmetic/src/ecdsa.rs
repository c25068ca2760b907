//! ECDSA over the four curves of JOSE, in a type for each length of their fields: what is generic over the digits of a field
//! is compiled here, and once for both curves of 256 bits.

use crate::curves;
use crate::limbs::{self, Limbs};
use crate::table::Table;
use crate::weierstrass::Group;

/// Affine coordinates of a point of a curve, which [`Curve::point`] has found there.
#[derive(Clone, Copy, Debug)]
pub struct CurvePoint([Limbs; 2]);

/// A curve, with what is computed once for all its keys.
pub trait Curve: Send + Sync + Sized + 'static {
    /// Multiples of a point.
    type Table: Send + Sync + 'static;

    /// Bytes of a coordinate, and of each half of a signature.
    const LENGTH: usize;

    /// The strides of a point's small table and of a larger one, for a point in use. One divides the other.
    fn strides(&self) -> [usize; 2];

    /// The generator (SP 800-186 §3.2.1, SEC 2 §2.4.1).
    fn generator(&self) -> CurvePoint;

    /// The point with these coordinates, big-endian. None if one of them is not below the prime, or the point is not on
    /// the curve.
    fn point(&self, x: &[u8], y: &[u8]) -> Option<CurvePoint>;

    /// Tabulates the multiples of a point, for every window of a scalar that is a multiple of the stride.
    fn table(&self, point: &CurvePoint, stride: usize) -> Self::Table;

    /// Bytes of a table's entries.
    fn table_bytes(table: &Self::Table) -> usize;

    /// Whether the two halves of a signature, `r` and `s`, sign a hash (FIPS 186-5 §6.4.2), given tables of the generator
    /// and of the key. The hash is no longer than the order, as no hash of JOSE is; all numbers are big-endian.
    fn verify(&self, tables: [&Self::Table; 2], hash: &[u8], r: &[u8], s: &[u8]) -> bool;
}

/// Declares the type of the curves whose field has so many bytes, elements of so many digits, and products of so many
/// columns.
macro_rules! curves {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $digits:literal, $columns:literal,
        $($(#[$curve_doc:meta])* $curve:ident: $constants:ident),+) => {
        $(#[$doc])*
        pub struct $name(Group<$digits, $columns>);

        impl $name {
            $($(#[$curve_doc])*
            pub fn $curve() -> Self {
                Self(Group::new(&curves::$constants))
            })+
        }

        impl Curve for $name {
            type Table = Table<$columns>;

            const LENGTH: usize = $bytes;

            fn strides(&self) -> [usize; 2] {
                self.0.curve().strides
            }

            fn generator(&self) -> CurvePoint {
                CurvePoint(self.0.curve().generator)
            }

            fn point(&self, x: &[u8], y: &[u8]) -> Option<CurvePoint> {
                let coordinates = [x, y].map(limbs::from_bytes);
                self.0.contains(&coordinates).then_some(CurvePoint(coordinates))
            }

            fn table(&self, point: &CurvePoint, stride: usize) -> Self::Table {
                self.0.table(&point.0, stride)
            }

            fn table_bytes(table: &Self::Table) -> usize {
                table.bytes()
            }

            fn verify(&self, tables: [&Self::Table; 2], hash: &[u8], r: &[u8], s: &[u8]) -> bool {
                self.0.verify(tables, &limbs::from_bytes(hash), &[r, s].map(limbs::from_bytes))
            }
        }
    };
}

curves! {
    /// A curve over a field of 256 bits.
    Curve256, 32, 11, 22,
    /// NIST P-256, of ES256.
    p256: P256,
    /// secp256k1, of ES256K.
    secp256k1: SECP256K1
}
curves! {
    /// The curve over a field of 384 bits.
    Curve384, 48, 16, 32,
    /// NIST P-384, of ES384.
    p384: P384
}
curves! {
    /// The curve over a field of 521 bits.
    Curve521, 66, 23, 46,
    /// NIST P-521, of ES512.
    p521: P521
}
