//! The host's WebCrypto as an engine, for Rust compiled to wasm: Workers and browsers.

use alloc::string::String;

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use crate::encoding::base64url::decode;
use crate::error::Error;
use crate::jose::algorithm::Algorithm;
use crate::jose::algorithm::host_parameters::{WebAlgorithm, WebParameters};
use crate::keys::known_answers::KnownAnswer;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::expectations::Expectations;
use crate::verify::verifier::{VerifiedToken, Verifier};

/// Verifies with the host's WebCrypto, natively and asynchronously. Keys are imported once.
///
/// Algorithms that WebCrypto lacks (ES256K, ML-DSA) or this host gets wrong, and keys that it refuses, are verified by
/// the in-crate engine if the feature `engine` is on. The host is used for an algorithm once it has accepted a
/// good signature and refused a bad one that come with this crate. The verdict is the same either way: whatever a
/// host's engine is lax about has been refused before.
///
/// # Example
/// ```no_run
/// # use countersign::interop::WebCrypto;
/// # use countersign::{Error, Expectations, VerifiedToken, Verifier};
/// # async fn verify(verifier: &Verifier, jwt: &str) -> Result<VerifiedToken, Error> {
/// let engine = WebCrypto::new()?;
/// let now = (js_sys::Date::now() / 1000.0) as u64;
/// engine.verify(verifier, jwt, &Expectations::default(), now).await
/// # }
/// ```
#[derive(Debug)]
pub struct WebCrypto {
    subtle: SubtleCrypto,
    imported: core::cell::RefCell<alloc::vec::Vec<(String, Algorithm, Option<CryptoKey>)>>,
    /// Whether this host is right about an algorithm, where it was asked
    right: core::cell::RefCell<alloc::vec::Vec<(Algorithm, bool)>>,
}

/// Imported keys to keep; the oldest goes first. More than any key set has.
const MAX_IMPORTED: usize = 256;

impl WebCrypto {
    /// The WebCrypto of the global scope.
    ///
    /// # Errors
    /// [`Error::InternalError`] where there is none: outside secure contexts.
    pub fn new() -> Result<Self, Error> {
        let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).map_err(|_| Error::InternalError)?;
        let subtle = Reflect::get(&crypto, &"subtle".into()).map_err(|_| Error::InternalError)?;
        let subtle = subtle.dyn_into().map_err(|_| Error::InternalError)?;
        Ok(Self { subtle, imported: core::cell::RefCell::default(), right: core::cell::RefCell::default() })
    }

    /// Verifies a token. `now` is in seconds since the epoch.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub async fn verify(
        &self,
        verifier: &Verifier,
        token: &str,
        expectations: &Expectations,
        now: u64,
    ) -> Result<VerifiedToken, Error> {
        let pending = verifier.begin(token.as_bytes())?;
        let valid = match self.key(pending.key(), pending.algorithm()).await {
            Some(key) => {
                let message = token.as_bytes().get(..pending.signing_input_length()).ok_or(Error::InternalError)?;
                self.holds(pending.algorithm(), &key, pending.signature(), message).await?
            }
            None => pending.verify(token.as_bytes())?,
        };
        verifier.finish(pending, valid, expectations, now)
    }

    /// The host's form of the key, or none if this host does not take it.
    async fn key(&self, key: &VerifyingKey, algorithm: Algorithm) -> Option<CryptoKey> {
        let jwk = key.to_jwk()?;
        let known = |imported: &[(String, Algorithm, Option<CryptoKey>)]| {
            imported.iter().find(|(text, for_, _)| *text == jwk && *for_ == algorithm).map(|(_, _, key)| key.clone())
        };
        if let Some(key) = known(&self.imported.borrow()) {
            return key;
        }
        let imported = if self.is_right(algorithm).await { self.import(&jwk, algorithm).await.ok() } else { None };
        let mut all = self.imported.borrow_mut();
        if all.len() >= MAX_IMPORTED {
            all.remove(0);
        }
        all.push((jwk, algorithm, imported.clone()));
        imported
    }

    async fn is_right(&self, algorithm: Algorithm) -> bool {
        let known = self.right.borrow().iter().find(|(of, _)| *of == algorithm).map(|(_, right)| *right);
        if let Some(right) = known {
            return right;
        }
        let proof = self.prove(algorithm).await;
        if let Some(right) = proof {
            self.right.borrow_mut().push((algorithm, right));
        }
        proof == Some(true)
    }

    /// Whether the host accepts the good signature and refuses the bad one. None where it cannot answer.
    async fn prove(&self, algorithm: Algorithm) -> Option<bool> {
        let KnownAnswer { jwk, message, good, bad } = KnownAnswer::of(algorithm)?;
        let [message, good, bad] = [message, good, &bad].map(|text| decode(text.as_bytes()).ok());
        let (message, key) = (message?, self.import(jwk, algorithm).await.ok()?);
        let takes_good = self.holds(algorithm, &key, &good?, &message).await.ok()?;
        let takes_bad = self.holds(algorithm, &key, &bad?, &message).await.ok()?;
        Some(takes_good && !takes_bad)
    }

    async fn import(&self, jwk: &str, algorithm: Algorithm) -> Result<CryptoKey, JsValue> {
        let web = WebAlgorithm::of(algorithm).ok_or(JsValue::UNDEFINED)?;
        let parameters = object(web.import).ok_or(JsValue::UNDEFINED)?;
        let jwk: Object = js_sys::JSON::parse(jwk)?.dyn_into()?;
        let usages = js_sys::Array::of1(&"verify".into());
        let promise = self.subtle.import_key_with_object("jwk", &jwk, &parameters, false, &usages)?;
        JsFuture::from(promise).await?.dyn_into()
    }

    async fn holds(
        &self,
        algorithm: Algorithm,
        key: &CryptoKey,
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, Error> {
        let web = WebAlgorithm::of(algorithm).ok_or(Error::InternalError)?;
        let parameters = object(web.verify).ok_or(Error::InternalError)?;
        // Copied out of linear memory, which may grow while the host works.
        let promise = self.subtle.verify_with_object_and_js_u8_array_and_js_u8_array(
            &parameters,
            key,
            &Uint8Array::from(signature),
            &Uint8Array::from(message),
        );
        let verdict = JsFuture::from(promise.map_err(|_| Error::InternalError)?).await;
        verdict.ok().and_then(|verdict| verdict.as_bool()).ok_or(Error::InternalError)
    }
}

fn object(parameters: WebParameters) -> Option<Object> {
    let object = Object::new();
    let members = [
        ("name", Some(parameters.name.into())),
        ("hash", parameters.hash.map(JsValue::from)),
        ("namedCurve", parameters.named_curve.map(JsValue::from)),
        ("saltLength", parameters.salt_length.and_then(|length| u32::try_from(length).ok()).map(JsValue::from)),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            Reflect::set(&object, &name.into(), &value).ok()?;
        }
    }
    Some(object)
}
