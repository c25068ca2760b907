//! Kinds of token: C3 of the catalogue.

use super::{Corpus, claims, header, keys, signed, with_header};
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    let jwks = Key::of("ES256").key_set();
    corpus.verifier("at+jwt", keys(&jwks).text("profile", "at+jwt"));
    corpus.verifier("jwt", keys(&jwks).text("profile", "jwt"));
    corpus.verifier("secevent", keys(&jwks).text("profile", "jwt").text("typ", "secevent+jwt"));
    corpus.verifier("secevent-long", keys(&jwks).text("profile", "jwt").text("typ", "application/secevent+jwt"));
    corpus.verifier("id-token", keys(&jwks).text("audience", super::CLIENT).text("profile", "id-token"));
    types(corpus);
    foreign_claims(corpus);
    at_jwt(corpus);
    corpus.verifier("C3-typ-without-jwt", keys(&jwks).text("typ", "JWT"));
    corpus.refuse("C3", "typ-without-jwt", "C3-typ-without-jwt", super::good(), "config");
}

/// The claims of RFC 9068.
pub(super) fn at_claims() -> Members {
    claims().text("client_id", "client-1").text("jti", "id-1")
}

pub(super) fn typed(typ: Option<&str>, claims: &Members) -> String {
    let header = match typ {
        Some(typ) => header().raw("typ", typ),
        None => header().without("typ"),
    };
    signed(header.json(), claims.json())
}

/// `typ`, by the kind of verifier: what is in the list passes there, all else does not.
fn types(corpus: &mut Corpus) {
    let access = ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt", "JWT", "jwt", "application/jwt"];
    let plain = ["JWT", "jwt", "application/jwt"];
    let secevent = ["secevent+jwt", "application/secevent+jwt", "SECEVENT+JWT"];
    let id_claims = claims().text("aud", super::CLIENT);
    let verifiers = [
        ("es256", &access[..], true, claims()),
        ("at+jwt", &access[..4], false, at_claims()),
        ("id-token", &plain[..], true, id_claims),
        ("jwt", &plain[..], true, claims()),
        ("secevent", &secevent[..], false, claims()),
        ("secevent-long", &secevent[..], false, claims()),
    ];
    let others = ["logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "vc+sd-jwt", "JOSE"];
    let odd = ["", "at+jwt;charset=utf-8", " JWT", "application/", "application/application/jwt", "text/jwt", "jwt+at"];
    for (verifier, accepted, absent, claims) in &verifiers {
        let expect = |good: bool| if good { "ok" } else { "typ_mismatch" };
        let odd: &[&str] = if *verifier == "es256" { &odd } else { &[] };
        for typ in access.iter().chain(&secevent).chain(&others).chain(odd).copied() {
            // Spellings are tried where they are accepted, and the ordinary one elsewhere.
            if typ.contains(['A', 'J', 'S', '/']) && typ != "JWT" && !accepted.contains(&typ) && odd.is_empty() {
                continue;
            }
            let token = typed(Some(&quote(typ)), claims);
            corpus.refuse("C3", &format!("{verifier}-typ-{typ}"), verifier, token, expect(accepted.contains(&typ)));
        }
        corpus.refuse("C3", &format!("{verifier}-no-typ"), verifier, typed(None, claims), expect(*absent));
        corpus.refuse("C3", &format!("{verifier}-typ-number"), verifier, typed(Some("1"), claims), "typ_mismatch");
    }
    for (name, typ) in [("null", "null"), ("array", "[\"JWT\"]"), ("object", "{}"), ("true", "true")] {
        let token = with_header(&header().raw("typ", typ));
        corpus.refuse("C3", &format!("typ-{name}"), "es256", token, "typ_mismatch");
    }
}

/// What marks an ID token or an event does not belong into an access token.
fn foreign_claims(corpus: &mut Corpus) {
    for (claim, value) in [
        ("nonce", "\"n\""),
        ("at_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\""),
        ("c_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\""),
        ("s_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\""),
        ("events", r#"{"http://schemas.openid.net/event/backchannel-logout":{}}"#),
    ] {
        let token = typed(None, &claims().raw(claim, value));
        corpus.refuse_claim("C3", &format!("access-token-with-{claim}"), "es256", token, ("typ_mismatch", claim));
        let token = typed(None, &claims().raw(claim, "null"));
        corpus.refuse_claim("C3", &format!("access-token-with-{claim}-null"), "es256", token, ("typ_mismatch", claim));
    }
    let logout = claims().text("aud", super::CLIENT).raw("events", "{}").text("sid", "s");
    corpus.refuse_claim("C3", "logout-token-as-id-token", "id-token", typed(None, &logout), ("typ_mismatch", "events"));
    let id_token = claims().text("aud", super::CLIENT);
    corpus.refuse("C3", "id-token-as-access-token", "es256", typed(Some("\"JWT\""), &id_token), "audience_mismatch");
    corpus.refuse_claim(
        "C3",
        "access-token-as-id-token",
        "id-token",
        typed(None, &claims()),
        ("audience_mismatch", "aud"),
    );
    // The signature comes first.
    let token = typed(Some("\"logout+jwt\""), &claims());
    let broken = format!("{}{}", &token[..token.len() - 8], "AAAAAAAA");
    corpus.refuse("C3", "typ-after-signature", "es256", broken, "signature_invalid");
}

/// RFC 9068 §2.2.
fn at_jwt(corpus: &mut Corpus) {
    let token = |claims: &Members| typed(Some("\"at+jwt\""), claims);
    corpus.accept("C3", "at-jwt", "at+jwt", token(&at_claims().text("scope", "read write")));
    for claim in ["sub", "client_id", "iat", "jti"] {
        let name = format!("at-jwt-without-{claim}");
        corpus.refuse_claim("C3", &name, "at+jwt", token(&at_claims().without(claim)), ("claim_missing", claim));
    }
    for claim in ["sub", "client_id", "jti"] {
        for (name, value) in [("empty", "\"\""), ("number", "7"), ("array", "[\"x\"]"), ("object", "{}")] {
            let name = format!("at-jwt-{claim}-{name}");
            let token = token(&at_claims().raw(claim, value));
            corpus.refuse_claim("C3", &name, "at+jwt", token, ("claim_invalid", claim));
        }
    }
}
