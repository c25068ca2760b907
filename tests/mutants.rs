//! Every one-character mutant and every single-bit flip of one valid token per algorithm: none is accepted.
//!
//! All mutants go through `begin`, which turns most of them down. Of those that it lets through, none may stand for the
//! same bytes as the original. Their signatures are then verified: all of them where that is fast, every so many-th
//! where it is slow. `COUNTERSIGN_MUTANTS=all` verifies all of them, which takes a while.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a test may"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use common::Corpus;
use countersign::{ErrorCode, Verifier};
use countersign_testkit::base64url;

/// Beside the alphabet: what lenient decoders forgive, and the separator.
const FORGIVEN: &str = "=+/ .";

/// How many survivors of `begin` there are for each one that is verified, by what one verification takes.
fn sampling(algorithm: &str) -> usize {
    if std::env::var_os("COUNTERSIGN_MUTANTS").is_some_and(|value| value == "all") {
        return 1;
    }
    match algorithm {
        "ES512" => 23,
        "ES384" => 11,
        "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" => 29,
        _ => 1,
    }
}

#[derive(Default)]
struct Count {
    mutants: usize,
    begun: usize,
    verified: usize,
}

struct Original<'a> {
    verifier: &'a Verifier,
    token: &'a str,
    signature: Vec<u8>,
    now: u64,
    every: usize,
}

impl Original<'_> {
    fn try_mutant(&self, mutant: &str, count: &mut Count) {
        count.mutants += 1;
        let Ok(pending) = self.verifier.begin(mutant.as_bytes()) else { return };
        count.begun += 1;
        let length = pending.signing_input_length();
        let same_input = mutant.as_bytes()[..length] == self.token.as_bytes()[..length.min(self.token.len())];
        assert!(!same_input || pending.signature() != self.signature, "two texts for one token: {mutant}");
        if count.begun.is_multiple_of(self.every) {
            count.verified += 1;
            assert!(!pending.verify(mutant.as_bytes()).unwrap(), "accepted: {mutant}");
            // The whole way, too, and the code is that of a bad signature.
            if count.verified.is_multiple_of(97) {
                let error = self.verifier.verify(mutant, self.now).unwrap_err();
                assert_eq!(error.code(), ErrorCode::SignatureInvalid, "{mutant}");
            }
        }
    }

    fn replace_characters(&self) -> Count {
        let mut count = Count::default();
        let mut mutant = self.token.to_owned();
        let replacements: Vec<char> = base64url::ALPHABET.chars().chain(FORGIVEN.chars()).collect();
        for (index, original) in self.token.char_indices() {
            for replacement in replacements.iter().filter(|replacement| **replacement != original) {
                mutant.replace_range(index..=index, replacement.encode_utf8(&mut [0; 4]));
                self.try_mutant(&mutant, &mut count);
            }
            mutant.replace_range(index..=index, original.encode_utf8(&mut [0; 4]));
        }
        assert_eq!(mutant, self.token);
        count
    }

    fn flip_bits(&self) -> Count {
        let mut count = Count::default();
        let segments = countersign_testkit::token::segments(self.token).map(base64url::decode);
        for part in 0..3 {
            for bit in 0..segments[part].len() * 8 {
                let mut flipped = segments.clone();
                flipped[part][bit / 8] ^= 1 << (bit % 8);
                self.try_mutant(&flipped.map(base64url::encode).join("."), &mut count);
            }
        }
        count
    }
}

#[test]
fn no_mutant_is_accepted() {
    let corpus = Corpus::read("algorithms");
    let next = AtomicUsize::new(0);
    let mutants = AtomicUsize::new(0);
    let tried = AtomicUsize::new(0);
    let work = || {
        // The last of the table are the longest.
        while let Some(case) = corpus.cases.iter().rev().nth(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            let verifier = corpus.verifier(&case.verifier).unwrap_or_else(|_| panic!("{}", case.id));
            assert!(verifier.verify(&case.token, corpus.now).is_ok());
            let signature = base64url::decode(case.token.rsplit('.').next().unwrap());
            let every = sampling(&case.verifier);
            let original = Original { verifier: &verifier, token: &case.token, signature, now: corpus.now, every };
            for (name, count) in [("characters", original.replace_characters()), ("bits", original.flip_bits())] {
                mutants.fetch_add(count.mutants, Ordering::Relaxed);
                tried.fetch_add(count.verified, Ordering::Relaxed);
                println!(
                    "{} {name}: {} mutants, {} reach the signature, {} of them verified, 0 accepted, {:.1} s",
                    case.verifier,
                    count.mutants,
                    count.begun,
                    count.verified,
                    start.elapsed().as_secs_f32()
                );
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    println!("{} mutants, {} verified, 0 accepted", mutants.into_inner(), tried.into_inner());
}
