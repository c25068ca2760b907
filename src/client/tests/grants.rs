//! Refresh, client credentials, passwords, token exchange.

use super::{NOW, builder, client, field, fields, server};
use crate::client::{Client, ClientAuthentication, Grant, HttpResponse, Server, is_invalid_grant};
use crate::error::{Error, TokenResponseReason, UnavailableReason};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

#[test]
fn a_refresh_token_that_is_not_replaced_goes_on() {
    let client = client();
    let request = client.refresh_request("r1", None, &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(field(&request, "grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(field(&request, "refresh_token").as_deref(), Some("r1"));
    assert_eq!(fields(&request).len(), 3);
    let scoped = client.refresh_request("r1", Some("a"), &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(field(&scoped, "scope").as_deref(), Some("a"));
    let named = client.refresh_request_for(Some("https://api.example"), "r1", None, &[1; 32], NOW).unwrap();
    assert_eq!(field(&named.request().unwrap(), "resource").as_deref(), Some("https://api.example"));
    let refreshed = |body: &str| {
        client.refresh_response("r1", &HttpResponse::new(200, body.as_bytes())).map(|tokens| tokens.refresh_token)
    };
    assert_eq!(refreshed(r#"{"access_token":"a","token_type":"Bearer"}"#), Ok(Some("r1".into())));
    assert_eq!(refreshed(r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r2"}"#), Ok(Some("r2".into())));
    assert_eq!(
        refreshed(r#"{"id_token":"i","token_type":"Bearer"}"#),
        Err(Error::TokenResponseInvalid(TokenResponseReason::AccessToken))
    );
}

#[test]
fn only_one_error_ends_a_session() {
    let client = client();
    for (status, body, over) in [
        (400, r#"{"error":"invalid_grant"}"#, true),
        (200, r#"{"error":"invalid_grant"}"#, true),
        (401, r#"{"error":"invalid_grant"}"#, true),
        (401, r#"{"error":"invalid_client"}"#, false),
        (429, r#"{"error":"invalid_grant"}"#, false),
        (500, r#"{"error":"invalid_grant"}"#, false),
        (503, r#"{"error":"invalid_grant","error_description":"the database is gone"}"#, false),
        (429, "slow down", false),
        (429, r#"{"error":"slow_down"}"#, false),
        (503, "<html>", false),
        (500, r#"{"error":"server_error"}"#, false),
        (404, "", false),
    ] {
        let error = client.refresh_response("r1", &HttpResponse::new(status, body.as_bytes())).unwrap_err();
        assert_eq!(is_invalid_grant(&error), over, "{status} {body}");
    }
    for status in [429, 500, 503, 599] {
        let response = HttpResponse::new(status, b"<html>");
        let unavailable = Err(Error::ServerUnavailable(UnavailableReason::Status));
        assert_eq!(client.refresh_response("r1", &response), unavailable, "{status}");
        let response = HttpResponse::new(status, br#"{"error":"invalid_grant"}"#);
        assert_eq!(client.refresh_response("r1", &response), unavailable, "{status}");
    }
    let refused = Err(Error::TokenResponseInvalid(TokenResponseReason::Status));
    assert_eq!(client.refresh_response("r1", &HttpResponse::new(404, b"<html>")), refused);
}

#[test]
fn only_clients_with_credentials_have_an_access_of_their_own() {
    let grant = Grant::client_credentials().param("scope", "a");
    assert_eq!(client().grant_request(&grant, &[1; 32], NOW).err().map(|error| error.option), Some("authentication"));
    let client = builder().authentication(ClientAuthentication::Post("s".into())).build().unwrap();
    let request = client.grant_request(&grant, &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(request.body.as_deref(), Some("grant_type=client_credentials&scope=a&client_id=app&client_secret=s"));
    let body = br#"{"access_token":"a","token_type":"Bearer"}"#;
    assert!(client.grant_response(&grant, &HttpResponse::new(200, body)).is_ok());
}

#[test]
fn without_an_endpoint_there_is_nothing_to_ask() {
    let client = Client::builder(Server { token_endpoint: None, ..server() }, "app").build().unwrap();
    let missing = client.grant_request(&Grant::password("a", "b"), &[1; 32], NOW);
    assert_eq!(missing.err().map(|error| error.option), Some("token_endpoint"));
}

#[test]
fn an_exchange_may_give_what_is_no_access_token() {
    let client = client();
    let grant = Grant::token_exchange("t", ACCESS_TOKEN).param("audience", "https://api.example");
    let request = client.grant_request(&grant, &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(field(&request, "subject_token_type").as_deref(), Some(ACCESS_TOKEN));
    let read = |grant: &Grant, body: &str| client.grant_response(grant, &HttpResponse::new(200, body.as_bytes()));
    let not_applicable = r#"{"access_token":"a","token_type":"N_A","issued_token_type":"x"}"#;
    assert_eq!(read(&grant, not_applicable).unwrap().issued_token_type().as_deref(), Some("x"));
    let other = read(&Grant::new("x"), not_applicable);
    assert_eq!(other, Err(Error::TokenResponseInvalid(TokenResponseReason::TokenType)));
    for without in [
        r#"{"access_token":"a","token_type":"Bearer"}"#,
        r#"{"access_token":"a","token_type":"Bearer","issued_token_type":""}"#,
        r#"{"access_token":"a","token_type":"Bearer","issued_token_type":7}"#,
    ] {
        let error = Err(Error::TokenResponseInvalid(TokenResponseReason::Member));
        assert_eq!(read(&grant, without), error, "{without}");
    }
}
