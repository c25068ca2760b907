//! ID tokens, and APIs whose audience is the client ID.

use super::{claims, options, token};
use crate::corpus::Corpus;
use crate::members::{Members, quote};

/// ID tokens: taken with their nonce, and by no API, even one whose audience is the client ID.
pub(super) fn add(corpus: &mut Corpus) {
    let google = |aud: &str| Members::new().text("aud", aud).raw("email_verified", "true");
    let shapes = [
        (
            "auth0",
            "https://tenant.us.auth0.example/",
            Members::new().text("aud", "c").text("nonce", "n").text("sid", "s1"),
            "nonce",
        ),
        (
            "cognito",
            "https://cognito.example/eu-west-1_abc",
            Members::new().text("aud", "c").text("token_use", "id"),
            "token_use",
        ),
        (
            "cognito-hosted",
            "https://cognito.example/eu-west-1_abc",
            Members::new().text("aud", "c").text("token_use", "id").text("at_hash", "x"),
            "at_hash",
        ),
        (
            "cognito-federated",
            "https://cognito.example/eu-west-1_abc",
            Members::new().text("aud", "c").text("token_use", "id").text("nonce", "n"),
            "token_use",
        ),
        (
            "entra",
            "https://login.entra.example/1111/v2.0",
            Members::new().text("aud", "c").text("nonce", "n").text("ver", "2.0"),
            "nonce",
        ),
        (
            "keycloak",
            "https://sso.example/realms/demo",
            Members::new().text("aud", "c").text("typ", "ID").text("azp", "c").text("nonce", "n").text("at_hash", "x"),
            "at_hash",
        ),
        (
            "keycloak-bare",
            "https://sso.example/realms/demo",
            Members::new().text("aud", "c").text("typ", "ID").text("azp", "c"),
            "typ",
        ),
        ("google", "https://accounts.google.example", google("c").text("azp", "c").text("nonce", "n"), "nonce"),
        (
            "apple",
            "https://apple.example",
            Members::new()
                .text("aud", "c")
                .text("nonce", "n")
                .text("email_verified", "true")
                .text("is_private_email", "true"),
            "nonce",
        ),
        (
            "apple-code",
            "https://apple.example",
            Members::new().text("aud", "c").text("nonce", "n").text("c_hash", "x").raw("email_verified", "true"),
            "c_hash",
        ),
        (
            "hydra",
            "https://hydra.example/",
            Members::new().raw("aud", r#"["c"]"#).raw("amr", r#"["pwd"]"#).text("nonce", "n").text("at_hash", "x"),
            "at_hash",
        ),
        (
            "twitch",
            "https://id.twitch.example/oauth2",
            Members::new().text("aud", "c").text("azp", "c").text("nonce", "n").text("at_hash", "x"),
            "at_hash",
        ),
        (
            "discord",
            "https://discord.example",
            Members::new().text("aud", "c").text("nonce", "n").text("at_hash", "x"),
            "at_hash",
        ),
        (
            "authelia",
            "https://auth.authelia.example",
            Members::new()
                .raw("aud", r#"["c"]"#)
                .text("azp", "c")
                .text("client_id", "c")
                .text("nonce", "n")
                .text("at_hash", "x"),
            "at_hash",
        ),
        (
            "dex",
            "https://dex.example/dex",
            Members::new().text("aud", "c").text("at_hash", "x").text("c_hash", "y"),
            "at_hash",
        ),
        (
            "uaa",
            "https://uaa.example/oauth/token",
            Members::new().raw("aud", r#"["c"]"#).text("azp", "c").raw("scope", r#"["openid"]"#).text("nonce", "n"),
            "nonce",
        ),
    ];
    for (vendor, iss, others, mark) in shapes {
        let name = format!("{vendor}-id-token");
        let claims = claims(iss).and(&others);
        let options = options(iss).text("audience", "c");
        corpus.verifier(&name, options.clone().text("profile", "id-token"));
        corpus.verifier(format!("{name}-at-an-api"), options.clone());
        corpus.verifier(
            format!("{name}-unchecked"),
            options.text("profile", "id-token").raw("acceptUncheckedNonce", true),
        );
        let text = token(Some("JWT"), &claims);
        let nonce = others.has("nonce");
        let case = corpus.case("V", &name, &name, quote(&text), "ok");
        if nonce {
            case.expecting(Members::new().text("nonce", "n"));
            corpus.refuse_claim(
                "V",
                &format!("{name}-no-nonce-sent"),
                &name,
                text.clone(),
                ("nonce_mismatch", "nonce"),
            );
        }
        corpus.accept("V", &format!("{name}-unchecked"), &format!("{name}-unchecked"), text.clone());
        corpus.refuse_claim(
            "V",
            &format!("{name}-at-an-api"),
            &format!("{name}-at-an-api"),
            text,
            ("typ_mismatch", mark),
        );
        let other = token(Some("JWT"), &claims.text("aud", "another"));
        let mismatch = ("audience_mismatch", "aud");
        corpus.refuse_claim("V", &format!("{name}-for-another"), &format!("{name}-unchecked"), other, mismatch);
    }
    // Google's for Android: the audience is the server's client, `azp` the app's.
    let android = token(
        Some("JWT"),
        &claims("https://accounts.google.example").and(&google("c")).text("azp", "android").text("nonce", "n"),
    );
    corpus.refuse_claim(
        "V",
        "google-android-at-an-api",
        "google-id-token-at-an-api",
        android.clone(),
        ("typ_mismatch", "nonce"),
    );
    corpus.refuse_claim("V", "google-android", "google-id-token-unchecked", android.clone(), ("claim_invalid", "azp"));
    let both =
        options("https://accounts.google.example").raw("audience", r#"["c","android"]"#).text("profile", "id-token");
    corpus.verifier("google-android", both.raw("acceptUncheckedNonce", true));
    corpus.accept("V", "google-android-named", "google-android", android);
    zitadel(corpus);
}

/// The audience has the siblings and the project: all are named, and the binding says for which of them.
fn zitadel(corpus: &mut Corpus) {
    let iss = "https://inst.zitadel.example";
    let audience = r#"["11@p","12@p","77"]"#;
    let options = options(iss).raw("audience", audience).text("profile", "id-token");
    corpus.verifier("zitadel-id-token", options.raw("binding", r#"{"claim":"azp","values":["11@p"]}"#));
    let claims = claims(iss).raw("aud", audience).text("azp", "11@p").text("nonce", "n").raw("amr", r#"["pwd"]"#);
    let sibling = claims.clone().text("azp", "12@p");
    let more = claims.clone().raw("aud", r#"["11@p","12@p","77","88"]"#);
    for (name, claims, expect, claim) in [
        ("zitadel-id-token", &claims, "ok", None),
        ("zitadel-id-token-of-a-sibling", &sibling, "audience_mismatch", Some("azp")),
        ("zitadel-id-token-for-others-too", &more, "audience_mismatch", Some("aud")),
    ] {
        let case = corpus.case("V", name, "zitadel-id-token", quote(&token(Some("JWT"), claims)), expect);
        case.claim = claim;
        case.expecting(Members::new().text("nonce", "n"));
    }
}
