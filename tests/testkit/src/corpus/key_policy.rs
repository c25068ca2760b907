//! What a JWK says about its own use: A4 and A9 of the catalogue, and key sets as a whole (B4, F7).

use super::{Corpus, good, good_for, keys, set};
use crate::base64url;
use crate::key::Key;
use crate::members::{Members, quote};

pub(super) fn add(corpus: &mut Corpus) {
    purpose(corpus);
    types(corpus);
    private_keys(corpus);
    symmetric_keys(corpus);
    key_sets(corpus);
}

/// `use`, `key_ops` and `alg` (RFC 7517 §4.2 to §4.4).
fn purpose(corpus: &mut Corpus) {
    let jwk = || Key::of("ES256").jwk();
    for (name, jwk, expect) in [
        ("use-sig", jwk().text("use", "sig"), "ok"),
        ("use-enc", jwk().text("use", "enc"), "key_unsuitable"),
        ("use-upper-case", jwk().text("use", "SIG"), "key_unsuitable"),
        ("use-empty", jwk().text("use", ""), "key_unsuitable"),
        ("use-number", jwk().raw("use", 1), "key_invalid"),
        ("use-null", jwk().raw("use", "null"), "ok"),
        ("use-null-key-ops-sign", jwk().raw("use", "null").raw("key_ops", r#"["sign"]"#), "key_unsuitable"),
        ("use-enc-key-ops-null", jwk().text("use", "enc").raw("key_ops", "null"), "key_unsuitable"),
        ("key-ops-null", jwk().raw("key_ops", "null"), "ok"),
        ("key-ops-of-null", jwk().raw("key_ops", "[null]"), "key_invalid"),
        ("alg-null", jwk().raw("alg", "null"), "ok"),
        ("others-null", jwk().raw("x5c", "null").raw("x5t", "null").raw("x5u", "null"), "ok"),
        ("key-ops-verify", jwk().raw("key_ops", r#"["verify"]"#), "ok"),
        ("key-ops-verify-and-use", jwk().text("use", "sig").raw("key_ops", r#"["verify"]"#), "ok"),
        ("key-ops-sign-and-verify", jwk().raw("key_ops", r#"["sign","verify"]"#), "ok"),
        ("key-ops-sign", jwk().raw("key_ops", r#"["sign"]"#), "key_unsuitable"),
        ("key-ops-empty", jwk().raw("key_ops", "[]"), "key_unsuitable"),
        ("key-ops-encrypt", jwk().raw("key_ops", r#"["encrypt","wrapKey"]"#), "key_unsuitable"),
        ("key-ops-twice", jwk().raw("key_ops", r#"["verify","verify"]"#), "key_unsuitable"),
        ("key-ops-against-use", jwk().text("use", "sig").raw("key_ops", r#"["verify","encrypt"]"#), "key_unsuitable"),
        ("key-ops-upper-case", jwk().raw("key_ops", r#"["Verify"]"#), "key_unsuitable"),
        ("key-ops-text", jwk().text("key_ops", "verify"), "key_invalid"),
        ("key-ops-numbers", jwk().raw("key_ops", r#"["verify",1]"#), "key_invalid"),
        ("alg-of-another-curve", jwk().text("alg", "ES384"), "key_unsuitable"),
        ("alg-of-another-type", jwk().text("alg", "RS256"), "key_unsuitable"),
        ("alg-hmac", jwk().text("alg", "HS256"), "key_unsuitable"),
        ("alg-encryption", jwk().text("alg", "ECDH-ES"), "key_unsuitable"),
        ("alg-none", jwk().text("alg", "none"), "key_unsuitable"),
        ("alg-number", jwk().raw("alg", 256), "key_invalid"),
        ("alg-absent", jwk().without("alg"), "ok"),
        ("unknown-members", jwk().raw("x5c", "[]").raw("ext", "true").raw("iat", 1), "ok"),
    ] {
        corpus.with_keys("A4", name, &set(&[&jwk]), good(), expect);
    }
    // A key without `kid` answers to no token that names one, and to one that names none.
    let nameless = set(&[&jwk().raw("kid", "null")]);
    corpus.with_keys("A4", "kid-null", &nameless, good(), "key_not_found");
    corpus.with_keys(
        "A4",
        "kid-null-and-none-named",
        &nameless,
        super::with_header(&super::header().without("kid")),
        "ok",
    );
    let ps = Key::of("PS256");
    corpus.with_keys("A4", "rs256-with-ps256-key", &ps.key_set(), good_for(&ps, "RS256"), "key_unsuitable");
    corpus.with_keys(
        "A4",
        "rsa-key-for-encryption",
        &set(&[&ps.jwk().text("alg", "RSA-OAEP")]),
        good_for(&ps, "RS256"),
        "key_unsuitable",
    );
}

/// `kty` and `crv`.
fn types(corpus: &mut Corpus) {
    let (ec, ed, pq) = (Key::of("ES256").jwk(), Key::of("EdDSA").jwk(), Key::of("ML-DSA-44").jwk());
    for (name, jwk, expect) in [
        ("kty-unknown", ec.clone().text("kty", "XYZ"), "key_unsuitable"),
        ("kty-lower-case", ec.clone().text("kty", "ec"), "key_unsuitable"),
        ("kty-missing", ec.clone().without("kty"), "key_invalid"),
        ("kty-number", ec.clone().raw("kty", 2), "key_invalid"),
        ("kty-null", ec.clone().raw("kty", "null"), "key_invalid"),
        ("crv-null", ec.clone().raw("crv", "null"), "key_invalid"),
        ("x-null", ec.clone().raw("x", "null"), "key_invalid"),
        ("kty-of-another-type", ec.clone().text("kty", "RSA"), "key_invalid"),
        ("crv-unknown", ec.clone().text("crv", "P-192"), "key_unsuitable"),
        ("crv-missing", ec.clone().without("crv"), "key_invalid"),
        ("crv-ed25519-as-ec", ec.clone().text("crv", "Ed25519"), "key_unsuitable"),
        ("crv-of-the-same-size", ec.clone().text("crv", "secp256k1").without("alg"), "key_invalid"),
        ("crv-of-another-size", ec.clone().text("crv", "P-384").without("alg"), "key_invalid"),
        ("okp-x25519", ed.clone().text("crv", "X25519").without("alg"), "key_unsuitable"),
        ("okp-ed448", ed.clone().text("crv", "Ed448").without("alg"), "key_unsuitable"),
        ("okp-p256", ed.text("crv", "P-256"), "key_unsuitable"),
        ("akp-without-alg", pq.clone().without("alg"), "key_unsuitable"),
        ("akp-with-ecdsa", pq.clone().text("alg", "ES256"), "key_unsuitable"),
        ("akp-of-another-size", pq.text("alg", "ML-DSA-65"), "key_invalid"),
    ] {
        corpus.with_keys("A4", name, &set(&[&jwk]), good(), expect);
    }
}

/// A9: whoever publishes a private key has none.
fn private_keys(corpus: &mut Corpus) {
    let secret = base64url::encode([7; 32]);
    let (ec, rsa) = (Key::of("ES256").jwk(), Key::of("RS256"));
    let pq = Key::of("ML-DSA-44");
    corpus.with_keys("A9", "ec-private", &set(&[&ec.clone().text("d", &secret)]), good(), "key_invalid");
    corpus.with_keys("A9", "ec-private-of-any-type", &set(&[&ec.clone().raw("d", "null")]), good(), "key_invalid");
    let ed = Key::of("EdDSA");
    corpus.with_keys(
        "A9",
        "ed25519-private",
        &set(&[&ed.jwk().text("d", &secret)]),
        good_for(&ed, "EdDSA"),
        "key_invalid",
    );
    for member in ["d", "p", "qi"] {
        let jwk = rsa.jwk().text(member, &secret);
        corpus.with_keys("A9", &format!("rsa-private-{member}"), &set(&[&jwk]), good_for(&rsa, "RS256"), "key_invalid");
    }
    corpus.with_keys("A9", "ml-dsa-private", &set(&[&pq.jwk().text("priv", &secret)]), good(), "key_invalid");
    let (private, other) = (ec.clone().text("d", secret), Key::named("ES256", "other").jwk());
    corpus.with_keys("A9", "private-among-others", &set(&[&private, &other]), good(), "key_invalid");
    corpus.with_keys("A9", "others-beside-private", &set(&[&private.text("kid", "private"), &ec]), good(), "ok");
}

/// A9: no secret comes out of a key set.
fn symmetric_keys(corpus: &mut Corpus) {
    let (oct, rsa) = (Key::of("HS256"), Key::of("RS256"));
    corpus.with_keys("A9", "oct-alone", &oct.key_set(), good_for(&oct, "HS256"), "key_unsuitable");
    corpus.verifier("oct-beside-rsa", keys(&set(&[&oct.jwk(), &rsa.jwk()])));
    corpus.refuse("A9", "oct-beside-rsa", "oct-beside-rsa", good_for(&oct, "HS256"), "alg_not_allowed");
    corpus.accept("A9", "rsa-beside-oct", "oct-beside-rsa", good_for(&rsa, "RS256"));
    let kid = super::header().text("kid", "hs256");
    corpus.refuse("A9", "kid-of-oct", "oct-beside-rsa", super::with_header(&kid), "key_unsuitable");
}

/// Key sets as a whole.
fn key_sets(corpus: &mut Corpus) {
    let jwk = Key::of("ES256").jwk();
    let text = jwk.json();
    for (name, jwks) in [
        ("html", "<!doctype html><title>404</title>".to_owned()),
        ("empty-text", String::new()),
        ("null", "null".into()),
        ("array", format!("[{text}]")),
        ("no-keys", "{}".into()),
        ("keys-object", format!(r#"{{"keys":{text}}}"#)),
        ("keys-null", r#"{"keys":null}"#.into()),
        ("keys-empty", r#"{"keys":[]}"#.into()),
        ("keys-other-case", format!(r#"{{"Keys":[{text}]}}"#)),
        ("keys-twice", format!(r#"{{"keys":[{text}],"keys":[]}}"#)),
        ("keys-twice-escaped", format!(r#"{{"keys":[{text}],"\u006beys":[]}}"#)),
        ("member-twice-in-key", format!(r#"{{"keys":[{}]}}"#, jwk.clone().again("kty", "\"EC\"").json())),
        ("trailing-text", format!(r#"{{"keys":[{text}]}}}}"#)),
        ("truncated", format!(r#"{{"keys":[{}"#, &text[..text.len() / 2])),
        ("comment", format!(r#"{{"keys":[{text}]/* */}}"#)),
        ("byte-order-mark", format!("\u{feff}{{\"keys\":[{text}]}}")),
        ("deep", format!(r#"{{"keys":[{text}],"x":{}}}"#, "[".repeat(300) + &"]".repeat(300))),
        ("65-keys", format!(r#"{{"keys":[{}{text}]}}"#, "1,".repeat(64))),
        ("two-unusable", format!(r#"{{"keys":[{},7]}}"#, jwk.clone().text("use", "enc").json())),
    ] {
        corpus.with_keys("F7", &format!("jwks-{name}"), &quote(&jwks), good(), "jwks_invalid");
    }
    for (name, jwks, expect) in [
        ("64-keys", format!(r#"{{"keys":[{}{text}]}}"#, "1,".repeat(63)), "ok"),
        ("broken-key-skipped", format!(r#"{{"keys":[null,"x",{{}},{{"kty":"EC"}},{text}]}}"#), "ok"),
        ("unknown-members", format!(r#"{{"iss":"x","keys":[{text}],"more":{{}}}}"#), "ok"),
        ("no-object", r#"{"keys":[7]}"#.into(), "key_invalid"),
        ("white-space", format!("\n {{ \"keys\" :\t[\r\n{text} ] }} \n"), "ok"),
    ] {
        corpus.with_keys("F7", &format!("jwks-{name}"), &quote(&jwks), good(), expect);
    }
    let skipped = set(&[&jwk.clone().text("use", "enc"), &Key::of("EdDSA").jwk()]);
    corpus.with_keys("F7", "jwks-skipped-key-named", &skipped, good(), "key_unsuitable");
    let limited = |name, value: u32| keys(&set(&[&jwk])).raw("limits", Members::new().raw(name, value).json());
    corpus.verifier("F7-limit-jwks", limited("jwks", 64));
    corpus.refuse("F7", "limit-jwks", "F7-limit-jwks", good(), "jwks_invalid");
    corpus.verifier("F7-limit-keys", keys(&set(&[&jwk, &Key::of("EdDSA").jwk()])).raw("limits", r#"{"keys":1}"#));
    corpus.refuse("F7", "limit-keys", "F7-limit-keys", good(), "jwks_invalid");
    for (name, pem) in [
        ("private-key", crate::der::pem("PRIVATE KEY", &[0x30, 0])),
        ("certificate", crate::der::pem("CERTIFICATE", &Key::of("ES256").spki())),
        ("no-base64", "-----BEGIN PUBLIC KEY-----\n%%%%\n-----END PUBLIC KEY-----\n".into()),
        ("unfinished", "-----BEGIN PUBLIC KEY-----\n".into()),
        ("no-der", crate::der::pem("PUBLIC KEY", b"no DER")),
        ("trailing-bytes", crate::der::pem("PUBLIC KEY", &[Key::of("ES256").spki(), vec![0]].concat())),
        ("two-keys", Key::of("ES256").pem() + &Key::named("ES256", "other").pem()),
    ] {
        corpus.with_keys("F7", &format!("pem-{name}"), &quote(&pem), good(), "key_invalid");
    }
    let pem = Key::of("ES256").pem();
    let body = pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>();
    for (name, pem, expect) in [
        ("crlf", pem.replace('\n', "\r\n"), "ok"),
        ("indented", pem.replace('\n', "\n    "), "ok"),
        ("first-line-indented", format!("\n  {pem}\n\n"), "ok"),
        ("blank-lines", pem.replace('\n', "\n\n"), "ok"),
        ("blanks-at-line-ends", pem.replace('\n', "  \n"), "ok"),
        ("short-lines", pem.replace(body[0], &body[0].replace('A', "A\n")), "ok"),
        ("one-line", pem.replace('\n', " "), "ok"),
        ("one-line-without-blanks", pem.replace('\n', ""), "ok"),
        ("text-before", format!("a key\n{pem}"), "ok"),
        ("escaped-line-ends", pem.replace('\n', "\\n"), "key_invalid"),
        ("quoted", quote(&pem), "key_invalid"),
        ("no-first-line", pem.replace("-----BEGIN PUBLIC KEY-----\n", ""), "key_invalid"),
        ("nothing-but-base64", body.concat(), "key_invalid"),
        ("cut-off", pem[..pem.len() / 2].into(), "key_invalid"),
        ("cut-off-inside", pem.replace(&body[0][8..15], ""), "key_invalid"),
        ("plus-as-blank", crate::der::pem("PUBLIC KEY", &[0xfb; 60]).replace('+', " "), "key_invalid"),
        ("text-after", format!("{pem}x"), "key_invalid"),
    ] {
        corpus.with_keys("F7", &format!("pem-{name}"), &quote(&pem), good(), expect);
    }
    let x25519 = crate::der::pem("PUBLIC KEY", &crate::der::spki(&[0x2b, 0x65, 0x6e], &[], &[9; 32]));
    corpus.with_keys("F7", "pem-x25519", &quote(&x25519), good(), "key_unsuitable");
}
