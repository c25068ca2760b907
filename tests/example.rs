//! Runs `examples/rust-native` as its documentation does.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::string_slice, reason = "a test fails by panicking")]

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use countersign_testkit::{Key, Members, Token};

const ISSUER: &str = "https://tenant.example/";
const AUDIENCE: &str = "https://api.example";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/rust-native")
}

/// The standard output, the standard error and the exit code.
fn run(arguments: &[&str], input: Stdio) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--locked", "--example", "rust-native", "--"]).args(arguments);
    let output = command.current_dir(folder()).stdin(input).output().expect("cargo runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code())
}

fn token_file() -> Stdio {
    File::open(folder().join("token.txt")).expect("the file").into()
}

#[test]
fn it_prints_the_claims_or_the_error() {
    let claims =
        "{\"iss\":\"https://tenant.example/\",\"sub\":\"alice\",\"aud\":\"https://api.example\",\"exp\":4102444800}\n";
    assert_eq!(run(&["keys.json", ISSUER, AUDIENCE], token_file()), (claims.into(), String::new(), Some(0)));
    let mismatch = "audience_mismatch: the token is meant for another audience: ask for one that names this service, or \
                    correct `audience`\n";
    let other = run(&["keys.json", ISSUER, "https://other.example"], token_file());
    assert_eq!(other, (String::new(), mismatch.into(), Some(1)));
    // What its documentation shows is what it prints.
    let source = std::fs::read_to_string(folder().join("main.rs")).expect("the source");
    for line in [claims, mismatch] {
        assert!(source.contains(&format!("//! {line}")), "{line}");
    }
}

#[test]
fn it_takes_the_token_as_an_argument_and_names_mistakes() {
    let token = std::fs::read_to_string(folder().join("token.txt")).expect("the file");
    let changed = format!("{}A", token.trim());
    let (claims, error, code) = run(&["keys.json", ISSUER, AUDIENCE, token.trim()], Stdio::null());
    assert!(claims.starts_with('{') && error.is_empty() && code == Some(0), "{error}");
    for (arguments, beginning) in [
        (&["keys.json", ISSUER, AUDIENCE, &changed][..], "signature_invalid:"),
        (&["keys.json", ISSUER, AUDIENCE, ""], "token_malformed:"),
        (&["keys.json", "", AUDIENCE, "x"], "option `issuer`"),
        (&["token.txt", ISSUER, AUDIENCE, "x"], "the key set is not strict JSON"),
        (&["no-such-file", ISSUER, AUDIENCE, "x"], "No such file"),
        (&["keys.json"], "usage:"),
    ] {
        let (output, error, code) = run(arguments, Stdio::null());
        assert!(output.is_empty() && error.starts_with(beginning) && code == Some(1), "{arguments:?}: {error}");
    }
}

/// The example's files come from the testkit's key; this says how.
#[test]
fn its_files_are_those_of_the_test_key() {
    let key = Key::of("EdDSA");
    let claims =
        Members::new().text("iss", ISSUER).text("sub", "alice").text("aud", AUDIENCE).raw("exp", 4_102_444_800_u64);
    let token = Token::of(&key, "EdDSA", &claims).sign(&key, "EdDSA");
    let files = [("keys.json", key.key_set()), ("token.txt", token)];
    for (name, content) in files {
        let path = folder().join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, format!("{content}\n"), "{}", path.display());
    }
}
