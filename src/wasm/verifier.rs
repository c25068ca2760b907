//! A verifier with its keys and the verifications that wait for a host's engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::error::{ConfigError, Error};
use crate::jose::algorithm::Algorithm;
use crate::jose::jwk::VerifyingKey;
use crate::jose::key_set::KeySet;
use crate::jose::secret::SharedSecret;
use crate::jwks_cache::{Progress, RemoteKeys};
use crate::limits::Limits;
use crate::verify::claims::Expectations;
use crate::verify::profile::Profile;
use crate::verify::verifier::{Pending, VerifiedToken, Verifier as CoreVerifier};
use crate::wasm::discovery::{fetch, unavailable};
use crate::wasm::errors::{misconfigured, object, thrown, unreadable};
use crate::wasm::memory;

/// A request that was cancelled never comes back for its verification, so only so many are kept.
const MAX_HELD: usize = 256;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    issuer: String,
    audience: Vec<String>,
    algorithms: Option<Vec<String>>,
    /// Of the shared secret
    algorithm: Option<String>,
    jwks: Option<String>,
    jwks_uri: Option<String>,
    profile: Option<String>,
    typ: Option<String>,
    clock_tolerance: Option<u64>,
    required_claims: Option<Vec<String>>,
    max_token_age: Option<u64>,
    subject: Option<String>,
    limits: Option<LimitOptions>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LimitOptions {
    token: Option<usize>,
    header: Option<usize>,
    header_depth: Option<usize>,
    payload_depth: Option<usize>,
    jwks: Option<usize>,
    keys: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectationOptions {
    nonce: Option<String>,
    access_token: Option<String>,
    code: Option<String>,
    max_age: Option<u64>,
}

#[derive(Serialize)]
struct Report<'a> {
    keys: Vec<UsableKey<'a>>,
    skipped: Vec<Skipped<'a>>,
}

#[derive(Serialize)]
struct UsableKey<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    algorithm: &'static str,
    thumbprint: Option<String>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    code: &'static str,
    reason: String,
}

/// A verification that waits for the host's verdict on the signature.
struct Held {
    pending: Pending,
    signing_input: Vec<u8>,
    expectations: Expectations,
}

/// A verifier, its remote keys if they are to be fetched, and what is under way.
#[wasm_bindgen]
pub struct Verifier {
    core: CoreVerifier,
    remote: Option<RemoteKeys>,
    held: BTreeMap<u32, Held>,
    next: u32,
}

#[wasm_bindgen]
impl Verifier {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, secret: Option<Vec<u8>>) -> Result<Verifier, JsValue> {
        let options: Options = serde_wasm_bindgen::from_value(options).map_err(unreadable)?;
        let secret = secret.map(Zeroizing::new);
        let limits = limits(options.limits.as_ref());
        limits.check().map_err(misconfigured)?;
        let keys = match (&secret, &options.jwks) {
            (Some(bytes), _) => Some(secret_keys(options.algorithm.as_deref(), bytes)?),
            (None, Some(text)) => Some(KeySet::from_text(text, &limits).map_err(thrown)?),
            (None, None) => None,
        };
        let remote = match (&keys, &options.jwks_uri) {
            (Some(_), _) => None,
            (None, Some(uri)) => Some(RemoteKeys::from_jwks_uri(uri, limits)),
            (None, None) => Some(RemoteKeys::from_issuer(&options.issuer, limits)),
        };
        let core = build(options, limits, keys)?;
        Ok(Self { core, remote: remote.transpose().map_err(misconfigured)?, held: BTreeMap::new(), next: 0 })
    }

    /// `{ keys, skipped }`
    pub fn keys(&self) -> JsValue {
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        if let Some(set) = self.core.keys() {
            keys.extend(set.keys().map(|key| UsableKey {
                kid: key.kid(),
                algorithm: self.core.algorithm_of(key).name(),
                thumbprint: key.thumbprint(),
            }));
            skipped.extend(set.skipped().iter().map(|skipped| Skipped {
                kid: skipped.kid.as_deref(),
                code: skipped.error.code().as_str(),
                reason: skipped.error.to_string(),
            }));
        }
        object(&Report { keys, skipped })
    }

    /// What to fetch before verifying; throws while there are no keys and no retry is due.
    pub fn need(&mut self, now: f64) -> Result<JsValue, JsValue> {
        let Some(remote) = &mut self.remote else { return Ok(JsValue::UNDEFINED) };
        remote.need(seconds(now)).map(fetch).map_err(thrown)
    }

    /// What to fetch because a token's key is missing; throws while newer keys cannot be had.
    pub fn missed(&mut self, now: f64) -> Result<JsValue, JsValue> {
        let Some(remote) = &mut self.remote else { return Ok(JsValue::UNDEFINED) };
        remote.missed(seconds(now)).map(fetch).map_err(thrown)
    }

    /// Takes a fetched document; says whether verification stands on it now.
    pub fn response(&mut self, id: u32, status: u16, body: &[u8], now: f64) -> bool {
        let Some(remote) = &mut self.remote else { return false };
        match remote.response(id, status, body, seconds(now)) {
            Ok(Progress::Keys(keys)) => {
                self.core.set_keys(keys);
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

    /// Verifies the token in the input buffer with the arithmetic on board.
    pub fn verify(&self, length: usize, now: f64, expectations: JsValue) -> Result<(), JsValue> {
        let expectations = expect(expectations)?;
        let token = memory::with_input(length, |token| {
            self.usable(now)?;
            let pending = self.core.begin(token)?;
            let held = pending.verify(token)?;
            self.core.finish(pending, held, &expectations, seconds(now))
        });
        give(token)
    }

    /// Verifies up to the signature, and publishes what the host's engine has to verify.
    pub fn begin(&mut self, length: usize, expectations: JsValue) -> Result<u32, JsValue> {
        let expectations = expect(expectations)?;
        let held = memory::with_input(length, |token| {
            let pending = self.core.begin(token)?;
            let signing_input = token.get(..pending.signing_input_length()).ok_or(Error::InternalError)?.to_vec();
            Ok(Held { pending, signing_input, expectations })
        })
        .map_err(thrown)?;
        if self.held.len() >= MAX_HELD {
            self.held.pop_first();
        }
        let id = self.next;
        self.next = id.wrapping_add(1);
        let Held { pending, .. } = &held;
        memory::ask(
            pending.key().id(),
            pending.algorithm().index(),
            pending.signature(),
            pending.signing_input_length(),
        );
        // The signature stays where it is on the heap.
        self.held.insert(id, held);
        Ok(id)
    }

    /// Ends a verification with the host's verdict on the signature.
    pub fn finish(&mut self, id: u32, signature_held: bool, now: f64) -> Result<(), JsValue> {
        let Held { pending, expectations, .. } = self.take(id)?;
        let token = self.usable(now);
        give(token.and_then(|()| self.core.finish(pending, signature_held, &expectations, seconds(now))))
    }

    /// Ends a verification with the arithmetic on board.
    #[wasm_bindgen(js_name = verifyPending)]
    pub fn verify_pending(&mut self, id: u32, now: f64) -> Result<(), JsValue> {
        let Held { pending, signing_input, expectations } = self.take(id)?;
        let verdict = self.usable(now).and_then(|()| pending.verify(&signing_input));
        give(verdict.and_then(|held| self.core.finish(pending, held, &expectations, seconds(now))))
    }

    /// Forgets a verification.
    pub fn discard(&mut self, id: u32) {
        self.held.remove(&id);
    }

    /// The canonical public JWK of a key.
    #[wasm_bindgen(js_name = hostKey)]
    pub fn host_key(&self, id: u32) -> Result<String, JsValue> {
        let in_set = self.core.keys().into_iter().flat_map(KeySet::keys);
        let held = self.held.values().map(|held| held.pending.key());
        in_set
            .chain(held)
            .find(|key| key.id() == id)
            .and_then(VerifyingKey::to_jwk)
            .ok_or_else(|| thrown(Error::InternalError))
    }
}

impl Verifier {
    /// Whether the keys at hand may decide at this time.
    fn usable(&self, now: f64) -> Result<(), Error> {
        self.remote.as_ref().map_or(Ok(()), |remote| remote.usable(seconds(now)))
    }

    fn take(&mut self, id: u32) -> Result<Held, JsValue> {
        #[derive(Serialize)]
        struct Gone {
            gone: bool,
        }
        self.held.remove(&id).ok_or_else(|| object(&Gone { gone: true }))
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

fn give(token: Result<VerifiedToken, Error>) -> Result<(), JsValue> {
    let (header, claims) = token.map_err(thrown)?.into_json();
    memory::give(header, claims);
    Ok(())
}

fn expect(options: JsValue) -> Result<Expectations, JsValue> {
    if options.is_undefined() {
        return Ok(Expectations::default());
    }
    let ExpectationOptions { nonce, access_token, code, max_age } =
        serde_wasm_bindgen::from_value(options).map_err(unreadable)?;
    Ok(Expectations { nonce, access_token, code, max_age })
}

fn limits(options: Option<&LimitOptions>) -> Limits {
    let mut limits = Limits::default();
    if let Some(options) = options {
        let pick = |given: Option<usize>, default| given.unwrap_or(default);
        limits.token = pick(options.token, limits.token);
        limits.header = pick(options.header, limits.header);
        limits.header_depth = pick(options.header_depth, limits.header_depth);
        limits.payload_depth = pick(options.payload_depth, limits.payload_depth);
        limits.jwks = pick(options.jwks, limits.jwks);
        limits.keys = pick(options.keys, limits.keys);
    }
    limits
}

fn secret_keys(algorithm: Option<&str>, bytes: &[u8]) -> Result<KeySet, JsValue> {
    let wrong = ConfigError { option: "algorithm", problem: "must be HS256, HS384 or HS512" };
    let algorithm = algorithm
        .and_then(|name| name.parse().ok())
        .filter(|algorithm: &Algorithm| algorithm.is_symmetric())
        .ok_or_else(|| misconfigured(wrong))?;
    SharedSecret::new(algorithm, bytes).map(KeySet::from).map_err(thrown)
}

fn build(options: Options, limits: Limits, keys: Option<KeySet>) -> Result<CoreVerifier, JsValue> {
    let mut builder = CoreVerifier::builder().issuer(options.issuer).limits(limits);
    for audience in options.audience {
        builder = builder.audience(audience);
    }
    if let Some(names) = options.algorithms {
        let unknown = ConfigError { option: "algorithms", problem: "names an algorithm that is not supported" };
        let algorithms: Result<Vec<Algorithm>, _> = names.iter().map(|name| name.parse()).collect();
        builder = builder.algorithms(algorithms.map_err(|_| misconfigured(unknown))?);
    }
    if let Some(keys) = keys {
        builder = builder.keys(keys);
    }
    if let Some(name) = options.profile {
        let unknown = ConfigError { option: "profile", problem: "must be access-token, at+jwt, id-token or jwt" };
        builder = builder.profile(Profile::from_name(&name).ok_or_else(|| misconfigured(unknown))?);
    }
    if let Some(typ) = options.typ {
        builder = builder.typ(typ);
    }
    if let Some(seconds) = options.clock_tolerance {
        builder = builder.clock_tolerance(seconds);
    }
    for name in options.required_claims.unwrap_or_default() {
        builder = builder.required_claim(name);
    }
    if let Some(seconds) = options.max_token_age {
        builder = builder.max_token_age(seconds);
    }
    if let Some(subject) = options.subject {
        builder = builder.subject(subject);
    }
    builder.build().map_err(misconfigured)
}
