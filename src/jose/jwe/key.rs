//! Decryption keys, as far as the core knows them: the private numbers stay with the host.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::algorithm::{ContentEncryption, KeyManagement};
use crate::error::ConfigError;
use crate::hash::Hash;
use crate::jose::algorithm::Curve;

/// What a token may be encrypted for: a key of the client, with the one `alg` that it is for and the `enc` that go with it.
///
/// Of an RSA or EC key the core has size and curve. The private key is the host's, which performs the steps of a
/// [`Decryption`](super::Decryption).
///
/// # Example
/// ```
/// use countersign::jose::jwe::{ContentEncryption, DecryptionKey, KeyManagement};
///
/// let rsa = DecryptionKey::rsa(256)?.kid("2026").encryptions([ContentEncryption::A256Gcm])?;
/// let ec = DecryptionKey::ec(KeyManagement::EcdhEsA256Kw, "P-256")?;
/// let direct = DecryptionKey::client_secret(ContentEncryption::A128CbcHs256, "the secret of the registration")?;
/// # let _ = (rsa, ec, direct);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct DecryptionKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: KeyManagement,
    pub(super) encryptions: Vec<ContentEncryption>,
    pub(super) material: Material,
}

#[derive(Clone)]
pub(super) enum Material {
    /// Bytes of the modulus
    Rsa(usize),
    Ec(Curve),
    Secret(Zeroizing<Vec<u8>>),
}

const fn mistake(problem: &'static str) -> ConfigError {
    ConfigError { option: "decryption_keys", problem }
}

impl DecryptionKey {
    /// An RSA key for RSA-OAEP-256, by the bytes of its modulus: 256 to 512.
    ///
    /// # Errors
    /// [`ConfigError`] for a key of another size.
    pub fn rsa(modulus_length: usize) -> Result<Self, ConfigError> {
        if !(256..=512).contains(&modulus_length) {
            return Err(mistake("has an RSA key whose modulus does not have 2048 to 4096 bits"));
        }
        Ok(Self::new(KeyManagement::RsaOaep256, Material::Rsa(modulus_length)))
    }

    /// A key of one of the curves `P-256`, `P-384` and `P-521`, for ECDH-ES with or without key wrap.
    ///
    /// # Errors
    /// [`ConfigError`] for another curve or algorithm.
    pub fn ec(algorithm: KeyManagement, curve: &str) -> Result<Self, ConfigError> {
        if !algorithm.is_ecdh() {
            return Err(mistake("has an EC key whose `alg` is not ECDH-ES, ECDH-ES+A128KW or ECDH-ES+A256KW"));
        }
        let curve = Curve::from_name(curve).filter(|curve| *curve != Curve::Secp256k1);
        let curve = curve.ok_or(mistake("has an EC key of another curve than P-256, P-384 and P-521"))?;
        Ok(Self::new(algorithm, Material::Ec(curve)))
    }

    /// A secret that is the key of the content itself: `dir`. It has exactly the bytes of `enc`.
    ///
    /// # Errors
    /// [`ConfigError`] for another length.
    pub fn direct(encryption: ContentEncryption, secret: &[u8]) -> Result<Self, ConfigError> {
        if secret.len() != encryption.key_length() {
            return Err(mistake("has a secret that is not as long as the key of its `enc`"));
        }
        let key = Self::new(KeyManagement::Dir, Material::Secret(Zeroizing::new(secret.into())));
        Ok(Self { encryptions: [encryption].into(), ..key })
    }

    /// The key for `dir` that both sides derive from the client secret: the leftmost bytes of its SHA-256 hash (OpenID
    /// Connect Core §10.2). Keys of more than 256 bits cannot be derived so.
    ///
    /// # Errors
    /// [`ConfigError`] for A256CBC-HS512, and for an empty secret.
    pub fn client_secret(encryption: ContentEncryption, secret: &str) -> Result<Self, ConfigError> {
        if secret.is_empty() {
            return Err(mistake("has an empty client secret"));
        }
        let hash = Zeroizing::new(Hash::Sha256.digest(secret.as_bytes()));
        let problem = "derives a key of more than 256 bits from the client secret, which OpenID Connect has no way for";
        Self::direct(encryption, hash.get(..encryption.key_length()).ok_or(mistake(problem))?)
    }

    const fn new(algorithm: KeyManagement, material: Material) -> Self {
        Self { kid: None, algorithm, encryptions: Vec::new(), material }
    }

    /// The key ID, by which tokens choose the key. A key without one serves tokens with any, or none.
    #[must_use]
    pub fn kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// The content encryption that the client is registered for, `id_token_encrypted_response_enc`. Default: all that are
    /// accepted. A key for `dir` has its one already.
    ///
    /// # Errors
    /// [`ConfigError`] for an empty list, and for a key that has its one.
    pub fn encryptions(
        mut self,
        encryptions: impl IntoIterator<Item = ContentEncryption>,
    ) -> Result<Self, ConfigError> {
        if self.algorithm == KeyManagement::Dir {
            return Err(mistake("names `enc` of a key for `dir` twice"));
        }
        self.encryptions = encryptions.into_iter().collect();
        if self.encryptions.is_empty() {
            return Err(mistake("has an empty list of `enc`: leave it out, or name at least one"));
        }
        Ok(self)
    }

    /// The `alg` that it is for.
    pub const fn algorithm(&self) -> KeyManagement {
        self.algorithm
    }

    /// The curve of an EC key.
    pub const fn curve(&self) -> Option<&'static str> {
        if let Material::Ec(curve) = self.material { Some(curve.name()) } else { None }
    }

    pub(super) fn serves(&self, algorithm: KeyManagement, encryption: ContentEncryption) -> bool {
        self.algorithm == algorithm && (self.encryptions.is_empty() || self.encryptions.contains(&encryption))
    }
}

impl fmt::Debug for DecryptionKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
