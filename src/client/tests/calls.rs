//! Client authentication, proofs, and the second request.

use alloc::string::String;

use super::{ISSUER, NOW, builder, field, header, secret, server};
use crate::client::{
    Call, CallStep, Client, ClientAuthentication, DpopKey, DpopNonces, HttpResponse, Progress, SigningPurpose,
    Transaction,
};
use crate::encoding::base64url;
use crate::encoding::json;
use crate::engine::hmac;
use crate::jose::algorithm::Algorithm;

const JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn call(client: &Client) -> Call {
    let transaction = Transaction { client_id: "app".into(), ..Transaction::example() };
    client.code_request(&transaction, "c", &[1; 32], NOW).unwrap()
}

fn with(authentication: ClientAuthentication) -> Client {
    builder().authentication(authentication).build().unwrap()
}

fn claims(jwt: &str) -> [String; 2] {
    let mut parts = jwt.split('.');
    [(); 2].map(|()| String::from_utf8(base64url::decode(parts.next().unwrap().as_bytes()).unwrap()).unwrap())
}

fn dpop_client() -> Client {
    builder().dpop(DpopKey::from_jwk(JWK, Algorithm::EdDSA).unwrap()).build().unwrap()
}

#[test]
fn secrets_go_where_the_method_says() {
    let request = call(&with(ClientAuthentication::Basic("s t?".into()))).request().unwrap();
    // base64 of `app:s%20t%3F`
    assert_eq!(header(&request, "authorization").as_deref(), Some("Basic YXBwOnMlMjB0JTNG"));
    assert_eq!((field(&request, "client_id"), field(&request, "client_secret")), (None, None));
    let request = call(&with(ClientAuthentication::Post("s&t".into()))).request().unwrap();
    assert_eq!(header(&request, "authorization"), None);
    assert_eq!(field(&request, "client_secret").as_deref(), Some("s&t"));
    let request = call(&with(ClientAuthentication::None)).request().unwrap();
    assert_eq!((header(&request, "authorization"), field(&request, "client_secret")), (None, None));
    assert_eq!(field(&request, "client_id").as_deref(), Some("app"));
}

#[test]
fn a_secret_makes_an_assertion() {
    let request = call(&with(ClientAuthentication::SecretJwt(secret()))).request().unwrap();
    let assertion = field(&request, "client_assertion").unwrap();
    let [head, payload] = claims(&assertion);
    assert_eq!(head, r#"{"alg":"HS256","typ":"client-authentication+jwt"}"#);
    let members = json::parse_object(&payload, 1).unwrap();
    for (name, value) in [("iss", "app"), ("sub", "app"), ("aud", ISSUER)] {
        assert_eq!(members.string(name), Ok(Some(value)), "{name}");
    }
    let time = |seconds: u64| Ok(Some(f64::from(u32::try_from(seconds).unwrap())));
    assert_eq!((members.number("iat"), members.number("exp")), (time(NOW), time(NOW + 60)));
    assert_eq!(members.string("jti").unwrap().unwrap().len(), 22);
    let (input, tag) = assertion.rsplit_once('.').unwrap();
    assert_eq!(base64url::decode(tag.as_bytes()).unwrap(), hmac::Key::new(&secret()).tag(input.as_bytes()));
    assert_eq!(
        field(&request, "client_assertion_type").as_deref(),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
}

#[test]
fn a_private_key_stays_with_the_host() {
    let kid = Some("k1".into());
    let mut call = call(&with(ClientAuthentication::PrivateKeyJwt { algorithm: Algorithm::ES256, kid }));
    assert_eq!(call.request(), None);
    let CallStep::Sign(input) = call.step() else { panic!() };
    assert_eq!((input.purpose, input.algorithm), (SigningPurpose::ClientAssertion, Algorithm::ES256));
    assert_eq!(claims(&input.input)[0], r#"{"alg":"ES256","typ":"client-authentication+jwt","kid":"k1"}"#);
    assert!(call.signed(&[1; 70]).is_err(), "DER");
    call.signed(&[1; 64]).unwrap();
    assert_eq!(call.signed(&[1; 64]).map_err(|error| error.option), Err("signature"));
    let assertion = field(&call.request().unwrap(), "client_assertion").unwrap();
    assert_eq!(assertion, alloc::format!("{}.{}", input.input, base64url::encode(&[1; 64])));
}

#[test]
fn a_certificate_has_endpoints_of_its_own() {
    let mut server = server();
    server.mtls_endpoint_aliases.push(("token_endpoint".into(), "https://mtls.id.example/token".into()));
    let client =
        |authentication| Client::builder(server.clone(), "app").authentication(authentication).build().unwrap();
    let request = call(&client(ClientAuthentication::Tls)).request().unwrap();
    assert_eq!(request.url, "https://mtls.id.example/token");
    assert_eq!(field(&request, "client_id").as_deref(), Some("app"));
    assert_eq!(call(&client(ClientAuthentication::None)).request().unwrap().url, "https://id.example/token");
}

#[test]
fn a_nonce_is_learned_once() {
    let client = dpop_client();
    let mut call = call(&client);
    let CallStep::Sign(first) = call.step() else { panic!() };
    assert_eq!(first.purpose, SigningPurpose::DpopProof);
    assert!(!claims(&first.input)[1].contains("nonce"));
    call.signed(&[1; 64]).unwrap();
    assert!(header(&call.request().unwrap(), "dpop").is_some());
    let mut response = HttpResponse::new(400, br#"{"error":"use_dpop_nonce"}"#);
    response.dpop_nonce = Some("n-1");
    assert_eq!(call.response(&response, NOW + 1), Progress::Again);
    let CallStep::Sign(second) = call.step() else { panic!() };
    let payload = &claims(&second.input)[1];
    assert!(
        payload.contains(r#""nonce":"n-1""#) && payload.contains(&alloc::format!(r#""iat":{}"#, NOW + 1)),
        "{payload}"
    );
    let jti = |input: &str| claims(input)[1].split('"').nth(3).unwrap().to_owned();
    assert_ne!(jti(&first.input), jti(&second.input));
    call.signed(&[2; 64]).unwrap();
    response.dpop_nonce = Some("n-2");
    assert_eq!(call.response(&response, NOW + 2), Progress::Done);
}

#[test]
fn only_a_nonce_that_is_asked_for_makes_a_second_request() {
    let again = |status, body: &[u8], nonce, challenge| {
        let mut call = call(&dpop_client());
        let mut response = HttpResponse::new(status, body);
        (response.dpop_nonce, response.www_authenticate) = (nonce, challenge);
        call.response(&response, NOW) == Progress::Again
    };
    let error = br#"{"error":"use_dpop_nonce"}"#;
    assert!(again(400, error, Some("n"), None));
    assert!(again(401, error, Some("n"), None));
    assert!(again(401, b"", Some("n"), Some(r#"DPoP error="use_dpop_nonce""#)));
    assert!(!again(400, error, None, None));
    assert!(!again(400, error, Some("a b"), None));
    assert!(!again(400, br#"{"error":"invalid_grant"}"#, Some("n"), None));
    assert!(!again(200, error, Some("n"), None));
    let mut plain = call(&builder().build().unwrap());
    let mut response = HttpResponse::new(400, error);
    response.dpop_nonce = Some("n");
    assert_eq!(plain.response(&response, NOW), Progress::Done);
}

#[test]
fn a_nonce_that_is_known_is_in_the_first_proof() {
    let mut nonces = DpopNonces::default();
    nonces.learn("https://id.example/par", "n-0");
    let mut call = call(&dpop_client());
    call.use_nonces(&nonces);
    let CallStep::Sign(input) = call.step() else { panic!() };
    assert!(claims(&input.input)[1].contains(r#""nonce":"n-0""#));
}

#[test]
fn nothing_secret_is_in_what_is_printed() {
    let client = with(ClientAuthentication::Post("hush".into()));
    let call = call(&client);
    let printed = alloc::format!("{client:?} {call:?} {:?}", call.step());
    assert!(!printed.contains("hush"), "{printed}");
    for secret in ["code=c", "code_verifier"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
