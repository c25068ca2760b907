//! One valid token per algorithm.

use super::{AUDIENCE, Corpus, ISSUER, claims, keys};
use crate::base64url;
use crate::key::{ALGORITHMS, Key};
use crate::members::Members;
use crate::token::Token;

pub(super) fn add(corpus: &mut Corpus) {
    for algorithm in ALGORITHMS {
        let key = Key::of(algorithm);
        let options = if algorithm.starts_with("HS") {
            let options = Members::new().text("secret", base64url::encode(key.bytes())).text("algorithm", algorithm);
            options.text("issuer", ISSUER).text("audience", AUDIENCE)
        } else {
            keys(&key.key_set())
        };
        corpus.verifier(algorithm, options);
        // Every kind of character that an encoder could stumble over, and all of base64url in the token.
        let claims = claims().text("name", "Zoë 🦀 \"quoted\" \\ / ü").raw("roles", "[\"reader\",\"writer\"]");
        let token = Token::of(&key, algorithm, &claims).sign(&key, algorithm);
        corpus.accept(algorithm, "valid", algorithm, token);
    }
}
