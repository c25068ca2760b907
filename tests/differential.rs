//! 20,000 random tokens, judged by this crate and by `jsonwebtoken` with its own arithmetic. Wherever the
//! two disagree, a rule has to say why.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "a test fails by panicking and prints what it did"
)]

#[path = "differential/rules.rs"]
mod rules;
#[path = "differential/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;

use countersign::{Error, KeySet, SharedSecret, Verifier};
use countersign_testkit::Key;
use countersign_testkit::random::Random;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rules::{RULES, Refusal, View};
use serde_json::Value;
use tokens::{AUDIENCE, ISSUER, Keys};

const SEED: u64 = 0xc0de;
const TOKENS: usize = 20_000;

/// Both libraries, set up for the same issuer, audience and keys.
struct Libraries {
    public: Verifier,
    secret: BTreeMap<String, Verifier>,
    set: JwkSet,
}

impl Libraries {
    fn new(keys: &Keys) -> Self {
        let builder = || Verifier::builder().issuer(ISSUER).audience(AUDIENCE);
        let set = keys.public_set();
        let secret = |key: &Key| {
            let secret = SharedSecret::new(key.algorithm.parse().expect("known"), &key.bytes()).expect("long enough");
            (key.algorithm.clone(), builder().keys(secret).build().expect("complete"))
        };
        Self {
            public: builder().keys(KeySet::from_json(&set).expect("keys")).build().expect("complete"),
            secret: keys.secrets().map(secret).collect(),
            set: serde_json::from_str(&set).expect("keys"),
        }
    }

    fn ours(&self, token: &str, key: &Key, now: u64) -> Result<Value, Error> {
        let verifier = self.secret.get(&key.algorithm).unwrap_or(&self.public);
        verifier.verify(token, now).map(|token| token.claims().deserialize().expect("JSON"))
    }

    /// The careful way to use the other library: the key by the token's `kid`, the one algorithm of that
    /// key, every claim that it can require.
    fn theirs(&self, token: &str, key: &Key) -> Result<Value, ErrorKind> {
        let header = jsonwebtoken::decode_header(token).map_err(jsonwebtoken::errors::Error::into_kind)?;
        let (decoding_key, algorithm) = if tokens::is_secret(key) {
            (DecodingKey::from_secret(&key.bytes()), key.algorithm.parse::<Algorithm>().expect("known"))
        } else {
            let algorithm =
                |jwk: &jsonwebtoken::jwk::Jwk| jwk.common.key_algorithm.and_then(|name| Algorithm::try_from(name).ok());
            let jwk = match &header.kid {
                Some(kid) => self.set.find(kid),
                None => self.set.keys.iter().find(|jwk| algorithm(jwk) == Some(header.alg)),
            };
            let jwk = jwk.ok_or(ErrorKind::InvalidKeyFormat)?;
            (DecodingKey::from_jwk(jwk).expect("a key"), algorithm(jwk).expect("an algorithm"))
        };
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 30;
        let verdict = jsonwebtoken::decode::<Value>(token, &decoding_key, &validation);
        verdict.map(|data| data.claims).map_err(jsonwebtoken::errors::Error::into_kind)
    }
}

/// A token and both verdicts on it.
struct Case {
    token: String,
    now: u64,
    ours: Result<Value, Error>,
    theirs: Result<Value, ErrorKind>,
}

/// The other library reads the clock itself, so a case in which a second ends is drawn again.
fn judge(libraries: &Libraries, random: &mut Random, keys: &Keys) -> Case {
    loop {
        let start = random.clone();
        let now = jsonwebtoken::get_current_timestamp();
        let (token, key) = tokens::draw(random, keys, now);
        let (ours, theirs) = (libraries.ours(&token, key, now), libraries.theirs(&token, key));
        if jsonwebtoken::get_current_timestamp() == now {
            return Case { token, now, ours, theirs };
        }
        *random = start;
    }
}

#[test]
fn every_disagreement_has_its_rule() {
    // The process's provider is the other library's own.
    jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default().expect("none yet");
    let keys = Keys::new();
    let libraries = Libraries::new(&keys);
    let mut random = Random::new(SEED);
    let mut agreed = [0; 2];
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for index in 0..TOKENS {
        let Case { token, now, ours, theirs } = judge(&libraries, &mut random, &keys);
        if ours.is_ok() == theirs.is_ok() {
            assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "the same claims: {token}");
            agreed[usize::from(ours.is_ok())] += 1;
            continue;
        }
        let view = View::new(&token, now);
        let applies = |refusal: &Refusal| match (refusal, &ours, &theirs) {
            (Refusal::Ours(codes), Err(error), Ok(_)) => codes.contains(&error.code().as_str()),
            (Refusal::Theirs(kinds), Ok(_), Err(kind)) => {
                kinds.iter().any(|name| format!("{kind:?}").starts_with(name))
            }
            _ => false,
        };
        if let Some(rule) = RULES.iter().find(|rule| applies(&rule.refusal) && (rule.explains)(&view)) {
            *explained.entry(rule.id).or_default() += 1;
        } else {
            unexplained.push(format!("token {index} of seed {SEED:#x}, now {now}: {ours:?}, {theirs:?}\n{token}"));
        }
    }
    let disagreed: usize = explained.values().sum();
    println!(
        "{TOKENS} tokens: both accept {}, both refuse {}, disagree on {disagreed}, unexplained {}",
        agreed[1],
        agreed[0],
        unexplained.len()
    );
    for (rule, count) in &explained {
        println!("{count:5}  {rule}");
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    // A rule that explains nothing has lost its meaning, or the tokens have lost their variety.
    let idle: Vec<_> = RULES.iter().map(|rule| rule.id).filter(|id| !explained.contains_key(id)).collect();
    assert!(idle.is_empty(), "{idle:?}");
    assert!(agreed[1] > 2_000 && agreed[0] > 2_000, "{agreed:?}");
}
