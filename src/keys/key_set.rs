//! JWK Sets (RFC 7517 §5) and the choice of the one key that a token may be verified with.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::encoding::json::{self, Value};
use crate::engine::Engine;
use crate::error::{Error, KeyInvalidReason, KeySetReason, KeyUnsuitableReason};
use crate::jose::algorithm::Algorithm;
use crate::jose::jwk::Jwk;
use crate::jose::pem;
use crate::jose::secret::SharedSecret;
use crate::keys::verifying_key::VerifyingKey;
use crate::limits::Limits;

/// Depth of a key set: object, array, key, flat array.
const MAX_DEPTH: usize = 8;

/// The keys of one issuer, ready for use, and those that had to be passed over.
///
/// # Example
/// ```
/// let keys = countersign::KeySet::from_json(r#"{"keys":[
///   {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"},
///   {"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB","kid":"b"}
/// ]}"#)?;
/// assert_eq!(keys.keys().next().and_then(|key| key.kid()), Some("a"));
/// assert_eq!(keys.skipped()[0].kid.as_deref(), Some("b"));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Arc<VerifyingKey>>,
    skipped: Vec<SkippedKey>,
}

/// A key of the set that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// The key ID, if the entry has one.
    pub kid: Option<String>,
    /// [`Error::KeyInvalid`] or [`Error::KeyUnsuitable`].
    pub error: Error,
}

impl KeySet {
    /// Reads a JWK Set of at most 256 KiB and 64 keys.
    ///
    /// A key that cannot be used is skipped and reported by [`KeySet::skipped`]; it never spoils the set.
    ///
    /// # Errors
    /// [`Error::JwksInvalid`] when the text is no JWK Set, is too large, or has no usable key.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::from_json_within(text.as_bytes(), &Limits::default())
    }

    /// [`KeySet::from_json`] with other limits.
    ///
    /// # Errors
    /// As [`KeySet::from_json`].
    pub fn from_json_within(text: &[u8], limits: &Limits) -> Result<Self, Error> {
        Self::read(text, limits, None)
    }

    /// Reads a JWK Set of which only the keys with this `use` (RFC 7517 §4.2) are for tokens, such as the bundle of a SPIFFE
    /// trust domain, whose keys for JWT-SVIDs have `jwt-svid`. Keys without `use` are skipped too.
    ///
    /// # Errors
    /// As [`KeySet::from_json`].
    ///
    /// # Example
    /// ```
    /// let bundle = r#"{"spiffe_sequence":1,"keys":[
    ///   {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a","use":"jwt-svid"}
    /// ]}"#;
    /// assert_eq!(countersign::KeySet::from_json_with_use(bundle, "jwt-svid")?.keys().count(), 1);
    /// assert!(countersign::KeySet::from_json(bundle).is_err());
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn from_json_with_use(text: &str, key_use: &str) -> Result<Self, Error> {
        Self::read(text.as_bytes(), &Limits::default(), Some(key_use))
    }

    pub(crate) fn read(text: &[u8], limits: &Limits, key_use: Option<&str>) -> Result<Self, Error> {
        if text.len() > limits.jwks {
            return Err(Error::JwksInvalid(KeySetReason::TooLarge));
        }
        let members = json::parse_object_bytes(text, MAX_DEPTH).map_err(|_| Error::JwksInvalid(KeySetReason::Json))?;
        let entries = members.get("keys").and_then(Value::as_array).ok_or(Error::JwksInvalid(KeySetReason::NoKeys))?;
        if entries.len() > limits.keys {
            return Err(Error::JwksInvalid(KeySetReason::TooManyKeys));
        }
        Self::from_entries(entries.iter().map(|entry| match entry {
            Value::Object(members) => {
                let kid = members.get("kid").and_then(Value::as_str).map(String::from);
                (kid, Jwk::from_members(members, key_use).and_then(VerifyingKey::from_parsed))
            }
            _ => (None, Err(KeyInvalidReason::NotAnObject.into())),
        }))
    }

    /// The usable ones among entries, each with the `kid` under which a fault is reported.
    pub(crate) fn from_entries(
        entries: impl Iterator<Item = (Option<String>, Result<VerifyingKey, Error>)>,
    ) -> Result<Self, Error> {
        let mut set = Self::default();
        for (kid, result) in entries {
            match result {
                // A server that lists the very same key twice means one key.
                Ok(key) if set.keys.iter().any(|known| known.same_as(&key)) => {}
                Ok(key) => set.keys.push(Arc::new(key)),
                Err(error) => set.skipped.push(SkippedKey { kid, error }),
            }
        }
        if set.keys.is_empty() {
            return Err(match set.skipped.as_slice() {
                // With a single key its own fault says more than "no usable key".
                [only] => only.error.clone(),
                _ => Error::JwksInvalid(KeySetReason::NoUsableKey),
            });
        }
        Ok(set)
    }

    /// One public key, from its JWK, which must have this `use` if one is given.
    #[inline(never)]
    fn from_jwk_with_use(jwk: &str, key_use: Option<&str>) -> Result<Self, Error> {
        Jwk::parse_with_use(jwk, key_use).and_then(VerifyingKey::from_parsed).map(Self::from)
    }

    /// One public key, from its JWK. If the key has no `kid`, tokens may name any.
    ///
    /// # Errors
    /// As [`VerifyingKey::from_jwk`].
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        VerifyingKey::from_jwk(jwk).map(Self::from)
    }

    /// One public key, from `-----BEGIN PUBLIC KEY-----`. Tokens may name any `kid`.
    ///
    /// # Errors
    /// As [`VerifyingKey::from_pem`].
    #[inline(never)]
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        VerifyingKey::from_pem(pem).map(Self::from)
    }

    /// The key of that ID, from its PEM.
    pub(crate) fn from_pem_of(kid: &str, text: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(text).map_err(|_| KeyInvalidReason::Pem)?;
        let key = VerifyingKey::new(Some(kid.into()), None, pem::public_key(text)?)?;
        Ok(Self { keys: alloc::vec![Arc::new(key)], skipped: Vec::new() })
    }

    /// Takes the keys of another set in, too.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.keys.extend(other.keys.iter().cloned());
    }

    /// Whichever of a JWK Set, a JWK and an SPKI PEM the text is.
    ///
    /// # Errors
    /// As the constructor for that form.
    pub fn from_text(text: &str, limits: &Limits) -> Result<Self, Error> {
        Self::from_text_with_use(text, limits, None)
    }

    /// [`KeySet::from_text`], with the only `use` of keys that are for tokens. For the bindings.
    #[doc(hidden)]
    pub fn from_text_with_use(text: &str, limits: &Limits, key_use: Option<&str>) -> Result<Self, Error> {
        if text.len() > limits.jwks {
            return Err(Error::JwksInvalid(KeySetReason::TooLarge));
        }
        if pem::is_meant(text) {
            // It has no `use` at all.
            return if key_use.is_none() { Self::from_pem(text) } else { Err(KeyUnsuitableReason::Use.into()) };
        }
        let is_jwk = json::parse_object(text, MAX_DEPTH)
            .is_ok_and(|members| members.contains("kty") && !members.contains("keys"));
        if is_jwk { Self::from_jwk_with_use(text, key_use) } else { Self::read(text.as_bytes(), limits, key_use) }
    }

    /// Has this engine verify with the keys.
    pub(crate) fn use_engine(&mut self, engine: Engine) {
        for key in &mut self.keys {
            if let Some(other) = key.on_engine(engine) {
                *key = Arc::new(other);
            }
        }
    }

    /// The usable keys, in the order of the set.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.iter().map(Arc::as_ref)
    }

    /// The keys that were passed over.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Takes over the prepared keys of the set before this one, where both have the same key.
    pub(crate) fn reuse_prepared(&mut self, before: &Self) {
        for key in &mut self.keys {
            if let Some(known) = before.keys.iter().find(|known| known.same_as(key)) {
                *key = Arc::clone(known);
            }
        }
    }

    /// The one key for a token with this `kid` and algorithm.
    pub(crate) fn select(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        default_rsa_algorithm: Algorithm,
    ) -> Result<&Arc<VerifyingKey>, Error> {
        let fits = |key: &&Arc<VerifyingKey>| key.is_bound_to(algorithm, default_rsa_algorithm);
        let mut fitting = self.keys.iter().filter(|key| kid.is_none_or(|kid| key.matches_kid(kid))).filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(Error::KeyAmbiguous),
            (None, _) => Err(self.selection_error(kid)),
        }
    }

    fn selection_error(&self, kid: Option<&str>) -> Error {
        use crate::error::KeyUnsuitableReason::AlgorithmForToken;
        let Some(kid) = kid else {
            let alone = matches!(self.keys.as_slice(), [key] if key.matches_kid(""));
            return if alone { AlgorithmForToken.into() } else { Error::KeyNotFound };
        };
        if self.keys.iter().any(|key| key.matches_kid(kid)) {
            return AlgorithmForToken.into();
        }
        match self.skipped.iter().find(|skipped| skipped.kid.as_deref() == Some(kid)) {
            Some(skipped) => skipped.error.clone(),
            None => Error::KeyNotFound,
        }
    }
}

/// A key set of one key: if it has no `kid`, tokens may name any.
impl From<VerifyingKey> for KeySet {
    fn from(key: VerifyingKey) -> Self {
        Self { keys: alloc::vec![Arc::new(key.standalone())], skipped: Vec::new() }
    }
}

impl From<SharedSecret> for KeySet {
    fn from(secret: SharedSecret) -> Self {
        VerifyingKey::from_secret(secret).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#;

    fn set(keys: &[&str]) -> KeySet {
        KeySet::from_json(&alloc::format!(r#"{{"keys":[{}]}}"#, keys.join(","))).unwrap_or_default()
    }

    fn chosen(set: &KeySet, kid: Option<&str>, algorithm: Algorithm) -> Result<Option<String>, Error> {
        set.select(kid, algorithm, Algorithm::RS256).map(|key| key.kid().map(String::from))
    }

    #[test]
    fn kid_and_algorithm_choose() {
        let set = set(&[
            &alloc::format!(r#"{ED},"kid":"a"}}"#),
            &alloc::format!(r#"{EC},"kid":"b"}}"#),
            &alloc::format!(r#"{EC},"kid":"c"}}"#),
        ]);
        assert_eq!(chosen(&set, Some("a"), Algorithm::EdDSA), Ok(Some("a".into())));
        assert_eq!(chosen(&set, None, Algorithm::EdDSA), Ok(Some("a".into())));
        assert_eq!(chosen(&set, Some("b"), Algorithm::ES256), Ok(Some("b".into())));
        assert_eq!(chosen(&set, None, Algorithm::ES256), Err(Error::KeyAmbiguous));
        assert_eq!(chosen(&set, Some("x"), Algorithm::ES256), Err(Error::KeyNotFound));
        assert_eq!(chosen(&set, None, Algorithm::RS256), Err(Error::KeyNotFound));
        assert_eq!(
            chosen(&set, Some("a"), Algorithm::ES256),
            Err(Error::KeyUnsuitable(KeyUnsuitableReason::AlgorithmForToken))
        );
    }

    #[test]
    fn the_same_kid_twice_is_ambiguous_unless_it_is_the_same_key() {
        let twice = set(&[&alloc::format!(r#"{EC},"kid":"a"}}"#), &alloc::format!(r#"{EC},"kid":"a"}}"#)]);
        assert_eq!(chosen(&twice, Some("a"), Algorithm::ES256), Ok(Some("a".into())));
        let by_type = set(&[&alloc::format!(r#"{EC},"kid":"a"}}"#), &alloc::format!(r#"{ED},"kid":"a"}}"#)]);
        assert_eq!(chosen(&by_type, Some("a"), Algorithm::EdDSA), Ok(Some("a".into())));
    }

    #[test]
    fn a_skipped_key_explains_itself() {
        let set =
            set(&[&alloc::format!(r#"{ED},"kid":"a"}}"#), &alloc::format!(r#"{EC},"kid":"b","use":"enc"}}"#), "7"]);
        assert_eq!(chosen(&set, Some("b"), Algorithm::ES256), Err(Error::KeyUnsuitable(KeyUnsuitableReason::Use)));
        assert_eq!(set.skipped().len(), 2);
    }

    /// By which a host finds its own form of a key.
    #[test]
    fn no_two_keys_have_the_same_number() {
        let keys = [&alloc::format!(r#"{ED},"kid":"a"}}"#), &alloc::format!(r#"{EC},"kid":"b"}}"#)];
        let sets = [set(&keys.map(String::as_str)), set(&keys.map(String::as_str))];
        let mut ids: Vec<u32> = sets.iter().flat_map(KeySet::keys).map(VerifyingKey::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn a_key_given_alone_answers_to_any_kid() {
        let alone = KeySet::from_jwk(&alloc::format!("{ED}}}")).unwrap_or_default();
        assert_eq!(chosen(&alone, Some("anything"), Algorithm::EdDSA), Ok(None));
        let in_set = set(&[&alloc::format!("{ED}}}")]);
        assert_eq!(chosen(&in_set, Some("anything"), Algorithm::EdDSA), Err(Error::KeyNotFound));
        assert_eq!(chosen(&in_set, None, Algorithm::EdDSA), Ok(None));
    }

    #[test]
    fn a_wanted_use_holds_in_every_form() {
        const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----";
        let read = |text: &str, key_use| KeySet::from_text_with_use(text, &Limits::default(), key_use).err();
        let other = Some(Error::KeyUnsuitable(KeyUnsuitableReason::Use));
        let with = |key_use: &str| alloc::format!(r#"{ED},"use":"{key_use}"}}"#);
        let in_set = |key: &str| alloc::format!(r#"{{"keys":[{key}]}}"#);
        for svid in [with("jwt-svid"), in_set(&with("jwt-svid"))] {
            assert_eq!(read(&svid, Some("jwt-svid")), None, "{svid}");
            assert_eq!(read(&svid, None), other, "{svid}");
        }
        for key in [with("sig"), in_set(&with("sig")), alloc::format!("{ED}}}"), PEM.into()] {
            assert_eq!(read(&key, Some("jwt-svid")), other, "{key}");
            assert_eq!(read(&key, None), None, "{key}");
        }
        for key in [with("enc"), in_set(&with("enc"))] {
            assert_eq!(read(&key, Some("enc")), other, "{key}");
        }
    }

    #[test]
    fn refuses_what_is_no_key_set() {
        let fault = |text: &str| KeySet::from_json(text).err();
        assert_eq!(fault("<html>"), Some(Error::JwksInvalid(KeySetReason::Json)));
        assert_eq!(fault(r#"{"keys":{}}"#), Some(Error::JwksInvalid(KeySetReason::NoKeys)));
        assert_eq!(fault("{}"), Some(Error::JwksInvalid(KeySetReason::NoKeys)));
        assert_eq!(fault(r#"{"keys":[]}"#), Some(Error::JwksInvalid(KeySetReason::NoUsableKey)));
        assert_eq!(fault(r#"{"keys":[1,2]}"#), Some(Error::JwksInvalid(KeySetReason::NoUsableKey)));
        assert_eq!(fault(r#"{"keys":[1],"keys":[]}"#), Some(Error::JwksInvalid(KeySetReason::Json)));
        let many = alloc::format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(64));
        assert_eq!(fault(&many), Some(Error::JwksInvalid(KeySetReason::TooManyKeys)));
        assert_eq!(fault(&" ".repeat(262_145)), Some(Error::JwksInvalid(KeySetReason::TooLarge)));
    }
}
