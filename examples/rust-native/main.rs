//! Verifies a token against a file with a JWK Set: prints its claims, or the code and reason of the error.
//!
//! ```text
//! $ cd examples/rust-native
//! $ cargo run --example rust-native -- keys.json https://tenant.example/ https://api.example < token.txt
//! {"iss":"https://tenant.example/","sub":"alice","aud":"https://api.example","exp":4102444800}
//! $ cargo run --example rust-native -- keys.json https://tenant.example/ https://other.example < token.txt
//! audience_mismatch: the token is meant for another audience: ask for one that names this service, or correct `audience`
//! ```
//! The exit code is 0 for a valid token and 1 otherwise. The token may also be the last argument.
#![allow(clippy::print_stdout, reason = "a command line program")]

use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io};

use countersign::{KeySet, Verifier};

fn main() -> ExitCode {
    match claims() {
        Ok(claims) => {
            println!("{claims}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn claims() -> Result<String, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(issuer), Some(audience)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: rust-native JWKS-FILE ISSUER AUDIENCE [TOKEN]".into());
    };
    let token = match arguments.next() {
        Some(token) => token,
        None => io::read_to_string(io::stdin())?,
    };
    let keys = KeySet::from_json(&fs::read_to_string(file)?)?;
    let verifier = Verifier::builder().issuer(issuer).audience(audience).keys(keys).build()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    match verifier.verify(token.trim(), now) {
        Ok(token) => Ok(token.claims().json().into()),
        Err(error) => Err(format!("{}: {error}", error.code()).into()),
    }
}
