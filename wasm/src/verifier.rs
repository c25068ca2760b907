//! A verifier with its keys, and the engines beside it.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use countersign::error::Error;
use countersign::internal::{CachedVerifier, Next, Outcome};
use countersign::jwks_cache::{Action, Event, FetchRequest, JwksCache, Response};
use countersign::keys::VerifyingKey;
use countersign::verify::{Attempt, CacheLimits, Pending};
use countersign::{Expectations, KeySet};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
#[cfg(feature = "keys")]
use {
    crate::errors::sentence,
    crate::options::Options,
    countersign::internal::{JsonWriter, array, quote},
    zeroize::Zeroizing,
};

use crate::discovery::{fetch, unavailable};
use crate::errors::{misconfigured, to_js_error};
use crate::fields::{self, seconds};
use crate::memory::{self, NO_SLOT, Word};

/// What a call leads to, by the numbers of `outcome.ts`. What else there is to say is in the frame.
#[derive(Clone, Copy)]
enum Answer {
    /// WebCrypto is to be asked. Then comes the next step.
    Engine = 0,
    /// The token is accepted: the frame says where it is, and its slot.
    Accepted = 1,
    /// The token in that slot is accepted.
    Cached = 2,
    /// A request is to be made, and waited for. Then comes the next step.
    Fetch = 3,
    /// The request under way is to be waited for. Then comes the next step.
    Wait = 4,
    /// Nothing is left to do.
    Done = 5,
    /// The response was refused.
    Refused = 6,
    /// There are no keys, and this verification cannot wait for them.
    NotLoaded = 7,
}

#[wasm_bindgen]
extern "C" {
    /// The engines: `signatures.ts`
    pub type Signatures;

    /// Whether a signature is valid. 0: no, 1: yes, 2: there is no engine that can verify it, 3: not yet known.
    ///
    /// It may call [`Verifier::host_key`], [`Verifier::engine_key`] and `knownAnswer` alone.
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
}

#[wasm_bindgen]
impl Verifier {
    #[cfg(feature = "keys")]
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, secret: Option<Vec<u8>>, signatures: Option<Signatures>) -> Result<Verifier, JsValue> {
        let secret = secret.map(Zeroizing::new);
        let options = Options::read(options)?;
        let cache = options.cache();
        let (verifier, keys) = options.build(secret.as_ref())?;
        Self::with(verifier, keys, cache, signatures)
    }

    /// `{ keys, skipped }`
    #[cfg(feature = "keys")]
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
                writer.text("code", skipped.error.code().as_str()).text("reason", &sentence(&skipped.error)).end()
            }));
        }
        let [keys, skipped] = [keys, skipped].map(|list| array(list.into_iter()));
        JsonWriter::new().json("keys", &keys).json("skipped", &skipped).end()
    }

    /// Takes a step of loading fresh keys. `attempt` is 0, or what the frame said at the step before.
    #[cfg(feature = "keys")]
    pub fn load(&self, attempt: u32, now: f64) -> Result<u32, JsValue> {
        let mut attempt = Attempt::from_bits(attempt);
        let action = attempt.load(&self.core, seconds(now)).map_err(to_js_error)?;
        memory::write(Word::Attempt, attempt.to_bits());
        Ok(number(for_host(&action.unwrap_or(Action::Use))))
    }

    /// Takes a response: [`Answer::Done`], [`Answer::Refused`] with the error's code, or [`Answer::Fetch`] for the request
    /// that follows from it. `fields` are `Cache-Control`, `Age` and `ETag`, a line each.
    pub fn response(&self, id: u32, status: u16, body: &[u8], fields: &str, now: f64) -> u32 {
        let response = response(status, body, fields);
        number(for_host(&self.core.handle(Event::Response { id, response }, seconds(now))))
    }

    /// Whether there are keys that may be used now.
    #[cfg(feature = "keys")]
    pub fn ready(&self, now: f64) -> bool {
        self.core.usable(seconds(now)).is_ok()
    }

    /// Records a failed download.
    pub fn failure(&self, id: u32, reason: &str, now: f64) {
        self.core.handle(Event::Failed { id, reason: unavailable(reason) }, seconds(now));
    }

    /// Notes that a request has been waited for so long, and is still under way.
    pub fn pending(&self, id: u32, milliseconds: u32) {
        self.core.pending(id, Duration::from_millis(milliseconds.into()));
    }

    /// Takes a response that somebody else got at that time: the instance before this one, or another one by a store. Whether
    /// its keys are in use now.
    pub fn stored(&self, url: &str, status: u16, body: &[u8], fields: &str, at: f64, now: f64) -> bool {
        let before = self.core.confirmed_at();
        let response = response(status, body, fields);
        self.core.handle(Event::Stored { url, response, at: seconds(at) }, seconds(now));
        self.core.confirmed_at() != before
    }

    /// Takes a step of verifying the token in the input buffer. `attempt` is 0 for a verification that may wait, 1 for one
    /// that leaves requests to the background, 2 for one that makes none, or what the frame said at the step before.
    pub fn verify(&self, attempt: u32, length: usize, now: f64) -> Result<u32, JsValue> {
        self.step(attempt, length, seconds(now), None).map_err(to_js_error)
    }

    /// [`Verifier::verify`], with what this one token is to be compared with. It is never a cached one.
    #[wasm_bindgen(js_name = verifyExpecting)]
    pub fn verify_expecting(&self, attempt: u32, length: usize, now: f64, expectations: &str) -> Result<u32, JsValue> {
        let expectations = read_expectations(expectations)?;
        self.step(attempt, length, seconds(now), Some(&expectations)).map_err(to_js_error)
    }

    /// Throws what makes the issuer's answer about a token that is no JWT, which is in the input buffer, no good.
    #[cfg(feature = "guard")]
    #[wasm_bindgen(js_name = checkIntrospected)]
    pub fn check_introspected(&self, length: usize, now: f64) -> Result<(), JsValue> {
        memory::with_input(length, |answer| self.core.verifier().check_introspected(answer, seconds(now)))
            .map_err(to_js_error)
    }

    /// The canonical public JWK of a key.
    #[wasm_bindgen(js_name = hostKey)]
    pub fn host_key(&self, id: u32) -> Option<String> {
        self.key(id, VerifyingKey::to_jwk)
    }

    /// A public key as the engine in wasm takes it.
    #[wasm_bindgen(js_name = engineKey)]
    pub fn engine_key(&self, id: u32) -> Option<Vec<u8>> {
        self.key(id, VerifyingKey::engine_bytes)
    }
}

impl Verifier {
    pub(crate) fn with(
        verifier: countersign::Verifier,
        keys: Option<JwksCache>,
        cache: Option<CacheLimits>,
        signatures: Option<Signatures>,
    ) -> Result<Self, JsValue> {
        let core = CachedVerifier::new(verifier, keys, cache).map_err(misconfigured)?;
        Ok(Self { core, signatures })
    }

    fn key<T>(&self, id: u32, read: impl FnOnce(&VerifyingKey) -> Option<T>) -> Option<T> {
        let verifier = self.core.verifier();
        verifier.keys().into_iter().flat_map(KeySet::keys).find(|key| key.id() == id).and_then(read)
    }

    fn step(&self, attempt: u32, length: usize, now: u64, expectations: Option<&Expectations>) -> Result<u32, Error> {
        let mut attempt = Attempt::from_bits(attempt);
        memory::with_input(length, |token| {
            let next = attempt.step(&self.core, token, now, || {
                self.core.verify(token, expectations, now, |pending| self.signature_valid(pending, token))
            })?;
            if matches!(next, Next::Verdict(Outcome::Waiting)) {
                attempt.question()?;
            }
            memory::write(Word::Attempt, attempt.to_bits());
            Ok(number(match next {
                Next::Verdict(outcome) => self.publish(outcome),
                Next::Host(action) => for_host(&action),
                Next::NotLoaded => Answer::NotLoaded,
            }))
        })
    }

    /// Writes an accepted token into the frame.
    #[inline(never)]
    fn publish(&self, outcome: Outcome<()>) -> Answer {
        match outcome {
            Outcome::Cached(slot, ()) => {
                memory::write(Word::Slot, memory::to_u32(slot));
                Answer::Cached
            }
            Outcome::Accepted(accepted, verdict) => {
                let slot = verdict.and_then(|verdict| self.core.insert(verdict, ()));
                memory::write(Word::Slot, slot.map_or(NO_SLOT, memory::to_u32));
                memory::write_token(accepted.header.json(), &accepted.claims);
                Answer::Accepted
            }
            Outcome::Waiting => Answer::Engine,
        }
    }

    /// Whether the signature is valid. `None`: not yet. Shared secrets are the core's own.
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

/// Reads the expectations of one verification.
fn read_expectations(options: &str) -> Result<Expectations, JsValue> {
    fields::read(options, |fields| {
        let mut expectations = Expectations::default();
        expectations.nonce = fields.text("nonce");
        expectations.access_token = fields.text("accessToken");
        expectations.code = fields.text("code");
        expectations.max_age = fields.number("maxAge");
        expectations
    })
}

/// A response with the header fields of HTTP caching, a line each: `Cache-Control`, `Age`, `ETag`.
fn response<'a>(status: u16, body: &'a [u8], fields: &'a str) -> Response<'a> {
    let mut lines = fields.split('\n').map(|line| Some(line).filter(|line| !line.is_empty()));
    let mut response = Response::new(status, body);
    response.cache_control = lines.next().flatten();
    response.age = lines.next().flatten();
    response.etag = lines.next().flatten();
    response
}

/// Writes into the frame what the host is to do.
#[inline(never)]
fn for_host(action: &Action) -> Answer {
    let (wait, answer) = match action {
        Action::Fetch { request, wait_at_most } => {
            let FetchRequest { id, url, max_bytes, timeout, if_none_match, .. } = request;
            memory::write_text(&[&fetch(*id, url, *max_bytes, *timeout, if_none_match.as_deref())]);
            (*wait_at_most, Answer::Fetch)
        }
        Action::Wait { id, at_most } => {
            memory::write(Word::Request, *id);
            (*at_most, Answer::Wait)
        }
        Action::Unavailable(error) => {
            memory::write_text(&[error.code().as_str()]);
            return Answer::Refused;
        }
        // Nothing to do, and whatever the core may come to say without one.
        _ => return Answer::Done,
    };
    let milliseconds = wait.as_secs().saturating_mul(1000).saturating_add(wait.subsec_millis().into());
    memory::write(Word::Wait, u32::try_from(milliseconds).unwrap_or(u32::MAX));
    answer
}

#[allow(clippy::as_conversions, reason = "the variants are the numbers")]
const fn number(answer: Answer) -> u32 {
    answer as u32
}
