//! Answers such as each provider gives, made up here after its documentation.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use crate::client::HttpResponse;
use crate::encoding::form;
use crate::error::Error;
use crate::preset::provider::{Provider, UserSource};

/// What a provider answers: the tokens; what is read from them; a refusal with its status and its code; who it is.
/// The npm package is tested with the same.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answers {
    provider: String,
    tokens: String,
    scope: Option<String>,
    expires_in: Option<f64>,
    refusal: Refusal,
    user: User,
}

#[derive(Deserialize)]
struct Refusal {
    status: u16,
    body: String,
    error: String,
}

#[derive(Deserialize)]
struct User {
    body: String,
    id: String,
}

fn answers() -> Vec<Answers> {
    serde_json::from_str(include_str!("../../tests/presets/providers.json")).unwrap()
}

#[test]
fn each_provider_has_its_answers() {
    let answers = answers();
    let answered: Vec<&str> = answers.iter().map(|answers| answers.provider.as_str()).collect();
    let all: Vec<&str> = Provider::ALL.iter().map(|provider| provider.name).collect();
    assert_eq!(answered, all);
    for provider in Provider::ALL {
        assert_eq!(Provider::from_name(provider.name).map(|found| found.title), Some(provider.title));
        assert!(!provider.title.is_empty() && provider.client("app", "s").build().is_ok(), "{}", provider.name);
    }
    assert!(Provider::from_name("nobody").is_none());
}

#[test]
fn answers_are_read_as_they_are_meant() {
    for Answers { provider, tokens, scope, expires_in, refusal, user } in answers() {
        let provider = Provider::from_name(&provider).unwrap();
        let client = provider.client("app", "s").redirect_uri("https://app.example/cb").build().unwrap();
        let transaction = client.authorize(&provider.params(), &[7; 96], 0).unwrap().transaction;
        let name = provider.name;
        let read = client.code_response(&transaction, &HttpResponse::new(200, tokens.as_bytes())).unwrap();
        assert_eq!(read.access_token.as_deref(), Some("a"), "{name}");
        assert_eq!(read.token_type.to_ascii_lowercase(), "bearer", "{name}");
        assert_eq!((read.scope.as_deref(), read.expires_in), (scope.as_deref(), expires_in), "{name}");
        assert_eq!(read.id_token.is_some(), provider.user == UserSource::IdToken, "{name}");

        let response = HttpResponse::new(refusal.status, refusal.body.as_bytes());
        let error = client.code_response(&transaction, &response).unwrap_err();
        let Error::TokenEndpointError { error, .. } = error else { panic!("{name}: {error:?}") };
        assert_eq!(error, refusal.error, "{name}");

        let User { body, id } = user;
        let call = provider.user_request(&client, "a", &[8; 32], 0).unwrap();
        assert_eq!(call.is_some(), !body.is_empty(), "{name}");
        let found = provider.user_id(&read, &HttpResponse::new(200, body.as_bytes()));
        assert_eq!(found.ok().as_deref(), Some(id.as_str()).filter(|id| !id.is_empty()), "{name}");
    }
}

/// What a provider answers is nothing to another that has not its quirks.
#[test]
fn quirks_are_for_those_that_have_them() {
    let read = |provider: Provider, tokens: &str| {
        let client = provider.client("app", "s").redirect_uri("https://app.example/cb").build().unwrap();
        let transaction = client.authorize(&provider.params(), &[7; 96], 0).unwrap().transaction;
        client.code_response(&transaction, &HttpResponse::new(200, tokens.as_bytes())).is_ok()
    };
    for other in [Provider::GITHUB, Provider::LINKEDIN, Provider::SLACK, Provider::TWITCH] {
        let tokens = answers().into_iter().find(|answers| answers.provider == other.name).unwrap().tokens;
        assert!(read(other, &tokens) && !read(Provider::SPOTIFY, &tokens), "{}", other.name);
    }
}

#[test]
fn requests_are_as_each_provider_wants_them() {
    let query = |provider: Provider, scope: &str| {
        let client = provider.client("app", "s").redirect_uri("https://app.example/cb").build().unwrap();
        let mut params = provider.params();
        params.scope = Some(scope.into());
        let url = client.authorize(&params, &[7; 96], 0).unwrap().url;
        form::parse(url.split_once('?').unwrap().1).unwrap()
    };
    let value = |query: &[(String, String)], name: &str| {
        query.iter().find(|(other, _)| other == name).map(|(_, value)| value.to_owned())
    };
    assert_eq!(value(&query(Provider::SLACK, "a b"), "scope").as_deref(), Some("a,b"));
    assert_eq!(value(&query(Provider::GITHUB, "a b"), "scope").as_deref(), Some("a b"));
    assert_eq!(value(&query(Provider::APPLE, "openid"), "response_mode").as_deref(), Some("form_post"));
    assert_eq!(value(&query(Provider::X, "a"), "response_mode"), None);
    let client = Provider::TWITCH.client("app", "s").build().unwrap();
    let call = Provider::TWITCH.user_request(&client, "a", &[8; 32], 0).unwrap().unwrap();
    let request = call.request().unwrap();
    assert!(request.headers.contains(&("client-id", "app".into())));
    assert!(request.headers.contains(&("authorization", "Bearer a".into())));
    let bad = client.resource_request("http://api.example", None, "a", &[8; 32], 0);
    assert_eq!(bad.err().map(|error| error.option), Some("url"));
}
