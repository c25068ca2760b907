//! The client and its driver against a real server: tests/client/run.mjs starts it, and runs this.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use countersign::client::{
    AuthorizationParams, Client, ClientAuthentication, DpopKey, Grant, LogoutParams, RequestError, ResponseMode,
    SigningPurpose, TokenTypeHint, Transaction, check_logout_response, is_invalid_grant,
};
use countersign::jose::jwe::{ContentEncryption, DecryptionKey};
use countersign::{Algorithm, Error, ErrorCode, ReqwestClient, SharedSecret, SignedIn};
use countersign_testkit::Key;
use serde_json::json;

const CALLBACK: &str = "http://127.0.0.1/callback";

static ISSUER: LazyLock<String> = LazyLock::new(|| {
    std::env::var("COUNTERSIGN_CLIENT_ISSUER").expect("run tests/client/run.mjs, which starts a server")
});

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// Tells the server something that only a test would.
async fn command(path: &str, body: String) -> String {
    let response = reqwest::Client::new().post(format!("{}{path}", *ISSUER)).body(body).send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{text}");
    text
}

/// Opens an address in the browser of this account, and fills in what forms there are.
async fn browse(url: &str, until: &str, account: &str) -> String {
    command("/test/browse", json!({ "url": url, "until": until, "account": account }).to_string()).await
}

async fn client(id: &str, authentication: ClientAuthentication) -> ReqwestClient {
    let server = ReqwestClient::discover(&ISSUER).await.unwrap();
    let client = Client::builder(server, id).authentication(authentication).redirect_uri(CALLBACK).build().unwrap();
    ReqwestClient::new(client).unwrap()
}

async fn web() -> ReqwestClient {
    client("web", ClientAuthentication::Basic("odd: 100% + more/less & so on".into())).await
}

/// With assertions and proofs that the program signs, each with a key of its own.
async fn bound() -> ReqwestClient {
    let (assertions, proofs) = (Key::named("ES256", "assertions"), Key::of("EdDSA"));
    command("/test/jwks", assertions.key_set()).await;
    let server = ReqwestClient::discover(&ISSUER).await.unwrap();
    let authentication =
        ClientAuthentication::PrivateKeyJwt { algorithm: Algorithm::ES256, kid: Some("assertions".into()) };
    let client = Client::builder(server, "bound")
        .authentication(authentication)
        .redirect_uri(CALLBACK)
        .id_token_algorithm(Algorithm::ES256)
        .dpop(DpopKey::from_jwk(&proofs.jwk().json(), Algorithm::EdDSA).unwrap())
        .build()
        .unwrap();
    ReqwestClient::new(client).unwrap().with_signer(move |input| match input.purpose {
        SigningPurpose::ClientAssertion => Some(assertions.sign("ES256", input.input.as_bytes())),
        SigningPurpose::DpopProof => Some(proofs.sign("EdDSA", input.input.as_bytes())),
        _ => None,
    })
}

fn params(scope: &str) -> AuthorizationParams {
    let mut params = AuthorizationParams::default();
    params.scope = Some(scope.into());
    params
}

fn query(response: &str) -> &str {
    response.split_once('?').map_or(response, |(_, query)| query)
}

async fn sign_in(client: &ReqwestClient, params: &AuthorizationParams, account: &str) -> SignedIn {
    let begun = client.authorize(params).await.unwrap();
    let response = browse(&begun.url, CALLBACK, account).await;
    client.callback(query(&response), &begun.transaction).await.unwrap()
}

fn code(error: RequestError) -> ErrorCode {
    match error {
        RequestError::Server(error) => error.code(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_user_signs_in_by_query_and_by_form() {
    run(async {
        let client = web().await;
        for response_mode in [ResponseMode::Query, ResponseMode::FormPost] {
            let mut params = params("openid profile");
            params.response_mode = response_mode;
            params.max_age = Some(3600);
            let signed_in = sign_in(&client, &params, "alice").await;
            let id_token = signed_in.id_token.unwrap();
            assert_eq!(id_token.claims().subject(), Some("alice"));
            assert!(id_token.claims().get("auth_time").is_some());
            assert!(signed_in.tokens.refresh_at(signed_in.received_at).is_some());
            let access_token = signed_in.tokens.access_token.unwrap();
            let user = client.userinfo(&access_token, "alice").await.unwrap();
            assert!(user.json().contains("alice of the tests"), "{}", user.json());
            let other = client.userinfo(&access_token, "mallory").await.unwrap_err();
            assert_eq!(other, RequestError::Server(Error::SubjectMismatch));
        }
        let refused = client.userinfo("nonsense", "alice").await.unwrap_err();
        assert!(
            matches!(&refused, RequestError::Server(Error::TokenEndpointError { error, .. }) if error == "invalid_token"),
            "{refused:?}"
        );
    });
}

#[test]
fn an_id_token_that_is_not_encrypted_is_refused_where_there_are_keys() {
    run(async {
        let keys = || vec![DecryptionKey::direct(ContentEncryption::A128Gcm, &[7; 16]).unwrap()];
        let both = web().await.with_decryption(keys(), |_| None).accept_unencrypted_id_tokens(true);
        let signed_in = sign_in(&both, &params("openid"), "erin").await;
        assert_eq!(signed_in.id_token.unwrap().claims().subject(), Some("erin"));
        let strict = web().await.with_decryption(keys(), |_| None);
        let begun = strict.authorize(&params("openid")).await.unwrap();
        let response = browse(&begun.url, CALLBACK, "erin").await;
        let refused = strict.callback(query(&response), &begun.transaction).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::TokenTypeUnsupported);
        let refresh_token = signed_in.tokens.refresh_token.unwrap();
        let refused = strict.refresh(&refresh_token, None).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::TokenTypeUnsupported);
    });
}

#[test]
fn an_id_token_has_the_algorithm_that_was_registered() {
    run(async {
        let server = ReqwestClient::discover(&ISSUER).await.unwrap();
        let client = Client::builder(server, "web")
            .authentication(ClientAuthentication::Basic("odd: 100% + more/less & so on".into()))
            .redirect_uri(CALLBACK)
            .id_token_algorithm(Algorithm::ES256) // It is registered for RS256.
            .build()
            .unwrap();
        let client = ReqwestClient::new(client).unwrap();
        let begun = client.authorize(&params("openid")).await.unwrap();
        let response = browse(&begun.url, CALLBACK, "grace").await;
        let refused = client.callback(query(&response), &begun.transaction).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::AlgNotAllowed);
    });
}

#[test]
fn a_transaction_survives_its_storage_and_a_code_is_used_once() {
    run(async {
        let client = web().await;
        let begun = client.authorize(&params("openid")).await.unwrap();
        let stored = serde_json::to_string(&begun.transaction).unwrap();
        let transaction: Transaction = serde_json::from_str(&stored).unwrap();
        assert_eq!(transaction, begun.transaction);
        let response = browse(&begun.url, CALLBACK, "bob").await;
        assert!(client.callback(query(&response), &transaction).await.is_ok());
        let again = client.callback(query(&response), &transaction).await.unwrap_err();
        assert!(matches!(&again, RequestError::Server(error) if is_invalid_grant(error)), "{again:?}");
        let mut silent = params("openid");
        silent.params.push(("prompt".into(), "none".into()));
        let begun = client.authorize(&silent).await.unwrap();
        let response = browse(&begun.url, CALLBACK, "nobody").await;
        let refused = client.callback(query(&response), &begun.transaction).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::AuthorizationError);
    });
}

#[test]
fn a_refresh_token_is_rotated_introspected_and_revoked() {
    run(async {
        let client = web().await;
        let first = sign_in(&client, &params("openid"), "carol").await;
        let claims = first.id_token.unwrap().claims().clone();
        let old = first.tokens.refresh_token.unwrap();
        let second = client.refresh(&old, Some(&claims)).await.unwrap();
        assert_eq!(second.id_token.unwrap().claims().subject(), Some("carol"));
        let new = second.tokens.refresh_token.unwrap();
        assert_ne!(old, new);
        let access_token = second.tokens.access_token.unwrap();
        let known = client.introspect(&access_token, Some(TokenTypeHint::AccessToken)).await.unwrap().unwrap();
        assert_eq!(known.subject(), Some("carol"));
        assert!(client.introspect("nonsense", None).await.unwrap().is_none());
        let signed = client.introspect_signed(&access_token, Some(TokenTypeHint::AccessToken)).await.unwrap().unwrap();
        assert_eq!(signed.subject(), known.subject());
        assert!(client.introspect_signed("nonsense", None).await.unwrap().is_none());

        client.revoke(&new, Some(TokenTypeHint::RefreshToken)).await.unwrap();
        assert!(client.introspect(&access_token, None).await.unwrap().is_none());
        let over = client.refresh(&new, Some(&claims)).await.unwrap_err();
        assert!(matches!(&over, RequestError::Server(error) if is_invalid_grant(error)), "{over:?}");
    });
}

#[test]
fn a_bound_client_pushes_its_request_and_proves_its_key() {
    run(async {
        let client = bound().await;
        let begun = client.push(&params("openid profile")).await.unwrap();
        assert!(!begun.url.contains("code_challenge") && begun.url.contains("request_uri="), "{}", begun.url);
        let response = browse(&begun.url, CALLBACK, "dave").await;
        let signed_in = client.callback(query(&response), &begun.transaction).await.unwrap();
        assert_eq!(signed_in.tokens.token_type, "DPoP");
        assert_eq!(signed_in.id_token.as_ref().unwrap().header().algorithm(), Algorithm::ES256);
        let access_token = signed_in.tokens.access_token.unwrap();
        // Signed, and behind a proof.
        let user = client.userinfo(&access_token, "dave").await.unwrap();
        assert!(user.json().contains("dave of the tests"), "{}", user.json());
        assert_eq!(user.issuer(), Some(ISSUER.as_str()));
        let claims = signed_in.id_token.unwrap().claims().clone();
        let refreshed = client.refresh(&signed_in.tokens.refresh_token.unwrap(), Some(&claims)).await.unwrap();
        assert_eq!(refreshed.tokens.token_type, "DPoP");

        // The server insists on a request that is pushed.
        let direct = client.authorize(&params("openid")).await.unwrap();
        let page = browse(&direct.url, CALLBACK, "dave").await;
        let refused = client.callback(query(&page), &direct.transaction).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::AuthorizationError);
    });
}

#[test]
fn a_program_has_an_access_of_its_own() {
    run(async {
        let secret = SharedSecret::new(Algorithm::HS256, b"a shared secret of thirty-two bytes or more").unwrap();
        let service = client("service", ClientAuthentication::SecretJwt(secret)).await;
        let tokens = service.grant(&Grant::client_credentials()).await.unwrap();
        let known = service.introspect(tokens.access_token.as_deref().unwrap(), None).await.unwrap().unwrap();
        assert_eq!(known.get("client_id").and_then(|id| id.as_str()), Some("service"));
        let wrong = SharedSecret::new(Algorithm::HS256, b"another secret of thirty-two bytes or more").unwrap();
        let stranger = client("service", ClientAuthentication::SecretJwt(wrong)).await;
        let refused = stranger.grant(&Grant::client_credentials()).await.unwrap_err();
        assert!(
            matches!(&refused, RequestError::Server(Error::TokenEndpointError { error, .. }) if error == "invalid_client"),
            "{refused:?}"
        );
    });
}

#[test]
fn a_device_waits_for_its_user() {
    run(async {
        let client = client("tv", ClientAuthentication::None).await;
        let mut device = client.device(Some("openid")).await.unwrap();
        let address = device.verification_uri_complete.clone().unwrap();
        let user = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(6)).await;
            browse(&address, "http://nowhere.example", "erin").await
        });
        let signed_in = client.wait_for_device(&mut device).await;
        let page = user.await.unwrap();
        assert!(page.starts_with("200 "), "{page}");
        assert_eq!(signed_in.unwrap().id_token.unwrap().claims().subject(), Some("erin"));
    });
}

#[test]
fn a_user_signs_out_and_the_server_says_so() {
    run(async {
        let client = web().await;
        let signed_in = sign_in(&client, &params("openid"), "frank").await;
        let mut params = LogoutParams::default();
        params.id_token_hint = signed_in.tokens.id_token;
        params.post_logout_redirect_uri = Some("http://127.0.0.1/bye".into());
        let logout = client.client().logout_url(&params, &[7; 32]).unwrap();
        let response = browse(&logout.url, "http://127.0.0.1/bye", "frank").await;
        assert_eq!(check_logout_response(query(&response), &logout.state.unwrap()), Ok(()));

        let tokens: Vec<String> = serde_json::from_str(&command("/test/logout-tokens", String::new()).await).unwrap();
        let token = tokens.last().expect("the server tells its clients");
        let logged_out = client.verify_logout_token(token).await.unwrap();
        assert_eq!(logged_out.subject.as_deref(), Some("frank"));
        let claims = signed_in.id_token.unwrap().claims().clone();
        assert_eq!(logged_out.session_id.as_deref(), claims.get("sid").and_then(|sid| sid.as_str()));
        // No token of another kind signs anybody out.
        let id_token = params.id_token_hint.unwrap();
        assert_eq!(code(client.verify_logout_token(&id_token).await.unwrap_err()), ErrorCode::TypMismatch);
    });
}

#[test]
fn a_server_that_is_down_judges_nobody() {
    run(async {
        let down = ReqwestClient::discover("http://127.0.0.1:9").await.unwrap_err();
        assert_eq!(code(down), ErrorCode::ServerUnavailable);
        let config = ReqwestClient::discover("http://id.example").await.unwrap_err();
        assert!(matches!(config, RequestError::Config(error) if error.option == "issuer"));
    });
}
