//! Access tokens that name no audience.

use super::{claims, options, token};
use crate::corpus::{Corpus, NOW};
use crate::members::Members;

/// Access tokens without an audience, bound by another claim.
pub(super) fn add(corpus: &mut Corpus) {
    let none = Members::new;
    let cognito = r#","use":{"claim":"token_use","value":"access"}"#;
    let empty = || Members::new().raw("aud", "[]");
    let shapes = [
        (
            "cognito",
            None,
            "https://cognito.example/eu-west-1_abc",
            "client_id",
            "cid",
            cognito,
            none()
                .text("client_id", "cid")
                .text("token_use", "access")
                .text("scope", "openid")
                .raw("auth_time", NOW - 60),
        ),
        (
            "keycloak-no-aud",
            Some("JWT"),
            "https://sso.example/realms/demo",
            "azp",
            "web",
            "",
            none().text("typ", "Bearer").text("azp", "web").text("scope", "openid email"),
        ),
        (
            "keycloak-no-aud-nonce",
            Some("JWT"),
            "https://sso.example/realms/demo",
            "azp",
            "web",
            "",
            none().text("typ", "Bearer").text("azp", "web").text("scope", "openid email").text("nonce", "n"),
        ),
        (
            "clerk",
            Some("JWT"),
            "https://clerk.app.example",
            "azp",
            "https://app.example",
            "",
            none().text("azp", "https://app.example").text("sid", "sess_1").raw("v", 2).raw("fva", "[7,-1]"),
        ),
        (
            "workos-client",
            None,
            "https://api.workos.example/user_management/client_1",
            "client_id",
            "client_1",
            "",
            none().text("client_id", "client_1").raw("act", r#"{"sub":"a@x.example"}"#),
        ),
        (
            "kinde-no-aud",
            Some("JWT"),
            "https://app.kinde.example",
            "azp",
            "cid",
            "",
            empty().text("azp", "cid").raw("scp", r#"["openid"]"#),
        ),
        (
            "hydra-no-aud",
            Some("JWT"),
            "https://hydra.example/",
            "client_id",
            "c",
            "",
            empty().text("client_id", "c").raw("scp", r#"["openid"]"#),
        ),
    ];
    for (name, typ, iss, claim, value, wanted, others) in shapes {
        let binding = format!(r#"{{"claim":"{claim}","values":["another-of-mine","{value}"]{wanted}}}"#);
        corpus.verifier(name, options(iss).raw("binding", binding));
        let claims = claims(iss).and(&others);
        corpus.accept("V", name, name, token(typ, &claims));
        let mut refuse = |what: &str, claims: Members, expect| {
            corpus.refuse_claim("V", &format!("{name}-{what}"), name, token(typ, &claims), expect);
        };
        refuse("unbound", claims.clone().without(claim), ("claim_missing", claim));
        refuse("of-another", claims.clone().text(claim, "another"), ("audience_mismatch", claim));
        refuse("of-a-list", claims.clone().raw(claim, format!("[\"{value}\"]")), ("claim_invalid", claim));
        refuse("of-a-number", claims.clone().raw(claim, 7), ("claim_invalid", claim));
        refuse("for-another-api", claims.clone().text("aud", "another"), ("audience_mismatch", "aud"));
        refuse(
            "with-the-client-in-aud",
            claims.clone().text("aud", value).without("nonce"),
            ("audience_mismatch", "aud"),
        );
        if !wanted.is_empty() {
            refuse("of-another-use", claims.clone().text("token_use", "id"), ("typ_mismatch", "token_use"));
            refuse("of-no-use", claims.without("token_use"), ("claim_missing", "token_use"));
        }
    }
    // These issuers serve one application each, and name nothing else.
    for (name, iss) in
        [("propelauth", "https://auth.app.example"), ("workos", "https://api.workos.example/user_management/client_1")]
    {
        corpus.verifier(name, options(iss).raw("binding", format!(r#"{{"claim":"iss","values":["{iss}"]}}"#)));
        corpus.accept("V", name, name, token(Some("JWT"), &claims(iss)));
        let other = token(Some("JWT"), &claims("https://another.example"));
        corpus.refuse_claim("V", &format!("{name}-of-another"), name, other, ("issuer_mismatch", "iss"));
        let named = token(Some("JWT"), &claims(iss).text("aud", "another"));
        corpus.refuse_claim("V", &format!("{name}-for-another-api"), name, named, ("audience_mismatch", "aud"));
    }
    with_an_audience(corpus);
}

/// Anybody can have a token of GitHub Actions for any audience. So the repository counts besides, and not instead.
fn with_an_audience(corpus: &mut Corpus) {
    let iss = "https://actions.example";
    let options = options(iss)
        .text("audience", "https://api.example")
        .raw("binding", r#"{"claim":"repository","values":["o/r"]}"#)
        .raw("requiredClaims", r#"["aud"]"#);
    corpus.verifier("actions", options);
    let claims = claims(iss).text("aud", "https://api.example").text("repository", "o/r");
    corpus.accept("V", "actions", "actions", token(Some("JWT"), &claims));
    for (name, claims, expect) in [
        ("of-another", claims.clone().text("repository", "o/r2"), ("audience_mismatch", "repository")),
        ("unbound", claims.clone().without("repository"), ("claim_missing", "repository")),
        ("for-another-api", claims.clone().text("aud", "https://other.example"), ("audience_mismatch", "aud")),
        ("for-nobody", claims.clone().without("aud"), ("claim_missing", "aud")),
        ("for-none", claims.clone().raw("aud", "[]"), ("claim_invalid", "aud")),
        ("for-an-empty-name", claims.clone().text("aud", ""), ("claim_invalid", "aud")),
        ("for-null", claims.raw("aud", "null"), ("claim_invalid", "aud")),
    ] {
        corpus.refuse_claim("V", &format!("actions-{name}"), "actions", token(Some("JWT"), &claims), expect);
    }
}
