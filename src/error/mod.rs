//! Every error that the core reports, with its code, its HTTP status and its reason.

mod code;
mod config;
mod message;
mod reason;

use alloc::string::String;

use crate::text::decimal;

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
        match self {
            Self::TypMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. }
            | Self::AudienceMismatch { expected, .. }
            | Self::UseMismatch { expected, .. }
            | Self::DiscoveryIssuerMismatch { expected, .. }
            | Self::ResponseIssuerMismatch { expected } => Some(expected.clone()),
            Self::TokenExpired { now, .. } | Self::TokenNotYetValid { now, .. } | Self::TokenTooOld { now, .. } => {
                Some(decimal(*now))
            }
            _ => None,
        }
    }

    /// The actual value, where that is not secret: at most 200 characters, none of them a control
    /// character. It comes from outside: treat it as data.
    pub fn actual(&self) -> Option<String> {
        let short = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(200).collect();
        match self {
            Self::TypMismatch { actual, .. } => actual.as_deref().map(short),
            Self::IssuerMismatch { actual, .. }
            | Self::AudienceMismatch { actual, .. }
            | Self::UseMismatch { actual, .. }
            | Self::DiscoveryIssuerMismatch { actual, .. } => Some(short(actual)),
            Self::TokenExpired { exp, .. } => Some(decimal(*exp)),
            Self::TokenNotYetValid { from, .. } => Some(decimal(*from)),
            Self::TokenTooOld { since, .. } => Some(decimal(*since)),
            Self::AuthorizationError { error, description } | Self::TokenEndpointError { error, description } => {
                Some(match description {
                    Some(text) => [error, ": ", text].concat(),
                    None => error.clone(),
                })
            }
            _ => None,
        }
    }
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
