//! The algorithms of encryption that are accepted (RFC 7518 §4, §5).

/// How the key of the content reaches the client: `alg` (RFC 7518 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256
    RsaOaep256,
    /// The key that ECDH and the Concat KDF agree on is that of the content
    EcdhEs,
    /// The key that they agree on wraps that of the content, by AES-128 Key Wrap
    EcdhEsA128Kw,
    /// The same by AES-256 Key Wrap
    EcdhEsA256Kw,
    /// The key of the content is a secret that both sides have
    Dir,
}

impl KeyManagement {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA128Kw, Self::EcdhEsA256Kw, Self::Dir];

    /// The name in headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
            Self::Dir => "dir",
        }
    }

    /// The algorithm of this name, if it is accepted.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(super) const fn is_ecdh(self) -> bool {
        self.wrapping_key_length().is_some() || matches!(self, Self::EcdhEs)
    }

    /// Bytes of the key that unwraps, where AES Key Wrap does.
    pub(super) const fn wrapping_key_length(self) -> Option<usize> {
        match self {
            Self::EcdhEsA128Kw => Some(16),
            Self::EcdhEsA256Kw => Some(32),
            Self::RsaOaep256 | Self::EcdhEs | Self::Dir => None,
        }
    }
}

/// How the content is encrypted and authenticated: `enc` (RFC 7518 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentEncryption {
    /// AES-128 in CBC mode and HMAC with SHA-256
    A128CbcHs256,
    /// AES-256 in CBC mode and HMAC with SHA-512
    A256CbcHs512,
    /// AES-128 in Galois/Counter mode
    A128Gcm,
    /// AES-256 in Galois/Counter mode
    A256Gcm,
}

impl ContentEncryption {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::A128CbcHs256, Self::A256CbcHs512, Self::A128Gcm, Self::A256Gcm];

    /// The name in headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The algorithm of this name, if it is accepted.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Bytes of its key: both halves, where it has two.
    pub const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
            Self::A256CbcHs512 => 64,
        }
    }

    pub(super) const fn is_cbc(self) -> bool {
        matches!(self, Self::A128CbcHs256 | Self::A256CbcHs512)
    }

    pub(super) const fn iv_length(self) -> usize {
        if self.is_cbc() { 16 } else { 12 }
    }

    pub(super) const fn tag_length(self) -> usize {
        match self {
            Self::A128CbcHs256 | Self::A128Gcm | Self::A256Gcm => 16,
            Self::A256CbcHs512 => 32,
        }
    }
}
