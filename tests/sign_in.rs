//! Sign-in, tried on random answers of browsers and servers.
//!
//! `PROPTEST_CASES` sets how many; a failure prints the smallest counterexample and the seed to repeat it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::sync::LazyLock;

use countersign::client::{
    AuthorizationRequest, TokenResponse, TokenResponseOptions, Transaction, authorization_url,
    parse_authorization_response,
};
use countersign::{Error, ErrorCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

fn config() -> ProptestConfig {
    // PROPTEST_CASES wins; failures are printed instead of kept in files.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

const REDIRECT_URI: &str = "https://app.example/callback";

static TRANSACTION: LazyLock<Transaction> = LazyLock::new(|| {
    let request = AuthorizationRequest {
        issuer: "https://id.example".into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        token_endpoint: "https://id.example/token".into(),
        client_id: "app".into(),
        redirect_uri: REDIRECT_URI.into(),
        scope: Some("openid".into()),
        ..AuthorizationRequest::default()
    };
    authorization_url(&request, &[7; 96], 0).unwrap().transaction
});

fn read(response: &str) -> Result<String, Error> {
    parse_authorization_response(response, &TRANSACTION, 1)
}

fn escaped(text: &str) -> String {
    text.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).map(char::from).collect()
}

/// Parameters of a response, most of them with a name that means something.
fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = ["state", "code", "iss", "error", "error_description", "user", "x:y"].map(String::from).to_vec();
    let values = [&TRANSACTION.state, "https://id.example", "", "c"].map(String::from).to_vec();
    vec(
        (prop_oneof![5 => select(names), 1 => any::<String>()], prop_oneof![3 => select(values), 1 => any::<String>()]),
        0..6,
    )
}

fn body() -> impl Strategy<Value = Value> {
    let texts =
        ["", "Bearer", "bearer", "DPoP", "a", "a b", "0", "3599", "-1", "1e3", "999999999999999", "1000000000000000"];
    let value = prop_oneof![
        6 => select(texts.map(Value::from).to_vec()),
        1 => any::<String>().prop_map(Value::from),
        1 => any::<u32>().prop_map(Value::from),
        2 => select(vec![Value::Null, json!(false), json!(0.5), json!(-1), json!({}), json!(["a", ""]), json!([1])]),
    ];
    let names = ["access_token", "token_type", "id_token", "refresh_token", "scope", "expires_in", "error", "ok"];
    let member = (select(names.map(String::from).to_vec()), value);
    (any::<[bool; 3]>(), vec(member, 0..4)).prop_map(|([access, typed, id], members)| {
        let whole = [(access, "access_token", "a"), (typed, "token_type", "Bearer"), (id, "id_token", "i")];
        let whole = whole.into_iter().filter(|(there, ..)| *there).map(|(_, name, text)| (name.into(), text.into()));
        Value::Object(whole.chain(members).collect())
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn url_query_and_form_are_read_alike(parameters in parameters()) {
        let pairs: Vec<_> = parameters.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let form = pairs.join("&");
        let verdict = read(&form);
        prop_assert_eq!(&read(&format!("?{form}")), &verdict);
        prop_assert_eq!(&read(&format!("{REDIRECT_URI}?{form}#_=_")), &verdict);
        let elsewhere = read(&format!("https://evil.example/callback?{form}"));
        prop_assert_eq!(elsewhere.map_err(|error| error.code()), Err(ErrorCode::AuthorizationResponseInvalid));

        if let Ok(code) = verdict {
            let only = |name: &str| {
                let mut values = parameters.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
                values.next().filter(|_| values.next().is_none())
            };
            prop_assert_eq!(only("code"), Some(code.as_str()));
            prop_assert_eq!(only("state"), Some(TRANSACTION.state.as_str()));
            prop_assert_eq!(only("error"), None);
        }
    }

    #[test]
    fn what_no_server_would_send_is_refused(text in "\\PC{0,40}", raw in any::<String>()) {
        // Without the state, which nobody can guess, there is no code.
        for response in [text.clone(), raw, format!("?{text}"), format!("{REDIRECT_URI}?{text}")] {
            let code = read(&response).map_err(|error| error.code());
            prop_assert!(matches!(
                code,
                Err(ErrorCode::AuthorizationResponseInvalid | ErrorCode::StateMismatch)
            ), "{response}: {code:?}");
        }
    }

    #[test]
    fn token_responses_are_read_as_any_json_parser_does(
        body in body(),
        status in select(vec![200, 200, 201, 400]),
        openid: bool,
        untyped: bool,
    ) {
        let mut options = TokenResponseOptions::default();
        options.openid = openid;
        options.missing_token_type_is_bearer = untyped;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        match TokenResponse::parse_with(status, body.to_string().as_bytes(), options) {
            Ok(response) => {
                prop_assert!(matches!(status, 200 | 201));
                prop_assert!(text("error").is_none_or(str::is_empty));
                prop_assert_eq!(response.access_token.as_deref(), text("access_token"));
                prop_assert_eq!(response.id_token.as_deref(), text("id_token"));
                prop_assert_eq!(response.refresh_token.as_deref(), text("refresh_token"));
                let mandatory = if openid { &response.id_token } else { &response.access_token };
                prop_assert!(mandatory.is_some());
                prop_assert!(response.token_type.eq_ignore_ascii_case("bearer"));
                prop_assert_eq!(text("token_type").unwrap_or("Bearer"), response.token_type.as_str());
                prop_assert!(untyped || text("token_type").is_some());
                let seconds = body.get("expires_in").and_then(|value| match value {
                    Value::String(digits) => digits.parse::<u64>().ok().map(|seconds| json!(seconds)),
                    other => Some(other.clone()),
                });
                prop_assert_eq!(response.expires_in, seconds.and_then(|seconds| seconds.as_f64()));
                let listed = body.get("scope").is_some_and(Value::is_array).then_some("a");
                prop_assert_eq!(response.scope.as_deref(), listed.or(text("scope")));
            }
            Err(Error::TokenEndpointError { error, .. }) => {
                let printable: String = text("error").unwrap().chars().filter(|letter| (' '..='~').contains(letter)).collect();
                prop_assert_eq!(error, printable);
            }
            Err(error) => prop_assert_eq!(error.code(), ErrorCode::TokenResponseInvalid),
        }
    }

    #[test]
    fn bytes_are_an_answer_or_an_error(status: u16, bytes in vec(any::<u8>(), 0..40), text: String) {
        for body in [bytes.as_slice(), text.as_bytes()] {
            let code = TokenResponse::parse(status, body).err().map(|error| error.code());
            prop_assert_eq!(code, Some(ErrorCode::TokenResponseInvalid));
        }
    }
}
