//! A verifier with its keys, and the host's engines beside it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::error::{Error, KeyFault};
use crate::jwks_cache::{Progress, RemoteKeys};
use crate::keys::key_set::KeySet;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::claims::Expectations;
use crate::verify::verdict_cache::{Grounds, Verdict, VerdictCache};
use crate::verify::verifier::{Pending, Verifier as CoreVerifier};
use crate::wasm::discovery::{fetch, unavailable};
use crate::wasm::errors::{misconfigured, thrown};
use crate::wasm::memory;
use crate::wasm::options::{Options, expect};
use crate::wasm::plain::{Plain, array, quote};

/// What came of a verification. Whatever is greater is [`KEPT`] and a slot.
const WAITING: u32 = 0;
const VERIFIED: u32 = 1;
const KEPT: u32 = 2;

#[wasm_bindgen]
extern "C" {
    /// The host's engines: `signatures.ts`
    pub type Signatures;

    /// Whether a signature holds. 0: no, 1: yes, 2: the host cannot tell, 3: it cannot tell yet.
    ///
    /// It may call [`Verifier::host_key`] and `knownAnswer`, and nothing else of the core.
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

/// A verifier, its remote keys if they are to be fetched, and the verdicts that it keeps.
#[wasm_bindgen]
pub struct Verifier {
    core: CoreVerifier,
    remote: Option<RemoteKeys>,
    signatures: Option<Signatures>,
    cache: Option<RefCell<VerdictCache<()>>>,
    /// The latest verdict, until its token is kept.
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
                let plain =
                    Plain::new().text_if("kid", key.kid()).text("algorithm", self.core.algorithm_of(key).name());
                let thumbprint = key.thumbprint().map(|thumbprint| quote(&thumbprint));
                plain.json("thumbprint", thumbprint.as_deref().unwrap_or("null")).end()
            }));
            skipped.extend(set.skipped().iter().map(|skipped| {
                let plain = Plain::new().text_if("kid", skipped.kid.as_deref());
                plain.text("code", skipped.error.code().as_str()).text("reason", &skipped.error.to_string()).end()
            }));
        }
        let [keys, skipped] = [keys, skipped].map(|list| array(list.into_iter()));
        Plain::new().json("keys", &keys).json("skipped", &skipped).end()
    }

    /// What to fetch before verifying; throws while there are no keys and no retry is due.
    pub fn need(&mut self, now: f64) -> Result<Option<String>, JsValue> {
        let Some(remote) = &mut self.remote else { return Ok(None) };
        remote.need(seconds(now)).map(fetch).map_err(thrown)
    }

    /// Until when `need` has nothing to fetch from now on, if nothing else happens.
    pub fn calm(&self, now: f64) -> f64 {
        number(self.remote.as_ref().map_or(0, |remote| remote.calm(seconds(now))))
    }

    /// What to fetch because a token's key is missing; throws while newer keys cannot be had.
    pub fn missed(&mut self, now: f64) -> Result<Option<String>, JsValue> {
        let Some(remote) = &mut self.remote else { return Ok(None) };
        remote.missed(seconds(now)).map(fetch).map_err(thrown)
    }

    /// Takes a fetched document; says whether verification stands on it now.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8], now: f64) -> bool {
        let Some(remote) = &mut self.remote else { return false };
        match remote.response(id, status, body, seconds(now)) {
            Ok(Progress::Keys(keys)) => {
                self.core.set_keys(keys);
                if let Some(cache) = &self.cache {
                    cache.borrow_mut().review(&self.core);
                }
                true
            }
            Ok(Progress::Metadata) => true,
            // `need` tells whoever asks.
            Ok(Progress::None) | Err(_) => false,
        }
    }

    /// Takes note of a failed download.
    pub fn failure(&mut self, id: u32, reason: &str, now: f64) {
        if let Some(remote) = &mut self.remote {
            remote.failure(id, unavailable(reason), seconds(now));
        }
    }

    /// Verifies the token in the input buffer: [`WAITING`] for the host's engine, [`VERIFIED`] and in the
    /// frame, or [`KEPT`] and the slot in which it is kept.
    pub fn verify(&self, length: usize, now: f64) -> Result<u32, JsValue> {
        self.decide(length, seconds(now), None).map_err(thrown)
    }

    /// [`Verifier::verify`], with what this one token is to be compared with. It is never a kept one.
    #[wasm_bindgen(js_name = verifyExpecting)]
    pub fn verify_expecting(&self, length: usize, now: f64, expectations: &str) -> Result<u32, JsValue> {
        let expectations = expect(expectations)?;
        self.decide(length, seconds(now), Some(&expectations)).map_err(thrown)
    }

    /// Keeps the verdict on the token that was verified last. Its slot; `undefined` where nothing is kept.
    pub fn keep(&self) -> Option<u32> {
        let verdict = self.latest.take()?;
        let slot = self.cache.as_ref()?.borrow_mut().keep(verdict, ());
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
                return u32::try_from(slot).ok().and_then(|slot| KEPT.checked_add(slot)).ok_or(Error::InternalError);
            }
            let pending = self.core.begin(token)?;
            self.usable(now)?;
            let Some(held) = self.signature_holds(&pending, token)? else { return Ok(WAITING) };
            let grounds = cache.map(|_| Grounds::of(&pending));
            let none = Expectations::default();
            let (header, claims) = self.core.accept(pending, held, expectations.unwrap_or(&none), now)?;
            if let Some(grounds) = grounds {
                self.latest.replace(Some(grounds.verdict(token, &self.core, &claims, now)));
            }
            memory::give(header.json(), &claims);
            Ok(VERIFIED)
        })
    }

    /// By the host's verdict or, where it has none, by the arithmetic on board. `None`: not yet.
    fn signature_holds(&self, pending: &Pending, token: &[u8]) -> Result<Option<bool>, Error> {
        let answer = self.signatures.as_ref().map(|signatures| {
            let (signature, signature_length) = memory::place(pending.signature());
            signatures.ask(
                pending.key().id(),
                memory::narrow(pending.algorithm().index()),
                signature,
                signature_length,
                memory::narrow(pending.signing_input_length()),
            )
        });
        match answer {
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(3) => Ok(None),
            Some(2) | None => match pending.verify(token) {
                Err(Error::InternalError) if !cfg!(feature = "engine") => Err(KeyFault::NoEngine.into()),
                verdict => verdict.map(Some),
            },
            Some(_) => Err(Error::InternalError),
        }
    }

    /// Whether the keys at hand may decide at this time.
    fn usable(&self, now: u64) -> Result<(), Error> {
        self.remote.as_ref().map_or(Ok(()), |remote| remote.usable(now))
    }
}

/// Whole seconds, as JavaScript's numbers carry them.
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
