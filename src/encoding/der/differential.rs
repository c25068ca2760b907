//! Random elements beside the crate `der`: the same tags and contents, and the same refusals.

use alloc::vec::Vec;

use spki::ObjectIdentifier;
use spki::der::asn1::{AnyRef, UintRef};
use spki::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use super::*;
use crate::random::{Random, mutate, once_in, texts};

/// What mutations put in: tags and lengths, as far as they are text.
const PIECES: [&str; 12] =
    ["\0", "\u{1}", "\u{2}", "\u{3}", "\u{5}\0", "\u{6}", "0", "0\0", "1", "\u{1f}", "\u{7f}", "0\u{3}\u{2}\u{1}\0"];

/// Elements of every form, one in another.
fn elements(random: &mut Random, depth: usize) -> Vec<u8> {
    let mut der = Vec::new();
    for _ in 0..=random.below(3) {
        tag(random, &mut der);
        let content = match random.below(if depth == 0 { 4 } else { 8 }) {
            0 => Vec::new(),
            1 => number(random),
            2 => object_identifier(random),
            3 => {
                let long = if once_in(random, 50) { 70_000 } else { 300 };
                let length = if once_in(random, 8) { random.below(long) } else { random.below(9) };
                random.bytes(length)
            }
            _ => elements(random, depth - 1),
        };
        length_of(random, &mut der, content.len());
        der.extend(content);
    }
    der
}

fn tag(random: &mut Random, der: &mut Vec<u8>) {
    let common = [INTEGER, BIT_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE, 0x31, 0xa0, 0x04];
    match random.below(10) {
        0..=6 => der.push(common[random.below(common.len())]),
        7 | 8 => der.push(u8::try_from(random.below(0x100)).expect("a byte")),
        _ => {
            // A number in further bytes, now and then one that is too short or too long for that.
            der.push([0x1f, 0x5f, 0x9f, 0xbf, 0xff, 0x7f][random.below(6)]);
            let count = random.below(6);
            der.extend(random.bytes(count).iter().map(|byte| byte | 0x80));
            der.push(u8::try_from(random.below(0x80)).expect("seven bits"));
        }
    }
}

/// In the fewest bytes, mostly.
fn length_of(random: &mut Random, der: &mut Vec<u8>, length: usize) {
    let bytes = u32::try_from(length).expect("short").to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match random.below(40) {
        0 => der.push(0x80),
        1 => der.extend([&[0x84][..], &bytes].concat()),
        2 => der.extend([&[0x85, 0][..], &bytes].concat()),
        3 => der.extend([0x81, bytes[3]]),
        4 => der.extend([0x82, bytes[2], bytes[3]]),
        5 => der.push(bytes[3] ^ 1),
        _ if length < 0x80 => der.push(bytes[3]),
        _ => der.extend([&[0x84 - u8::try_from(zeros).expect("at most three")][..], &bytes[zeros..]].concat()),
    }
}

/// The content of an INTEGER, of either sign, in the fewest bytes or in more.
fn number(random: &mut Random) -> Vec<u8> {
    let length = random.below(5);
    let mut bytes = random.bytes(length);
    if once_in(random, 3) {
        bytes.insert(0, [0, 0xff, 0x80][random.below(3)]);
    }
    bytes
}

fn object_identifier(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    let many = if once_in(random, 20) { 30 } else { 5 };
    let arcs = if once_in(random, 4) { 0x100 } else { 120 };
    bytes.push(u8::try_from(random.below(arcs)).expect("a byte"));
    for _ in 0..random.below(many) {
        let long = if once_in(random, 10) { 7 } else { 2 };
        let more = random.below(long);
        bytes.extend(random.bytes(more).iter().map(|byte| byte | 0x80));
        bytes.push(u8::try_from(random.below(0x80)).expect("seven bits"));
    }
    if once_in(random, 30) {
        bytes.push(0x80);
    }
    bytes
}

/// Reads on until either refuses, into sequences too; answers how many elements both have read.
fn compare(der: &[u8]) -> usize {
    let mut ours = Elements::new(der);
    let Ok(mut theirs) = SliceReader::new(der) else {
        assert!(ours.is_empty() || ours.any().is_none(), "{der:x?}");
        return 0;
    };
    let mut count = 0;
    loop {
        assert_eq!(ours.is_empty(), theirs.is_finished(), "{der:x?}");
        let before = ours;
        let (Some((first, content)), Ok(any)) = (ours.any(), AnyRef::decode(&mut theirs)) else {
            let (mut ours, mut theirs) = (before, SliceReader::new(before.0).ok());
            assert!(
                ours.any().is_none() && theirs.as_mut().is_none_or(|theirs| AnyRef::decode(theirs).is_err()),
                "{der:x?}"
            );
            return count;
        };
        count += 1;
        assert_eq!((content, Some(first)), (any.value(), first_byte(any.tag())), "{der:x?}");
        let [mut wanted, mut other] = [before; 2];
        assert_eq!((wanted.expect(first), other.expect(first ^ 1)), (Some(content), None));
        match any.tag() {
            Tag::Sequence => {
                let inside = { before }.sequence().expect("a sequence");
                assert_eq!(inside.0, content);
                count += compare(content);
            }
            Tag::Integer => {
                let theirs = any.decode_as::<UintRef<'_>>().ok().map(|number| number.as_bytes());
                // Zero has no digits here, and one there.
                let ours = unsigned(content).map(|digits| if digits.is_empty() { &[0] } else { digits });
                assert_eq!(ours, theirs, "{content:x?}");
            }
            Tag::ObjectIdentifier => {
                assert_eq!(
                    is_object_identifier(content),
                    ObjectIdentifier::from_bytes(content).is_ok(),
                    "{content:x?}"
                );
            }
            _ => {}
        }
    }
}

/// The first byte of what the other library encodes a tag as.
fn first_byte(tag: Tag) -> Option<u8> {
    use spki::der::Encode as _;
    tag.to_der().ok()?.first().copied()
}

#[test]
fn elements_are_read_as_the_crate_der_reads_them() {
    let mut random = Random::new(0x7a50_0003);
    let count = texts();
    let (mut read, mut refused) = (0, 0);
    for round in 0..count {
        let mut der = elements(&mut random, 3);
        for _ in 0..(round % 2) * random.below(3) {
            mutate(&mut random, &mut der, &PIECES);
        }
        match compare(&der) {
            0 => refused += 1,
            elements => read += elements,
        }
    }
    std::println!("{count} texts beside der: {read} elements read by both, {refused} texts refused at their beginning");
    assert!(read > count && refused > count / 50, "{read}, {refused}");
}
