//! Private keys that decrypt tokens, by AWS-LC.

use std::boxed::Box;
use std::fmt;
use std::vec::Vec;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};

use crate::error::ConfigError;
use crate::jose::jwe::{DecryptionKey, DecryptionStep, KeyManagement};

/// Decryption keys with their private parts, which perform the steps of a [`Decryption`](crate::jose::jwe::Decryption) by
/// AWS-LC.
///
/// # Example
/// ```
/// use countersign::DecryptionKeys;
/// use countersign::jose::jwe::{ContentEncryption, DecryptionKey, KeyManagement};
///
/// # let scalar = [7; 32];
/// let keys = DecryptionKeys::new()
///     .ec(DecryptionKey::ec(KeyManagement::EcdhEsA256Kw, "P-256")?.kid("2026"), &scalar)?
///     .direct(DecryptionKey::client_secret(ContentEncryption::A256Gcm, "the client secret")?)?;
/// // ReqwestClient::new(client)?.with_decryption_keys(keys)
/// # let _ = keys;
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Default)]
pub struct DecryptionKeys {
    keys: Vec<DecryptionKey>,
    private: Vec<Private>,
}

enum Private {
    Rsa(Box<OaepPrivateDecryptingKey>),
    Ec(PrivateKey),
    /// The core has it
    None,
}

const fn mistake(problem: &'static str) -> ConfigError {
    ConfigError { option: "decryption_keys", problem }
}

impl DecryptionKeys {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an RSA key, from its PKCS #8 in DER. `configure` may give it a `kid` and a list of `enc`.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that is none, or has less than 2048 or more than 4096 bits.
    pub fn rsa(
        self,
        pkcs8: &[u8],
        configure: impl FnOnce(DecryptionKey) -> Result<DecryptionKey, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let problem = mistake("has an RSA key that is no PKCS #8 in DER");
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| problem)?;
        let described = configure(DecryptionKey::rsa(key.key_size_bytes())?)?;
        let private = OaepPrivateDecryptingKey::new(key).map_err(|_| problem)?;
        Ok(self.add(described, Private::Rsa(Box::new(private))))
    }

    /// Adds the private number of an EC key, big-endian and as long as its curve's field.
    ///
    /// # Errors
    /// [`ConfigError`] for a number that is none of the curve, or a description of another kind of key.
    pub fn ec(self, key: DecryptionKey, number: &[u8]) -> Result<Self, ConfigError> {
        let algorithm =
            key.curve().and_then(ecdh).ok_or(mistake("has a private number for a key that is no EC key"))?;
        let private = PrivateKey::from_private_key(algorithm, number);
        let private = private.map_err(|_| mistake("has a private number that is none of its curve"))?;
        Ok(self.add(key, Private::Ec(private)))
    }

    /// Adds a key for `dir`.
    ///
    /// # Errors
    /// [`ConfigError`] for another kind of key.
    pub fn direct(self, key: DecryptionKey) -> Result<Self, ConfigError> {
        if key.algorithm() != KeyManagement::Dir {
            return Err(mistake("has a key without its private part"));
        }
        Ok(self.add(key, Private::None))
    }

    fn add(mut self, key: DecryptionKey, private: Private) -> Self {
        self.keys.push(key);
        self.private.push(private);
        self
    }

    /// What the core knows of them.
    pub fn keys(&self) -> &[DecryptionKey] {
        &self.keys
    }

    /// Performs a step.
    pub fn perform(&self, step: &DecryptionStep<'_>) -> Option<Vec<u8>> {
        match *step {
            DecryptionStep::UnwrapRsa { key, encrypted_key } => match self.private.get(key)? {
                Private::Rsa(private) => {
                    let mut out = std::vec![0; private.min_output_size()];
                    let label = None;
                    private
                        .decrypt(&OAEP_SHA256_MGF1SHA256, encrypted_key, &mut out, label)
                        .ok()
                        .map(|key| key.to_vec())
                }
                Private::Ec(_) | Private::None => None,
            },
            DecryptionStep::Agree { key, curve, x, y } => match self.private.get(key)? {
                Private::Ec(private) => {
                    let point = [&[4], x, y].concat();
                    let theirs = UnparsedPublicKey::new(ecdh(curve)?, point);
                    agreement::agree(private, theirs, (), |secret| Ok(secret.to_vec())).ok()
                }
                Private::Rsa(_) | Private::None => None,
            },
            DecryptionStep::UnwrapAes { key, encrypted_key } => {
                let algorithm = if key.len() == 16 { &key_wrap::AES_128 } else { &key_wrap::AES_256 };
                let mut out = std::vec![0; encrypted_key.len()];
                AesKek::new(algorithm, key).ok()?.unwrap(encrypted_key, &mut out).ok().map(|key| key.to_vec())
            }
            DecryptionStep::OpenGcm { key, iv, aad, sealed } => {
                let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
                let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
                let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
                let mut content = sealed.to_vec();
                key.open_in_place(nonce, Aad::from(aad), &mut content).ok().map(|content| content.to_vec())
            }
            DecryptionStep::OpenCbc { key, iv, ciphertext } => {
                let algorithm = if key.len() == 16 { &cipher::AES_128 } else { &cipher::AES_256 };
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
                let context = DecryptionContext::Iv128(FixedLength::try_from(iv).ok()?);
                let mut blocks = ciphertext.to_vec();
                key.decrypt(&mut blocks, context).ok().map(|content| content.to_vec())
            }
            DecryptionStep::Done => None,
        }
    }
}

fn ecdh(curve: &str) -> Option<&'static agreement::Algorithm> {
    match curve {
        "P-256" => Some(&ECDH_P256),
        "P-384" => Some(&ECDH_P384),
        "P-521" => Some(&ECDH_P521),
        _ => None,
    }
}

impl fmt::Debug for DecryptionKeys {
    /// Without private parts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKeys").field("keys", &self.keys).finish_non_exhaustive()
    }
}
