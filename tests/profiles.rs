//! The kinds of token through the crate's own interface: what each accepts, and what the accessors say.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test may")]

use countersign::error::{ClaimReason, DiscoveryReason, UnavailableReason};
use countersign::json::Json;
use countersign::verify::{Binding, CacheLimits, CachingVerifier, VerifierBuilder};
use countersign::{Algorithm, Error, ErrorCode, Expectations, KeySet, Profile, SharedSecret, Verifier};
use countersign_testkit::corpus::{AUDIENCE, CLIENT, ISSUER, NOW, claims};
use countersign_testkit::hash::half_hash;
use countersign_testkit::{Key, Members, Token};

fn builder(profile: Profile) -> VerifierBuilder {
    let audience = if profile == Profile::IdToken { CLIENT } else { AUDIENCE };
    let keys = KeySet::from_json(&Key::of("EdDSA").key_set()).unwrap();
    Verifier::builder().issuer(ISSUER).audience(audience).keys(keys).profile(profile)
}

fn token(typ: Option<&str>, claims: &Members) -> String {
    let key = Key::of("EdDSA");
    let header = Members::new().text("alg", "EdDSA").text("kid", &key.kid);
    let header = typ.map_or(header.clone(), |typ| header.text("typ", typ));
    Token::new(header.json(), claims.json()).sign(&key, "EdDSA")
}

fn id_claims() -> Members {
    claims().text("aud", CLIENT)
}

fn code(result: Result<countersign::VerifiedToken, Error>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[test]
fn an_access_token_tells_its_claims() {
    let verifier = builder(Profile::AccessToken).build().unwrap();
    let claims = claims().text("scope", "read write admin:none").raw("roles", "[\"a\"]").raw("iat", "1767225540.5");
    let text = claims.json();
    let accepted = verifier.verify(&token(Some("at+jwt"), &claims), NOW).unwrap();
    assert_eq!(accepted.header().algorithm(), Algorithm::EdDSA);
    assert_eq!(accepted.header().kid(), Some("eddsa"));
    assert_eq!(accepted.header().typ(), Some("at+jwt"));
    let claims = accepted.claims();
    assert_eq!((claims.issuer(), claims.subject()), (Some(ISSUER), Some("user-1")));
    assert_eq!(claims.audience(), [AUDIENCE]);
    assert_eq!((claims.issued_at(), claims.expires_at()), (Some(NOW - 59), Some(NOW + 3600)));
    assert_eq!(claims.get("roles"), Some(&Json::Array(vec![Json::String("a".into())])));
    assert_eq!(claims.get("nothing"), None);
    assert_eq!(claims.json(), text);
    let own: std::collections::BTreeMap<String, serde_json::Value> = claims.deserialize().unwrap();
    assert_eq!(own["sub"], "user-1");
}

/// A scope is there as a whole or not at all.
#[test]
fn scopes_are_whole_words() {
    let verifier = builder(Profile::AccessToken).build().unwrap();
    for (scope, scopes) in [
        ("\"read admin:none\"", &["read", "admin:none"][..]),
        ("\"  read   write \"", &["read", "write"]),
        ("\"\"", &[]),
        ("[\"read\",\"a b\"]", &["read", "a b"]),
        ("\"read\\twrite\"", &["read\twrite"]),
        ("[\"read\",1]", &[]),
        ("[[\"read\"]]", &[]),
        ("{\"read\":true}", &[]),
        ("7", &[]),
        ("null", &[]),
    ] {
        let accepted = verifier.verify(&token(None, &claims().raw("scope", scope)), NOW).unwrap();
        assert_eq!(accepted.claims().scopes(), scopes, "{scope}");
        assert!(!accepted.claims().scopes().contains(&"admin"));
    }
    let accepted = verifier.verify(&token(None, &claims()), NOW).unwrap();
    assert!(accepted.claims().scopes().is_empty());
}

#[test]
fn every_profile_refuses_the_tokens_of_the_others() {
    let at_jwt = claims().text("client_id", CLIENT).text("jti", "1");
    let tokens = [
        ("access token without typ", token(None, &claims()), [true, false, false, true]),
        ("access token of RFC 9068", token(Some("at+jwt"), &at_jwt), [true, true, false, false]),
        ("ID token", token(Some("JWT"), &id_claims().text("nonce", "n")), [false, false, true, false]),
        ("logout token", token(Some("logout+jwt"), &id_claims().raw("events", "{}")), [false; 4]),
    ];
    let profiles = [Profile::AccessToken, Profile::AtJwt, Profile::IdToken, Profile::Jwt];
    for (name, token, accepted) in &tokens {
        for (profile, accepted) in profiles.into_iter().zip(accepted) {
            let verifier = builder(profile).build().unwrap();
            let mut expectations = Expectations::default();
            if *name == "ID token" {
                expectations.nonce = Some("n".into());
            }
            let result = verifier.verify_with(token, &expectations, NOW);
            assert_eq!(result.is_ok(), *accepted, "{name} as {}: {result:?}", profile.name());
        }
    }
}

#[test]
fn profiles_have_names() {
    for name in ["access-token", "at+jwt", "id-token", "jwt"] {
        assert_eq!(Profile::from_name(name).unwrap().name(), name);
    }
    for name in ["", "jwt ", "JWT", "access_token", "id_token"] {
        assert_eq!(Profile::from_name(name), None, "{name}");
    }
}

#[test]
fn a_jwt_has_the_type_that_the_verifier_names() {
    let plain = builder(Profile::Jwt).build().unwrap();
    let named = builder(Profile::Jwt).typ("application/secevent+jwt").build().unwrap();
    let event = token(Some("secevent+jwt"), &claims().raw("events", "{}"));
    assert_eq!(code(plain.verify(&event, NOW)), Some(ErrorCode::TypMismatch));
    assert!(named.verify(&event, NOW).is_ok());
    let error = named.verify(&token(Some("JWT"), &claims()), NOW).unwrap_err();
    assert_eq!(error.expected().as_deref(), Some("application/secevent+jwt"));
    assert_eq!(error.actual().as_deref(), Some("JWT"));
    assert_eq!(code(named.verify(&token(None, &claims()), NOW)), Some(ErrorCode::TypMismatch));
}

#[test]
fn an_id_token_belongs_to_its_sign_in() {
    let verifier = builder(Profile::IdToken).build().unwrap();
    let full = id_claims()
        .text("nonce", "n-1")
        .text("azp", CLIENT)
        .raw("auth_time", NOW - 100)
        .text("at_hash", half_hash(512, "access"))
        .text("c_hash", half_hash(512, "code"));
    let mut expectations = Expectations::default();
    expectations.nonce = Some("n-1".into());
    expectations.access_token = Some("access".into());
    expectations.code = Some("code".into());
    expectations.max_age = Some(100);
    let verify = |claims: &Members, expectations: &Expectations, now| {
        verifier.verify_with(&token(None, claims), expectations, now)
    };
    assert!(verify(&full, &expectations, NOW).is_ok());
    assert_eq!(code(verify(&full, &expectations, NOW + 31)), Some(ErrorCode::TokenTooOld));

    let other = |change: fn(&mut Expectations)| {
        let mut other = expectations.clone();
        change(&mut other);
        verify(&full, &other, NOW).unwrap_err()
    };
    assert_eq!(other(|other| other.nonce = Some("n-2".into())), Error::NonceMismatch);
    assert_eq!(other(|other| other.nonce = None), Error::NonceUnexpected);
    assert_eq!(Error::NonceUnexpected.code(), ErrorCode::NonceMismatch);
    for (claim, error) in [
        ("at_hash", other(|other| other.access_token = Some("other".into()))),
        ("c_hash", other(|other| other.code = Some("other".into()))),
    ] {
        assert_eq!(error, Error::ClaimInvalid { claim: claim.into(), fault: ClaimReason::Hash });
    }
    for (claim, code) in [("nonce", ErrorCode::ClaimMissing), ("auth_time", ErrorCode::ClaimMissing)] {
        let error = verify(&full.clone().without(claim), &expectations, NOW).unwrap_err();
        assert_eq!((error.code(), error.claim()), (code, Some(claim)));
    }
    // A hash that is absent is not missed: the code flow does not demand it.
    assert!(verify(&full.without("at_hash").without("c_hash"), &expectations, NOW).is_ok());
}

/// Each algorithm with its own hash, ML-DSA with none.
#[test]
fn half_hashes_follow_the_algorithm() {
    for algorithm in Algorithm::all() {
        let key = Key::of(algorithm.name());
        let bits = match algorithm.name() {
            "EdDSA" => Some(512),
            name if name.starts_with("ML-DSA") => None,
            name => name.trim_matches(char::is_alphabetic).parse().ok(),
        };
        let keys = if algorithm.is_symmetric() {
            SharedSecret::new(algorithm, &key.bytes()).unwrap().into()
        } else {
            KeySet::from_json(&key.key_set()).unwrap()
        };
        let verifier =
            Verifier::builder().issuer(ISSUER).audience(CLIENT).keys(keys).profile(Profile::IdToken).build().unwrap();
        let mut expectations = Expectations::default();
        expectations.access_token = Some("the access token".into());
        for tried in [256, 384, 512] {
            let claims = id_claims().text("at_hash", half_hash(tried, "the access token"));
            let header = Members::new().text("alg", algorithm.name());
            let token = Token::new(header.json(), claims.json()).sign(&key, algorithm.name());
            let result = verifier.verify_with(&token, &expectations, NOW);
            assert_eq!(result.is_ok(), bits == Some(tried), "{algorithm} with SHA-{tried}: {result:?}");
        }
    }
}

#[test]
fn errors_tell_what_was_expected_and_nothing_secret() {
    let verifier = builder(Profile::AccessToken).subject("user-1").build().unwrap();
    let error = |claims: Members| verifier.verify(&token(None, &claims), NOW).unwrap_err();
    let told = |error: &Error| (error.claim().map(str::to_owned), error.expected(), error.actual());
    let texts = |claim: &str, expected: &str, actual: &str| {
        (Some(claim.to_owned()), Some(expected.to_owned()), Some(actual.to_owned()))
    };
    assert_eq!(told(&error(claims().text("iss", "https://x/"))), texts("iss", ISSUER, "https://x/"));
    assert_eq!(told(&error(claims().raw("aud", "[\"x\",\"y\"]"))), texts("aud", AUDIENCE, "x, y"));
    let times = texts("exp", &NOW.to_string(), "7");
    assert_eq!(told(&error(claims().raw("exp", 7))), times);
    let times = texts("nbf", &NOW.to_string(), &(NOW + 500).to_string());
    assert_eq!(told(&error(claims().raw("nbf", NOW + 500))), times);
    // Who somebody is does not belong into a log.
    assert_eq!(told(&error(claims().text("sub", "user-2"))), (Some("sub".into()), None, None));
    assert_eq!(verifier.verify("x", NOW).unwrap_err().status(), 401);
}

/// The messages that users of common issuers get say what to write instead.
#[test]
fn messages_say_what_to_write() {
    let access = || builder(Profile::AccessToken);
    let id = || builder(Profile::IdToken);
    let told = |builder: VerifierBuilder, claims: Members| {
        builder.build().unwrap().verify(&token(None, &claims), NOW).unwrap_err().to_string()
    };
    for (message, words) in [
        (told(access(), claims().without("aud")), "option `binding`"),
        (told(access(), claims().raw("aud", "[]")), "option `binding`"),
        (told(access(), claims().without("iss")), "belongs to no issuer"),
        (told(access(), claims().without("exp")), "never expires"),
        (told(access(), claims().without("sub")), "profile `jwt`"),
        (told(access(), claims().text("sub", "")), "profile `jwt`"),
        (told(access(), claims().raw("sub", "7")), "must be a string (RFC 7519"),
        (told(access(), claims().text("iss", "accounts.example")), "option `issuer`"),
        (told(access(), claims().text("aud", "account")), "correct `audience`"),
        (told(access(), claims().text("nonce", "n")), "`nonce` says that this is no access token"),
        (told(access(), claims().text("typ", "ID")), "profile `id-token`"),
        (told(id(), id_claims().text("typ", "Bearer")), "`access-token`"),
        (told(id(), id_claims().text("nonce", "n")), "`acceptUncheckedNonce`"),
        (told(id(), id_claims().text("azp", "113")), "`access-token`"),
        (told(access().binding(Binding::new("azp", ["web"])), claims().text("azp", "x")), "`azp` binds the token"),
        (Error::KeyNotFound.to_string(), "not for others"),
        (Error::DiscoveryInvalid(DiscoveryReason::NotFound).to_string(), "`jwksUri`"),
        (Error::JwksUnavailable(UnavailableReason::Redirect).to_string(), "`jwksUri`"),
    ] {
        assert!(message.contains(words), "{message}: {words}");
    }
    let other = Error::DiscoveryIssuerMismatch { expected: "https://a.example".into(), actual: "b".into() };
    assert!(other.to_string().contains("`metadataUri`"));
}

#[test]
fn a_binding_stands_in_for_the_audience() {
    let keys = || KeySet::from_json(&Key::of("EdDSA").key_set()).unwrap();
    let bare = || Verifier::builder().issuer(ISSUER).keys(keys());
    let binding = || Binding::new("client_id", ["a", "b"]).token_use("token_use", "access");
    let bound = bare().binding(binding()).build().unwrap();
    let good = || claims().without("aud").text("client_id", "b").text("token_use", "access");
    let outcome = |claims: &Members| {
        bound
            .verify(&token(None, claims), NOW)
            .map(|_| ())
            .map_err(|error| (error.code(), error.claim().map(str::to_owned)))
    };
    assert_eq!(outcome(&good()), Ok(()));
    let refused = |code, claim: &str| Err((code, Some(claim.to_owned())));
    assert_eq!(outcome(&good().text("client_id", "c")), refused(ErrorCode::AudienceMismatch, "client_id"));
    assert_eq!(outcome(&good().raw("client_id", "[\"b\"]")), refused(ErrorCode::ClaimInvalid, "client_id"));
    assert_eq!(outcome(&good().without("client_id")), refused(ErrorCode::ClaimMissing, "client_id"));
    assert_eq!(outcome(&good().text("token_use", "id")), refused(ErrorCode::TypMismatch, "token_use"));
    assert_eq!(outcome(&good().text("aud", "b")), refused(ErrorCode::AudienceMismatch, "aud"));

    let remembering = CachingVerifier::new(bare().binding(binding()).build().unwrap(), CacheLimits::default());
    let remembering = remembering.unwrap();
    let other = token(None, &good().text("client_id", "c"));
    for _ in 0..2 {
        assert!(remembering.verify(&token(None, &good()), NOW).is_ok());
        assert_eq!(remembering.verify(&other, NOW).err().map(|error| error.code()), Some(ErrorCode::AudienceMismatch));
    }

    let error = bare().build().unwrap_err();
    assert_eq!(error.option, "audience");
    assert!(error.problem.contains("`aud`") && error.problem.contains("`binding`"), "{error}");
    let option = |builder: VerifierBuilder| builder.build().err().map(|error| error.option);
    assert_eq!(option(bare().binding(binding()).profile(Profile::IdToken)), Some("audience"));
    for claim in ["sub", "scope", "scp", "typ", "token_use", "auth_time"] {
        assert_eq!(option(bare().binding(Binding::new(claim, ["x"]))), Some("binding.claim"), "{claim}");
    }
    assert_eq!(option(bare().binding(Binding::new("azp", Vec::<String>::new()))), Some("binding.values"));
    assert_eq!(option(bare().binding(Binding::new("azp", ["x"]).token_use("azp", "x"))), Some("binding.use"));
    assert_eq!(option(builder(Profile::Jwt).accept_unchecked_nonce(true)), Some("accept_unchecked_nonce"));
}

#[test]
fn an_unchecked_nonce_is_taken_and_a_known_one_compared() {
    let id_token = token(None, &id_claims().text("nonce", "n"));
    let strict = builder(Profile::IdToken).build().unwrap();
    assert_eq!(strict.verify(&id_token, NOW).err(), Some(Error::NonceUnexpected));
    let lax = builder(Profile::IdToken).accept_unchecked_nonce(true).build().unwrap();
    assert!(lax.verify(&id_token, NOW).is_ok());
    let mut expectations = Expectations::default();
    expectations.nonce = Some("m".into());
    assert_eq!(lax.verify_with(&id_token, &expectations, NOW).err(), Some(Error::NonceMismatch));
    assert!(builder(Profile::Jwt).accept_unchecked_nonce(false).build().is_ok());
}
