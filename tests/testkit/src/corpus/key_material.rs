//! Keys that are unsafe or broken: D5 to D7 and D9 of the catalogue, and B1 for keys.

use super::signatures::ORDERS;
use super::{Corpus, claims, good, good_for, set};
use crate::base64url;
use crate::hash::sha;
use crate::key::Key;
use crate::members::{Members, quote};
use crate::number::{add as sum, hex, small, subtract};
use crate::primes;
use crate::rsa_raw::modulus;
use crate::token::Token;

pub(super) fn add(corpus: &mut Corpus) {
    rsa_exponents(corpus);
    rsa_moduli(corpus);
    ec_points(corpus);
    ed25519_points(corpus);
    ml_dsa(corpus);
    encodings(corpus);
}

const INVALID: &str = "key_invalid";

fn alone(jwk: &Members) -> String {
    set(&[jwk])
}

/// D5: odd, at least 65537, below 2^32, minimal.
fn rsa_exponents(corpus: &mut Corpus) {
    let key = Key::of("RS256");
    let n = modulus(key.rsa_parts());
    let forged = |payload: &Token| {
        // With e = 1 the signature is the padded message itself: anybody can write it.
        let input = payload.signing_input();
        let content = [crate::rsa_raw::digest_info(256), sha(256, input.as_bytes())].concat();
        payload.with_signature(crate::rsa_raw::pkcs1_block(n.len(), &content))
    };
    let one = key.jwk().text("e", "AQ");
    corpus.with_keys("D5", "e-1", &alone(&one), forged(&Token::of(&key, "RS256", &claims())), INVALID);
    let three = Key::rsa("RS256", "rs256", &primes::EXPONENT_3, 3);
    corpus.with_keys("D5", "e-3", &three.key_set(), good_for(&three, "RS256"), INVALID);
    for (name, exponent) in [
        ("0", &[0][..]),
        ("2", &[2]),
        ("257", &[1, 1]),
        ("65535", &[0xff, 0xff]),
        ("65536", &[1, 0, 0]),
        ("65538", &[1, 0, 2]),
        ("2-to-32-plus-1", &[1, 0, 0, 0, 1]),
        ("of-33-bytes", &[0x11; 33]),
        ("leading-zero", &[0, 1, 0, 1]),
        ("nothing", &[]),
    ] {
        let jwk = key.jwk().text("e", base64url::encode(exponent));
        corpus.with_keys("D5", &format!("e-{name}"), &alone(&jwk), good_for(&key, "RS256"), INVALID);
    }
    let large = key.jwk().text("e", base64url::encode([0xff, 0xff, 0xff, 0xfb]));
    corpus.with_keys("D5", "e-large-but-another", &alone(&large), good_for(&key, "RS256"), "signature_invalid");
}

/// D5: 2048 to 4096 bits, odd, without small factors, not from the library of CVE-2017-15361.
fn rsa_moduli(corpus: &mut Corpus) {
    let key = Key::of("RS256");
    let n = modulus(key.rsa_parts());
    let weak = Key::rsa("RS256", "rs256", &primes::WEAK, 65537);
    corpus.with_keys("D5", "n-1024-bits", &weak.key_set(), good_for(&weak, "RS256"), INVALID);
    let mut even = n.clone();
    even[255] &= 0xfe;
    let mut short = n.clone();
    short[0] = 0x7f;
    let with_factor = {
        let mut number = n.clone();
        while number.iter().fold(0u32, |rest, &byte| (rest * 256 + u32::from(byte)) % 3) != 0 {
            number = sum(&number, &small(2, 256)).expect("room");
        }
        number
    };
    for (name, modulus) in [
        ("2047-bits", short),
        ("even", even),
        ("with-factor-3", with_factor),
        ("roca", power_of_65537()),
        ("4104-bits", vec![0xff; 513]),
        ("8192-bits", [&[0xc5; 1023][..], &[1]].concat()),
        ("zero", vec![0; 256]),
        ("1", vec![1]),
        ("nothing", Vec::new()),
        ("two-leading-zeros", [&[0, 0], &n[..]].concat()),
        ("one-byte-less", n[..255].to_vec()),
    ] {
        let jwk = key.jwk().text("n", base64url::encode(modulus));
        corpus.with_keys("D5", &format!("n-{name}"), &alone(&jwk), good_for(&key, "RS256"), INVALID);
    }
    let signed = key.jwk().text("n", base64url::encode([&[0], &n[..]].concat()));
    corpus.with_keys("D5", "n-with-sign-byte", &alone(&signed), good_for(&key, "RS256"), "ok");
    for (name, jwk) in [
        ("n-missing", key.jwk().without("n")),
        ("e-missing", key.jwk().without("e")),
        ("n-number", key.jwk().raw("n", 65537)),
        ("e-number", key.jwk().raw("e", 65537)),
        ("e-null", key.jwk().raw("e", "null")),
    ] {
        corpus.with_keys("D5", name, &alone(&jwk), good_for(&key, "RS256"), INVALID);
    }
    corpus.with_keys("D5", "pem", &quote(&key.pem()), good_for(&key, "RS256"), "ok");
    corpus.with_keys("D5", "pem-1024-bits", &quote(&weak.pem()), good_for(&weak, "RS256"), INVALID);
    corpus.with_keys(
        "D5",
        "pem-e-3",
        &quote(&Key::rsa("RS256", "rs256", &primes::EXPONENT_3, 3).pem()),
        good_for(&key, "RS256"),
        INVALID,
    );
    let other = Key::named("RS256", "other");
    corpus.with_keys("D5", "pem-another-key", &quote(&other.pem()), good_for(&key, "RS256"), "signature_invalid");
}

/// A number of 2081 bits with the fingerprint in the purest form.
fn power_of_65537() -> Vec<u8> {
    let mut power = small(1, 261);
    for _ in 0..130 {
        let shifted = [&power[2..], &[0, 0]].concat();
        power = sum(&shifted, &power).expect("room");
    }
    power
}

/// D6: coordinates of the field's length, on the curve.
fn ec_points(corpus: &mut Corpus) {
    for (algorithm, order) in ORDERS {
        let key = Key::of(algorithm);
        let bytes = key.bytes();
        let (x, y) = bytes[1..].split_at(bytes.len() / 2);
        let length = x.len();
        // Above any of the fields' primes would be the full number; these curves' orders are just below them.
        let order = hex(order);
        let negative = subtract(&order, y_below(&order, y));
        for (name, x, y) in [
            ("off-curve", x.to_vec(), sum(y, &small(1, length)).expect("room")),
            ("swapped", y.to_vec(), x.to_vec()),
            ("zero", small(0, length), small(0, length)),
            ("full", vec![0xff; length], vec![0xff; length]),
            ("negated-by-the-order", x.to_vec(), negative),
            ("x-leading-zero", [&[0], x].concat(), y.to_vec()),
            ("y-leading-zero", x.to_vec(), [&[0], y].concat()),
            ("x-one-byte-less", x[1..].to_vec(), y.to_vec()),
            ("y-nothing", x.to_vec(), Vec::new()),
            ("x-uncompressed-point", bytes.clone(), y.to_vec()),
        ] {
            let jwk = key.jwk().text("x", base64url::encode(x)).text("y", base64url::encode(y));
            corpus.with_keys("D6", &format!("{}-{name}", key.kid), &alone(&jwk), good_for(&key, algorithm), INVALID);
        }
        corpus.with_keys("D6", &format!("{}-pem", key.kid), &quote(&key.pem()), good_for(&key, algorithm), "ok");
    }
    let key = Key::of("ES256");
    for (name, jwk) in [
        ("x-missing", key.jwk().without("x")),
        ("y-missing", key.jwk().without("y")),
        ("y-true", key.jwk().raw("y", "true")),
        ("x-null", key.jwk().raw("x", "null")),
        ("x-array", key.jwk().raw("x", "[1]")),
    ] {
        corpus.with_keys("D6", name, &alone(&jwk), good(), INVALID);
    }
    let bytes = key.bytes();
    let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let curve = crate::der::element(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let pem = |parameters: &[u8], point: &[u8]| {
        quote(&crate::der::pem("PUBLIC KEY", &crate::der::spki(&ec, parameters, point)))
    };
    let compressed = [&[2 + (bytes[64] & 1)][..], &bytes[1..33]].concat();
    corpus.with_keys("D6", "pem-compressed", &pem(&curve, &compressed), good(), INVALID);
    corpus.with_keys("D6", "pem-infinity", &pem(&curve, &[0]), good(), INVALID);
    corpus.with_keys("D6", "pem-short", &pem(&curve, &bytes[..64]), good(), INVALID);
    let mut off = bytes.clone();
    off[64] ^= 1;
    corpus.with_keys("D6", "pem-off-curve", &pem(&curve, &off), good(), INVALID);
    let brainpool = crate::der::element(6, &[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7]);
    corpus.with_keys("D6", "pem-other-curve", &pem(&brainpool, &bytes), good(), "key_unsuitable");
    // CVE-2020-0601: a curve of the sender's own making.
    let own_curve = crate::der::element(0x30, &crate::der::integer(&[1]));
    corpus.with_keys("D6", "pem-own-parameters", &pem(&own_curve, &bytes), good(), "key_unsuitable");
    corpus.with_keys("D6", "pem-no-parameters", &pem(&[], &bytes), good(), "key_unsuitable");
}

/// The number, or the order itself where the number is above it.
fn y_below<'a>(order: &'a [u8], y: &'a [u8]) -> &'a [u8] {
    if y < order { y } else { order }
}

/// D7: canonical, on the curve, not of small order.
fn ed25519_points(corpus: &mut Corpus) {
    let key = Key::of("EdDSA");
    let torsion = curve25519_dalek::constants::EIGHT_TORSION;
    let zero_signature = Token::of(&key, "EdDSA", &claims()).with_signature([&small(1, 1)[..], &[0; 63]].concat());
    for (index, point) in torsion.iter().enumerate() {
        let jwk = key.jwk().text("x", base64url::encode(point.compress().to_bytes()));
        corpus.with_keys("D7", &format!("small-order-{index}"), &alone(&jwk), zero_signature.clone(), INVALID);
    }
    let little = |first: u8, fill: u8, last: u8| [&[first][..], &[fill; 30], &[last]].concat();
    for (name, point) in [
        ("identity-negative", little(1, 0, 0x80)),
        ("order-2-negative", little(0xec, 0xff, 0xff)),
        ("y-is-prime", little(0xed, 0xff, 0x7f)),
        ("y-is-prime-plus-1", little(0xee, 0xff, 0x7f)),
        ("y-is-prime-plus-3", little(0xf0, 0xff, 0x7f)),
        ("y-largest", little(0xff, 0xff, 0x7f)),
        ("all-bits", vec![0xff; 32]),
        ("off-curve", little(2, 0, 0)),
        ("31-bytes", key.bytes()[1..].to_vec()),
        ("33-bytes", [&key.bytes()[..], &[0]].concat()),
        ("prefixed", [&[0x40], &key.bytes()[..]].concat()),
        ("nothing", Vec::new()),
    ] {
        let jwk = key.jwk().text("x", base64url::encode(point));
        corpus.with_keys("D7", name_of_key(name).as_str(), &alone(&jwk), good_for(&key, "EdDSA"), INVALID);
    }
    let zero = crate::der::spki(&[0x2b, 0x65, 0x70], &[], &[0; 32]);
    corpus.with_keys("D7", "pem-small-order", &quote(&crate::der::pem("PUBLIC KEY", &zero)), zero_signature, INVALID);
    corpus.with_keys("D7", "pem", &quote(&key.pem()), good_for(&key, "EdDSA"), "ok");
    corpus.with_keys(
        "D7",
        "another-key",
        &Key::named("EdDSA", "eddsa").key_set(),
        good_for(&Key::named("EdDSA", "intruder"), "EdDSA"),
        "key_not_found",
    );
    let other = Key::named("EdDSA", "intruder").jwk().text("kid", "eddsa");
    corpus.with_keys("D7", "another-key-same-kid", &alone(&other), good_for(&key, "EdDSA"), "signature_invalid");
}

fn name_of_key(name: &str) -> String {
    format!("key-{name}")
}

/// D9.
fn ml_dsa(corpus: &mut Corpus) {
    let key = Key::of("ML-DSA-44");
    let bytes = key.bytes();
    let token = Token::of(&key, "ML-DSA-44", &claims()).with_signature([0; 64]);
    for (name, bytes) in [
        ("one-byte-less", bytes[1..].to_vec()),
        ("one-byte-more", [&bytes[..], &[0]].concat()),
        ("nothing", Vec::new()),
    ] {
        let jwk = key.jwk().text("pub", base64url::encode(bytes));
        corpus.with_keys("D9", &format!("key-{name}"), &alone(&jwk), token.clone(), INVALID);
    }
    corpus.with_keys("D9", "key-as-x", &alone(&key.jwk().rename("pub", "x")), token, INVALID);
    corpus.with_keys("D9", "pem", &quote(&key.pem()), good_for(&key, "ML-DSA-44"), "ok");
}

/// B1, for keys: the same strict base64url as in tokens.
fn encodings(corpus: &mut Corpus) {
    let (ec, rsa, ed) = (Key::of("ES256").jwk(), Key::of("RS256"), Key::of("EdDSA"));
    let x = ec.value("x").to_owned();
    let n = rsa.jwk().value("n").to_owned();
    for (name, text) in [
        ("padded", format!("{x}=")),
        ("space", format!("{x} ")),
        ("space-inside", format!("{} {}", &x[..20], &x[20..])),
        ("newline", format!("{x}\n")),
        ("spare-bits", base64url::with_spare_bits(&x).expect("43 characters")),
        ("standard-alphabet", base64url::encode_standard([0xfb; 32])),
        ("nul", format!("{x}\0")),
        ("hexadecimal", "0x".repeat(33)),
        ("empty", String::new()),
    ] {
        corpus.with_keys("B1", &format!("jwk-x-{name}"), &alone(&ec.clone().text("x", text)), good(), INVALID);
    }
    for (name, text) in [
        ("padded", format!("{n}==")),
        ("plus", n.replace('-', "+")),
        ("newlines", format!("{}\n{}", &n[..64], &n[64..])),
    ] {
        let jwk = rsa.jwk().text("n", text);
        corpus.with_keys("B1", &format!("jwk-n-{name}"), &alone(&jwk), good_for(&rsa, "RS256"), INVALID);
    }
    let text = base64url::with_spare_bits(ed.jwk().value("x")).expect("43 characters");
    corpus.with_keys(
        "B1",
        "jwk-ed25519-spare-bits",
        &alone(&ed.jwk().text("x", text)),
        good_for(&ed, "EdDSA"),
        INVALID,
    );
    let exponent = rsa.jwk().text("e", "AQAB=");
    corpus.with_keys("B1", "jwk-e-padded", &alone(&exponent), good_for(&rsa, "RS256"), INVALID);
}
