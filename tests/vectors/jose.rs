//! Wycheproof's files about JWS, JWK and JWE.

use countersign::keys::VerifyingKey;
use countersign::{Algorithm, KeySet, SharedSecret, Verifier};
use serde_json::{Value, json};

use crate::{OKP, builder, folder, holds, read_json};

/// Labels of `json_web_signature_test` that cannot be followed, and what must happen instead.
#[rustfmt::skip]
const CORRECTIONS: &[(u64, bool, &str)] = &[
    (346, false, "the key's `alg` is PS256 and the token's PS384 (RFC 8725 §3.1)"),
    (347, false, "the key's `alg` is ES521, which is not registered"),
    (350, false, "the key's `alg` is PS256 and the token's PS384 (RFC 8725 §3.1)"),
    (351, false, "the key's `alg` is ES521, which is not registered"),
    (367, true, "byte for byte the token of case 357, which is labelled valid"),
    (370, true, "byte for byte the token of case 357, which is labelled valid"),
    (372, false, "`?` in the header's segment is not base64url (RFC 7515 §2, §5.2)"),
    (373, false, "`?` in the payload's segment is not base64url (RFC 7515 §2, §5.2)"),
];

/// Why each refused case of `json_web_key_test` is refused: the error of its key, or that of its token.
#[rustfmt::skip]
const KEY_ERRORS: &[(u64, &str)] = &[
    (1, "alg_not_allowed"),  // a set of a secret and a public key: the secret is skipped, HS256 is not offered
    (3, "signature_invalid"),
    (4, "no single secret"), // two secrets under one `kid`
    (6, "key_unsuitable"),   // `use` is `enc`
    (7, "key_invalid"),      // ROCA
    (8, "key_invalid"),      // 1024 bits
    (9, "key_invalid"),      // e = 1
    (10, "key_invalid"), (11, "key_invalid"), (12, "key_invalid"), // short secrets
    (16, "key_invalid"), (17, "key_invalid"), (18, "key_invalid"), // empty secrets
    (19, "key_unsuitable"), (20, "key_unsuitable"), // `alg` is none of ours
    (21, "key_unsuitable"),  // `use` is `enc`
    (22, "key_invalid"),     // off the curve
    (23, "key_invalid"),     // coordinates of another curve
    (24, "key_invalid"),     // an EC key that says it is RSA
    (25, "alg unknown"), (26, "alg unknown"), // secrets for AES
];

/// A verifier for the key or keys of a group; the error's code if there can be none.
///
/// A secret is never read from a JWK by this library. So this does what a program has to do that holds
/// one in this form: it takes the one that the token names, if it names just one.
fn verifier(group: &Value, kid: Option<&str>) -> Result<Verifier, String> {
    let code = |error: countersign::Error| format!("{}: {error}", error.code());
    let keys = if group["public"].is_null() { &group["private"] } else { &group["public"] };
    let set = if keys["keys"].is_array() { keys.clone() } else { json!({ "keys": [keys] }) };
    let entries = set["keys"].as_array().expect("keys");
    if entries.iter().any(|entry| entry["kty"] != "oct") {
        let keys = KeySet::from_json(&set.to_string()).map_err(code)?;
        return builder().keys(keys).build().map_err(|error| error.to_string());
    }
    let mut named = entries.iter().filter(|entry| entries.len() == 1 || entry["kid"].as_str() == kid);
    let (Some(entry), None) = (named.next(), named.next()) else { return Err("no single secret".into()) };
    let algorithm: Algorithm = entry["alg"].as_str().expect("alg").parse().map_err(|_| "alg unknown".to_owned())?;
    let secret = SharedSecret::new(algorithm, &base64(&entry["k"])).map_err(code)?;
    builder().keys(secret).build().map_err(|error| error.to_string())
}

fn base64(text: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.as_str().expect("text")).expect("base64url")
}

/// The `kid` of a token's header, read as leniently as a program without this library might.
fn kid(token: &str) -> Option<String> {
    use base64::Engine as _;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    serde_json::from_slice::<Value>(&header).ok()?["kid"].as_str().map(str::to_owned)
}

/// Whether the token is accepted, or the error that refuses it.
fn verdict(group: &Value, token: &str) -> Result<(), String> {
    match holds(&verifier(group, kid(token).as_deref())?, token) {
        Ok(true) => Ok(()),
        Ok(false) => Err("signature_invalid".into()),
        Err(error) => Err(format!("{}: {error}", error.code())),
    }
}

fn cases(file: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let groups = file["testGroups"].as_array().expect("groups");
    groups.iter().flat_map(|group| group["tests"].as_array().expect("tests").iter().map(move |test| (group, test)))
}

#[test]
fn json_web_signature() {
    let Some(folder) = folder() else { return };
    let file = read_json(&folder.join("wycheproof/json_web_signature_test.json"));
    let (mut accepted, mut refused, mut bare) = (0, 0, 0);
    for (group, test) in cases(&file) {
        let id = test["tcId"].as_u64().expect("an id");
        let token = test["jws"].as_str().expect("a token");
        let correction = CORRECTIONS.iter().find(|(corrected, ..)| *corrected == id);
        let valid = correction.map_or(test["result"] == "valid", |(_, valid, _)| *valid);
        let verdict = verdict(group, token);
        if valid && test["comment"] == "emptyPayload" {
            // A JWS, but with an empty payload it is no JWT (RFC 7519 §7.2, step 10). Its signature holds.
            assert_eq!(verdict, Err("token_malformed: a segment of the token is empty".into()), "case {id}");
            let (message, signature) = token.rsplit_once('.').expect("segments");
            let key = VerifyingKey::from_jwk(&group["public"].to_string()).expect("a key");
            let algorithm = key.algorithm().expect("an algorithm");
            assert_eq!(key.verify_signature(algorithm, message.as_bytes(), &base64(&signature.into())), Ok(()));
            bare += 1;
            continue;
        }
        assert_eq!(verdict.is_ok(), valid, "case {id}: {verdict:?} {correction:?}");
        if valid { accepted += 1 } else { refused += 1 }
    }
    println!("JWS: {accepted} accepted, {refused} refused, {bare} with an empty payload");
    assert_eq!((accepted, refused, bare), (36, 359, 6));
}

#[test]
fn json_web_key() {
    let Some(folder) = folder() else { return };
    let file = read_json(&folder.join("wycheproof/json_web_key_test.json"));
    let mut accepted = 0;
    let mut errors = Vec::new();
    for (group, test) in cases(&file) {
        let verdict = verdict(group, test["jws"].as_str().expect("a token"));
        assert_eq!(verdict.is_ok(), test["result"] == "valid", "{test}: {verdict:?}");
        match verdict {
            Ok(()) => accepted += 1,
            Err(error) => errors.push((test["tcId"].as_u64().expect("an id"), error)),
        }
    }
    println!("JWK: {accepted} accepted, {} refused", errors.len());
    let errors: Vec<_> = errors.iter().map(|(id, error)| (*id, error.split(':').next().expect("a code"))).collect();
    assert_eq!(errors, KEY_ERRORS);
    assert_eq!(accepted, 5);
}

#[test]
fn json_web_crypto() {
    let Some(folder) = folder() else { return };
    let file = read_json(&folder.join("wycheproof/json_web_crypto_test.json"));
    let (mut accepted, mut refused, mut encrypted) = (0, 0, 0);
    for (group, test) in cases(&file) {
        // Two cases are in the JSON serialization.
        let text = |token: &Value| token.as_str().map_or_else(|| token.to_string(), str::to_owned);
        if !test["jwe"].is_null() {
            refuse_encrypted(&text(&test["jwe"]));
            encrypted += 1;
            continue;
        }
        let verdict = verdict(group, &text(&test["jws"]));
        assert_eq!(verdict.is_ok(), test["result"] == "valid", "{test}: {verdict:?}");
        if verdict.is_ok() { accepted += 1 } else { refused += 1 }
    }
    println!("JWS and JWE: {accepted} accepted, {refused} refused, {encrypted} encrypted ones refused");
    assert_eq!((accepted, refused, encrypted), (4, 45, 34));
}

#[test]
fn json_web_encryption() {
    let Some(folder) = folder() else { return };
    let file = read_json(&folder.join("wycheproof/json_web_encryption_test.json"));
    let refused = cases(&file).map(|(_, test)| refuse_encrypted(test["jwe"].as_str().expect("a token"))).count();
    println!("JWE: {refused} refused");
    assert_eq!(refused, 139);
}

/// An encrypted token is refused by its form, before any key is looked at.
fn refuse_encrypted(token: &str) {
    let verifier = builder().keys(KeySet::from_jwk(OKP).expect("a key")).build().expect("a verifier");
    let error = verifier.begin(token.as_bytes()).expect_err("a JWE");
    let code = error.code().as_str();
    assert!(["token_type_unsupported", "token_malformed"].contains(&code), "{error}: {token}");
}
