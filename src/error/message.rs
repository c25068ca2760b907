//! The sentence for each error. None says anything of the token.

use core::fmt;

use crate::error::Error;

impl fmt::Display for Error {
    #[allow(clippy::too_many_lines, reason = "a sentence for each error")]
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
            Self::CsrfRefused => f.write_str(
                "browsers send this token along by themselves, and the request does not come from a page of an own origin",
            ),
            Self::StoreUnavailable => {
                f.write_str("the store of used proofs cannot be asked; this is no verdict on the token")
            }
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
            Self::ReturnToRefused => {
                f.write_str("the page to return to must be a path of this application, such as `/notes`")
            }
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
