//! A verifier with its keys, and the host's engines beside it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::error::{Error, KeyInvalidReason};
use crate::jwks_cache::{JwksCache, Progress};
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::expectations::Expectations;
use crate::verify::verdict_cache::{Candidate, Verdict, VerdictCache};
use crate::verify::verifier::{Pending, Verifier as CoreVerifier};
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
    core: CoreVerifier,
    remote: Option<JwksCache>,
    signatures: Option<Signatures>,
    cache: Option<RefCell<VerdictCache<()>>>,
    /// The latest verdict, until it is cached.
    latest: RefCell<Option<Verdict>>,
}

#[wasm_bindgen]
impl Verifier {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, secret: Option<Vec<u8>>, signatures: Option<Signatures>) -> Result<Verifier, JsValue> {
        let secret = secret.map(Zeroizing::new);
        let options = Options::read(options)?;
        let cache = options.cache().map(VerdictCache::new).transpose().map_err(misconfigured)?;
        let (core, remote) = options.build(secret.as_ref())?;
        Ok(Self { core, remote, signatures, cache: cache.map(RefCell::new), latest: RefCell::new(None) })
    }

    /// `{ keys, skipped }`
    pub fn keys(&self) -> String {
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        if let Some(set) = self.core.keys() {
            keys.extend(set.keys().map(|key| {
                let writer =
                    JsonWriter::new().text_if("kid", key.kid()).text("algorithm", self.core.algorithm_of(key).name());
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
        let Some(remote) = &mut self.remote else { return Ok(None) };
        remote.need(seconds(now)).map(fetch).map_err(to_js_error)
    }

    /// The time until which the keys are fresh and `need` returns nothing.
    pub fn calm(&self, now: f64) -> f64 {
        number(self.remote.as_ref().map_or(0, |remote| remote.calm(seconds(now))))
    }

    /// The request to make because a token's key is missing; throws while newer keys cannot be had.
    pub fn missed(&mut self, now: f64) -> Result<Option<String>, JsValue> {
        let Some(remote) = &mut self.remote else { return Ok(None) };
        remote.missed(seconds(now)).map(fetch).map_err(to_js_error)
    }

    /// Takes a fetched document; says whether verification stands on it now.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8], now: f64) -> bool {
        let Some(remote) = &mut self.remote else { return false };
        match remote.response(id, status, body, seconds(now)) {
            Ok(Progress::Keys(keys)) => {
                self.core.set_keys(keys);
                if let Some(cache) = &self.cache {
                    cache.borrow_mut().revalidate(&self.core);
                }
                true
            }
            Ok(Progress::Metadata) => true,
            // `need` reports it.
            Ok(Progress::None) | Err(_) => false,
        }
    }

    /// Records a failed download.
    pub fn failure(&mut self, id: u32, reason: &str, now: f64) {
        if let Some(remote) = &mut self.remote {
            remote.failure(id, unavailable(reason), seconds(now));
        }
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
        let slot = self.cache.as_ref()?.borrow_mut().insert(verdict, ());
        u32::try_from(slot).ok()
    }

    /// The canonical public JWK of a key.
    #[wasm_bindgen(js_name = hostKey)]
    pub fn host_key(&self, id: u32) -> Option<String> {
        self.core.keys().into_iter().flat_map(KeySet::keys).find(|key| key.id() == id).and_then(VerifyingKey::to_jwk)
    }
}

impl Verifier {
    fn decide(&self, length: usize, now: u64, expectations: Option<&Expectations>) -> Result<u32, Error> {
        self.latest.take();
        memory::with_input(length, |token| {
            let cache = self.cache.as_ref().filter(|_| expectations.is_none());
            if let Some(cache) = cache
                && let Some((slot, ())) = cache.borrow_mut().find(token, now)
            {
                self.usable(now)?;
                return u32::try_from(slot).ok().and_then(|slot| CACHED.checked_add(slot)).ok_or(Error::InternalError);
            }
            let pending = self.core.begin(token)?;
            self.usable(now)?;
            let Some(valid) = self.signature_valid(&pending, token)? else { return Ok(WAITING) };
            let candidate = cache.map(|_| Candidate::of(&pending));
            let none = Expectations::default();
            let accepted = self.core.accept(pending, valid, expectations.unwrap_or(&none), now)?;
            if let Some(candidate) = candidate {
                self.latest.replace(Some(candidate.verdict(token, accepted.window, now)));
            }
            memory::write_token(accepted.header.json(), &accepted.claims);
            Ok(VERIFIED)
        })
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
            Some(2) | None => match pending.verify(token) {
                Err(Error::InternalError) if !cfg!(feature = "engine") => Err(KeyInvalidReason::NoEngine.into()),
                verdict => verdict.map(Some),
            },
            Some(_) => Err(Error::InternalError),
        }
    }

    /// Whether the current keys may be used at this time.
    fn usable(&self, now: u64) -> Result<(), Error> {
        self.remote.as_ref().map_or(Ok(()), |remote| remote.usable(now))
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
