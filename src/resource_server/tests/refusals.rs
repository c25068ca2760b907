//! What clients are told when they are refused.

use alloc::format;
use alloc::string::{String, ToString};

use crate::encoding::json;
use crate::error::ErrorCode;
use crate::resource_server::{Guard, Requirement};

fn guard() -> Guard {
    Guard::builder()
        .resource("https://api.example/notes")
        .authorization_server("https://tenant.example/")
        .implies("notes:admin", ["notes:write"])
        .implies("notes:write", ["notes:read"])
        .build()
        .unwrap()
}

fn challenge(code: ErrorCode, requirement: &Requirement) -> Option<String> {
    guard().refusal(code, requirement).header("WWW-Authenticate").map(ToString::to_string)
}

#[test]
fn a_challenge_tells_all_that_the_next_token_needs() {
    let metadata = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes""#;
    let plain = Requirement::default();
    let write = Requirement::default().scope("openid").scope("notes:write").any_scope(["b", "c"]).scope("a");
    let strong = Requirement::default().scope("a").acr(["gold", "silver"]).max_age(300);
    for (code, requirement, expected) in [
        (ErrorCode::TokenMissing, &plain, format!("Bearer {metadata}")),
        (ErrorCode::TokenMissing, &write, format!(r#"Bearer scope="notes:write a b", {metadata}"#)),
        (
            ErrorCode::TokenExpired,
            &plain,
            format!(r#"Bearer error="invalid_token", error_description="the token has expired", {metadata}"#),
        ),
        (
            ErrorCode::RequestInvalid,
            &plain,
            format!(
                r#"Bearer error="invalid_request", error_description="the credentials must be a single access token", {metadata}"#
            ),
        ),
        (
            ErrorCode::InsufficientScope,
            &write,
            format!(
                r#"Bearer error="insufficient_scope", error_description="the token lacks a scope of this operation", scope="notes:write a b", {metadata}"#
            ),
        ),
        (
            ErrorCode::InsufficientAuthentication,
            &strong,
            format!(
                r#"Bearer error="insufficient_user_authentication", error_description="a stronger or more recent sign-in is needed", scope="a", acr_values="gold silver", max_age="300", {metadata}"#
            ),
        ),
    ] {
        assert_eq!(challenge(code, requirement).as_deref(), Some(expected.as_str()), "{code}");
    }
    let bare = Guard::builder().build().unwrap().refusal(ErrorCode::TokenMissing, &plain);
    assert_eq!(bare.header("WWW-Authenticate"), Some("Bearer"));
    // An alternative that is asked for anyway adds none.
    let covered = Requirement::default().scope("b").any_scope(["a", "b"]);
    assert_eq!(challenge(ErrorCode::TokenMissing, &covered), Some(format!(r#"Bearer scope="b", {metadata}"#)));
}

#[test]
fn refusals_have_the_status_of_their_cause_and_nothing_of_it() {
    for &code in ErrorCode::ALL {
        let refusal = guard().refusal(code, &Requirement::default().scope("a"));
        let challenge = refusal.header("WWW-Authenticate");
        assert_eq!(refusal.status, code.status(), "{code}");
        let may_help =
            refusal.status == 401 || matches!(code, ErrorCode::InsufficientScope | ErrorCode::RequestInvalid);
        assert_eq!(challenge.is_some(), may_help, "{code}");
        assert_eq!(refusal.header("Retry-After"), (refusal.status == 503).then_some("5"), "{code}");
        assert_eq!(refusal.header("Cache-Control"), Some("no-store"));
        let body = json::parse_object(&refusal.body, 1).unwrap();
        assert_eq!(body.string("code"), Ok((refusal.status < 500).then_some(code.as_str())), "{code}");
        let texts = [challenge.unwrap_or_default(), body.string("error_description").unwrap().unwrap()];
        for text in texts {
            assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\'), "{text}");
        }
        assert!(!texts[1].contains('"'), "{code}");
    }
}
