//! The challenge of a refusal: `WWW-Authenticate` (RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1).
//!
//! All texts in it are of printable ASCII without quotation marks and backslashes, because clients read it with regular
//! expressions that stop at an escape.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::dpop::Dpop;
use crate::error::ErrorCode;
use crate::resource_server::requirement::Requirement;

/// What a client is told about a code. It is the same for every request: no cause and no address is in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// `error` of the challenge, and of the body
    pub(crate) error: Option<&'static str>,
    pub(crate) description: &'static str,
    /// Whether another token would help
    pub(crate) challenge: bool,
}

impl Answer {
    const fn token(description: &'static str) -> Self {
        Self { error: Some("invalid_token"), description, challenge: true }
    }

    const fn proof(description: &'static str) -> Self {
        Self { error: Some("invalid_dpop_proof"), description, challenge: true }
    }

    const fn failure(error: &'static str, description: &'static str) -> Self {
        Self { error: Some(error), description, challenge: false }
    }

    pub(crate) const fn to(code: ErrorCode) -> Self {
        match code {
            ErrorCode::TokenMissing => Self { error: None, description: "an access token is needed", challenge: true },
            ErrorCode::SchemeUnsupported => {
                Self { error: None, description: "the token must be sent as Bearer", challenge: true }
            }
            ErrorCode::RequestInvalid => Self {
                error: Some("invalid_request"),
                description: "the credentials must be a single access token",
                challenge: true,
            },
            ErrorCode::TokenExpired => Self::token("the token has expired"),
            ErrorCode::TokenNotYetValid => Self::token("the token is not valid yet"),
            ErrorCode::TokenTooOld => Self::token("the token is older than is allowed here"),
            ErrorCode::AudienceMismatch => Self::token("the token is meant for another audience"),
            ErrorCode::IssuerMismatch => Self::token("the token comes from another issuer"),
            ErrorCode::TypMismatch => Self::token("the token is of another kind"),
            ErrorCode::SignatureInvalid => Self::token("the signature of the token does not verify"),
            ErrorCode::KeyNotFound
            | ErrorCode::KeyAmbiguous
            | ErrorCode::KeyUnsuitable
            | ErrorCode::KeyInvalid
            | ErrorCode::AlgNotAllowed => Self::token("no key of the issuer verifies the token"),
            ErrorCode::ClaimInvalid
            | ErrorCode::ClaimMissing
            | ErrorCode::SubjectMismatch
            | ErrorCode::NonceMismatch => Self::token("the claims of the token are not acceptable"),
            ErrorCode::TokenMalformed
            | ErrorCode::TokenTooLarge
            | ErrorCode::TokenTypeUnsupported
            | ErrorCode::HeaderInvalid
            | ErrorCode::EncryptionUnsupported
            | ErrorCode::DecryptionFailed
            | ErrorCode::CritUnsupported => Self::token("the token is malformed or of an unsupported form"),
            ErrorCode::TokenBindingRequired => {
                Self::token("the token is bound to a key and is no bearer token, or is not bound as it has to be")
            }
            ErrorCode::DpopInvalid => Self::proof("the proof of possession is missing or does not hold"),
            ErrorCode::ReplayDetected => Self::proof("the proof of possession was used before"),
            ErrorCode::DpopNonceRequired => Self {
                error: Some("use_dpop_nonce"),
                description: "the proof of possession needs the nonce of this answer",
                challenge: true,
            },
            ErrorCode::InsufficientAuthentication => Self {
                error: Some("insufficient_user_authentication"),
                description: "a stronger or more recent sign-in is needed",
                challenge: true,
            },
            ErrorCode::InsufficientScope => Self {
                error: Some("insufficient_scope"),
                description: "the token lacks a scope of this operation",
                challenge: true,
            },
            ErrorCode::InsufficientPermission => {
                Self::failure("access_denied", "the token lacks a permission of this operation")
            }
            ErrorCode::CsrfRefused => Self::failure("access_denied", "the request comes from a page of another origin"),
            ErrorCode::JwksUnavailable
            | ErrorCode::JwksInvalid
            | ErrorCode::DiscoveryIssuerMismatch
            | ErrorCode::DiscoveryInvalid
            | ErrorCode::ResponseTooLarge
            | ErrorCode::StoreUnavailable
            | ErrorCode::IntrospectionUnavailable
            | ErrorCode::IntrospectionInvalid => {
                Self::failure("temporarily_unavailable", "the token could not be checked, try again later")
            }
            ErrorCode::SessionRefreshNeeded | ErrorCode::SessionEnded => Self::token("the session of the user is over"),
            ErrorCode::RefreshUnavailable => {
                Self::failure("temporarily_unavailable", "the token could not be refreshed, try again later")
            }
            ErrorCode::StateMismatch
            | ErrorCode::TransactionMissing
            | ErrorCode::ReturnToRefused
            | ErrorCode::SessionInvalid
            | ErrorCode::ResponseIssuerMismatch
            | ErrorCode::AuthorizationResponseInvalid
            | ErrorCode::TransactionExpired
            | ErrorCode::AuthorizationError
            | ErrorCode::PkceUnsupported
            | ErrorCode::TokenEndpointError
            | ErrorCode::TokenResponseInvalid
            | ErrorCode::ServerUnavailable
            | ErrorCode::ServerResponseInvalid
            | ErrorCode::ResourceRefused
            | ErrorCode::StorageUnavailable
            | ErrorCode::EngineUnavailable
            | ErrorCode::CoreUnavailable
            | ErrorCode::InternalError => Self::failure("server_error", "the token could not be checked"),
        }
    }
}

/// The challenges of the schemes that are accepted. `Bearer` comes first: there are clients that read no further than the
/// first, and look for this one.
pub(crate) fn challenges(
    answer: Answer,
    code: ErrorCode,
    requirement: &Requirement,
    metadata_url: Option<&str>,
    dpop: Option<&Dpop>,
) -> String {
    let mut challenges = String::new();
    if dpop.is_none_or(|dpop| !dpop.required) {
        // What is wrong with a proof is nothing that a bearer token has.
        let is_of_proof =
            matches!(code, ErrorCode::DpopInvalid | ErrorCode::DpopNonceRequired | ErrorCode::ReplayDetected);
        let bearer = Answer { error: answer.error.filter(|_| !is_of_proof), ..answer };
        push(&mut challenges, "Bearer", &parameters(bearer, code, requirement, metadata_url));
    }
    if dpop.is_some() {
        let mut parameters = parameters(answer, code, requirement, metadata_url);
        parameters.push(("algs", Dpop::ALGORITHMS.to_string()));
        push(&mut challenges, "DPoP", &parameters);
    }
    challenges
}

/// What was wrong, and all that a token for the operation needs, so that one more is enough.
fn parameters(
    answer: Answer,
    code: ErrorCode,
    requirement: &Requirement,
    metadata_url: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut parameters: Vec<(&str, String)> = Vec::new();
    if let Some(error) = answer.error {
        parameters.push(("error", error.to_string()));
        parameters.push(("error_description", answer.description.to_string()));
    }
    let scope = scope(requirement);
    if !scope.is_empty() {
        parameters.push(("scope", scope));
    }
    if code == ErrorCode::InsufficientAuthentication {
        if let Some(values) = &requirement.acr_values {
            parameters.push(("acr_values", values.join(" ")));
        }
        if let Some(seconds) = requirement.max_age {
            parameters.push(("max_age", seconds.to_string()));
        }
    }
    if let Some(url) = metadata_url {
        parameters.push(("resource_metadata", url.to_string()));
    }
    parameters
}

fn push(challenges: &mut String, scheme: &str, parameters: &[(&str, String)]) {
    if !challenges.is_empty() {
        challenges.push_str(", ");
    }
    challenges.push_str(scheme);
    for (index, (name, value)) in parameters.iter().enumerate() {
        for part in [if index == 0 { " " } else { ", " }, name, "=\"", value, "\""] {
            challenges.push_str(part);
        }
    }
}

/// All scopes of the operation in their order, and of alternatives the first. `openid` and `offline_access` say what a
/// client wants, not what a resource needs.
fn scope(requirement: &Requirement) -> String {
    let alternatives = requirement.any_scopes.iter();
    let open = alternatives.filter(|any| !any.iter().any(|scope| requirement.scopes.contains(scope)));
    let mut scopes: Vec<&str> = Vec::new();
    for scope in requirement.scopes.iter().chain(open.filter_map(|any| any.first())) {
        if !matches!(scope.as_str(), "openid" | "offline_access") && !scopes.contains(&scope.as_str()) {
            scopes.push(scope);
        }
    }
    scopes.join(" ")
}
