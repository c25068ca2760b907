//! The engine of a verifier is the one that was asked for, whichever the build has.

use alloc::vec::Vec;

use crate::engine::Engine;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;
use crate::keys::key_set::KeySet;
use crate::keys::known_answers::KnownAnswer;
use crate::keys::verifying_key::VerifyingKey;
use crate::verify::builder::VerifierBuilder;
use crate::verify::verifier::Verifier;

/// A key of each type that has a known answer.
fn key_set() -> KeySet {
    let jwks: Vec<&str> = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        .into_iter()
        .filter_map(KnownAnswer::of)
        .map(|answer| answer.jwk)
        .collect();
    KeySet::from_json(&alloc::format!(r#"{{"keys":[{}]}}"#, jwks.join(","))).unwrap()
}

fn builder() -> VerifierBuilder {
    Verifier::builder().issuer("https://id.example").audience("api")
}

fn engines(verifier: &Verifier) -> Vec<Option<Engine>> {
    verifier.keys().unwrap().keys().map(VerifyingKey::engine).collect()
}

/// Cargo unites the features of all that depend on a crate: one program's wish must not change another's engine.
#[test]
fn a_build_with_other_engines_uses_the_built_in_one() {
    let mut verifier = builder().keys(key_set()).build().unwrap();
    assert_eq!(engines(&verifier), [Some(Engine::BuiltIn); 3]);
    verifier.set_keys(key_set());
    assert_eq!(engines(&verifier), [Some(Engine::BuiltIn); 3]);
}

#[test]
fn the_chosen_engine_has_the_first_keys_and_the_later_ones() {
    for &engine in Engine::ALL {
        let mut verifier = builder().keys(key_set()).engine(engine).build().unwrap();
        assert_eq!(engines(&verifier), [Some(engine); 3]);
        verifier.set_keys(KeySet::from(VerifyingKey::from_jwk(ED25519).unwrap()));
        assert_eq!(engines(&verifier), [Some(engine)]);
    }
}

#[test]
fn keys_bring_their_engine_and_the_builder_overrides_it() {
    for &engine in Engine::ALL {
        let key = || KeySet::from(VerifyingKey::from_jwk(ED25519).unwrap().with_engine(engine));
        let mut verifier = builder().keys(KeySet::from_jwk(ED25519).unwrap()).build().unwrap();
        // It is not taken for the key that was there before.
        verifier.set_keys(key());
        assert_eq!(engines(&verifier), [Some(engine)]);
        let verifier = builder().keys(key()).engine(Engine::BuiltIn).build().unwrap();
        assert_eq!(engines(&verifier), [Some(Engine::BuiltIn)]);
    }
}

#[test]
fn a_shared_secret_stays_with_the_built_in_engine() {
    for &engine in Engine::ALL {
        let secret = SharedSecret::new(Algorithm::HS256, &[7; 32]).unwrap();
        let verifier = builder().keys(secret).engine(engine).build().unwrap();
        assert_eq!(engines(&verifier), [Some(Engine::BuiltIn)]);
    }
}

/// The suites that run with the feature test the last engine of this list.
#[cfg(all(feature = "aws-lc-rs", not(target_arch = "wasm32")))]
#[test]
fn the_feature_adds_an_engine() {
    assert_eq!(Engine::ALL, [Engine::BuiltIn, Engine::AwsLc]);
}

const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
