//! The rules that one verifier applies.

use alloc::string::String;
use alloc::vec::Vec;

use crate::engine::Engine;
use crate::jose::algorithm::Algorithm;
use crate::limits::Limits;
use crate::verify::binding::Binding;
use crate::verify::issuer::Issuer;
use crate::verify::profile::Profile;

/// Seconds that clocks may differ, where nothing is said.
pub(crate) const DEFAULT_CLOCK_TOLERANCE: u64 = 30;

/// The rules that a token must satisfy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) issuer: Issuer,
    /// Empty where there is a binding in its place.
    pub(crate) audience: Vec<String>,
    pub(crate) binding: Option<Binding>,
    pub(crate) algorithms: Vec<Algorithm>,
    /// The algorithm of RSA keys without `alg`: one key, one algorithm.
    pub(crate) default_rsa_algorithm: Algorithm,
    pub(crate) profile: Profile,
    pub(crate) typ: Option<String>,
    /// Seconds
    pub(crate) clock_tolerance: u64,
    pub(crate) required_claims: Vec<String>,
    /// Seconds
    pub(crate) max_token_age: Option<u64>,
    /// Whether `exp` may be absent, as it is in what servers answer: then `iat` says how old it is
    pub(crate) exp_optional: bool,
    pub(crate) subject: Option<String>,
    pub(crate) accept_unchecked_nonce: bool,
    pub(crate) accept_padding: bool,
    pub(crate) limits: Limits,
    /// Another engine than that of the keys
    pub(crate) engine: Option<Engine>,
}

/// What holds where nothing is said; nothing is said of issuer and audience.
impl Default for Policy {
    fn default() -> Self {
        Self {
            issuer: Issuer::default(),
            audience: Vec::new(),
            binding: None,
            algorithms: Vec::new(),
            default_rsa_algorithm: Algorithm::RS256,
            profile: Profile::default(),
            typ: None,
            clock_tolerance: DEFAULT_CLOCK_TOLERANCE,
            required_claims: Vec::new(),
            max_token_age: None,
            exp_optional: false,
            subject: None,
            accept_unchecked_nonce: false,
            accept_padding: false,
            limits: Limits::default(),
            engine: None,
        }
    }
}

impl Policy {
    /// Rules that have an issuer and audiences, and nothing beyond what holds for every token.
    pub(crate) fn new(issuer: String, audience: Vec<String>) -> Self {
        Self { issuer: Issuer { name: issuer, ..Issuer::default() }, audience, ..Self::default() }
    }
}
