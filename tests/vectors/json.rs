//! The files of `JSONTestSuite`, through the payload of a signed token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::error::{JsonReason, KeySetReason};
use countersign::verify::Limits;
use countersign::{Algorithm, Error, KeySet, SharedSecret};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{builder, folder, read};

/// `y_` files that are refused all the same: a member name twice (RFC 8259 §4 leaves it open, RFC 7519 §4
/// allows a verifier to refuse it, RFC 7493 §2.3 forbids it).
const DUPLICATES: [&str; 2] = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

/// Nested or long beyond what a payload may be.
const LARGE: [&str; 2] = ["n_structure_100000_opening_arrays.json", "n_structure_open_array_object.json"];

/// The `i_` files that are accepted: numbers too small for a double, which every parser takes for zero.
const UNDERFLOWS: [&str; 2] = ["i_number_double_huge_neg_exp.json", "i_number_real_underflow.json"];

/// What becomes of a payload: None when the parser took it. It takes any JSON value first and then asks
/// for an object with the claims, so these two errors show that the text itself was acceptable.
fn fault(payload: &[u8]) -> Option<Error> {
    let secret = SharedSecret::new(Algorithm::HS256, &[7; 32]).expect("a secret");
    let verifier = builder().keys(secret).limits(Limits::MAX).build().expect("a verifier");
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(payload));
    let tag = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("a key").chain_update(&input).finalize().into_bytes();
    let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag));
    match verifier.verify(&token, 0).expect_err("none of the files has our claims") {
        Error::PayloadInvalid(JsonReason::NotAnObject) => None,
        Error::ClaimMissing { claim } if claim == "iss" => None,
        error => Some(error),
    }
}

#[test]
fn json_test_suite() {
    let Some(folder) = folder() else { return };
    let mut accepted = [0; 3];
    let mut refused = [0; 3];
    let mut names: Vec<_> = std::fs::read_dir(folder.join("json-parsing/test_parsing"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    for name in names {
        let text = read(&folder.join("json-parsing/test_parsing").join(&name));
        let kind = ["y_", "n_", "i_"].iter().position(|prefix| name.starts_with(prefix)).expect("a kind");
        if text.is_empty() {
            // A token cannot have it; a key set can.
            assert!(KeySet::from_json_within(&text, &Limits::MAX).is_err());
            refused[kind] += 1;
            continue;
        }
        if LARGE.contains(&name.as_str()) {
            // Larger than a token may be, so through the key set, which bounds its depth as well.
            let error = KeySet::from_json_within(&text, &Limits::MAX).err();
            assert_eq!(error, Some(Error::JwksInvalid(KeySetReason::Json)), "{name}");
            refused[kind] += 1;
            continue;
        }
        let fault = fault(&text);
        if DUPLICATES.contains(&name.as_str()) {
            assert_eq!(fault, Some(Error::PayloadInvalid(JsonReason::DuplicateMember)), "{name}");
        } else {
            let valid = kind == 0 || UNDERFLOWS.contains(&name.as_str());
            assert_eq!(fault.is_none(), valid, "{name}: {fault:?}");
        }
        if fault.is_none() { accepted[kind] += 1 } else { refused[kind] += 1 }
    }
    println!("JSONTestSuite: y_, n_, i_ accepted {accepted:?}, refused {refused:?}");
    assert_eq!((accepted, refused), ([93, 0, 2], [2, 188, 33]));
}
