//! The decryption of a token (RFC 7516 §5.2), as steps that the host performs.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use zeroize::Zeroizing;

use super::algorithm::{ContentEncryption, KeyManagement};
use super::content::{self, Sealed};
use super::header::Header;
use super::kdf;
use super::key::{DecryptionKey, Material};
use crate::encoding::base64url;
use crate::error::{Error, MalformedReason, SizeReason, TokenTypeReason};
use crate::jose::algorithm::Curve;
use crate::limits::Limits;

/// Whether a text has the five segments of an encrypted token, and not the three of a signed one.
pub fn is_encrypted(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').take(5).count() == 4
}

/// One token on its way from five segments to the signed token inside.
///
/// Ask [`Decryption::step`] what to do, do it with the host's cryptography, and give the result to [`Decryption::answer`],
/// until there is none. Whatever fails, the way goes on as if it had not, and ends with the one error: which step it was,
/// neither an answer nor the time it takes tells (RFC 7516 §11.5).
///
/// # Example
/// ```
/// use countersign::jose::jwe::{ContentEncryption, Decryption, DecryptionKey, DecryptionStep};
///
/// # fn aes_gcm(key: &[u8], iv: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> { None }
/// # let entropy = [7; 64];
/// # let secret = [7; 16];
/// let keys = [DecryptionKey::direct(ContentEncryption::A128Gcm, &secret)?];
/// let token = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";
/// let mut decryption = Decryption::begin(token, &keys, &entropy)?;
/// let answer = match decryption.step() {
///     DecryptionStep::OpenGcm { key, iv, aad, sealed } => aes_gcm(key, iv, aad, sealed),
///     _ => None, // No other step comes for `dir` with AES-GCM.
/// };
/// assert_eq!(decryption.answer(answer.as_deref()), Err(countersign::Error::DecryptionFailed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decryption {
    algorithm: KeyManagement,
    encryption: ContentEncryption,
    party_u: Vec<u8>,
    party_v: Vec<u8>,
    /// The number of the key
    key: usize,
    aad: Vec<u8>,
    encrypted_key: Vec<u8>,
    iv: Vec<u8>,
    /// Ciphertext and tag
    sealed: Vec<u8>,
    /// In the place of a key that cannot be had
    random_key: Zeroizing<Vec<u8>>,
    state: State,
}

enum State {
    UnwrapRsa,
    Agree {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    UnwrapAes(Zeroizing<Vec<u8>>),
    /// The key that decrypts
    Open(Zeroizing<Vec<u8>>),
    Over,
}

/// What the host does next.
#[derive(PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptionStep<'a> {
    /// RSAES-OAEP with SHA-256, MGF1 with SHA-256 and no label, by the private key of this number
    UnwrapRsa {
        /// The index of the key in those given
        key: usize,
        /// As long as the modulus
        encrypted_key: &'a [u8],
    },
    /// ECDH by the private key of this number: the answer is the x coordinate, with all its bytes
    Agree {
        /// The index of the key in those given
        key: usize,
        /// `P-256`, `P-384` or `P-521`
        curve: &'static str,
        /// Of the other side's point, which is on the curve
        x: &'a [u8],
        /// Likewise
        y: &'a [u8],
    },
    /// AES Key Wrap (RFC 3394)
    UnwrapAes {
        /// The key that unwraps
        key: &'a [u8],
        /// The wrapped key
        encrypted_key: &'a [u8],
    },
    /// AES in Galois/Counter mode, with a tag of 16 bytes
    OpenGcm {
        /// The key
        key: &'a [u8],
        /// The initialization vector
        iv: &'a [u8],
        /// What is authenticated beside the content
        aad: &'a [u8],
        /// Ciphertext and tag
        sealed: &'a [u8],
    },
    /// AES in CBC mode, with the padding of PKCS #7. The content is authentic: its tag has been verified.
    OpenCbc {
        /// The key
        key: &'a [u8],
        /// The initialization vector
        iv: &'a [u8],
        /// Whole blocks
        ciphertext: &'a [u8],
    },
    /// Nothing: the decryption is over
    Done,
}

impl Decryption {
    /// Reads a token, and chooses the key for it. `entropy` is 64 bytes of a cryptographic random number generator, never used
    /// before: the key for content whose own key cannot be had.
    ///
    /// # Errors
    /// [`Error::TokenMalformed`], [`Error::TokenTooLarge`], [`Error::HeaderInvalid`] and [`Error::TokenTypeUnsupported`] by the
    /// form of the token, one that is not encrypted among them; [`Error::CritUnsupported`] and [`Error::EncryptionUnsupported`] for what its header asks for;
    /// [`Error::DecryptionKeyNotFound`] and [`Error::KeyAmbiguous`] where its header does not choose one key; and
    /// [`Error::DecryptionFailed`].
    pub fn begin(token: &str, keys: &[DecryptionKey], entropy: &[u8; 64]) -> Result<Self, Error> {
        if token.bytes().filter(|byte| *byte == b'.').count() == 2 {
            return Err(Error::TokenTypeUnsupported(TokenTypeReason::NotEncrypted));
        }
        let [header_text, encrypted_key, iv, ciphertext, tag] = split(token.as_bytes())?;
        let header = Header::parse(decode(header_text)?, Limits::default().header_depth)?;
        let number = select(keys, &header)?;
        let key = keys.get(number).ok_or(Error::DecryptionKeyNotFound)?;
        let [encrypted_key, iv] = [decode(encrypted_key)?, decode(iv)?];
        let [ciphertext, tag] = [decode(ciphertext)?, decode(tag)?];
        check_lengths(&header, &key.material, [&encrypted_key, &iv, &ciphertext, &tag])?;
        let start = match &key.material {
            Material::Rsa(_) => State::UnwrapRsa,
            Material::Ec(curve) => {
                let (x, y) = header.ephemeral_key(*curve)?;
                State::Agree { curve: *curve, x, y }
            }
            Material::Secret(secret) => State::Open(secret.clone()),
        };
        let length = header.encryption.key_length();
        let mut decryption = Self {
            algorithm: header.algorithm,
            encryption: header.encryption,
            party_u: header.party_u,
            party_v: header.party_v,
            key: number,
            aad: header_text.to_vec(),
            encrypted_key,
            iv,
            sealed: [ciphertext, tag].concat(),
            random_key: Zeroizing::new(entropy.get(..length).unwrap_or(entropy).to_vec()),
            state: State::Over,
        };
        match start {
            State::Open(secret) => decryption.open(&secret)?,
            other => decryption.state = other,
        }
        Ok(decryption)
    }

    /// What to do next.
    pub fn step(&self) -> DecryptionStep<'_> {
        match &self.state {
            State::UnwrapRsa => DecryptionStep::UnwrapRsa { key: self.key, encrypted_key: &self.encrypted_key },
            State::Agree { curve, x, y } => DecryptionStep::Agree { key: self.key, curve: curve.name(), x, y },
            State::UnwrapAes(key) => DecryptionStep::UnwrapAes { key, encrypted_key: &self.encrypted_key },
            State::Open(key) if self.encryption.is_cbc() => {
                DecryptionStep::OpenCbc { key, iv: &self.iv, ciphertext: self.sealed().0 }
            }
            State::Open(key) => DecryptionStep::OpenGcm { key, iv: &self.iv, aad: &self.aad, sealed: &self.sealed },
            State::Over => DecryptionStep::Done,
        }
    }

    /// Takes the result of the step: `None` where the host's cryptography refused. When it was the last one, the answer is the
    /// signed token, as text.
    ///
    /// # Errors
    /// [`Error::DecryptionFailed`], whatever has failed; [`Error::TokenMalformed`] for content that is no text.
    pub fn answer(&mut self, result: Option<&[u8]>) -> Result<Option<String>, Error> {
        match mem::replace(&mut self.state, State::Over) {
            State::UnwrapRsa | State::UnwrapAes(_) => self.open(result.unwrap_or_default())?,
            State::Agree { curve, .. } => {
                let secret = result.filter(|secret| secret.len() == curve.field_length()).unwrap_or_default();
                match self.algorithm.wrapping_key_length() {
                    Some(length) => self.state = State::UnwrapAes(self.derive(secret, self.algorithm.name(), length)),
                    None if secret.is_empty() => self.open(&[])?,
                    None => {
                        let length = self.encryption.key_length();
                        self.open(&self.derive(secret, self.encryption.name(), length))?;
                    }
                }
            }
            State::Open(_) => {
                let content = result.ok_or(Error::DecryptionFailed)?;
                let text = core::str::from_utf8(content).map_err(|_| Error::TokenMalformed(MalformedReason::Alphabet));
                return text.map(|text| Some(text.into()));
            }
            State::Over => return Err(Error::DecryptionFailed),
        }
        Ok(None)
    }

    /// Takes the key of the content, or the random one where that has another length than `enc` wants. CBC content is
    /// authenticated here.
    fn open(&mut self, key: &[u8]) -> Result<(), Error> {
        let key = if key.len() == self.encryption.key_length() { key } else { self.random_key.as_slice() };
        let key = if self.encryption.is_cbc() {
            let (ciphertext, tag) = self.sealed();
            let sealed = Sealed { aad: &self.aad, iv: &self.iv, ciphertext, tag };
            content::authenticate(self.encryption, key, &sealed).ok_or(Error::DecryptionFailed)?
        } else {
            key
        };
        self.state = State::Open(Zeroizing::new(key.to_vec()));
        Ok(())
    }

    fn derive(&self, secret: &[u8], algorithm: &str, length: usize) -> Zeroizing<Vec<u8>> {
        kdf::derive(secret, algorithm, &self.party_u, &self.party_v, length)
    }

    /// Ciphertext and tag
    fn sealed(&self) -> (&[u8], &[u8]) {
        let length = self.sealed.len().saturating_sub(self.encryption.tag_length());
        self.sealed.split_at_checked(length).unwrap_or_default()
    }
}

impl fmt::Debug for Decryption {
    /// Without keys and content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryption")
            .field("algorithm", &self.algorithm)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DecryptionStep<'_> {
    /// The step's name: keys are in most.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnwrapRsa { .. } => "UnwrapRsa",
            Self::Agree { .. } => "Agree",
            Self::UnwrapAes { .. } => "UnwrapAes",
            Self::OpenGcm { .. } => "OpenGcm",
            Self::OpenCbc { .. } => "OpenCbc",
            Self::Done => "Done",
        })
    }
}

const fn malformed(reason: MalformedReason) -> Error {
    Error::TokenMalformed(reason)
}

/// The five segments (RFC 7516 §7.1), within the bounds of size.
fn split(token: &[u8]) -> Result<[&[u8]; 5], Error> {
    if token.len() > Limits::MAX.token {
        return Err(Error::TokenTooLarge(SizeReason::Token));
    }
    if token.is_empty() {
        return Err(malformed(MalformedReason::Empty));
    }
    if !token.iter().all(|&byte| byte == b'.' || base64url::is_digit(byte)) {
        return Err(malformed(MalformedReason::Alphabet));
    }
    let mut segments = token.split(|&byte| byte == b'.');
    let mut next = || segments.next().ok_or(malformed(MalformedReason::EncryptedSegments));
    let five = [next()?, next()?, next()?, next()?, next()?];
    if segments.next().is_some() {
        return Err(malformed(MalformedReason::EncryptedSegments));
    }
    let [header, ..] = five;
    if header.len().saturating_mul(3) / 4 > Limits::default().header {
        return Err(Error::TokenTooLarge(SizeReason::Header));
    }
    Ok(five)
}

fn decode(segment: &[u8]) -> Result<Vec<u8>, Error> {
    base64url::decode(segment).map_err(|_| malformed(MalformedReason::NonCanonical))
}

/// The one key that serves the token: of those with its `kid`, and where there are none, of those without one.
fn select(keys: &[DecryptionKey], header: &Header) -> Result<usize, Error> {
    let serving = || keys.iter().enumerate().filter(|(_, key)| key.serves(header.algorithm, header.encryption));
    let named = serving().filter(|(_, key)| key.kid.is_some() && key.kid == header.kid);
    let mut named = named.map(|(number, _)| number);
    let mut any = serving().filter(|(_, key)| header.kid.is_none() || key.kid.is_none()).map(|(number, _)| number);
    match (named.next(), named.next()) {
        (Some(number), None) => Ok(number),
        (Some(_), Some(_)) => Err(Error::KeyAmbiguous),
        (None, _) => match (any.next(), any.next()) {
            (Some(number), None) => Ok(number),
            (Some(_), Some(_)) => Err(Error::KeyAmbiguous),
            (None, _) => Err(Error::DecryptionKeyNotFound),
        },
    }
}

/// What `alg` and `enc` say of the lengths (RFC 7518 §4.3, §4.5, §4.6, §5.2, §5.3), which anybody can see.
fn check_lengths(header: &Header, material: &Material, segments: [&[u8]; 4]) -> Result<(), Error> {
    let [encrypted_key, iv, ciphertext, tag] = segments.map(<[u8]>::len);
    let encryption = header.encryption;
    let wanted_key = match (material, header.algorithm.wrapping_key_length()) {
        (Material::Rsa(modulus_length), _) => *modulus_length,
        (_, Some(_)) => encryption.key_length().saturating_add(8),
        (_, None) => 0,
    };
    let whole = !encryption.is_cbc() || (ciphertext > 0 && ciphertext % 16 == 0);
    if encrypted_key == wanted_key && iv == encryption.iv_length() && tag == encryption.tag_length() && whole {
        return Ok(());
    }
    Err(malformed(MalformedReason::EncryptedLengths))
}
