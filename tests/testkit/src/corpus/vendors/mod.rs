//! The shapes in which vendors issue tokens, re-created: each with the options that take it, and with what binds
//! it to them missing or changed. Claims that say nothing new are left out.

mod access_tokens;
mod bound_tokens;
mod id_tokens;
mod issuers;

use super::{Corpus, NOW};
use crate::key::Key;
use crate::members::Members;
use crate::token::Token;

pub(super) fn add(corpus: &mut Corpus) {
    access_tokens::add(corpus);
    id_tokens::add(corpus);
    issuers::add(corpus);
    bound_tokens::add(corpus);
    without_a_subject(corpus);
    shared_secrets(corpus);
    refused(corpus);
}

fn claims(iss: &str) -> Members {
    Members::new().text("iss", iss).text("sub", "u").raw("iat", NOW - 60).raw("exp", NOW + 3600)
}

fn options(iss: &str) -> Members {
    Members::new().text("issuer", iss).raw("jwks", Key::of("ES256").key_set())
}

fn token(typ: Option<&str>, claims: &Members) -> String {
    let header = Members::new().text("alg", "ES256").text("kid", "es256");
    let header = typ.map_or(header.clone(), |typ| header.text("typ", typ));
    Token::new(header.json(), claims.json()).sign(&Key::of("ES256"), "ES256")
}

/// Service tokens of Cloudflare Access have an empty subject and another claim in its place.
fn without_a_subject(corpus: &mut Corpus) {
    let iss = "https://team.cloudflare.example";
    let options = options(iss).text("audience", "32ea").text("profile", "jwt");
    corpus.verifier("cloudflare-service", options.raw("requiredClaims", r#"["common_name"]"#));
    let claims = claims(iss).text("sub", "").raw("aud", r#"["32ea"]"#).text("common_name", "e36.access");
    corpus.accept("V", "cloudflare-service", "cloudflare-service", token(Some("JWT"), &claims));
    let missing = token(Some("JWT"), &claims.clone().without("common_name"));
    corpus.refuse_claim(
        "V",
        "cloudflare-service-unnamed",
        "cloudflare-service",
        missing,
        ("claim_missing", "common_name"),
    );
    let user = token(Some("JWT"), &claims);
    corpus.refuse_claim("V", "cloudflare-service-as-a-user", "cloudflare-access", user, ("claim_invalid", "sub"));
}

/// HS256, by the bytes of the secret.
fn shared_secrets(corpus: &mut Corpus) {
    let key = Key::of("HS256");
    let secret = crate::base64url::encode(key.bytes());
    let options = |iss: &str| Members::new().text("secret", &secret).text("algorithm", "HS256").text("issuer", iss);
    let sign = |claims: &Members| Token::new(r#"{"alg":"HS256","typ":"JWT"}"#, claims.json()).sign(&key, "HS256");
    // An API key of Supabase's: bound to the project, and to its role.
    let binding = r#"{"claim":"ref","values":["abc"],"use":{"claim":"role","value":"anon"}}"#;
    corpus.verifier("supabase-key", options("supabase").text("profile", "jwt").raw("binding", binding));
    corpus.verifier("supabase-key-as-access-token", options("supabase").raw("binding", binding));
    let claims_of_key = claims("supabase").without("sub").text("ref", "abc").text("role", "anon");
    corpus.accept("V", "supabase-key", "supabase-key", sign(&claims_of_key));
    for (name, verifier, claims, expect) in [
        ("as-access-token", "supabase-key-as-access-token", claims_of_key.clone(), ("claim_missing", "sub")),
        ("of-another", "supabase-key", claims_of_key.clone().text("ref", "abd"), ("audience_mismatch", "ref")),
        ("of-another-role", "supabase-key", claims_of_key.text("role", "service_role"), ("typ_mismatch", "role")),
    ] {
        corpus.refuse_claim("V", &format!("supabase-key-{name}"), verifier, sign(&claims), expect);
    }
    let iss = "https://s1.myshopify.example/admin";
    corpus.verifier("shopify-shop", options(iss).text("audience", "apikey"));
    let claims = claims(iss).text("aud", "apikey").text("dest", "https://s1.myshopify.example");
    corpus.accept("V", "shopify-shop", "shopify-shop", sign(&claims));
    let other = claims.text("iss", "https://s2.myshopify.example/admin");
    corpus.refuse_claim("V", "shopify-shop-another", "shopify-shop", sign(&other), ("issuer_mismatch", "iss"));
    // An extension of Twitch's names neither issuer nor audience.
    corpus.verifier("twitch-extension", options("twitch").text("audience", "x").text("profile", "jwt"));
    let extension = Members::new().raw("exp", NOW + 3600).text("user_id", "1").text("role", "viewer");
    corpus.refuse_claim("V", "twitch-extension", "twitch-extension", sign(&extension), ("claim_missing", "iss"));
}

/// Tokens that are not for others, or never end.
fn refused(corpus: &mut Corpus) {
    let okta = "https://dev-1.okta.example";
    corpus.verifier("okta-org", options(okta).text("audience", okta));
    let header = r#"{"alg":"ES256","kid":"not-published","typ":"application/okta-internal-at+jwt"}"#;
    let text = Token::new(header, claims(okta).text("aud", okta).json()).sign(&Key::of("ES256"), "ES256");
    corpus.refuse("V", "okta-org", "okta-org", text, "key_not_found");

    let kubernetes = Members::new().text("iss", "kubernetes/serviceaccount").text("sub", "system:serviceaccount:ns:sa");
    let bound = r#"{"claim":"iss","values":["kubernetes/serviceaccount"]}"#;
    corpus.verifier("kubernetes-legacy", options("kubernetes/serviceaccount").text("audience", "https://k8s.example"));
    corpus.verifier("kubernetes-legacy-bound", options("kubernetes/serviceaccount").raw("binding", bound));
    for (verifier, claim) in [("kubernetes-legacy", "aud"), ("kubernetes-legacy-bound", "exp")] {
        corpus.refuse_claim("V", verifier, verifier, token(None, &kubernetes), ("claim_missing", claim));
    }

    corpus.verifier("snowflake", options("ACC.USER.SHA256:fp").text("audience", "ACC"));
    let text = token(Some("JWT"), &claims("ACC.USER.SHA256:fp"));
    corpus.refuse_claim("V", "snowflake", "snowflake", text, ("claim_missing", "aud"));

    // Laravel Passport names no issuer.
    corpus.verifier("passport", options("https://app.example").text("audience", "1"));
    let passport = claims("x").without("iss").text("aud", "1").raw("exp", format!("{}.123456", NOW + 3600));
    corpus.refuse_claim("V", "passport", "passport", token(Some("JWT"), &passport), ("claim_missing", "iss"));
}
