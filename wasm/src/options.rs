//! The options of a verifier, as JavaScript hands them over.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::SharedSecret;
use countersign::discovery::KeySource;
use countersign::error::ConfigError;
use countersign::jwks_cache::{CachePolicy, JwksCache};
use countersign::verify::{Binding, CacheLimits, IssuerVariable, Limits, VerifierBuilder};
use countersign::{Algorithm, KeySet, Profile, Verifier};
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use crate::discovery::key_source;
use crate::errors::{misconfigured, to_js_error};
use crate::fields::{self, JsonFields};

pub(crate) struct Options {
    /// All but the keys
    builder: VerifierBuilder,
    issuer: String,
    /// Of the shared secret
    algorithm: Option<String>,
    jwks: Option<String>,
    source: KeySource,
    limits: Limits,
    cache: Option<CacheLimits>,
    key_cache: CachePolicy,
    /// A random number
    seed: u64,
}

impl Options {
    pub(crate) fn read(text: &str) -> Result<Self, JsValue> {
        fields::try_read(text, |fields| {
            let issuer = fields.needed("issuer");
            let limits = fields.object("limits").map(limits).unwrap_or_default();
            Ok(Self {
                builder: builder(fields)?.issuer(issuer.as_str()).limits(limits),
                issuer,
                algorithm: fields.text("algorithm"),
                jwks: fields.text("jwks"),
                source: key_source(fields),
                limits,
                cache: fields.object("cache").map(cache),
                key_cache: fields.object("keyCache").map(key_cache).unwrap_or_default(),
                seed: fields.number("seed").unwrap_or_default(),
            })
        })
    }

    /// The limits of the verdict cache, if there is to be one.
    pub(crate) const fn cache(&self) -> Option<CacheLimits> {
        self.cache
    }

    /// The verifier, and its keys if they have to be fetched.
    #[inline(never)]
    pub(crate) fn build(self, secret: Option<&Zeroizing<Vec<u8>>>) -> Result<(Verifier, Option<JwksCache>), JsValue> {
        self.limits.check().map_err(misconfigured)?;
        if let Some(keys) = self.keys(secret)? {
            return Ok((self.builder.keys(keys).build().map_err(misconfigured)?, None));
        }
        let remote = self.remote();
        let verifier = self.builder.build().map_err(misconfigured)?;
        Ok((verifier, Some(remote.map_err(misconfigured)?)))
    }

    #[inline(never)]
    fn remote(&self) -> Result<JwksCache, ConfigError> {
        let cache = JwksCache::from_source(&self.issuer, &self.source, self.limits)?.policy(self.key_cache)?;
        Ok(cache.seed(u32::try_from(self.seed).unwrap_or_default()))
    }

    /// The keys that are given.
    #[inline(never)]
    fn keys(&self, secret: Option<&Zeroizing<Vec<u8>>>) -> Result<Option<KeySet>, JsValue> {
        match (secret, &self.jwks) {
            (Some(bytes), _) => secret_keys(self.algorithm.as_deref(), bytes).map(Some),
            (None, Some(text)) => KeySet::from_text_with_use(text, &self.limits, self.source.key_use.as_deref())
                .map(Some)
                .map_err(to_js_error),
            (None, None) => Ok(None),
        }
    }
}

#[inline(never)]
fn binding(fields: JsonFields<'_>) -> Binding {
    let mut binding = Binding::new(fields.needed("claim"), fields.present(fields.texts("values"), "binding.values"));
    if fields.flag("inHeader").unwrap_or_default() {
        binding = binding.in_header();
    }
    match fields.object("use") {
        Some(kind) => binding.token_use(kind.needed("claim"), kind.needed("value")),
        None => binding,
    }
}

#[inline(never)]
fn issuer_variable(fields: JsonFields<'_>) -> IssuerVariable {
    let variable = IssuerVariable::new(fields.needed("name"), fields.needed("claim"));
    let variable = variable.values(fields.texts("values").unwrap_or_default());
    match fields.text("claimTemplate") {
        Some(template) => variable.claim_template(template),
        None => variable,
    }
}

#[inline(never)]
fn limits(fields: JsonFields<'_>) -> Limits {
    let mut limits = Limits::default();
    limits.token = fields.size("token").unwrap_or(limits.token);
    limits.header = fields.size("header").unwrap_or(limits.header);
    limits.header_depth = fields.size("headerDepth").unwrap_or(limits.header_depth);
    limits.payload_depth = fields.size("payloadDepth").unwrap_or(limits.payload_depth);
    limits.jwks = fields.size("jwks").unwrap_or(limits.jwks);
    limits.keys = fields.size("keys").unwrap_or(limits.keys);
    limits
}

#[inline(never)]
fn cache(fields: JsonFields<'_>) -> CacheLimits {
    let mut limits = CacheLimits::default();
    limits.max_entries = fields.size("maxEntries").unwrap_or(limits.max_entries);
    limits.max_age = fields.number("maxAge").unwrap_or(limits.max_age);
    limits
}

#[inline(never)]
fn key_cache(fields: JsonFields<'_>) -> CachePolicy {
    let mut policy = CachePolicy::default();
    for (name, value) in [
        ("minFreshness", &mut policy.min_freshness),
        ("defaultFreshness", &mut policy.default_freshness),
        ("maxFreshness", &mut policy.max_freshness),
        ("staleWhileRevalidate", &mut policy.stale_while_revalidate),
        ("staleIfError", &mut policy.stale_if_error),
        ("cooldown", &mut policy.cooldown),
        ("timeout", &mut policy.timeout),
    ] {
        *value = fields.number(name).unwrap_or(*value);
    }
    policy
}

#[inline(never)]
fn secret_keys(algorithm: Option<&str>, bytes: &[u8]) -> Result<KeySet, JsValue> {
    let wrong = ConfigError::new("algorithm", "must be HS256, HS384 or HS512");
    let algorithm = algorithm
        .and_then(|name| name.parse().ok())
        .filter(|algorithm: &Algorithm| algorithm.is_symmetric())
        .ok_or_else(|| misconfigured(wrong))?;
    SharedSecret::new(algorithm, bytes).map(KeySet::from).map_err(to_js_error)
}

/// The rules.
#[inline(never)]
fn builder(fields: JsonFields<'_>) -> Result<VerifierBuilder, ConfigError> {
    let texts = |name| fields.texts(name).unwrap_or_default().into_iter();
    let flag = |name| fields.flag(name).unwrap_or_default();
    let mut builder = Verifier::builder()
        .exp_optional(flag("expOptional"))
        .untimed(flag("untimed"))
        .accept_unchecked_nonce(flag("acceptUncheckedNonce"))
        .accept_padding(flag("acceptPadding"))
        .issuer_from_subject(flag("issuerFromSubject"));
    builder = texts("issuerAliases").fold(builder, VerifierBuilder::issuer_alias);
    builder = texts("audience").fold(builder, VerifierBuilder::audience);
    builder = texts("requiredClaims").fold(builder, VerifierBuilder::required_claim);
    if let Some(variable) = fields.object("issuerVariable") {
        builder = builder.issuer_variable(issuer_variable(variable));
    }
    if let Some(claims) = fields.object("binding") {
        builder = builder.binding(binding(claims));
    }
    if let Some(names) = fields.texts("algorithms") {
        let unknown = |_| ConfigError::new("algorithms", "names an algorithm that is not supported");
        let algorithms: Result<Vec<Algorithm>, _> = names.iter().map(|name| name.parse()).collect();
        builder = builder.algorithms(algorithms.map_err(unknown)?);
    }
    builder = builder.accept_missing_issuer(flag("acceptMissingIssuer"));
    if let Some(name) = fields.text("profile") {
        let unknown = ConfigError::new("profile", "must be access-token, at+jwt, id-token or jwt");
        builder = builder.profile(Profile::from_name(&name).ok_or(unknown)?);
    }
    if let Some(typ) = fields.text("typ") {
        builder = builder.typ(typ);
    }
    if let Some(seconds) = fields.number("clockTolerance") {
        builder = builder.clock_tolerance(seconds);
    }
    if let Some(seconds) = fields.number("maxTokenAge") {
        builder = builder.max_token_age(seconds);
    }
    if let Some(subject) = fields.text("subject") {
        builder = builder.subject(subject);
    }
    Ok(builder)
}
