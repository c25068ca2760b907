//! Each option of a verifier decides about a token, and about nothing where it is not given.

use countersign::keys::Engine;
use countersign::verify::{CacheLimits, CachingVerifier, Limits, VerifierBuilder};
use countersign::{Algorithm, ErrorCode, Expectations, KeySet, Profile, SharedSecret, Verifier};
use countersign_testkit::corpus::{AUDIENCE, CLIENT, ISSUER, NOW, claims};
use countersign_testkit::{Key, Members, Token};

use crate::{builder, code, token};

fn verdict(builder: VerifierBuilder, jwt: &str) -> Option<ErrorCode> {
    code(builder.build().unwrap().verify(jwt, NOW))
}

#[test]
fn the_mandatory_options() {
    let jwt = token("EdDSA", &claims());
    let keys = || KeySet::from_json(&Key::of("EdDSA").key_set()).unwrap();
    let of = |issuer: &str, audience: &str| Verifier::builder().issuer(issuer).audience(audience).keys(keys());
    assert_eq!(verdict(of(ISSUER, AUDIENCE), &jwt), None);
    assert_eq!(verdict(of("https://other.example/", AUDIENCE), &jwt), Some(ErrorCode::IssuerMismatch));
    assert_eq!(verdict(of(ISSUER, "other"), &jwt), Some(ErrorCode::AudienceMismatch));
    assert_eq!(verdict(of(ISSUER, "other").audience(AUDIENCE), &jwt), None);
    let without = Verifier::builder().issuer(ISSUER).audience(AUDIENCE);
    assert_eq!(verdict(without, &jwt), Some(ErrorCode::JwksUnavailable));
    let others = KeySet::from_json(&Key::named("EdDSA", "other").key_set()).unwrap();
    assert_eq!(verdict(builder("EdDSA").keys(others), &jwt), Some(ErrorCode::KeyNotFound));
}

#[test]
fn the_optional_ones() {
    use ErrorCode::{AlgNotAllowed, ClaimMissing, SubjectMismatch, TokenTooOld, TypMismatch};
    let jwt = token("EdDSA", &claims());
    let plain = || builder("EdDSA");
    let jwt_profile = || plain().profile(Profile::Jwt);
    let rows = [
        (plain().algorithms([Algorithm::EdDSA]), None),
        (plain().algorithms([Algorithm::ES256]), Some(AlgNotAllowed)),
        (plain().subject("user-1"), None),
        (plain().subject("user-2"), Some(SubjectMismatch)),
        (plain().required_claim("iat"), None),
        (plain().required_claim("iat").required_claim("tenant"), Some(ClaimMissing)),
        (plain().max_token_age(61), None),
        (plain().max_token_age(20), Some(TokenTooOld)),
        (plain().profile(Profile::AtJwt), Some(ClaimMissing)),
        (jwt_profile(), Some(TypMismatch)),
        (jwt_profile().typ("at+jwt"), None),
        (jwt_profile().typ("other+jwt"), Some(TypMismatch)),
    ];
    for (number, (builder, expected)) in rows.into_iter().enumerate() {
        assert_eq!(verdict(builder, &jwt), expected, "row {number}");
    }
    let unnamed = token("EdDSA", &claims().without("iss"));
    assert_eq!(verdict(plain(), &unnamed), Some(ClaimMissing));
    assert_eq!(verdict(plain().accept_missing_issuer(true), &unnamed), None);
    assert_eq!(verdict(plain().accept_missing_issuer(false), &unnamed), Some(ClaimMissing));
    // Where a subject is wanted, a token without one is about nobody.
    let without = token("EdDSA", &claims().without("sub"));
    assert_eq!(verdict(jwt_profile().typ("at+jwt"), &without), None);
    assert_eq!(verdict(jwt_profile().typ("at+jwt").subject("user-1"), &without), Some(ClaimMissing));
}

/// Of what is no token but the answer to a request: for the bindings.
#[test]
fn what_an_answer_may_leave_out() {
    let of = |claims: &Members| token("EdDSA", claims);
    let (ended, untimed) = (claims(), claims().without("exp").without("iat"));
    let aged = claims().without("exp").raw("iat", NOW - 10);
    let dated = || builder("EdDSA").max_token_age(60).exp_optional(true);
    let momentary = || builder("EdDSA").untimed(true);
    for (builder, claims, expected) in [
        (dated(), &aged, None),
        (dated(), &claims().without("exp").raw("iat", NOW - 100), Some(ErrorCode::TokenTooOld)),
        (dated(), &untimed, Some(ErrorCode::ClaimMissing)),
        (dated().exp_optional(false), &aged, Some(ErrorCode::ClaimMissing)),
        (momentary(), &untimed, None),
        (momentary(), &claims().raw("exp", NOW - 100), Some(ErrorCode::TokenExpired)),
        (momentary().untimed(false), &untimed, Some(ErrorCode::ClaimMissing)),
        (momentary(), &ended, None),
    ] {
        assert_eq!(verdict(builder, &of(claims)), expected, "{claims:?}");
    }
    assert_eq!(builder("EdDSA").exp_optional(true).build().unwrap_err().option, "max_token_age");
}

#[test]
fn the_engine_is_the_chosen_one() {
    let jwt = token("EdDSA", &claims());
    for &engine in Engine::ALL {
        let verifier = builder("EdDSA").engine(engine).build().unwrap();
        assert!(verifier.keys().unwrap().keys().all(|key| key.engine() == Some(engine)));
        assert_eq!(code(verifier.verify(&jwt, NOW)), None);
    }
}

#[test]
fn the_clock_may_differ_by_so_much() {
    let expired = token("EdDSA", &claims().raw("exp", NOW - 100));
    let early = token("EdDSA", &claims().raw("nbf", NOW + 100));
    for (tolerance, accepted) in [(0, false), (100, false), (101, true), (300, true)] {
        let of = || builder("EdDSA").clock_tolerance(tolerance);
        assert_eq!(verdict(of(), &expired), (!accepted).then_some(ErrorCode::TokenExpired), "{tolerance}");
        let accepted = tolerance >= 100;
        assert_eq!(verdict(of(), &early), (!accepted).then_some(ErrorCode::TokenNotYetValid), "{tolerance}");
    }
    // By default it is 30 seconds.
    let verifier = builder("EdDSA").build().unwrap();
    for (past, accepted) in [(29, true), (30, false)] {
        let jwt = token("EdDSA", &claims().raw("exp", NOW - past));
        assert_eq!(verifier.verify(&jwt, NOW).is_ok(), accepted, "{past}");
    }
}

#[test]
fn the_limits_are_those_of_the_verifier() {
    let jwt = token("EdDSA", &claims().raw("deep", "[[[1]]]"));
    let payload_depth = |depth| {
        let mut limits = Limits::default();
        limits.payload_depth = depth;
        limits
    };
    let size = |token| {
        let mut limits = Limits::default();
        limits.token = token;
        limits
    };
    for (limits, expected) in [
        (Limits::default(), None),
        (Limits::MAX, None),
        (payload_depth(4), None),
        (payload_depth(3), Some(ErrorCode::ClaimInvalid)),
        (size(jwt.len()), None),
        (size(jwt.len() - 1), Some(ErrorCode::TokenTooLarge)),
    ] {
        let verifier = builder("EdDSA").limits(limits).build().unwrap();
        assert_eq!(verifier.limits(), &limits);
        assert_eq!(code(verifier.verify(&jwt, NOW)), expected, "{limits:?}");
    }
    let default = Limits::default();
    assert_eq!((default.token, default.header, default.header_depth), (16_384, 4096, 8));
    assert_eq!((default.payload_depth, default.jwks, default.keys), (32, 262_144, 64));
    let max = Limits::MAX;
    assert_eq!((max.token, max.header, max.header_depth), (65_536, 16_384, 16));
    assert_eq!((max.payload_depth, max.jwks, max.keys), (64, 1_048_576, 256));
}

#[test]
fn a_secret_is_a_key() {
    let key = Key::of("HS256");
    let jwt = Token::of(&key, "HS256", &claims()).sign(&key, "HS256");
    let of = |bytes: &[u8]| {
        let secret = SharedSecret::new(Algorithm::HS256, bytes).unwrap();
        Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(secret)
    };
    assert_eq!(verdict(of(&key.bytes()), &jwt), None);
    assert_eq!(verdict(of(&[7; 32]), &jwt), Some(ErrorCode::SignatureInvalid));
}

/// What a caller expects of one token: each part decides by itself.
#[test]
fn the_expectations_of_one_token() {
    use ErrorCode::{ClaimInvalid, NonceMismatch, TokenTooOld};
    let hash = |value: &str| countersign_testkit::hash::half_hash(512, value);
    let claims = claims().text("aud", CLIENT).text("nonce", "n").text("at_hash", hash("access"));
    let claims = claims.text("c_hash", hash("code")).raw("auth_time", NOW - 500);
    let key = Key::of("EdDSA");
    let header = Members::new().text("alg", "EdDSA").text("kid", &key.kid);
    let jwt = Token::new(header.json(), claims.json()).sign(&key, "EdDSA");
    let keys = KeySet::from_json(&key.key_set()).unwrap();
    let verifier = Verifier::builder().issuer(ISSUER).audience(CLIENT).keys(keys).profile(Profile::IdToken);
    let verifier = verifier.build().unwrap();
    let texts = |nonce: &str, access_token: &str, code: &str| {
        let mut expectations = Expectations::default();
        expectations.nonce = Some(nonce.into());
        expectations.access_token = Some(access_token.into());
        expectations.code = Some(code.into());
        expectations.max_age = Some(500);
        expectations
    };
    let mut old = texts("n", "access", "code");
    old.max_age = Some(400);
    for (expectations, expected) in [
        (texts("n", "access", "code"), None),
        (texts("m", "access", "code"), Some(NonceMismatch)),
        (texts("n", "bccess", "code"), Some(ClaimInvalid)),
        (texts("n", "access", "dode"), Some(ClaimInvalid)),
        (old, Some(TokenTooOld)),
        (Expectations::default(), Some(NonceMismatch)),
    ] {
        let found = verifier.verify_with(&jwt, &expectations, NOW);
        assert_eq!(code(found), expected, "{:?}", (&expectations.nonce, &expectations.access_token));
        let pending = verifier.begin(jwt.as_bytes()).unwrap();
        assert_eq!(code(verifier.finish(pending, true, &expectations, NOW)), expected);
    }
}

#[test]
fn the_profiles_have_their_names() {
    for (profile, name) in [
        (Profile::AccessToken, "access-token"),
        (Profile::AtJwt, "at+jwt"),
        (Profile::IdToken, "id-token"),
        (Profile::Jwt, "jwt"),
    ] {
        assert_eq!((profile.name(), Profile::from_name(name)), (name, Some(profile)));
    }
    assert_eq!((Profile::default(), Profile::from_name("")), (Profile::AccessToken, None));
}

#[test]
fn an_option_that_is_wrong_is_named() {
    let error = builder("EdDSA").clock_tolerance(301).build().unwrap_err();
    assert_eq!(error.option, "clock_tolerance");
    assert_eq!(error.to_string(), format!("option `clock_tolerance` {}", error.problem));
    assert_eq!(Verifier::builder().audience(AUDIENCE).build().unwrap_err().option, "issuer");
}

#[test]
fn the_largest_values_are_accepted_and_none_beyond() {
    let most = VerifierBuilder::MAX_CLOCK_TOLERANCE;
    assert!(builder("EdDSA").clock_tolerance(most).limits(Limits::MAX).build().is_ok());
    assert_eq!(builder("EdDSA").clock_tolerance(most + 1).build().unwrap_err().option, "clock_tolerance");
    let caching =
        |limits| CachingVerifier::new(builder("EdDSA").build().unwrap(), limits).err().map(|error| error.option);
    assert_eq!(caching(CacheLimits::MAX), None);
    let mut beyond = CacheLimits::MAX;
    beyond.max_age += 1;
    assert_eq!(caching(beyond), Some("cache.max_age"));
    let secret = vec![7; SharedSecret::MAX_LENGTH + 1];
    assert!(SharedSecret::new(Algorithm::HS256, &secret[1..]).is_ok());
    assert_eq!(SharedSecret::new(Algorithm::HS256, &secret).unwrap_err().code(), ErrorCode::KeyInvalid);
}

#[test]
fn every_profile_and_alias_has_its_name() {
    for profile in Profile::ALL {
        assert_eq!(Profile::from_name(profile.name()), Some(*profile));
    }
    assert_eq!(Profile::ALL.len(), 4);
    for (alias, algorithm) in Algorithm::ALIASES {
        assert_eq!(alias.parse(), Ok(*algorithm));
        assert_ne!(*alias, algorithm.name());
    }
    assert_eq!(Algorithm::ALIASES.len(), 1);
}
