//! The options of a verifier, complete and consistent or refused.

use alloc::string::String;
use alloc::vec::Vec;

use crate::engine::Engine;
use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::keys::key_set::KeySet;
use crate::limits::Limits;
use crate::verify::binding::Binding;
use crate::verify::issuer::{Issuer, IssuerVariable};
use crate::verify::policy::Policy;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;

/// Seconds that clocks may differ, where nothing is said.
pub(crate) const DEFAULT_CLOCK_TOLERANCE: u64 = 30;

/// Collects the options of a [`Verifier`]. The issuer is mandatory, and so is the audience or, for issuers
/// that name none, a binding in its place.
///
/// # Example
/// ```
/// use countersign::{Algorithm, Profile, Verifier};
///
/// let builder = Verifier::builder()
///     .issuer("https://tenant.example/")
///     .audience("https://api.example")
///     .algorithms([Algorithm::ES256, Algorithm::EdDSA])
///     .profile(Profile::AtJwt)
///     .clock_tolerance(5)
///     .max_token_age(3600)
///     .required_claim("scope");
/// assert!(builder.build().is_ok());
///
/// let error = Verifier::builder().issuer("https://tenant.example/").build().unwrap_err();
/// assert_eq!(error.option, "audience");
/// ```
#[derive(Debug, Default)]
#[must_use]
#[allow(clippy::struct_excessive_bools, reason = "each is an option by itself")]
pub struct VerifierBuilder {
    issuer: Option<String>,
    issuer_aliases: Vec<String>,
    issuer_variable: Option<IssuerVariable>,
    audience: Vec<String>,
    binding: Option<Binding>,
    algorithms: Option<Vec<Algorithm>>,
    keys: Option<KeySet>,
    profile: Profile,
    typ: Option<String>,
    clock_tolerance: Option<u64>,
    required_claims: Vec<String>,
    max_token_age: Option<u64>,
    exp_optional: bool,
    untimed: bool,
    subject: Option<String>,
    accept_unchecked_nonce: bool,
    accept_padding: bool,
    issuer_from_subject: bool,
    accept_missing_issuer: bool,
    limits: Limits,
    engine: Option<Engine>,
}

impl Verifier {
    /// Begins with the options.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }
}

impl VerifierBuilder {
    /// The largest clock tolerance that may be asked for, in seconds.
    pub const MAX_CLOCK_TOLERANCE: u64 = 300;

    /// The issuer, exactly as the tokens' `iss` spells it (RFC 7519 §4.1.1). Mandatory.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Another spelling of the issuer, in tokens that the same keys have signed; call again for more. Metadata is asked of
    /// [`VerifierBuilder::issuer`], and names that one.
    ///
    /// The spellings are one issuer: a subject means the same user under each of them.
    ///
    /// # Example
    /// ```
    /// use countersign::{Profile, Verifier};
    ///
    /// let builder = Verifier::builder()
    ///     .issuer("https://accounts.google.com")
    ///     .issuer_alias("accounts.google.com")
    ///     .audience("1234.apps.googleusercontent.com")
    ///     .profile(Profile::IdToken);
    /// assert!(builder.build().is_ok());
    /// ```
    pub fn issuer_alias(mut self, issuer: impl Into<String>) -> Self {
        self.issuer_aliases.push(issuer.into());
        self
    }

    /// The part of the issuer that differs from token to token, such as the tenant.
    pub fn issuer_variable(mut self, variable: IssuerVariable) -> Self {
        self.issuer_variable = Some(variable);
        self
    }

    /// An audience that the token may be meant for (RFC 7519 §4.1.3); call again for more. Mandatory, unless
    /// there is a [`VerifierBuilder::binding`]. For ID tokens it is the client ID.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience.push(audience.into());
        self
    }

    /// The claim that says that tokens are for you, where the issuer leaves `aud` out or empty. It is checked
    /// in every token, beside an `aud` that is there: that one must still be an [`VerifierBuilder::audience`].
    ///
    /// ID tokens and the tokens of RFC 9068 always have `aud`. For them a binding is one condition more.
    ///
    /// # Example
    /// ```
    /// use countersign::verify::Binding;
    /// use countersign::Verifier;
    ///
    /// let verifier = Verifier::builder()
    ///     .issuer("https://clerk.app.example")
    ///     .binding(Binding::new("azp", ["https://app.example"]))
    ///     .build();
    /// assert!(verifier.is_ok());
    /// ```
    pub fn binding(mut self, binding: Binding) -> Self {
        self.binding = Some(binding);
        self
    }

    /// The keys: a [`KeySet`], or a [`crate::SharedSecret`] for HMAC. Keys that come later are set with
    /// [`Verifier::set_keys`].
    pub fn keys(mut self, keys: impl Into<KeySet>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// The algorithms to allow (RFC 8725 §3.1). Default: every one with public keys, each key serving
    /// only its own; with a shared secret, that secret's.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// The kind of token. Default: [`Profile::AccessToken`].
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// The media type that [`Profile::Jwt`] demands in `typ`, with or without `application/`.
    pub fn typ(mut self, typ: impl Into<String>) -> Self {
        self.typ = Some(typ.into());
        self
    }

    /// The clock tolerance in seconds. Default 30, at most 300.
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.clock_tolerance = Some(seconds);
        self
    }

    /// A claim that must be present and not `null`; call again for more. A required `aud` must name one of yours, and no
    /// [`VerifierBuilder::binding`] stands in for it.
    pub fn required_claim(mut self, name: impl Into<String>) -> Self {
        self.required_claims.push(name.into());
        self
    }

    /// The greatest age of a token in seconds, counted from `iat`, which it makes mandatory.
    pub const fn max_token_age(mut self, seconds: u64) -> Self {
        self.max_token_age = Some(seconds);
        self
    }

    /// Accepts what has no `exp`, if it has an `iat` that [`VerifierBuilder::max_token_age`] lets pass: answers of a server,
    /// which are no tokens (RFC 9701 §5). For the bindings.
    #[doc(hidden)]
    pub const fn exp_optional(mut self, optional: bool) -> Self {
        self.exp_optional = optional;
        self
    }

    /// Accepts what has neither `exp` nor `iat`: an answer to a request of this moment (OpenID Connect Core §5.3.2). For the
    /// bindings.
    #[doc(hidden)]
    pub const fn untimed(mut self, untimed: bool) -> Self {
        self.untimed = untimed;
        self
    }

    /// The only subject to accept.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Accepts ID tokens that have a `nonce` though none is expected: for services that are sent the ID tokens
    /// of sign-ins that they did not begin, and so cannot know the nonce (Google One Tap, kubelogin).
    ///
    /// The cost: a stolen ID token is as good as one that was just issued, until it expires. All else of
    /// [`Profile::IdToken`] is checked, and a nonce that is expected is compared.
    ///
    /// # Example
    /// ```
    /// use countersign::{Profile, Verifier};
    ///
    /// let builder = Verifier::builder()
    ///     .issuer("https://accounts.google.com")
    ///     .audience("1234.apps.googleusercontent.com")
    ///     .profile(Profile::IdToken)
    ///     .accept_unchecked_nonce(true);
    /// assert!(builder.build().is_ok());
    /// ```
    pub const fn accept_unchecked_nonce(mut self, accept: bool) -> Self {
        self.accept_unchecked_nonce = accept;
        self
    }

    /// Accepts tokens whose segments are padded with `=`, which RFC 7515 §2 rules out: those of AWS load balancers. A token
    /// that has padding must have it in every segment that needs it.
    ///
    /// The cost: the same token can be spelled with the padding of its signature and without, where no other segment has any.
    pub const fn accept_padding(mut self, accept: bool) -> Self {
        self.accept_padding = accept;
        self
    }

    /// Reads who issued a token from `sub`, for tokens that need no `iss`: SPIFFE's JWT-SVIDs, whose subject is a SPIFFE ID
    /// in the trust domain that [`VerifierBuilder::issuer`] names. `sub` must be that, and a path (SPIFFE-ID §2). An `iss` that is
    /// there must be the same text, or a [`VerifierBuilder::issuer_alias`].
    ///
    /// # Example
    /// ```
    /// use countersign::Verifier;
    ///
    /// let builder = Verifier::builder()
    ///     .issuer("spiffe://example.org")
    ///     .issuer_from_subject(true)
    ///     .audience("https://api.example");
    /// assert!(builder.build().is_ok());
    /// ```
    pub const fn issuer_from_subject(mut self, from_subject: bool) -> Self {
        self.issuer_from_subject = from_subject;
        self
    }

    /// Accepts tokens without `iss` (Laravel Passport), where the keys are given here: they say who issued a token. An `iss`
    /// that is there must be the issuer all the same. Audience or binding stay mandatory. ID tokens and the tokens of RFC 9068
    /// always have `iss`.
    ///
    /// The cost: whatever else is signed by these keys, for the same audience, is taken for a token of this issuer. Guards
    /// refuse what has no `iss`, since a user is known by issuer and subject.
    ///
    /// # Example
    /// ```
    /// use countersign::{KeySet, Verifier};
    ///
    /// let keys = KeySet::from_json(
    ///     r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    /// )?;
    /// let builder = Verifier::builder().issuer("https://app.example").audience("1").keys(keys);
    /// assert!(builder.accept_missing_issuer(true).build().is_ok());
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub const fn accept_missing_issuer(mut self, accept: bool) -> Self {
        self.accept_missing_issuer = accept;
        self
    }

    /// Other limits on sizes.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The engine that verifies signatures, with the keys given here and with those that come later. Default: that of
    /// each key, which is [`Engine::BuiltIn`] unless [`VerifyingKey::with_engine`] was called.
    ///
    /// # Example
    /// ```
    /// use countersign::keys::Engine;
    /// use countersign::Verifier;
    ///
    /// let builder = Verifier::builder().issuer("https://tenant.example/").audience("https://api.example");
    /// # #[cfg(feature = "aws-lc-rs")]
    /// let builder = builder.engine(Engine::AwsLc);
    /// # #[cfg(not(feature = "aws-lc-rs"))]
    /// # let builder = builder.engine(Engine::BuiltIn);
    /// assert!(builder.build().is_ok());
    /// ```
    ///
    /// [`VerifyingKey::with_engine`]: crate::keys::VerifyingKey::with_engine
    pub const fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// [`ConfigError`] names the option that is missing, empty, out of range or contradicts another.
    pub fn build(self) -> Result<Verifier, ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        let Some(issuer) = self.issuer.filter(|issuer| !issuer.is_empty()) else {
            return problem("issuer", "is missing: write the issuer exactly as the tokens' `iss` claim has it");
        };
        let issuer = Issuer {
            name: issuer,
            aliases: self.issuer_aliases,
            variable: self.issuer_variable,
            from_subject: self.issuer_from_subject,
            optional: self.accept_missing_issuer,
        };
        issuer.check()?;
        // What always has `aud` always has `iss`.
        if issuer.optional && (self.keys.is_none() || self.profile.needs_audience()) {
            return problem(
                "accept_missing_issuer",
                "goes with keys that are given, which then say who issued a token, and with the profiles `access-token` and `jwt`",
            );
        }
        if self.audience.iter().any(String::is_empty) {
            return problem("audience", "is empty: write the identifier that tokens for you carry in `aud`");
        }
        match (&self.binding, self.audience.is_empty()) {
            (None, true) => {
                return problem(
                    "audience",
                    "is missing: write the identifier that tokens for you carry in `aud`, or, where the issuer leaves \
                     it out, the claim that names your client as option `binding`",
                );
            }
            (Some(_), true) if self.profile.needs_audience() => {
                return problem(
                    "audience",
                    "is missing: tokens of this profile always have `aud`, and a `binding` comes on top of it",
                );
            }
            (Some(binding), _) => binding.check(&issuer.name)?,
            (None, false) => {}
        }
        let algorithms = match check_algorithms(self.algorithms, self.keys.as_ref()) {
            Ok(algorithms) => algorithms,
            Err(text) => return problem("algorithms", text),
        };
        let clock_tolerance = self.clock_tolerance.unwrap_or(DEFAULT_CLOCK_TOLERANCE);
        if clock_tolerance > Self::MAX_CLOCK_TOLERANCE {
            return problem("clock_tolerance", "must be 0 to 300 seconds");
        }
        if self.typ.as_deref().is_some_and(str::is_empty) {
            return problem("typ", "is empty: leave it out, or write a media type such as `JWT`");
        }
        if self.typ.is_some() && self.profile != Profile::Jwt {
            return problem("typ", "goes with the profile `jwt` alone; the other profiles know theirs");
        }
        if self.required_claims.iter().any(String::is_empty) {
            return problem("required_claims", "has an empty name: write the names of claims");
        }
        if self.max_token_age == Some(0) {
            return problem("max_token_age", "must be at least 1 second");
        }
        if self.subject.as_deref().is_some_and(str::is_empty) {
            return problem("subject", "is empty: leave it out, or write the one subject to accept");
        }
        if self.accept_unchecked_nonce && self.profile != Profile::IdToken {
            return problem("accept_unchecked_nonce", "goes with the profile `id-token` alone");
        }
        if self.exp_optional && self.max_token_age.is_none() {
            return problem("max_token_age", "is mandatory where `exp` is not");
        }
        self.limits.check()?;
        let policy = Policy {
            issuer,
            audience: self.audience,
            binding: self.binding,
            default_rsa_algorithm: default_rsa_algorithm(&algorithms),
            algorithms,
            profile: self.profile,
            typ: self.typ,
            clock_tolerance,
            required_claims: self.required_claims,
            max_token_age: self.max_token_age,
            exp_optional: self.exp_optional || self.untimed,
            subject: self.subject,
            accept_unchecked_nonce: self.accept_unchecked_nonce,
            accept_padding: self.accept_padding,
            limits: self.limits,
            engine: self.engine,
        };
        Ok(Verifier::new(policy, self.keys))
    }
}

/// Refuses symmetric and asymmetric algorithms in one verifier: that is how a public key gets used as a
/// secret (RFC 8725 §2.1).
fn check_algorithms(wanted: Option<Vec<Algorithm>>, keys: Option<&KeySet>) -> Result<Vec<Algorithm>, &'static str> {
    let secret = keys
        .and_then(|keys| keys.keys().next())
        .and_then(|key| key.algorithm().filter(|algorithm| algorithm.is_symmetric()));
    match (wanted, secret) {
        (None, None) => Ok(Algorithm::asymmetric().collect()),
        (None, Some(algorithm)) => Ok(alloc::vec![algorithm]),
        (Some(list), _) if list.is_empty() => Err("is empty: leave it out, or name at least one algorithm"),
        (Some(list), Some(algorithm)) if list != [algorithm] => {
            Err("must be left out, or name just the algorithm of the shared secret")
        }
        (Some(list), None) if list.iter().any(|algorithm| algorithm.is_symmetric()) => {
            Err("names an HMAC algorithm, which needs a shared secret instead of public keys")
        }
        (Some(list), _) => Ok(list),
    }
}

/// RS256, or the one RSA algorithm that the list names.
fn default_rsa_algorithm(algorithms: &[Algorithm]) -> Algorithm {
    let mut rsa = algorithms.iter().copied().filter(|algorithm| algorithm.is_rsa());
    match rsa.next() {
        Some(first) if rsa.all(|other| other == first) => first,
        _ => Algorithm::RS256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::secret::SharedSecret;

    fn builder() -> VerifierBuilder {
        Verifier::builder().issuer("https://id.example").audience("api")
    }

    fn option(builder: VerifierBuilder) -> Option<&'static str> {
        builder.build().err().map(|error| error.option)
    }

    #[test]
    fn mandatory_options_are_mandatory() {
        assert_eq!(option(builder()), None);
        assert_eq!(option(Verifier::builder().audience("api")), Some("issuer"));
        assert_eq!(option(Verifier::builder().issuer("").audience("api")), Some("issuer"));
        assert_eq!(option(Verifier::builder().issuer("i")), Some("audience"));
        assert_eq!(option(builder().audience("")), Some("audience"));
    }

    #[test]
    fn options_out_of_range_are_refused() {
        assert_eq!(option(builder().clock_tolerance(300)), None);
        assert_eq!(option(builder().clock_tolerance(301)), Some("clock_tolerance"));
        assert_eq!(option(builder().max_token_age(0)), Some("max_token_age"));
        assert_eq!(option(builder().subject("")), Some("subject"));
        assert_eq!(option(builder().required_claim("")), Some("required_claims"));
        assert_eq!(option(builder().typ("JWT")), Some("typ"));
        assert_eq!(option(builder().typ("").profile(Profile::Jwt)), Some("typ"));
        assert_eq!(option(builder().limits(Limits { token: 65_537, ..Limits::default() })), Some("limits.token"));
        assert_eq!(option(builder().limits(Limits { keys: 0, ..Limits::default() })), Some("limits.keys"));
        assert_eq!(option(builder().limits(Limits::MAX)), None);
    }

    #[test]
    fn symmetric_and_asymmetric_algorithms_do_not_mix() {
        let secret = || SharedSecret::new(Algorithm::HS256, &[7; 32]).map(KeySet::from).unwrap_or_default();
        assert_eq!(option(builder().algorithms([])), Some("algorithms"));
        assert_eq!(option(builder().algorithms([Algorithm::RS256, Algorithm::HS256])), Some("algorithms"));
        assert_eq!(option(builder().keys(secret())), None);
        assert_eq!(option(builder().keys(secret()).algorithms([Algorithm::HS256])), None);
        assert_eq!(option(builder().keys(secret()).algorithms([Algorithm::HS384])), Some("algorithms"));
        assert_eq!(option(builder().keys(secret()).algorithms([Algorithm::RS256])), Some("algorithms"));
    }

    #[test]
    fn an_unbound_rsa_key_serves_one_algorithm() {
        use Algorithm::{ES256, PS256, RS256, RS512};
        assert_eq!(default_rsa_algorithm(&[ES256, PS256]), PS256);
        assert_eq!(default_rsa_algorithm(&[RS512, RS512]), RS512);
        assert_eq!(default_rsa_algorithm(&[RS512, PS256]), RS256);
        assert_eq!(default_rsa_algorithm(&[ES256]), RS256);
    }
}
