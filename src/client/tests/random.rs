//! Random answers of browsers and servers: what is accepted is what another reader finds in them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{ISSUER, NOW, begun, client};
use crate::client::{Client, ErrorForm, HttpResponse, Quirks, callback_state};
use crate::random::{Random, cases, mutate, text};

fn rounds() -> usize {
    cases(20_000, usize::MAX)
}

/// A query with parameters that mean something, in any order, escaped or not, and changed here and there.
fn query(random: &mut Random, state: &str) -> String {
    let names = ["state", "code", "iss", "error", "error_description", "x", "%73tate"];
    let mut pairs = Vec::new();
    for _ in 0..random.below(6) {
        let name = names[random.below(names.len())];
        let value = match random.below(6) {
            0 | 1 => state.to_string(),
            2 | 3 => ISSUER.replace(':', "%3A"),
            4 => "c".into(),
            _ => form_urlencoded::byte_serialize(text(random, 4).as_bytes()).collect(),
        };
        pairs.push(alloc::format!("{name}={value}"));
    }
    let mut bytes = pairs.join("&").into_bytes();
    if random.below(2) == 0 {
        mutate(random, &mut bytes, &["&state=", "&code=", "&iss=", "=", "&", "%", "?", "#"]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_callback_is_accepted_for_what_is_in_it() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let mut random = Random::new(1);
    let mut accepted = 0;
    for _ in 0..rounds() {
        let query = query(&mut random, &transaction.state);
        let Ok(code) = client.callback(&query, &transaction, NOW) else { continue };
        accepted += 1;
        assert_eq!(callback_state(&query).as_ref(), Ok(&transaction.state), "{query}");
        let plain = query.split('#').next().unwrap().trim_start_matches('?');
        let pairs: Vec<(String, String)> = form_urlencoded::parse(plain.as_bytes()).into_owned().collect();
        let values = |name: &str| {
            let mut values = pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
            let first = values.next();
            assert_eq!(values.next(), None, "{name} twice: {query}");
            first
        };
        assert_eq!(
            (values("state"), values("code")),
            (Some(transaction.state.as_str()), Some(code.as_str())),
            "{query}"
        );
        assert!(matches!(values("iss"), None | Some(ISSUER)) && values("error").is_none(), "{query}");
    }
    assert!(accepted > 20, "{accepted}");
}

/// A body that is nearly one of these.
fn body(random: &mut Random, bodies: &[&str]) -> Vec<u8> {
    let mut bytes = bodies[random.below(bodies.len())].as_bytes().to_vec();
    for _ in 0..random.below(4) {
        mutate(
            random,
            &mut bytes,
            &["\"", "{", "}", ",", ":", "null", "true", "false", "\"sub\":\"x\"", "0", "\\u0061"],
        );
    }
    bytes
}

const BODIES: [&str; 5] = [
    r#"{"active":true,"iss":"https://id.example","sub":"alice"}"#,
    r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"scope":"a,b","error":null}"#,
    r#"{"device_code":"d","user_code":"u","verification_uri":"https://id.example/go","expires_in":600,"interval":5}"#,
    r#"{"sub":"alice","name":"A"}"#,
    "access_token=a&token_type=bearer&scope=a%2Cb",
];

#[test]
fn an_answer_is_accepted_for_what_is_in_it() {
    let client = client();
    let mut random = Random::new(2);
    let mut accepted = [0; 3];
    for _ in 0..rounds() {
        let body = body(&mut random, &BODIES);
        let response = HttpResponse::new(200, &body);
        let other = serde_json::from_slice::<serde_json::Value>(&body);
        if let Ok(Some(claims)) = client.introspection_response(&response) {
            accepted[0] += 1;
            assert_eq!(other.as_ref().unwrap()["active"], true, "{}", claims.json());
        }
        if client.userinfo_response("alice", &response, None, NOW).is_ok() {
            accepted[1] += 1;
            assert_eq!(other.as_ref().unwrap()["sub"], "alice");
        }
        if let Ok(device) = client.device_response(&response, &[7; 32], NOW) {
            accepted[2] += 1;
            assert!(device.verification_uri.starts_with("https://"), "{device:?}");
            assert!(device.expires_at > NOW);
        }
    }
    assert!(accepted.iter().all(|count| *count > 20), "{accepted:?}");
}

/// With every quirk, an access token is still one that is in the answer, and an error is never a success.
#[test]
fn quirks_find_no_token_where_there_is_none() {
    let quirks = Quirks {
        comma_scopes: true,
        form_answers: true,
        missing_token_type_is_bearer: true,
        bearer_names: &["bot"],
        errors: ErrorForm::Message,
        ..Quirks::default()
    };
    let client = Client::builder(super::server(), "app").quirks(quirks).build().unwrap();
    let mut random = Random::new(3);
    let mut accepted = 0;
    for _ in 0..rounds() {
        let body = body(&mut random, &BODIES);
        let Ok(tokens) = client.refresh_response("r", &HttpResponse::new(200, &body)) else { continue };
        accepted += 1;
        let token = tokens.access_token.unwrap();
        let in_json =
            serde_json::from_slice::<serde_json::Value>(&body).ok().map(|value| value["access_token"] == *token);
        let in_form = form_urlencoded::parse(&body).any(|(name, value)| name == "access_token" && value == *token);
        assert!(in_json.unwrap_or(in_form), "{}", String::from_utf8_lossy(&body));
    }
    assert!(accepted > 20, "{accepted}");
}
