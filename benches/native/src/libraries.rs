//! The libraries, each with the same policy: signature, algorithm, issuer, audience, `exp`.

use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use countersign::{KeySet, SharedSecret, Verifier};
use jsonwebtoken::crypto::{CryptoProvider, KeyUtils, aws_lc, rust_crypto};
use jsonwebtoken::jwk::AlgorithmParameters;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use crate::Scenario;

type Outcome<T> = Result<T, Box<dyn Error>>;

pub struct Library(Box<dyn Fn(&str) -> bool>);

impl Library {
    pub fn accepts(&self, token: &str) -> bool {
        (self.0)(token)
    }

    /// A library that lets a bad token pass, or a good one not, takes no part.
    pub fn examine(&self, scenario: &Scenario) -> Outcome<()> {
        if !scenario.tokens.iter().all(|token| self.accepts(token)) {
            return Err("it refuses a good token".into());
        }
        if self.accepts(&scenario.tampered) {
            return Err("it accepts a bad token".into());
        }
        Ok(())
    }
}

pub fn of(scenario: &Scenario) -> Vec<(String, Outcome<Library>)> {
    let ours = if cfg!(feature = "aws-lc-rs") { "countersign, aws-lc-rs" } else { "countersign" };
    vec![
        ("bare aws-lc-rs".to_owned(), bare(scenario)),
        (ours.to_owned(), countersign(scenario)),
        ("jsonwebtoken, aws_lc_rs".to_owned(), jsonwebtoken(scenario, true)),
        ("jsonwebtoken, rust_crypto".to_owned(), jsonwebtoken(scenario, false)),
    ]
}

fn countersign(scenario: &Scenario) -> Outcome<Library> {
    let verifier = Verifier::builder().issuer(scenario.issuer.as_str()).audience(scenario.audience.as_str());
    let verifier = if let Some(secret) = &scenario.secret {
        verifier.keys(SharedSecret::new(countersign::Algorithm::HS256, &BASE64.decode(secret)?)?)
    } else {
        let jwks = scenario.jwks.as_ref().ok_or("no key")?;
        verifier.keys(KeySet::from_json(&jwks.to_string())?)
    };
    #[cfg(feature = "aws-lc-rs")]
    let verifier = verifier.engine(countersign::keys::Engine::AwsLc);
    let verifier = verifier.build()?;
    Ok(Library(Box::new(move |token| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        verifier.verify(token, now).is_ok()
    })))
}

/// Its provider is one for the process: this one asks either of its own, as the flag says.
static AWS_LC: AtomicBool = AtomicBool::new(false);
static PROVIDER: CryptoProvider = CryptoProvider {
    verifier_factory: |algorithm, key| {
        let provider =
            if AWS_LC.load(Ordering::Relaxed) { &aws_lc::DEFAULT_PROVIDER } else { &rust_crypto::DEFAULT_PROVIDER };
        (provider.verifier_factory)(algorithm, key)
    },
    signer_factory: |algorithm, key| (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key),
    key_utils: KeyUtils::new_unimplemented(),
};

pub fn install_provider() {
    PROVIDER.install_default().ok();
}

fn jsonwebtoken(scenario: &Scenario, with_aws_lc: bool) -> Outcome<Library> {
    let key = match (&scenario.jwk, &scenario.secret) {
        (Some(jwk), _) => DecodingKey::from_jwk(jwk)?,
        (None, Some(secret)) => DecodingKey::from_secret(&BASE64.decode(secret)?),
        (None, None) => return Err("no key".into()),
    };
    let mut validation = Validation::new(scenario.algorithm);
    validation.set_issuer(&[&scenario.issuer]);
    validation.set_audience(&[&scenario.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    Ok(Library(Box::new(move |token| {
        AWS_LC.store(with_aws_lc, Ordering::Relaxed);
        jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).is_ok()
    })))
}

/// Arithmetic alone: everything else was done beforehand.
fn bare(scenario: &Scenario) -> Outcome<Library> {
    let mut parts = HashMap::new();
    for token in &scenario.tokens {
        let (data, signature) = token.rsplit_once('.').ok_or("no token")?;
        parts.insert(token.clone(), (data.to_owned(), BASE64.decode(signature)?));
    }
    let holds = arithmetic(scenario)?;
    Ok(Library(Box::new(move |token| {
        parts.get(token).is_some_and(|(data, signature)| holds(data.as_bytes(), signature))
    })))
}

type Holds = Box<dyn Fn(&[u8], &[u8]) -> bool>;

fn arithmetic(scenario: &Scenario) -> Outcome<Holds> {
    if let Some(secret) = &scenario.secret {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(secret)?);
        return Ok(Box::new(move |data, tag| hmac::verify(&key, data, tag).is_ok()));
    }
    let key = match &scenario.jwk.as_ref().ok_or("no key")?.algorithm {
        AlgorithmParameters::RSA(key) => {
            let scheme: &'static RsaParameters = match scenario.algorithm {
                Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
                _ => &signature::RSA_PKCS1_2048_8192_SHA256,
            };
            let (n, e) = (BASE64.decode(&key.n)?, BASE64.decode(&key.e)?);
            RsaPublicKeyComponents { n: &n, e: &e }.to_parsed_public_key(scheme)?
        }
        AlgorithmParameters::EllipticCurve(key) => {
            let scheme: &'static dyn VerificationAlgorithm = match scenario.algorithm {
                Algorithm::ES384 => &signature::ECDSA_P384_SHA384_FIXED,
                _ => &signature::ECDSA_P256_SHA256_FIXED,
            };
            ParsedPublicKey::new(scheme, [vec![4], BASE64.decode(&key.x)?, BASE64.decode(&key.y)?].concat())?
        }
        AlgorithmParameters::OctetKeyPair(key) => ParsedPublicKey::new(&signature::ED25519, BASE64.decode(&key.x)?)?,
        _ => return Err("not a key of the benchmarks".into()),
    };
    Ok(Box::new(move |data, signature| key.verify_sig(data, signature).is_ok()))
}
