//! Verification in two phases, so that any engine, synchronous or not, can stand between them.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::encoding::json;
use crate::error::{Error, JsonReason, UnavailableReason};
use crate::jose::algorithm::Algorithm;
use crate::jose::compact::Compact;
use crate::jose::header::Header;
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;
use crate::limits::Limits;
use crate::verify::claim_checks::{ValidityWindow, check};
use crate::verify::claims::Claims;
use crate::verify::expectations::Expectations;
use crate::verify::header_cache::{HeaderCache, PendingInsert, Resolved};
use crate::verify::introspected;
use crate::verify::policy::Policy;

/// Verifies the tokens of one issuer for one audience.
///
/// # Example
/// ```
/// use countersign::{KeySet, Verifier};
///
/// let keys = KeySet::from_json(
///     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
/// )?;
/// let verifier = Verifier::builder()
///     .issuer("https://tenant.example/")
///     .audience("https://api.example")
///     .keys(keys)
///     .build()?;
///
/// let error = verifier.verify("not.a.token", 1_700_000_000).unwrap_err();
/// assert_eq!(error.code().as_str(), "token_malformed");
/// assert_eq!(error.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Verifier {
    policy: Policy,
    keys: Option<KeySet>,
    header_cache: Arc<HeaderCache>,
}

/// A token between the phases: well-formed, with an allowed algorithm and a key that fits. Nothing of
/// it is verified yet.
pub struct Pending {
    resolved: Resolved,
    insert: Option<PendingInsert>,
    payload: Vec<u8>,
    signature: Vec<u8>,
    signing_input_length: usize,
}

/// A token whose signature and claims are valid.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedToken {
    header: Arc<Header>,
    claims: Claims,
}

/// An accepted token, its claims as JSON text.
pub struct Accepted {
    /// The header
    pub header: Arc<Header>,
    /// The claims, the very bytes that were signed
    pub claims: String,
    pub(crate) window: ValidityWindow,
}

impl From<Accepted> for VerifiedToken {
    fn from(Accepted { header, claims, .. }: Accepted) -> Self {
        Self { header, claims: Claims::new(claims) }
    }
}

impl Verifier {
    pub(crate) fn new(policy: Policy, mut keys: Option<KeySet>) -> Self {
        if let (Some(engine), Some(keys)) = (policy.engine, &mut keys) {
            keys.use_engine(engine);
        }
        Self { policy, keys, header_cache: Arc::default() }
    }

    /// Replaces the key set, all of it: a key that is gone verifies nothing any more.
    pub fn set_keys(&mut self, mut keys: KeySet) {
        if let Some(engine) = self.policy.engine {
            keys.use_engine(engine);
        }
        if let Some(before) = &self.keys {
            keys.reuse_prepared(before);
        }
        self.keys = Some(keys);
        self.header_cache = Arc::default();
    }

    /// The key set, if there is one yet.
    pub const fn keys(&self) -> Option<&KeySet> {
        self.keys.as_ref()
    }

    /// The algorithm that a key of the set serves under this policy.
    pub fn algorithm_of(&self, key: &VerifyingKey) -> Algorithm {
        key.algorithm().unwrap_or(self.policy.default_rsa_algorithm)
    }

    /// Whether a token with this `kid` and algorithm is, by now too, one for this key.
    pub(crate) fn selects(&self, kid: Option<&str>, algorithm: Algorithm, key: &Arc<VerifyingKey>) -> bool {
        let selected = self.keys.as_ref().map(|keys| keys.select(kid, algorithm, self.policy.default_rsa_algorithm));
        matches!(selected, Some(Ok(selected)) if Arc::ptr_eq(selected, key))
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.policy.issuer.name
    }

    /// The limits on sizes.
    pub const fn limits(&self) -> &Limits {
        &self.policy.limits
    }

    /// Verifies a token with the in-crate engine. `now` is in seconds since the epoch.
    ///
    /// # Errors
    /// One [`Error`] by the fixed order of checks: size, form, header, algorithm, key, signature, kind,
    /// issuer, audience, time, the rest. What the claims say is only reported after the signature was verified.
    pub fn verify(&self, token: &str, now: u64) -> Result<VerifiedToken, Error> {
        self.verify_with(token, &Expectations::default(), now)
    }

    /// Like [`Verifier::verify`], with what the caller of this one verification knows: the nonce, the access
    /// token or code that came along.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_with(&self, token: &str, expectations: &Expectations, now: u64) -> Result<VerifiedToken, Error> {
        let pending = self.begin(token.as_bytes())?;
        let valid = pending.verify(token.as_bytes())?;
        self.finish(pending, valid, expectations, now)
    }

    /// Begins a verification: every check that needs no arithmetic.
    ///
    /// # Errors
    /// As [`Verifier::verify`], up to the signature.
    #[inline(never)]
    pub fn begin(&self, token: &[u8]) -> Result<Pending, Error> {
        let limits = &self.policy.limits;
        let compact = Compact::parse_form(token, limits.token, limits.header, self.policy.accept_padding)?;
        let (resolved, insert) = match self.header_cache.find(compact.header) {
            Some(resolved) => (resolved.clone(), None),
            None => (self.resolve(compact.decode_header()?)?, self.header_cache.pending_insert(compact.header)),
        };
        if !resolved.key.is_well_formed_signature(&compact.signature) {
            return Err(Error::SignatureInvalid);
        }
        let Compact { payload, signature, signing_input_length, .. } = compact;
        Ok(Pending { resolved, insert, payload, signature, signing_input_length })
    }

    /// The key that a token names, if it could be one for this policy.
    pub(crate) fn kid_of(&self, token: &[u8]) -> Option<String> {
        let Policy { limits, accept_padding, algorithms, .. } = &self.policy;
        let compact = Compact::parse_form(token, limits.token, limits.header, *accept_padding).ok()?;
        let header = Header::parse(compact.decode_header().ok()?, limits.header_depth).ok()?;
        header.kid().filter(|_| algorithms.contains(&header.algorithm())).map(String::from)
    }

    #[cfg(all(test, feature = "std"))]
    pub(crate) const fn header_cache(&self) -> &Arc<HeaderCache> {
        &self.header_cache
    }

    /// The header, with the one key that it leads to.
    #[inline(never)]
    fn resolve(&self, header: Vec<u8>) -> Result<Resolved, Error> {
        let header = Header::parse(header, self.policy.limits.header_depth)?;
        let algorithm = header.algorithm();
        if !self.policy.algorithms.contains(&algorithm) {
            return Err(Error::AlgNotAllowed);
        }
        let keys = self.keys.as_ref().ok_or(Error::JwksUnavailable(UnavailableReason::NotLoaded))?;
        let key = Arc::clone(keys.select(header.kid(), algorithm, self.policy.default_rsa_algorithm)?);
        Ok(Resolved { header: Arc::new(header), key })
    }

    /// Finishes a verification: the engine's verdict, then the claims.
    ///
    /// # Errors
    /// As [`Verifier::verify`], from the signature on.
    pub fn finish(
        &self,
        pending: Pending,
        signature_valid: bool,
        expectations: &Expectations,
        now: u64,
    ) -> Result<VerifiedToken, Error> {
        self.accept(pending, signature_valid, expectations, now).map(VerifiedToken::from)
    }

    /// Checks what the issuer says of a token that is no JWT, by the rules of this verifier: for the bindings, as
    /// [`Introspection::claims`](crate::resource_server::Introspection::claims).
    ///
    /// # Errors
    /// As there.
    #[doc(hidden)]
    pub fn check_introspected(&self, answer: &[u8], now: u64) -> Result<(), Error> {
        introspected::check(answer, &self.policy, now).map(drop)
    }

    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Like [`Verifier::finish`], but returns the claims as JSON text, and when they are valid.
    #[inline(never)]
    pub(crate) fn accept(
        &self,
        pending: Pending,
        signature_valid: bool,
        expectations: &Expectations,
        now: u64,
    ) -> Result<Accepted, Error> {
        if !signature_valid {
            return Err(Error::SignatureInvalid);
        }
        let Pending { resolved, insert, payload, .. } = pending;
        if let Some(insert) = insert {
            insert.insert(resolved.clone());
        }
        let claims = text(payload)?;
        let members = json::parse_object(&claims, self.policy.limits.payload_depth).map_err(Error::PayloadInvalid)?;
        let window = check(&members, &resolved.header, &self.policy, expectations, now)?;
        drop(members);
        Ok(Accepted { header: resolved.header, claims, window })
    }
}

impl fmt::Debug for Pending {
    /// Without payload and signature: together with the header they are the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("algorithm", &self.algorithm())
            .field("key", &self.key().kid())
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// The algorithm to verify with.
    pub fn algorithm(&self) -> Algorithm {
        self.resolved.header.algorithm()
    }

    /// The key to verify with.
    pub fn key(&self) -> &VerifyingKey {
        &self.resolved.key
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.resolved.header.kid()
    }

    pub(crate) const fn shared_key(&self) -> &Arc<VerifyingKey> {
        &self.resolved.key
    }

    /// The payload, of which nothing is verified yet.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature. Its length and range fit the key already.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The number of bytes at the beginning of the token that are signed.
    pub const fn signing_input_length(&self) -> usize {
        self.signing_input_length
    }

    /// Verifies the signature of the token that this came from with the in-crate engine.
    ///
    /// # Errors
    /// [`Error::EngineUnavailable`] in a build without the engine.
    #[inline(never)]
    pub fn verify(&self, token: &[u8]) -> Result<bool, Error> {
        let message = token.get(..self.signing_input_length).ok_or(Error::InternalError)?;
        self.key().verify(self.algorithm(), message, &self.signature).ok_or(Error::EngineUnavailable)
    }
}

impl VerifiedToken {
    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The claims.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// A token's header and claims, unverified.
#[derive(Clone, Debug, PartialEq)]
pub struct UnverifiedToken {
    /// The header
    pub header: Header,
    /// The claims, which any attacker can have written
    pub claims: Claims,
}

/// Reads a token without verifying anything: to look at one while debugging, never to decide.
///
/// The form is checked as strictly as ever, and only algorithms that this library knows are read.
///
/// # Errors
/// As [`Verifier::verify`], for size, form, header and a payload that is no strict JSON object.
///
/// # Example
/// ```
/// // {"alg":"HS256"} and {"iss":"joe"}, with a signature of three zero bytes.
/// let token = countersign::verify::decode_unverified(b"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.AAAA")?;
/// assert_eq!(token.claims.issuer(), Some("joe"));
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn decode_unverified(token: &[u8]) -> Result<UnverifiedToken, Error> {
    let (header, claims) = decode(token, false)?;
    Ok(UnverifiedToken { header, claims: Claims::new(claims) })
}

/// Reads the issuer that a token names, to choose a verifier by it: never to decide. The verifier then compares it with its own.
///
/// The token may be as large as any verifier's [`Limits`] let it be, and padded (see
/// [`VerifierBuilder::accept_padding`](crate::verify::VerifierBuilder::accept_padding)): whether it may be here, the chosen one says.
///
/// # Errors
/// As [`decode_unverified`].
///
/// # Example
/// ```
/// let issuer = countersign::verify::unverified_issuer(b"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.AAAA")?;
/// assert_eq!(issuer.as_deref(), Some("joe"));
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn unverified_issuer(token: &[u8]) -> Result<Option<String>, Error> {
    let (_, claims) = decode(token, true)?;
    Ok(Claims::new(claims).issuer().map(String::from))
}

/// Like [`decode_unverified`], but returns the claims as JSON text. `for_any`: of a form and a size that some verifier may
/// accept.
///
/// # Errors
/// As [`decode_unverified`].
pub fn decode(token: &[u8], for_any: bool) -> Result<(Header, String), Error> {
    let limits = if for_any { Limits::MAX } else { Limits::default() };
    let compact = Compact::parse_form(token, limits.token, limits.header, for_any)?;
    let header = Header::parse(compact.decode_header()?, limits.header_depth)?;
    let payload = text(compact.payload)?;
    json::parse_object(&payload, limits.payload_depth).map_err(Error::PayloadInvalid)?;
    Ok((header, payload))
}

fn text(payload: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(payload).map_err(|_| Error::PayloadInvalid(JsonReason::NotUtf8))
}
