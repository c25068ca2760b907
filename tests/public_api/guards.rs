//! Guards: from the header field of a request to the answer.

use countersign::resource_server::{
    Guard, RequestContext, Requirement, from_authorization, from_cookie, from_header, from_websocket,
};
use countersign::{Error, ErrorCode, VerifiedToken};
use countersign_testkit::corpus::{NOW, claims};

use crate::{builder, token};

/// A verified token with these claims beside the usual ones.
fn verified(name: &str, value: &str) -> VerifiedToken {
    builder("EdDSA").build().unwrap().verify(&token("EdDSA", &claims().raw(name, value)), NOW).unwrap()
}

#[test]
fn a_request_is_judged_from_its_header_to_its_answer() {
    let guard = Guard::builder().implies("write", ["read"]).build().unwrap();
    let jwt = token("EdDSA", &claims());
    let field = format!("Bearer {jwt}");
    assert_eq!(from_authorization(&[&field]), Ok(Some(jwt.as_str())));
    assert_eq!(from_header(&[&jwt]), Ok(Some(jwt.as_str())));
    assert_eq!(from_cookie(&[&format!("t={jwt}")], "t"), Ok(Some(jwt.as_str())));
    assert_eq!(from_websocket(&[&format!("t, {jwt}")], "t"), Ok(Some(jwt.as_str())));

    let token = verified("scope", r#""write""#);
    let read = Requirement::default().scope("read");
    assert_eq!(guard.authorize(token.claims(), &read, NOW), Ok(()));
    assert_eq!(guard.scopes(token.claims()), Ok(vec!["write"]));
    let error = guard.authorize(token.claims(), &Requirement::default().scope("other"), NOW).unwrap_err();
    assert_eq!(error, Error::InsufficientScope);
    let refusal = guard.refusal(error.code(), &read);
    assert_eq!((refusal.status, refusal.header("Content-Type")), (403, Some("application/json")));

    let token = verified("permissions", r#"["a"]"#);
    assert_eq!(guard.permissions(token.claims()), Ok(vec!["a"]));
    let wanted = Requirement::default().permission("b");
    assert_eq!(guard.authorize(token.claims(), &wanted, NOW), Err(Error::InsufficientPermission));
}

#[test]
fn pages_of_other_origins_and_metadata_have_their_answers() {
    let guard = Guard::builder().resource("https://api.example").origin("https://app.example").build().unwrap();
    let mut context = RequestContext::new("POST");
    assert_eq!(guard.check_context(&context), Err(Error::CsrfRefused));
    context.origin = Some("https://app.example");
    assert_eq!(guard.check_context(&context), Ok(()));
    let answer = guard.metadata_response("GET", "/.well-known/oauth-protected-resource").unwrap();
    assert!(answer.body.starts_with(r#"{"resource":"https://api.example""#), "{}", answer.body);
    assert_eq!(ErrorCode::from_name("csrf_refused"), Some(ErrorCode::CsrfRefused));
    assert_eq!(ErrorCode::from_name("csrf"), None);
}
