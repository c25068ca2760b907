//! Every error that the core reports, once: its code, its HTTP status, its reasons.

use alloc::string::String;
use core::fmt;

/// Declares an enum of reasons, each with the sentence that explains it.
macro_rules! reasons {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $(#[doc = $text] $(#[$doc])* $variant,)+ }

        impl $name {
            /// The reason as a sentence fragment, free of anything that came with the token.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.message())
            }
        }
    };
}

/// Declares the error codes: variant, code, HTTP status.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal, $status:literal;)+) => {
        /// A stable name for what went wrong, the same on every host.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[$doc])* $variant,)+ }

        impl ErrorCode {
            /// Every code, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as documented and as the npm package reports it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status a resource server or a login route answers with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }
        }
    };
}

codes! {
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
    /// No key of the set fits the token.
    KeyNotFound => "key_not_found", 401;
    /// Several keys of the set fit the token and its `kid` does not decide.
    KeyAmbiguous => "key_ambiguous", 401;
    /// The key is meant for another use, operation or algorithm.
    KeyUnsuitable => "key_unsuitable", 401;
    /// The key itself is unsafe or broken.
    KeyInvalid => "key_invalid", 401;
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
    /// `state` is not the one of the authorization request (RFC 6749 §10.12).
    StateMismatch => "state_mismatch", 400;
    /// The authorization response comes from another server (RFC 9207 §2.4).
    ResponseIssuerMismatch => "response_issuer_mismatch", 400;
    /// The authorization response is not a well-formed answer to the request.
    AuthorizationResponseInvalid => "authorization_response_invalid", 400;
    /// The authorization request was made too long ago.
    TransactionExpired => "transaction_expired", 400;
    /// The authorization server reported an error (RFC 6749 §4.1.2.1).
    AuthorizationError => "authorization_error", 400;
    /// The server does not offer PKCE with S256 (RFC 7636).
    PkceUnsupported => "pkce_unsupported", 500;
    /// The token endpoint reported an error (RFC 6749 §5.2).
    TokenEndpointError => "token_endpoint_error", 502;
    /// The token endpoint's answer is not a token response (RFC 6749 §5.1).
    TokenResponseInvalid => "token_response_invalid", 502;
    /// A defect in this library; never a verdict on the token.
    InternalError => "internal_error", 500;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

reasons! {
    /// Why a text is not a compact JWS.
    Malformed {
        Empty => "the token is empty",
        Segments => "the token does not have exactly three segments",
        EmptySegment => "a segment of the token is empty",
        Alphabet => "the token contains a character outside base64url",
        NonCanonical => "a segment is not canonical base64url",
    }
}

reasons! {
    /// Which size was passed.
    Oversize {
        Token => "the token is larger than the limit",
        Header => "the header is larger than the limit",
        Signature => "the signature is larger than any signature this library verifies",
    }
}

reasons! {
    /// Which other kind of object the text is.
    OtherKind {
        Jwe => "this is an encrypted token (JWE), not a signed one",
        JsonSerialization => "this is the JSON serialization; only the compact one is accepted",
        Nested => "this token wraps another token",
        Compressed => "compressed tokens are not accepted",
        EncryptionHeader => "the header of a signed token must not carry encryption parameters",
    }
}

reasons! {
    /// What is wrong with a JSON text.
    JsonFault {
        NotUtf8 => "it is not valid UTF-8",
        Syntax => "it is not one strict JSON value",
        DuplicateMember => "a member name occurs twice",
        TooDeep => "it is nested too deeply",
        UnsafeInteger => "an integer is outside the range that every JSON parser keeps exact",
        NotAnObject => "it is not a JSON object",
    }
}

reasons! {
    /// What is wrong with a header parameter.
    HeaderFault {
        NotUtf8 => "the header is not valid UTF-8",
        Syntax => "the header is not strict JSON",
        DuplicateMember => "a header parameter occurs twice",
        TooDeep => "the header is nested too deeply",
        UnsafeInteger => "the header has an integer that parsers would round",
        NotAnObject => "the header is not a JSON object",
        AlgMissing => "`alg` is missing",
        AlgType => "`alg` is not a string",
        KidType => "`kid` is not a string",
        KidLength => "`kid` is longer than 256 bytes",
        CtyType => "`cty` is not a string",
    }
}

impl From<JsonFault> for HeaderFault {
    fn from(fault: JsonFault) -> Self {
        match fault {
            JsonFault::NotUtf8 => Self::NotUtf8,
            JsonFault::Syntax => Self::Syntax,
            JsonFault::DuplicateMember => Self::DuplicateMember,
            JsonFault::TooDeep => Self::TooDeep,
            JsonFault::UnsafeInteger => Self::UnsafeInteger,
            JsonFault::NotAnObject => Self::NotAnObject,
        }
    }
}

reasons! {
    /// Why a key must not be used for verifying.
    KeyMismatch {
        KeyType => "the key type is not supported",
        Curve => "the curve is not supported",
        Algorithm => "the key's `alg` is not a supported signature algorithm",
        AlgorithmForKey => "the key's `alg` does not belong to its type or curve",
        AlgorithmForToken => "the key is bound to another algorithm than the token names",
        Use => "the key's `use` is not `sig`",
        KeyOps => "the key's `key_ops` does not allow `verify`",
        Symmetric => "a symmetric key has no place in a public key set",
        AlgMissing => "keys of this type must name their `alg`",
    }
}

reasons! {
    /// Why a key is unsafe or broken.
    KeyFault {
        NotAnObject => "the key is not a JSON object",
        Json => "the key is not strict JSON",
        MemberMissing => "a mandatory member of the key is missing",
        MemberType => "a member of the key has the wrong JSON type",
        Encoding => "a member of the key is not canonical base64url",
        PrivateMaterial => "the key contains private parameters",
        Length => "a parameter of the key has the wrong length",
        RsaSize => "an RSA modulus must have 2048 to 4096 bits",
        RsaExponent => "an RSA exponent must be odd, at least 65537 and below 2^32",
        RsaModulus => "the RSA modulus is even or has a small factor",
        Roca => "the RSA modulus has the ROCA fingerprint (CVE-2017-15361)",
        Point => "the point is not on the curve",
        SmallOrder => "the Ed25519 point has small order or is not canonical",
        Pem => "this is not an SPKI public key in PEM (`-----BEGIN PUBLIC KEY-----`)",
        Pkcs1 => "this is not an RSA public key in PKCS#1 DER",
        Host => "the host's cryptography refuses the key",
        SecretTooShort => "the secret is shorter than the algorithm's hash",
        SecretIsKey => "the secret looks like a public key, a certificate or a JWK",
    }
}

reasons! {
    /// What is wrong with a JWK Set.
    KeySetFault {
        TooLarge => "the key set is larger than the limit",
        TooManyKeys => "the key set has more keys than the limit",
        Json => "the key set is not strict JSON",
        NoKeys => "the key set has no `keys` array",
        NoUsableKey => "the key set has no usable key",
    }
}

reasons! {
    /// Why the key set cannot be had.
    Unavailable {
        NotLoaded => "no keys are loaded yet; await `loadKeys()` or `verify()` first",
        Network => "the server could not be reached",
        Timeout => "the server did not answer in time",
        Redirect => "the server answered with a redirect, which is not followed",
        Status => "the server did not answer with status 200",
        TooLarge => "the server's response is larger than the limit",
    }
}

reasons! {
    /// What is wrong with a claim.
    ClaimFault {
        Type => "it has the wrong JSON type",
        Empty => "it is empty",
        Range => "it is outside the range of a NumericDate",
        Value => "its value is not acceptable",
        Hash => "it is not the hash of the value that came with the token",
        NoHash => "the token's algorithm defines no hash for it",
    }
}

reasons! {
    /// What is wrong with the server's metadata.
    DiscoveryFault {
        Json => "the metadata is not a strict JSON object",
        Issuer => "the metadata has no `issuer`",
        Member => "a member of the metadata has the wrong JSON type",
        Url => "an endpoint of the metadata is not an https URL",
        JwksUri => "the metadata has no `jwks_uri`",
        Status => "the metadata could not be found",
    }
}

reasons! {
    /// What is wrong with an authorization response.
    ResponseFault {
        Url => "the URL is not valid or not the redirect URI of the request",
        Encoding => "a parameter is not valid form encoding",
        Repeated => "a parameter occurs more than once",
        StateMissing => "`state` is missing",
        CodeMissing => "`code` is missing",
        CodeAndError => "`code` and `error` occur together",
    }
}

reasons! {
    /// What is wrong with a token response.
    TokenResponseFault {
        Json => "the response is not a strict JSON object",
        AccessToken => "`access_token` is missing or not a string",
        TokenType => "`token_type` is missing or not Bearer",
        Member => "a member of the response has the wrong JSON type",
        Status => "the status is neither 200 nor that of an error response",
    }
}

/// What went wrong, with the reason. Compare codes with [`Error::code`]; the reasons may grow.
///
/// Neither this type's `Display` nor its reasons contain anything of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is documented at its code")]
pub enum Error {
    TokenMalformed(Malformed),
    TokenTooLarge(Oversize),
    TokenTypeUnsupported(OtherKind),
    HeaderInvalid(HeaderFault),
    CritUnsupported,
    AlgNotAllowed,
    KeyNotFound,
    KeyAmbiguous,
    KeyUnsuitable(KeyMismatch),
    KeyInvalid(KeyFault),
    SignatureInvalid,
    TypMismatch {
        claim: Option<&'static str>,
        expected: String,
        actual: Option<String>,
    },
    /// The payload as a whole is not a strict JSON object.
    PayloadInvalid(JsonFault),
    ClaimInvalid {
        claim: String,
        fault: ClaimFault,
    },
    ClaimMissing {
        claim: String,
    },
    IssuerMismatch {
        expected: String,
        actual: String,
    },
    AudienceMismatch {
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
    JwksUnavailable(Unavailable),
    JwksInvalid(KeySetFault),
    DiscoveryIssuerMismatch {
        expected: String,
        actual: String,
    },
    DiscoveryInvalid(DiscoveryFault),
    ResponseTooLarge,
    StateMismatch,
    ResponseIssuerMismatch {
        expected: String,
    },
    AuthorizationResponseInvalid(ResponseFault),
    TransactionExpired,
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
    TokenResponseInvalid(TokenResponseFault),
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
            Self::KeyNotFound => ErrorCode::KeyNotFound,
            Self::KeyAmbiguous => ErrorCode::KeyAmbiguous,
            Self::KeyUnsuitable(_) => ErrorCode::KeyUnsuitable,
            Self::KeyInvalid(_) => ErrorCode::KeyInvalid,
            Self::SignatureInvalid => ErrorCode::SignatureInvalid,
            Self::TypMismatch { .. } => ErrorCode::TypMismatch,
            Self::PayloadInvalid(_) | Self::ClaimInvalid { .. } => ErrorCode::ClaimInvalid,
            Self::ClaimMissing { .. } => ErrorCode::ClaimMissing,
            Self::IssuerMismatch { .. } => ErrorCode::IssuerMismatch,
            Self::AudienceMismatch { .. } => ErrorCode::AudienceMismatch,
            Self::SubjectMismatch => ErrorCode::SubjectMismatch,
            Self::TokenExpired { .. } => ErrorCode::TokenExpired,
            Self::TokenNotYetValid { .. } => ErrorCode::TokenNotYetValid,
            Self::TokenTooOld { .. } => ErrorCode::TokenTooOld,
            Self::NonceMismatch => ErrorCode::NonceMismatch,
            Self::JwksUnavailable(_) => ErrorCode::JwksUnavailable,
            Self::JwksInvalid(_) => ErrorCode::JwksInvalid,
            Self::DiscoveryIssuerMismatch { .. } => ErrorCode::DiscoveryIssuerMismatch,
            Self::DiscoveryInvalid(_) => ErrorCode::DiscoveryInvalid,
            Self::ResponseTooLarge => ErrorCode::ResponseTooLarge,
            Self::StateMismatch => ErrorCode::StateMismatch,
            Self::ResponseIssuerMismatch { .. } => ErrorCode::ResponseIssuerMismatch,
            Self::AuthorizationResponseInvalid(_) => ErrorCode::AuthorizationResponseInvalid,
            Self::TransactionExpired => ErrorCode::TransactionExpired,
            Self::AuthorizationError { .. } => ErrorCode::AuthorizationError,
            Self::PkceUnsupported => ErrorCode::PkceUnsupported,
            Self::TokenEndpointError { .. } => ErrorCode::TokenEndpointError,
            Self::TokenResponseInvalid(_) => ErrorCode::TokenResponseInvalid,
            Self::InternalError => ErrorCode::InternalError,
        }
    }

    /// The HTTP status to answer with: 401 for a bad token, 503 while keys cannot be had.
    pub const fn status(&self) -> u16 {
        self.code().status()
    }

    /// The claim that decided, if one did.
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::ClaimInvalid { claim, .. } | Self::ClaimMissing { claim } => Some(claim),
            Self::TypMismatch { claim, .. } => *claim,
            Self::TokenNotYetValid { claim, .. } | Self::TokenTooOld { claim, .. } => Some(claim),
            Self::IssuerMismatch { .. } => Some("iss"),
            Self::AudienceMismatch { .. } => Some("aud"),
            Self::SubjectMismatch => Some("sub"),
            Self::TokenExpired { .. } => Some("exp"),
            Self::NonceMismatch => Some("nonce"),
            _ => None,
        }
    }

    /// What was expected, where that is not secret. Times are seconds since the epoch.
    pub fn expected(&self) -> Option<String> {
        use alloc::string::ToString;
        match self {
            Self::TypMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. }
            | Self::AudienceMismatch { expected, .. }
            | Self::DiscoveryIssuerMismatch { expected, .. }
            | Self::ResponseIssuerMismatch { expected } => Some(expected.clone()),
            Self::TokenExpired { now, .. } | Self::TokenNotYetValid { now, .. } | Self::TokenTooOld { now, .. } => {
                Some(now.to_string())
            }
            _ => None,
        }
    }

    /// What was found instead, where that is not secret. It comes from outside: treat it as data.
    pub fn actual(&self) -> Option<String> {
        use alloc::string::ToString;
        match self {
            Self::TypMismatch { actual, .. } => actual.clone(),
            Self::IssuerMismatch { actual, .. }
            | Self::AudienceMismatch { actual, .. }
            | Self::DiscoveryIssuerMismatch { actual, .. } => Some(actual.clone()),
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
            Self::KeyNotFound => f.write_str("no key of the key set fits the token"),
            Self::KeyAmbiguous => f.write_str("several keys of the key set fit the token"),
            Self::KeyUnsuitable(reason) => f.write_str(reason.message()),
            Self::KeyInvalid(reason) => f.write_str(reason.message()),
            Self::SignatureInvalid => f.write_str("the signature does not verify"),
            Self::TypMismatch { .. } => f.write_str("the token is of another kind than this verifier accepts"),
            Self::PayloadInvalid(reason) => write!(f, "the payload is unusable: {reason}"),
            Self::ClaimInvalid { fault, .. } => write!(f, "a claim is invalid: {fault}"),
            Self::ClaimMissing { .. } => f.write_str("a required claim is missing"),
            Self::IssuerMismatch { .. } => f.write_str("the token comes from another issuer"),
            Self::AudienceMismatch { .. } => f.write_str("the token is meant for another audience"),
            Self::SubjectMismatch => f.write_str("the token is about another subject"),
            Self::TokenExpired { .. } => f.write_str("the token has expired"),
            Self::TokenNotYetValid { .. } => f.write_str("the token is not valid yet"),
            Self::TokenTooOld { .. } => f.write_str("the token is older than allowed"),
            Self::NonceMismatch => f.write_str("the nonce is not the one of the authorization request"),
            Self::JwksUnavailable(reason) => write!(f, "the key set is unavailable: {reason}"),
            Self::JwksInvalid(reason) => f.write_str(reason.message()),
            Self::DiscoveryIssuerMismatch { .. } => f.write_str("the server's metadata names another issuer"),
            Self::DiscoveryInvalid(reason) => f.write_str(reason.message()),
            Self::ResponseTooLarge => f.write_str("the server's response is larger than the limit"),
            Self::StateMismatch => f.write_str("the response does not belong to this authorization request"),
            Self::ResponseIssuerMismatch { .. } => {
                f.write_str("the response does not come from the server that was asked")
            }
            Self::AuthorizationResponseInvalid(reason) => f.write_str(reason.message()),
            Self::TransactionExpired => f.write_str("the authorization request was made too long ago"),
            Self::AuthorizationError { .. } => f.write_str("the authorization server refused the request"),
            Self::PkceUnsupported => f.write_str("the authorization server does not offer PKCE with S256"),
            Self::TokenEndpointError { .. } => f.write_str("the token endpoint refused the request"),
            Self::TokenResponseInvalid(reason) => f.write_str(reason.message()),
            Self::InternalError => f.write_str("an internal error; this is no verdict on the token"),
        }
    }
}

impl core::error::Error for Error {}

impl From<KeyFault> for Error {
    fn from(fault: KeyFault) -> Self {
        Self::KeyInvalid(fault)
    }
}

impl From<KeyMismatch> for Error {
    fn from(mismatch: KeyMismatch) -> Self {
        Self::KeyUnsuitable(mismatch)
    }
}
