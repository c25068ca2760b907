//! The options of a verifier, as JavaScript hands them over.

use serde::Deserialize;
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::jose::key_set::KeySet;
use crate::jose::secret::SharedSecret;
use crate::jwks_cache::RemoteKeys;
use crate::limits::Limits;
use crate::verify::claims::Expectations;
use crate::verify::profile::Profile;
use crate::verify::verdict_cache::CacheLimits;
use crate::verify::verifier::Verifier;
use crate::wasm::errors::{misconfigured, read, thrown};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
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
    cache: Option<CacheOptions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CacheOptions {
    max_entries: Option<usize>,
    max_age: Option<u64>,
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

impl Options {
    /// How much is to be remembered, if anything is.
    pub(crate) fn cache(&self) -> Option<CacheLimits> {
        self.cache.as_ref().map(|cache| {
            let mut limits = CacheLimits::default();
            limits.max_entries = cache.max_entries.unwrap_or(limits.max_entries);
            limits.max_age = cache.max_age.unwrap_or(limits.max_age);
            limits
        })
    }

    /// The verifier, and its keys if they have to be fetched.
    pub(crate) fn build(self, secret: Option<&Zeroizing<Vec<u8>>>) -> Result<(Verifier, Option<RemoteKeys>), JsValue> {
        let limits = limits(self.limits.as_ref());
        limits.check().map_err(misconfigured)?;
        let keys = match (secret, &self.jwks) {
            (Some(bytes), _) => Some(secret_keys(self.algorithm.as_deref(), bytes)?),
            (None, Some(text)) => Some(KeySet::from_text(text, &limits).map_err(thrown)?),
            (None, None) => None,
        };
        let remote = match (&keys, &self.jwks_uri) {
            (Some(_), _) => None,
            (None, Some(uri)) => Some(RemoteKeys::from_jwks_uri(uri, limits)),
            (None, None) => Some(RemoteKeys::from_issuer(&self.issuer, limits)),
        };
        let verifier = build(self, limits, keys)?;
        Ok((verifier, remote.transpose().map_err(misconfigured)?))
    }
}

/// What a token is to be compared with.
pub(crate) fn expect(options: &str) -> Result<Expectations, JsValue> {
    let ExpectationOptions { nonce, access_token, code, max_age } = read(options)?;
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

fn build(options: Options, limits: Limits, keys: Option<KeySet>) -> Result<Verifier, JsValue> {
    let mut builder = Verifier::builder().issuer(options.issuer).limits(limits);
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
