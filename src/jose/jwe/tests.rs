//! The order of the steps, whatever the host answers.

use alloc::string::String;
use alloc::vec::Vec;

use super::{ContentEncryption, Decryption, DecryptionKey, DecryptionStep, KeyManagement, is_encrypted};
use crate::encoding::base64url;
use crate::error::{Error, HeaderReason, MalformedReason, TokenTypeReason};

const ENTROPY: [u8; 64] = [7; 64];

/// A point of P-256: the one of RFC 7518 appendix C.
const EPK: &str = r#""epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}"#;

fn token(header: &str, lengths: [usize; 4]) -> String {
    let mut segments = alloc::vec![base64url::encode(header.as_bytes())];
    segments.extend(lengths.iter().map(|&length| base64url::encode(&alloc::vec![1; length])));
    segments.join(".")
}

fn name(step: &DecryptionStep<'_>) -> String {
    alloc::format!("{step:?}")
}

/// The steps of a token, each answered with so many bytes, and how it ends.
fn walk(token: &str, key: DecryptionKey, answers: &[Option<usize>]) -> (Vec<String>, Result<Option<String>, Error>) {
    let mut decryption = match Decryption::begin(token, &[key], &ENTROPY) {
        Ok(decryption) => decryption,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut steps = Vec::new();
    for answer in answers {
        steps.push(name(&decryption.step()));
        let bytes = answer.map(|length| alloc::vec![b'a'; length]);
        match decryption.answer(bytes.as_deref()) {
            Ok(None) => {}
            ended => return (steps, ended),
        }
    }
    steps.push(name(&decryption.step()));
    (steps, Ok(None))
}

fn ec(algorithm: KeyManagement) -> DecryptionKey {
    DecryptionKey::ec(algorithm, "P-256").unwrap()
}

#[test]
fn a_failure_changes_no_step() {
    let gcm =
        |alg: &str, key: usize| token(&alloc::format!(r#"{{"alg":"{alg}","enc":"A128GCM",{EPK}}}"#), [key, 12, 3, 16]);
    let rsa = || DecryptionKey::rsa(256).unwrap();
    for answer in [Some(16), Some(15), Some(0), None] {
        let (steps, end) = walk(&gcm("RSA-OAEP-256", 256), rsa(), &[answer, None]);
        assert_eq!((steps.join(" ").as_str(), end), ("UnwrapRsa OpenGcm", Err(Error::DecryptionFailed)), "{answer:?}");
    }
    for answer in [Some(32), Some(31), None] {
        let (steps, end) = walk(&gcm("ECDH-ES", 0), ec(KeyManagement::EcdhEs), &[answer, None]);
        assert_eq!((steps.join(" ").as_str(), end), ("Agree OpenGcm", Err(Error::DecryptionFailed)), "{answer:?}");
        let wrapped = gcm("ECDH-ES+A256KW", 24);
        let (steps, end) = walk(&wrapped, ec(KeyManagement::EcdhEsA256Kw), &[answer, None, None]);
        assert_eq!(steps.join(" "), "Agree UnwrapAes OpenGcm");
        assert_eq!(end, Err(Error::DecryptionFailed));
    }
    let (_, end) = walk(&gcm("RSA-OAEP-256", 256), rsa(), &[Some(16), Some(5)]);
    assert_eq!(end, Ok(Some("aaaaa".into())));
}

#[test]
fn what_cannot_be_had_is_replaced_by_what_nobody_knows() {
    let cbc = token(r#"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#, [256, 16, 32, 16]);
    for answer in [Some(32), None] {
        let (steps, end) = walk(&cbc, DecryptionKey::rsa(256).unwrap(), &[answer]);
        // The tag does not hold: the host is not asked to decrypt.
        assert_eq!((steps.join(" ").as_str(), end), ("UnwrapRsa", Err(Error::DecryptionFailed)));
    }
    let gcm = token(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#, [256, 12, 3, 16]);
    let mut decryption = Decryption::begin(&gcm, &[DecryptionKey::rsa(256).unwrap()], &ENTROPY).unwrap();
    assert_eq!(decryption.answer(None), Ok(None));
    let DecryptionStep::OpenGcm { key, .. } = decryption.step() else { panic!("another step") };
    assert_eq!(key, &ENTROPY[..32]);
    assert_eq!(decryption.answer(None), Err(Error::DecryptionFailed));
    assert_eq!(name(&decryption.step()), "Done");
    assert_eq!(decryption.answer(Some(b"text")), Err(Error::DecryptionFailed));
}

#[test]
fn lengths_are_those_of_alg_and_enc() {
    let dir = || DecryptionKey::direct(ContentEncryption::A128Gcm, &[1; 16]).unwrap();
    let header = r#"{"alg":"dir","enc":"A128GCM"}"#;
    assert_eq!(walk(&token(header, [0, 12, 0, 16]), dir(), &[Some(1)]).1, Ok(Some("a".into())));
    let lengths = Err(Error::TokenMalformed(MalformedReason::EncryptedLengths));
    for wrong in [[1, 12, 1, 16], [0, 11, 1, 16], [0, 13, 1, 16], [0, 0, 1, 16], [0, 12, 1, 15], [0, 12, 1, 17]] {
        assert_eq!(walk(&token(header, wrong), dir(), &[]).1, lengths, "{wrong:?}");
    }
    let rsa = r#"{"alg":"RSA-OAEP-256","enc":"A256CBC-HS512"}"#;
    for wrong in [[255, 16, 16, 32], [257, 16, 16, 32], [0, 16, 16, 32], [256, 16, 0, 32], [256, 16, 17, 32]] {
        assert_eq!(walk(&token(rsa, wrong), DecryptionKey::rsa(256).unwrap(), &[]).1, lengths, "{wrong:?}");
    }
}

#[test]
fn a_text_is_encrypted_by_its_segments() {
    assert!(is_encrypted("a.b.c.d.e"));
    for other in ["", "a.b.c", "a.b.c.d", "a.b.c.d.e.f", "a.b.c.d.e.f.g"] {
        assert!(!is_encrypted(other), "{other}");
    }
    let dir = || DecryptionKey::direct(ContentEncryption::A128Gcm, &[1; 16]).unwrap();
    for (text, reason) in [
        ("", MalformedReason::Empty),
        ("a.b.c.d", MalformedReason::EncryptedSegments),
        ("a.b.c.d.e.f", MalformedReason::EncryptedSegments),
        ("a.b.c.d.e=", MalformedReason::Alphabet),
        ("AB.b.c.d.e", MalformedReason::NonCanonical),
    ] {
        let ended = Decryption::begin(text, &[dir()], &ENTROPY).map(|_| ());
        assert_eq!(ended, Err(Error::TokenMalformed(reason)), "{text}");
    }
}

#[test]
fn a_token_that_is_not_encrypted_is_told_from_one_that_is_broken() {
    let error = |token| walk(token, ec(KeyManagement::EcdhEs), &[]).1.err();
    for signed in ["a.b.c", "..", "e30.e30.c2ln"] {
        assert_eq!(error(signed), Some(Error::TokenTypeUnsupported(TokenTypeReason::NotEncrypted)), "{signed}");
    }
    for broken in ["a.b", "a.b.c.d", "a.b.c.d.e.f"] {
        assert!(matches!(error(broken), Some(Error::TokenMalformed(_))), "{broken}");
    }
}

#[test]
fn a_point_off_the_curve_never_meets_the_key() {
    let off = EPK.replace("SLW_", "SLW-");
    let header = alloc::format!(r#"{{"alg":"ECDH-ES","enc":"A128GCM",{off}}}"#);
    let ended = walk(&token(&header, [0, 12, 1, 16]), ec(KeyManagement::EcdhEs), &[]).1;
    assert_eq!(ended, Err(Error::HeaderInvalid(HeaderReason::Epk)));
}

#[test]
fn keys_that_are_none() {
    for length in [0, 255, 513] {
        assert!(DecryptionKey::rsa(length).is_err());
    }
    for (algorithm, curve) in [
        (KeyManagement::EcdhEs, "secp256k1"),
        (KeyManagement::EcdhEs, "X25519"),
        (KeyManagement::Dir, "P-256"),
        (KeyManagement::RsaOaep256, "P-256"),
    ] {
        assert!(DecryptionKey::ec(algorithm, curve).is_err(), "{curve}");
    }
    assert!(DecryptionKey::direct(ContentEncryption::A256Gcm, &[1; 31]).is_err());
    assert!(DecryptionKey::client_secret(ContentEncryption::A256CbcHs512, "secret").is_err());
    assert!(DecryptionKey::client_secret(ContentEncryption::A256Gcm, "").is_err());
    let dir = DecryptionKey::direct(ContentEncryption::A256Gcm, &[1; 32]).unwrap();
    assert!(!alloc::format!("{dir:?}").contains('1'), "no secret is printed");
    assert!(dir.encryptions([ContentEncryption::A256Gcm]).is_err());
    assert!(DecryptionKey::rsa(256).unwrap().encryptions([]).is_err());
    assert_eq!(ec(KeyManagement::EcdhEs).curve(), Some("P-256"));
    assert_eq!(DecryptionKey::rsa(256).unwrap().curve(), None);
}

/// RFC 7518 appendix B.1 and B.3.
#[test]
fn the_tags_of_rfc_7518_appendix_b() {
    use super::content::{Sealed, authenticate};
    let key: Vec<u8> = (0..64).collect();
    let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
    let aad = b"The second principle of Auguste Kerckhoffs";
    let short = hex(
        "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336\
         09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5\
         4b8851ffb598f7f80074b9473c82e2db",
    );
    let long = hex(
        "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b\
         36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b\
         be2638d09dd7a4930930806d0703b1f6",
    );
    for (encryption, key, ciphertext, tag) in [
        (ContentEncryption::A128CbcHs256, &key[..32], &short, "652c3fa36b0a7c5b3219fab3a30bc1c4"),
        (
            ContentEncryption::A256CbcHs512,
            &key[..],
            &long,
            "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
        ),
    ] {
        let mut tag = hex(tag);
        let sealed = Sealed { aad, iv: &iv, ciphertext, tag: &tag };
        assert_eq!(authenticate(encryption, key, &sealed), Some(&key[key.len() / 2..]), "{encryption:?}");
        tag[0] ^= 1;
        assert_eq!(authenticate(encryption, key, &Sealed { aad, iv: &iv, ciphertext, tag: &tag }), None);
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
