//! What sign-ins ask for, at a server whose endpoints are known: nothing is asked over the network.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::http::{Request, StatusCode, header};
use countersign::ReqwestClient;
use countersign::client::{Client, Server};
use countersign_tower::{Sessions, SignIn, SignInClient};

fn client() -> SignInClient {
    let mut server = Server::new("https://id.example");
    server.authorization_endpoint = Some("https://id.example/authorize".into());
    server.token_endpoint = Some("https://id.example/token".into());
    server.jwks_uri = Some("https://id.example/jwks".into());
    SignInClient::new(ReqwestClient::new(Client::builder(server, "app").build().unwrap()).unwrap())
}

/// The status, and where the browser is sent.
async fn begun(client: SignInClient, params: &[(&str, &str)]) -> (StatusCode, String) {
    let sessions = Sessions::builder("https://app.example").client(client).secret([7; 32]).build().unwrap();
    let fields = [("host", "app.example"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let request = fields.into_iter().fold(Request::builder(), |request, (name, value)| request.header(name, value));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let response = sessions.sign_in(&parts, SignIn { params, ..SignIn::default() }).await;
    let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (response.status(), location.unwrap_or_default())
}

#[tokio::test]
async fn the_age_of_a_sign_in_is_asked_for_or_nothing_is() {
    let (status, location) = begun(client(), &[("max_age", "300")]).await;
    assert!(status.is_redirection() && location.contains("&max_age=300"), "{location}");
    let (status, location) = begun(client().param("max_age", "60"), &[]).await;
    assert!(status.is_redirection() && location.contains("&max_age=60"), "{location}");
    let (status, location) = begun(client().param("max_age", "60"), &[("max_age", "0")]).await;
    assert!(status.is_redirection() && location.contains("&max_age=0"), "{location}");
    for age in ["5m", "", "-1", "1.5", "99999999999999999999"] {
        let (status, location) = begun(client(), &[("max_age", age)]).await;
        assert_eq!((status, location.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, ""), "{age}");
        assert!(!begun(client().param("max_age", age), &[]).await.0.is_redirection(), "{age}");
    }
}
