//! A cache of parsed headers: an issuer sends the same few with all of its tokens.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::jose::header::Header;
use crate::keys::verifying_key::VerifyingKey;
#[cfg(any(feature = "std", feature = "wasm"))]
use crate::sync::OnceLock;

/// More than an issuer uses at a time: a header for each key.
#[cfg(any(feature = "std", feature = "wasm"))]
const SLOTS: usize = 16;

/// Longer ones are read each time. Ordinary headers have about a hundred characters.
const MAX_TEXT: usize = 1024;

/// The headers that one policy and one key set accepted: the cache belongs to both and is dropped with either.
///
/// A slot is written once and never again, so that threads read without waiting for each other. Only
/// headers under a valid signature get in. So only the issuer can fill the slots, and once they are full,
/// further headers are read each time, which is only slower.
#[derive(Default)]
pub(crate) struct HeaderCache {
    #[cfg(any(feature = "std", feature = "wasm"))]
    slots: [OnceLock<(Box<[u8]>, Resolved)>; SLOTS],
}

/// A header that passed every check, and the key that it leads to.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) header: Arc<Header>,
    pub(crate) key: Arc<VerifyingKey>,
}

/// A header that enters the cache once the signature is known to be valid.
pub(crate) struct PendingInsert {
    header_cache: Arc<HeaderCache>,
    text: Box<[u8]>,
}

impl HeaderCache {
    /// The cached result for a header with this very text.
    #[cfg(any(feature = "std", feature = "wasm"))]
    pub(crate) fn find(&self, text: &[u8]) -> Option<&Resolved> {
        let known = self.slots.iter().map_while(|slot| slot.get());
        known.into_iter().find(|(known, _)| **known == *text).map(|(_, resolved)| resolved)
    }

    /// Nothing: without the standard library there is no cell that threads may share.
    #[cfg(not(any(feature = "std", feature = "wasm")))]
    #[allow(clippy::unused_self, reason = "the signature of the build with the standard library")]
    pub(crate) const fn find(&self, _text: &[u8]) -> Option<&Resolved> {
        None
    }

    /// Prepares the insertion of a header, if there is room for it.
    pub(crate) fn pending_insert(self: &Arc<Self>, text: &[u8]) -> Option<PendingInsert> {
        (self.has_room() && text.len() <= MAX_TEXT)
            .then(|| PendingInsert { header_cache: Arc::clone(self), text: text.into() })
    }

    #[cfg(any(feature = "std", feature = "wasm"))]
    fn has_room(&self) -> bool {
        self.slots.last().is_some_and(|slot| slot.get().is_none())
    }

    #[cfg(not(any(feature = "std", feature = "wasm")))]
    #[allow(clippy::unused_self, reason = "the signature of the build with the standard library")]
    const fn has_room(&self) -> bool {
        false
    }

    #[cfg(any(feature = "std", feature = "wasm"))]
    fn insert(&self, text: Box<[u8]>, resolved: Resolved) {
        let mut entry = (text, resolved);
        for slot in &self.slots {
            match slot.set(entry) {
                Ok(()) => return,
                // Taken, perhaps by another thread with the same header.
                Err(own) if slot.get().is_some_and(|(known, _)| *known == own.0) => return,
                Err(own) => entry = own,
            }
        }
    }

    #[cfg(not(any(feature = "std", feature = "wasm")))]
    #[allow(clippy::unused_self, reason = "the signature of the build with the standard library")]
    fn insert(&self, text: Box<[u8]>, resolved: Resolved) {
        drop((text, resolved));
    }
}

impl PendingInsert {
    /// Inserts the header into the cache that lacked it: a verifier that has other keys by now has another one.
    pub(crate) fn insert(self, resolved: Resolved) {
        self.header_cache.insert(self.text, resolved);
    }
}

impl fmt::Debug for HeaderCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeaderCache")
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::encoding::base64url;
    use crate::error::Error;
    use crate::jose::algorithm::Algorithm;
    use crate::keys::key_set::KeySet;
    use crate::verify::claims::Expectations;
    use crate::verify::verifier::Verifier;

    const ED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}"#;
    const OTHER: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","kid":"a"}"#;
    const RENAMED: &str =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"b"}"#;

    fn keys(jwk: &str) -> KeySet {
        KeySet::from_json(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap()
    }

    fn verifier(algorithm: Algorithm) -> Verifier {
        Verifier::builder().issuer("i").audience("a").algorithms([algorithm]).keys(keys(ED)).build().unwrap()
    }

    /// A token whose signature has the form of one.
    fn token(header: &str) -> String {
        let [header, payload] =
            [header, r#"{"iss":"i","aud":"a","exp":9,"sub":"s"}"#].map(|part| base64url::encode(part.as_bytes()));
        format!("{header}.{payload}.{}", base64url::encode(&[[9; 32], [0; 32]].concat()))
    }

    /// Verifies, with an engine that says what is wanted.
    fn pass(verifier: &Verifier, token: &str, valid: bool) -> Result<Arc<VerifyingKey>, Error> {
        let pending = verifier.begin(token.as_bytes())?;
        let key = verifier
            .keys()
            .and_then(|keys| keys.select(pending.key().kid(), pending.algorithm(), Algorithm::RS256).ok());
        let key = Arc::clone(key.unwrap());
        assert!(core::ptr::eq(pending.key(), &raw const *key));
        verifier.finish(pending, valid, &Expectations::default(), 0).map(|_| key)
    }

    fn known(verifier: &Verifier, token: &str) -> bool {
        verifier.header_cache().find(token.split('.').next().unwrap().as_bytes()).is_some()
    }

    const HEADER: &str = r#"{"alg":"EdDSA","kid":"a"}"#;

    #[test]
    fn a_header_is_remembered_once_a_signature_over_it_held() {
        let (verifier, token) = (verifier(Algorithm::EdDSA), token(HEADER));
        assert_eq!(pass(&verifier, &token, false).err(), Some(Error::SignatureInvalid));
        assert!(!known(&verifier, &token));
        for _ in 0..3 {
            assert!(pass(&verifier, &token, true).is_ok());
            assert!(known(&verifier, &token));
            assert_eq!(pass(&verifier, &token, false).err(), Some(Error::SignatureInvalid));
        }
        let accepted =
            verifier.finish(verifier.begin(token.as_bytes()).unwrap(), true, &Expectations::default(), 0).unwrap();
        assert_eq!((accepted.header().json(), accepted.header().kid()), (HEADER, Some("a")));
    }

    #[test]
    fn other_headers_are_judged_by_themselves() {
        let verifier = verifier(Algorithm::EdDSA);
        assert!(pass(&verifier, &token(HEADER), true).is_ok());
        for (header, error) in [
            (r#"{"alg":"ES256","kid":"a"}"#, Error::AlgNotAllowed),
            (r#"{"alg":"EdDSA","kid":"b"}"#, Error::KeyNotFound),
            (r#"{"alg":"EdDSA","kid":"a","crit":[]}"#, Error::CritUnsupported),
        ] {
            assert_eq!(pass(&verifier, &token(header), true).err(), Some(error), "{header}");
        }
        // The same bytes up to the last, which is of no canonical text, and one more.
        let header = base64url::encode(HEADER.as_bytes());
        for other in [format!("{header}A"), format!("{header}="), header.replace('e', "f")] {
            let changed = token(HEADER).replacen(&header, &other, 1);
            assert!(pass(&verifier, &changed, true).is_err(), "{other}");
        }
    }

    #[test]
    fn new_keys_and_other_policies_know_nothing() {
        let mut verifier = verifier(Algorithm::EdDSA);
        let token = token(HEADER);
        let under_way = verifier.begin(token.as_bytes()).unwrap();
        let before = pass(&verifier, &token, true).unwrap();

        verifier.set_keys(keys(OTHER));
        assert!(!known(&verifier, &token));
        let after = pass(&verifier, &token, true).unwrap();
        assert!(!Arc::ptr_eq(&before, &after));

        verifier.set_keys(keys(RENAMED));
        // What began under the old keys ends under them, and leaves nothing behind.
        assert!(verifier.finish(under_way, true, &Expectations::default(), 0).is_ok());
        assert!(!known(&verifier, &token));
        assert_eq!(pass(&verifier, &token, true).err(), Some(Error::KeyNotFound));

        verifier.set_keys(keys(ED));
        assert!(Arc::ptr_eq(&pass(&verifier, &token, true).unwrap(), &pass(&verifier, &token, true).unwrap()));
    }

    #[test]
    fn a_verification_that_ends_elsewhere_teaches_only_where_it_began() {
        let (lax, strict) = (verifier(Algorithm::EdDSA), verifier(Algorithm::ES256));
        let token = token(HEADER);
        let pending = lax.begin(token.as_bytes()).unwrap();
        assert!(strict.finish(pending, true, &Expectations::default(), 0).is_ok());
        assert!(known(&lax, &token) && !known(&strict, &token));
        assert_eq!(pass(&strict, &token, true).err(), Some(Error::AlgNotAllowed));
    }

    #[test]
    fn it_is_bounded_and_then_merely_slower() {
        let verifier = verifier(Algorithm::EdDSA);
        let headers: alloc::vec::Vec<String> =
            (0..40).map(|index| token(&format!(r#"{{"alg":"EdDSA","kid":"a","x":{index}}}"#))).collect();
        for _ in 0..2 {
            for token in &headers {
                assert!(pass(&verifier, token, true).is_ok());
            }
        }
        assert_eq!(headers.iter().filter(|token| known(&verifier, token)).count(), SLOTS);
        let long = token(&format!(r#"{{"alg":"EdDSA","kid":"a","x":"{}"}}"#, "x".repeat(MAX_TEXT)));
        let empty = self::verifier(Algorithm::EdDSA);
        assert!(pass(&empty, &long, true).is_ok());
        assert!(!known(&empty, &long));
    }
}
