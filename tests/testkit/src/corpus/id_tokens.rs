//! ID tokens (OpenID Connect Core §3.1.3.7): E8 of the catalogue, and what the sign-in brought along.

use super::{CLIENT, Corpus, NOW, claims, keys};
use crate::hash::half_hash;
use crate::key::Key;
use crate::members::{Members, quote};
use crate::token::Token;

const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";

pub(super) fn add(corpus: &mut Corpus) {
    let jwks = Key::of("ES256").key_set();
    let two = format!("[{},\"client-2\"]", quote(CLIENT));
    corpus.verifier("id-token-two", keys(&jwks).raw("audience", two).text("profile", "id-token"));
    mandatory(corpus);
    parties(corpus);
    nonces(corpus);
    hashes(corpus);
    sign_in_age(corpus);
}

fn id_claims() -> Members {
    claims().text("aud", CLIENT)
}

fn token(claims: &Members) -> String {
    token_by(&Key::of("ES256"), "ES256", claims)
}

fn token_by(key: &Key, algorithm: &str, claims: &Members) -> String {
    let header = Members::new().text("alg", algorithm).text("kid", &key.kid);
    Token::new(header.json(), claims.json()).sign(key, algorithm)
}

fn mandatory(corpus: &mut Corpus) {
    corpus.accept("E8", "valid", "id-token", token(&id_claims()));
    for claim in ["sub", "iat", "exp", "aud", "iss"] {
        let token = token(&id_claims().without(claim));
        corpus.refuse_claim("E8", &format!("no-{claim}"), "id-token", token, ("claim_missing", claim));
    }
    let long = "s".repeat(256);
    corpus.accept("E9", "id-token-sub-255", "id-token", token(&id_claims().text("sub", &long[1..])));
    for (name, sub) in [("256", long.as_str()), ("not-ascii", "zo\u{eb}"), ("empty", "")] {
        let token = token(&id_claims().text("sub", sub));
        corpus.refuse_claim("E9", &format!("id-token-sub-{name}"), "id-token", token, ("claim_invalid", "sub"));
    }
}

/// Nobody but us is meant, and the token was issued to us.
fn parties(corpus: &mut Corpus) {
    let with = |aud: &str| id_claims().raw("aud", aud);
    for (name, verifier, claims) in [
        ("azp", "id-token", id_claims().text("azp", CLIENT)),
        ("one-in-array", "id-token", with(r#"["client-1"]"#)),
        ("one-of-two", "id-token-two", with(r#""client-2""#)),
        ("azp-of-two", "id-token-two", with(r#"["client-1","client-2"]"#).text("azp", "client-2")),
    ] {
        corpus.accept("E8", name, verifier, token(&claims));
    }
    for (name, verifier, claims, expect) in [
        ("aud-extra", "id-token", with(r#"["client-1","other"]"#), ("audience_mismatch", "aud")),
        (
            "aud-extra-and-azp",
            "id-token",
            with(r#"["client-1","other"]"#).text("azp", CLIENT),
            ("audience_mismatch", "aud"),
        ),
        ("aud-of-an-api", "id-token", claims(), ("audience_mismatch", "aud")),
        ("aud-with-empty", "id-token", with(r#"["client-1",""]"#), ("audience_mismatch", "aud")),
        ("azp-missing", "id-token-two", with(r#"["client-1","client-2"]"#), ("claim_missing", "azp")),
        ("azp-missing-aud-twice", "id-token", with(r#"["client-1","client-1"]"#), ("claim_missing", "azp")),
        ("azp-other", "id-token", id_claims().text("azp", "other"), ("claim_invalid", "azp")),
        ("azp-empty", "id-token", id_claims().text("azp", ""), ("claim_invalid", "azp")),
        ("azp-null", "id-token", id_claims().raw("azp", "null"), ("claim_invalid", "azp")),
        ("azp-array", "id-token", id_claims().raw("azp", r#"["client-1"]"#), ("claim_invalid", "azp")),
    ] {
        corpus.refuse_claim("E8", name, verifier, token(&claims), expect);
    }
}

/// The nonce binds the token to the sign-in.
fn nonces(corpus: &mut Corpus) {
    let cases = [
        ("right", Some("\"n-0S6\""), Some("n-0S6"), "ok"),
        ("none", None, None, "ok"),
        ("other", Some("\"n-0S7\""), Some("n-0S6"), "nonce_mismatch"),
        ("longer", Some("\"n-0S61\""), Some("n-0S6"), "nonce_mismatch"),
        ("upper-case", Some("\"N-0S6\""), Some("n-0S6"), "nonce_mismatch"),
        ("unexpected", Some("\"n-0S6\""), None, "nonce_mismatch"),
        ("missing", None, Some("n-0S6"), "claim_missing"),
        ("null", Some("null"), Some("n-0S6"), "claim_invalid"),
        ("number", Some("6"), Some("6"), "claim_invalid"),
        ("empty", Some("\"\""), Some("n-0S6"), "claim_invalid"),
        ("null-unexpected", Some("null"), None, "claim_invalid"),
    ];
    for (name, in_token, expected, expect) in cases {
        let claims = in_token.map_or(id_claims(), |nonce| id_claims().raw("nonce", nonce));
        let case = corpus.case("G5", &format!("nonce-{name}"), "id-token", quote(&token(&claims)), expect);
        if expect != "ok" {
            case.claim = Some("nonce");
        }
        if let Some(nonce) = expected {
            case.expecting(Members::new().text("nonce", nonce));
        }
    }
}

/// `at_hash` and `c_hash`, by the hash of the token's algorithm.
fn hashes(corpus: &mut Corpus) {
    let both = || Members::new().text("accessToken", ACCESS_TOKEN).text("code", CODE);
    for (algorithm, bits) in [
        ("RS256", 256),
        ("RS384", 384),
        ("RS512", 512),
        ("PS256", 256),
        ("ES256", 256),
        ("ES384", 384),
        ("ES512", 512),
        ("ES256K", 256),
        ("EdDSA", 512),
    ] {
        let key = Key::of(algorithm);
        let verifier = format!("id-token-{}", key.kid);
        corpus.verifier(&verifier, keys(&key.key_set()).text("audience", CLIENT).text("profile", "id-token"));
        let claims = id_claims().text("at_hash", half_hash(bits, ACCESS_TOKEN)).text("c_hash", half_hash(bits, CODE));
        let text = quote(&token_by(&key, algorithm, &claims));
        corpus.case("G6", &format!("hashes-{}", key.kid), &verifier, text, "ok").expecting(both());
        let other = if bits == 256 { 512 } else { 256 };
        let text = quote(&token_by(&key, algorithm, &claims.text("at_hash", half_hash(other, ACCESS_TOKEN))));
        let case = corpus.case("G6", &format!("at-hash-of-another-hash-{}", key.kid), &verifier, text, "claim_invalid");
        case.claim = Some("at_hash");
        case.expecting(both());
    }
    let right = half_hash(256, ACCESS_TOKEN);
    for (name, claim, value, expectations) in [
        ("at-hash-of-another-token", "at_hash", quote(&right), Members::new().text("accessToken", "another")),
        ("c-hash-of-another-code", "c_hash", quote(&half_hash(256, CODE)), Members::new().text("code", "another")),
        ("at-hash-padded", "at_hash", quote(&format!("{right}==")), both()),
        ("at-hash-cut", "at_hash", quote(&right[1..]), both()),
        (
            "at-hash-whole",
            "at_hash",
            quote(&crate::base64url::encode(crate::hash::sha(256, ACCESS_TOKEN.as_bytes()))),
            both(),
        ),
        ("at-hash-empty", "at_hash", "\"\"".into(), both()),
        ("at-hash-null", "at_hash", "null".into(), both()),
        ("c-hash-number", "c_hash", "7".into(), both()),
    ] {
        let text = quote(&token(&id_claims().raw(claim, value)));
        let case = corpus.case("G6", name, "id-token", text, "claim_invalid");
        case.claim = Some(claim);
        case.expecting(expectations);
    }
    let text = quote(&token(&id_claims()));
    corpus.case("G6", "no-hashes", "id-token", text, "ok").expecting(both());
    for (name, claim, value) in [
        ("at-hash-number-and-no-token", "at_hash", "7"),
        ("c-hash-null-and-no-code", "c_hash", "null"),
        ("s-hash-number", "s_hash", "7"),
    ] {
        corpus.accept("G6", name, "id-token", token(&id_claims().raw(claim, value)));
    }
    corpus.accept("G6", "hash-but-no-token", "id-token", token(&id_claims().text("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")));
    // RFC 9964 names no hash for ML-DSA, so there is nothing to compare with.
    let key = Key::of("ML-DSA-44");
    corpus.verifier("id-token-ml-dsa-44", keys(&key.key_set()).text("audience", CLIENT).text("profile", "id-token"));
    let text = quote(&token_by(&key, "ML-DSA-44", &id_claims().text("at_hash", right)));
    let case = corpus.case("G6", "at-hash-ml-dsa", "id-token-ml-dsa-44", text, "claim_invalid");
    case.claim = Some("at_hash");
    case.expecting(both());
}

/// `auth_time`, where the sign-in must be recent.
fn sign_in_age(corpus: &mut Corpus) {
    for (name, auth_time, expect, claim) in [
        ("recent", Some(NOW - 300), "ok", None),
        ("at-the-limit", Some(NOW - 330), "ok", None),
        ("too-old", Some(NOW - 331), "token_too_old", Some("auth_time")),
        ("long-ago", Some(0), "token_too_old", Some("auth_time")),
        ("missing", None, "claim_missing", Some("auth_time")),
    ] {
        let claims = auth_time.map_or(id_claims(), |time| id_claims().raw("auth_time", time));
        let case = corpus.case("E5", &format!("sign-in-{name}"), "id-token", quote(&token(&claims)), expect);
        case.claim = claim;
        case.expecting(Members::new().raw("maxAge", 300));
    }
    for (name, value) in [("null", "null"), ("text", "\"0\""), ("negative", "-1")] {
        let token = token(&id_claims().raw("auth_time", value));
        corpus.accept("E5", &format!("sign-in-{name}-and-no-age"), "id-token", token.clone());
        let case = corpus.case("E5", &format!("sign-in-{name}"), "id-token", quote(&token), "claim_invalid");
        case.claim = Some("auth_time");
        case.expecting(Members::new().raw("maxAge", 300));
    }
}
