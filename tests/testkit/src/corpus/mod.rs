//! The corpus: verifiers, tokens and what has to come of each token, as fixed data for every host.

mod algorithms;
mod bindings;
mod claims;
mod encoding;
mod header;
mod id_tokens;
mod json;
mod key_material;
mod key_policy;
mod profiles;
mod robustness;
mod secrets;
mod selection;
mod signatures;
mod signatures_rsa;
mod token_kinds;
mod vendors;

use std::fmt::Write as _;

use crate::key::Key;
use crate::members::{Members, key_set, quote};
use crate::token::Token;

/// The issuer that the verifiers trust.
pub const ISSUER: &str = "https://issuer.example/";
/// The audience of access tokens.
pub const AUDIENCE: &str = "https://api.example";
/// The client ID, which is the audience of ID tokens.
pub const CLIENT: &str = "client-1";
/// The beginning of 2026, when every case happens.
pub const NOW: u64 = 1_767_225_600;

/// A file of the corpus.
pub struct Corpus {
    name: &'static str,
    verifiers: Vec<(String, Members)>,
    cases: Vec<Case>,
}

struct Case {
    id: String,
    rule: String,
    verifier: String,
    token: String,
    expectations: Option<Members>,
    expect: &'static str,
    claim: Option<&'static str>,
}

/// One valid token per algorithm, each with a verifier of its own.
pub fn algorithms() -> Corpus {
    let mut corpus = Corpus::new("algorithms");
    algorithms::add(&mut corpus);
    corpus
}

/// Attacks, and beside them the honest tokens that they resemble.
pub fn attacks() -> Corpus {
    let mut corpus = Corpus::new("attacks");
    let es256 = Key::of("ES256");
    corpus.verifier("es256", keys(&es256.key_set()));
    for add in [
        selection::add,
        header::add,
        encoding::add,
        json::add,
        profiles::add,
        signatures::add,
        signatures_rsa::add,
        claims::add,
        id_tokens::add,
        robustness::add,
    ] {
        add(&mut corpus);
    }
    corpus
}

/// Keys, key sets and secrets that must not be used, each with a token that would get through if they were.
pub fn bad_keys() -> Corpus {
    let mut corpus = Corpus::new("keys");
    for add in [secrets::add, key_policy::add, key_material::add] {
        add(&mut corpus);
    }
    corpus
}

/// The shapes in which vendors issue tokens, with the options that take them, and what these must not take.
pub fn vendors() -> Corpus {
    let mut corpus = Corpus::new("vendors");
    for add in [token_kinds::add, bindings::add, vendors::add] {
        add(&mut corpus);
    }
    corpus
}

/// The files by their names.
pub fn files() -> [(&'static str, Corpus); 4] {
    [("algorithms", algorithms()), ("attacks", attacks()), ("keys", bad_keys()), ("vendors", vendors())]
}

impl Corpus {
    fn new(name: &'static str) -> Self {
        Self { name, verifiers: Vec::new(), cases: Vec::new() }
    }

    fn verifier(&mut self, id: impl Into<String>, options: Members) {
        let id = id.into();
        assert!(self.verifiers.iter().all(|(own, _)| *own != id), "two verifiers are called {id}");
        self.verifiers.push((id, options));
    }

    /// A token that must not get through, and the code that says why.
    fn refuse(&mut self, rule: &str, name: &str, verifier: &str, token: impl Into<String>, expect: &'static str) {
        self.case(rule, name, verifier, quote(&token.into()), expect);
    }

    /// A claim that must not get through.
    fn refuse_claim(
        &mut self,
        rule: &str,
        name: &str,
        verifier: &str,
        token: impl Into<String>,
        (expect, claim): (&'static str, &'static str),
    ) {
        self.case(rule, name, verifier, quote(&token.into()), expect).claim = Some(claim);
    }

    /// An honest token.
    fn accept(&mut self, rule: &str, name: &str, verifier: &str, token: impl Into<String>) {
        self.case(rule, name, verifier, quote(&token.into()), "ok");
    }

    /// A key set that has one use: a verifier for this case alone.
    fn with_keys(&mut self, rule: &str, name: &str, jwks: &str, token: impl Into<String>, expect: &'static str) {
        let id = format!("{rule}-{name}");
        self.verifier(&id, keys(jwks));
        self.case(rule, name, &id, quote(&token.into()), expect);
    }

    fn case(&mut self, rule: &str, name: &str, verifier: &str, token: String, expect: &'static str) -> &mut Case {
        let id = format!("{rule}-{name}");
        assert!(self.cases.iter().all(|case| case.id != id), "two cases are called {id}");
        assert!(self.verifiers.iter().any(|(own, _)| own == verifier), "there is no verifier {verifier}");
        let (rule, verifier) = (rule.into(), verifier.into());
        self.cases.push(Case { id, rule, verifier, token, expectations: None, expect, claim: None });
        self.cases.last_mut().expect("just pushed")
    }

    /// The file.
    pub fn json(&self) -> String {
        let mut text = format!("{{\n\"name\": \"{}\",\n\"now\": {NOW},\n\"verifiers\": {{", self.name);
        let mut separator = "";
        for (id, options) in &self.verifiers {
            let options = options.json();
            write!(text, "{separator}\n  {}: {options}", quote(id)).expect("memory");
            separator = ",";
        }
        text.push_str("\n},\n\"cases\": [");
        separator = "";
        for case in &self.cases {
            let Case { id, rule, verifier, token, expect, .. } = case;
            write!(text, "{separator}\n  {{ \"id\": {}, \"rule\": \"{rule}\", ", quote(id)).expect("memory");
            write!(text, "\"verifier\": {},\n    \"token\": {token},\n    ", quote(verifier)).expect("memory");
            if let Some(expectations) = &case.expectations {
                write!(text, "\"expectations\": {}, ", expectations.json()).expect("memory");
            }
            write!(text, "\"expect\": \"{expect}\"").expect("memory");
            if let Some(claim) = case.claim {
                write!(text, ", \"claim\": \"{claim}\"").expect("memory");
            }
            text.push_str(" }");
            separator = ",";
        }
        text.push_str("\n]\n}\n");
        text
    }
}

impl Case {
    fn expecting(&mut self, expectations: Members) {
        self.expectations = Some(expectations);
    }
}

/// The options of a verifier for access tokens with these keys: JSON, or a JSON string.
fn keys(jwks: &str) -> Members {
    Members::new().text("issuer", ISSUER).text("audience", AUDIENCE).raw("jwks", jwks)
}

/// The claims of an ordinary access token.
pub fn claims() -> Members {
    let claims = Members::new().text("iss", ISSUER).text("sub", "user-1").text("aud", AUDIENCE);
    claims.raw("iat", NOW - 60).raw("exp", NOW + 3600)
}

/// The header of an ordinary access token for the key `es256`.
fn header() -> Members {
    Members::new().text("alg", "ES256").text("typ", "at+jwt").text("kid", "es256")
}

/// A token with these texts, signed by the key `es256`.
fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    Token::new(header, payload).sign(&Key::of("ES256"), "ES256")
}

/// A token with an ordinary header.
fn with_claims(claims: &Members) -> String {
    signed(header().json(), claims.json())
}

/// A token with ordinary claims.
fn with_header(header: &Members) -> String {
    signed(header.json(), claims().json())
}

/// The ordinary token.
fn good() -> String {
    with_claims(&claims())
}

/// The ordinary token of a key and algorithm.
fn good_for(key: &Key, algorithm: &str) -> String {
    Token::of(key, algorithm, &claims()).sign(key, algorithm)
}

/// A set of these keys.
fn set(keys: &[&Members]) -> String {
    key_set(keys.iter().copied())
}
