//! The examples that RFCs and drafts print, and the edge cases of Ed25519 that implementations differ in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::Verifier;
use countersign::client::Pkce;
use countersign::error::{KeyInvalidReason, KeyUnsuitableReason, TokenTypeReason};
use countersign::keys::VerifyingKey;
use countersign::{Algorithm, Error, KeySet, Profile, SharedSecret};
use serde_json::Value;

use crate::primitives::hex;
use crate::{OKP, builder, folder, holds, read_json};

/// The public part of a JWK, as it would be published.
fn public(jwk: &Value) -> String {
    let mut jwk = jwk.clone();
    let members = jwk.as_object_mut().expect("a JWK");
    for name in ["d", "p", "q", "dp", "dq", "qi", "priv"] {
        members.remove(name);
    }
    jwk.to_string()
}

fn key(jwk: &Value, algorithm: Algorithm) -> VerifyingKey {
    if jwk["kty"] == "oct" {
        return SharedSecret::new(algorithm, &base64(&jwk["k"])).expect("a secret").into();
    }
    VerifyingKey::from_jwk(&public(jwk)).expect("a key")
}

fn base64(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().expect("text")).expect("base64url")
}

fn verifier(jwk: &Value, algorithm: Algorithm) -> Verifier {
    builder().keys(key(jwk, algorithm)).algorithms([algorithm]).build().expect("a verifier")
}

/// What must become of a file of the cookbook.
enum Recipe {
    /// A public key, accepted.
    Public,
    /// A private key, refused as such.
    Private,
    /// A secret, refused in a key set.
    Secret,
    /// A compact token that verifies; its JSON forms are refused.
    Token,
    /// A signature without a compact form, or with an empty payload or an unencoded one there: only the
    /// bare signature verifies.
    Bare,
    /// An encrypted token, refused in every form.
    Encrypted,
}

use Recipe::{Bare, Encrypted, Private, Public, Secret, Token};

#[rustfmt::skip]
const COOKBOOK: &[(&str, Recipe)] = &[
    ("jwk_3_1.ec_public_key", Public),
    ("jwk_3_2.ec_private_key", Private),
    ("jwk_3_3.rsa_public_key", Public),
    ("jwk_3_4.rsa_private_key", Private),
    ("jwk_3_5.symmetric_key_mac_computation", Secret),
    ("jwk_3_6.symmetric_key_encryption", Secret),
    ("jws_4_1.rsa_v15_signature", Token),
    ("jws_4_2.rsa-pss_signature", Token),
    ("jws_4_3.ecdsa_signature", Token),
    ("jws_4_4.hmac-sha2_integrity_protection", Token),
    ("jws_4_5.signature_with_detached_content", Bare),
    ("jws_4_6.protecting_specific_header_fields", Bare),
    ("jws_4_7.protecting_content_only", Bare),
    ("jws_4_8.multiple_signatures", Bare),
    ("curve25519_jws", Token),
    ("rfc7797_4.2.hmac-sha2_b64_false", Bare),
    ("rfc7797_hmac-sha2_b64_false", Bare),
    ("jwe_5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2", Encrypted),
    ("jwe_5_2.key_encryption_using_rsa-oaep_with_aes-gcm", Encrypted),
    ("jwe_5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm", Encrypted),
    ("jwe_5_6.direct_encryption_using_aes-gcm", Encrypted),
    ("curve25519_ecdh-es", Encrypted),
];

#[test]
fn cookbook() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("cookbook");
    let mut signatures = 0;
    for (name, recipe) in COOKBOOK {
        println!("{name}");
        let file = read_json(&folder.join(format!("{name}.json")));
        match recipe {
            Public => assert!(VerifyingKey::from_jwk(&file.to_string()).is_ok()),
            Private => {
                let error = VerifyingKey::from_jwk(&file.to_string()).err();
                assert_eq!(error, Some(Error::KeyInvalid(KeyInvalidReason::PrivateMaterial)));
            }
            Secret => {
                let error = VerifyingKey::from_jwk(&file.to_string()).err();
                assert_eq!(error, Some(Error::KeyUnsuitable(KeyUnsuitableReason::Symmetric)));
            }
            Token => {
                let algorithm = algorithm(&file["input"]["alg"]);
                let verifier = verifier(&file["input"]["key"], algorithm);
                assert_eq!(holds(&verifier, file["output"]["compact"].as_str().expect("a token")), Ok(true));
                refuse_json(&verifier, &file["output"]);
                signatures += 1;
            }
            Bare => signatures += bare_signatures(&file),
            Encrypted => refuse_encrypted(&file["output"]),
        }
    }
    let nested = read_json(&folder.join("6.nesting_signatures_and_encryption.json"));
    let verifier = verifier(&nested["sign"]["input"]["key"], algorithm(&nested["sign"]["input"]["alg"]));
    assert_eq!(holds(&verifier, nested["sign"]["output"]["compact"].as_str().expect("a token")), Ok(true));
    refuse_encrypted(&nested["encrypt"]["output"]);
    let files = std::fs::read_dir(folder).expect("the folder").count();
    println!("cookbook: {files} files, {} signatures", signatures + 1);
    assert_eq!((files, signatures + 1), (COOKBOOK.len() + 1, 14));
}

fn algorithm(name: &Value) -> Algorithm {
    name.as_str().expect("a name").parse().expect("an algorithm")
}

/// Verifies the signatures over their signing inputs, and refuses the token in every form.
fn bare_signatures(file: &Value) -> usize {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let (keys, algorithms) = (list(&file["input"]["key"]), list(&file["input"]["alg"]));
    let mut signings = list(&file["signing"]);
    if let Some(token) = file["output"]["compact"].as_str() {
        let verifier = verifier(&keys[0], algorithm(&algorithms[0]));
        assert_eq!(holds(&verifier, token).map_err(|error| error.code().as_str()), Err("token_malformed"));
        let (message, signature) = token.rsplit_once('.').expect("segments");
        if !message.ends_with('.') {
            // The file's `signing` belongs to another header than its output; the output is that of RFC 7797.
            signings = vec![serde_json::json!({ "sig-input": message, "sig": signature })];
        }
    }
    for ((key, name), signing) in keys.iter().zip(&algorithms).zip(&signings) {
        let message = signing["sig-input"].as_str().expect("an input").as_bytes();
        let algorithm = algorithm(name);
        assert_eq!(self::key(key, algorithm).verify_signature(algorithm, message, &base64(&signing["sig"])), Ok(()));
    }
    refuse_json(&verifier(&keys[0], algorithm(&algorithms[0])), &file["output"]);
    signings.len()
}

fn refuse_json(verifier: &Verifier, output: &Value) {
    for form in ["json", "json_flat"] {
        if output[form].is_object() {
            let error = holds(verifier, &output[form].to_string());
            assert_eq!(error, Err(Error::TokenTypeUnsupported(TokenTypeReason::JsonSerialization)));
        }
    }
}

fn refuse_encrypted(output: &Value) {
    let verifier = builder().keys(KeySet::from_jwk(OKP).expect("a key")).build().expect("a verifier");
    let error = holds(&verifier, output["compact"].as_str().expect("a token"));
    assert_eq!(error, Err(Error::TokenTypeUnsupported(TokenTypeReason::Jwe)));
    refuse_json(&verifier, output);
}

#[test]
fn rfc_examples() {
    let Some(folder) = folder() else { return };
    let file = read_json(&folder.join("rfc/rfc-examples.json"));
    let list = |name: &str| file[name].as_array().expect("a list").clone();
    for example in list("jws") {
        let token = example["token"].as_str().expect("a token");
        if example["jwk"].is_null() {
            refuse_unsecured(token);
            continue;
        }
        let header: Value = serde_json::from_slice(&base64(&token.split('.').next().into())).expect("a header");
        assert_eq!(holds(&verifier(&example["jwk"], algorithm(&header["alg"])), token), Ok(true), "{}", example["id"]);
    }
    for example in list("thumbprints") {
        let key = VerifyingKey::from_jwk(&example["jwk"].to_string()).expect("a key");
        assert_eq!(key.thumbprint().as_deref(), example["sha256"].as_str());
    }
    for example in list("pkce") {
        let pkce = Pkce::new(&base64(&example["verifier"]).try_into().expect("32 bytes"));
        assert_eq!(pkce.code_verifier(), example["verifier"]);
        assert_eq!(pkce.code_challenge(), example["challenge"]);
    }
    for example in list("dpop") {
        // A proof is signed like a token, and must never be taken for one.
        let verifier = verifier(&example["jwk"], Algorithm::ES256);
        let token = example["token"].as_str().expect("a token");
        assert_eq!(holds(&verifier, token), Ok(true), "{}", example["id"]);
        let error = verifier.verify(token, 1_562_262_616).map_err(|error| error.code().as_str());
        assert_eq!(error.err(), Some("typ_mismatch"));
    }
    let counts = ["jws", "thumbprints", "pkce", "dpop"].map(|name| list(name).len());
    println!("RFC examples: {counts:?} of JWS, thumbprints, PKCE, DPoP");
    assert_eq!(counts, [6, 3, 1, 3]);
}

/// RFC 7515, A.5: its signature is empty, and with one its algorithm is refused.
fn refuse_unsecured(token: &str) {
    let verifier = builder().keys(KeySet::from_jwk(OKP).expect("a key")).build().expect("a verifier");
    let code = |token: &str| holds(&verifier, token).map_err(|error| error.code().as_str());
    assert_eq!(code(token), Err("token_malformed"));
    assert_eq!(code(&format!("{token}AAAA")), Err("alg_not_allowed"));
}

#[test]
fn ml_dsa() {
    let Some(folder) = folder() else { return };
    for (name, algorithm) in [("44", Algorithm::MLDSA44), ("65", Algorithm::MLDSA65), ("87", Algorithm::MLDSA87)] {
        let file = read_json(&folder.join(format!("mldsa-jose/ML_DSA_{name}.jose.json")));
        let private = VerifyingKey::from_jwk(&file["jwk"].to_string()).err();
        assert_eq!(private, Some(Error::KeyInvalid(KeyInvalidReason::PrivateMaterial)));
        let verifier = builder().profile(Profile::Jwt).keys(key(&file["jwk"], algorithm)).build().expect("a verifier");
        assert_eq!(holds(&verifier, file["jws"].as_str().expect("a token")), Ok(true));
        let key = key(&file["jwk"], algorithm);
        assert_eq!(key.thumbprint().as_deref(), file["jwk"]["kid"].as_str());
        assert_eq!(base64(&file["jwk"]["pub"]), hex(&file["raw_public_key"]));
        let (message, signature) = (hex(&file["raw_to_be_signed"]), hex(&file["raw_signature"]));
        assert_eq!(key.verify_signature(algorithm, &message, &signature), Ok(()));
        let mut changed = message;
        changed[0] ^= 1;
        assert_eq!(key.verify_signature(algorithm, &changed, &signature), Err(Error::SignatureInvalid));
    }
    println!("ML-DSA: 3 tokens");
}

#[test]
fn ed25519_speccheck() {
    let Some(folder) = folder() else { return };
    let cases = read_json(&folder.join("ed25519-speccheck/cases.json"));
    let verdicts: Vec<bool> = cases.as_array().expect("cases").iter().map(|case| {
        let jwk = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(hex(&case["pub_key"])) });
        VerifyingKey::from_jwk(&jwk.to_string()).is_ok_and(|key| {
            key.verify_signature(Algorithm::EdDSA, &hex(&case["message"]), &hex(&case["signature"])).is_ok()
        })
    }).collect();
    let accepted: Vec<usize> = verdicts.iter().enumerate().filter(|(_, held)| **held).map(|(index, _)| index).collect();
    println!("ed25519-speccheck: {accepted:?} of {} accepted", verdicts.len());
    assert_eq!((accepted, verdicts.len()), (vec![3], 12));
}
