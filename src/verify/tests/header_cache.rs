//! The header cache as a verifier uses it.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use crate::encoding::base64url;
use crate::error::Error;
use crate::jose::algorithm::Algorithm;
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::expectations::Expectations;
use crate::verify::header_cache::{MAX_TEXT, SLOTS};
use crate::verify::verifier::Verifier;

const ED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}"#;
const OTHER: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","kid":"a"}"#;
const RENAMED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"b"}"#;

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
    let key =
        verifier.keys().and_then(|keys| keys.select(pending.key().kid(), pending.algorithm(), Algorithm::RS256).ok());
    let key = Arc::clone(key.unwrap());
    assert!(core::ptr::eq(pending.key(), &raw const *key));
    verifier.finish(pending, valid, &Expectations::default(), 0).map(|_| key)
}

fn known(verifier: &Verifier, token: &str) -> bool {
    verifier.header_cache().find(token.split('.').next().unwrap().as_bytes()).is_some()
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"a"}"#;

#[test]
fn a_header_is_cached_once_a_signature_over_it_is_valid() {
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
fn a_header_of_several_tokens_at_once_takes_one_place() {
    let verifier = verifier(Algorithm::EdDSA);
    let first = token(HEADER);
    for pending in [(); 5].map(|()| verifier.begin(first.as_bytes()).unwrap()) {
        assert!(verifier.finish(pending, true, &Expectations::default(), 0).is_ok());
    }
    let others = (1..SLOTS).map(|index| token(&format!(r#"{{"alg":"EdDSA","kid":"a","x":{index}}}"#)));
    for other in others {
        assert!(pass(&verifier, &other, true).is_ok());
        assert!(known(&verifier, &other), "{other}");
    }
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
    assert!(verifier.header_cache().pending_insert(b"another").is_none());
    assert_eq!(format!("{:?}", verifier.header_cache()), "HeaderCache");
    let long = token(&format!(r#"{{"alg":"EdDSA","kid":"a","x":"{}"}}"#, "x".repeat(MAX_TEXT)));
    let empty = self::verifier(Algorithm::EdDSA);
    assert!(pass(&empty, &long, true).is_ok());
    assert!(!known(&empty, &long));
}
