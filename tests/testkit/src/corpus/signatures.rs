//! Signatures out of range, of other lengths, in other forms: D1, D2, D7, D9 and D11 of the catalogue.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};

use super::{Corpus, claims, good, good_for, header, keys, set, signed};
use crate::base64url;
use crate::der;
use crate::ecdsa_raw::{Chosen, chosen};
use crate::hash::sha;
use crate::key::Key;
use crate::number::{add as sum, hex, small, subtract};
use crate::token::{Token, segments};

const BAD: &str = "signature_invalid";

/// The orders of the groups (SEC 2).
pub(super) const ORDERS: [(&str, &str); 4] = [
    ("ES256", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    ("ES384", "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
    (
        "ES512",
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
    ("ES256K", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
];

/// Factors of a point at which a quick sum of multiples, with a small table and with a larger one, comes to its own last
/// entry: twice the largest one there is, as digit and shift.
const FACTORS: [(&str, [(u64, usize); 2]); 4] = [
    ("ES256", [(31, 241), (31, 251)]),
    ("ES384", [(31, 361), (31, 376)]),
    ("ES512", [(31, 481), (1, 521)]),
    ("ES256K", [(31, 241), (31, 251)]),
];

pub(super) fn add(corpus: &mut Corpus) {
    for algorithm in ["ES384", "ES512", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] {
        let key = Key::of(algorithm);
        corpus.verifier(&key.kid, keys(&key.key_set()));
    }
    for (algorithm, order) in ORDERS {
        ecdsa_range(corpus, algorithm, &hex(order));
    }
    for (algorithm, factors) in FACTORS {
        ecdsa_factors(corpus, algorithm, factors);
    }
    ecdsa_form(corpus);
    ed25519(corpus);
    ed25519_points(corpus);
    ml_dsa(corpus);
    other_bytes(corpus);
}

/// D1: both numbers are at least 1 and below the order. Which of s and n − s does not matter.
fn ecdsa_range(corpus: &mut Corpus, algorithm: &str, n: &[u8]) {
    let key = Key::of(algorithm);
    let verifier = key.kid.clone();
    let token = Token::of(&key, algorithm, &claims());
    let signature = key.sign(algorithm, token.signing_input().as_bytes());
    let (r, s) = signature.split_at(n.len());
    let (zero, one, full) = (small(0, n.len()), small(1, n.len()), vec![0xff; n.len()]);
    let below = subtract(n, &one);
    let above = sum(n, &one).expect("no order ends in ff");
    for (name, r, s) in [
        ("both-zero", &zero, &zero),
        ("r-zero", &zero, &s.to_vec()),
        ("s-zero", &r.to_vec(), &zero),
        ("both-one", &one, &one),
        ("r-order", &n.to_vec(), &s.to_vec()),
        ("s-order", &r.to_vec(), &n.to_vec()),
        ("both-order", &n.to_vec(), &n.to_vec()),
        ("s-below-order", &r.to_vec(), &below),
        ("s-above-order", &r.to_vec(), &above),
        ("r-below-order", &below, &s.to_vec()),
        ("both-full", &full, &full),
        ("swapped", &s.to_vec(), &r.to_vec()),
    ] {
        corpus.refuse("D1", &format!("{verifier}-{name}"), &verifier, token.with_signature([&r[..], s].concat()), BAD);
    }
    let other = [r, &subtract(n, s)].concat();
    corpus.accept("D1", &format!("{verifier}-other-s"), &verifier, token.with_signature(other));
    corpus.accept("D1", &format!("{verifier}-valid"), &verifier, token.with_signature(&signature));
    // Only the field of P-521 has room for a number plus the order.
    if let Some(more) = sum(s, n).filter(|_| algorithm == "ES512") {
        corpus.refuse("D1", "es512-s-plus-order", &verifier, token.with_signature([r, &more].concat()), BAD);
        let more = sum(r, n).expect("room");
        corpus.refuse("D1", "es512-r-plus-order", &verifier, token.with_signature([&more, s].concat()), BAD);
    }
}

/// D1: whoever sends a token chooses what its verification multiplies by. The verdict is the same for all factors.
fn ecdsa_factors(corpus: &mut Corpus, algorithm: &str, factors: [(u64, usize); 2]) {
    let key = Key::of(algorithm);
    let token = Token::of(&key, algorithm, &claims());
    let bits = algorithm[2..5].parse().expect("the bits of a hash");
    let hash = sha(bits, token.signing_input().as_bytes());
    for (table, factor) in ["small", "larger"].into_iter().zip(factors) {
        for Chosen { name, signature, private } in chosen(algorithm, &hash, factor) {
            let name = format!("{}-factor-of-{name}-{table}", key.kid);
            match private {
                // A key that is used once has no larger table.
                Some(private) if table == "small" => {
                    let jwks = Key::ecdsa(algorithm, &key.kid, &private).key_set();
                    corpus.with_keys("D1", &name, &jwks, token.with_signature(signature), "ok");
                }
                Some(_) => {}
                None => corpus.refuse("D1", &name, &key.kid, token.with_signature(signature), BAD),
            }
        }
    }
}

/// D2: exactly two numbers of the field's length.
fn ecdsa_form(corpus: &mut Corpus) {
    let key = Key::of("ES256");
    // One where r begins with a zero byte, which a careless encoder drops.
    let (token, signature) = (0..)
        .map(|number| Token::of(&key, "ES256", &claims().raw("n", number)))
        .map(|token| (token.clone(), key.sign("ES256", token.signing_input().as_bytes())))
        .find(|(_, signature)| signature[0] == 0)
        .expect("one in 256");
    let (r, s) = signature.split_at(32);
    let der = der::element(0x30, &[der::integer(&r[1..]), der::integer(s)].concat());
    corpus.accept("D2", "es256-leading-zero", "es256", token.with_signature(&signature));
    for (name, bytes) in [
        ("der", der),
        ("leading-zero-dropped", signature[1..].to_vec()),
        ("one-byte-less", signature[..63].to_vec()),
        ("one-byte-more", [&signature[..], &[0]].concat()),
        ("zero-before", [&[0], &signature[..]].concat()),
        ("both-padded", [&[0], r, &[0], s].concat()),
        ("both-padded-to-48", [&[0; 16], r, &[0; 16], s].concat()),
        ("r-alone", r.to_vec()),
        ("twice", [&signature[..], &signature].concat()),
        ("recovery-byte", [&signature[..], &[27]].concat()),
        ("one-byte", vec![1]),
    ] {
        corpus.refuse("D2", &format!("es256-{name}"), "es256", token.with_signature(bytes), BAD);
    }
    for (algorithm, length) in [("ES384", 48), ("ES512", 66), ("ES256K", 32)] {
        let key = Key::of(algorithm);
        let token = Token::of(&key, algorithm, &claims());
        let signature = key.sign(algorithm, token.signing_input().as_bytes());
        let (r, s) = signature.split_at(length);
        let der = der::element(0x30, &[der::integer(r), der::integer(s)].concat());
        let padded = [&[0], r, &[0], s].concat();
        for (name, bytes) in
            [("der", &der[..]), ("one-byte-less", &signature[1..]), ("both-padded", &padded), ("r-alone", r)]
        {
            corpus.refuse("D2", &format!("{}-{name}", key.kid), &key.kid, token.with_signature(bytes), BAD);
        }
    }
    // P-521 in 65 bytes each, as some encoders that count in bits do.
    let key = Key::of("ES512");
    let token = Token::of(&key, "ES512", &claims());
    let signature = key.sign("ES512", token.signing_input().as_bytes());
    let short = [&signature[1..66], &signature[67..]].concat();
    corpus.refuse("D2", "es512-65-bytes-each", "es512", token.with_signature(short), BAD);
}

/// D7: S below the order, and the plain failures.
fn ed25519(corpus: &mut Corpus) {
    let key = Key::of("EdDSA");
    let token = Token::of(&key, "EdDSA", &claims());
    let signature = key.sign("EdDSA", token.signing_input().as_bytes());
    let (r, s) = signature.split_at(32);
    let reversed = |bytes: &[u8]| -> Vec<u8> { bytes.iter().rev().copied().collect() };
    let order = hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    let plus = |times: usize| {
        let more = (0..times).fold(reversed(s), |number, _| sum(&number, &order).expect("room"));
        [r, &reversed(&more)].concat()
    };
    for (name, bytes) in [
        ("s-plus-order", plus(1)),
        ("s-plus-8-orders", plus(8)),
        ("s-order", [r, &reversed(&order)].concat()),
        ("s-full", [r, &[0xff; 32]].concat()),
        ("s-zero", [r, &[0; 32]].concat()),
        ("all-zero", vec![0; 64]),
        ("r-identity-s-zero", [&reversed(&small(1, 32))[..], &[0; 32]].concat()),
        ("swapped", [s, r].concat()),
        ("one-byte-less", signature[..63].to_vec()),
        ("one-byte-more", [&signature[..], &[0]].concat()),
        ("r-alone", r.to_vec()),
        ("of-ed448-size", vec![7; 114]),
    ] {
        corpus.refuse("D7", name, "eddsa", token.with_signature(bytes), BAD);
    }
}

/// D7: signatures that hold in the formula, over points that strict verification refuses.
fn ed25519_points(corpus: &mut Corpus) {
    let key = Key::of("EdDSA");
    let digest = sha(512, &key.ed25519_seed());
    let mut clamped: [u8; 32] = digest[..32].try_into().expect("32 bytes");
    clamped[0] &= 248;
    clamped[31] = clamped[31] & 63 | 64;
    let private = Scalar::from_bytes_mod_order(clamped);
    let challenge = |r: &[u8; 32], public: &[u8; 32], token: &Token| {
        let input = token.signing_input();
        let digest = sha(512, &[&r[..], public, input.as_bytes()].concat());
        Scalar::from_bytes_mod_order_wide(&digest.try_into().expect("64 bytes"))
    };
    let own: [u8; 32] = key.bytes().try_into().expect("32 bytes");
    let token = Token::of(&key, "EdDSA", &claims());
    for (name, point) in [("identity", EIGHT_TORSION[0]), ("order-2", EIGHT_TORSION[4]), ("order-8", EIGHT_TORSION[1])]
    {
        let r = point.compress().to_bytes();
        let s = challenge(&r, &own, &token) * private;
        corpus.refuse("D7", &format!("r-{name}"), "eddsa", token.with_signature([r, s.to_bytes()].concat()), BAD);
    }
    // The identity with its y as p + 1 instead of 1.
    let mut r = [0xff; 32];
    (r[0], r[31]) = (0xee, 0x7f);
    let s = challenge(&r, &own, &token) * private;
    corpus.refuse("D7", "r-not-canonical", "eddsa", token.with_signature([r, s.to_bytes()].concat()), BAD);
    // A public key with a part of small order: the formula with the cofactor holds, the one without does not.
    let mixed = ED25519_BASEPOINT_POINT * private + EIGHT_TORSION[1];
    let public = mixed.compress().to_bytes();
    let nonce = Scalar::from(1_234_567_891u64);
    let r: EdwardsPoint = ED25519_BASEPOINT_POINT * nonce;
    let r = r.compress().to_bytes();
    let (token, s) = (0..)
        .map(|number| Token::of(&key, "EdDSA", &claims().raw("n", number)))
        .map(|token| (token.clone(), challenge(&r, &public, &token)))
        .find(|(_, challenge)| challenge.to_bytes()[0] % 8 != 0)
        .map(|(token, challenge)| (token, nonce + challenge * private))
        .expect("seven in eight");
    let jwk = key.jwk().text("x", base64url::encode(public));
    corpus.with_keys("D7", "cofactored-only", &set(&[&jwk]), token.with_signature([r, s.to_bytes()].concat()), BAD);
}

/// D9: exact lengths, the empty context, hints in canonical form.
fn ml_dsa(corpus: &mut Corpus) {
    for algorithm in ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] {
        let key = Key::of(algorithm);
        corpus.accept("D9", &format!("{}-valid", key.kid), &key.kid, good_for(&key, algorithm));
    }
    let key = Key::of("ML-DSA-44");
    let token = Token::of(&key, "ML-DSA-44", &claims());
    let signature = key.sign("ML-DSA-44", token.signing_input().as_bytes());
    let context = key.sign_with_context(token.signing_input().as_bytes(), b"JOSE");
    // FIPS 204, algorithm 20: the last 84 bytes are positions of hints and, for each of 4 polynomials, where they end.
    let changed = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = signature.clone();
        change(&mut bytes[2420 - 84..]);
        token.with_signature(bytes)
    };
    let used = usize::from(signature[2419]);
    // The same hints, of which the first is there twice.
    let repeat = |hints: &mut [u8]| {
        hints.copy_within(0..79, 1);
        hints[80..].iter_mut().for_each(|end| *end += 1);
    };
    assert!((2..80).contains(&used) && signature[2416] >= 2, "hints to play with");
    for (name, text) in [
        ("hint-in-the-padding", changed(&|hints| hints[79] = 1)),
        ("hint-order", changed(&|hints| hints.swap(0, 1))),
        ("hint-twice", changed(&|hints| hints[1] = hints[0])),
        ("hint-repeated", changed(&repeat)),
        ("hint-count-too-high", changed(&|hints| hints[83] = 81)),
        ("hint-count-falls", changed(&|hints| hints[82] = 0)),
        ("hints-dropped", changed(&|hints| hints.fill(0))),
        ("one-byte-less", token.with_signature(&signature[1..])),
        ("one-byte-more", token.with_signature([&signature[..], &[0]].concat())),
        ("with-context", token.with_signature(context)),
        ("of-ecdsa-size", token.with_signature([1; 64])),
    ] {
        corpus.refuse("D9", &format!("ml-dsa-44-{name}"), "ml-dsa-44", text, BAD);
    }
    let text = Token::of(&key, "ML-DSA-65", &claims()).with_signature([1; 64]);
    corpus.refuse("D9", "ml-dsa-65-with-44-key", "ml-dsa-44", text, "key_unsuitable");
}

/// D11: what was signed is what is verified, byte by byte.
fn other_bytes(corpus: &mut Corpus) {
    let token = good();
    let [head, payload, signature] = segments(&token);
    let replaced = |head: String, payload: String| {
        format!("{}.{}.{signature}", base64url::encode(head), base64url::encode(payload))
    };
    let (header, claims) = (header().json(), claims().json());
    assert_eq!(replaced(header.clone(), claims.clone()), token);
    for (name, text) in [
        ("payload-with-a-space", replaced(header.clone(), claims.clone() + " ")),
        (
            "payload-in-other-order",
            replaced(header.clone(), super::claims().without("iss").text("iss", super::ISSUER).json()),
        ),
        ("payload-escaped", replaced(header.clone(), claims.replace("sub", "s\\u0075b"))),
        ("header-with-a-space", replaced(header.clone() + " ", claims.clone())),
        ("sub-changed", replaced(header.clone(), claims.replace("user-1", "user-2"))),
        ("exp-changed", replaced(header.clone(), super::claims().raw("exp", super::NOW + 3601).json())),
        ("typ-removed", replaced(header.replace("\"typ\":\"at+jwt\",", ""), claims.clone())),
        ("other-signature", format!("{head}.{payload}.{}", segments(&signed(header.clone(), claims.clone() + " "))[2])),
        ("signature-of-payload-alone", {
            let bytes = Key::of("ES256").sign("ES256", payload.as_bytes());
            format!("{head}.{payload}.{}", base64url::encode(bytes))
        }),
        (
            "signature-of-another-key",
            good_for(&Key::named("ES256", "intruder"), "ES256").replacen(
                &base64url::encode(super::header().text("kid", "intruder").json()),
                head,
                1,
            ),
        ),
        ("segments-swapped", format!("{payload}.{head}.{signature}")),
    ] {
        let expect = if name == "segments-swapped" { "header_invalid" } else { BAD };
        corpus.refuse("D11", name, "es256", text, expect);
    }
}
