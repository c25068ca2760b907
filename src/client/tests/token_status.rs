//! Revocation and introspection.

use alloc::string::String;

use super::{NOW, client, field, fields, secret, server, signed};
use crate::client::{Client, HttpResponse, Server, TokenTypeHint};
use crate::error::{Error, ServerResponseReason, UnavailableReason};
use crate::verify::claims::Claims;

const TYP: &str = r#","typ":"token-introspection+jwt""#;

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
fn a_signed_answer_is_known_by_its_media_type() {
    let client = client();
    let request = client.signed_introspection_request("t", None, &[1; 32], NOW).unwrap().request().unwrap();
    assert!(request.headers.contains(&("accept", "application/token-introspection+jwt".into())));
    let read = |status, content_type, body: &[u8]| {
        let mut response = HttpResponse::new(status, body);
        response.content_type = content_type;
        client.signed_introspection_response(&response).map(|text| text.map(String::from))
    };
    let media_type = Some("Application/Token-Introspection+JWT; charset=utf-8");
    assert_eq!(read(200, media_type, b" a.b.c\n"), Ok(Some("a.b.c".into())));
    assert_eq!(read(200, Some("application/json"), b"{}"), Ok(None));
    assert_eq!(read(200, None, b"a.b.c"), Ok(None));
    assert_eq!(read(200, media_type, b"\xff"), Err(Error::IntrospectionInvalid));
    assert_eq!(read(503, media_type, b"a.b.c"), Err(Error::ServerUnavailable(UnavailableReason::Status)));
}

#[test]
fn a_signed_answer_counts_as_the_one_that_is_in_it() {
    let client = client();
    let status = |claims: &str| {
        let status = client.signed_token_status(&Claims::from_json(claims).unwrap());
        status.map(|claims| claims.map(|claims| String::from(claims.json())))
    };
    let active = r#"{"active":true,"sub":"a"}"#;
    assert_eq!(status(&alloc::format!(r#"{{"iss":"x","token_introspection":{active}}}"#)), Ok(Some(active.into())));
    assert_eq!(status(r#"{"token_introspection":{"active":false}}"#), Ok(None));
    for none in [r#"{"active":true}"#, r#"{"token_introspection":true}"#, r#"{"token_introspection":null}"#] {
        assert_eq!(status(none), Err(Error::IntrospectionInvalid), "{none}");
    }
    let member = Err(Error::ServerResponseInvalid(ServerResponseReason::Member));
    assert_eq!(status(r#"{"token_introspection":{}}"#), member);
    let verifier = client.introspection_verifier().keys(secret()).build().unwrap();
    let verify = |typ: &str, claims: &str| {
        let claims = claims.replace('$', r#""iss":"https://id.example","aud":"app""#);
        let token = verifier.verify(&signed(typ, &claims), NOW);
        token.map(drop).map_err(|error| error.code().as_str())
    };
    assert_eq!(verify(TYP, r#"{$,"iat":1799999970}"#), Ok(()));
    assert_eq!(verify("", r#"{$,"iat":1799999970}"#), Err("typ_mismatch"));
    assert_eq!(verify(TYP, r#"{$,"iat":1799999900}"#), Err("token_too_old"));
    assert_eq!(verify(TYP, "{$}"), Err("claim_missing"));
    assert_eq!(verify(TYP, r#"{"iss":"https://id.example","aud":"b","iat":1799999970}"#), Err("audience_mismatch"));
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
