//! Other kinds of token and extensions of the header: A10, C1 and C2 of the catalogue.

use super::{Corpus, claims, good, header, signed, with_header};
use crate::base64url;
use crate::members::Members;
use crate::token::segments;

pub(super) fn add(corpus: &mut Corpus) {
    other_kinds(corpus);
    extensions(corpus);
}

/// A10: what is encrypted, compressed or nested.
fn other_kinds(corpus: &mut Corpus) {
    let unsupported = "token_type_unsupported";
    let jwe = Members::new().text("alg", "RSA-OAEP-256").text("enc", "A256GCM").text("kid", "es256");
    let segment = |bytes: usize| base64url::encode(vec![7; bytes]);
    let five = |header: &Members| {
        format!("{}.{}.{}.{}.{}", base64url::encode(header.json()), segment(256), segment(12), segment(90), segment(16))
    };
    corpus.refuse("A10", "jwe", "es256", five(&jwe), unsupported);
    let direct = five(&jwe.clone().text("alg", "dir")).replacen(&segment(256), "", 1);
    corpus.refuse("A10", "jwe-direct", "es256", direct, unsupported);
    let pbes2 = jwe.clone().text("alg", "PBES2-HS256+A128KW").raw("p2c", 2_147_483_647).text("p2s", "c2FsdA");
    corpus.refuse("A10", "jwe-pbes2", "es256", five(&pbes2), unsupported);
    corpus.refuse("A10", "jwe-header-in-three-segments", "es256", signed(jwe.json(), claims().json()), unsupported);
    let cut = Members::new().text("alg", "PBES2-HS256+A128KW").raw("p2c", 2_147_483_647);
    corpus.refuse("A10", "encryption-algorithm", "es256", signed(cut.json(), claims().json()), "alg_not_allowed");
    corpus.refuse("A10", "signed-with-enc", "es256", with_header(&header().text("enc", "A256GCM")), unsupported);
    corpus.refuse("A10", "signed-with-enc-null", "es256", with_header(&header().raw("enc", "null")), unsupported);
    corpus.refuse("A10", "zip", "es256", with_header(&header().text("zip", "DEF")), unsupported);
    corpus.refuse("A10", "zip-null", "es256", with_header(&header().raw("zip", "null")), unsupported);
    for (name, cty) in [("jwt", "JWT"), ("lower-case", "jwt"), ("long", "application/jwt")] {
        let token = signed(header().text("cty", cty).json(), good());
        corpus.refuse("A10", &format!("nested-{name}"), "es256", token, unsupported);
    }
    corpus.refuse(
        "A10",
        "nested-upper-case",
        "es256",
        signed(header().text("cty", "APPLICATION/JWT").json(), good()),
        unsupported,
    );
    corpus.refuse("A10", "nested-without-cty", "es256", signed(header().json(), good()), "claim_invalid");
    corpus.refuse("A10", "cty-number", "es256", with_header(&header().raw("cty", 7)), "header_invalid");
    corpus.accept("A10", "cty-json", "es256", with_header(&header().text("cty", "json")));
    let [head, payload, signature] = segments(&good()).map(str::to_owned);
    corpus.refuse(
        "A10",
        "five-segments",
        "es256",
        format!("{head}.{payload}.{signature}.{payload}.{signature}"),
        unsupported,
    );
    corpus.refuse("A10", "five-segments-two-empty", "es256", format!("{head}.{payload}.{signature}.."), unsupported);
}

/// C1 and C2: nothing that the header may call critical is supported.
fn extensions(corpus: &mut Corpus) {
    for (name, crit) in [
        ("unknown", r#"["exp2"]"#),
        ("b64", r#"["b64"]"#),
        ("registered", r#"["alg"]"#),
        ("claim", r#"["exp"]"#),
        ("absent", r#"["absent"]"#),
        ("empty", "[]"),
        ("twice", r#"["x","x"]"#),
        ("null", "null"),
        ("text", r#""x""#),
        ("object", "{}"),
        ("numbers", "[1,2]"),
        ("false", "false"),
    ] {
        let header = header().raw("crit", crit).raw("x", 1);
        corpus.refuse("C1", &format!("crit-{name}"), "es256", with_header(&header), "crit_unsupported");
    }
    corpus.accept(
        "C1",
        "unknown-but-not-critical",
        "es256",
        with_header(&header().raw("x", 1).raw("CRIT", r#"["x"]"#)),
    );
    for (name, b64) in [("false", "false"), ("true", "true"), ("text", r#""false""#), ("null", "null")] {
        corpus.refuse(
            "C2",
            &format!("b64-{name}"),
            "es256",
            with_header(&header().raw("b64", b64)),
            "crit_unsupported",
        );
    }
    let header = header().raw("b64", "false").raw("crit", r#"["b64"]"#);
    corpus.refuse("C2", "b64-false-critical", "es256", with_header(&header), "crit_unsupported");
    // RFC 7797: the payload stands in the token as it is.
    let head = base64url::encode(header.json());
    corpus.refuse(
        "C2",
        "payload-unencoded",
        "es256",
        format!("{head}.{}.{}", claims().json(), "A".repeat(86)),
        "token_malformed",
    );
}
