//! Answers such as each provider gives, made up here after its documentation.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::client::HttpResponse;
use crate::encoding::form;
use crate::error::Error;
use crate::preset::provider::{Provider, UserSource};

/// What a provider answers: the tokens; what is read from them; a refusal with its status and its code; who it is.
struct Answers {
    provider: Provider,
    tokens: &'static str,
    scope: Option<&'static str>,
    expires_in: Option<f64>,
    refusal: (u16, &'static str, &'static str),
    user: (&'static str, &'static str),
}

const ANSWERS: &[Answers] = &[
    Answers {
        provider: Provider::APPLE,
        tokens: r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":"e30.e30.AA"}"#,
        scope: None,
        expires_in: Some(3600.0),
        refusal: (400, r#"{"error":"invalid_grant","error_description":"The code has expired."}"#, "invalid_grant"),
        user: ("", ""),
    },
    Answers {
        provider: Provider::BITBUCKET,
        tokens: r#"{"access_token":"a","scopes":"account","token_type":"bearer","expires_in":7200,"state":"authorization_code","refresh_token":"r"}"#,
        scope: None,
        expires_in: Some(7200.0),
        refusal: (400, r#"{"error_description":"The code is wrong","error":"invalid_grant"}"#, "invalid_grant"),
        user: (r#"{"type":"user","uuid":"{1f2e}","display_name":"A"}"#, "{1f2e}"),
    },
    Answers {
        provider: Provider::DISCORD,
        tokens: r#"{"token_type":"Bearer","access_token":"a","expires_in":604800,"refresh_token":"r","scope":"identify"}"#,
        scope: Some("identify"),
        expires_in: Some(604_800.0),
        refusal: (
            400,
            r#"{"error":"invalid_grant","error_description":"Invalid \"code\" in request."}"#,
            "invalid_grant",
        ),
        user: (r#"{"id":"80351110224678912","username":"a","global_name":null}"#, "80351110224678912"),
    },
    Answers {
        provider: Provider::DROPBOX,
        tokens: r#"{"access_token":"a","token_type":"bearer","expires_in":14400,"scope":"account_info.read","uid":"12","account_id":"dbid:AA"}"#,
        scope: Some("account_info.read"),
        expires_in: Some(14_400.0),
        refusal: (400, r#"{"error":"invalid_grant","error_description":"code doesn't exist"}"#, "invalid_grant"),
        user: ("", "dbid:AA"),
    },
    Answers {
        provider: Provider::FACEBOOK,
        tokens: r#"{"access_token":"a","token_type":"bearer"}"#,
        scope: None,
        expires_in: None,
        refusal: (
            400,
            r#"{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,"fbtrace_id":"A"}}"#,
            "OAuthException",
        ),
        user: (r#"{"id":"10220","name":"A"}"#, "10220"),
    },
    Answers {
        provider: Provider::GITHUB,
        tokens: "access_token=a&scope=read%3Auser%2Crepo&token_type=bearer",
        scope: Some("read:user repo"),
        expires_in: None,
        refusal: (
            200,
            "error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.",
            "bad_verification_code",
        ),
        user: (r#"{"login":"a","id":583231,"plan":{"name":"free"}}"#, "583231"),
    },
    Answers {
        provider: Provider::LINKEDIN,
        tokens: r#"{"access_token":"a","expires_in":5183999,"scope":"email,openid,profile","id_token":"e30.e30.AA"}"#,
        scope: Some("email openid profile"),
        expires_in: Some(5_183_999.0),
        refusal: (
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
            "invalid_client",
        ),
        user: (r#"{"sub":"782bbtaQ","name":"A","email_verified":true}"#, "782bbtaQ"),
    },
    Answers {
        provider: Provider::REDDIT,
        tokens: r#"{"access_token":"a","token_type":"bearer","expires_in":86400,"scope":"identity"}"#,
        scope: Some("identity"),
        expires_in: Some(86_400.0),
        refusal: (200, r#"{"error":"invalid_grant"}"#, "invalid_grant"),
        user: (r#"{"id":"1w72","name":"a","verified":true}"#, "1w72"),
    },
    Answers {
        provider: Provider::SLACK,
        tokens: r#"{"ok":true,"access_token":"a","token_type":"bot","scope":"commands,chat:write","authed_user":{"id":"U1"},"enterprise":null}"#,
        scope: Some("commands chat:write"),
        expires_in: None,
        refusal: (200, r#"{"ok":false,"error":"invalid_code"}"#, "invalid_code"),
        user: ("", "U1"),
    },
    Answers {
        provider: Provider::SPOTIFY,
        tokens: r#"{"access_token":"a","token_type":"Bearer","scope":"user-read-private","expires_in":3600,"refresh_token":"r"}"#,
        scope: Some("user-read-private"),
        expires_in: Some(3600.0),
        refusal: (
            400,
            r#"{"error":"invalid_grant","error_description":"Invalid authorization code"}"#,
            "invalid_grant",
        ),
        user: (r#"{"id":"smedjan","display_name":"A"}"#, "smedjan"),
    },
    Answers {
        provider: Provider::STRAVA,
        tokens: r#"{"token_type":"Bearer","expires_at":1568775134,"expires_in":21600,"refresh_token":"r","access_token":"a","athlete":{"id":227615}}"#,
        scope: None,
        expires_in: Some(21_600.0),
        refusal: (
            400,
            r#"{"message":"Bad Request","errors":[{"resource":"AuthorizationCode","field":"code","code":"invalid"}]}"#,
            "Bad Request",
        ),
        user: ("", "227615"),
    },
    Answers {
        provider: Provider::TWITCH,
        tokens: r#"{"access_token":"a","expires_in":14124,"refresh_token":"r","scope":["channel:moderate","chat:edit"]}"#,
        scope: Some("channel:moderate chat:edit"),
        expires_in: Some(14_124.0),
        refusal: (400, r#"{"status":400,"message":"Invalid authorization code"}"#, "Invalid authorization code"),
        user: (r#"{"data":[{"id":"141981764","login":"a"}]}"#, "141981764"),
    },
    Answers {
        provider: Provider::X,
        tokens: r#"{"token_type":"bearer","expires_in":7200,"access_token":"a","scope":"users.read tweet.read"}"#,
        scope: Some("users.read tweet.read"),
        expires_in: Some(7200.0),
        refusal: (
            400,
            r#"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}"#,
            "invalid_request",
        ),
        user: (r#"{"data":{"id":"2244994945","username":"a"}}"#, "2244994945"),
    },
];

#[test]
fn each_provider_has_its_answers() {
    let answered: alloc::vec::Vec<&str> = ANSWERS.iter().map(|answers| answers.provider.name).collect();
    let all: alloc::vec::Vec<&str> = Provider::ALL.iter().map(|provider| provider.name).collect();
    assert_eq!(answered, all);
    for provider in Provider::ALL {
        assert_eq!(Provider::from_name(provider.name).map(|found| found.title), Some(provider.title));
        assert!(!provider.title.is_empty() && provider.client("app", "s").build().is_ok(), "{}", provider.name);
    }
    assert!(Provider::from_name("nobody").is_none());
}

#[test]
fn answers_are_read_as_they_are_meant() {
    for Answers { provider, tokens, scope, expires_in, refusal, user } in ANSWERS {
        let client = provider.client("app", "s").redirect_uri("https://app.example/cb").build().unwrap();
        let transaction = client.authorize(&provider.params(), &[7; 96], 0).unwrap().transaction;
        let name = provider.name;
        let read = client.code_response(&transaction, &HttpResponse::new(200, tokens.as_bytes())).unwrap();
        assert_eq!(read.access_token.as_deref(), Some("a"), "{name}");
        assert_eq!(read.token_type.to_ascii_lowercase(), "bearer", "{name}");
        assert_eq!((read.scope.as_deref(), read.expires_in), (*scope, *expires_in), "{name}");
        assert_eq!(read.id_token.is_some(), provider.user == UserSource::IdToken, "{name}");

        let (status, body, code) = *refusal;
        let error = client.code_response(&transaction, &HttpResponse::new(status, body.as_bytes())).unwrap_err();
        let Error::TokenEndpointError { error, .. } = error else { panic!("{name}: {error:?}") };
        assert_eq!(error, code, "{name}");

        let (body, id) = *user;
        let call = provider.user_request(&client, "a", &[8; 32], 0).unwrap();
        assert_eq!(call.is_some(), !body.is_empty(), "{name}");
        let found = provider.user_id(&read, &HttpResponse::new(200, body.as_bytes()));
        assert_eq!(found.ok().as_deref(), Some(id).filter(|id| !id.is_empty()), "{name}");
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
        let answers = ANSWERS.iter().find(|answers| answers.provider.name == other.name).unwrap();
        assert!(read(other, answers.tokens) && !read(Provider::SPOTIFY, answers.tokens), "{}", other.name);
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
