//! Claims: 1E of the catalogue.

use super::{AUDIENCE, Corpus, ISSUER, NOW, claims, header, keys, signed, with_claims};
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    let jwks = Key::of("ES256").key_set();
    corpus.verifier("exact-clock", keys(&jwks).raw("clockTolerance", 0));
    corpus.verifier("lenient-clock", keys(&jwks).raw("clockTolerance", 300));
    corpus.verifier("hour-old", keys(&jwks).raw("maxTokenAge", 3600));
    corpus.verifier("one-subject", keys(&jwks).text("subject", "user-1"));
    corpus.verifier("required", keys(&jwks).raw("requiredClaims", r#"["tenant","sub"]"#));
    corpus.verifier("required-jwt", keys(&jwks).text("profile", "jwt").raw("requiredClaims", r#"["sub"]"#));
    corpus.verifier("any-jwt", keys(&jwks).text("profile", "jwt"));
    corpus.verifier("typed-jwt", keys(&jwks).text("profile", "jwt").text("typ", "JWT"));
    corpus.verifier("two-audiences", keys(&jwks).raw("audience", r#"["https://api.example","https://other.example"]"#));
    types(corpus);
    markers(corpus);
    dates(corpus);
    clock(corpus);
    age(corpus);
    issuer(corpus);
    audience(corpus);
    subject(corpus);
    required(corpus);
    configuration(corpus, &jwks);
}

/// E1, E2: absent, right or wrong; never wrong and so absent.
fn types(corpus: &mut Corpus) {
    for claim in ["exp", "nbf", "iat"] {
        for (name, value) in [
            ("text", quote(&(NOW + 3600).to_string())),
            ("null", "null".into()),
            ("true", "true".into()),
            ("array", format!("[{}]", NOW + 3600)),
            ("object", "{}".into()),
        ] {
            let token = with_claims(&claims().raw(claim, value));
            corpus.refuse_claim("E1", &format!("{claim}-{name}"), "es256", token, ("claim_invalid", claim));
        }
    }
    for (name, value) in [("number", "1"), ("null", "null"), ("array", "[\"x\"]"), ("object", "{}"), ("true", "true")] {
        let token = with_claims(&claims().raw("sub", value));
        corpus.refuse_claim("E1", &format!("sub-{name}"), "es256", token, ("claim_invalid", "sub"));
        let token = untyped(&claims().raw("sub", value));
        corpus.refuse_claim("E1", &format!("sub-{name}-in-another-jwt"), "any-jwt", token, ("claim_invalid", "sub"));
    }
    corpus.refuse_claim("E2", "exp-missing", "es256", with_claims(&claims().without("exp")), ("claim_missing", "exp"));
    corpus.accept("E2", "iat-missing", "es256", with_claims(&claims().without("iat")));
    // What no rule looks at is as the issuer sent it.
    for (claim, name, value) in [
        ("jti", "number", "1"),
        ("jti", "empty", "\"\""),
        ("client_id", "empty", "\"\""),
        ("client_id", "null", "null"),
        ("azp", "array", "[\"x\"]"),
        ("acr", "number", "1"),
        ("sid", "number", "9"),
        ("email_verified", "text", "\"true\""),
        ("email_verified", "false", "false"),
        ("cnf", "number", "5"),
        ("cnf", "object", "{\"jkt\":\"x\"}"),
        ("act", "number", "1"),
        ("amr", "text", "\"pwd\""),
        ("amr", "objects", "[{\"method\":\"password\",\"timestamp\":1767225540}]"),
        ("amr", "strings", "[\"pwd\"]"),
        ("auth_time", "text", "\"yesterday\""),
    ] {
        let token = with_claims(&claims().raw(claim, value));
        corpus.accept("E1", &format!("{claim}-{name}"), "es256", token);
    }
    for (name, value) in [
        ("text", "\"read write\""),
        ("array", "[\"read\",\"write\"]"),
        ("empty", "\"\""),
        ("number", "7"),
        ("null", "null"),
        ("mixed", "[\"read\",7]"),
        ("nested", "[[\"read\"]]"),
    ] {
        corpus.accept("E10", &format!("scope-{name}"), "es256", with_claims(&claims().raw("scope", value)));
    }
}

/// C3: what marks a token as one of another kind, where `typ` does not say.
fn markers(corpus: &mut Corpus) {
    for claim in ["nonce", "at_hash", "c_hash", "s_hash"] {
        let token = untyped(&claims().text(claim, "x"));
        corpus.refuse_claim("C3", &format!("jwt-with-{claim}"), "any-jwt", token, ("typ_mismatch", claim));
    }
    let token = untyped(&claims().raw("events", "{}"));
    corpus.refuse_claim("C3", "jwt-with-events", "any-jwt", token, ("typ_mismatch", "events"));
    corpus.accept("C3", "jwt-plain", "any-jwt", untyped(&claims()));
    let token = signed(header().text("typ", "JWT").json(), claims().text("nonce", "x").json());
    corpus.accept("C3", "jwt-with-nonce-and-the-typ-asked-for", "typed-jwt", token);
}

/// A token whose header has no `typ`.
fn untyped(claims: &Members) -> String {
    signed(header().without("typ").json(), claims.json())
}

/// E3: what a NumericDate may be.
fn dates(corpus: &mut Corpus) {
    for (claim, name, value) in [
        ("exp", "negative", "-1"),
        ("exp", "1e20", "1e20"),
        ("exp", "1e308", "1e308"),
        ("exp", "minus-1e20", "-1e20"),
        ("exp", "above-2-to-53", "9.1e15"),
        ("nbf", "negative", "-1"),
        ("nbf", "minus-9e18", "-9e18"),
        ("iat", "negative", "-0.5"),
        ("iat", "minus-1e300", "-1e300"),
    ] {
        let token = with_claims(&claims().raw(claim, value));
        corpus.refuse_claim("E3", &format!("{claim}-{name}"), "es256", token, ("claim_invalid", claim));
    }
    for (name, value) in [
        ("1e400", "1e400"),
        ("2-to-53", "9007199254740992"),
        ("2-to-63", "9223372036854775807"),
        ("minus-2-to-63", "-9223372036854775808"),
        ("2-to-53-as-float", "9007199254740992.0"),
        ("minus-2-to-63-as-float", "-9223372036854775808.0"),
    ] {
        corpus.refuse("E3", &format!("exp-{name}"), "es256", with_claims(&claims().raw("exp", value)), "claim_invalid");
    }
    for (name, value, expect) in [
        ("largest", "9007199254740991", "ok"),
        ("exponent", "1.8e9", "ok"),
        ("fraction", &format!("{}.999", NOW + 5), "ok"),
        ("zero", "0", "token_expired"),
        ("minus-zero", "-0", "token_expired"),
        ("milliseconds", &format!("{}", (NOW + 3600) * 1000), "ok"),
    ] {
        corpus.refuse("E3", &format!("exp-{name}"), "es256", with_claims(&claims().raw("exp", value)), expect);
    }
    let late = ("token_not_yet_valid", "iat");
    corpus.refuse_claim("E3", "iat-milliseconds", "es256", with_claims(&claims().raw("iat", NOW * 1000)), late);
    // Fractions are rounded against the token.
    let end = format!("{}.9", NOW - 30);
    corpus.refuse_claim(
        "E3",
        "exp-fraction-rounds-down",
        "es256",
        with_claims(&claims().raw("exp", end)),
        ("token_expired", "exp"),
    );
    let start = format!("{}.1", NOW + 30);
    corpus.refuse_claim(
        "E3",
        "nbf-fraction-rounds-up",
        "es256",
        with_claims(&claims().raw("nbf", start)),
        ("token_not_yet_valid", "nbf"),
    );
}

/// E4, E5: the edges of the tolerance.
fn clock(corpus: &mut Corpus) {
    for (verifier, tolerance) in [("es256", 30), ("exact-clock", 0), ("lenient-clock", 300)] {
        for (name, claim, value, good) in [
            ("exp-last-second", "exp", NOW + 1 - tolerance, true),
            ("exp-over", "exp", NOW - tolerance, false),
            ("nbf-first-second", "nbf", NOW + tolerance, true),
            ("nbf-too-early", "nbf", NOW + tolerance + 1, false),
            ("iat-first-second", "iat", NOW + tolerance, true),
            ("iat-in-the-future", "iat", NOW + tolerance + 1, false),
        ] {
            let rule = if claim == "iat" { "E5" } else { "E4" };
            let name = format!("{verifier}-{name}");
            let token = with_claims(&claims().raw(claim, value));
            match (good, claim) {
                (true, _) => corpus.accept(rule, &name, verifier, token),
                (false, "exp") => corpus.refuse_claim(rule, &name, verifier, token, ("token_expired", claim)),
                (false, "nbf") => corpus.refuse_claim(rule, &name, verifier, token, ("token_not_yet_valid", "nbf")),
                (false, _) => corpus.refuse_claim(rule, &name, verifier, token, ("token_not_yet_valid", "iat")),
            }
        }
    }
    for (name, claim) in [("nbf", "nbf"), ("iat", "iat")] {
        let token = with_claims(&claims().raw(claim, 9_007_199_254_740_991u64));
        let name = format!("{name}-end-of-time");
        corpus.refuse_claim(
            "E4",
            &name,
            "es256",
            token,
            ("token_not_yet_valid", if claim == "nbf" { "nbf" } else { "iat" }),
        );
    }
    corpus.accept(
        "E4",
        "exp-end-of-time",
        "lenient-clock",
        with_claims(&claims().raw("exp", 9_007_199_254_740_991u64)),
    );
    corpus.accept("E5", "iat-long-ago", "es256", with_claims(&claims().raw("iat", 0)));
}

/// E5: the age that the verifier allows.
fn age(corpus: &mut Corpus) {
    let token = |iat: u64| with_claims(&claims().raw("iat", iat));
    corpus.accept("E5", "age-at-the-limit", "hour-old", token(NOW - 3630));
    corpus.refuse_claim("E5", "age-over-the-limit", "hour-old", token(NOW - 3631), ("token_too_old", "iat"));
    corpus.refuse_claim("E5", "age-1970", "hour-old", token(0), ("token_too_old", "iat"));
    let missing = with_claims(&claims().without("iat"));
    corpus.refuse_claim("E5", "age-unknown", "hour-old", missing, ("claim_missing", "iat"));
}

/// E6: the very issuer.
fn issuer(corpus: &mut Corpus) {
    for (name, value) in [
        ("other", "https://other.example/"),
        ("no-slash", "https://issuer.example"),
        ("two-slashes", "https://issuer.example//"),
        ("prefix", "https://issuer.exampl"),
        ("longer", "https://issuer.example/x"),
        ("subdomain", "https://issuer.example.evil.example/"),
        ("user-info", "https://issuer.example@evil.example/"),
        ("upper-case", "https://ISSUER.example/"),
        ("http", "http://issuer.example/"),
        ("port", "https://issuer.example:443/"),
        ("space", " https://issuer.example/"),
        ("percent", "https://issuer%2Eexample/"),
        ("metadata-address", "http://169.254.169.254/latest/meta-data"),
        ("homograph", "https://\u{456}ssuer.example/"),
        ("nul", "https://issuer.example/\0"),
    ] {
        let rule = if name == "metadata-address" { "E11" } else { "E6" };
        let token = with_claims(&claims().text("iss", value));
        corpus.refuse_claim(rule, &format!("iss-{name}"), "es256", token, ("issuer_mismatch", "iss"));
    }
    for (name, value) in [
        ("array", format!("[{}]", quote(ISSUER))),
        ("array-of-two", format!("[{},\"https://evil.example/\"]", quote(ISSUER))),
        ("object", "{}".into()),
        ("null", "null".into()),
        ("number", "0".into()),
        ("empty", "\"\"".into()),
    ] {
        let token = with_claims(&claims().raw("iss", value));
        corpus.refuse_claim("E6", &format!("iss-{name}"), "es256", token, ("claim_invalid", "iss"));
    }
    corpus.refuse_claim("E6", "iss-missing", "es256", with_claims(&claims().without("iss")), ("claim_missing", "iss"));
}

/// E7: this very audience, among those that the token is for.
fn audience(corpus: &mut Corpus) {
    let token = |value: &str| with_claims(&claims().raw("aud", value));
    let own = quote(AUDIENCE);
    for (name, value) in [
        ("array", format!("[{own}]")),
        ("array-first", format!("[{own},\"x\"]")),
        ("array-last", format!("[\"x\",\"\",{own}]")),
        ("array-twice", format!("[{own},{own}]")),
    ] {
        corpus.accept("E7", &format!("aud-{name}"), "es256", token(&value));
    }
    for (name, value) in [
        ("other", quote("https://other.example")),
        ("slash", quote("https://api.example/")),
        ("prefix", quote("https://api.exampl")),
        ("longer", quote("https://api.example.evil.example")),
        ("upper-case", quote("https://API.example")),
        ("list-in-text", quote("https://api.example https://other.example")),
        ("empty", "\"\"".into()),
        ("array-of-other", "[\"x\",\"y\"]".into()),
        ("array-of-empty", "[\"\"]".into()),
        ("wildcard", quote("*")),
    ] {
        corpus.refuse_claim("E7", &format!("aud-{name}"), "es256", token(&value), ("audience_mismatch", "aud"));
    }
    for (name, value) in [
        ("empty-array", "[]".into()),
        ("mixed-array", format!("[{own},1]")),
        ("array-with-null", format!("[null,{own}]")),
        ("nested-array", format!("[[{own}]]")),
        ("object", format!("{{{own}:true}}")),
        ("null", "null".into()),
        ("number", "1".into()),
        ("true", "true".into()),
    ] {
        corpus.refuse_claim("E7", &format!("aud-{name}"), "es256", token(&value), ("claim_invalid", "aud"));
    }
    corpus.refuse_claim("E7", "aud-missing", "es256", with_claims(&claims().without("aud")), ("claim_missing", "aud"));
    for (name, value) in [("first", own.as_str()), ("second", "\"https://other.example\"")] {
        corpus.accept("E7", &format!("aud-{name}-of-two"), "two-audiences", token(value));
    }
    corpus.refuse_claim("E7", "aud-none-of-two", "two-audiences", token("\"x\""), ("audience_mismatch", "aud"));
}

/// E9.
fn subject(corpus: &mut Corpus) {
    let token = |value: &str| with_claims(&claims().raw("sub", value));
    corpus.refuse_claim("E9", "sub-empty", "es256", token("\"\""), ("claim_invalid", "sub"));
    let missing = ("claim_missing", "sub");
    corpus.refuse_claim("E9", "sub-missing", "es256", with_claims(&claims().without("sub")), missing);
    corpus.accept("E9", "sub-empty-in-another-jwt", "any-jwt", untyped(&claims().text("sub", "")));
    let empty = ("claim_invalid", "sub");
    corpus.refuse_claim("E9", "sub-empty-and-required", "required-jwt", untyped(&claims().text("sub", "")), empty);
    corpus.refuse_claim("E9", "sub-empty-and-wanted", "one-subject", token("\"\""), empty);
    corpus.accept("E9", "sub-missing-in-another-jwt", "any-jwt", untyped(&claims().without("sub")));
    corpus.accept("E9", "sub-wanted", "one-subject", token("\"user-1\""));
    for (name, value) in [
        ("other", "user-2"),
        ("longer", "user-11"),
        ("prefix", "user-"),
        ("upper-case", "USER-1"),
        ("space", "user-1 "),
    ] {
        corpus.refuse_claim(
            "E9",
            &format!("sub-{name}"),
            "one-subject",
            token(&quote(value)),
            ("subject_mismatch", "sub"),
        );
    }
    let missing = with_claims(&claims().without("sub"));
    corpus.refuse_claim("E9", "sub-wanted-and-missing", "one-subject", missing, ("claim_missing", "sub"));
    corpus.refuse_claim("E9", "sub-wanted-array", "one-subject", token("[\"user-1\"]"), ("claim_invalid", "sub"));
}

fn required(corpus: &mut Corpus) {
    let with = |value: &str| with_claims(&claims().raw("tenant", value));
    corpus.accept("E2", "required-there", "required", with("\"t\""));
    corpus.accept("E2", "required-false", "required", with("false"));
    corpus.accept("E2", "required-object", "required", with("{}"));
    corpus.refuse_claim("E2", "required-null", "required", with("null"), ("claim_missing", "tenant"));
    corpus.refuse_claim("E2", "required-missing", "required", with_claims(&claims()), ("claim_missing", "tenant"));
    let no_sub = claims().raw("tenant", 1).without("sub");
    corpus.refuse_claim("E2", "required-sub-missing", "required", with_claims(&no_sub), ("claim_missing", "sub"));
}

/// A verifier that would check too little is not made.
fn configuration(corpus: &mut Corpus, jwks: &str) {
    let token = with_claims(&claims());
    let base = || keys(jwks);
    for (rule, name, options) in [
        ("E6", "no-issuer", base().without("issuer")),
        ("E6", "empty-issuer", base().text("issuer", "")),
        ("E7", "no-audience", base().without("audience")),
        ("E7", "empty-audience", base().text("audience", "")),
        ("E7", "no-audiences", base().raw("audience", "[]")),
        ("E7", "empty-audience-of-two", base().raw("audience", r#"["https://api.example",""]"#)),
        ("E4", "tolerance-301", base().raw("clockTolerance", 301)),
        ("E5", "age-0", base().raw("maxTokenAge", 0)),
        ("E9", "empty-subject", base().text("subject", "")),
        ("E2", "empty-required-claim", base().raw("requiredClaims", r#"[""]"#)),
        ("C3", "empty-typ", base().text("profile", "jwt").text("typ", "")),
        ("C3", "unknown-profile", base().text("profile", "access_token")),
        ("G5", "unchecked-nonce-of-an-access-token", base().raw("acceptUncheckedNonce", true)),
        ("G5", "unchecked-nonce-of-a-jwt", base().text("profile", "jwt").raw("acceptUncheckedNonce", true)),
        ("B7", "limit-too-high", base().raw("limits", r#"{"token":65537}"#)),
        ("B7", "limit-zero", base().raw("limits", Members::new().raw("token", 0).json())),
    ] {
        let id = format!("{rule}-config-{name}");
        corpus.verifier(&id, options);
        corpus.refuse(rule, &format!("config-{name}"), &id, token.clone(), "config");
    }
}
