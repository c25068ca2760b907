//! Random texts beside the crate `base64`: the same bytes, and the same refusals.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::random::{Random, mutate, once_in, text, texts};

const PIECES: [&str; 16] =
    ["=", "==", "+", "/", "-", "_", "A", "B", "z9", "\n", "\r\n", " ", "\0", ".", "\u{e4}", "\u{20bb7}"];

/// A canonical text, one whose last character may have bits set that no byte takes, or any characters at all.
fn candidate(random: &mut Random) -> Vec<u8> {
    let long = if once_in(random, 10) { 200 } else { 12 };
    let length = random.below(long);
    match random.below(8) {
        0..=2 => URL_SAFE_NO_PAD.encode(random.bytes(length)).into_bytes(),
        3..=6 => random.bytes(length).iter().map(|byte| ALPHABET[usize::from(byte & 63)]).collect(),
        _ => text(random, 8).into_bytes(),
    }
}

#[test]
fn texts_are_decoded_as_the_crate_base64_decodes_them() {
    let mut random = Random::new(0x7a50_0002);
    let mut verdicts = [0usize; 2];
    let count = texts();
    for round in 0..count {
        let mut text = candidate(&mut random);
        for _ in 0..(round % 2) * random.below(3) {
            mutate(&mut random, &mut text, &PIECES);
        }
        let theirs = URL_SAFE_NO_PAD.decode(&text).map_err(|_| NotCanonical);
        verdicts[usize::from(theirs.is_ok())] += 1;
        assert_eq!(decode(&text), theirs, "{:?}", String::from_utf8_lossy(&text));
        assert!(text.iter().all(|byte| is_digit(*byte) == ALPHABET.contains(byte)));
        assert_eq!(encode(&text), URL_SAFE_NO_PAD.encode(&text));
    }
    std::println!("{count} texts beside base64: refused and decoded {verdicts:?}");
    assert!(verdicts.into_iter().min() > Some(count / 5), "{verdicts:?}");
}
