//! A verifier from its options, which are complete and consistent or refused.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::keys::key_set::KeySet;
use crate::verify::builder::VerifierBuilder;
use crate::verify::issuer::Issuer;
use crate::verify::policy::Policy;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;

/// Seconds that clocks may differ, where nothing is said.
pub(crate) const DEFAULT_CLOCK_TOLERANCE: u64 = 30;

impl VerifierBuilder {
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
        };
        issuer.check()?;
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
