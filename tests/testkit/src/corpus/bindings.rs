//! A claim in place of `aud`: the rest of E7 of the catalogue.

use super::{AUDIENCE, CLIENT, Corpus, ISSUER, claims, header, keys, signed};
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    let jwks = Key::of("ES256").key_set();
    let bound = || keys(&jwks).without("audience").raw("binding", binding());
    corpus.verifier("bound", bound());
    corpus.verifier("bound-or-named", bound().text("audience", AUDIENCE));
    corpus.verifier("bound-jwt", bound().text("profile", "jwt"));
    corpus.verifier("bound-id-token", bound().text("audience", CLIENT).text("profile", "id-token"));
    corpus.verifier("bound-at+jwt", bound().text("audience", AUDIENCE).text("profile", "at+jwt"));
    corpus.verifier("bound-use", bound().raw("binding", with_use("token_use", "access")));
    corpus
        .verifier("bound-issuer", bound().raw("binding", format!(r#"{{"claim":"iss","values":[{}]}}"#, quote(ISSUER))));
    values(corpus);
    audiences(corpus);
    uses(corpus);
    issuer(corpus);
    demanded_audiences(corpus);
    configuration(corpus, &jwks);
}

/// One of two clients.
fn binding() -> String {
    binding_of("client_id", r#"["client-1","client-2"]"#)
}

fn binding_of(claim: &str, values: &str) -> String {
    Members::new().text("claim", claim).raw("values", values).json()
}

fn with_use(claim: &str, value: &str) -> String {
    let wanted = Members::new().text("claim", claim).text("value", value).json();
    Members::new().text("claim", "client_id").raw("values", r#"["client-1"]"#).raw("use", wanted).json()
}

fn bound_claims() -> Members {
    claims().without("aud").text("client_id", CLIENT)
}

fn token(claims: &Members) -> String {
    signed(header().without("typ").json(), claims.json())
}

/// The claim is there, a string, and one of the values as a whole.
fn values(corpus: &mut Corpus) {
    for verifier in ["bound", "bound-or-named", "bound-jwt"] {
        let mut refuse = |name: &str, claims: &Members, expect| {
            corpus.refuse_claim("E7", &format!("{verifier}-{name}"), verifier, token(claims), (expect, "client_id"));
        };
        refuse("missing", &bound_claims().without("client_id"), "claim_missing");
        refuse("other-claim", &bound_claims().rename("client_id", "azp"), "claim_missing");
        for (name, value) in [
            ("other", "client-3"),
            ("prefix", "client-"),
            ("longer", "client-11"),
            ("upper-case", "CLIENT-1"),
            ("space", " client-1"),
            ("list-in-text", "client-1 client-2"),
            ("wildcard", "*"),
        ] {
            refuse(name, &bound_claims().text("client_id", value), "audience_mismatch");
        }
        for (name, value) in [
            ("empty", "\"\""),
            ("null", "null"),
            ("number", "1"),
            ("true", "true"),
            ("array", r#"["client-1"]"#),
            ("empty-array", "[]"),
            ("object", r#"{"client-1":true}"#),
        ] {
            refuse(name, &bound_claims().raw("client_id", value), "claim_invalid");
        }
        for value in ["client-1", "client-2"] {
            let claims = bound_claims().text("client_id", value);
            corpus.accept("E7", &format!("{verifier}-{value}"), verifier, token(&claims));
        }
    }
}

/// An audience that is there and names somebody else is refused, bound or not.
fn audiences(corpus: &mut Corpus) {
    let with = |aud: &str| bound_claims().raw("aud", aud);
    let own = quote(AUDIENCE);
    for verifier in ["bound", "bound-or-named"] {
        for (name, aud) in [("array", "[]"), ("text", "\"\"")] {
            corpus.accept("E7", &format!("{verifier}-aud-empty-{name}"), verifier, token(&with(aud)));
        }
        for (name, aud) in [
            ("other", r#""https://other.example""#),
            ("others", r#"["https://other.example","x"]"#),
            ("array-of-empty", r#"[""]"#),
            // An ID token has the client here.
            ("client", r#""client-1""#),
        ] {
            let name = format!("{verifier}-aud-{name}");
            corpus.refuse_claim("E7", &name, verifier, token(&with(aud)), ("audience_mismatch", "aud"));
        }
        for (name, aud) in [("null", "null"), ("number", "0"), ("object", "{}"), ("mixed", r#"["x",7]"#)] {
            let name = format!("{verifier}-aud-{name}");
            corpus.refuse_claim("E7", &name, verifier, token(&with(aud)), ("claim_invalid", "aud"));
        }
    }
    for (name, aud) in [("own", own.clone()), ("own-among-others", format!("[\"x\",{own}]"))] {
        corpus.accept("E7", &format!("bound-or-named-aud-{name}"), "bound-or-named", token(&with(&aud)));
        let text = token(&with(&aud));
        corpus.refuse_claim("E7", &format!("bound-aud-{name}"), "bound", text, ("audience_mismatch", "aud"));
    }
    // An audience does not make up for the claim.
    let named = with(&own).text("client_id", "client-3");
    let mismatch = ("audience_mismatch", "client_id");
    corpus.refuse_claim("E7", "bound-or-named-other-client", "bound-or-named", token(&named), mismatch);
    let named = with(&own).without("client_id");
    let missing = ("claim_missing", "client_id");
    corpus.refuse_claim("E7", "bound-or-named-no-client", "bound-or-named", token(&named), missing);
}

/// The second claim, for the use of the token.
fn uses(corpus: &mut Corpus) {
    let with = |value: &str| bound_claims().raw("token_use", value);
    corpus.accept("E7", "bound-use-right", "bound-use", token(&with("\"access\"")));
    for (name, value, expect) in [
        ("id", "\"id\"", "typ_mismatch"),
        ("other", "\"accessory\"", "typ_mismatch"),
        ("upper-case", "\"Access\"", "typ_mismatch"),
        ("empty", "\"\"", "claim_invalid"),
        ("null", "null", "claim_invalid"),
        ("array", r#"["access"]"#, "claim_invalid"),
    ] {
        let name = format!("bound-use-{name}");
        corpus.refuse_claim("E7", &name, "bound-use", token(&with(value)), (expect, "token_use"));
    }
    let missing = ("claim_missing", "token_use");
    corpus.refuse_claim("E7", "bound-use-missing", "bound-use", token(&bound_claims()), missing);
    let other = with("\"access\"").text("client_id", "client-2");
    corpus.refuse_claim("E7", "bound-use-other-client", "bound-use", token(&other), ("audience_mismatch", "client_id"));
}

/// An issuer that serves one application.
fn issuer(corpus: &mut Corpus) {
    corpus.accept("E7", "bound-issuer", "bound-issuer", token(&claims().without("aud")));
    let other = claims().without("aud").text("iss", "https://other.example/");
    corpus.refuse_claim("E7", "bound-issuer-other", "bound-issuer", token(&other), ("issuer_mismatch", "iss"));
    let named = ("audience_mismatch", "aud");
    corpus.refuse_claim("E7", "bound-issuer-and-aud", "bound-issuer", token(&claims()), named);
}

/// Where a specification demands `aud`, a binding is one condition more.
fn demanded_audiences(corpus: &mut Corpus) {
    for (verifier, typ, aud) in [("bound-id-token", "JWT", CLIENT), ("bound-at+jwt", "at+jwt", AUDIENCE)] {
        let token = |claims: &Members| signed(header().text("typ", typ).json(), claims.json());
        let full = bound_claims().text("aud", aud).text("jti", "1");
        corpus.accept("E7", &format!("{verifier}-both"), verifier, token(&full));
        for (name, claims, expect) in [
            ("no-aud", full.clone().without("aud"), ("claim_missing", "aud")),
            ("aud-empty", full.clone().raw("aud", "[]"), ("claim_invalid", "aud")),
            ("aud-other", full.clone().text("aud", "other"), ("audience_mismatch", "aud")),
            ("no-client", full.clone().without("client_id"), ("claim_missing", "client_id")),
            ("client-other", full.clone().text("client_id", "client-3"), ("audience_mismatch", "client_id")),
        ] {
            corpus.refuse_claim("E7", &format!("{verifier}-{name}"), verifier, token(&claims), expect);
        }
        let text = signed(header().text("typ", typ).json(), full.text("aud", "").json());
        corpus.refuse("E7", &format!("{verifier}-aud-empty-text"), verifier, text, "claim_invalid");
    }
}

/// A binding that binds nothing is a mistake.
fn configuration(corpus: &mut Corpus, jwks: &str) {
    let base = || keys(jwks).without("audience");
    let with = |binding: &str| base().raw("binding", binding);
    let mut options = vec![
        ("empty-claim", with(&binding_of("", r#"["x"]"#))),
        ("no-values", with(&binding_of("azp", "[]"))),
        ("empty-value", with(&binding_of("azp", r#"["x",""]"#))),
        ("other-issuer", with(&binding_of("iss", r#"["https://other.example/"]"#))),
        ("empty-use-claim", with(&with_use("", "access"))),
        ("empty-use-value", with(&with_use("token_use", ""))),
        ("use-of-the-claim", with(&with_use("client_id", "client-1"))),
        ("empty-audience", with(&binding()).text("audience", "")),
        ("id-token-alone", with(&binding()).text("profile", "id-token")),
        ("at-jwt-alone", with(&binding()).text("profile", "at+jwt")),
    ];
    for claim in ["aud", "exp", "nbf", "iat", "sub", "jti", "nonce"] {
        options.push((claim, with(&binding_of(claim, r#"["x"]"#))));
    }
    for (name, options) in options {
        let id = format!("E7-config-binding-{name}");
        corpus.verifier(&id, options);
        corpus.refuse("E7", &format!("config-binding-{name}"), &id, token(&bound_claims()), "config");
    }
}
