//! Issuers with several names, or with none.

use super::{claims, options, token};
use crate::corpus::{Corpus, NOW};
use crate::key::Key;
use crate::members::Members;
use crate::token::Token;

pub(super) fn add(corpus: &mut Corpus) {
    spellings(corpus);
    tenants(corpus);
    shops(corpus);
    unnamed(corpus);
    impossible(corpus);
}

/// Google's ID tokens have the issuer with a scheme or without.
fn spellings(corpus: &mut Corpus) {
    let options = options("https://accounts.google.example").text("audience", "web").text("profile", "id-token");
    corpus.verifier("google-spellings", options.raw("issuerAliases", r#"["accounts.google.example"]"#));
    let token = |iss: &str| token(Some("JWT"), &claims(iss).text("aud", "web").text("azp", "web"));
    for (name, iss) in [("with-scheme", "https://accounts.google.example"), ("bare", "accounts.google.example")] {
        corpus.accept("V", &format!("google-{name}"), "google-spellings", token(iss));
    }
    for (name, iss) in [
        ("http", "http://accounts.google.example"),
        ("slash", "https://accounts.google.example/"),
        ("upper", "Accounts.google.example"),
        ("longer", "accounts.google.example.evil.example"),
        ("both", "accounts.google.example or https://accounts.google.example"),
    ] {
        corpus.refuse_claim("V", &format!("google-{name}"), "google-spellings", token(iss), ("issuer_mismatch", "iss"));
    }
}

/// Entra ID for any tenant: the issuer is built from `tid`. Its older tokens have another name for the same tenant.
fn tenants(corpus: &mut Corpus) {
    let options = options("https://login.entra.example/{tenantid}/v2.0")
        .raw("issuerAliases", r#"["https://sts.entra.example/{tenantid}/"]"#)
        .text("audience", "aaaa");
    let variable = |values: &str| format!(r#"{{"name":"tenantid","claim":"tid"{values}}}"#);
    corpus.verifier("entra-any", options.clone().raw("issuerVariable", variable("")));
    corpus.verifier("entra-some", options.raw("issuerVariable", variable(r#","values":["0000","1111"]"#)));
    let claims = |iss: &str, tid: &str| claims(iss).text("aud", "aaaa").text("tid", tid).text("scp", "x");
    let v2 = |tenant: &str| format!("https://login.entra.example/{tenant}/v2.0");
    let good = claims(&v2("1111"), "1111");
    let old = claims("https://sts.entra.example/1111/", "1111");
    for verifier in ["entra-any", "entra-some"] {
        corpus.accept("V", &format!("{verifier}-v2"), verifier, token(Some("JWT"), &good));
        corpus.accept("V", &format!("{verifier}-v1"), verifier, token(Some("JWT"), &old));
        for (name, claims, expect) in [
            ("other-tid", claims(&v2("1111"), "0000"), ("issuer_mismatch", "iss")),
            ("no-tid", good.clone().without("tid"), ("claim_missing", "tid")),
            ("empty-tid", claims(&v2(""), ""), ("claim_invalid", "tid")),
            ("list", good.clone().raw("tid", r#"["1111"]"#), ("claim_invalid", "tid")),
            ("path", claims(&v2("1111/x"), "1111/x"), ("claim_invalid", "tid")),
            ("query", claims(&v2("1111?"), "1111?"), ("claim_invalid", "tid")),
            ("template", claims(&v2("{tenantid}"), "{tenantid}"), ("claim_invalid", "tid")),
            ("long", claims(&v2(&"1".repeat(64)), &"1".repeat(64)), ("claim_invalid", "tid")),
            ("host", claims("https://login.evil.example/1111/v2.0", "1111"), ("issuer_mismatch", "iss")),
            ("slash", claims(&format!("{}/", v2("1111")), "1111"), ("issuer_mismatch", "iss")),
            ("no-issuer", good.clone().without("iss"), ("claim_missing", "iss")),
            ("audience", good.clone().text("aud", "bbbb"), ("audience_mismatch", "aud")),
        ] {
            let text = token(Some("JWT"), &claims);
            corpus.refuse_claim("V", &format!("{verifier}-{name}"), verifier, text, expect);
        }
    }
    let third = token(Some("JWT"), &claims(&v2("2222"), "2222"));
    corpus.accept("V", "entra-any-third", "entra-any", third.clone());
    corpus.refuse_claim("V", "entra-some-third", "entra-some", third, ("issuer_mismatch", "iss"));
}

/// Shopify names the shop in `dest`, and in `iss`.
fn shops(corpus: &mut Corpus) {
    let key = Key::of("HS256");
    let variable = r#"{"name":"shop","claim":"dest","claimTemplate":"https://{shop}.myshopify.example"}"#;
    let options = Members::new()
        .text("secret", crate::base64url::encode(key.bytes()))
        .text("algorithm", "HS256")
        .text("issuer", "https://{shop}.myshopify.example/admin")
        .raw("issuerVariable", variable)
        .text("audience", "apikey");
    corpus.verifier("shopify", options);
    let shop = |iss: &str, dest: &str| {
        claims(&format!("https://{iss}.myshopify.example/admin")).text("aud", "apikey").text("dest", dest)
    };
    let sign = |claims: &Members| Token::new(r#"{"alg":"HS256","typ":"JWT"}"#, claims.json()).sign(&key, "HS256");
    for name in ["s1", "another-shop"] {
        let claims = shop(name, &format!("https://{name}.myshopify.example"));
        corpus.accept("V", &format!("shopify-{name}"), "shopify", sign(&claims));
    }
    for (name, iss, dest, expect) in [
        ("disagree", "s1", "https://s2.myshopify.example", ("issuer_mismatch", "iss")),
        ("scheme", "s1", "http://s1.myshopify.example", ("claim_invalid", "dest")),
        ("domain", "s1", "https://s1.evil.example", ("claim_invalid", "dest")),
        ("suffix", "s1", "https://s1.myshopify.example.evil.example", ("claim_invalid", "dest")),
        ("path", "evil.example/s1", "https://evil.example/s1.myshopify.example", ("claim_invalid", "dest")),
        ("dots", "a.b", "https://a.b.myshopify.example", ("claim_invalid", "dest")),
        ("none", "", "https://.myshopify.example", ("claim_invalid", "dest")),
        ("overlap", "s1", "https://.myshopify.exampl", ("claim_invalid", "dest")),
    ] {
        corpus.refuse_claim("V", &format!("shopify-{name}"), "shopify", sign(&shop(iss, dest)), expect);
    }
    let unnamed = sign(&shop("s1", "x").without("dest"));
    corpus.refuse_claim("V", "shopify-no-dest", "shopify", unnamed, ("claim_missing", "dest"));
}

/// Laravel Passport names no issuer, and an extension of Twitch's no audience either: the keys say whose they are.
fn unnamed(corpus: &mut Corpus) {
    let iss = "https://app.example";
    corpus.verifier("passport-unnamed", options(iss).text("audience", "1").raw("acceptMissingIssuer", "true"));
    let passport = claims(iss).without("iss").text("aud", "1").raw("iat", format!("{}.123456", NOW - 60));
    let passport = passport.raw("exp", format!("{}.123456", NOW + 3600));
    corpus.accept("V", "passport-unnamed", "passport-unnamed", token(Some("JWT"), &passport));
    let named = token(Some("JWT"), &passport.clone().text("iss", iss));
    corpus.accept("V", "passport-unnamed-named", "passport-unnamed", named);
    for (name, claims, expect) in [
        ("of-another", passport.clone().text("iss", "https://another.example"), ("issuer_mismatch", "iss")),
        ("empty", passport.clone().text("iss", ""), ("claim_invalid", "iss")),
        ("null", passport.clone().raw("iss", "null"), ("claim_invalid", "iss")),
        ("for-another", passport.clone().text("aud", "2"), ("audience_mismatch", "aud")),
        ("for-nobody", passport.clone().without("aud"), ("claim_missing", "aud")),
        ("without-end", passport.clone().without("exp"), ("claim_missing", "exp")),
        ("id-token", passport.text("nonce", "n"), ("typ_mismatch", "nonce")),
    ] {
        let text = token(Some("JWT"), &claims);
        corpus.refuse_claim("V", &format!("passport-unnamed-{name}"), "passport-unnamed", text, expect);
    }
    let key = Key::of("HS256");
    let options = Members::new()
        .text("secret", crate::base64url::encode(key.bytes()))
        .text("algorithm", "HS256")
        .text("issuer", "https://api.twitch.example")
        .text("profile", "jwt")
        .raw("binding", r#"{"claim":"channel_id","values":["2"]}"#)
        .raw("acceptMissingIssuer", "true");
    corpus.verifier("twitch-extension-bound", options);
    let sign = |channel: &str| {
        let claims = Members::new().raw("exp", NOW + 3600).text("channel_id", channel).text("role", "viewer");
        Token::new(r#"{"alg":"HS256","typ":"JWT"}"#, claims.json()).sign(&key, "HS256")
    };
    corpus.accept("V", "twitch-extension-bound", "twitch-extension-bound", sign("2"));
    let other = ("audience_mismatch", "channel_id");
    corpus.refuse_claim("V", "twitch-extension-of-another", "twitch-extension-bound", sign("3"), other);
}

/// Options that make no sense.
fn impossible(corpus: &mut Corpus) {
    for (name, issuer, variable, aliases) in [
        ("nowhere", "https://id.example/", r#"{"name":"t","claim":"tid"}"#, "[]"),
        ("twice", "https://id.example/{t}/{t}", r#"{"name":"t","claim":"tid"}"#, "[]"),
        ("alias", "https://id.example/{t}", r#"{"name":"t","claim":"tid"}"#, r#"["https://id.example/"]"#),
        ("itself", "https://id.example/{t}", r#"{"name":"t","claim":"iss"}"#, "[]"),
        ("values", "https://id.example/{t}", r#"{"name":"t","claim":"tid","values":["a/b"]}"#, "[]"),
        ("template", "https://id.example/{t}", r#"{"name":"t","claim":"tid","claimTemplate":"x"}"#, "[]"),
    ] {
        let verifier = format!("issuer-variable-{name}");
        let options = options(issuer).text("audience", "a").raw("issuerVariable", variable);
        corpus.verifier(&verifier, options.raw("issuerAliases", aliases));
        corpus.refuse("V", &verifier, &verifier, token(Some("JWT"), &claims(issuer)), "config");
    }
    let unnamed = || options("https://id.example/").text("audience", "a").raw("acceptMissingIssuer", "true");
    let variable =
        unnamed().text("issuer", "https://id.example/{t}").raw("issuerVariable", r#"{"name":"t","claim":"tid"}"#);
    for (name, options) in [
        ("unnamed-id-token", unnamed().text("profile", "id-token")),
        ("unnamed-at+jwt", unnamed().text("profile", "at+jwt")),
        ("unnamed-variable", variable),
    ] {
        corpus.verifier(name, options);
        corpus.refuse("V", name, name, token(Some("JWT"), &claims("https://id.example/")), "config");
    }
}
