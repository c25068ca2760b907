//! Access tokens with an audience.

use super::{claims, options, token};
use crate::corpus::{Corpus, NOW};
use crate::members::Members;

pub(super) fn add(corpus: &mut Corpus) {
    access_tokens(corpus);
    access_tokens_with_a_nonce(corpus);
}

/// Access tokens with an audience, for the profile `access-token` or, where `typ` says so, `at+jwt`.
fn access_tokens(corpus: &mut Corpus) {
    let api = r#""https://api.example""#;
    let jwt = Some("JWT");
    let at_jwt = Some("at+jwt");
    let shapes = [
        (
            "auth0",
            jwt,
            "https://tenant.us.auth0.example/",
            r#"["https://api.example","https://tenant.us.auth0.example/userinfo"]"#,
            Members::new()
                .text("scope", "openid profile read:x")
                .text("azp", "client1")
                .raw("permissions", r#"["read:x"]"#),
        ),
        (
            "auth0-rfc9068",
            at_jwt,
            "https://tenant.us.auth0.example/",
            api,
            Members::new().text("jti", "a").text("client_id", "client1").text("scope", "x"),
        ),
        (
            "entra-v2",
            jwt,
            "https://login.entra.example/1111/v2.0",
            r#""aaaa""#,
            Members::new().text("azp", "cli").text("scp", "access_as_user").text("ver", "2.0"),
        ),
        (
            "entra-v2-app-only",
            jwt,
            "https://login.entra.example/1111/v2.0",
            r#""aaaa""#,
            Members::new().text("azp", "cli").raw("roles", r#"["R"]"#),
        ),
        (
            "entra-v1",
            jwt,
            "https://sts.entra.example/1111/",
            r#""api://aaaa""#,
            Members::new().text("acr", "1").raw("amr", r#"["pwd","mfa"]"#).text("appid", "cli").text("scp", "s"),
        ),
        (
            "b2c",
            jwt,
            "https://tenant.b2c.example/1111/v2.0/",
            r#""aaaa""#,
            Members::new().raw("emails", r#"["u@x.example"]"#).text("scp", "read").text("azp", "cli"),
        ),
        (
            "keycloak",
            jwt,
            "https://sso.example/realms/demo",
            r#""account""#,
            Members::new()
                .raw("auth_time", NOW - 60)
                .text("typ", "Bearer")
                .text("azp", "web")
                .text("scope", "openid email")
                .raw("email_verified", "false"),
        ),
        (
            "okta",
            None,
            "https://dev-1.okta.example/oauth2/default",
            r#""api://default""#,
            Members::new().text("cid", "0oa").raw("scp", r#"["openid"]"#).raw("auth_time", NOW - 60),
        ),
        (
            "google-service-account",
            jwt,
            "https://accounts.google.example",
            r#""https://svc.run.example""#,
            Members::new().text("azp", "113").raw("email_verified", "true"),
        ),
        (
            "google-iap",
            jwt,
            "https://cloud.google.example/iap",
            r#""/projects/1/global/backendServices/2""#,
            Members::new()
                .text("azp", "/projects/1/global/backendServices/2")
                .raw("google", r#"{"access_levels":["a"]}"#),
        ),
        (
            "clerk-template",
            jwt,
            "https://clerk.app.example",
            r#""api""#,
            Members::new().text("azp", "https://app.example").raw("fva", "[7,-1]").text("jti", "j"),
        ),
        (
            "supabase",
            jwt,
            "https://ref.supabase.example/auth/v1",
            r#""authenticated""#,
            Members::new()
                .text("role", "authenticated")
                .raw("amr", r#"[{"method":"password","timestamp":1767225540}]"#),
        ),
        (
            "supabase-hook",
            jwt,
            "https://ref.supabase.example/auth/v1",
            r#""authenticated""#,
            Members::new().text("role", "authenticated").raw("amr", r#"["password"]"#),
        ),
        (
            "kinde",
            jwt,
            "https://app.kinde.example",
            r#"["https://api.example"]"#,
            Members::new().text("azp", "cid").raw("scp", r#"["openid"]"#),
        ),
        (
            "logto",
            at_jwt,
            "https://logto.example/oidc",
            api,
            Members::new().text("jti", "j").text("scope", "read").text("client_id", "c"),
        ),
        (
            "zitadel",
            jwt,
            "https://inst.zitadel.example",
            r#"["11@p","12@p","77"]"#,
            Members::new().text("client_id", "11@p").text("jti", "V2_1-at_1"),
        ),
        (
            "hydra",
            jwt,
            "https://hydra.example/",
            r#"["https://api.example"]"#,
            Members::new().text("client_id", "c").raw("ext", "{}").raw("scp", r#"["openid"]"#),
        ),
        (
            "fusionauth",
            jwt,
            "acme.example",
            r#""aaaa""#,
            Members::new()
                .text("applicationId", "aaaa")
                .text("scope", "openid offline_access")
                .raw("auth_time", NOW - 60),
        ),
        (
            "cloudflare-access",
            jwt,
            "https://team.cloudflare.example",
            r#"["32ea"]"#,
            Members::new().text("type", "app").text("identity_nonce", "6ei6"),
        ),
        (
            "github-actions",
            jwt,
            "https://token.actions.github.example",
            r#""https://github.example/o""#,
            Members::new().text("ref", "refs/heads/main").text("repository", "o/r"),
        ),
        (
            "gitlab-ci",
            jwt,
            "https://gitlab.example",
            r#""https://vault.example""#,
            Members::new().text("project_id", "20").raw("runner_id", 1),
        ),
        (
            "fief",
            None,
            "https://ws.fief.example",
            r#"["cid"]"#,
            Members::new().text("acr", "1").text("scope", "openid").text("azp", "cid"),
        ),
        (
            "duende",
            at_jwt,
            "https://ids.example",
            r#"["api1","https://ids.example/resources"]"#,
            Members::new()
                .raw("scope", r#"["openid","api1"]"#)
                .raw("amr", r#"["pwd"]"#)
                .text("client_id", "c")
                .text("jti", "J"),
        ),
        ("spring", None, "https://sas.example", r#""client""#, Members::new().raw("scope", r#"["read"]"#)),
        (
            "workos-mcp",
            None,
            "https://x.authkit.example",
            r#""https://mcp.example""#,
            Members::new().text("sid", "s").text("scope", "openid").text("client_id", "c"),
        ),
        (
            "adfs",
            jwt,
            "https://adfs.example/adfs",
            r#""microsoft:identityserver:api""#,
            Members::new().text("auth_time", "2026-01-01T00:00:00.000Z").text("client_id", ""),
        ),
    ];
    for (name, typ, iss, aud, others) in shapes {
        let claims = claims(iss).raw("aud", aud).and(&others);
        // The first of several, but of Zitadel's the project.
        let own = if name == "zitadel" { "77" } else { aud.split('"').nth(1).expect("a name") };
        let options = options(iss).text("audience", own);
        let options = if typ == Some("at+jwt") { options.text("profile", "at+jwt") } else { options };
        corpus.verifier(name, options);
        corpus.accept("V", name, name, token(typ, &claims));
        let mut refuse = |what: &str, claims: Members, expect| {
            corpus.refuse_claim("V", &format!("{name}-{what}"), name, token(typ, &claims), expect);
        };
        refuse("without-aud", claims.clone().without("aud"), ("claim_missing", "aud"));
        refuse("for-another", claims.clone().text("aud", "another"), ("audience_mismatch", "aud"));
        refuse("of-another-issuer", claims.clone().text("iss", "https://another.example"), ("issuer_mismatch", "iss"));
        refuse("without-sub", claims.without("sub"), ("claim_missing", "sub"));
    }
}

/// A nonce does not make these ID tokens: something else says what they are.
fn access_tokens_with_a_nonce(corpus: &mut Corpus) {
    let b2c = claims("https://tenant.b2c.example/1111/v2.0/").text("aud", "aaaa").text("nonce", "defaultNonce");
    let keycloak =
        claims("https://sso.example/realms/demo").text("aud", "account").text("azp", "web").text("nonce", "n");
    for (name, verifier, claims) in [
        ("b2c-nonce", "b2c", b2c.clone().text("scp", "read").text("azp", "cli")),
        ("keycloak-nonce", "keycloak", keycloak.clone().text("typ", "Bearer").text("scope", "openid")),
        ("keycloak-nonce-no-scope", "keycloak", keycloak.clone().text("typ", "Bearer")),
    ] {
        corpus.accept("V", name, verifier, token(Some("JWT"), &claims));
    }
    for (name, verifier, claims, claim) in [
        ("b2c-id-token", "b2c", b2c.clone(), "nonce"),
        ("b2c-id-token-of-the-own-client", "b2c", b2c.text("azp", "aaaa").text("scp", "read"), "nonce"),
        ("keycloak-id-token-for-account", "keycloak", keycloak.text("typ", "ID"), "typ"),
    ] {
        corpus.refuse_claim("V", name, verifier, token(Some("JWT"), &claims), ("typ_mismatch", claim));
    }
}
