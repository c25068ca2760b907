//! RSA: D3, D4 and D8 of the catalogue.

use rsa::RsaPrivateKey;

use super::{Corpus, claims, good_for, keys};
use crate::hash::sha;
use crate::key::Key;
use crate::number::{add as sum, small, subtract};
use crate::primes;
use crate::rsa_raw::{digest_info, modulus, pkcs1_block, private_operation, sign_pkcs1, sign_pss};
use crate::token::Token;

const BAD: &str = "signature_invalid";

pub(super) fn add(corpus: &mut Corpus) {
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512"] {
        let key = Key::of(algorithm);
        corpus.verifier(&key.kid, keys(&key.key_set()));
    }
    for (name, primes) in [("3072", &primes::C), ("4096", &primes::D)] {
        for algorithm in ["RS256", "PS512"] {
            let key = Key::rsa(algorithm, "rsa", primes, 65537);
            let name = format!("{}-{name}-bits", algorithm.to_lowercase());
            corpus.with_keys("D5", &name, &key.key_set(), good_for(&key, algorithm), "ok");
        }
    }
    lengths(corpus);
    range(corpus);
    paddings(corpus);
    hashes(corpus);
    pss(corpus);
}

fn token_of(algorithm: &str, number: u32) -> Token {
    Token::of(&Key::of(algorithm), algorithm, &claims().raw("n", number))
}

/// D3: as long as the modulus. The `rsa` crate would take one that lacks its leading zeros.
fn lengths(corpus: &mut Corpus) {
    for algorithm in ["RS256", "PS256"] {
        let key = Key::of(algorithm);
        let (token, signature) = (0..)
            .map(|number| token_of(algorithm, number))
            .map(|token| (token.clone(), key.sign(algorithm, token.signing_input().as_bytes())))
            .find(|(_, signature)| signature[0] == 0)
            .expect("one in 256");
        corpus.accept("D3", &format!("{}-leading-zero", key.kid), &key.kid, token.with_signature(&signature));
        for (name, bytes) in [
            ("leading-zero-dropped", signature[1..].to_vec()),
            ("zero-before", [&[0], &signature[..]].concat()),
            ("zero-after", [&signature[..], &[0]].concat()),
            ("half", signature[..128].to_vec()),
            ("twice", [&signature[..], &signature].concat()),
            ("one-byte", vec![1]),
        ] {
            corpus.refuse("D3", &format!("{}-{name}", key.kid), &key.kid, token.with_signature(bytes), BAD);
        }
    }
}

/// D3: below the modulus.
fn range(corpus: &mut Corpus) {
    let key = Key::of("RS256");
    let n = modulus(key.rsa_parts());
    let (token, more) = (0..)
        .map(|number| token_of("RS256", number))
        .find_map(|token| Some((token.clone(), sum(&key.sign("RS256", token.signing_input().as_bytes()), &n)?)))
        .expect("some are small enough");
    for (name, bytes) in [
        ("plus-modulus", more),
        ("modulus", n.clone()),
        ("below-modulus", subtract(&n, &small(1, n.len()))),
        ("zero", vec![0; 256]),
        ("one", small(1, 256)),
        ("full", vec![0xff; 256]),
    ] {
        corpus.refuse("D3", name, "rs256", token.with_signature(bytes), BAD);
    }
}

/// D4: the padding is compared as a whole, and has one form.
fn paddings(corpus: &mut Corpus) {
    let key = Key::of("RS256");
    let key: &RsaPrivateKey = key.rsa_parts();
    let token = token_of("RS256", 0);
    let input = token.signing_input();
    let digest = sha(256, input.as_bytes());
    let info = digest_info(256);
    let content = [&info[..], &digest].concat();
    let right = pkcs1_block(256, &content);
    assert_eq!(private_operation(key, &right), sign_pkcs1(key, 256, input.as_bytes()));
    let changed = |index: usize, byte: u8| {
        let mut block = right.clone();
        block[index] = byte;
        block
    };
    // The content after so few bytes of padding that what follows it is free: Bleichenbacher's forgery.
    let garbage = |padding: usize| {
        let mut block = [&[0, 1][..], &vec![0xff; padding], &[0], &content].concat();
        let rest = 256 - block.len();
        block.extend(vec![0x5a; rest]);
        block
    };
    // AlgorithmIdentifier without NULL, and with one in the long form of BER.
    let oid = &info[4..15];
    let missing_null = [&[0x30, 0x2f, 0x30, 0x0b][..], oid, &[4, 0x20], &digest].concat();
    let long_form = [&[0x30, 0x81, 0x31, 0x30, 0x0d][..], oid, &[5, 0, 4, 0x20], &digest].concat();
    let long_digest = [&[0x30, 0x32, 0x30, 0x0d][..], oid, &[5, 0, 4, 0x81, 0x20], &digest].concat();
    let trailing = [&[0x30, 0x33, 0x30, 0x0d][..], oid, &[5, 0, 4, 0x20], &digest, &[5, 0]].concat();
    let in_parameters = [&[0x30, 0x37, 0x30, 0x13][..], oid, &[4, 6, 1, 2, 3, 4, 5, 6, 4, 0x20], &digest].concat();
    let sha1 = [&[0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14][..], &digest[..20]].concat();
    let sha512 = [digest_info(512), sha(512, input.as_bytes())].concat();
    let relabelled = [digest_info(512), digest.clone(), vec![0; 32]].concat();
    let mut other = digest.clone();
    other[31] ^= 1;
    for (name, block) in [
        ("garbage-after-hash", garbage(8)),
        ("garbage-after-hash-no-padding", garbage(0)),
        ("one-byte-after-hash", garbage(201)),
        ("missing-null", pkcs1_block(256, &missing_null)),
        ("long-form", pkcs1_block(256, &long_form)),
        ("long-form-of-digest", pkcs1_block(256, &long_digest)),
        ("trailing-null", pkcs1_block(256, &trailing)),
        ("garbage-in-parameters", pkcs1_block(256, &in_parameters)),
        ("sha-1", pkcs1_block(256, &sha1)),
        ("sha-512", pkcs1_block(256, &sha512)),
        ("sha-512-label", pkcs1_block(256, &relabelled)),
        ("bare-hash", pkcs1_block(256, &digest)),
        ("no-content", pkcs1_block(256, &[])),
        ("other-hash", pkcs1_block(256, &[&info[..], &other].concat())),
        ("block-type-0", changed(1, 0)),
        ("block-type-2", changed(1, 2)),
        ("first-byte-1", changed(0, 1)),
        ("padding-bit", changed(100, 0xfe)),
        ("padding-zero", changed(60, 0)),
        ("no-separator", changed(204, 0xff)),
        ("hash-at-the-left", [&[0], &digest[..], &[0; 223]].concat()),
    ] {
        // All of them are below the modulus, whose first byte is d2.
        corpus.refuse("D4", name, "rs256", token.with_signature(private_operation(key, &block)), BAD);
    }
    corpus.accept("D4", "valid", "rs256", token.with_signature(private_operation(key, &right)));
}

/// The hash and the padding are those of the algorithm.
fn hashes(corpus: &mut Corpus) {
    for (algorithm, signed_as) in [
        ("RS256", "RS384"),
        ("RS384", "RS256"),
        ("RS512", "RS256"),
        ("RS256", "PS256"),
        ("PS256", "RS256"),
        ("PS256", "PS384"),
        ("PS384", "PS512"),
        ("PS512", "PS256"),
    ] {
        let key = Key::of(algorithm);
        let text = token_of(algorithm, 0).sign(&key, signed_as);
        let name = format!("{}-signed-as-{}", key.kid, signed_as.to_lowercase());
        corpus.refuse("D8", &name, &key.kid, text, BAD);
    }
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512"] {
        let key = Key::of(algorithm);
        corpus.accept("D8", &format!("{}-valid", key.kid), &key.kid, good_for(&key, algorithm));
    }
    let other = Key::named("RS256", "other");
    let text = token_of("RS256", 0).sign(&other, "RS256");
    corpus.refuse("D4", "another-key", "rs256", text, BAD);
}

/// D8: a salt as long as the hash, the mask by the same hash.
fn pss(corpus: &mut Corpus) {
    for (algorithm, bits) in [("PS256", 256), ("PS384", 384), ("PS512", 512)] {
        let key = Key::of(algorithm);
        let token = token_of(algorithm, 0);
        let input = token.signing_input();
        let sign = |mask, salt| sign_pss(key.rsa_parts(), bits, mask, salt, input.as_bytes());
        let hash = bits / 8;
        for (name, salt) in [
            ("no-salt", 0),
            ("salt-of-20", 20),
            ("salt-shorter", hash - 1),
            ("salt-longer", hash + 1),
            ("salt-longest", 256 - hash - 2),
        ] {
            corpus.refuse("D8", &format!("{}-{name}", key.kid), &key.kid, token.with_signature(sign(bits, salt)), BAD);
        }
        let mask = if bits == 256 { 512 } else { 256 };
        corpus.refuse("D8", &format!("{}-other-mask", key.kid), &key.kid, token.with_signature(sign(mask, hash)), BAD);
    }
}
