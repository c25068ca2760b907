//! A verifier from its options, which are complete and consistent or refused.

use alloc::string::String;

use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::keys::key_set::KeySet;
use crate::verify::builder::VerifierBuilder;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;

impl VerifierBuilder {
    /// The verifier.
    ///
    /// # Errors
    /// [`ConfigError`] names the option that is missing, empty, out of range or contradicts another.
    pub fn build(mut self) -> Result<Verifier, ConfigError> {
        self.check()?;
        self.policy.algorithms = match self.algorithms {
            Some(algorithms) => algorithms,
            None => match secret_algorithm(self.keys.as_ref()) {
                Some(algorithm) => alloc::vec![algorithm],
                None => Algorithm::asymmetric().collect(),
            },
        };
        self.policy.default_rsa_algorithm = default_rsa_algorithm(&self.policy.algorithms);
        self.policy.exp_optional |= self.untimed;
        Ok(Verifier::new(self.policy, self.keys))
    }

    /// All that may be wrong, before anything is taken apart.
    fn check(&self) -> Result<(), ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        let policy = &self.policy;
        if policy.issuer.name.is_empty() {
            return problem("issuer", "is missing: write the issuer exactly as the tokens' `iss` claim has it");
        }
        policy.issuer.check()?;
        // What always has `aud` always has `iss`.
        if policy.issuer.optional && (self.keys.is_none() || policy.profile.needs_audience()) {
            return problem(
                "accept_missing_issuer",
                "goes with keys that are given, which then say who issued a token, and with the profiles `access-token` \
                 and `jwt`",
            );
        }
        if policy.audience.iter().any(String::is_empty) {
            return problem("audience", "is empty: write the identifier that tokens for you carry in `aud`");
        }
        match (&policy.binding, policy.audience.is_empty()) {
            (None, true) => {
                return problem(
                    "audience",
                    "is missing: write the identifier that tokens for you carry in `aud`, or, where the issuer leaves \
                     it out, the claim that names your client as option `binding`",
                );
            }
            (Some(_), true) if policy.profile.needs_audience() => {
                return problem(
                    "audience",
                    "is missing: tokens of this profile always have `aud`, and a `binding` comes on top of it",
                );
            }
            (Some(binding), _) => binding.check(&policy.issuer.name)?,
            (None, false) => {}
        }
        if let Some(algorithms) = &self.algorithms {
            check_algorithms(algorithms, secret_algorithm(self.keys.as_ref()))
                .or_else(|text| problem("algorithms", text))?;
        }
        if policy.clock_tolerance > Self::MAX_CLOCK_TOLERANCE {
            return problem("clock_tolerance", "must be 0 to 300 seconds");
        }
        if policy.typ.as_deref().is_some_and(str::is_empty) {
            return problem("typ", "is empty: leave it out, or write a media type such as `JWT`");
        }
        if policy.typ.is_some() && policy.profile != Profile::Jwt {
            return problem("typ", "goes with the profile `jwt` alone; the other profiles know theirs");
        }
        if policy.required_claims.iter().any(String::is_empty) {
            return problem("required_claims", "has an empty name: write the names of claims");
        }
        if policy.max_token_age == Some(0) {
            return problem("max_token_age", "must be at least 1 second");
        }
        if policy.subject.as_deref().is_some_and(str::is_empty) {
            return problem("subject", "is empty: leave it out, or write the one subject to accept");
        }
        if policy.accept_unchecked_nonce && policy.profile != Profile::IdToken {
            return problem("accept_unchecked_nonce", "goes with the profile `id-token` alone");
        }
        if policy.exp_optional && policy.max_token_age.is_none() {
            return problem("max_token_age", "is mandatory where `exp` is not");
        }
        policy.limits.check()
    }
}

/// The algorithm of the shared secret, where there is one in place of public keys.
fn secret_algorithm(keys: Option<&KeySet>) -> Option<Algorithm> {
    let algorithm = keys?.keys().next()?.algorithm();
    algorithm.filter(|algorithm| algorithm.is_symmetric())
}

/// Refuses symmetric and asymmetric algorithms in one verifier: that is how a public key gets used as a
/// secret (RFC 8725 §2.1).
#[inline(never)]
fn check_algorithms(wanted: &[Algorithm], secret: Option<Algorithm>) -> Result<(), &'static str> {
    match secret {
        _ if wanted.is_empty() => Err("is empty: leave it out, or name at least one algorithm"),
        Some(algorithm) if wanted != [algorithm] => {
            Err("must be left out, or name just the algorithm of the shared secret")
        }
        None if wanted.iter().any(|algorithm| algorithm.is_symmetric()) => {
            Err("names an HMAC algorithm, which needs a shared secret instead of public keys")
        }
        _ => Ok(()),
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
    use crate::limits::Limits;

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
