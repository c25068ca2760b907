//! A verifier with its keys, and the host's engines beside it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::jwks_cache::{FetchRequest, JwksCache, Progress};
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::cached_verifier::{CachedVerifier, Outcome};
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::Verdict;
use crate::verify::verifier::Pending;
use crate::wasm::discovery::{fetch, unavailable};
use crate::wasm::errors::{misconfigured, to_js_error};
use crate::wasm::json::{JsonWriter, array, quote};
use crate::wasm::memory;
use crate::wasm::options::{Options, read_expectations};

/// The outcome of a verification. Greater numbers are [`CACHED`] and a slot.
const WAITING: u32 = 0;
const VERIFIED: u32 = 1;
const CACHED: u32 = 2;

#[wasm_bindgen]
extern "C" {
    /// The host's engines: `signatures.ts`
    pub type Signatures;

    /// Whether a signature is valid. 0: no, 1: yes, 2: the host cannot verify it, 3: not yet known.
    ///
    /// It may call [`Verifier::host_key`] and `knownAnswer` alone.
    #[wasm_bindgen(method)]
    fn ask(
        this: &Signatures,
        key_id: u32,
        algorithm: u32,
        signature: u32,
        signature_length: u32,
        signing_input_length: u32,
    ) -> u32;
}

/// A verifier, its JWKS cache if keys are to be fetched, and its verdict cache.
#[wasm_bindgen]
pub struct Verifier {
    core: CachedVerifier<()>,
    signatures: Option<Signatures>,
    /// The latest verdict, until it is cached.
    latest: RefCell<Option<Verdict>>,
}

#[wasm_bindgen]
impl Verifier {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, secret: Option<Vec<u8>>, signatures: Option<Signatures>) -> Result<Verifier, JsValue> {
        let secret = secret.map(Zeroizing::new);
        let options = Options::read(options)?;
        let cache = options.cache();
        let (verifier, keys) = options.build(secret.as_ref())?;
        let core = CachedVerifier::new(verifier, keys, cache).map_err(misconfigured)?;
        Ok(Self { core, signatures, latest: RefCell::new(None) })
    }

    /// `{ keys, skipped }`
    pub fn keys(&self) -> String {
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        let verifier = self.core.verifier();
        if let Some(set) = verifier.keys() {
            keys.extend(set.keys().map(|key| {
                let writer =
                    JsonWriter::new().text_if("kid", key.kid()).text("algorithm", verifier.algorithm_of(key).name());
                let thumbprint = key.thumbprint().map(|thumbprint| quote(&thumbprint));
                writer.json("thumbprint", thumbprint.as_deref().unwrap_or("null")).end()
            }));
            skipped.extend(set.skipped().iter().map(|skipped| {
                let writer = JsonWriter::new().text_if("kid", skipped.kid.as_deref());
                writer.text("code", skipped.error.code().as_str()).text("reason", &skipped.error.to_string()).end()
            }));
        }
        let [keys, skipped] = [keys, skipped].map(|list| array(list.into_iter()));
        JsonWriter::new().json("keys", &keys).json("skipped", &skipped).end()
    }

    /// The request to make before verifying; throws while there are no keys and no retry is due.
    pub fn need(&mut self, now: f64) -> Result<Option<String>, JsValue> {
        self.ask(|keys| keys.need(seconds(now)))
    }

    /// The time until which the keys are fresh and `need` returns nothing.
    pub fn calm(&self, now: f64) -> f64 {
        number(self.core.with_keys(|keys| keys.fresh_until(seconds(now))).unwrap_or_default())
    }

    /// The request to make because a token's key is missing; throws while newer keys cannot be had.
    pub fn missed(&mut self, now: f64) -> Result<Option<String>, JsValue> {
        self.ask(|keys| keys.missed(seconds(now)))
    }

    /// Takes a fetched document; says whether verification stands on it now.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8], now: f64) -> bool {
        match self.core.with_keys(|keys| keys.response(id, status, body, seconds(now))) {
            Some(Ok(Progress::Keys(keys))) => {
                self.core.set_keys(keys);
                true
            }
            Some(Ok(Progress::Metadata)) => true,
            // `need` reports it.
            Some(Ok(Progress::None) | Err(_)) | None => false,
        }
    }

    /// Records a failed download.
    pub fn failure(&mut self, id: u32, reason: &str, now: f64) {
        self.core.with_keys(|keys| keys.failure(id, unavailable(reason), seconds(now)));
    }

    /// Verifies the token in the input buffer: [`WAITING`] for the host's engine, [`VERIFIED`] and in the
    /// frame, or [`CACHED`] and its slot.
    pub fn verify(&self, length: usize, now: f64) -> Result<u32, JsValue> {
        self.decide(length, seconds(now), None).map_err(to_js_error)
    }

    /// [`Verifier::verify`], with what this one token is to be compared with. It is never a cached one.
    #[wasm_bindgen(js_name = verifyExpecting)]
    pub fn verify_expecting(&self, length: usize, now: f64, expectations: &str) -> Result<u32, JsValue> {
        let expectations = read_expectations(expectations)?;
        self.decide(length, seconds(now), Some(&expectations)).map_err(to_js_error)
    }

    /// Caches the verdict on the token that was verified last. Its slot; `undefined` without a cache.
    pub fn keep(&self) -> Option<u32> {
        let verdict = self.latest.take()?;
        u32::try_from(self.core.insert(verdict, ())?).ok()
    }

    /// The canonical public JWK of a key.
    #[wasm_bindgen(js_name = hostKey)]
    pub fn host_key(&self, id: u32) -> Option<String> {
        let verifier = self.core.verifier();
        verifier.keys().into_iter().flat_map(KeySet::keys).find(|key| key.id() == id).and_then(VerifyingKey::to_jwk)
    }
}

impl Verifier {
    fn decide(&self, length: usize, now: u64, expectations: Option<&Expectations>) -> Result<u32, Error> {
        self.latest.take();
        memory::with_input(length, |token| {
            match self.core.verify(token, expectations, now, |pending| self.signature_valid(pending, token))? {
                Outcome::Cached(slot, ()) => {
                    u32::try_from(slot).ok().and_then(|slot| CACHED.checked_add(slot)).ok_or(Error::InternalError)
                }
                Outcome::Accepted(accepted, verdict) => {
                    self.latest.replace(verdict);
                    memory::write_token(accepted.header.json(), &accepted.claims);
                    Ok(VERIFIED)
                }
                Outcome::Waiting => Ok(WAITING),
            }
        })
    }

    fn ask(
        &self,
        question: impl FnOnce(&mut JwksCache) -> Result<Option<FetchRequest>, Error>,
    ) -> Result<Option<String>, JsValue> {
        self.core.with_keys(question).transpose().map(|request| fetch(request.flatten())).map_err(to_js_error)
    }

    /// Whether the signature is valid by the host or, where it cannot say, by the built-in engine. `None`: not yet.
    fn signature_valid(&self, pending: &Pending, token: &[u8]) -> Result<Option<bool>, Error> {
        let answer = self.signatures.as_ref().map(|signatures| {
            let (signature, signature_length) = memory::address_of(pending.signature());
            signatures.ask(
                pending.key().id(),
                memory::to_u32(pending.algorithm().index()),
                signature,
                signature_length,
                memory::to_u32(pending.signing_input_length()),
            )
        });
        match answer {
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(3) => Ok(None),
            Some(2) | None => pending.verify(token).map(Some),
            Some(_) => Err(Error::InternalError),
        }
    }
}

/// Converts whole seconds from a number of JavaScript's.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the wrapper gives whole numbers"
)]
pub(crate) const fn seconds(now: f64) -> u64 {
    now as u64
}

/// The reverse of [`seconds`].
#[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "these came from numbers of JavaScript's")]
const fn number(seconds: u64) -> f64 {
    seconds as f64
}
