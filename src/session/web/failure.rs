//! What goes wrong in an operation.

use alloc::string::String;

use crate::client::is_invalid_target;
use crate::error::{Error, ErrorCode};

/// Why a task could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code of the error
    pub code: ErrorCode,
    /// Whether the authorization server said `invalid_grant`
    pub is_invalid_grant: bool,
    /// What the authorization server said, as text for people
    pub words: Option<String>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { code: error.code(), is_invalid_grant: crate::client::is_invalid_grant(error), words: error.actual() }
    }
}

/// Operations pass failures on by reference: those of the host, which keeps its answers, and these.
impl Failure {
    pub(super) const AUTHORIZATION_RESPONSE_INVALID: &Self = &Self::of(ErrorCode::AuthorizationResponseInvalid);
    pub(super) const CSRF_REFUSED: &Self = &Self::of(ErrorCode::CsrfRefused);
    pub(super) const INTERNAL_ERROR: &Self = &Self::of(ErrorCode::InternalError);
    pub(super) const REFRESH_UNAVAILABLE: &Self = &Self::of(ErrorCode::RefreshUnavailable);
    pub(super) const REPLAY_DETECTED: &Self = &Self::of(ErrorCode::ReplayDetected);
    pub(super) const REQUEST_INVALID: &Self = &Self::of(ErrorCode::RequestInvalid);
    pub(super) const RESOURCE_REFUSED: &Self = &Self::of(ErrorCode::ResourceRefused);
    pub(super) const RETURN_TO_REFUSED: &Self = &Self::of(ErrorCode::ReturnToRefused);
    pub(super) const SERVER_RESPONSE_INVALID: &Self = &Self::of(ErrorCode::ServerResponseInvalid);
    pub(super) const SESSION_ENDED: &Self = &Self::of(ErrorCode::SessionEnded);
    pub(super) const SESSION_INVALID: &Self = &Self::of(ErrorCode::SessionInvalid);
    pub(super) const SESSION_REFRESH_NEEDED: &Self = &Self::of(ErrorCode::SessionRefreshNeeded);
    pub(super) const STORE_UNAVAILABLE: &Self = &Self::of(ErrorCode::StoreUnavailable);
    pub(super) const TOKEN_MISSING: &Self = &Self::of(ErrorCode::TokenMissing);
    pub(super) const TRANSACTION_MISSING: &Self = &Self::of(ErrorCode::TransactionMissing);

    /// Whether the authorization server gives no token for the resource that was named.
    pub(super) fn is_invalid_target(&self) -> bool {
        is_invalid_target(self.code.as_str(), self.words.as_deref())
    }

    const fn of(code: ErrorCode) -> Self {
        Self { code, is_invalid_grant: false, words: None }
    }
}
