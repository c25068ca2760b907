//! Every error that the core reports, with its code, its HTTP status and its reason.

mod code;
mod config;
mod reason;

use alloc::string::String;
use core::fmt;

pub use code::{ErrorArea, ErrorCode};
pub use config::ConfigError;
pub use reason::{
    BindingReason, ClaimReason, DiscoveryReason, DpopReason, EncryptionReason, HeaderReason, JsonReason,
    KeyInvalidReason, KeySetReason, KeyUnsuitableReason, MalformedReason, RequestReason, ResponseReason,
    ServerResponseReason, SizeReason, TokenResponseReason, TokenTypeReason, UnavailableReason,
};

/// An error with its reason. Compare codes with [`Error::code`]; the reasons may grow.
///
/// Neither this type's `Display` nor its reasons contain anything of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is documented at its code")]
pub enum Error {
    TokenMalformed(MalformedReason),
    TokenTooLarge(SizeReason),
    TokenTypeUnsupported(TokenTypeReason),
    HeaderInvalid(HeaderReason),
    CritUnsupported,
    AlgNotAllowed,
    EncryptionUnsupported(EncryptionReason),
    KeyNotFound,
    /// No decryption key is for the token's `alg`, `enc` and `kid`.
    DecryptionKeyNotFound,
    KeyAmbiguous,
    KeyUnsuitable(KeyUnsuitableReason),
    KeyInvalid(KeyInvalidReason),
    DecryptionFailed,
    SignatureInvalid,
    TypMismatch {
        claim: Option<String>,
        expected: String,
        actual: Option<String>,
    },
    /// The payload as a whole is not a strict JSON object.
    PayloadInvalid(JsonReason),
    ClaimInvalid {
        claim: String,
        fault: ClaimReason,
    },
    ClaimMissing {
        claim: String,
    },
    IssuerMismatch {
        expected: String,
        actual: String,
    },
    /// `claim` is `aud`, or the one of the option `binding`.
    AudienceMismatch {
        claim: String,
        expected: String,
        actual: String,
    },
    /// `claim` is the one of the option `binding.use`.
    UseMismatch {
        claim: String,
        expected: String,
        actual: String,
    },
    SubjectMismatch,
    TokenExpired {
        now: u64,
        exp: u64,
    },
    TokenNotYetValid {
        claim: &'static str,
        now: u64,
        from: u64,
    },
    TokenTooOld {
        claim: &'static str,
        now: u64,
        since: u64,
    },
    NonceMismatch,
    /// The token has a nonce, and none was expected.
    NonceUnexpected,
    TokenMissing,
    RequestInvalid(RequestReason),
    SchemeUnsupported,
    TokenBindingRequired(BindingReason),
    DpopInvalid(DpopReason),
    DpopNonceRequired,
    ReplayDetected,
    InsufficientAuthentication,
    InsufficientScope,
    InsufficientPermission,
    CsrfRefused,
    StoreUnavailable,
    IntrospectionUnavailable(UnavailableReason),
    IntrospectionInvalid,
    JwksUnavailable(UnavailableReason),
    JwksInvalid(KeySetReason),
    DiscoveryIssuerMismatch {
        expected: String,
        actual: String,
    },
    DiscoveryInvalid(DiscoveryReason),
    ResponseTooLarge,
    StateMismatch,
    ResponseIssuerMismatch {
        expected: String,
    },
    AuthorizationResponseInvalid(ResponseReason),
    TransactionExpired,
    TransactionMissing,
    ReturnToRefused,
    /// `error` and `error_description` as the server sent them: show them as text, never as HTML.
    AuthorizationError {
        error: String,
        description: Option<String>,
    },
    PkceUnsupported,
    TokenEndpointError {
        error: String,
        description: Option<String>,
    },
    TokenResponseInvalid(TokenResponseReason),
    ServerUnavailable(UnavailableReason),
    ServerResponseInvalid(ServerResponseReason),
    SessionInvalid,
    SessionRefreshNeeded,
    SessionEnded,
    RefreshUnavailable,
    EngineUnavailable,
    InternalError,
}

impl Error {
    /// The code, to branch on.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TokenMalformed(_) => ErrorCode::TokenMalformed,
            Self::TokenTooLarge(_) => ErrorCode::TokenTooLarge,
            Self::TokenTypeUnsupported(_) => ErrorCode::TokenTypeUnsupported,
            Self::HeaderInvalid(_) => ErrorCode::HeaderInvalid,
            Self::CritUnsupported => ErrorCode::CritUnsupported,
            Self::AlgNotAllowed => ErrorCode::AlgNotAllowed,
            Self::EncryptionUnsupported(_) => ErrorCode::EncryptionUnsupported,
            Self::KeyNotFound | Self::DecryptionKeyNotFound => ErrorCode::KeyNotFound,
            Self::KeyAmbiguous => ErrorCode::KeyAmbiguous,
            Self::KeyUnsuitable(_) => ErrorCode::KeyUnsuitable,
            Self::KeyInvalid(_) => ErrorCode::KeyInvalid,
            Self::DecryptionFailed => ErrorCode::DecryptionFailed,
            Self::SignatureInvalid => ErrorCode::SignatureInvalid,
            Self::TypMismatch { .. } | Self::UseMismatch { .. } => ErrorCode::TypMismatch,
            Self::PayloadInvalid(_) | Self::ClaimInvalid { .. } => ErrorCode::ClaimInvalid,
            Self::ClaimMissing { .. } => ErrorCode::ClaimMissing,
            Self::IssuerMismatch { .. } => ErrorCode::IssuerMismatch,
            Self::AudienceMismatch { .. } => ErrorCode::AudienceMismatch,
            Self::SubjectMismatch => ErrorCode::SubjectMismatch,
            Self::TokenExpired { .. } => ErrorCode::TokenExpired,
            Self::TokenNotYetValid { .. } => ErrorCode::TokenNotYetValid,
            Self::TokenTooOld { .. } => ErrorCode::TokenTooOld,
            Self::NonceMismatch | Self::NonceUnexpected => ErrorCode::NonceMismatch,
            Self::TokenMissing => ErrorCode::TokenMissing,
            Self::RequestInvalid(_) => ErrorCode::RequestInvalid,
            Self::SchemeUnsupported => ErrorCode::SchemeUnsupported,
            Self::TokenBindingRequired(_) => ErrorCode::TokenBindingRequired,
            Self::DpopInvalid(_) => ErrorCode::DpopInvalid,
            Self::DpopNonceRequired => ErrorCode::DpopNonceRequired,
            Self::ReplayDetected => ErrorCode::ReplayDetected,
            Self::InsufficientAuthentication => ErrorCode::InsufficientAuthentication,
            Self::InsufficientScope => ErrorCode::InsufficientScope,
            Self::InsufficientPermission => ErrorCode::InsufficientPermission,
            Self::CsrfRefused => ErrorCode::CsrfRefused,
            Self::StoreUnavailable => ErrorCode::StoreUnavailable,
            Self::IntrospectionUnavailable(_) => ErrorCode::IntrospectionUnavailable,
            Self::IntrospectionInvalid => ErrorCode::IntrospectionInvalid,
            Self::JwksUnavailable(_) => ErrorCode::JwksUnavailable,
            Self::JwksInvalid(_) => ErrorCode::JwksInvalid,
            Self::DiscoveryIssuerMismatch { .. } => ErrorCode::DiscoveryIssuerMismatch,
            Self::DiscoveryInvalid(_) => ErrorCode::DiscoveryInvalid,
            Self::ResponseTooLarge => ErrorCode::ResponseTooLarge,
            Self::StateMismatch => ErrorCode::StateMismatch,
            Self::ResponseIssuerMismatch { .. } => ErrorCode::ResponseIssuerMismatch,
            Self::AuthorizationResponseInvalid(_) => ErrorCode::AuthorizationResponseInvalid,
            Self::TransactionExpired => ErrorCode::TransactionExpired,
            Self::TransactionMissing => ErrorCode::TransactionMissing,
            Self::ReturnToRefused => ErrorCode::ReturnToRefused,
            Self::AuthorizationError { .. } => ErrorCode::AuthorizationError,
            Self::PkceUnsupported => ErrorCode::PkceUnsupported,
            Self::TokenEndpointError { .. } => ErrorCode::TokenEndpointError,
            Self::TokenResponseInvalid(_) => ErrorCode::TokenResponseInvalid,
            Self::ServerUnavailable(_) => ErrorCode::ServerUnavailable,
            Self::ServerResponseInvalid(_) => ErrorCode::ServerResponseInvalid,
            Self::SessionInvalid => ErrorCode::SessionInvalid,
            Self::SessionRefreshNeeded => ErrorCode::SessionRefreshNeeded,
            Self::SessionEnded => ErrorCode::SessionEnded,
            Self::RefreshUnavailable => ErrorCode::RefreshUnavailable,
            Self::EngineUnavailable => ErrorCode::EngineUnavailable,
            Self::InternalError => ErrorCode::InternalError,
        }
    }

    /// Whether newer keys might change the verdict: the key is missing, or is not (or not any more) what
    /// the token takes it for. The moment for [`crate::jwks_cache::Event::UnknownKey`].
    pub const fn may_change_with_new_keys(&self) -> bool {
        matches!(self, Self::KeyNotFound | Self::KeyUnsuitable(_) | Self::KeyInvalid(_))
    }

    /// Whether a token is refused with this whatever the keys are: by its size, its form, its header or its algorithm.
    pub(crate) const fn needs_no_key(&self) -> bool {
        matches!(
            self,
            Self::TokenTooLarge(_)
                | Self::TokenMalformed(_)
                | Self::TokenTypeUnsupported(_)
                | Self::HeaderInvalid(_)
                | Self::CritUnsupported
                | Self::AlgNotAllowed
        )
    }

    /// The HTTP status to answer with: 401 for a bad token, 503 while keys cannot be had.
    pub const fn status(&self) -> u16 {
        self.code().status()
    }

    /// The claim that decided, if one did.
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::ClaimInvalid { claim, .. }
            | Self::ClaimMissing { claim }
            | Self::AudienceMismatch { claim, .. }
            | Self::UseMismatch { claim, .. } => Some(claim),
            Self::TypMismatch { claim, .. } => claim.as_deref(),
            Self::TokenNotYetValid { claim, .. } | Self::TokenTooOld { claim, .. } => Some(claim),
            Self::IssuerMismatch { .. } => Some("iss"),
            Self::SubjectMismatch => Some("sub"),
            Self::TokenExpired { .. } => Some("exp"),
            Self::NonceMismatch | Self::NonceUnexpected => Some("nonce"),
            _ => None,
        }
    }

    /// The expected value, where that is not secret. Times are seconds since the epoch.
    pub fn expected(&self) -> Option<String> {
        use alloc::string::ToString;
        match self {
            Self::TypMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. }
            | Self::AudienceMismatch { expected, .. }
            | Self::UseMismatch { expected, .. }
            | Self::DiscoveryIssuerMismatch { expected, .. }
            | Self::ResponseIssuerMismatch { expected } => Some(expected.clone()),
            Self::TokenExpired { now, .. } | Self::TokenNotYetValid { now, .. } | Self::TokenTooOld { now, .. } => {
                Some(now.to_string())
            }
            _ => None,
        }
    }

    /// The actual value, where that is not secret: at most 200 characters, none of them a control
    /// character. It comes from outside: treat it as data.
    pub fn actual(&self) -> Option<String> {
        use alloc::string::ToString;
        let short = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(200).collect();
        match self {
            Self::TypMismatch { actual, .. } => actual.as_deref().map(short),
            Self::IssuerMismatch { actual, .. }
            | Self::AudienceMismatch { actual, .. }
            | Self::UseMismatch { actual, .. }
            | Self::DiscoveryIssuerMismatch { actual, .. } => Some(short(actual)),
            Self::TokenExpired { exp, .. } => Some(exp.to_string()),
            Self::TokenNotYetValid { from, .. } => Some(from.to_string()),
            Self::TokenTooOld { since, .. } => Some(since.to_string()),
            Self::AuthorizationError { error, description } | Self::TokenEndpointError { error, description } => {
                Some(match description {
                    Some(text) => alloc::format!("{error}: {text}"),
                    None => error.clone(),
                })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenMalformed(reason) => f.write_str(reason.message()),
            Self::TokenTooLarge(reason) => f.write_str(reason.message()),
            Self::TokenTypeUnsupported(reason) => f.write_str(reason.message()),
            Self::HeaderInvalid(reason) => f.write_str(reason.message()),
            Self::CritUnsupported => f.write_str("the header asks for an extension; none is supported"),
            Self::AlgNotAllowed => f.write_str("the token's algorithm is not one of the allowed ones"),
            Self::EncryptionUnsupported(reason) => f.write_str(reason.message()),
            Self::DecryptionKeyNotFound => {
                f.write_str("no decryption key is for the `alg`, `enc` and `kid` of the encrypted token")
            }
            Self::KeyNotFound => f.write_str(
                "no key of the key set fits the token; where the issuer does not publish the key, the token is not for \
                 others to verify",
            ),
            Self::KeyAmbiguous => f.write_str("several keys of the key set fit the token"),
            Self::KeyUnsuitable(reason) => f.write_str(reason.message()),
            Self::KeyInvalid(reason) => f.write_str(reason.message()),
            Self::DecryptionFailed => f.write_str("the token cannot be decrypted"),
            Self::SignatureInvalid => f.write_str("the signature does not verify"),
            Self::TypMismatch { claim, expected, .. } => other_kind(f, claim.as_deref(), expected),
            Self::PayloadInvalid(reason) => write!(f, "the payload is unusable: {reason}"),
            Self::ClaimInvalid { claim, fault } => write!(f, "the claim `{claim}` is invalid: {fault}"),
            Self::ClaimMissing { claim } => claim_missing(f, claim),
            Self::IssuerMismatch { .. } => f.write_str(
                "the token comes from another issuer: if it is yours, write the option `issuer` as `iss` has it",
            ),
            Self::AudienceMismatch { claim, .. } if claim == "aud" => f.write_str(
                "the token is meant for another audience: ask for one that names this service, or correct `audience`",
            ),
            Self::AudienceMismatch { claim, .. } => {
                write!(f, "the claim `{claim}` binds the token to another client: its value is none of those of `binding`")
            }
            Self::UseMismatch { claim, .. } => write!(
                f,
                "the claim `{claim}` says that this token is for another use: it does not have the value that `binding.use` \
                 names"
            ),
            Self::SubjectMismatch => f.write_str("the token is about another subject"),
            Self::TokenExpired { .. } => f.write_str("the token has expired"),
            Self::TokenNotYetValid { .. } => f.write_str("the token is not valid yet"),
            Self::TokenTooOld { .. } => f.write_str("the token is older than allowed"),
            Self::NonceMismatch => f.write_str("the nonce is not the one of the authorization request"),
            Self::NonceUnexpected => f.write_str(
                "the token has a nonce and none is expected: give the one that was sent with the authorization request; \
                 where this service did not begin the sign-in, there is `acceptUncheckedNonce`",
            ),
            Self::TokenMissing => f.write_str("the request has no access token"),
            Self::RequestInvalid(reason) => f.write_str(reason.message()),
            Self::SchemeUnsupported => f.write_str("tokens are accepted as `Bearer` alone"),
            Self::TokenBindingRequired(reason) => f.write_str(reason.message()),
            Self::DpopInvalid(reason) => f.write_str(reason.message()),
            Self::DpopNonceRequired => f.write_str("the proof has to have the nonce that the server gives"),
            Self::ReplayDetected => f.write_str("the proof was used before"),
            Self::InsufficientAuthentication => f.write_str("the sign-in is not strong or not recent enough"),
            Self::InsufficientScope => f.write_str("the token lacks a scope"),
            Self::InsufficientPermission => f.write_str("the token lacks a permission"),
            Self::CsrfRefused => f.write_str("browsers send this token along by themselves, and the request does not come from a page of an own origin"),
            Self::StoreUnavailable => f.write_str("the store of used proofs cannot be asked; this is no verdict on the token"),
            Self::IntrospectionUnavailable(reason) => write!(f, "the issuer cannot be asked about the token: {reason}"),
            Self::IntrospectionInvalid => f.write_str("the issuer's answer about the token is none"),
            Self::JwksUnavailable(reason) => write!(f, "the key set is unavailable: {reason}"),
            Self::JwksInvalid(reason) => f.write_str(reason.message()),
            Self::DiscoveryIssuerMismatch { .. } => f.write_str(
                "the server's metadata names another issuer: write the issuer as the tokens have it, and the address of \
                 the metadata as `metadataUri` or that of the keys as `jwksUri`",
            ),
            Self::DiscoveryInvalid(reason) => f.write_str(reason.message()),
            Self::ResponseTooLarge => f.write_str("the server's response is larger than the limit"),
            Self::StateMismatch => f.write_str("the response does not belong to this authorization request"),
            Self::ResponseIssuerMismatch { .. } => {
                f.write_str("the response does not come from the server that was asked")
            }
            Self::AuthorizationResponseInvalid(reason) => f.write_str(reason.message()),
            Self::TransactionExpired => f.write_str("the authorization request was made too long ago"),
            Self::TransactionMissing => f.write_str("this sign-in is not under way in this browser"),
            Self::ReturnToRefused => f.write_str("the page to return to must be a path of this application, such as `/notes`"),
            Self::AuthorizationError { .. } => f.write_str("the authorization server refused the request"),
            Self::PkceUnsupported => f.write_str("the authorization server does not offer PKCE with S256"),
            Self::TokenEndpointError { .. } => f.write_str("the token endpoint refused the request"),
            Self::TokenResponseInvalid(reason) => f.write_str(reason.message()),
            Self::ServerUnavailable(reason) => write!(f, "the authorization server is unavailable: {reason}"),
            Self::ServerResponseInvalid(reason) => f.write_str(reason.message()),
            Self::SessionInvalid => f.write_str(
                "a session keeps a JSON object, nested at most 16 deep, that fits into five cookies or into the store",
            ),
            Self::SessionRefreshNeeded => f.write_str(
                "the access token has expired, and a refreshed one cannot be kept here: ask for it where the response is \
                 made, in `mount`",
            ),
            Self::SessionEnded => f.write_str("the session is over: the user has to sign in again"),
            Self::RefreshUnavailable => {
                f.write_str("the access token has expired and cannot be refreshed at the moment; the session goes on")
            }
            Self::EngineUnavailable => f.write_str(
                "this build has no arithmetic of its own, and the host's cryptography does not verify the token's \
                 algorithm; this is no verdict on the token",
            ),
            Self::InternalError => f.write_str("an internal error; this is no verdict on the token"),
        }
    }
}

fn other_kind(f: &mut fmt::Formatter<'_>, claim: Option<&str>, expected: &str) -> fmt::Result {
    match claim {
        None => write!(f, "`typ` marks this as another kind of token: expected {expected}"),
        Some(claim) if expected == "id-token" => {
            write!(f, "the claim `{claim}` says that this is no ID token: verify access tokens with `access-token`")
        }
        Some(claim) => write!(
            f,
            "the claim `{claim}` says that this is no access token: send that one to APIs, or verify ID tokens with the \
             profile `id-token`"
        ),
    }
}

fn claim_missing(f: &mut fmt::Formatter<'_>, claim: &str) -> fmt::Result {
    write!(f, "the claim `{claim}` is missing")?;
    f.write_str(match claim {
        "aud" => {
            ": ask the issuer for a token that names this service; if it cannot, say with the option `binding` which \
             claim names your client"
        }
        "iss" => ": without it the token belongs to no issuer",
        "exp" => ": a token that never expires is never accepted",
        "sub" => ": for tokens without a subject there is the profile `jwt`",
        _ => "",
    })
}

impl core::error::Error for Error {}

impl From<KeyInvalidReason> for Error {
    fn from(fault: KeyInvalidReason) -> Self {
        Self::KeyInvalid(fault)
    }
}

impl From<DpopReason> for Error {
    fn from(reason: DpopReason) -> Self {
        Self::DpopInvalid(reason)
    }
}

impl From<BindingReason> for Error {
    fn from(reason: BindingReason) -> Self {
        Self::TokenBindingRequired(reason)
    }
}

impl From<KeyUnsuitableReason> for Error {
    fn from(mismatch: KeyUnsuitableReason) -> Self {
        Self::KeyUnsuitable(mismatch)
    }
}

impl From<UnavailableReason> for Error {
    fn from(reason: UnavailableReason) -> Self {
        match reason {
            UnavailableReason::TooLarge => Self::ResponseTooLarge,
            other => Self::JwksUnavailable(other),
        }
    }
}
