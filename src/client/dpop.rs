//! Proofs of possession (RFC 9449), as a client makes them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::client::jws::{self, Identifiers, SigningInput, SigningPurpose};
use crate::encoding::base64url;
use crate::encoding::json::writer::{JsonWriter, quote};
use crate::encoding::url::HttpUrl;
use crate::error::{ConfigError, Error, KeyUnsuitableReason};
use crate::hash::Hash;
use crate::jose::algorithm::Algorithm;
use crate::keys::verifying_key::VerifyingKey;

/// Characters in a nonce.
const MAX_NONCE: usize = 1024;

/// The public half of the key that binds a client's tokens (RFC 9449 §4.1). The host has the private one, and signs.
#[derive(Clone, PartialEq, Eq)]
pub struct DpopKey {
    algorithm: Algorithm,
    jwk: String,
    thumbprint: String,
}

impl DpopKey {
    /// The key of a public JWK.
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] and [`Error::KeyUnsuitable`] when the JWK is not a sound public key for the algorithm.
    ///
    /// # Example
    /// ```
    /// use countersign::Algorithm;
    /// use countersign::client::DpopKey;
    ///
    /// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// let key = DpopKey::from_jwk(jwk, Algorithm::EdDSA)?;
    /// assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn from_jwk(jwk: &str, algorithm: Algorithm) -> Result<Self, Error> {
        let key = VerifyingKey::from_jwk(jwk)?;
        let supported = key.public().is_some_and(|public| public.supports(algorithm));
        if !supported || key.algorithm().is_some_and(|own| own != algorithm) {
            return Err(KeyUnsuitableReason::AlgorithmForKey.into());
        }
        let (Some(jwk), Some(thumbprint)) = (key.to_jwk(), key.thumbprint()) else {
            return Err(KeyUnsuitableReason::Symmetric.into());
        };
        Ok(Self { algorithm, jwk, thumbprint })
    }

    /// The thumbprint, which `dpop_jkt` and the claim `cnf` have (RFC 9449 §6.1, §10).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The bytes to sign for a proof (RFC 9449 §4.2).
    fn signing_input(&self, proof: &ProofClaims<'_>) -> SigningInput {
        let header = JsonWriter::new()
            .text("typ", "dpop+jwt")
            .json("alg", &quote(self.algorithm.name()))
            .json("jwk", &self.jwk)
            .end();
        let token_hash = |token: &str| base64url::encode(&Hash::Sha256.digest(token.as_bytes()));
        let end = proof.url.bytes().position(|byte| matches!(byte, b'?' | b'#'));
        let url = end.and_then(|end| proof.url.get(..end)).unwrap_or(proof.url);
        let payload = JsonWriter::new()
            .text("jti", proof.jti)
            .text("htm", proof.method)
            .text("htu", url)
            .number("iat", proof.now)
            .text_if("ath", proof.access_token.map(token_hash).as_deref())
            .text_if("nonce", proof.nonce)
            .end();
        let input = jws::signing_input(&header, &payload);
        SigningInput { purpose: SigningPurpose::DpopProof, algorithm: self.algorithm, input }
    }
}

impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopKey")
            .field("algorithm", &self.algorithm)
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

struct ProofClaims<'a> {
    jti: &'a str,
    method: &'a str,
    url: &'a str,
    now: u64,
    access_token: Option<&'a str>,
    nonce: Option<&'a str>,
}

/// A proof for one request: first the bytes to sign, then the value of the header field `DPoP`.
///
/// # Example
/// ```
/// use countersign::Algorithm;
/// use countersign::client::{DpopKey, DpopProof};
///
/// # let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// # let (entropy, sign) = ([7; 32], |_: &str| [1; 64]);
/// let key = DpopKey::from_jwk(jwk, Algorithm::EdDSA)?;
/// let proof = DpopProof::new(&key, "GET", "https://api.example/notes", &entropy, 1_800_000_000)
///     .access_token("the access token");
/// let signature = sign(&proof.signing_input().input);
/// let field = proof.header(&signature)?;
/// # assert_eq!(field.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DpopProof {
    key: DpopKey,
    method: String,
    url: String,
    jti: String,
    now: u64,
    access_token: Option<String>,
    pub(super) nonce: Option<String>,
}

impl DpopProof {
    /// A proof for a request with this method to this address. `entropy` is of a cryptographic random number generator,
    /// fresh for every proof; `now` is in seconds since the epoch.
    #[must_use]
    pub fn new(key: &DpopKey, method: &str, url: &str, entropy: &[u8; 32], now: u64) -> Self {
        Self::with_identifier(key, method, url, Identifiers::new(entropy).next(), now)
    }

    pub(super) fn with_identifier(key: &DpopKey, method: &str, url: &str, jti: String, now: u64) -> Self {
        let (method, url) = (method.to_owned(), url.to_owned());
        Self { key: key.clone(), method, url, jti, now, access_token: None, nonce: None }
    }

    /// Makes it the proof of the same request, sent once more.
    pub(super) fn renew(&mut self, jti: String, now: u64) {
        self.jti = jti;
        self.now = now;
    }

    /// The access token that goes with the request.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// The server's newest nonce (RFC 9449 §8, §9): see [`DpopNonces`].
    #[must_use]
    pub fn nonce(mut self, nonce: Option<&str>) -> Self {
        self.nonce = nonce.map(ToOwned::to_owned);
        self
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> SigningInput {
        self.key.signing_input(&ProofClaims {
            jti: &self.jti,
            method: &self.method,
            url: &self.url,
            now: self.now,
            access_token: self.access_token.as_deref(),
            nonce: self.nonce.as_deref(),
        })
    }

    /// The value of the header field `DPoP`.
    ///
    /// # Errors
    /// [`ConfigError`] when the bytes cannot be a signature of the key's algorithm.
    pub fn header(&self, signature: &[u8]) -> Result<String, ConfigError> {
        jws::check_signature(self.key.algorithm, signature)?;
        Ok(jws::compact(&self.signing_input().input, signature))
    }
}

impl fmt::Debug for DpopProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The newest nonce of each server (RFC 9449 §8.2, §9), for at most 16 of them.
///
/// # Example
/// ```
/// use countersign::client::DpopNonces;
///
/// let mut nonces = DpopNonces::default();
/// nonces.learn("https://api.example/notes", "eyJ7S_zG");
/// assert_eq!(nonces.of("https://api.example/other"), Some("eyJ7S_zG"));
/// assert_eq!(nonces.of("https://id.example/token"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DpopNonces {
    /// The server and its nonce; the one that was heard of last comes last.
    by_origin: Vec<(String, String)>,
}

impl DpopNonces {
    const MOST: usize = 16;

    /// The nonce for a request to this address.
    pub fn of(&self, url: &str) -> Option<&str> {
        let HttpUrl { origin, .. } = HttpUrl::parse(url)?;
        self.by_origin.iter().find(|(other, _)| other == origin).map(|(_, nonce)| nonce.as_str())
    }

    /// Takes the field `DPoP-Nonce` of a response from this address. What can be no nonce (RFC 9449 §8.1) is left.
    pub fn learn(&mut self, url: &str, nonce: &str) {
        let Some(HttpUrl { origin, .. }) = HttpUrl::parse(url) else { return };
        if !is_nonce(nonce) {
            return;
        }
        self.by_origin.retain(|(other, _)| other != origin);
        if self.by_origin.len() >= Self::MOST {
            self.by_origin.remove(0);
        }
        self.by_origin.push((origin.to_owned(), nonce.to_owned()));
    }
}

/// Whether the text can be a nonce (RFC 9449 §8.1), of a length that a header field should have.
pub(super) fn is_nonce(text: &str) -> bool {
    let character = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    !text.is_empty() && text.len() <= MAX_NONCE && text.bytes().all(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json;

    const JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}"#;

    fn parts(input: &str) -> (String, String) {
        let text = |part: &str| String::from_utf8(base64url::decode(part.as_bytes()).unwrap()).unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        (text(header), text(payload))
    }

    #[test]
    fn a_proof_has_what_rfc_9449_asks_for() {
        let key = DpopKey::from_jwk(JWK, Algorithm::EdDSA).unwrap();
        let plain = DpopProof::new(&key, "POST", "https://id.example/token?x=1#y", &[7; 32], 100);
        let (header, payload) = parts(&plain.signing_input().input);
        assert_eq!(
            header,
            r#"{"typ":"dpop+jwt","alg":"EdDSA","jwk":{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
        );
        let jti = Identifiers::new(&[7; 32]).next();
        assert_eq!(
            payload,
            alloc::format!(r#"{{"jti":"{jti}","htm":"POST","htu":"https://id.example/token","iat":100}}"#)
        );
        let full = plain.access_token("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU").nonce(Some("n"));
        let (_, payload) = parts(&full.signing_input().input);
        let members = json::parse_object(&payload, 1).unwrap();
        // The hash is that of RFC 9449, §7.1.
        assert_eq!(members.string("ath"), Ok(Some("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")));
        assert_eq!(members.string("nonce"), Ok(Some("n")));
    }

    #[test]
    fn a_key_is_public_and_for_its_algorithm() {
        assert!(DpopKey::from_jwk(JWK, Algorithm::ES256).is_err());
        assert!(DpopKey::from_jwk(JWK, Algorithm::HS256).is_err());
        let private = JWK.replace(r#""kid""#, r#""d":"AAAA","kid""#);
        assert!(DpopKey::from_jwk(&private, Algorithm::EdDSA).is_err());
        assert!(DpopKey::from_jwk(r#"{"kty":"oct","k":"AAAA"}"#, Algorithm::HS256).is_err());
        let key = DpopKey::from_jwk(JWK, Algorithm::EdDSA).unwrap();
        let proof = DpopProof::new(&key, "GET", "https://api.example", &[7; 32], 1);
        assert_eq!(proof.header(&[1; 63]).map_err(|error| error.option), Err("signature"));
        assert!(proof.header(&[1; 64]).is_ok());
    }

    #[test]
    fn nonces_are_for_their_server_and_few() {
        let mut nonces = DpopNonces::default();
        nonces.learn("https://a.example/x", "1");
        nonces.learn("https://a.example:444/x", "2");
        nonces.learn("https://a.example/y?z", "3");
        for bad in ["", "a b", "a\"", "a\\", "é", &"x".repeat(1025)] {
            nonces.learn("https://a.example", bad);
        }
        nonces.learn("nonsense", "4");
        assert_eq!((nonces.of("https://a.example/z"), nonces.of("https://a.example:444/")), (Some("3"), Some("2")));
        for port in 1..40 {
            nonces.learn(&alloc::format!("https://b.example:{port}"), "5");
        }
        assert_eq!(nonces.by_origin.len(), DpopNonces::MOST);
        assert_eq!(nonces.of("https://b.example:39"), Some("5"));
    }
}
