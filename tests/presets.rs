//! Presets: what they make of a user's values, and what that accepts. tests/js/presets.test.mjs has the same cases.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use std::collections::BTreeSet;
use std::fs;

use countersign::discovery::KeySource;
use countersign::preset::{Presence, Preset, Vendor};
use countersign::verify::{Binding, IssuerVariable};
use countersign::{ConfigError, KeySet, SharedSecret, Verifier};
use countersign_testkit::{Key, Members, Token, base64url};
use serde_json::{Map, Value, json};

fn cases() -> Value {
    serde_json::from_str(&fs::read_to_string(common::root().join("tests/presets/cases.json")).unwrap()).unwrap()
}

/// The members of the one, with those of the other in their place. `null` takes one away.
fn changed(one: &Value, other: &Value) -> Map<String, Value> {
    let mut members = one.as_object().unwrap().clone();
    for (name, value) in other.as_object().unwrap() {
        members.remove(name);
        if !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
    members
}

fn preset(name: &str, options: &Map<String, Value>) -> Result<Preset, ConfigError> {
    let values = options.iter().flat_map(|(name, value)| match value {
        Value::Array(list) => list.iter().map(|one| (name.as_str(), one.as_str().unwrap())).collect(),
        one => vec![(name.as_str(), one.as_str().unwrap())],
    });
    Vendor::named(name).unwrap().with(values)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().map(text).collect()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn expected_binding(value: &Value) -> Option<Binding> {
    let binding = Binding::new(value["claim"].as_str()?, texts(&value["values"]));
    let binding = if value["inHeader"] == json!(true) { binding.in_header() } else { binding };
    Some(match value.get("use") {
        Some(kind) => binding.token_use(text(&kind["claim"]), text(&kind["value"])),
        None => binding,
    })
}

fn expected_variable(value: &Value) -> Option<IssuerVariable> {
    let variable = IssuerVariable::new(value["name"].as_str()?, text(&value["claim"])).values(texts(&value["values"]));
    Some(match value["claimTemplate"].as_str() {
        Some(template) => variable.claim_template(template),
        None => variable,
    })
}

fn verifier(preset: &Preset, alg: &str) -> Verifier {
    let key = Key::of(alg);
    let keys = if alg == "HS256" {
        SharedSecret::new(alg.parse().unwrap(), &key.bytes()).unwrap().into()
    } else {
        KeySet::from_json(&key.key_set()).unwrap()
    };
    preset.verifier().keys(keys).build().unwrap()
}

fn token(case: &Value, claims: &Map<String, Value>, header_changes: &Value) -> String {
    let alg = case["alg"].as_str().unwrap();
    let key = Key::of(alg);
    let header = Members::new().text("alg", alg).text("kid", &key.kid);
    let header = case["typ"].as_str().map_or(header.clone(), |typ| header.text("typ", typ));
    let Value::Object(mut header) = serde_json::from_str(&header.json()).unwrap() else { panic!("an object") };
    let more = changed(&case.get("header").cloned().unwrap_or(json!({})), header_changes);
    header.extend(more);
    let claims = Value::Object(claims.clone()).to_string();
    let token = Token::new(Value::Object(header).to_string(), claims);
    if case.get("padded").is_none() {
        return token.sign(&key, alg);
    }
    let padded = |bytes: &[u8]| {
        let text = base64url::encode(bytes);
        format!("{text}{}", ["", "", "==", "="][text.len() % 4])
    };
    let input = format!("{}.{}", padded(&token.header), padded(&token.payload));
    let signature = key.sign(alg, input.as_bytes());
    format!("{input}.{}", padded(&signature))
}

#[test]
fn a_preset_makes_the_options_that_javascript_gets() {
    for case in cases()["cases"].as_array().unwrap() {
        let (name, makes) = (case["preset"].as_str().unwrap(), &case["makes"]);
        let made = preset(name, case["options"].as_object().unwrap()).unwrap();
        assert_eq!(made.issuer, text(&makes["issuer"]), "{name}");
        assert_eq!(made.issuer_aliases, texts(&makes["issuerAliases"]), "{name}");
        assert_eq!(made.issuer_variable, expected_variable(&makes["issuerVariable"]), "{name}");
        let mut source = KeySource::default();
        source.jwks_uri = makes["jwksUri"].as_str().map(str::to_owned);
        source.metadata_uri = makes["metadataUri"].as_str().map(str::to_owned);
        source.key_use = makes["keyUse"].as_str().map(str::to_owned);
        assert_eq!(made.source, source, "{name}");
        let algorithms: Vec<&str> = made.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let named = makes.get("algorithm").map_or_else(|| texts(&makes["algorithms"]), |one| vec![text(one)]);
        assert_eq!(algorithms, named, "{name}");
        assert_eq!(made.profile.name(), makes["profile"].as_str().unwrap_or("access-token"), "{name}");
        assert_eq!(made.audience, texts(&makes["audience"]), "{name}");
        assert_eq!(made.binding, expected_binding(&makes["binding"]), "{name}");
        assert_eq!(json!(made.accept_padding), makes.get("acceptPadding").cloned().unwrap_or(json!(false)), "{name}");
        let from_subject = makes.get("issuerFromSubject").cloned().unwrap_or(json!(false));
        assert_eq!(json!(made.issuer_from_subject), from_subject, "{name}");
        assert_eq!(made.required_claims, texts(&makes["requiredClaims"]), "{name}");
        assert_eq!(json!(made.permissions), makes["guard"].get("permissions").cloned().unwrap_or(json!([])), "{name}");
        assert_eq!(made.header, makes["guard"]["header"].as_str(), "{name}");
        assert!(made.guard().build().is_ok(), "{name}");
    }
}

#[test]
fn tokens_of_a_vendor_are_accepted_and_those_that_are_not_the_users_are_not() {
    let file = cases();
    let now = file["now"].as_u64().unwrap();
    let mut failures = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let name = case["preset"].as_str().unwrap();
        let preset = preset(name, case["options"].as_object().unwrap()).unwrap();
        let verifier = verifier(&preset, case["alg"].as_str().unwrap());
        let good = Value::Object(changed(&file["base"], &case["claims"]));
        let judge_with =
            |changes: &Value, header: &Value| verifier.verify(&token(case, &changed(&good, changes), header), now);
        let judge = |changes: &Value| judge_with(changes, &json!({}));
        for changes in std::iter::once(&json!({})).chain(case["also"].as_array().unwrap()) {
            if let Err(error) = judge(changes) {
                failures.push(format!("{name} {changes}: {error}"));
            }
        }
        for refused in case["refuses"].as_array().unwrap() {
            let error = judge_with(&refused[0], refused.get(3).unwrap_or(&json!({}))).err();
            let told = error.as_ref().map(|error| (error.code().as_str(), error.claim()));
            if told != Some((refused[1].as_str().unwrap(), refused[2].as_str())) {
                failures.push(format!("{name} {refused}: {told:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_wrong_value_is_named() {
    for case in cases()["cases"].as_array().unwrap() {
        let name = case["preset"].as_str().unwrap();
        for wrong in case["wrong"].as_array().unwrap() {
            // An empty list is nothing at all, in Rust.
            if wrong[0].as_object().unwrap().values().any(|value| *value == json!([])) {
                continue;
            }
            let error = preset(name, &changed(&case["options"], &wrong[0])).map(drop).unwrap_err();
            assert_eq!(error.option, wrong[1].as_str().unwrap(), "{name} {wrong}: {error}");
        }
        let unknown = changed(&case["options"], &json!({ "unknown": "x" }));
        assert_eq!(preset(name, &unknown).map(drop).unwrap_err().option, "preset", "{name}");
    }
    let twice = [("domain", "a.example"), ("domain", "b.example"), ("audience", "x")];
    assert_eq!(Vendor::AUTH0.with(twice).map(drop).unwrap_err().option, "domain");
}

#[test]
fn the_forms_of_values_are_those_of_javascript() {
    for row in cases()["forms"].as_array().unwrap() {
        let value = row[0].as_str().unwrap();
        let fitting: Vec<&str> = [
            ("host", Vendor::AUTH0.with([("audience", "x"), ("domain", value)])),
            ("segment", Vendor::FIREBASE.with([("projectId", value)])),
            ("base", Vendor::FIEF.with([("clientId", "x"), ("url", value)])),
            ("url", Vendor::DEX.with([("clientId", "x"), ("issuer", value)])),
            ("uuid", Vendor::ENTRA_EXTERNAL_ID.with([("audience", "x"), ("tenant", value)])),
        ]
        .into_iter()
        .filter_map(|(form, preset)| preset.is_ok().then_some(form))
        .collect();
        assert_eq!(fitting.join(" "), row[1].as_str().unwrap(), "{value:?}");
    }
}

#[test]
fn every_preset_has_a_case_and_examples_that_fit() {
    let file = cases();
    let tried: BTreeSet<&str> =
        file["cases"].as_array().unwrap().iter().map(|case| case["preset"].as_str().unwrap()).collect();
    let known: BTreeSet<&str> = Vendor::ALL.iter().map(|vendor| vendor.name).collect();
    assert_eq!(tried, known);
    for vendor in Vendor::ALL {
        let mandatory = vendor.parameters.iter().filter(|own| own.presence != Presence::Optional);
        let beside = [("audience", "x")].into_iter().filter(|_| {
            vendor.parameters.iter().any(|own| own.name == "audience" && own.presence == Presence::Optional)
        });
        let values: Vec<_> = mandatory.map(|own| (own.name, own.example)).chain(beside).collect();
        assert_eq!(vendor.with(values).map(drop), Ok(()), "{}", vendor.name);
    }
}

/// What a preset cannot make of anybody's values is a verifier that takes tokens for others.
#[test]
fn every_preset_says_whom_tokens_are_for() {
    for vendor in Vendor::ALL {
        assert!(vendor.audience.is_some() || vendor.binding.is_some(), "{}", vendor.name);
    }
    let nobody = Vendor::KINDE.with([("domain", "app.kinde.com")]).map(drop);
    assert_eq!(nobody.unwrap_err().option, "audience");
    // A row that `entra` chooses is no preset of its own.
    assert!(Vendor::named("entraOfAnyTenant").is_none());
}
