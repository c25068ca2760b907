//! The authorization request and response, the token request and response.

use countersign::client::{
    AuthorizationRequest, ClientAuthentication, Pkce, RequestError, ResponseMode, TRANSACTION_LIFETIME, TokenResponse,
    Transaction, authorization_url, parse_authorization_response, token_request,
};
use countersign::{Error, ErrorCode};
use countersign_testkit::base64url::{encode, encode_standard};
use countersign_testkit::hash::sha;

use crate::code;

const NOW: u64 = 1_700_000_000;

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        issuer: "https://id.example".into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        token_endpoint: "https://id.example/token".into(),
        code_challenge_methods_supported: None,
        response_iss_supported: false,
        client_id: "app".into(),
        redirect_uri: "https://app.example/callback".into(),
        scope: Some("openid email".into()),
        response_mode: ResponseMode::Query,
        params: vec![("prompt".into(), "login".into())],
    }
}

fn entropy() -> [u8; 96] {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn transaction() -> Transaction {
    authorization_url(&request(), &entropy(), NOW).unwrap().transaction
}

#[test]
fn the_request_asks_for_what_it_is_to() {
    let bytes = entropy();
    let [state, nonce, verifier] = [0, 32, 64].map(|at| encode(&bytes[at..at + 32]));
    let challenge = encode(sha(256, verifier.as_bytes()));
    let answer = authorization_url(&request(), &bytes, NOW).unwrap();
    assert_eq!(
        answer.url,
        format!(
            "https://id.example/authorize?response_type=code&client_id=app&\
             redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&scope=openid%20email&state={state}&nonce={nonce}&\
             code_challenge={challenge}&code_challenge_method=S256&prompt=login"
        )
    );
    let transaction = &answer.transaction;
    assert_eq!((transaction.state.as_str(), transaction.nonce.as_deref()), (state.as_str(), Some(nonce.as_str())));
    assert_eq!((transaction.code_verifier.as_str(), transaction.issuer.as_str()), (&*verifier, "https://id.example"));
    assert_eq!(
        (transaction.client_id.as_str(), transaction.token_endpoint.as_str()),
        ("app", "https://id.example/token")
    );
    assert_eq!(transaction.redirect_uri, "https://app.example/callback");
    assert_eq!((transaction.require_issuer, transaction.expires_at), (false, NOW + TRANSACTION_LIFETIME));
    assert_eq!(TRANSACTION_LIFETIME, 600);

    let plain = AuthorizationRequest { scope: None, response_iss_supported: true, ..request() };
    let answer = authorization_url(&plain, &entropy(), NOW).unwrap();
    assert!(!answer.url.contains("nonce") && !answer.url.contains("scope"), "{}", answer.url);
    assert_eq!((answer.transaction.nonce, answer.transaction.require_issuer), (None, true));
}

#[test]
fn a_request_that_cannot_be_made() {
    let without_pkce =
        AuthorizationRequest { code_challenge_methods_supported: Some(vec!["plain".into()]), ..request() };
    let error = authorization_url(&without_pkce, &entropy(), NOW).unwrap_err();
    assert_eq!(error, RequestError::Server(Error::PkceUnsupported));
    assert_eq!(error.to_string(), Error::PkceUnsupported.to_string());
    let nameless = AuthorizationRequest { client_id: String::new(), ..request() };
    let error = authorization_url(&nameless, &entropy(), NOW).unwrap_err();
    let RequestError::Config(config) = &error else { panic!("{error}") };
    assert_eq!((config.option, error.to_string()), ("client_id", config.to_string()));
    assert!(matches!(authorization_url(&request(), &[0; 96], NOW), Err(RequestError::Config(_))));
}

#[test]
fn a_code_verifier_has_its_challenge() {
    for byte in [1, 2] {
        let pkce = Pkce::new(&[byte; 32]);
        assert_eq!(pkce.code_verifier(), encode([byte; 32]));
        assert_eq!(pkce.code_challenge(), encode(sha(256, pkce.code_verifier().as_bytes())));
        let shown = format!("{pkce:?}");
        assert!(shown.contains(pkce.code_challenge()) && !shown.contains(pkce.code_verifier()), "{shown}");
    }
}

#[test]
fn the_response_gives_its_code() {
    let transaction = transaction();
    let state = &transaction.state;
    let parse = |query: &str, now| {
        parse_authorization_response(&format!("https://app.example/callback?{query}"), &transaction, now)
    };
    for wanted in ["abc", "xyz"] {
        assert_eq!(parse(&format!("code={wanted}&state={state}"), NOW).as_deref(), Ok(wanted));
    }
    assert_eq!(code(parse(&format!("code=c&state={state}"), NOW + 600)), Some(ErrorCode::TransactionExpired));
    assert_eq!(code(parse("code=c&state=other", NOW)), Some(ErrorCode::StateMismatch));
    let stranger = parse(&format!("code=c&state={state}&iss=https%3A%2F%2Fevil.example"), NOW);
    assert_eq!(code(stranger), Some(ErrorCode::ResponseIssuerMismatch));
    assert_eq!(code(parse(&format!("state={state}"), NOW)), Some(ErrorCode::AuthorizationResponseInvalid));
    let refused = parse(&format!("error=access_denied&error_description=No&state={state}"), NOW).unwrap_err();
    assert_eq!(refused.actual().as_deref(), Some("access_denied: No"));
}

#[test]
fn the_code_is_exchanged() {
    let transaction = transaction();
    let with = |authentication| token_request(&transaction, "c 1", &authentication).unwrap();
    let form = format!(
        "grant_type=authorization_code&code=c%201&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier={}",
        transaction.code_verifier
    );
    let public = with(ClientAuthentication::None);
    assert_eq!(
        (public.url.as_str(), public.body.clone()),
        ("https://id.example/token", format!("{form}&client_id=app"))
    );
    let names: Vec<_> = public.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let content = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(names, [("accept", "application/json"), content]);
    let post = with(ClientAuthentication::Post("s".into()));
    assert_eq!(post.body, format!("{form}&client_id=app&client_secret=s"));
    let basic = with(ClientAuthentication::Basic("s/1".into()));
    assert_eq!(basic.body, form);
    let header = format!("Basic {}", encode_standard("app:s%2F1"));
    assert_eq!(basic.headers[2], ("authorization", header));
    let mut elsewhere = transaction.clone();
    elsewhere.token_endpoint = "http://id.example/token".into();
    let error = token_request(&elsewhere, "c", &ClientAuthentication::None).unwrap_err();
    assert_eq!(error.option, "token_endpoint");
}

#[test]
fn the_answer_has_the_tokens() {
    let body = r#"{"access_token":"a","token_type":"Bearer","expires_in":60,"refresh_token":"r","id_token":"i",
        "scope":"openid"}"#;
    let response = TokenResponse::parse(200, body.as_bytes()).unwrap();
    assert_eq!((response.access_token.as_deref(), response.expires_in), (Some("a"), Some(60.0)));
    assert_eq!((response.refresh_token.as_deref(), response.id_token.as_deref()), (Some("r"), Some("i")));
    assert_eq!((response.scope.as_deref(), response.json()), (Some("openid"), body));
    let shown = format!("{response:?}");
    assert!(shown.contains("60") && !shown.contains("access_token"), "{shown}");

    let body = r#"{"access_token":"b","token_type":"bearer"}"#;
    let response = TokenResponse::parse(200, body.as_bytes()).unwrap();
    assert_eq!((response.access_token.as_deref(), response.expires_in, response.json()), (Some("b"), None, body));
    assert_eq!((response.refresh_token, response.id_token, response.scope), (None, None, None));
    let refused = TokenResponse::parse(400, br#"{"error":"invalid_grant"}"#).unwrap_err();
    assert_eq!((refused.code(), refused.actual().as_deref()), (ErrorCode::TokenEndpointError, Some("invalid_grant")));
    assert_eq!(code(TokenResponse::parse(200, b"[]")), Some(ErrorCode::TokenResponseInvalid));
}

/// What is secret is in no output for debugging.
#[test]
fn debugging_shows_no_secret() {
    let answer = authorization_url(&request(), &entropy(), NOW).unwrap();
    let Transaction { state, nonce, code_verifier, .. } = &answer.transaction;
    let request = token_request(&answer.transaction, "the code", &ClientAuthentication::Basic("s".into())).unwrap();
    let texts = [format!("{answer:?}"), format!("{:?}", answer.transaction), format!("{request:?}")];
    for text in texts {
        assert!(text.contains("https://"), "{text}");
        for secret in [state, nonce.as_ref().unwrap(), code_verifier, "the code"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let authentications = [
        ClientAuthentication::default(),
        ClientAuthentication::Basic("secret".into()),
        ClientAuthentication::Post("secret".into()),
    ];
    assert_eq!(authentications.map(|one| format!("{one:?}")), ["None", "Basic(..)", "Post(..)"]);
}
