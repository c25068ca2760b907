//! The error codes, once: name, HTTP status, meaning.

use core::fmt;

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorArea {
    /// A token, or the key that it names
    Token,
    /// A request to a protected resource
    ResourceServer,
    /// Keys and metadata that cannot be had
    Keys,
    /// A sign-in
    Client,
    /// The session of a user
    Session,
    /// This library and its host
    Library,
}

/// Declares the error codes, by area: variant, code, HTTP status.
macro_rules! codes {
    ($($area:ident { $($(#[$doc:meta])* $variant:ident => $code:literal, $status:literal;)+ })+) => {
        /// A stable name for what went wrong, the same on every host.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorCode { $($($(#[$doc])* $variant,)+)+ }

        impl ErrorCode {
            /// Every code, in the order of the checks.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The code as documented and as the npm package reports it.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $code,)+)+ }
            }

            /// The code of this name, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// The HTTP status a resource server or a login route answers with.
            pub const fn status(self) -> u16 {
                match self { $($(Self::$variant => $status,)+)+ }
            }

            /// What it is about.
            pub const fn area(self) -> ErrorArea {
                match self { $($(Self::$variant => ErrorArea::$area,)+)+ }
            }
        }
    };
}

codes! {
    Token {
        /// Not a compact JWS of three canonical base64url segments (RFC 7515 §7.1).
        TokenMalformed => "token_malformed", 401;
        /// A limit on the size of the token or of one of its parts was passed.
        TokenTooLarge => "token_too_large", 401;
        /// A JWE, a nested or compressed token, or the JSON serialization.
        TokenTypeUnsupported => "token_type_unsupported", 401;
        /// The header is not a strict JSON object with well-typed parameters.
        HeaderInvalid => "header_invalid", 401;
        /// The header asks for an extension (`crit`, `b64`); none is supported (RFC 7515 §4.1.11).
        CritUnsupported => "crit_unsupported", 401;
        /// The algorithm is unknown or outside the configured list (RFC 8725 §3.1).
        AlgNotAllowed => "alg_not_allowed", 401;
        /// The token is encrypted in a way that is not accepted (RFC 7516).
        EncryptionUnsupported => "encryption_unsupported", 401;
        /// No key of the set fits the token.
        KeyNotFound => "key_not_found", 401;
        /// Several keys of the set fit the token and its `kid` does not decide.
        KeyAmbiguous => "key_ambiguous", 401;
        /// The key is meant for another use, operation or algorithm.
        KeyUnsuitable => "key_unsuitable", 401;
        /// The key itself is unsafe or broken.
        KeyInvalid => "key_invalid", 401;
        /// The token cannot be decrypted (RFC 7516 §5.2). Which step has failed is not said.
        DecryptionFailed => "decryption_failed", 401;
        /// The signature does not verify.
        SignatureInvalid => "signature_invalid", 401;
        /// The token is of another kind than the profile accepts (RFC 8725 §3.11, §3.12).
        TypMismatch => "typ_mismatch", 401;
        /// A claim has the wrong JSON type or an unacceptable value.
        ClaimInvalid => "claim_invalid", 401;
        /// A claim that must be there is absent.
        ClaimMissing => "claim_missing", 401;
        /// `iss` is another issuer.
        IssuerMismatch => "issuer_mismatch", 401;
        /// `aud` does not name this audience.
        AudienceMismatch => "audience_mismatch", 401;
        /// `sub` is another subject.
        SubjectMismatch => "subject_mismatch", 401;
        /// `exp` has passed.
        TokenExpired => "token_expired", 401;
        /// `nbf` or `iat` lies in the future.
        TokenNotYetValid => "token_not_yet_valid", 401;
        /// The token, or the sign-in behind it, is older than allowed.
        TokenTooOld => "token_too_old", 401;
        /// `nonce` is not the one of the authorization request.
        NonceMismatch => "nonce_mismatch", 401;
    }
    ResourceServer {
        /// The request has no access token.
        TokenMissing => "token_missing", 401;
        /// The request presents credentials in a way that is not one access token (RFC 6750 §3.1).
        RequestInvalid => "request_invalid", 400;
        /// The request presents its token by a scheme that is not accepted here.
        SchemeUnsupported => "scheme_unsupported", 401;
        /// The token is bound to a key of its client (RFC 7800) and came as a bearer token, or is not bound as it has to be.
        TokenBindingRequired => "token_binding_required", 401;
        /// The proof of possession is missing or does not hold (RFC 9449 §4.3).
        DpopInvalid => "dpop_invalid", 401;
        /// The proof of possession needs the server's present nonce (RFC 9449 §9).
        DpopNonceRequired => "dpop_nonce_required", 401;
        /// The proof of possession was used before (RFC 9449 §11.1).
        ReplayDetected => "replay_detected", 401;
        /// The sign-in behind the token is not strong or not recent enough (RFC 9470 §3).
        InsufficientAuthentication => "insufficient_authentication", 401;
        /// The token does not have the scopes of the operation (RFC 6750 §3.1).
        InsufficientScope => "insufficient_scope", 403;
        /// The token does not have the permissions of the operation.
        InsufficientPermission => "insufficient_permission", 403;
        /// The token comes from a cookie, and the request from a page of another origin.
        CsrfRefused => "csrf_refused", 403;
        /// The store that remembers what was used cannot be asked; try again later.
        StoreUnavailable => "store_unavailable", 503;
        /// The issuer cannot be asked about the token (RFC 7662); try again later.
        IntrospectionUnavailable => "introspection_unavailable", 503;
        /// The issuer's answer about the token is not one (RFC 7662 §2.2).
        IntrospectionInvalid => "introspection_invalid", 502;
    }
    Keys {
        /// The key set cannot be had at the moment; try again later.
        JwksUnavailable => "jwks_unavailable", 503;
        /// The key set is not a usable JWK Set (RFC 7517 §5).
        JwksInvalid => "jwks_invalid", 503;
        /// The server's metadata is for another issuer (RFC 8414 §3.3).
        DiscoveryIssuerMismatch => "discovery_issuer_mismatch", 503;
        /// The server's metadata is not usable (RFC 8414 §2).
        DiscoveryInvalid => "discovery_invalid", 503;
        /// The server's response is larger than allowed.
        ResponseTooLarge => "response_too_large", 503;
    }
    Client {
        /// `state` is not the one of the authorization request (RFC 6749 §10.12).
        StateMismatch => "state_mismatch", 400;
        /// The authorization response comes from another server (RFC 9207 §2.4).
        ResponseIssuerMismatch => "response_issuer_mismatch", 400;
        /// The authorization response is not a well-formed answer to the request.
        AuthorizationResponseInvalid => "authorization_response_invalid", 400;
        /// The authorization request was made too long ago.
        TransactionExpired => "transaction_expired", 400;
        /// The sign-in is not under way in this browser, also after it was begun again.
        TransactionMissing => "transaction_missing", 400;
        /// The page that a user shall return to is not one of this application.
        ReturnToRefused => "return_to_refused", 400;
        /// The authorization server reported an error (RFC 6749 §4.1.2.1).
        AuthorizationError => "authorization_error", 400;
        /// The server does not offer PKCE with S256 (RFC 7636).
        PkceUnsupported => "pkce_unsupported", 500;
        /// The token endpoint reported an error (RFC 6749 §5.2).
        TokenEndpointError => "token_endpoint_error", 502;
        /// The token endpoint's answer is not a token response (RFC 6749 §5.1).
        TokenResponseInvalid => "token_response_invalid", 502;
        /// The authorization server cannot be asked, or could not answer; try again later.
        ServerUnavailable => "server_unavailable", 503;
        /// The authorization server's answer is not what the endpoint's specification has.
        ServerResponseInvalid => "server_response_invalid", 502;
    }
    Session {
        /// What a session shall keep is no JSON object, or too large for cookies.
        SessionInvalid => "session_invalid", 500;
        /// The access token of a session has expired, where no refreshed one can be kept.
        SessionRefreshNeeded => "session_refresh_needed", 401;
        /// The session is over: its user has to sign in again.
        SessionEnded => "session_ended", 401;
        /// The access token of a session has expired, and cannot be refreshed at the moment; try again later.
        RefreshUnavailable => "refresh_unavailable", 503;
        /// The server gives a session no access token for one of its resources.
        ResourceRefused => "resource_refused", 500;
        /// The browser keeps nothing for the page, so that nobody can sign in. Rust reports no such thing.
        StorageUnavailable => "storage_unavailable", 500;
    }
    Library {
        /// No engine of this build or of the host verifies the token's algorithm; never a verdict on the token.
        EngineUnavailable => "engine_unavailable", 500;
        /// The npm package's wasm core cannot be had on this host. Rust reports no such thing.
        CoreUnavailable => "core_unavailable", 500;
        /// A defect in this library; never a verdict on the token.
        InternalError => "internal_error", 500;
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
