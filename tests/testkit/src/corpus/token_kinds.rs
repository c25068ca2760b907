//! What the payload says that a token is, and what a `nonce` says: the rest of C3 and G5 of the catalogue.

use super::profiles::{at_claims, typed};
use super::{AUDIENCE, CLIENT, Corpus, NOW, claims, keys};
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    let jwks = Key::of("ES256").key_set();
    corpus.verifier("access", keys(&jwks));
    corpus.verifier("jwt", keys(&jwks).text("profile", "jwt"));
    corpus.verifier("at+jwt", keys(&jwks).text("profile", "at+jwt"));
    corpus.verifier("id-token", keys(&jwks).text("audience", CLIENT).text("profile", "id-token"));
    kinds_in_claims(corpus);
    nonces(corpus);
    unchecked_nonces(corpus, &jwks);
}

fn id_claims() -> Members {
    claims().text("aud", CLIENT)
}

/// What Keycloak and Cognito write into the payload, and a nonce in a token that says what it is.
fn kinds_in_claims(corpus: &mut Corpus) {
    for (claim, value, access, id) in [
        ("typ", "Bearer", true, false),
        ("typ", "DPoP", true, false),
        ("typ", "ID", false, true),
        ("typ", "Refresh", false, false),
        ("typ", "Offline", false, false),
        ("typ", "Logout", false, false),
        ("typ", "anything else", true, true),
        ("token_use", "access", true, false),
        ("token_use", "id", false, true),
        ("token_use", "anything else", true, true),
    ] {
        for (verifier, claims, good) in
            [("access", claims(), access), ("jwt", claims(), access), ("id-token", id_claims(), id)]
        {
            let token = typed(None, &claims.text(claim, value));
            let name = format!("{verifier}-{claim}-{value}");
            if good {
                corpus.accept("C3", &name, verifier, token);
            } else {
                corpus.refuse_claim("C3", &name, verifier, token, ("typ_mismatch", claim));
            }
        }
    }
    let mark = ("typ_mismatch", "typ");
    let mixed = typed(None, &claims().text("typ", "ID").text("token_use", "access"));
    corpus.refuse_claim("C3", "kinds-that-contradict", "access", mixed, mark);
}

fn nonces(corpus: &mut Corpus) {
    let with_nonce = || claims().text("nonce", "n");
    let scoped = || with_nonce().text("scope", "read");
    let both = format!("[{},\"web\"]", quote(AUDIENCE));
    let accepted = [
        ("typ-bearer", with_nonce().text("typ", "Bearer")),
        ("token-use-access", with_nonce().text("token_use", "access")),
        ("scope-and-azp", scoped().text("azp", "web")),
        ("scope-and-client-id", scoped().text("client_id", "web")),
        ("scp-and-azp", with_nonce().text("scp", "read").text("azp", "web")),
        ("scp-array-and-azp", with_nonce().raw("scp", "[\"read\"]").text("azp", "web")),
    ];
    // Each is an ID token of somebody's, or could be.
    let refused = [
        ("alone", with_nonce()),
        // Cloud Foundry's UAA
        ("scope", scoped()),
        ("blank-scope-and-azp", with_nonce().text("scope", " ").text("azp", "web")),
        ("empty-scp-and-azp", with_nonce().raw("scp", "[\"\"]").text("azp", "web")),
        ("scope-and-azp-in-aud", scoped().text("azp", AUDIENCE)),
        ("scope-and-client-id-in-aud", scoped().text("client_id", AUDIENCE)),
        ("scope-and-azp-in-aud-of-two", scoped().raw("aud", &both).text("azp", "web")),
        ("scope-and-one-of-two-in-aud", scoped().text("azp", "web").text("client_id", AUDIENCE)),
        ("scope-and-azp-empty", scoped().text("azp", "")),
        ("scope-and-azp-null", scoped().raw("azp", "null")),
        ("scope-and-azp-array", scoped().raw("azp", "[\"web\"]")),
        // Google on Android
        ("azp", with_nonce().text("azp", "android")),
        ("azp-and-scope-empty", with_nonce().text("azp", "web").text("scope", "")),
        ("azp-and-scope-null", with_nonce().text("azp", "web").raw("scope", "null")),
        ("azp-and-scopes-empty", with_nonce().text("azp", "web").raw("scope", "[]")),
        ("typ-of-another-case", with_nonce().text("typ", "bearer")),
    ];
    for verifier in ["access", "jwt"] {
        for (name, claims) in &accepted {
            corpus.accept("C3", &format!("{verifier}-nonce-and-{name}"), verifier, typed(None, claims));
        }
        for (name, claims) in &refused {
            let name = format!("{verifier}-nonce-and-{name}");
            corpus.refuse_claim("C3", &name, verifier, typed(None, claims), ("typ_mismatch", "nonce"));
        }
    }
    corpus.accept("C3", "nonce-and-at-jwt", "access", typed(Some("\"at+jwt\""), &with_nonce()));
    corpus.accept("C3", "nonce-in-at-jwt", "at+jwt", typed(Some("\"at+jwt\""), &at_claims().text("nonce", "n")));
    // The hashes are those of ID tokens, whatever else is there.
    for claim in ["at_hash", "c_hash", "s_hash"] {
        let claims = scoped().text("azp", "web").text("typ", "Bearer").text(claim, "x");
        let name = format!("scope-azp-bearer-and-{claim}");
        corpus.refuse_claim("C3", &name, "access", typed(None, &claims), ("typ_mismatch", claim));
    }
}

/// A sign-in that somebody else began: its nonce is nobody's here, and all else is as ever.
fn unchecked_nonces(corpus: &mut Corpus, jwks: &str) {
    const VERIFIER: &str = "id-token-unchecked-nonce";
    let options = keys(jwks).text("audience", CLIENT).text("profile", "id-token");
    corpus.verifier(VERIFIER, options.raw("acceptUncheckedNonce", true));
    let with_nonce = || id_claims().text("nonce", "n-0S6");
    corpus.accept("G5", "unchecked-nonce", VERIFIER, typed(None, &with_nonce()));
    corpus.accept("G5", "unchecked-no-nonce", VERIFIER, typed(None, &id_claims()));
    let others = r#"["client-1","other"]"#;
    for (name, claims, expect) in [
        ("null", with_nonce().raw("nonce", "null"), ("claim_invalid", "nonce")),
        ("number", with_nonce().raw("nonce", 7), ("claim_invalid", "nonce")),
        ("empty", with_nonce().text("nonce", ""), ("claim_invalid", "nonce")),
        ("audience", with_nonce().text("aud", "other"), ("audience_mismatch", "aud")),
        ("audiences", with_nonce().raw("aud", others), ("audience_mismatch", "aud")),
        ("party", with_nonce().text("azp", "other"), ("claim_invalid", "azp")),
        ("issuer", with_nonce().text("iss", "https://other.example/"), ("issuer_mismatch", "iss")),
        ("expired", with_nonce().raw("exp", NOW - 60), ("token_expired", "exp")),
        ("no-iat", with_nonce().without("iat"), ("claim_missing", "iat")),
        ("no-sub", with_nonce().without("sub"), ("claim_missing", "sub")),
        ("events", with_nonce().raw("events", "{}"), ("typ_mismatch", "events")),
        ("bearer", with_nonce().text("typ", "Bearer"), ("typ_mismatch", "typ")),
        ("access", with_nonce().text("token_use", "access"), ("typ_mismatch", "token_use")),
    ] {
        corpus.refuse_claim("G5", &format!("unchecked-nonce-and-{name}"), VERIFIER, typed(None, &claims), expect);
    }
    // What is expected is compared.
    for (name, nonce, expect) in [("right", "n-0S6", "ok"), ("other", "n-0S7", "nonce_mismatch")] {
        let text = quote(&typed(None, &with_nonce()));
        corpus
            .case("G5", &format!("unchecked-but-expected-{name}"), VERIFIER, text, expect)
            .expecting(Members::new().text("nonce", nonce));
    }
    let text = quote(&typed(None, &id_claims()));
    let case = corpus.case("G5", "unchecked-but-expected-missing", VERIFIER, text, "claim_missing");
    case.expecting(Members::new().text("nonce", "n-0S6"));
}
