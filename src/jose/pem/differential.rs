//! Random and changed texts beside the crates `spki`, `der` and `pem-rfc7468`: the same keys and the same refusals, but
//! that line ends and blanks count for nothing here.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::random::{Random, mutate, once_in, text, texts};

const KEYS: [&str; 6] = [
    // Ed25519
    "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    // P-256: RFC 7517, A.1
    "3059301306072a8648ce3d020106082a8648ce3d0301070342000430a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3ee04b65e92456d9888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723",
    // An EC key with explicit parameters, one with none, an X25519 key, and one of a type that nobody has
    "3012300c06072a8648ce3d020130010003020004",
    "3010300906072a8648ce3d02010303000400",
    "302a300506032b656e032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "300c300706052a8100000003010000",
];

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn rsa() -> Vec<u8> {
    let mut modulus = alloc::vec![0x02, 0x82, 0x01, 0x01, 0x00];
    modulus.extend([0xff; 256]);
    let key = [&[0x30, 0x82, 0x01, 0x0a][..], &modulus, &[0x02, 0x03, 1, 0, 1]].concat();
    let head = bytes("30820122300d06092a864886f70d01010105000382010f00");
    [head, key].concat()
}

fn armour(der: &[u8]) -> String {
    let text = base64url::encode(der).replace('-', "+").replace('_', "/");
    let padded = format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4));
    let lines: Vec<&str> = padded.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn own(pem: &str) -> Result<PublicKey, Error> {
    let der = decode(pem.trim())?;
    Spki::parse(&der).ok_or(KeyInvalidReason::Pem)?.public_key()
}

/// The same policy over the reader of the crate `spki`.
mod reference {
    use spki::der::asn1::UintRef;
    use spki::der::pem::PemLabel as _;
    use spki::der::{Decode as _, Document, Reader as _, SliceReader};
    use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

    use super::super::*;

    fn is(oid: ObjectIdentifier, bytes: &[u8]) -> bool {
        oid.as_bytes() == bytes
    }

    pub(super) fn read(pem: &str) -> Result<PublicKey, Error> {
        let (label, document) = Document::from_pem(pem.trim()).map_err(|_| KeyInvalidReason::Pem)?;
        SubjectPublicKeyInfoRef::validate_pem_label(label).map_err(|_| KeyInvalidReason::Pem)?;
        let spki: SubjectPublicKeyInfoRef<'_> = document.decode_msg().map_err(|_| KeyInvalidReason::Pem)?;
        let bits = spki.subject_public_key.as_bytes().ok_or(KeyInvalidReason::Pem)?;
        let oid = spki.algorithm.oid;
        let fits = match oid.as_bytes() {
            RSA => spki.algorithm.parameters.is_some_and(spki::der::AnyRef::is_null),
            EC => true,
            _ => spki.algorithm.parameters.is_none(),
        };
        if !fits {
            return Err(KeyInvalidReason::Pem.into());
        }
        if is(oid, RSA) {
            let (modulus, exponent) = parts(bits).map_err(|_| KeyInvalidReason::Pem)?;
            return Ok(PublicKey::rsa(modulus, exponent)?);
        }
        if is(oid, EC) {
            let named = spki.algorithm.parameters_oid().map_err(|_| KeyUnsuitableReason::Curve)?;
            let (_, curve) = CURVES.iter().find(|(oid, _)| is(named, oid)).ok_or(KeyUnsuitableReason::Curve)?;
            return Ok(PublicKey::ec_point(*curve, bits)?);
        }
        if is(oid, ED25519) {
            return Ok(PublicKey::ed25519(bits)?);
        }
        match ML_DSA.iter().find(|(name, _)| is(oid, name)) {
            Some((_, algorithm)) => Ok(PublicKey::ml_dsa(*algorithm, bits)?),
            None => Err(KeyUnsuitableReason::KeyType.into()),
        }
    }

    fn parts(der: &[u8]) -> spki::der::Result<(&[u8], &[u8])> {
        let mut reader = SliceReader::new(der)?;
        let parts = reader.sequence(|inner| {
            Ok::<_, spki::der::Error>((UintRef::decode(inner)?.as_bytes(), UintRef::decode(inner)?.as_bytes()))
        })?;
        reader.finish()?;
        Ok(parts)
    }
}

/// The text as the other reader wants it, by the one rule on which we differ: white space counts for nothing between and
/// after boundaries, and before the first one on its line.
fn rewritten(pem: &str) -> Option<String> {
    let (before, text) = pem.match_indices(BEGIN).find_map(|(at, _)| {
        let (before, text) = pem.split_at(at);
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        line.trim().is_empty().then(|| (&before[..before.len() - line.len()], text))
    })?;
    // Of two keys none is meant.
    if before.contains("-----END ") {
        return None;
    }
    let body = text.strip_prefix("-----BEGIN PUBLIC KEY-----")?;
    let (body, after) = body.split_once("-----END PUBLIC KEY-----")?;
    let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(core::str::from_utf8).collect::<Result<_, _>>().ok()?;
    let lines = lines.join("\n");
    Some(format!("{before}-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----{}", after.trim()))
}

/// Whether the text is no key at all, rather than one that we do not want. What is wrong with it is told apart here, and
/// not there.
fn is_form(error: &Error) -> bool {
    let forms = [
        KeyInvalidReason::Pem,
        KeyInvalidReason::PemLineEnds,
        KeyInvalidReason::PemBoundary,
        KeyInvalidReason::PemBody,
    ];
    forms.into_iter().any(|fault| *error == Error::from(fault))
}

/// Answers whether both read a key from the text.
fn agree(pem: &str) -> bool {
    let (ours, strictly) = (own(pem), reference::read(pem));
    let theirs = rewritten(pem.trim()).map_or_else(|| Err(KeyInvalidReason::Pem.into()), |pem| reference::read(&pem));
    match &ours {
        Err(error) if is_form(error) => assert!(theirs.as_ref().is_err_and(is_form), "{error:?}, {theirs:?}: {pem}"),
        _ => assert_eq!(ours, theirs, "{pem}"),
    }
    let is_key = !strictly.as_ref().is_err_and(is_form);
    if is_key {
        assert_eq!(ours, strictly, "{pem}");
    }
    is_key
}

#[test]
fn every_change_of_a_byte_is_judged_as_another_reader_judges_it() {
    for der in KEYS.iter().map(|hex| bytes(hex)).chain([rsa()]) {
        agree(&armour(&der));
        // The large numbers themselves are no structure.
        for at in (0..der.len()).filter(|at| *at < 50 || at + 8 > der.len()) {
            for value in 0..=255u8 {
                let mut changed = der.clone();
                changed[at] = value;
                agree(&armour(&changed));
            }
            for value in [0x00, 0x05, 0x1f, 0x30, 0x80, 0x81, 0xff] {
                let mut changed = der.clone();
                changed.insert(at, value);
                agree(&armour(&changed));
            }
            let mut changed = der.clone();
            changed.remove(at);
            agree(&armour(&changed));
            agree(&armour(&der[..at]));
        }
    }
}

#[test]
fn tags_lengths_and_identifiers_of_every_form_are_judged_as_another_reader_judges_them() {
    let wrap = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat();
    let spki = |identifier: &[u8]| wrap(0x30, &[wrap(0x30, identifier), wrap(0x03, &[0, 4])].concat());
    let ec = wrap(0x06, EC);
    for tag in 0..=255u8 {
        for rest in [
            "00",
            "1f00",
            "1e00",
            "800100",
            "8100",
            "810100",
            "8fffffff7f00",
            "90ffffff7f00",
            "ffffff7f00",
            "8fffffffff7f00",
            "8101ff",
            "82000100",
            "83",
            "8400000001ff",
            "85",
            "80",
        ] {
            agree(&armour(&spki(&[&ec[..], &[tag], &bytes(rest)].concat())));
        }
    }
    for oid in [
        "",
        "00",
        "77",
        "78",
        "ff",
        "2a80",
        "2a8000",
        "2a81828384",
        "2a8182838405",
        "2a818283848505",
        "2a81828384850f",
        "2a818283848510",
        "2a8182838485860f",
        "2a7f",
    ] {
        agree(&armour(&spki(&wrap(0x06, &bytes(oid)))));
        agree(&armour(&spki(&[&ec[..], &wrap(0x06, &bytes(oid))].concat())));
    }
    for length in 36..44 {
        agree(&armour(&spki(&wrap(0x06, &alloc::vec![1; length]))));
    }
}

#[test]
fn every_change_of_a_character_is_judged_as_another_reader_judges_it() {
    for der in [bytes(KEYS[0]), bytes(KEYS[1])] {
        let pem = armour(&der);
        for at in 0..=pem.len() {
            for text in ["\n", "\r", "\r\n", " ", "-", "=", "A", "_", "+", "\0", "é", "\n\n", ":", "\n-----BEGIN "] {
                let mut changed = pem.clone();
                changed.insert_str(at, text);
                agree(&changed);
                if at < pem.len() {
                    changed = pem.clone();
                    changed.replace_range(at..=at, text);
                    agree(&changed);
                }
            }
        }
    }
}

/// By the other reader, where each line but the last has 64 characters.
fn decoded(pem: &str) -> Option<Vec<u8>> {
    spki::der::pem::decode_vec(pem.as_bytes()).ok().map(|(_, der)| der)
}

#[test]
fn lines_may_end_anywhere() {
    for length in 0..200 {
        let digits = "A".repeat(length);
        for padding in ["", "=", "==", "==="] {
            let text = format!("{digits}{padding}");
            let one_line = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----");
            let expected = rewritten(&one_line).and_then(|pem| decoded(&pem));
            for width in [63, 64, 65] {
                for (line_break, end) in
                    [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\n"), ("\n", "\n\n"), ("\n", "\r\n\r"), ("\n", "")]
                {
                    let lines: Vec<&str> =
                        text.as_bytes().chunks(width).map(|line| core::str::from_utf8(line).unwrap()).collect();
                    let lines = lines.join(line_break);
                    let pem = format!("-----BEGIN PUBLIC KEY-----\n{lines}{end}-----END PUBLIC KEY-----");
                    let theirs = decoded(&pem);
                    assert!(theirs.is_none() || theirs == expected, "{pem}");
                    assert_eq!(decode(&pem).ok().filter(|der| !der.is_empty()), expected, "{pem}");
                }
            }
        }
    }
}

#[test]
fn text_may_come_before_the_key() {
    let pem = armour(&bytes(KEYS[0]));
    for (before, accepted) in [("", true), ("a key\n", true), ("\r\n", true), ("a", false), ("\0\n", false)] {
        assert_eq!(agree(&format!("{before}{pem}")), accepted);
        assert_eq!(public_key(&format!("{before}{pem}")).is_ok(), accepted, "{before:?}");
    }
    for other in ["RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY", "PUBLIC KEY ", "PUBLIC  KEY", ""] {
        agree(&pem.replace("PUBLIC KEY", other));
        assert_eq!(
            public_key(&pem.replace("PUBLIC KEY", other)).err().map(|error| error.to_string()),
            Some(KeyInvalidReason::Pem.to_string())
        );
    }
}

const PIECES: [&str; 24] = [
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\u{c}",
    "\u{b}",
    "\u{a0}",
    "\0",
    "\\n",
    "-",
    "-----",
    "-----BEGIN ",
    "-----END PUBLIC KEY-----",
    "PUBLIC KEY",
    "=",
    "==",
    "+",
    "/",
    "_",
    "A",
    ":",
    "MCow",
    "\u{20bb7}",
];

/// A key of any kind, or what is none; its structure changed now and then.
fn der(random: &mut Random) -> Vec<u8> {
    let mut der = match random.below(20) {
        0 => rsa(),
        1 => random.bytes(40),
        2 | 3 => {
            // Each identifier with each kind of parameters and any key.
            let element = countersign_testkit::der::element;
            let oids = [RSA, EC, ED25519, ML_DSA[0].0, CURVES[0].0];
            let parameters = match random.below(6) {
                0 => Vec::new(),
                1 => element(der::NULL, &[]),
                2 => element(der::SEQUENCE, &[]),
                3 => element(der::NULL, &[0]),
                _ => element(der::OBJECT_IDENTIFIER, CURVES[random.below(CURVES.len())].0),
            };
            let length = [0, 32, 33, 64, 65, 1312][random.below(6)];
            let mut key = random.bytes(length);
            if let (true, Some(first)) = (random.percent(70), key.first_mut()) {
                *first = 4;
            }
            countersign_testkit::der::spki(oids[random.below(oids.len())], &parameters, &key)
        }
        _ => bytes(KEYS[random.below(KEYS.len())]),
    };
    if once_in(random, 4) {
        mutate(random, &mut der, &["\0", "0", "\u{2}", "\u{3}", "\u{5}\0", "\u{6}\u{1}\u{2a}"]);
    }
    der
}

/// The text of a key in one of its forms: lines of any length, blanks, indentation, text before, and what it must not have.
fn random_pem(random: &mut Random) -> String {
    let der = der(random);
    if once_in(random, 4) {
        return armour(&der);
    }
    let body = countersign_testkit::base64url::encode_standard(&der);
    let label = if once_in(random, 20) {
        random.pick(&["PRIVATE KEY", "CERTIFICATE", "RSA PUBLIC KEY", "public key", "PUBLIC  KEY", "X"])
    } else {
        "PUBLIC KEY"
    };
    let line_end = random.pick(&["\n", "\n", "\r\n", "\r", " ", "\n  ", "\n\n", "\\n", ""]);
    let width = [64, 64, 76, 1 + random.below(70), 10_000][random.below(5)];
    let before = match random.below(12) {
        0 => format!("{}\n", text(random, 8)),
        1 => text(random, 4),
        2 => "\n\t ".into(),
        _ => String::new(),
    };
    let mut pem = format!("{before}-----BEGIN {label}-----{line_end}");
    for line in body.as_bytes().chunks(width) {
        pem.push_str(core::str::from_utf8(line).expect("ASCII"));
        pem.push_str(line_end);
    }
    pem.push_str(&format!("-----END {label}-----"));
    pem.push_str(random.pick(&["", "\n", "\r\n", " ", "\n\n", "\nx"]));
    pem
}

#[test]
fn random_texts_are_judged_as_another_reader_judges_them() {
    let mut random = Random::new(0x7a50_0007);
    let (mut strict, mut taken, mut refused) = (0, 0, 0);
    let count = texts();
    for round in 0..count {
        let mut bytes = random_pem(&mut random).into_bytes();
        for _ in 0..(round % 2) * random.below(3) {
            mutate(&mut random, &mut bytes, &PIECES);
        }
        let pem = String::from_utf8_lossy(&bytes);
        if agree(&pem) {
            strict += 1;
        } else if !own(&pem).is_err_and(|error| is_form(&error)) {
            taken += 1;
        } else {
            refused += 1;
        }
    }
    std::println!(
        "{count} texts beside spki: {strict} read by both, {taken} after white space, {refused} refused by both"
    );
    assert!([strict, taken, refused].into_iter().min() > Some(count / 20), "{strict}, {taken}, {refused}");
}
