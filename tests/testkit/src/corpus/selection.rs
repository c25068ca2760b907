//! Which algorithm and which key: 1A of the catalogue, A1 to A7.

use super::{Corpus, claims, good, good_for, header, keys, set, signed, with_header};
use crate::base64url;
use crate::hash::sha;
use crate::key::Key;
use crate::members::{Members, quote};
use crate::token::{Token, segments};

pub(super) fn add(corpus: &mut Corpus) {
    corpus.accept("A0", "valid", "es256", good());
    none(corpus);
    confusion(corpus);
    allow_list(corpus);
    names(corpus);
    embedded_keys(corpus);
    key_ids(corpus);
    missing_key_ids(corpus);
    keys_alone(corpus);
}

/// A1: tokens that claim to need no signature.
fn none(corpus: &mut Corpus) {
    let token = |alg: &str| Token::new(header().text("alg", alg).json(), claims().json());
    for alg in ["none", "None", "NONE", "nOnE"] {
        corpus.refuse("A1", alg, "es256", token(alg).with_signature([0; 64]), "alg_not_allowed");
    }
    corpus.refuse("A1", "none-unsigned", "es256", token("none").with_signature([]), "token_malformed");
    corpus.refuse("A1", "none-two-segments", "es256", token("none").signing_input(), "token_malformed");
    corpus.refuse("A1", "none-rightly-signed", "es256", with_header(&header().text("alg", "none")), "alg_not_allowed");
    for (name, alg) in [("lower-case", "es256"), ("trailing-space", "ES256 "), ("empty", ""), ("nul", "ES256\0")] {
        corpus.refuse("A1", name, "es256", with_header(&header().text("alg", alg)), "alg_not_allowed");
    }
    for (name, alg) in
        [("null", "null"), ("number", "256"), ("array", "[\"ES256\"]"), ("object", "{}"), ("true", "true")]
    {
        corpus.refuse("A1", &format!("alg-{name}"), "es256", with_header(&header().raw("alg", alg)), "header_invalid");
    }
    corpus.refuse("A1", "alg-missing", "es256", with_header(&header().without("alg")), "header_invalid");
}

/// A2: the public key, which everybody has, as the secret of an HMAC.
fn confusion(corpus: &mut Corpus) {
    let (ec, rsa) = (Key::of("ES256"), Key::of("RS256"));
    corpus.verifier("rs256", keys(&rsa.key_set()));
    let pem = ec.pem();
    let secrets: [(&str, Vec<u8>); 8] = [
        ("pem", pem.clone().into()),
        ("pem-without-newline", pem.trim().into()),
        ("pem-after-a-space", format!(" {pem}").into()),
        ("der", ec.spki()),
        ("jwk", ec.jwk().json().into()),
        ("key-set", ec.key_set().into()),
        ("point", ec.bytes()),
        ("nothing", Vec::new()),
    ];
    for (name, secret) in secrets {
        let secret = Key::secret("HS256", &secret);
        let token = Token::new(header().text("alg", "HS256").json(), claims().json()).sign(&secret, "HS256");
        corpus.refuse("A2", &format!("hs256-by-{name}"), "es256", token, "alg_not_allowed");
    }
    for alg in ["HS256", "HS384", "HS512"] {
        let secret = Key::secret(alg, rsa.pem().as_bytes());
        let header = header().text("alg", alg).text("kid", "rs256");
        let token = Token::new(header.json(), claims().json()).sign(&secret, alg);
        corpus.refuse("A2", &format!("rs256-as-{}", alg.to_lowercase()), "rs256", token, "alg_not_allowed");
    }
    let secret = Key::secret("HS256", &crate::rsa_raw::modulus(rsa.rsa_parts()));
    let token = Token::new(header().text("alg", "HS256").without("kid").json(), claims().json());
    corpus.refuse("A2", "hs256-by-modulus", "rs256", token.sign(&secret, "HS256"), "alg_not_allowed");
    corpus.verifier("A2-hmac-with-keys", keys(&ec.key_set()).raw("algorithms", "[\"ES256\",\"HS256\"]"));
    corpus.refuse("A2", "hmac-with-keys", "A2-hmac-with-keys", good(), "config");
}

/// A3: the header does not decide.
fn allow_list(corpus: &mut Corpus) {
    let (ec, rsa, ed) = (Key::of("ES256"), Key::of("RS256"), Key::of("EdDSA"));
    let pss = Key::of("PS256");
    let all = set(&[&ec.jwk(), &rsa.jwk(), &ed.jwk(), &pss.jwk()]);
    corpus.verifier("only-es256", keys(&all).raw("algorithms", "[\"ES256\"]"));
    corpus.accept("A3", "allowed", "only-es256", good());
    for key in [&rsa, &ed, &pss] {
        let name = format!("{}-not-in-list", key.kid);
        corpus.refuse("A3", &name, "only-es256", good_for(key, &key.algorithm), "alg_not_allowed");
    }
    corpus.verifier("all-four", keys(&all));
    for key in [&ec, &rsa, &ed, &pss] {
        corpus.accept("A3", &format!("{}-of-four", key.kid), "all-four", good_for(key, &key.algorithm));
    }
    for (name, list) in [("empty-list", "[]"), ("none-in-list", "[\"ES256\",\"none\"]"), ("wrong-case", "[\"es256\"]")]
    {
        corpus.verifier(format!("A3-{name}"), keys(&all).raw("algorithms", list));
        corpus.refuse("A3", name, &format!("A3-{name}"), good(), "config");
    }
    // An RSA key without `alg` serves one algorithm.
    let unbound = set(&[&rsa.jwk().without("alg")]);
    for (name, list, served, refused) in [
        ("unbound", None, "RS256", &[("PS256", "key_unsuitable"), ("RS512", "key_unsuitable")][..]),
        ("unbound-ps256", Some("[\"PS256\"]"), "PS256", &[("RS256", "alg_not_allowed")]),
        ("unbound-rs384", Some("[\"ES256\",\"RS384\"]"), "RS384", &[("RS256", "alg_not_allowed")]),
        ("unbound-both", Some("[\"RS256\",\"PS256\"]"), "RS256", &[("PS256", "key_unsuitable")]),
    ] {
        let options = keys(&unbound);
        corpus.verifier(name, list.map_or(options.clone(), |list| options.raw("algorithms", list)));
        corpus.accept("A3", &format!("{name}-serves-{}", served.to_lowercase()), name, good_for(&rsa, served));
        for (alg, code) in refused {
            corpus.refuse("A3", &format!("{name}-not-{}", alg.to_lowercase()), name, good_for(&rsa, alg), code);
        }
    }
}

/// A4 and A5: algorithms by name, and the keys that they go with.
fn names(corpus: &mut Corpus) {
    let (p256, p384, k256) = (Key::of("ES256"), Key::of("ES384"), Key::of("ES256K"));
    corpus.verifier("curves", keys(&set(&[&p256.jwk(), &p384.jwk(), &k256.jwk()])));
    corpus.refuse("A4", "es256-with-p384-key", "curves", with_header(&header().text("kid", "es384")), "key_unsuitable");
    corpus.refuse(
        "A4",
        "es256-with-secp256k1-key",
        "curves",
        with_header(&header().text("kid", "es256k")),
        "key_unsuitable",
    );
    let token = Token::new(header().text("alg", "ES256K").json(), claims().json()).sign(&k256, "ES256K");
    corpus.refuse("A4", "es256k-with-p256-key", "curves", token, "key_unsuitable");
    let rsa = Key::of("RS256");
    for alg in ["PS256", "RS384", "RS512"] {
        let name = format!("{}-with-rs256-key", alg.to_lowercase());
        corpus.refuse("A4", &name, "rs256", good_for(&rsa, alg), "key_unsuitable");
    }
    let ed = Key::of("EdDSA");
    corpus.verifier("eddsa", keys(&ed.key_set()));
    corpus.verifier("ed25519", keys(&set(&[&ed.jwk().text("alg", "Ed25519")])));
    corpus.verifier("only-eddsa", keys(&ed.key_set()).raw("algorithms", "[\"EdDSA\"]"));
    for verifier in ["eddsa", "ed25519", "only-eddsa"] {
        for alg in ["EdDSA", "Ed25519"] {
            let name = format!("{}-by-{verifier}", alg.to_lowercase());
            corpus.accept("A5", &name, verifier, good_for(&ed, alg));
        }
    }
    corpus.refuse("A5", "ed448", "eddsa", good_for(&ed, "Ed448"), "alg_not_allowed");
    corpus.refuse("A5", "lower-case", "eddsa", good_for(&ed, "eddsa"), "alg_not_allowed");
}

/// A6: keys that come with the token.
fn embedded_keys(corpus: &mut Corpus) {
    let intruder = Key::named("ES256", "intruder");
    let jwk = intruder.jwk();
    let sign = |header: &Members| Token::new(header.json(), claims().json()).sign(&intruder, "ES256");
    for (name, member, value) in [
        ("jwk", "jwk", jwk.json()),
        ("jku", "jku", quote("https://intruder.example/jwks")),
        ("x5u", "x5u", quote("https://intruder.example/certificate")),
        ("x5c", "x5c", format!("[{}]", quote(&base64url::encode_standard(intruder.spki())))),
        ("x5t", "x5t#S256", quote(&base64url::encode(sha(256, b"certificate")))),
    ] {
        let header = header().raw(member, value);
        corpus.refuse("A6", &format!("{name}-of-an-intruder"), "es256", sign(&header), "signature_invalid");
        let foreign = header.text("kid", "intruder");
        corpus.refuse("A6", &format!("{name}-and-kid-of-an-intruder"), "es256", sign(&foreign), "key_not_found");
    }
    corpus.refuse(
        "A6",
        "jwk-without-kid",
        "es256",
        sign(&header().without("kid").raw("jwk", jwk.json())),
        "signature_invalid",
    );
    for (name, value) in [("jwk", "\"no key\""), ("jku", "7"), ("x5c", "{}")] {
        corpus.accept("A6", &format!("unread-{name}"), "es256", with_header(&header().raw(name, value)));
    }
}

/// A7: what a `kid` may be.
fn key_ids(corpus: &mut Corpus) {
    let with_kid = |kid: &str| with_header(&header().text("kid", kid));
    let long = "k".repeat(257);
    for (name, kid) in [
        ("unknown", "other"),
        ("empty", ""),
        ("other-case", "ES256"),
        ("trailing-space", "es256 "),
        ("padded", "es256="),
        ("prefix", "es25"),
        ("longer", "es256-2"),
        ("proto", "__proto__"),
        ("constructor", "constructor"),
        ("path", "../../../../dev/null"),
        ("sql", "x' UNION SELECT 'secret'--"),
        ("shell", "|/usr/bin/id"),
        ("url", "https://intruder.example/key"),
        ("nul", "es256\0"),
        ("256-bytes", &long[1..]),
    ] {
        corpus.refuse("A7", &format!("kid-{name}"), "es256", with_kid(kid), "key_not_found");
    }
    corpus.refuse("A7", "kid-257-bytes", "es256", with_kid(&long), "header_invalid");
    for (name, kid) in
        [("number", "256"), ("null", "null"), ("array", "[\"es256\"]"), ("object", "{}"), ("false", "false")]
    {
        corpus.refuse("A7", &format!("kid-{name}"), "es256", with_header(&header().raw("kid", kid)), "header_invalid");
    }
    let ec = Key::of("ES256");
    let named = |kid: &str| set(&[&ec.jwk().text("kid", kid)]);
    corpus.with_keys("A7", "kid-256-bytes-known", &named(&long[1..]), with_kid(&long[1..]), "ok");
    corpus.with_keys("A7", "kid-proto-known", &named("__proto__"), with_kid("__proto__"), "ok");
    corpus.with_keys("A7", "kid-composed", &named("cl\u{e9}"), with_kid("cl\u{e9}"), "ok");
    corpus.with_keys("A7", "kid-decomposed", &named("cl\u{e9}"), with_kid("cle\u{301}"), "key_not_found");
}

/// A7: when there is no `kid`, or several keys have it.
fn missing_key_ids(corpus: &mut Corpus) {
    let (ec, other, ed) = (Key::of("ES256"), Key::named("ES256", "other"), Key::of("EdDSA"));
    let (jwk, other, ed) = (ec.jwk(), other.jwk(), ed.jwk());
    let anonymous = || with_header(&header().without("kid"));
    corpus.accept("A7", "no-kid-one-key", "es256", anonymous());
    corpus.with_keys("A7", "no-kid-two-keys", &set(&[&jwk, &other]), anonymous(), "key_ambiguous");
    corpus.with_keys("A7", "no-kid-one-fits", &set(&[&ed, &jwk]), anonymous(), "ok");
    corpus.with_keys("A7", "no-kid-none-fits", &set(&[&ed]), anonymous(), "key_not_found");
    let same = other.clone().text("kid", "es256");
    corpus.with_keys("A7", "kid-twice", &set(&[&jwk, &same]), good(), "key_ambiguous");
    corpus.with_keys("A7", "kid-twice-reversed", &set(&[&same, &jwk]), good(), "key_ambiguous");
    corpus.with_keys("A7", "kid-twice-other-type", &set(&[&ed.text("kid", "es256"), &jwk]), good(), "ok");
    corpus.with_keys("A7", "key-twice", &set(&[&jwk, &jwk]), good(), "ok");
    corpus.with_keys("A7", "kid-decides", &set(&[&other, &jwk]), good(), "ok");
    let nameless = jwk.clone().without("kid");
    corpus.with_keys("A7", "nameless-key-in-a-set", &set(&[&nameless]), good(), "key_not_found");
    corpus.with_keys("A7", "nameless-key-and-no-kid", &set(&[&nameless]), anonymous(), "ok");
    corpus.with_keys(
        "A7",
        "kid-of-the-wrong-key",
        &set(&[&other.clone().text("kid", "es256"), &jwk.text("kid", "x")]),
        good(),
        "signature_invalid",
    );
    corpus.with_keys("A7", "jwk-kid-number", &set(&[&other.raw("kid", 7)]), good(), "key_invalid");
}

/// A7: keys that were given by themselves answer to any `kid`, unless they have their own.
fn keys_alone(corpus: &mut Corpus) {
    let ec = Key::of("ES256");
    corpus.with_keys("A7", "jwk-alone", &ec.jwk().without("kid").json(), good(), "ok");
    corpus.with_keys("A7", "jwk-alone-with-kid", &ec.jwk().json(), good(), "ok");
    corpus.with_keys("A7", "jwk-alone-with-other-kid", &ec.jwk().text("kid", "x").json(), good(), "key_not_found");
    corpus.with_keys("A7", "jwk-alone-as-text", &quote(&ec.jwk().without("kid").json()), good(), "ok");
    corpus.with_keys("A7", "key-set-as-text", &quote(&ec.key_set()), good(), "ok");
    corpus.with_keys("A7", "pem", &quote(&ec.pem()), good(), "ok");
    corpus.with_keys(
        "A7",
        "pem-of-an-intruder",
        &quote(&Key::named("ES256", "intruder").pem()),
        good(),
        "signature_invalid",
    );
    let [_, payload, signature] = segments(&good()).map(str::to_owned);
    let header = base64url::encode(header().text("kid", "other").json());
    corpus.refuse("A7", "kid-changed", "es256", format!("{header}.{payload}.{signature}"), "key_not_found");
    corpus.with_keys(
        "A4",
        "pem-of-another-type",
        &quote(&Key::of("EdDSA").pem()),
        signed(header_of("ES256"), claims().json()),
        "key_unsuitable",
    );
}

fn header_of(alg: &str) -> String {
    Members::new().text("alg", alg).json()
}
