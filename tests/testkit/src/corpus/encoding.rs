//! One token, one text: B1 to B3, B7 and B11 of the catalogue.

use super::{Corpus, claims, good, header, keys, signed, with_claims, with_header};
use crate::base64url;
use crate::key::Key;
use crate::members::quote;
use crate::token::segments;

pub(super) fn add(corpus: &mut Corpus) {
    alphabet(corpus);
    spare_bits(corpus);
    shapes(corpus);
    serializations(corpus);
    sizes(corpus);
    characters(corpus);
}

const MALFORMED: &str = "token_malformed";

/// A good token with `-` and `_` in its signature.
fn good_with_both_characters() -> String {
    (0..)
        .map(|number| with_claims(&claims().raw("n", number)))
        .find(|token| segments(token)[2].contains('-') && segments(token)[2].contains('_'))
        .expect("there are many")
}

/// B1: nothing but the 64 characters.
fn alphabet(corpus: &mut Corpus) {
    let token = good_with_both_characters();
    let [head, payload, signature] = segments(&token);
    let middle = payload.len() / 2;
    for (name, text) in [
        ("padding", format!("{token}==")),
        ("padding-once", format!("{token}=")),
        ("padding-everywhere", format!("{head}=.{payload}=.{signature}==")),
        ("plus", format!("{head}.{payload}.{}", signature.replace('-', "+"))),
        ("slash", format!("{head}.{payload}.{}", signature.replace('_', "/"))),
        ("leading-space", format!(" {token}")),
        ("trailing-space", format!("{token} ")),
        ("trailing-newline", format!("{token}\n")),
        ("trailing-nul", format!("{token}\0")),
        ("space-inside", format!("{head}.{} {}.{signature}", &payload[..middle], &payload[middle..])),
        ("newline-inside", format!("{head}.{}\r\n{}.{signature}", &payload[..middle], &payload[middle..])),
        ("tab-after-dot", format!("{head}.\t{payload}.{signature}")),
        ("percent", token.replacen('.', "%2E", 1)),
        ("quoted", quote(&token)),
        ("bearer", format!("Bearer {token}")),
        ("comma", format!("{token},")),
        ("two-tokens", format!("{token} {token}")),
        ("byte-order-mark", format!("\u{feff}{token}")),
        ("soft-hyphen", token.replacen('.', "\u{ad}.", 1)),
        ("one-character-more", format!("{head}.{payload}.{signature}AAA")),
        ("single-character-segment", format!("{head}.{payload}.A")),
        ("only-letters", "AAAA".into()),
    ] {
        corpus.refuse("B1", name, "es256", text, MALFORMED);
    }
    corpus.accept("B1", "minus-and-underscore", "es256", token);
}

/// B1: the unused bits of a last character are zero.
fn spare_bits(corpus: &mut Corpus) {
    for (name, rest) in [("two-characters", 1), ("three-characters", 2)] {
        // White space moves the end of a segment.
        let spaced =
            |json: String| json.replacen('{', &format!("{{{}", " ".repeat((rest + 3 - json.len() % 3) % 3)), 1);
        let token = signed(spaced(header().json()), spaced(claims().json()));
        let [head, payload, signature] = segments(&token);
        let other = |segment| base64url::with_spare_bits(segment).expect("an incomplete last group");
        for (part, text) in [
            ("header", format!("{}.{payload}.{signature}", other(head))),
            ("payload", format!("{head}.{}.{signature}", other(payload))),
            ("signature", format!("{head}.{payload}.{}", other(signature))),
        ] {
            corpus.refuse("B1", &format!("spare-bits-{part}-{name}"), "es256", text, MALFORMED);
        }
        corpus.accept("B1", &format!("no-spare-bits-{name}"), "es256", token);
    }
    // Even when the sender signed it like this.
    let key = Key::of("ES256");
    let payload = base64url::encode(claims().json() + " ");
    let payload = base64url::with_spare_bits(&payload)
        .or_else(|| base64url::with_spare_bits(&base64url::encode(claims().json())))
        .expect("one of the two");
    let input = format!("{}.{payload}", base64url::encode(header().json()));
    let token = format!("{input}.{}", base64url::encode(key.sign("ES256", input.as_bytes())));
    corpus.refuse("B1", "spare-bits-signed", "es256", token, MALFORMED);
}

/// B2: three segments, none of them empty.
fn shapes(corpus: &mut Corpus) {
    let token = good();
    let [head, payload, signature] = segments(&token);
    for (name, text) in [
        ("empty", String::new()),
        ("one-segment", head.into()),
        ("two-segments", format!("{head}.{payload}")),
        ("four-segments", format!("{token}.{signature}")),
        ("six-segments", format!("{token}.{token}")),
        ("leading-dot", format!(".{token}")),
        ("trailing-dot", format!("{token}.")),
        ("empty-header", format!(".{payload}.{signature}")),
        ("empty-payload", format!("{head}..{signature}")),
        ("empty-signature", format!("{head}.{payload}.")),
        ("two-dots", "..".into()),
        ("four-dots-no-text", "...".into()),
        ("doubled-dot", format!("{head}.{payload}..{signature}")),
    ] {
        corpus.refuse("B2", name, "es256", text, MALFORMED);
    }
    // Signed detached (RFC 7515, appendix F): the payload came some other way.
    let detached = signed(header().json(), "");
    corpus.refuse("B2", "detached", "es256", detached, MALFORMED);
    for (name, text, count, expect) in [
        ("only-dots", ".", 16_384, MALFORMED),
        ("more-dots-than-fit", ".", 1_000_000, "token_too_large"),
        ("letters-and-dots", "A.", 8_192, MALFORMED),
    ] {
        corpus.case("B2", name, "es256", format!("{{ \"repeat\": [\"{text}\", {count}] }}"), expect);
    }
}

/// B3: the compact serialization alone.
fn serializations(corpus: &mut Corpus) {
    let token = good();
    let [head, payload, signature] = segments(&token);
    let json = "token_type_unsupported";
    for (name, text, expect) in [
        ("flattened", format!(r#"{{"protected":"{head}","payload":"{payload}","signature":"{signature}"}}"#), json),
        (
            "general",
            format!(r#"{{"payload":"{payload}","signatures":[{{"protected":"{head}","signature":"{signature}"}}]}}"#),
            json,
        ),
        // CVE-2022-39227: one text that is both.
        ("polyglot", format!(r#"{{"  {head}.{payload}.{signature}  ":""}}"#), json),
        (
            "two-dots-in-json",
            format!(r#"{{"payload":"{payload}","protected":".{head}.","signature":"{signature}"}}"#),
            json,
        ),
        ("json-after-space", format!(r#" {{"payload":"{payload}"}}"#), MALFORMED),
        ("json-array", format!(r#"["{head}"]"#), MALFORMED),
        ("sd-jwt", format!("{token}~WyJzYWx0IiwiYSIsMV0~"), MALFORMED),
    ] {
        corpus.refuse("B3", name, "es256", text, expect);
    }
}

/// B7: sizes are looked at before anything else.
fn sizes(corpus: &mut Corpus) {
    let large = "token_too_large";
    corpus.case("B7", "token-of-1-mb", "es256", r#"{ "repeat": ["A", 1000000] }"#.into(), large);
    corpus.case("B7", "token-over-the-limit", "es256", r#"{ "repeat": ["A", 16385] }"#.into(), large);
    corpus.case("B7", "token-at-the-limit-no-token", "es256", r#"{ "repeat": ["A", 16384] }"#.into(), MALFORMED);
    let others = base64url::encode(header().json()).len() + base64url::encode([0; 64]).len() + ".".len() * 2;
    let pad = (16_384 - others) * 3 / 4 - claims().text("pad", "").json().len();
    let fitting = with_claims(&claims().text("pad", "p".repeat(pad)));
    assert!((16_383..=16_384).contains(&fitting.len()), "{}", fitting.len());
    corpus.accept("B7", "token-at-the-limit", "es256", fitting);
    let pad = 4096 - header().text("pad", "").json().len();
    corpus.accept("B7", "header-at-the-limit", "es256", with_header(&header().text("pad", "p".repeat(pad))));
    corpus.refuse(
        "B7",
        "header-over-the-limit",
        "es256",
        with_header(&header().text("pad", "p".repeat(pad + 1))),
        large,
    );
    let token = good();
    let [head, payload, _] = segments(&token);
    corpus.refuse("B7", "signature-over-the-limit", "es256", format!("{head}.{payload}.{}", "A".repeat(10_924)), large);
    let jwks = Key::of("ES256").key_set();
    for (name, limits, expect) in [
        ("limit-token", r#"{"token":200}"#, large),
        ("limit-header", r#"{"header":40}"#, large),
        ("limit-payload-depth", r#"{"payloadDepth":1}"#, "ok"),
        ("limits-raised", r#"{"token":65536,"header":16384}"#, "ok"),
    ] {
        let id = format!("B7-{name}");
        corpus.verifier(&id, keys(&jwks).raw("limits", limits));
        corpus.refuse("B7", name, &id, good(), expect);
    }
    corpus.refuse(
        "B7",
        "limit-payload-depth-passed",
        "B7-limit-payload-depth",
        with_claims(&claims().raw("x", "{}")),
        "claim_invalid",
    );
    corpus.refuse(
        "B7",
        "limits-raised-header",
        "B7-limits-raised",
        with_header(&header().text("pad", "p".repeat(4_097))),
        "ok",
    );
}

/// B11: a character that is not ASCII never turns into one that is.
fn characters(corpus: &mut Corpus) {
    let token = good();
    let first = |replacement: char| format!("{replacement}{}", &token[1..]);
    for (name, text) in [
        ("same-low-byte", first('\u{165}')),
        ("same-low-byte-far", first('\u{ff65}')),
        ("full-width", first('\u{ff45}')),
        ("cyrillic", first('\u{435}')),
        ("accent", first('\u{e9}')),
        ("combining", format!("{}\u{301}{}", &token[..1], &token[1..])),
        ("astral", first('\u{1f980}')),
        ("full-width-dots", token.replace('.', "\u{ff0e}")),
        ("zero-width-space", format!("{token}\u{200b}")),
        ("right-to-left", format!("\u{202e}{token}")),
    ] {
        let bytes = base64url::encode_standard(text);
        corpus.case("B11", name, "es256", format!("{{ \"base64\": \"{bytes}\" }}"), MALFORMED);
    }
}
