//! A key that verifies signatures, whatever it was read from.

use alloc::string::String;
use alloc::vec::Vec;

use crate::engine::{self, Engine, Prepared};
use crate::error::{Error, KeyInvalidReason, KeyUnsuitableReason};
use crate::jose::algorithm::Algorithm;
use crate::jose::jwk::Jwk;
use crate::jose::pem;
use crate::jose::public_key::PublicKey;
use crate::jose::secret::SharedSecret;
use crate::jose::thumbprint;

/// A key that verifies signatures: checked and prepared once, used for many tokens.
#[derive(Debug)]
pub struct VerifyingKey {
    kid: Option<String>,
    alg: Option<Algorithm>,
    alone: bool,
    material: Material,
    prepared: Option<Prepared>,
    id: u32,
}

/// The material of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Material {
    Public(PublicKey),
    Secret(SharedSecret),
}

impl VerifyingKey {
    /// Reads a public JWK (RFC 7517, as JSON text): RSA, EC with P-256, P-384, P-521 or secp256k1, OKP with
    /// Ed25519, or AKP with ML-DSA. A member that is `null` is absent, but for those of private keys.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] when the key is broken, unsafe or private, [`Error::KeyUnsuitable`] when it is
    /// of another type or, by its `use`, `key_ops` or `alg`, meant for something else.
    ///
    /// # Example
    /// ```
    /// use countersign::keys::VerifyingKey;
    /// use countersign::Algorithm;
    ///
    /// let key = VerifyingKey::from_jwk(
    ///     r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    /// )?;
    /// assert_eq!((key.kid(), key.algorithm()), (Some("a"), Some(Algorithm::EdDSA)));
    ///
    /// let error = VerifyingKey::from_jwk(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "an RSA modulus must have 2048 to 4096 bits");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        Self::from_parsed(Jwk::parse(jwk)?)
    }

    /// Reads a public key from `-----BEGIN PUBLIC KEY-----` (SPKI, RFC 7468 §13).
    ///
    /// Blanks, indentation and line ends of any kind may stand between boundaries and base64, and within the base64, or
    /// be missing. A line end that became the two characters `\n` is refused, with a message that says so.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] when it is anything else (a certificate, a private key, PKCS #1) or the key is
    /// unsafe, [`Error::KeyUnsuitable`] when its type or curve is not supported.
    ///
    /// # Example
    /// ```
    /// use countersign::keys::VerifyingKey;
    /// use countersign::Algorithm;
    ///
    /// let key = VerifyingKey::from_pem(
    ///     "-----BEGIN PUBLIC KEY-----
    /// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    /// -----END PUBLIC KEY-----",
    /// )?;
    /// assert_eq!(key.algorithm(), Some(Algorithm::EdDSA));
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::new(None, None, pem::public_key(pem)?)
    }

    pub(crate) fn from_parsed(Jwk { kid, alg, public }: Jwk) -> Result<Self, Error> {
        Self::new(kid, alg, public)
    }

    /// A key by its parts. Refuses one that is not on its curve.
    pub(crate) fn new(kid: Option<String>, alg: Option<Algorithm>, public: PublicKey) -> Result<Self, Error> {
        if alg.is_some_and(|algorithm| !public.supports(algorithm)) {
            return Err(KeyUnsuitableReason::AlgorithmForKey.into());
        }
        if !public.is_on_curve() {
            return Err(KeyInvalidReason::Point.into());
        }
        let prepared = engine::prepare(&public)?;
        let alg = alg.or(public.only_algorithm());
        Ok(Self { kid, alg, alone: false, material: Material::Public(public), prepared, id: next_id() })
    }

    pub(crate) fn from_secret(secret: SharedSecret) -> Self {
        let prepared = Some(engine::prepare_secret(&secret));
        let alg = Some(secret.algorithm());
        Self { kid: None, alg, alone: true, material: Material::Secret(secret), prepared, id: next_id() }
    }

    /// Marks a key that was given alone and not in a set: a token's `kid` then says nothing about it,
    /// unless the key has one too.
    pub(crate) fn standalone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Has this engine verify signatures with the key. A shared secret stays as it is.
    ///
    /// # Example
    /// ```
    /// use countersign::keys::{Engine, VerifyingKey};
    ///
    /// let key = VerifyingKey::from_jwk(
    ///     r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    /// )?;
    /// assert_eq!(key.engine(), Some(Engine::BuiltIn));
    /// # #[cfg(feature = "aws-lc-rs")]
    /// assert_eq!(key.with_engine(Engine::AwsLc).engine(), Some(Engine::AwsLc));
    /// # Ok::<(), countersign::Error>(())
    /// ```
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        self.on_engine(engine).unwrap_or(self)
    }

    /// The same key on another engine. None if it is on this one already, or is for no engine.
    pub(crate) fn on_engine(&self, engine: Engine) -> Option<Self> {
        let public = self.public()?;
        if self.engine()? == engine {
            return None;
        }
        Some(Self {
            kid: self.kid.clone(),
            alg: self.alg,
            alone: self.alone,
            material: self.material.clone(),
            prepared: engine.prepare(public),
            id: next_id(),
        })
    }

    /// The engine that verifies with the key. None where the build has none for it.
    pub fn engine(&self) -> Option<Engine> {
        self.prepared.as_ref().map(Prepared::engine)
    }

    /// The key ID.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm that the key is bound to. An RSA key without `alg` is bound to none: it serves
    /// RS256, or the one RSA algorithm that the verifier's list names.
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.alg
    }

    /// The SHA-256 thumbprint (RFC 7638 §3), base64url. None for a shared secret.
    ///
    /// # Example
    /// ```
    /// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// let thumbprint = countersign::keys::VerifyingKey::from_jwk(jwk)?.thumbprint();
    /// assert_eq!(thumbprint.as_deref(), Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn thumbprint(&self) -> Option<String> {
        self.public().map(thumbprint::of)
    }

    /// The canonical public JWK: what RFC 7638 hashes, and what a host's cryptography imports.
    pub fn to_jwk(&self) -> Option<String> {
        self.public().map(PublicKey::to_jwk)
    }

    /// Verifies a bare signature, for formats other than the compact token: the same checks of its form
    /// and the same arithmetic as [`crate::Verifier::verify`], without claims and `kid`.
    ///
    /// `algorithm` comes from the caller's own configuration, never from the message (RFC 8725 §3.1). An
    /// RSA key without `alg` serves each RSA algorithm here.
    ///
    /// # Errors
    /// [`Error::KeyUnsuitable`] when the key is bound to another algorithm, [`Error::SignatureInvalid`]
    /// when the signature has the wrong form or does not hold, [`Error::EngineUnavailable`] in a build
    /// without the feature `engine` (HMAC works there too).
    ///
    /// # Example
    /// ```
    /// use countersign::keys::VerifyingKey;
    /// use countersign::{Algorithm, SharedSecret};
    ///
    /// // RFC 4231, case 6, with HMAC-SHA-256.
    /// let key = VerifyingKey::from(SharedSecret::new(Algorithm::HS256, &[0xaa; 131])?);
    /// let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
    /// let mut tag = [
    ///     0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f,
    ///     0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54,
    /// ];
    /// key.verify_signature(Algorithm::HS256, message, &tag)?;
    /// tag[0] ^= 1;
    /// assert!(key.verify_signature(Algorithm::HS256, message, &tag).is_err());
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn verify_signature(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if !self.is_bound_to(algorithm, algorithm) || self.public().is_some_and(|public| !public.supports(algorithm)) {
            return Err(KeyUnsuitableReason::AlgorithmForToken.into());
        }
        if !self.is_well_formed_signature(signature) {
            return Err(Error::SignatureInvalid);
        }
        match self.verify(algorithm, message, signature) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::SignatureInvalid),
            None => Err(Error::EngineUnavailable),
        }
    }

    pub(crate) const fn public(&self) -> Option<&PublicKey> {
        match &self.material {
            Material::Public(public) => Some(public),
            Material::Secret(_) => None,
        }
    }

    /// The public key as bytes, for [`crate::internal`]'s `EngineKey`. None for a shared secret.
    #[doc(hidden)]
    pub fn engine_bytes(&self) -> Option<Vec<u8>> {
        self.public().map(PublicKey::to_bytes)
    }

    /// A number that no other key of this instance has, by which a host finds its own form of the key.
    #[doc(hidden)]
    pub const fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn is_bound_to(&self, algorithm: Algorithm, default_rsa_algorithm: Algorithm) -> bool {
        self.alg.unwrap_or(default_rsa_algorithm) == algorithm
    }

    /// Whether a token that names this `kid` can mean this key.
    pub(crate) fn matches_kid(&self, kid: &str) -> bool {
        match &self.kid {
            Some(own) => own == kid,
            None => self.alone,
        }
    }

    /// Whether both are the same key for the same purpose, on the same engine.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.kid == other.kid
            && self.alg == other.alg
            && self.material == other.material
            && self.engine() == other.engine()
    }

    /// Whether the bytes can be a signature under this key at all.
    pub(crate) fn is_well_formed_signature(&self, signature: &[u8]) -> bool {
        match &self.material {
            Material::Public(public) => public.is_well_formed_signature(signature),
            Material::Secret(secret) => signature.len() == secret.hash().length(),
        }
    }

    /// Verifies with the in-crate engine; None where this build has none for the key.
    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<bool> {
        self.prepared.as_ref().map(|prepared| prepared.verify(algorithm, message, signature))
    }
}

impl From<SharedSecret> for VerifyingKey {
    fn from(secret: SharedSecret) -> Self {
        Self::from_secret(secret)
    }
}

fn next_id() -> u32 {
    use core::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn read(members: &str) -> Result<VerifyingKey, Error> {
        VerifyingKey::from_jwk(&alloc::format!("{{{members}}}"))
    }

    #[test]
    fn an_optional_member_that_is_null_is_absent() {
        for name in ["kid", "alg", "use", "key_ops", "x5c", "x5u", "x5t", "x5t#S256", "ext"] {
            let key = read(&alloc::format!("{ED},\"{name}\":null")).unwrap();
            assert_eq!((key.kid(), key.algorithm()), (None, Some(Algorithm::EdDSA)), "{name}");
        }
        let all = read(&alloc::format!(r#"{ED},"kid":null,"alg":null,"use":null,"key_ops":null"#)).unwrap();
        assert!(all.same_as(&read(ED).unwrap()));
        // What is there counts as before.
        let error = |members: &str| read(&alloc::format!("{ED},{members}")).err();
        assert_eq!(error(r#""use":null,"key_ops":["sign"]"#), Some(KeyUnsuitableReason::KeyOps.into()));
        assert_eq!(error(r#""use":"enc","key_ops":null"#), Some(KeyUnsuitableReason::Use.into()));
        assert_eq!(error(r#""key_ops":[null]"#), Some(KeyInvalidReason::MemberType.into()));
    }

    #[test]
    fn a_mandatory_member_that_is_null_is_missing() {
        for (name, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
        {
            let members = ED.replace(&alloc::format!("\"{name}\":\"{value}\""), &alloc::format!("\"{name}\":null"));
            assert_eq!(read(&members).err(), Some(KeyInvalidReason::MemberMissing.into()), "{name}");
        }
        assert_eq!(read(r#""kty":"AKP","alg":null,"pub":"AA""#).err(), Some(KeyUnsuitableReason::AlgMissing.into()));
        assert_eq!(read(&alloc::format!(r#"{ED},"d":null"#)).err(), Some(KeyInvalidReason::PrivateMaterial.into()));
    }

    #[test]
    fn a_key_that_is_on_the_engine_stays_the_key_that_it_is() {
        let key = read(ED).unwrap();
        let id = key.id();
        let Some(engine) = key.engine() else { return };
        assert!(key.on_engine(engine).is_none());
        assert_eq!(key.with_engine(engine).id(), id);
        for other in Engine::ALL.iter().copied().filter(|other| *other != engine) {
            let moved = read(ED).unwrap().on_engine(other).unwrap();
            assert_eq!(moved.engine(), Some(other));
        }
    }
}
