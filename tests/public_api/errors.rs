//! Errors: what each says to a program and to a person.

use std::collections::BTreeSet;

use countersign::error::{
    BindingReason, ClaimReason, DiscoveryReason, DpopReason, EncryptionReason, HeaderReason, JsonReason,
    KeyInvalidReason, KeySetReason, KeyUnsuitableReason, MalformedReason, RequestReason, ResponseReason,
    ServerResponseReason, SizeReason, TokenResponseReason, TokenTypeReason, UnavailableReason,
};
use countersign::{Error, ErrorCode};

fn issuers() -> [String; 2] {
    ["https://a.example".into(), "https://b.example\u{7}".into()]
}

/// One error of each code, in the order of the codes.
fn errors() -> Vec<Error> {
    let [expected, actual] = issuers();
    let server = (String::from("denied"), Some(String::from("why")));
    vec![
        Error::TokenMalformed(MalformedReason::Segments),
        Error::TokenTooLarge(SizeReason::Token),
        Error::TokenTypeUnsupported(TokenTypeReason::Jwe),
        Error::HeaderInvalid(HeaderReason::AlgMissing),
        Error::CritUnsupported,
        Error::AlgNotAllowed,
        Error::EncryptionUnsupported(EncryptionReason::Rsa15),
        Error::KeyNotFound,
        Error::KeyAmbiguous,
        Error::KeyUnsuitable(KeyUnsuitableReason::Use),
        Error::KeyInvalid(KeyInvalidReason::Json),
        Error::DecryptionFailed,
        Error::SignatureInvalid,
        Error::TypMismatch { claim: Some("events".into()), expected: "jwt".into(), actual: Some("x+jwt".into()) },
        Error::ClaimInvalid { claim: "sub".into(), fault: ClaimReason::Type },
        Error::ClaimMissing { claim: "jti".into() },
        Error::IssuerMismatch { expected: expected.clone(), actual: actual.clone() },
        Error::AudienceMismatch { claim: "aud".into(), expected: expected.clone(), actual: actual.clone() },
        Error::SubjectMismatch,
        Error::TokenExpired { now: 20, exp: 10 },
        Error::TokenNotYetValid { claim: "nbf", now: 21, from: 31 },
        Error::TokenTooOld { claim: "auth_time", now: 22, since: 12 },
        Error::NonceMismatch,
        Error::TokenMissing,
        Error::RequestInvalid(RequestReason::Credentials),
        Error::SchemeUnsupported,
        Error::TokenBindingRequired(BindingReason::Bearer),
        Error::DpopInvalid(DpopReason::Form),
        Error::DpopNonceRequired,
        Error::ReplayDetected,
        Error::InsufficientAuthentication,
        Error::InsufficientScope,
        Error::InsufficientPermission,
        Error::CsrfRefused,
        Error::StoreUnavailable,
        Error::IntrospectionUnavailable(UnavailableReason::Status),
        Error::IntrospectionInvalid,
        Error::JwksUnavailable(UnavailableReason::NotLoaded),
        Error::JwksInvalid(KeySetReason::Json),
        Error::DiscoveryIssuerMismatch { expected: expected.clone(), actual },
        Error::DiscoveryInvalid(DiscoveryReason::Json),
        Error::ResponseTooLarge,
        Error::StateMismatch,
        Error::ResponseIssuerMismatch { expected },
        Error::AuthorizationResponseInvalid(ResponseReason::CodeMissing),
        Error::TransactionExpired,
        Error::TransactionMissing,
        Error::ReturnToRefused,
        Error::AuthorizationError { error: server.0.clone(), description: server.1 },
        Error::PkceUnsupported,
        Error::TokenEndpointError { error: server.0, description: None },
        Error::TokenResponseInvalid(TokenResponseReason::Json),
        Error::ServerUnavailable(UnavailableReason::Network),
        Error::ServerResponseInvalid(ServerResponseReason::Member),
        Error::SessionInvalid,
        Error::SessionRefreshNeeded,
        Error::SessionEnded,
        Error::RefreshUnavailable,
        Error::InternalError,
    ]
}

#[test]
fn each_error_has_its_code_its_status_and_its_sentence() {
    let mut sentences = BTreeSet::new();
    let mut codes = Vec::new();
    for error in errors() {
        let code = error.code();
        let status = match code.as_str() {
            "jwks_unavailable"
            | "jwks_invalid"
            | "discovery_issuer_mismatch"
            | "discovery_invalid"
            | "response_too_large"
            | "store_unavailable"
            | "introspection_unavailable"
            | "server_unavailable"
            | "refresh_unavailable" => 503,
            "insufficient_scope" | "insufficient_permission" | "csrf_refused" => 403,
            "request_invalid"
            | "state_mismatch"
            | "response_issuer_mismatch"
            | "authorization_response_invalid"
            | "transaction_expired"
            | "transaction_missing"
            | "return_to_refused"
            | "authorization_error" => 400,
            "pkce_unsupported" | "session_invalid" | "internal_error" => 500,
            "introspection_invalid" | "token_endpoint_error" | "token_response_invalid" | "server_response_invalid" => {
                502
            }
            _ => 401,
        };
        assert_eq!((error.status(), code.status()), (status, status), "{code}");
        assert_eq!(code.to_string(), code.as_str());
        assert!(sentences.insert(error.to_string()), "{error}");
        codes.push(code);
    }
    let known: Vec<ErrorCode> = ErrorCode::ALL.iter().copied().filter(|code| codes.contains(code)).collect();
    assert_eq!(codes, known);
    let names: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), ErrorCode::ALL.len());
    assert_eq!(ErrorCode::TokenExpired.as_str(), "token_expired");
}

#[test]
fn an_error_says_which_claim_what_was_expected_and_what_was_found() {
    let told = |error: &Error| (error.claim().map(str::to_owned), error.expected(), error.actual());
    let row = |claim: Option<&str>, expected: Option<&str>, actual: Option<&str>| {
        (claim.map(str::to_owned), expected.map(str::to_owned), actual.map(str::to_owned))
    };
    let (a, b) = (Some("https://a.example"), Some("https://b.example"));
    for error in errors() {
        let expected = match error.code() {
            ErrorCode::TypMismatch => row(Some("events"), Some("jwt"), Some("x+jwt")),
            ErrorCode::ClaimInvalid | ErrorCode::SubjectMismatch => row(Some("sub"), None, None),
            ErrorCode::ClaimMissing => row(Some("jti"), None, None),
            ErrorCode::IssuerMismatch => row(Some("iss"), a, b),
            ErrorCode::AudienceMismatch => row(Some("aud"), a, b),
            ErrorCode::TokenExpired => row(Some("exp"), Some("20"), Some("10")),
            ErrorCode::TokenNotYetValid => row(Some("nbf"), Some("21"), Some("31")),
            ErrorCode::TokenTooOld => row(Some("auth_time"), Some("22"), Some("12")),
            ErrorCode::NonceMismatch => row(Some("nonce"), None, None),
            ErrorCode::DiscoveryIssuerMismatch => row(None, a, b),
            ErrorCode::ResponseIssuerMismatch => row(None, a, None),
            ErrorCode::AuthorizationError => row(None, None, Some("denied: why")),
            ErrorCode::TokenEndpointError => row(None, None, Some("denied")),
            _ => row(None, None, None),
        };
        assert_eq!(told(&error), expected, "{error:?}");
    }
    let other_use = Error::UseMismatch { claim: "use".into(), expected: "access".into(), actual: "id".into() };
    assert_eq!(other_use.code(), ErrorCode::TypMismatch);
    assert_eq!(told(&other_use), row(Some("use"), Some("access"), Some("id")));
    assert!(other_use.to_string().contains("`binding.use`"), "{other_use}");
    let long = Error::IssuerMismatch { expected: String::new(), actual: "x".repeat(300) };
    assert_eq!(long.actual(), Some("x".repeat(200)));
}

/// Those that another key may have caused.
#[test]
fn some_errors_call_for_new_keys() {
    let calling: Vec<&str> =
        errors().iter().filter(|error| error.may_change_with_new_keys()).map(|error| error.code().as_str()).collect();
    assert_eq!(calling, ["key_not_found", "key_unsuitable", "key_invalid"]);
}

#[test]
fn a_reason_has_its_sentence() {
    fn two<T: Copy + std::fmt::Display>(message: fn(T) -> &'static str, one: T, other: T) {
        assert_ne!(message(one), message(other));
        for reason in [one, other] {
            assert_eq!(reason.to_string(), message(reason));
            assert!(message(reason).len() > 10, "{reason}");
        }
    }
    two(MalformedReason::message, MalformedReason::Empty, MalformedReason::Segments);
    two(SizeReason::message, SizeReason::Token, SizeReason::Header);
    two(TokenTypeReason::message, TokenTypeReason::Jwe, TokenTypeReason::Nested);
    two(JsonReason::message, JsonReason::NotUtf8, JsonReason::Syntax);
    two(HeaderReason::message, HeaderReason::AlgMissing, HeaderReason::AlgType);
    two(KeyInvalidReason::message, KeyInvalidReason::Json, KeyInvalidReason::Length);
    two(KeyUnsuitableReason::message, KeyUnsuitableReason::Use, KeyUnsuitableReason::KeyOps);
    two(KeySetReason::message, KeySetReason::Json, KeySetReason::NoKeys);
    two(ClaimReason::message, ClaimReason::Type, ClaimReason::Empty);
    two(DiscoveryReason::message, DiscoveryReason::Json, DiscoveryReason::Issuer);
    two(ResponseReason::message, ResponseReason::CodeMissing, ResponseReason::StateMissing);
    two(TokenResponseReason::message, TokenResponseReason::Json, TokenResponseReason::Status);
    two(ServerResponseReason::message, ServerResponseReason::Json, ServerResponseReason::Status);
    two(UnavailableReason::message, UnavailableReason::NotLoaded, UnavailableReason::Status);
    assert_eq!(HeaderReason::from(JsonReason::TooDeep), HeaderReason::TooDeep);
    assert_eq!(HeaderReason::from(JsonReason::NotUtf8), HeaderReason::NotUtf8);
}

/// A reason becomes the error that it belongs to.
#[test]
fn reasons_become_errors() {
    assert_eq!(Error::from(KeyInvalidReason::Json), Error::KeyInvalid(KeyInvalidReason::Json));
    assert_eq!(Error::from(KeyUnsuitableReason::Use), Error::KeyUnsuitable(KeyUnsuitableReason::Use));
    assert_eq!(Error::from(UnavailableReason::Status), Error::JwksUnavailable(UnavailableReason::Status));
    assert_eq!(Error::from(UnavailableReason::TooLarge), Error::ResponseTooLarge);
}
