//! Userinfo, in the clear and signed.

use alloc::string::String;

use super::{NOW, builder, client, header, secret, signed};
use crate::client::{CallStep, DpopKey, HttpResponse};
use crate::error::{Error, ServerResponseReason, UnavailableReason};
use crate::jose::algorithm::Algorithm;

fn read(content_type: Option<&str>, status: u16, body: &str) -> Result<String, Error> {
    let mut response = HttpResponse::new(status, body.as_bytes());
    response.content_type = content_type;
    let verifier = client().id_token_verifier().keys(secret()).build().unwrap();
    client().userinfo_response("alice", &response, Some(&verifier), NOW).map(|claims| claims.json().into())
}

const JSON: Option<&str> = Some("application/json; charset=utf-8");
const JWT: Option<&str> = Some("application/jwt; charset=utf-8");

#[test]
fn the_request_carries_the_token() {
    let request = client().userinfo_request("a", &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!((request.method, request.url.as_str(), &request.body), ("GET", "https://id.example/me", &None));
    assert_eq!(header(&request, "authorization").as_deref(), Some("Bearer a"));
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let bound = builder().dpop(DpopKey::from_jwk(jwk, Algorithm::EdDSA).unwrap()).build().unwrap();
    let mut call = bound.userinfo_request("a", &[1; 32], NOW).unwrap();
    let CallStep::Sign(input) = call.step() else { panic!() };
    let payload = crate::encoding::base64url::decode(input.input.split('.').nth(1).unwrap().as_bytes()).unwrap();
    // The hash of the access token `a`.
    assert!(String::from_utf8(payload).unwrap().contains(r#""ath":"ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs""#));
    call.signed(&[1; 64]).unwrap();
    assert_eq!(header(&call.request().unwrap(), "authorization").as_deref(), Some("DPoP a"));
}

#[test]
fn it_is_about_the_user_who_signed_in() {
    let body = r#"{"sub":"alice","name":"A"}"#;
    assert_eq!(read(JSON, 200, body), Ok(body.into()));
    assert_eq!(read(None, 200, body), Ok(body.into()));
    assert_eq!(read(JSON, 200, r#"{"sub":"mallory"}"#), Err(Error::SubjectMismatch));
    let invalid = |reason| Err(Error::ServerResponseInvalid(reason));
    assert_eq!(read(JSON, 200, r#"{"name":"A"}"#), invalid(ServerResponseReason::Member));
    assert_eq!(read(JSON, 200, r#"{"sub":7}"#), invalid(ServerResponseReason::Member));
    assert_eq!(read(JSON, 200, r#"{"sub":"alice","sub":"mallory"}"#), invalid(ServerResponseReason::Json));
    assert_eq!(read(Some("text/html"), 200, body), invalid(ServerResponseReason::ContentType));
    assert_eq!(read(JSON, 201, body), invalid(ServerResponseReason::Status));
    assert_eq!(read(JSON, 503, ""), Err(Error::ServerUnavailable(UnavailableReason::Status)));
    let nobody = client().userinfo_response("", &HttpResponse::new(200, br#"{"sub":""}"#), None, NOW);
    assert_eq!(nobody.map(drop), Err(Error::SubjectMismatch));
}

#[test]
fn a_signature_is_verified_and_so_is_whom_it_is_for() {
    let token = |claims: &str| signed("", claims);
    let good = r#"{"iss":"https://id.example","aud":"app","sub":"alice"}"#;
    assert_eq!(read(JWT, 200, &token(good)), Ok(good.into()));
    let changed = token(good).replace('.', ".e");
    assert!(read(JWT, 200, &changed).is_err());
    let mut forged = token(good);
    forged.replace_range(forged.len() - 43.., &"A".repeat(43));
    assert_eq!(read(JWT, 200, &forged), Err(Error::SignatureInvalid));
    for (claims, code) in [
        (r#"{"iss":"https://evil.example","aud":"app","sub":"alice"}"#, "issuer_mismatch"),
        (r#"{"aud":"app","sub":"alice"}"#, "issuer_mismatch"),
        (r#"{"iss":"https://id.example","aud":"other","sub":"alice"}"#, "audience_mismatch"),
        (r#"{"iss":"https://id.example","sub":"alice"}"#, "audience_mismatch"),
        (r#"{"iss":"https://id.example","aud":"app","sub":"mallory"}"#, "subject_mismatch"),
        (r#"{"iss":"https://id.example","aud":"app","sub":"alice","exp":1}"#, "token_expired"),
        (r#"{"iss":"https://id.example","aud":"app"}"#, "server_response_invalid"),
    ] {
        assert_eq!(read(JWT, 200, &token(claims)).unwrap_err().code().as_str(), code, "{claims}");
    }
    let text = token(good);
    let mut response = HttpResponse::new(200, text.as_bytes());
    response.content_type = JWT;
    let unverified = client().userinfo_response("alice", &response, None, NOW);
    assert_eq!(unverified.map(drop), Err(Error::ServerResponseInvalid(ServerResponseReason::Signed)));
}
