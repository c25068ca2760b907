//! One fixed order of the checks, and input that aims at the program instead of the rules: 1H of the catalogue.

use super::{Corpus, NOW, claims, good, header, signed, with_claims, with_header};
use crate::base64url;
use crate::hash::sha;
use crate::key::Key;
use crate::members::Members;
use crate::token::{Token, segments};

pub(super) fn add(corpus: &mut Corpus) {
    order(corpus);
    noise(corpus);
    size(corpus);
}

/// Several things are wrong at once: the first check that looks decides. Nothing of an unsigned payload is told.
fn order(corpus: &mut Corpus) {
    let broken = |header: &Members, payload: String| Token::new(header.json(), payload).with_signature([1; 64]);
    let expired = claims().raw("exp", NOW - 1000);
    for (name, token, expect) in [
        ("signature-before-exp", broken(&header(), expired.json()), "signature_invalid"),
        ("signature-before-iss", broken(&header(), claims().text("iss", "x").json()), "signature_invalid"),
        ("signature-before-payload", broken(&header(), "no JSON".into()), "signature_invalid"),
        ("signature-before-depth", broken(&header(), "[".repeat(1000)), "signature_invalid"),
        ("signature-before-duplicates", broken(&header(), claims().again("exp", 1).json()), "signature_invalid"),
        ("key-before-signature", broken(&header().text("kid", "x"), expired.json()), "key_not_found"),
        ("alg-before-key", broken(&header().text("kid", "x").text("alg", "HS256"), expired.json()), "alg_not_allowed"),
        ("header-before-key", broken(&header().raw("kid", 1), expired.json()), "header_invalid"),
        (
            "crit-before-alg",
            broken(&header().raw("crit", "[]").text("alg", "none"), expired.json()),
            "crit_unsupported",
        ),
        ("form-before-header", format!("{}=", broken(&header().raw("kid", 1), expired.json())), "token_malformed"),
    ] {
        corpus.refuse("H0", name, "es256", token, expect);
    }
    let (wrong_typ, wrong_iss) = (header().text("typ", "x"), claims().text("iss", "x").text("aud", "y").raw("exp", 1));
    corpus.refuse("H0", "typ-before-iss", "es256", signed(wrong_typ.json(), wrong_iss.json()), "typ_mismatch");
    corpus.refuse("H0", "iss-before-aud", "es256", with_claims(&wrong_iss), "issuer_mismatch");
    corpus.refuse("H0", "aud-before-exp", "es256", with_claims(&expired.clone().text("aud", "y")), "audience_mismatch");
    corpus.refuse("H0", "exp-before-nbf", "es256", with_claims(&expired.raw("nbf", NOW + 1000)), "token_expired");
    corpus.refuse("H0", "payload-before-typ", "es256", signed(wrong_typ.json(), "[]"), "claim_invalid");
}

/// Bytes without meaning, always the same ones.
fn noise(corpus: &mut Corpus) {
    let bytes = |seed: u8, length: usize| -> Vec<u8> {
        (0u8..=255).flat_map(|block| sha(512, &[seed, block])).take(length).collect()
    };
    for seed in 0..3 {
        let token = format!(
            "{}.{}.{}",
            base64url::encode(bytes(seed, 40)),
            base64url::encode(bytes(seed + 100, 200)),
            base64url::encode(bytes(seed + 200, 64))
        );
        corpus.refuse("H1", &format!("noise-{seed}"), "es256", token, "header_invalid");
        let noise = bytes(seed, 150);
        corpus.refuse("H1", &format!("signed-noise-{seed}"), "es256", signed(header().json(), noise), "claim_invalid");
    }
    let token = good();
    let [head, payload, signature] = segments(&token);
    for length in [1, 2, 3, 4, head.len() - 1] {
        let name = format!("header-cut-to-{length}");
        let expect = if length % 4 == 1
            || base64url::with_spare_bits(&head[..length]).is_some_and(|_| !canonical(&head[..length]))
        {
            "token_malformed"
        } else {
            "header_invalid"
        };
        corpus.refuse("H1", &name, "es256", format!("{}.{payload}.{signature}", &head[..length]), expect);
    }
    corpus.refuse("H1", "one-byte-each", "es256", "AA.AA.AA", "header_invalid");
    corpus.refuse("H1", "empty-objects", "es256", "e30.e30.AA", "header_invalid");
}

fn canonical(text: &str) -> bool {
    base64url::encode(base64url::decode(text)) == text
}

/// H2: the largest input that is looked at.
fn size(corpus: &mut Corpus) {
    let wide = |count: usize| (0..count).fold(claims(), |claims, number| claims.again(&format!("n{number}"), 0));
    corpus.accept("H2", "250-claims", "es256", with_claims(&wide(250)));
    let array = format!("[{}0]", "0,".repeat(1000));
    corpus.accept("H2", "long-array", "es256", with_claims(&claims().raw("x", array)));
    let escapes = format!("\"{}\"", "\\u0041".repeat(300));
    corpus.accept("H2", "many-escapes", "es256", with_claims(&claims().raw("x", escapes)));
    let names = (0..90).fold(header(), |header, number| header.again(&format!("n{number}"), 0));
    corpus.accept("H2", "90-parameters", "es256", with_header(&names));
    let unclosed = format!("{{\"{}", "\\".repeat(999));
    corpus.refuse("H2", "backslashes", "es256", signed(header().json(), unclosed), "claim_invalid");
    let keys: Vec<Members> =
        (0..64).map(|number| Key::of("ES256").jwk().text("kid", format!("key-{number}"))).collect();
    let refs: Vec<&Members> = keys.iter().collect();
    let last = signed(header().text("kid", "key-63").json(), claims().json());
    corpus.with_keys("H2", "last-of-64-keys", &super::set(&refs), last, "ok");
}
