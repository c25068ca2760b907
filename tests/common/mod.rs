//! Reads the files of `tests/corpus` the way the JavaScript hosts do.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use countersign::keys::Engine;
use countersign::verify::{Binding, IssuerVariable, Limits};
use countersign::{Algorithm, Error, Expectations, KeySet, Profile, SharedSecret, Verifier};
use serde_json::{Map, Value};

/// The engine under test: with the feature `aws-lc-rs`, that one.
pub const ENGINE: Engine = match Engine::ALL {
    [.., last] => *last,
    // Then nothing is verified but what has a secret.
    [] => Engine::BuiltIn,
};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where builds and results go.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

pub struct Corpus {
    pub now: u64,
    pub cases: Vec<Case>,
    verifiers: Map<String, Value>,
}

pub struct Case {
    pub id: String,
    pub rule: String,
    pub verifier: String,
    pub token: String,
    pub expectations: Option<Expectations>,
    pub expect: String,
    pub claim: Option<String>,
}

/// Why there is no verifier: the option is wrong, or the keys are.
pub enum Unmade {
    Config,
    Keys(Error),
}

impl Unmade {
    pub fn verdict(&self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Keys(error) => error.code().as_str(),
        }
    }
}

impl Corpus {
    /// A file of the corpus by its name.
    pub fn read(name: &str) -> Self {
        Self::parse(&fs::read_to_string(root().join("tests/corpus").join(name).with_extension("json")).unwrap())
    }

    /// The text of such a file: browsers have it compiled in.
    pub fn parse(text: &str) -> Self {
        let file: Value = serde_json::from_str(text).unwrap();
        Self {
            now: file["now"].as_u64().unwrap(),
            cases: file["cases"].as_array().unwrap().iter().map(case).collect(),
            verifiers: file["verifiers"].as_object().unwrap().clone(),
        }
    }

    /// The options of a verifier.
    pub fn options(&self, id: &str) -> &Map<String, Value> {
        self.verifiers[id].as_object().unwrap()
    }

    /// A verifier by its options, which are spelled as in JavaScript.
    pub fn verifier(&self, id: &str) -> Result<Verifier, Unmade> {
        verifier(self.options(id))
    }
}

fn case(value: &Value) -> Case {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Case {
        id: text("id").unwrap(),
        rule: text("rule").unwrap(),
        verifier: text("verifier").unwrap(),
        token: token(&value["token"]),
        expectations: value.get("expectations").map(expectations),
        expect: text("expect").unwrap(),
        claim: text("claim"),
    }
}

/// Text, the bytes of a text, or a text repeated.
fn token(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(text) = value["base64"].as_str() {
        let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
        return String::from_utf8(countersign_testkit::base64url::decode(&text)).unwrap();
    }
    let repeat = &value["repeat"];
    repeat[0].as_str().unwrap().repeat(usize::try_from(repeat[1].as_u64().unwrap()).unwrap())
}

fn expectations(value: &Value) -> Expectations {
    let mut expectations = Expectations::default();
    for (name, value) in value.as_object().unwrap() {
        let text = || Some(value.as_str().unwrap().to_owned());
        match name.as_str() {
            "nonce" => expectations.nonce = text(),
            "accessToken" => expectations.access_token = text(),
            "code" => expectations.code = text(),
            "maxAge" => expectations.max_age = value.as_u64(),
            _ => panic!("no expectation is called {name}"),
        }
    }
    expectations
}

fn verifier(options: &Map<String, Value>) -> Result<Verifier, Unmade> {
    let limits = options.get("limits").map_or_else(Limits::default, limits);
    let mut builder = Verifier::builder().limits(limits).engine(ENGINE);
    for (name, value) in options {
        let text = || value.as_str().unwrap();
        let texts = || match value {
            Value::Array(values) => values.iter().map(|value| value.as_str().unwrap()).collect(),
            _ => vec![text()],
        };
        builder = match name.as_str() {
            "issuer" => builder.issuer(text()),
            "issuerAliases" => texts().into_iter().fold(builder, countersign::verify::VerifierBuilder::issuer_alias),
            "issuerVariable" => builder.issuer_variable(issuer_variable(value)),
            "audience" => texts().into_iter().fold(builder, countersign::verify::VerifierBuilder::audience),
            "algorithms" => {
                let names: Result<Vec<Algorithm>, _> = texts().into_iter().map(str::parse).collect();
                builder.algorithms(names.map_err(|_| Unmade::Config)?)
            }
            "jwks" => builder.keys(keys(value, &limits).map_err(Unmade::Keys)?),
            "secret" => {
                let algorithm: Algorithm = options["algorithm"].as_str().unwrap().parse().unwrap();
                let bytes = countersign_testkit::base64url::decode(text());
                builder.keys(SharedSecret::new(algorithm, &bytes).map_err(Unmade::Keys)?)
            }
            "profile" => builder.profile(Profile::from_name(text()).ok_or(Unmade::Config)?),
            "typ" => builder.typ(text()),
            "clockTolerance" => builder.clock_tolerance(value.as_u64().unwrap()),
            "requiredClaims" => texts().into_iter().fold(builder, countersign::verify::VerifierBuilder::required_claim),
            "maxTokenAge" => builder.max_token_age(value.as_u64().unwrap()),
            "subject" => builder.subject(text()),
            "binding" => builder.binding(binding(value)),
            "acceptMissingIssuer" => builder.accept_missing_issuer(value.as_bool().unwrap()),
            "acceptUncheckedNonce" => builder.accept_unchecked_nonce(value.as_bool().unwrap()),
            "algorithm" | "limits" => builder,
            _ => panic!("no option is called {name}"),
        };
    }
    builder.build().map_err(|_| Unmade::Config)
}

fn binding(value: &Value) -> Binding {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let binding = Binding::new(text(&value["claim"]), value["values"].as_array().unwrap().iter().map(text));
    match value.get("use") {
        Some(kind) => binding.token_use(text(&kind["claim"]), text(&kind["value"])),
        None => binding,
    }
}

fn issuer_variable(value: &Value) -> IssuerVariable {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut variable = IssuerVariable::new(text(&value["name"]), text(&value["claim"]));
    if let Some(template) = value.get("claimTemplate") {
        variable = variable.claim_template(text(template));
    }
    match value.get("values") {
        Some(values) => variable.values(values.as_array().unwrap().iter().map(text)),
        None => variable,
    }
}

fn keys(value: &Value, limits: &Limits) -> Result<KeySet, Error> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    KeySet::from_text(&text, limits)
}

fn limits(value: &Value) -> Limits {
    let mut limits = Limits::default();
    for (name, value) in value.as_object().unwrap() {
        let number = usize::try_from(value.as_u64().unwrap()).unwrap();
        match name.as_str() {
            "token" => limits.token = number,
            "header" => limits.header = number,
            "headerDepth" => limits.header_depth = number,
            "payloadDepth" => limits.payload_depth = number,
            "jwks" => limits.jwks = number,
            "keys" => limits.keys = number,
            _ => panic!("no limit is called {name}"),
        }
    }
    limits
}
