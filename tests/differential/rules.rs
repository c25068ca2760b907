//! The rules that explain why one library takes a token that the other refuses. Each looks at the token
//! with code of its own, and stands for certain errors alone.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A token as a lenient reader sees it.
pub(crate) struct View {
    length: usize,
    header: Part,
    payload: Part,
    /// Seconds
    now: f64,
}

struct Part {
    bytes: Vec<u8>,
    value: Value,
}

impl View {
    pub(crate) fn new(token: &str, now: u64) -> Self {
        let mut parts = token.split('.').map(|segment| {
            let bytes = URL_SAFE_NO_PAD.decode(segment).unwrap_or_default();
            let value = serde_json::from_slice(&bytes).unwrap_or_default();
            Part { bytes, value }
        });
        let mut part = || parts.next().unwrap_or(Part { bytes: Vec::new(), value: Value::Null });
        Self { length: token.len(), header: part(), payload: part(), now: now as f64 }
    }

    fn has(&self, parameter: &str) -> bool {
        self.header.value.get(parameter).is_some()
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.payload.value.get(name)
    }

    fn time(&self, name: &str) -> Option<f64> {
        self.claim(name).and_then(Value::as_f64)
    }

    fn parts(&self) -> [&Part; 2] {
        [&self.header, &self.payload]
    }
}

/// Who refuses, and with what.
pub(crate) enum Refusal {
    /// We do, with one of these codes.
    Ours(&'static [&'static str]),
    /// They do, with an error whose name begins like one of these.
    Theirs(&'static [&'static str]),
}

pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) refusal: Refusal,
    pub(crate) explains: fn(&View) -> bool,
}

use Refusal::{Ours, Theirs};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "A1 parameters that would choose the key are never read, so their types do not matter",
        refusal: Theirs(&["Json"]),
        explains: |view| ["jku", "x5u", "x5t", "x5c", "jwk", "url", "nonce"].iter().any(|name| view.has(name)),
    },
    Rule {
        id: "A2 Ed25519 is EdDSA's fully specified name (RFC 9864)",
        refusal: Theirs(&["Json"]),
        explains: |view| view.header.value["alg"] == "Ed25519",
    },
    Rule {
        id: "A7 kid is a string of at most 256 bytes",
        refusal: Ours(&["header_invalid"]),
        explains: |view| view.has("kid") && view.header.value["kid"].as_str().is_none_or(|kid| kid.len() > 256),
    },
    Rule {
        id: "A10 a signed token only: no enc, no zip, no token within a token",
        refusal: Ours(&["token_type_unsupported", "header_invalid"]),
        explains: |view| ["enc", "zip", "cty"].iter().any(|name| view.has(name)),
    },
    Rule {
        id: "B4 no member name twice",
        refusal: Ours(&["header_invalid", "claim_invalid"]),
        explains: |view| view.parts().into_iter().any(|part| has_duplicates(&part.bytes)),
    },
    Rule {
        id: "B5 numbers that every reader takes for the same",
        refusal: Ours(&["header_invalid", "claim_invalid"]),
        explains: |view| view.parts().into_iter().any(|part| has_large_integer(&part.value)),
    },
    Rule {
        id: "B6 bounded nesting",
        refusal: Ours(&["header_invalid", "claim_invalid"]),
        explains: |view| depth(&view.header.value) > 8 || depth(&view.payload.value) > 32,
    },
    Rule {
        id: "B7 bounded size",
        refusal: Ours(&["token_too_large"]),
        explains: |view| view.length > 16_384 || view.header.bytes.len() > 4_096,
    },
    Rule {
        id: "C1 no extension is understood",
        refusal: Ours(&["crit_unsupported"]),
        explains: |view| view.has("crit"),
    },
    Rule { id: "C2 no b64", refusal: Ours(&["crit_unsupported"]), explains: |view| view.has("b64") },
    Rule {
        id: "C3 the type of an access token",
        refusal: Ours(&["typ_mismatch"]),
        explains: |view| {
            let accepted = ["at+jwt", "application/at+jwt", "jwt", "application/jwt"];
            let typ = view.header.value["typ"].as_str();
            view.has("typ") && typ.is_none_or(|typ| !accepted.contains(&typ.to_lowercase().as_str()))
        },
    },
    Rule {
        id: "C3 no mark of another kind of token",
        refusal: Ours(&["typ_mismatch"]),
        explains: |view| {
            ["nonce", "at_hash", "c_hash", "s_hash", "events"].iter().any(|name| view.claim(name).is_some())
        },
    },
    Rule {
        id: "E1 the claims are an object (RFC 7519 §7.2, step 10)",
        refusal: Ours(&["claim_invalid"]),
        explains: |view| view.payload.value.is_array(),
    },
    Rule {
        id: "E1 the issuer is one string (RFC 7519 §4.1.1)",
        refusal: Ours(&["claim_invalid"]),
        explains: |view| view.claim("iss").is_some_and(Value::is_array),
    },
    Rule {
        id: "E1 subject and times have their type, and the subject is not empty",
        refusal: Ours(&["claim_invalid"]),
        explains: |view| {
            let bad_subject = |sub: &Value| sub.as_str().is_none_or(str::is_empty);
            let bad_date = |name: &&str| view.claim(name).is_some_and(|claim| !claim.is_number());
            view.claim("sub").is_some_and(bad_subject) || ["nbf", "iat"].iter().any(bad_date)
        },
    },
    Rule {
        id: "E3 times are numbers from 0 to 2^53",
        refusal: Ours(&["claim_invalid"]),
        explains: |view| {
            let out = |name: &&str| view.time(name).is_some_and(|time| !(0.0..9_007_199_254_740_992.0).contains(&time));
            ["exp", "nbf", "iat"].iter().any(out)
        },
    },
    Rule {
        id: "E3 a token ends at exp and not one second later (RFC 7519 §4.1.4)",
        refusal: Ours(&["token_expired"]),
        explains: |view| view.time("exp").is_some_and(|exp| exp.floor() == view.now - 30.0),
    },
    Rule {
        id: "E4 fractions of a second do not lengthen a token's life",
        refusal: Ours(&["token_expired", "token_not_yet_valid"]),
        // The other library rounds to the nearest second: half a second too late, and too early.
        explains: |view| {
            let late = |exp: f64| exp.fract() >= 0.5 && exp.floor() == view.now - 31.0;
            let early = |nbf: f64| nbf.fract() > 0.0 && nbf.floor() == view.now + 30.0;
            view.time("exp").is_some_and(late) || view.time("nbf").is_some_and(early)
        },
    },
    Rule {
        id: "E9 a subject that is there",
        refusal: Ours(&["claim_missing"]),
        explains: |view| view.claim("sub").is_none(),
    },
    Rule {
        id: "E5 not issued in the future",
        refusal: Ours(&["token_not_yet_valid"]),
        explains: |view| view.time("iat").is_some_and(|iat| iat.ceil() > view.now + 30.0),
    },
];

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Written as an integer, which only then has to be exact. Beyond 2^64 `serde_json` makes it a double,
/// which is as large.
fn has_large_integer(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_u64().is_some_and(|number| number >= 1 << 53)
                || number.as_f64().is_some_and(|number| number.abs() >= 2f64.powi(64))
        }
        Value::Array(elements) => elements.iter().any(has_large_integer),
        Value::Object(members) => members.values().any(has_large_integer),
        _ => false,
    }
}

fn has_duplicates(text: &[u8]) -> bool {
    serde_json::from_slice::<Duplicates>(text).is_ok_and(|found| found.0)
}

/// Whether a name occurs twice in an object, at any depth.
struct Duplicates(bool);

impl<'de> Deserialize<'de> for Duplicates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Search)
    }
}

struct Search;

impl<'de> Visitor<'de> for Search {
    type Value = Duplicates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Duplicates, A::Error> {
        let mut names = BTreeSet::new();
        let mut found = false;
        while let Some((name, value)) = access.next_entry::<String, Duplicates>()? {
            found |= !names.insert(name) | value.0;
        }
        Ok(Duplicates(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Duplicates, A::Error> {
        let mut found = false;
        while let Some(value) = access.next_element::<Duplicates>()? {
            found |= value.0;
        }
        Ok(Duplicates(found))
    }

    fn visit_unit<E>(self) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Duplicates, E> {
        Ok(Duplicates(false))
    }
}
