//! The one table of signature algorithms (RFC 7518, 8037, 8812, 9864, 9964). Nothing else lists them.

pub(crate) mod host_parameters;

use core::fmt;
use core::str::FromStr;

use crate::hash::Hash;

/// A signature algorithm, by its registered name.
///
/// # Example
/// ```
/// use countersign::Algorithm;
///
/// assert_eq!("ML-DSA-44".parse(), Ok(Algorithm::MLDSA44));
/// assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDSA));
/// assert!("none".parse::<Algorithm>().is_err());
/// assert_eq!(Algorithm::ES256.name(), "ES256");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs, clippy::upper_case_acronyms, reason = "the registered names say it")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    ES256K,
    /// Ed25519 under its older name. A token may say `EdDSA` or `Ed25519` (RFC 9864): both are this.
    EdDSA,
    MLDSA44,
    MLDSA65,
    MLDSA87,
    HS256,
    HS384,
    HS512,
}

/// An elliptic curve for ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
}

/// A parameter set of ML-DSA (FIPS 204 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterSet {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

/// The signature scheme of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    RsaPkcs1,
    RsaPss,
    Ecdsa(Curve),
    Ed25519,
    MlDsa(ParameterSet),
    Hmac(Hash),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) scheme: Scheme,
    /// The hash of the signature, which is also that of `at_hash` and `c_hash` (OpenID Connect Core
    /// §3.1.3.6). None where no specification names one.
    pub(crate) hash: Option<Hash>,
    /// Whether WebCrypto has it under this project's rules.
    pub(crate) web_crypto: bool,
}

/// Makes the list of all algorithms and the row of each. A variant without a row does not compile.
macro_rules! table {
    ($($variant:ident $name:literal $scheme:expr, $hash:expr, $web_crypto:literal;)+) => {
        const ALL: &[Algorithm] = &[$(Algorithm::$variant),+];

        impl Algorithm {
            pub(crate) const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => {
                        &Entry { name: $name, scheme: $scheme, hash: $hash, web_crypto: $web_crypto }
                    })+
                }
            }
        }
    };
}

table! {
    RS256 "RS256" Scheme::RsaPkcs1, Some(Hash::Sha256), true;
    RS384 "RS384" Scheme::RsaPkcs1, Some(Hash::Sha384), true;
    RS512 "RS512" Scheme::RsaPkcs1, Some(Hash::Sha512), true;
    PS256 "PS256" Scheme::RsaPss, Some(Hash::Sha256), true;
    PS384 "PS384" Scheme::RsaPss, Some(Hash::Sha384), true;
    PS512 "PS512" Scheme::RsaPss, Some(Hash::Sha512), true;
    ES256 "ES256" Scheme::Ecdsa(Curve::P256), Some(Hash::Sha256), true;
    ES384 "ES384" Scheme::Ecdsa(Curve::P384), Some(Hash::Sha384), true;
    ES512 "ES512" Scheme::Ecdsa(Curve::P521), Some(Hash::Sha512), true;
    ES256K "ES256K" Scheme::Ecdsa(Curve::Secp256k1), Some(Hash::Sha256), false;
    EdDSA "EdDSA" Scheme::Ed25519, Some(Hash::Sha512), true;
    MLDSA44 "ML-DSA-44" Scheme::MlDsa(ParameterSet::MlDsa44), None, false;
    MLDSA65 "ML-DSA-65" Scheme::MlDsa(ParameterSet::MlDsa65), None, false;
    MLDSA87 "ML-DSA-87" Scheme::MlDsa(ParameterSet::MlDsa87), None, false;
    HS256 "HS256" Scheme::Hmac(Hash::Sha256), Some(Hash::Sha256), false;
    HS384 "HS384" Scheme::Hmac(Hash::Sha384), Some(Hash::Sha384), false;
    HS512 "HS512" Scheme::Hmac(Hash::Sha512), Some(Hash::Sha512), false;
}

impl Algorithm {
    /// Names that stand for an algorithm beside its [`Algorithm::name`]: the fully specified one of `EdDSA` (RFC 9864 §2.2).
    pub const ALIASES: &'static [(&'static str, Self)] = &[("Ed25519", Self::EdDSA)];

    /// Every algorithm, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().copied()
    }

    /// Every algorithm with public keys: what a verifier allows unless told otherwise.
    pub fn asymmetric() -> impl Iterator<Item = Self> {
        Self::all().filter(|algorithm| !algorithm.is_symmetric())
    }

    /// The registered name (`EdDSA` for Ed25519).
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// Whether the key is a shared secret.
    pub const fn is_symmetric(self) -> bool {
        matches!(self.entry().scheme, Scheme::Hmac(_))
    }

    pub(crate) const fn is_rsa(self) -> bool {
        matches!(self.entry().scheme, Scheme::RsaPkcs1 | Scheme::RsaPss)
    }

    /// Its place in [`Algorithm::all`].
    #[doc(hidden)]
    #[allow(clippy::as_conversions, reason = "a fieldless enum's discriminant")]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The name is not one of a supported algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAlgorithm;

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a supported signature algorithm")
    }
}

impl core::error::Error for UnknownAlgorithm {}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Names are compared exactly, as RFC 7515 §4.1.1 asks.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let named = Self::all().find(|algorithm| algorithm.name() == name);
        let aliases = || Self::ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, algorithm)| *algorithm);
        named.or_else(aliases).ok_or(UnknownAlgorithm)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Curve {
    /// The `crv` of a JWK.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// Bytes in a coordinate or a scalar (RFC 7518 §6.2.1.2).
    pub(crate) const fn field_length(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The one algorithm for keys on this curve.
    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::P521 => Algorithm::ES512,
            Self::Secp256k1 => Algorithm::ES256K,
        }
    }

    /// The curve that a JWK's `crv` names.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521, Self::Secp256k1].into_iter().find(|curve| curve.name() == name)
    }
}

impl ParameterSet {
    /// The one algorithm for keys of this set.
    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::MlDsa44 => Algorithm::MLDSA44,
            Self::MlDsa65 => Algorithm::MLDSA65,
            Self::MlDsa87 => Algorithm::MLDSA87,
        }
    }

    /// Bytes of a public key (FIPS 204, table 2).
    pub(crate) const fn key_length(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a signature (FIPS 204, table 2).
    pub(crate) const fn signature_length(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_declaration() {
        for (index, algorithm) in ALL.iter().enumerate() {
            assert_eq!(algorithm.index(), index);
            assert_eq!(algorithm.name().parse(), Ok(*algorithm));
        }
        assert_eq!(ALL.len(), 17);
    }

    #[test]
    fn names_are_exact() {
        assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDSA));
        for name in ["none", "None", "rs256", "RS256 ", "Ed448", "ED25519", "", "ES521", "RS1"] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
        }
    }
}
