//! The options of a verifier, as JavaScript hands them over.

use alloc::string::String;
use alloc::vec::Vec;

#[cfg(feature = "keys")]
use countersign::SharedSecret;
use countersign::discovery::KeySource;
use countersign::error::ConfigError;
use countersign::jwks_cache::{CachePolicy, JwksCache};
use countersign::verify::{Binding, CacheLimits, IssuerVariable, Limits};
use countersign::{Algorithm, Expectations, KeySet, Profile, Verifier};
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use crate::errors::misconfigured;
#[cfg(feature = "keys")]
use crate::errors::to_js_error;
use crate::fields::{self, JsonFields};

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option by itself")]
pub(crate) struct Options {
    issuer: String,
    issuer_aliases: Vec<String>,
    issuer_variable: Option<IssuerVariable>,
    audience: Vec<String>,
    binding: Option<Binding>,
    algorithms: Option<Vec<String>>,
    /// Of the shared secret
    #[cfg(feature = "keys")]
    algorithm: Option<String>,
    #[cfg(feature = "keys")]
    jwks: Option<String>,
    #[cfg(feature = "keys")]
    accept_missing_issuer: bool,
    source: KeySource,
    profile: Option<String>,
    typ: Option<String>,
    clock_tolerance: Option<u64>,
    required_claims: Option<Vec<String>>,
    max_token_age: Option<u64>,
    exp_optional: bool,
    untimed: bool,
    subject: Option<String>,
    accept_unchecked_nonce: bool,
    accept_padding: bool,
    issuer_from_subject: bool,
    limits: Limits,
    cache: Option<CacheLimits>,
    key_cache: CachePolicy,
    /// A random number
    seed: u64,
}

impl Options {
    // One by one, so that a mistake has one thing to drop.
    #[allow(clippy::field_reassign_with_default, reason = "half the size")]
    pub(crate) fn read(text: &str) -> Result<Self, JsValue> {
        fields::read(text, |fields| {
            let mut options = Self::default();
            options.issuer = fields.needed("issuer")?;
            options.issuer_aliases = fields.texts("issuerAliases")?.unwrap_or_default();
            options.issuer_variable = fields.object("issuerVariable")?.map(issuer_variable).transpose()?;
            options.audience = fields.texts("audience")?.unwrap_or_default();
            options.binding = fields.object("binding")?.map(binding).transpose()?;
            options.algorithms = fields.texts("algorithms")?;
            #[cfg(feature = "keys")]
            {
                options.algorithm = fields.text("algorithm")?;
                options.jwks = fields.text("jwks")?;
                options.accept_missing_issuer = fields.flag("acceptMissingIssuer")?.unwrap_or_default();
            }
            options.source = key_source(fields)?;
            options.profile = fields.text("profile")?;
            options.typ = fields.text("typ")?;
            options.clock_tolerance = fields.number("clockTolerance")?;
            options.required_claims = fields.texts("requiredClaims")?;
            options.max_token_age = fields.number("maxTokenAge")?;
            options.exp_optional = fields.flag("expOptional")?.unwrap_or_default();
            options.untimed = fields.flag("untimed")?.unwrap_or_default();
            options.subject = fields.text("subject")?;
            options.accept_unchecked_nonce = fields.flag("acceptUncheckedNonce")?.unwrap_or_default();
            options.accept_padding = fields.flag("acceptPadding")?.unwrap_or_default();
            options.issuer_from_subject = fields.flag("issuerFromSubject")?.unwrap_or_default();
            options.limits = fields.object("limits")?.map(limits).transpose()?.unwrap_or_default();
            options.cache = fields.object("cache")?.map(cache).transpose()?;
            options.key_cache = fields.object("keyCache")?.map(key_cache).transpose()?.unwrap_or_default();
            options.seed = fields.number("seed")?.unwrap_or_default();
            Ok(options)
        })
    }

    /// The limits of the verdict cache, if there is to be one.
    pub(crate) const fn cache(&self) -> Option<CacheLimits> {
        self.cache
    }

    /// The verifier, and its keys if they have to be fetched.
    pub(crate) fn build(self, secret: Option<&Zeroizing<Vec<u8>>>) -> Result<(Verifier, Option<JwksCache>), JsValue> {
        let limits = self.limits;
        limits.check().map_err(misconfigured)?;
        let keys = self.keys(secret)?;
        let remote = keys.is_none().then(|| {
            let cache = JwksCache::from_source(&self.issuer, &self.source, limits)?.policy(self.key_cache)?;
            Ok(cache.seed(u32::try_from(self.seed).unwrap_or_default()))
        });
        let verifier = build(self, limits, keys)?;
        Ok((verifier, remote.transpose().map_err(misconfigured)?))
    }

    /// The keys that are given.
    #[cfg(feature = "keys")]
    fn keys(&self, secret: Option<&Zeroizing<Vec<u8>>>) -> Result<Option<KeySet>, JsValue> {
        match (secret, &self.jwks) {
            (Some(bytes), _) => secret_keys(self.algorithm.as_deref(), bytes).map(Some),
            (None, Some(text)) => KeySet::from_text_with_use(text, &self.limits, self.source.key_use.as_deref())
                .map(Some)
                .map_err(to_js_error),
            (None, None) => Ok(None),
        }
    }

    /// All keys are fetched.
    #[cfg(not(feature = "keys"))]
    #[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "the other one's shape")]
    fn keys(&self, _: Option<&Zeroizing<Vec<u8>>>) -> Result<Option<KeySet>, JsValue> {
        Ok(None)
    }
}

/// Reads the expectations of one verification.
pub(crate) fn read_expectations(options: &str) -> Result<Expectations, JsValue> {
    fields::read(options, |fields| {
        let mut expectations = Expectations::default();
        expectations.nonce = fields.text("nonce")?;
        expectations.access_token = fields.text("accessToken")?;
        expectations.code = fields.text("code")?;
        expectations.max_age = fields.number("maxAge")?;
        Ok(expectations)
    })
}

/// Reads the addresses of an issuer's keys and metadata.
pub(crate) fn key_source(fields: JsonFields<'_>) -> Result<KeySource, ConfigError> {
    let mut source = KeySource::default();
    source.jwks_uri = fields.text("jwksUri")?;
    source.key_use = fields.text("keyUse")?;
    source.metadata_uri = fields.text("metadataUri")?;
    source.allow_insecure_hosts = fields.texts("allowInsecureHosts")?.unwrap_or_default();
    Ok(source)
}

fn binding(fields: JsonFields<'_>) -> Result<Binding, ConfigError> {
    let missing = ConfigError::new("binding.values", "is missing");
    let mut binding = Binding::new(fields.needed("claim")?, fields.texts("values")?.ok_or(missing)?);
    if fields.flag("inHeader")?.unwrap_or_default() {
        binding = binding.in_header();
    }
    Ok(match fields.object("use")? {
        Some(kind) => binding.token_use(kind.needed("claim")?, kind.needed("value")?),
        None => binding,
    })
}

fn issuer_variable(fields: JsonFields<'_>) -> Result<IssuerVariable, ConfigError> {
    let variable = IssuerVariable::new(fields.needed("name")?, fields.needed("claim")?);
    let variable = variable.values(fields.texts("values")?.unwrap_or_default());
    Ok(match fields.text("claimTemplate")? {
        Some(template) => variable.claim_template(template),
        None => variable,
    })
}

fn limits(fields: JsonFields<'_>) -> Result<Limits, ConfigError> {
    let mut limits = Limits::default();
    limits.token = fields.size("token")?.unwrap_or(limits.token);
    limits.header = fields.size("header")?.unwrap_or(limits.header);
    limits.header_depth = fields.size("headerDepth")?.unwrap_or(limits.header_depth);
    limits.payload_depth = fields.size("payloadDepth")?.unwrap_or(limits.payload_depth);
    limits.jwks = fields.size("jwks")?.unwrap_or(limits.jwks);
    limits.keys = fields.size("keys")?.unwrap_or(limits.keys);
    Ok(limits)
}

fn cache(fields: JsonFields<'_>) -> Result<CacheLimits, ConfigError> {
    let mut limits = CacheLimits::default();
    limits.max_entries = fields.size("maxEntries")?.unwrap_or(limits.max_entries);
    limits.max_age = fields.number("maxAge")?.unwrap_or(limits.max_age);
    Ok(limits)
}

fn key_cache(fields: JsonFields<'_>) -> Result<CachePolicy, ConfigError> {
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
        *value = fields.number(name)?.unwrap_or(*value);
    }
    Ok(policy)
}

#[cfg(feature = "keys")]
fn secret_keys(algorithm: Option<&str>, bytes: &[u8]) -> Result<KeySet, JsValue> {
    let wrong = ConfigError::new("algorithm", "must be HS256, HS384 or HS512");
    let algorithm = algorithm
        .and_then(|name| name.parse().ok())
        .filter(|algorithm: &Algorithm| algorithm.is_symmetric())
        .ok_or_else(|| misconfigured(wrong))?;
    SharedSecret::new(algorithm, bytes).map(KeySet::from).map_err(to_js_error)
}

fn build(options: Options, limits: Limits, keys: Option<KeySet>) -> Result<Verifier, JsValue> {
    let mut builder = Verifier::builder().issuer(options.issuer).limits(limits);
    for alias in options.issuer_aliases {
        builder = builder.issuer_alias(alias);
    }
    if let Some(variable) = options.issuer_variable {
        builder = builder.issuer_variable(variable);
    }
    for audience in options.audience {
        builder = builder.audience(audience);
    }
    if let Some(binding) = options.binding {
        builder = builder.binding(binding);
    }
    if let Some(names) = options.algorithms {
        let unknown = ConfigError::new("algorithms", "names an algorithm that is not supported");
        let algorithms: Result<Vec<Algorithm>, _> = names.iter().map(|name| name.parse()).collect();
        builder = builder.algorithms(algorithms.map_err(|_| misconfigured(unknown))?);
    }
    if let Some(keys) = keys {
        builder = builder.keys(keys);
    }
    #[cfg(feature = "keys")]
    {
        builder = builder.accept_missing_issuer(options.accept_missing_issuer);
    }
    if let Some(name) = options.profile {
        let unknown = ConfigError::new("profile", "must be access-token, at+jwt, id-token or jwt");
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
    builder = builder.accept_padding(options.accept_padding).issuer_from_subject(options.issuer_from_subject);
    builder = builder.exp_optional(options.exp_optional).untimed(options.untimed);
    builder.accept_unchecked_nonce(options.accept_unchecked_nonce).build().map_err(misconfigured)
}
