//! The way out and the way back.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::{ISSUER, NOW, begun, builder, client, field, header, server};
use crate::client::{
    AuthorizationParams, Client, ClientAuthentication, HttpResponse, RequestError, Server, Transaction, callback_state,
};
use crate::error::{ConfigError, Error, ResponseReason, TokenResponseReason};
use crate::jose::algorithm::Algorithm;

fn option<T>(result: Result<T, ConfigError>) -> Option<&'static str> {
    result.err().map(|error| error.option)
}

#[test]
fn a_client_is_checked_when_it_is_built() {
    assert_eq!(option(builder().build()), None);
    let empty = |authentication| option(builder().authentication(authentication).build());
    assert_eq!(option(Client::builder(server(), "").build()), Some("client_id"));
    assert_eq!(option(Client::builder(Server::new(""), "app").build()), Some("issuer"));
    assert_eq!(option(builder().trusted_audience("").build()), Some("trusted_audience"));
    assert_eq!(empty(ClientAuthentication::Basic(String::new())), Some("authentication"));
    assert_eq!(empty(ClientAuthentication::Post(String::new())), Some("authentication"));
    let hmac = ClientAuthentication::PrivateKeyJwt { algorithm: Algorithm::HS256, kid: None };
    assert_eq!(empty(hmac), Some("authentication"));
    assert_eq!(option(builder().id_token_algorithm(Algorithm::HS256).build()), Some("id_token_algorithm"));
    let server = Server { token_endpoint: Some("http://id.example/token".into()), ..server() };
    assert_eq!(option(Client::builder(server, "app").build()), Some("token_endpoint"));
}

#[test]
fn the_token_request_names_the_resources_again() {
    let params = ["https://a.example", "https://b.example/x"].map(|uri| ("resource".to_owned(), uri.to_owned()));
    let begun = begun(&client(), |asked| asked.params = params.to_vec());
    let call = client().code_request(&begun, "code", &[8; 32], NOW).unwrap();
    let body = call.request().unwrap().body.unwrap();
    assert!(body.contains("&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example%2Fx"), "{body}");
}

#[test]
fn the_way_out_says_what_was_asked_for() {
    let client = client();
    let mut params = AuthorizationParams { max_age: Some(60), ..AuthorizationParams::default() };
    params.scope = Some("openid".into());
    params.params = alloc::vec![("prompt".into(), "login".into())];
    let begun = client.authorize(&params, &[7; 96], NOW).unwrap();
    assert!(begun.url.ends_with("&code_challenge_method=S256&prompt=login&max_age=60"), "{}", begun.url);
    assert_eq!(begun.transaction.max_age, Some(60));
    assert_eq!(begun.transaction.redirect_uri, "https://app.example/cb");
    assert!(begun.transaction.resource.is_empty());
    params.redirect_uri = Some("https://other.example/cb".into());
    assert_eq!(client.authorize(&params, &[7; 96], NOW).unwrap().transaction.redirect_uri, "https://other.example/cb");
    for name in ["max_age", "dpop_jkt", "state"] {
        params.params = alloc::vec![(name.into(), "1".into())];
        let Err(RequestError::Config(error)) = client.authorize(&params, &[7; 96], NOW) else { panic!("{name}") };
        assert_eq!(error.option, "params", "{name}");
    }
    let nowhere = Client::builder(server(), "app").build().unwrap();
    let error = nowhere.authorize(&AuthorizationParams::default(), &[7; 96], NOW);
    assert!(matches!(error, Err(RequestError::Config(error)) if error.option == "redirect_uri"));
    let pushed = Server { require_pushed_authorization_requests: true, ..server() };
    let pushed = Client::builder(pushed, "app").redirect_uri("https://app.example/cb").build().unwrap();
    let error = pushed.authorize(&AuthorizationParams::default(), &[7; 96], NOW);
    assert!(
        matches!(error, Err(RequestError::Config(error)) if error.option == "pushed_authorization_request_endpoint")
    );
    let plain = Server { code_challenge_methods_supported: Some(alloc::vec!["plain".into()]), ..server() };
    let plain = Client::builder(plain, "app").redirect_uri("https://app.example/cb").build().unwrap();
    let error = plain.authorize(&AuthorizationParams::default(), &[7; 96], NOW);
    assert_eq!(error, Err(RequestError::Server(Error::PkceUnsupported)));
}

#[test]
fn the_query_alone_leads_to_the_code_and_the_code_to_tokens() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let query = alloc::format!("code=a%2Fb&state={}&iss=https%3A%2F%2Fid.example", transaction.state);
    assert_eq!(callback_state(&query).as_ref(), Ok(&transaction.state));
    assert_eq!(client.callback(&query, &transaction, NOW), Ok("a/b".into()));
    let call = client.code_request(&transaction, "a/b", &[1; 32], NOW).unwrap();
    let request = call.request().unwrap();
    assert_eq!((request.method, request.url.as_str()), ("POST", "https://id.example/token"));
    assert_eq!(header(&request, "content-type").as_deref(), Some("application/x-www-form-urlencoded"));
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "a/b"),
        ("redirect_uri", "https://app.example/cb"),
        ("code_verifier", &transaction.code_verifier),
        ("client_id", "app"),
    ] {
        assert_eq!(field(&request, name).as_deref(), Some(value), "{name}");
    }
    let body = br#"{"access_token":"a","token_type":"Bearer","id_token":"i"}"#;
    let tokens = client.code_response(&transaction, &HttpResponse::new(200, body)).unwrap();
    assert_eq!(tokens.id_token.as_deref(), Some("i"));
    let without = br#"{"access_token":"a","token_type":"Bearer"}"#;
    assert_eq!(
        client.code_response(&transaction, &HttpResponse::new(200, without)),
        Err(Error::TokenResponseInvalid(TokenResponseReason::IdToken))
    );
    let plain = begun(&client, |params| params.scope = None);
    assert!(client.code_response(&plain, &HttpResponse::new(200, without)).is_ok());
}

/// State, then issuer, then error, then code: whatever is wrong behind, the first decides.
#[test]
fn the_checks_of_a_callback_have_their_order() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let at = |query: &str| client.callback(&query.replace('$', &transaction.state), &transaction, NOW);
    let wrong_issuer = Err(Error::ResponseIssuerMismatch { expected: ISSUER.into() });
    assert_eq!(at("state=x&iss=https://evil.example&error=access_denied"), Err(Error::StateMismatch));
    assert_eq!(at("state=$&iss=https://evil.example&error=access_denied"), wrong_issuer);
    assert_eq!(at("state=$&iss=https://evil.example&code=a"), wrong_issuer);
    assert_eq!(
        at("state=$&iss=https://id.example&error=access_denied"),
        Err(Error::AuthorizationError { error: "access_denied".into(), description: None })
    );
    assert_eq!(
        at("state=$&iss=https://id.example"),
        Err(Error::AuthorizationResponseInvalid(ResponseReason::CodeMissing))
    );
    for twice in ["state=$&state=$&code=a", "state=$&code=a&code=a", "state=$&code=a&iss=x&iss=x", "state=$&code=a&x&x"]
    {
        assert_eq!(at(twice), Err(Error::AuthorizationResponseInvalid(ResponseReason::Repeated)), "{twice}");
    }
    assert_eq!(client.callback("state=x", &transaction, transaction.expires_at), Err(Error::TransactionExpired));
    let promised = Server { authorization_response_iss_parameter_supported: true, ..server() };
    let promised = Client::builder(promised, "app").redirect_uri("https://app.example/cb").build().unwrap();
    let transaction = begun(&promised, |_| {});
    let query = alloc::format!("state={}&code=a", transaction.state);
    assert_eq!(promised.callback(&query, &transaction, NOW), wrong_issuer);
}

#[test]
fn a_transaction_belongs_to_the_client_that_began_it() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let query = alloc::format!("state={}&code=a", transaction.state);
    for other in [
        Transaction { issuer: "https://evil.example".into(), ..transaction.clone() },
        Transaction { client_id: "other".into(), ..transaction.clone() },
    ] {
        assert!(matches!(client.callback(&query, &other, NOW), Err(Error::ResponseIssuerMismatch { .. })));
        assert_eq!(option(client.code_request(&other, "a", &[1; 32], NOW)), Some("transaction"));
    }
    // A transaction that was tampered with does not say where the code goes.
    let elsewhere = Transaction { token_endpoint: "https://evil.example/token".into(), ..transaction };
    let call = client.code_request(&elsewhere, "a", &[1; 32], NOW).unwrap();
    assert_eq!(call.request().unwrap().url, "https://id.example/token");
}

#[test]
fn several_sign_ins_may_be_under_way() {
    let client = client();
    let [mine, other] = [[1; 96], [2; 96]]
        .map(|entropy| client.authorize(&AuthorizationParams::default(), &entropy, NOW).unwrap().transaction);
    let query = alloc::format!("state={}&code=a", other.state);
    let state = callback_state(&query).unwrap();
    let found = [&mine, &other].into_iter().find(|transaction| transaction.state == state).unwrap();
    assert_eq!(client.callback(&query, found, NOW), Ok("a".into()));
    assert_eq!(client.callback(&query, &mine, NOW), Err(Error::StateMismatch));
}
