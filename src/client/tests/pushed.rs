//! Requests that the server gets directly.

use super::{NOW, builder, client, field, fields, server};
use crate::client::{
    AuthorizationParams, Client, ClientAuthentication, HttpResponse, PushedRequest, RequestError, ResponseMode, Server,
};
use crate::error::{Error, ServerResponseReason, UnavailableReason};

fn push(client: &Client) -> PushedRequest {
    let mut params = AuthorizationParams { scope: Some("openid".into()), ..AuthorizationParams::default() };
    params.response_mode = ResponseMode::FormPost;
    params.params = alloc::vec![("resource".into(), "a".into()), ("resource".into(), "b".into())];
    client.pushed_request(&params, &[7; 96], &[8; 32], NOW).unwrap()
}

#[test]
fn the_client_is_named_once_however_it_authenticates_itself() {
    for authentication in [
        ClientAuthentication::None,
        ClientAuthentication::Basic("s".into()),
        ClientAuthentication::Post("s".into()),
        ClientAuthentication::Tls,
    ] {
        let client = Client::builder(server(), "app")
            .authentication(authentication.clone())
            .redirect_uri("https://app.example/cb")
            .build()
            .unwrap();
        let request = push(&client).call.request().unwrap();
        let named: Vec<_> = fields(&request).into_iter().filter(|(name, _)| name == "client_id").collect();
        assert_eq!(named, [("client_id".into(), "app".into())], "{authentication:?}");
    }
}

#[test]
fn the_browser_carries_a_reference() {
    for endpoint in
        ["https://id.example/authorize", "https://id.example/authorize?x=1", "https://id.example/authorize?"]
    {
        let server = Server {
            require_pushed_authorization_requests: true,
            authorization_endpoint: Some(endpoint.into()),
            ..server()
        };
        let client = Client::builder(server, "app")
            .authentication(ClientAuthentication::Post("s".into()))
            .redirect_uri("https://app.example/cb")
            .build()
            .unwrap();
        let pushed = push(&client);
        let request = pushed.call.request().unwrap();
        assert_eq!(request.url, "https://id.example/par");
        for (name, value) in [
            ("response_type", "code"),
            ("redirect_uri", "https://app.example/cb"),
            ("scope", "openid"),
            ("code_challenge_method", "S256"),
            ("response_mode", "form_post"),
            ("client_id", "app"),
            ("client_secret", "s"),
        ] {
            assert_eq!(field(&request, name).as_deref(), Some(value), "{name}");
        }
        assert_eq!((field(&request, "x"), field(&request, "request_uri")), (None, None));
        assert_eq!(fields(&request).iter().filter(|(name, _)| name == "resource").count(), 2);
        let state = field(&request, "state").unwrap();
        let body = br#"{"request_uri":"urn:x:1","expires_in":60}"#;
        let begun = client.pushed_response(pushed, &HttpResponse::new(201, body)).unwrap();
        assert!(begun.url.starts_with(endpoint), "{}", begun.url);
        assert!(begun.url.ends_with("client_id=app&request_uri=urn%3Ax%3A1"), "{}", begun.url);
        assert_eq!(begun.transaction.state, state);
        assert_eq!(begun.transaction.expires_at, NOW + 600);
    }
}

#[test]
fn what_is_no_answer_leads_nowhere() {
    let read = |status, body: &str| {
        let client = client();
        client.pushed_response(push(&client), &HttpResponse::new(status, body.as_bytes())).map(drop)
    };
    let invalid = |reason| Err(Error::ServerResponseInvalid(reason));
    assert_eq!(read(200, r#"{"request_uri":"u","expires_in":60}"#), Ok(()));
    for body in [
        r#"{"expires_in":60}"#,
        r#"{"request_uri":"","expires_in":60}"#,
        r#"{"request_uri":7,"expires_in":60}"#,
        r#"{"request_uri":"u"}"#,
        r#"{"request_uri":"u","expires_in":0}"#,
        r#"{"request_uri":"u","expires_in":"60"}"#,
    ] {
        assert_eq!(read(201, body), invalid(ServerResponseReason::Member), "{body}");
    }
    assert_eq!(read(201, "<html>"), invalid(ServerResponseReason::Json));
    assert_eq!(read(302, ""), invalid(ServerResponseReason::Status));
    assert_eq!(read(503, ""), Err(Error::ServerUnavailable(UnavailableReason::Status)));
    let error = Error::TokenEndpointError { error: "invalid_request".into(), description: None };
    assert_eq!(read(400, r#"{"error":"invalid_request"}"#), Err(error));
}

#[test]
fn without_the_endpoint_nothing_is_pushed() {
    let server = Server { pushed_authorization_request_endpoint: None, ..server() };
    let client = Client::builder(server, "app").redirect_uri("https://app.example/cb").build().unwrap();
    let result = client.pushed_request(&AuthorizationParams::default(), &[7; 96], &[8; 32], NOW);
    let Err(RequestError::Config(error)) = result else { panic!() };
    assert_eq!(error.option, "pushed_authorization_request_endpoint");
    let bad = builder().build().unwrap();
    let params = AuthorizationParams { scope: Some("a  b".into()), ..AuthorizationParams::default() };
    assert!(matches!(bad.pushed_request(&params, &[7; 96], &[8; 32], NOW), Err(RequestError::Config(_))));
}
