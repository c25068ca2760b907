//! Helpers shared by the tests that draw random cases.

use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use countersign_testkit::random::{Random, cases};

/// How many texts each comparison of a parser takes.
pub(crate) fn texts() -> usize {
    cases(100_000, usize::MAX)
}

/// True once in so many times.
pub(crate) fn once_in(random: &mut Random, times: usize) -> bool {
    random.below(times) == 0
}

/// Any character of Unicode: each plane as likely as another, and the edges of its ranges often.
pub(crate) fn character(random: &mut Random) -> char {
    let number = match random.below(12) {
        0..=3 => 0x20 + random.below(0x5f),
        4 => random.below(0x100),
        5 => random.below(0x1_0000),
        6 => {
            let edges = [0, 0x1f, 0x7f, 0x80, 0xa0, 0x7ff, 0x800, 0x2028, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff];
            edges[random.below(edges.len())]
        }
        7 => (random.below(17) << 16) | [0, 1, 0x3ff, 0x400, 0xfbff, 0xfc00, 0xfffe, 0xffff][random.below(8)],
        _ => (random.below(17) << 16) | random.below(0x1_0000),
    };
    // Half of a pair is no character; its neighbours far above are.
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or('\u{2d800}')
}

/// A text of at most so many such characters.
pub(crate) fn text(random: &mut Random, most: usize) -> String {
    (0..random.below(most + 1)).map(|_| character(random)).collect()
}

/// Changes a text in one place: a byte set, put in or taken out, a piece repeated, moved or cut off, or one of
/// the pieces that mean something to the parser put in.
pub(crate) fn mutate(random: &mut Random, text: &mut Vec<u8>, pieces: &[&str]) {
    let at = random.below(text.len() + 1);
    let end = (at + random.below(9)).min(text.len());
    let any = u8::try_from(random.below(0x100)).expect("a byte");
    match random.below(9) {
        0 if at < text.len() => text[at] = any,
        1 if at < text.len() => text[at] ^= 1 << random.below(8),
        2 => text.insert(at, any),
        3 | 4 => drop(text.drain(at..end)),
        5 => {
            let piece = text[at..end].to_vec();
            let to = random.below(text.len() + 1);
            text.splice(to..to, piece);
        }
        6 => text.truncate(at),
        _ => {
            let piece = random.pick(pieces).bytes();
            let end = if random.percent(50) { at } else { end };
            text.splice(at..end, piece);
        }
    }
}
