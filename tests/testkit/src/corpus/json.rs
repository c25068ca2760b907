//! JSON that two parsers read differently, or only one reads: B4 to B6 and B8 to B10 of the catalogue.

use super::{Corpus, NOW, claims, header, keys, set, signed, with_claims, with_header};
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    duplicates(corpus);
    not_strict(corpus);
    not_utf8(corpus);
    numbers(corpus);
    depth(corpus);
    other_values(corpus);
    member_names(corpus);
    escaped_planes(corpus);
}

/// B4: no name occurs twice in an object.
fn duplicates(corpus: &mut Corpus) {
    for (name, header) in [
        ("alg", header().again("alg", "\"none\"")),
        ("alg-first", Members::new().text("alg", "none").again("alg", "\"ES256\"").again("kid", "\"es256\"")),
        ("alg-same", header().again("alg", "\"ES256\"")),
        ("alg-escaped", header().again("\\u0061lg", "\"none\"")),
        ("kid", header().again("kid", "\"other\"")),
        ("unread", header().again("x", 1).again("x", 1)),
        ("nested", header().raw("x", r#"[{"y":1,"z":2,"y":1}]"#)),
    ] {
        corpus.refuse("B4", &format!("header-{name}"), "es256", with_header(&header), "header_invalid");
    }
    for (name, claims) in [
        ("exp", claims().again("exp", NOW + 7200)),
        ("exp-escaped", claims().again("\\u0065xp", NOW + 7200)),
        ("sub", claims().again("sub", "\"admin\"")),
        ("aud", claims().again("aud", "\"x\"")),
        ("unread", claims().again("x", 1).again("x", 2)),
        ("empty-name", claims().again("", 1).again("", 2)),
        ("nested", claims().raw("x", r#"{"y":{"role":"user","role":"admin"}}"#)),
        ("proto", claims().again("__proto__", "{}").again("__proto__", "{}")),
        ("astral-escaped", claims().again("\u{1f980}", 1).again("\\ud83e\\udd80", 2)),
    ] {
        corpus.refuse("B4", &format!("payload-{name}"), "es256", with_claims(&claims), "claim_invalid");
    }
    corpus.accept("B4", "same-name-in-other-objects", "es256", with_claims(&claims().raw("x", r#"{"exp":{"exp":1}}"#)));
    corpus.accept(
        "B4",
        "escaped-once",
        "es256",
        signed(header().rename("kid", "\\u006bid").json(), claims().rename("exp", "\\u0065xp").json()),
    );
    let bare = Key::of("ES256").jwk().again("x", "\"AA\"").json();
    corpus.with_keys("B4", "jwk-alone", &quote(&bare), super::good(), "jwks_invalid");
}

/// B5: what only lenient parsers read.
fn not_strict(corpus: &mut Corpus) {
    let json = claims().json();
    let with = |value: &str| claims().raw("x", value).json();
    for (name, payload) in [
        ("trailing-text", format!("{json}x")),
        ("two-values", format!("{json}{json}")),
        ("trailing-nul", format!("{json}\0")),
        ("leading-nul", format!("\0{json}")),
        ("leading-form-feed", format!("\u{c}{json}")),
        ("leading-no-break-space", format!("\u{a0}{json}")),
        ("unclosed", json[..json.len() - 1].into()),
        ("trailing-comma", json.replace('}', ",}")),
        ("leading-comma", json.replacen('{', "{,", 1)),
        ("no-quotes", json.replace("\"exp\"", "exp")),
        ("single-quotes", json.replace('"', "'")),
        ("comment", json.replacen('{', "{/* */", 1)),
        ("line-comment", json.replacen('{', "{//\n", 1)),
        ("nan", with("NaN")),
        ("infinity", with("Infinity")),
        ("minus-infinity", with("-Infinity")),
        ("undefined", with("undefined")),
        ("upper-case-true", with("True")),
        ("hexadecimal", with("0x10")),
        ("leading-zero", with("010")),
        ("leading-plus", with("+1")),
        ("no-digit-before-point", with(".5")),
        ("no-digit-after-point", with("5.")),
        ("no-digit-in-exponent", with("1e")),
        ("lone-minus", with("-")),
        ("control-character", with("\"\u{1}\"")),
        ("newline-in-string", with("\"a\nb\"")),
        ("unknown-escape", with("\"\\x41\"")),
        ("short-escape", with("\"\\u41\"")),
        ("array-comma", with("[1,]")),
        ("array-unclosed", with("[1")),
        ("array-closed-by-brace", with("[1}")),
        ("colon-missing", with("{\"a\" 1}")),
        ("lone-high-surrogate", with("\"\\ud800\"")),
        ("lone-low-surrogate", with("\"\\udc00\"")),
        ("swapped-surrogates", with("\"\\udc00\\ud800\"")),
        ("lone-surrogate-in-name", claims().raw("\\ud800", 1).json()),
        ("high-surrogate-and-letter", with("\"\\ud800a\"")),
    ] {
        corpus.refuse("B5", &format!("payload-{name}"), "es256", signed(header().json(), payload), "claim_invalid");
    }
    let json = header().json();
    for (name, header) in [
        ("trailing-text", format!("{json}x")),
        ("two-values", format!("{json}{json}")),
        ("unclosed", json[..json.len() - 1].into()),
        ("trailing-comma", json.replace('}', ",}")),
        ("comment", json.replacen('{', "{/* */", 1)),
        ("single-quotes", json.replace('"', "'")),
        ("lone-surrogate", header().raw("x", "\"\\ud800\"").json()),
        ("form-encoded", "alg=ES256&kid=es256".into()),
        ("space", " ".into()),
    ] {
        corpus.refuse("B5", &format!("header-{name}"), "es256", signed(header, claims().json()), "header_invalid");
    }
    let spaced = claims().json().replace("\":", "\" :\t").replace(",\"", "\r\n, \"");
    corpus.accept("B5", "white-space", "es256", signed(format!(" \n{}\t", header().json()), format!("\r\n{spaced} ")));
    let text = "\"Zoë \u{1f980} \\ud83e\\udd80 \\u0000 \u{feff} \u{2028} \\/ \\\" \u{7f}\"";
    corpus.accept("B5", "text-of-all-kinds", "es256", with_claims(&claims().raw("x", text)));
}

/// B5: UTF-8 without a byte-order mark, and nothing else.
fn not_utf8(corpus: &mut Corpus) {
    let mark = b"\xef\xbb\xbf".as_slice();
    let utf16 = |json: String, little: bool| -> Vec<u8> {
        let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        json.encode_utf16().flat_map(bytes).collect()
    };
    let inside = |bytes: &[u8]| {
        let json = claims().raw("x", "\"@\"").json();
        let (start, end) = json.split_once('@').expect("the mark");
        [start.as_bytes(), bytes, end.as_bytes()].concat()
    };
    for (name, payload) in [
        ("byte-order-mark", [mark, claims().json().as_bytes()].concat()),
        ("utf-16", utf16(claims().json(), true)),
        ("utf-16-big-endian", utf16(claims().json(), false)),
        ("utf-32", claims().json().bytes().flat_map(|byte| [byte, 0, 0, 0]).collect()),
        ("latin-1", inside(b"Zo\xeb")),
        ("ff", inside(b"\xff")),
        ("overlong", inside(b"\xc0\xaf")),
        ("overlong-nul", inside(b"\xc0\x80")),
        ("surrogate", inside(b"\xed\xa0\x80")),
        ("beyond-unicode", inside(b"\xf4\x90\x80\x80")),
        ("truncated", inside(b"\xf0\x9f\xa6")),
        ("lone-continuation", inside(b"\x80")),
    ] {
        corpus.refuse("B5", &format!("payload-{name}"), "es256", signed(header().json(), payload), "claim_invalid");
    }
    let json = header().json();
    for (name, header) in [
        ("byte-order-mark", [mark, json.as_bytes()].concat()),
        ("utf-16", utf16(json.clone(), true)),
        ("ff", [json.trim_end_matches('}').as_bytes(), b",\"x\":\"\xff\"}"].concat()),
    ] {
        corpus.refuse("B5", &format!("header-{name}"), "es256", signed(header, claims().json()), "header_invalid");
    }
}

/// B5, E3: numbers that a parser of doubles would change.
fn numbers(corpus: &mut Corpus) {
    for (name, number, expect) in [
        ("2-to-53", "9007199254740992", "claim_invalid"),
        ("minus-2-to-53", "-9007199254740992", "claim_invalid"),
        ("2-to-64", "18446744073709551616", "claim_invalid"),
        ("400-digits", &"9".repeat(400), "claim_invalid"),
        ("2-to-53-and-a-point", "9007199254740992.0", "claim_invalid"),
        ("2-to-53-plus-1-and-a-point", "9007199254740993.0", "claim_invalid"),
        ("2-to-53-plus-1-in-tenths", "90071992547409930e-1", "claim_invalid"),
        ("2-to-53-plus-1-scientific", "9.007199254740993e15", "claim_invalid"),
        ("minus-2-to-53-minus-1-scientific", "-9.007199254740993E+15", "claim_invalid"),
        ("2-to-53-less-a-half", "9007199254740991.5", "claim_invalid"),
        ("30-digits-and-a-point", "123456789012345678901234567890.0", "claim_invalid"),
        ("1e400", "1e400", "claim_invalid"),
        ("minus-1e400", "-1e400", "claim_invalid"),
        ("huge-exponent", "1e999999999999", "claim_invalid"),
        ("largest-integer", "9007199254740991", "ok"),
        ("smallest-integer", "-9007199254740991", "ok"),
        ("largest-integer-and-a-point", "9007199254740991.0", "ok"),
        ("largest-integer-scientific", "9.007199254740991e15", "ok"),
        ("digits-above-the-units", "[1e16,1.5e300]", "ok"),
        ("largest-double", "1.7976931348623157e308", "ok"),
        ("smallest-double", "5e-324", "ok"),
        ("tiny-exponent", "1e-999999999999", "ok"),
        ("minus-zero", "-0", "ok"),
        ("exponents", "[1E5,1e+5,1e-5,0e0,0.10]", "ok"),
        ("400-digits-of-a-fraction", &format!("0.{}1", "0".repeat(400)), "ok"),
    ] {
        corpus.refuse("B5", &format!("number-{name}"), "es256", with_claims(&claims().raw("x", number)), expect);
    }
    for number in ["9007199254740992", "9007199254740993.0", "1e400"] {
        let token = with_header(&header().raw("x", number));
        corpus.refuse("B5", &format!("header-number-{number}"), "es256", token, "header_invalid");
    }
}

/// B6: nesting is bounded before anything recurses.
fn depth(corpus: &mut Corpus) {
    let arrays = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    let header = |value: String| with_header(&header().raw("x", value));
    let payload = |value: String| with_claims(&claims().raw("x", value));
    corpus.accept("B6", "header-8", "es256", header(arrays(7)));
    corpus.accept("B6", "payload-32", "es256", payload(arrays(31)));
    corpus.accept("B6", "payload-32-objects", "es256", payload(objects(31)));
    for (name, token) in
        [("header-9", header(arrays(8))), ("header-400", header(arrays(400))), ("header-9-objects", header(objects(8)))]
    {
        corpus.refuse("B6", name, "es256", token, "header_invalid");
    }
    for (name, token) in [
        ("payload-33", payload(arrays(32))),
        ("payload-33-objects", payload(objects(32))),
        ("payload-400", payload(arrays(400))),
        ("payload-400-unclosed", payload("[".repeat(400))),
        ("payload-nothing-else", signed(super::header().json(), "[".repeat(9_000))),
    ] {
        corpus.refuse("B6", name, "es256", token, "claim_invalid");
    }
    corpus.accept("B6", "brackets-in-a-string", "es256", payload(quote(&"[{\"\\".repeat(50))));
}

/// B8: both are objects.
fn other_values(corpus: &mut Corpus) {
    for (name, value) in [
        ("array", "[]"),
        ("array-of-object", "[{}]"),
        ("text", "\"text\""),
        ("number", "1"),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("nothing-but-text", "claims"),
    ] {
        corpus.refuse("B8", &format!("payload-{name}"), "es256", signed(header().json(), value), "claim_invalid");
        corpus.refuse("B8", &format!("header-{name}"), "es256", signed(value, claims().json()), "header_invalid");
    }
    let wrapped = format!("[{}]", claims().json());
    corpus.refuse("B8", "payload-wrapped", "es256", signed(header().json(), wrapped), "claim_invalid");
}

/// B9 and B10: names are exact, and none is special.
fn member_names(corpus: &mut Corpus) {
    for (name, claims, claim) in [
        ("exp-upper-case", claims().rename("exp", "EXP"), "exp"),
        ("exp-space", claims().rename("exp", "exp "), "exp"),
        ("exp-cyrillic", claims().rename("exp", "\u{435}xp"), "exp"),
        ("exp-long-s", claims().rename("iss", "i\u{17f}s"), "iss"),
        ("iss-upper-case", claims().rename("iss", "ISS"), "iss"),
        ("aud-upper-case", claims().rename("aud", "Aud"), "aud"),
        ("exp-nul", claims().rename("exp", "exp\0"), "exp"),
    ] {
        corpus.refuse_claim("B9", name, "es256", with_claims(&claims), ("claim_missing", claim));
    }
    corpus.refuse("B9", "alg-upper-case", "es256", with_header(&header().rename("alg", "ALG")), "header_invalid");
    corpus.refuse(
        "B9",
        "kid-upper-case",
        "es256",
        with_header(&header().raw("KID", "\"other\"").text("kid", "none")),
        "key_not_found",
    );
    let jwk = Key::of("ES256").jwk();
    corpus.with_keys("B9", "jwk-upper-case", &set(&[&jwk.clone().rename("kty", "KTY")]), super::good(), "key_invalid");

    let hidden = format!("{{\"exp\":{},\"iss\":\"x\"}}", NOW + 3600);
    let token = with_claims(&claims().without("exp").raw("__proto__", &hidden));
    corpus.refuse_claim("B10", "exp-in-proto", "es256", token, ("claim_missing", "exp"));
    let token = with_claims(&claims().without("exp").raw("constructor", format!("{{\"prototype\":{hidden}}}")));
    corpus.refuse_claim("B10", "exp-in-constructor", "es256", token, ("claim_missing", "exp"));
    let token = with_header(&header().without("alg").raw("__proto__", r#"{"alg":"ES256"}"#));
    corpus.refuse("B10", "alg-in-proto", "es256", token, "header_invalid");
    let odd =
        claims().raw("__proto__", r#"{"admin":true}"#).raw("constructor", 1).raw("toString", "null").raw("", "[]");
    corpus.accept(
        "B10",
        "odd-names",
        "es256",
        signed(header().raw("__proto__", r#"{"alg":"none"}"#).json(), odd.json()),
    );
    let text = format!(r#"{{"keys":[{}]}}"#, jwk.without("x").raw("__proto__", r#"{"x":"AA"}"#).json());
    corpus.with_keys("B10", "jwk-in-proto", &quote(&text), super::good(), "key_invalid");
}

/// B4, E7 to E9: an escaped character of any plane is that character and no other, wherever it is compared.
fn escaped_planes(corpus: &mut Corpus) {
    let es256 = Key::of("ES256");
    corpus.verifier("subject-plane-1", keys(&es256.key_set()).text("subject", "user-\u{10000}"));
    corpus.verifier("subject-plane-2", keys(&es256.key_set()).text("subject", "user-\u{20000}"));
    corpus.verifier("audience-plane-1", keys(&es256.key_set()).text("audience", "api-\u{10000}"));
    corpus.verifier("audience-plane-2", keys(&es256.key_set()).text("audience", "api-\u{20000}"));
    let subject = with_claims(&claims().raw("sub", r#""user-\ud840\udc00""#));
    let audience = with_claims(&claims().raw("aud", r#""api-\ud840\udc00""#));
    let (other_subject, other_audience) = (("subject_mismatch", "sub"), ("audience_mismatch", "aud"));
    corpus.refuse_claim("E9", "plane-2-for-plane-1", "subject-plane-1", subject.clone(), other_subject);
    corpus.refuse_claim("E8", "plane-2-for-plane-1", "audience-plane-1", audience.clone(), other_audience);
    corpus.accept("E9", "plane-2-escaped", "subject-plane-2", subject);
    corpus.accept("E8", "plane-2-escaped", "audience-plane-2", audience);

    let roles = claims().raw("role-\u{20000}", "\"user\"").raw("role-\\ud840\\udc00", "\"admin\"");
    corpus.refuse("B4", "payload-plane-2-escaped", "es256", with_claims(&roles), "claim_invalid");
    let planes = claims().raw("\\ud840\\udc00", 1).raw("\\ud800\\udc00", 2);
    corpus.accept("B4", "two-planes-escaped", "es256", with_claims(&planes));

    let jwk = |kid: &str| set(&[&es256.jwk().raw("kid", format!("\"{kid}\""))]);
    let token = |kid: &str| with_header(&header().raw("kid", format!("\"{kid}\"")));
    corpus.with_keys("C1", "kid-escaped-in-token", &jwk("\u{20bb7}"), token("\\ud842\\udfb7"), "ok");
    corpus.with_keys("C1", "kid-escaped-in-set", &jwk("\\ud842\\udfb7"), token("\u{20bb7}"), "ok");
    corpus.with_keys("C1", "kid-of-another-plane", &jwk("\u{10bb7}"), token("\\ud842\\udfb7"), "key_not_found");
}
