//! Revocation and introspection.

use alloc::string::String;

use super::{NOW, client, field, fields, server};
use crate::client::{Client, HttpResponse, Server, TokenTypeHint};
use crate::error::{Error, ServerResponseReason, UnavailableReason};

#[test]
fn a_token_is_given_up_with_status_200() {
    let client = client();
    let hint = Some(TokenTypeHint::RefreshToken);
    let request = client.revocation_request("t", hint, &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(request.url, "https://id.example/revoke");
    assert_eq!(field(&request, "token").as_deref(), Some("t"));
    assert_eq!(field(&request, "token_type_hint").as_deref(), Some("refresh_token"));
    assert_eq!(fields(&request).len(), 3);
    let read = |status, body: &str| client.revocation_response(&HttpResponse::new(status, body.as_bytes()));
    assert_eq!(read(200, "whatever"), Ok(()));
    assert_eq!(read(503, ""), Err(Error::ServerUnavailable(UnavailableReason::Status)));
    assert_eq!(read(204, ""), Err(Error::ServerResponseInvalid(ServerResponseReason::Status)));
    let error = Error::TokenEndpointError { error: "unsupported_token_type".into(), description: None };
    assert_eq!(read(400, r#"{"error":"unsupported_token_type"}"#), Err(error));
}

#[test]
fn what_is_not_active_is_no_token() {
    let client = client();
    let request = client.introspection_request("t", None, &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(request.url, "https://id.example/introspect");
    assert_eq!(fields(&request).len(), 2);
    let read = |status, body: &str| {
        let response = HttpResponse::new(status, body.as_bytes());
        client.introspection_response(&response).map(|claims| claims.map(|claims| String::from(claims.json())))
    };
    for active in [r#"{"active":true}"#, r#"{"active":true,"iss":"https://id.example","sub":"a"}"#] {
        assert_eq!(read(200, active), Ok(Some(active.into())));
    }
    assert_eq!(read(200, r#"{"active":false,"sub":"a"}"#), Ok(None));
    for not_said in
        ["{}", r#"{"active":"true"}"#, r#"{"active":1}"#, r#"{"active":null}"#, r#"{"active":true,"iss":7}"#]
    {
        assert_eq!(read(200, not_said), Err(Error::ServerResponseInvalid(ServerResponseReason::Member)), "{not_said}");
    }
    let twice = r#"{"active":true,"active":false}"#;
    assert_eq!(read(200, twice), Err(Error::ServerResponseInvalid(ServerResponseReason::Json)));
    assert_eq!(read(201, r#"{"active":true}"#), Err(Error::ServerResponseInvalid(ServerResponseReason::Status)));
    assert!(matches!(read(200, r#"{"active":true,"iss":"https://evil.example"}"#), Err(Error::IssuerMismatch { .. })));
    assert_eq!(read(500, ""), Err(Error::ServerUnavailable(UnavailableReason::Status)));
}

#[test]
fn a_server_without_the_endpoint_is_not_asked() {
    let server =
        Server { revocation_endpoint: None, introspection_endpoint: None, userinfo_endpoint: None, ..server() };
    let client = Client::builder(server, "app").build().unwrap();
    let option = |call: Result<_, crate::error::ConfigError>| call.err().map(|error| error.option);
    assert_eq!(option(client.revocation_request("t", None, &[1; 32], NOW)), Some("revocation_endpoint"));
    assert_eq!(option(client.introspection_request("t", None, &[1; 32], NOW)), Some("introspection_endpoint"));
    assert_eq!(option(client.userinfo_request("t", &[1; 32], NOW)), Some("userinfo_endpoint"));
}
