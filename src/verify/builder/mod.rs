//! The options of a verifier.

use alloc::string::String;
use alloc::vec::Vec;

use crate::engine::Engine;
use crate::jose::algorithm::Algorithm;
use crate::keys::key_set::KeySet;
use crate::limits::Limits;
use crate::verify::binding::Binding;
use crate::verify::issuer::IssuerVariable;
use crate::verify::policy::Policy;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;

mod build;

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
pub struct VerifierBuilder {
    /// The rules so far, unchecked
    policy: Policy,
    /// What the policy gets when the keys are known
    algorithms: Option<Vec<Algorithm>>,
    keys: Option<KeySet>,
    untimed: bool,
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
        self.policy.issuer.name = issuer.into();
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
        self.policy.issuer.aliases.push(issuer.into());
        self
    }

    /// The part of the issuer that differs from token to token, such as the tenant.
    pub fn issuer_variable(mut self, variable: IssuerVariable) -> Self {
        self.policy.issuer.variable = Some(variable);
        self
    }

    /// An audience that the token may be meant for (RFC 7519 §4.1.3); call again for more. Mandatory, unless
    /// there is a [`VerifierBuilder::binding`]. For ID tokens it is the client ID.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.policy.audience.push(audience.into());
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
        self.policy.binding = Some(binding);
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
        self.policy.profile = profile;
        self
    }

    /// The media type that [`Profile::Jwt`] demands in `typ`, with or without `application/`.
    pub fn typ(mut self, typ: impl Into<String>) -> Self {
        self.policy.typ = Some(typ.into());
        self
    }

    /// The clock tolerance in seconds. Default 30, at most 300.
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.policy.clock_tolerance = seconds;
        self
    }

    /// A claim that must be present and not `null`; call again for more. A required `aud` must name one of yours, and no
    /// [`VerifierBuilder::binding`] stands in for it.
    pub fn required_claim(mut self, name: impl Into<String>) -> Self {
        self.policy.required_claims.push(name.into());
        self
    }

    /// The greatest age of a token in seconds, counted from `iat`, which it makes mandatory.
    pub const fn max_token_age(mut self, seconds: u64) -> Self {
        self.policy.max_token_age = Some(seconds);
        self
    }

    /// Accepts what has no `exp`, if it has an `iat` that [`VerifierBuilder::max_token_age`] lets pass: answers of a server,
    /// which are no tokens (RFC 9701 §5). For the bindings.
    #[doc(hidden)]
    pub const fn exp_optional(mut self, optional: bool) -> Self {
        self.policy.exp_optional = optional;
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
        self.policy.subject = Some(subject.into());
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
        self.policy.accept_unchecked_nonce = accept;
        self
    }

    /// Accepts tokens whose segments are padded with `=`, which RFC 7515 §2 rules out: those of AWS load balancers. A token
    /// that has padding must have it in every segment that needs it.
    ///
    /// The cost: the same token can be spelled with the padding of its signature and without, where no other segment has any.
    pub const fn accept_padding(mut self, accept: bool) -> Self {
        self.policy.accept_padding = accept;
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
        self.policy.issuer.from_subject = from_subject;
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
    ///     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
    /// )?;
    /// let builder = Verifier::builder().issuer("https://app.example").audience("1").keys(keys);
    /// assert!(builder.accept_missing_issuer(true).build().is_ok());
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub const fn accept_missing_issuer(mut self, accept: bool) -> Self {
        self.policy.issuer.optional = accept;
        self
    }

    /// Other limits on sizes.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.policy.limits = limits;
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
        self.policy.engine = Some(engine);
        self
    }
}
