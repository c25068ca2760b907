//! The sentence for each error. None says anything of the token.

use core::fmt;

use crate::error::Error;

/// What sentences about a claim begin with.
const CLAIM: &str = "the claim `";

impl Error {
    /// The sentence in parts, one of which may be the name of a claim: without [`fmt`], which is large.
    ///
    /// Whoever comes to no error of resource servers, or of clients and their sessions, says so, and has their sentences not
    /// linked. They read as empty.
    #[doc(hidden)]
    #[allow(clippy::too_many_lines, reason = "a sentence for each error")]
    pub fn sentence<const RESOURCE_SERVER: bool, const CLIENT: bool>(&self) -> [&str; 4] {
        let server = |text| if RESOURCE_SERVER { text } else { "" };
        let client = |text| if CLIENT { text } else { "" };
        let whole = match self {
            Self::TokenMalformed(reason) => reason.message(),
            Self::TokenTooLarge(reason) => reason.message(),
            Self::TokenTypeUnsupported(reason) => reason.message(),
            Self::HeaderInvalid(reason) => reason.message(),
            Self::CritUnsupported => "the header asks for an extension; none is supported",
            Self::AlgNotAllowed => "the token's algorithm is not one of the allowed ones",
            Self::EncryptionUnsupported(reason) => client(reason.message()),
            Self::DecryptionKeyNotFound => {
                client("no decryption key is for the `alg`, `enc` and `kid` of the encrypted token")
            }
            Self::KeyNotFound => {
                "no key of the key set fits the token; where the issuer does not publish the key, the token is not for \
                 others to verify"
            }
            Self::KeyAmbiguous => "several keys of the key set fit the token",
            Self::KeyUnsuitable(reason) => reason.message(),
            Self::KeyInvalid(reason) => reason.message(),
            Self::DecryptionFailed => client("the token cannot be decrypted"),
            Self::SignatureInvalid => "the signature does not verify",
            Self::TypMismatch { claim, expected, .. } => return other_kind(claim.as_deref(), expected),
            Self::PayloadInvalid(reason) => return ["the payload is unusable: ", reason.message(), "", ""],
            Self::ClaimInvalid { claim, fault } => return [CLAIM, claim, "` is invalid: ", fault.message()],
            Self::ClaimMissing { claim } => return [CLAIM, claim, "` is missing", advice(claim)],
            Self::IssuerMismatch { .. } => {
                "the token comes from another issuer: if it is yours, write the option `issuer` as `iss` has it"
            }
            Self::AudienceMismatch { claim, .. } if claim == "aud" => {
                "the token is meant for another audience: ask for one that names this service, or correct `audience`"
            }
            Self::AudienceMismatch { claim, .. } => {
                return [
                    CLAIM,
                    claim,
                    "` binds the token to another client: its value is none of those of `binding`",
                    "",
                ];
            }
            Self::UseMismatch { claim, .. } => {
                return [
                    CLAIM,
                    claim,
                    "` says that this token is for another use: it does not have the value that `binding.use` names",
                    "",
                ];
            }
            Self::SubjectMismatch => "the token is about another subject",
            Self::TokenExpired { .. } => "the token has expired",
            Self::TokenNotYetValid { .. } => "the token is not valid yet",
            Self::TokenTooOld { .. } => "the token is older than allowed",
            Self::NonceMismatch => "the nonce is not the one of the authorization request",
            Self::NonceUnexpected => {
                "the token has a nonce and none is expected: give the one that was sent with the authorization request; \
                 where this service did not begin the sign-in, there is `acceptUncheckedNonce`"
            }
            Self::TokenMissing => server("the request has no access token"),
            Self::RequestInvalid(reason) => server(reason.message()),
            Self::SchemeUnsupported => server("tokens are accepted as `Bearer` alone"),
            Self::TokenBindingRequired(reason) => server(reason.message()),
            Self::DpopInvalid(reason) => server(reason.message()),
            Self::DpopNonceRequired => server("the proof has to have the nonce that the server gives"),
            Self::ReplayDetected => server("the proof was used before"),
            Self::InsufficientAuthentication => server("the sign-in is not strong or not recent enough"),
            Self::InsufficientScope => server("the token lacks a scope"),
            Self::InsufficientPermission => server("the token lacks a permission"),
            Self::CsrfRefused => server(
                "browsers send this token along by themselves, and the request does not come from a page of an own origin",
            ),
            Self::StoreUnavailable => {
                server("the store of used proofs cannot be asked; this is no verdict on the token")
            }
            Self::IntrospectionUnavailable(reason) => {
                return ["the issuer cannot be asked about the token: ", reason.message(), "", ""];
            }
            Self::IntrospectionInvalid => "the issuer's answer about the token is none",
            Self::JwksUnavailable(reason) => return ["the key set is unavailable: ", reason.message(), "", ""],
            Self::JwksInvalid(reason) => reason.message(),
            Self::DiscoveryIssuerMismatch { .. } => {
                "the server's metadata names another issuer: write the issuer as the tokens have it, and the address of \
                 the metadata as `metadataUri` or that of the keys as `jwksUri`"
            }
            Self::DiscoveryInvalid(reason) => reason.message(),
            Self::ResponseTooLarge => "the server's response is larger than the limit",
            Self::StateMismatch => client("the response does not belong to this authorization request"),
            Self::ResponseIssuerMismatch { .. } => client("the response does not come from the server that was asked"),
            Self::AuthorizationResponseInvalid(reason) => client(reason.message()),
            Self::TransactionExpired => client("the authorization request was made too long ago"),
            Self::TransactionMissing => client("this sign-in is not under way in this browser"),
            Self::ReturnToRefused => {
                client("the page to return to must be a path of this application, such as `/notes`")
            }
            Self::AuthorizationError { .. } => client("the authorization server refused the request"),
            Self::PkceUnsupported => client("the authorization server does not offer PKCE with S256"),
            Self::TokenEndpointError { .. } => client("the token endpoint refused the request"),
            Self::TokenResponseInvalid(reason) => client(reason.message()),
            Self::ServerUnavailable(reason) => {
                return ["the authorization server is unavailable: ", reason.message(), "", ""];
            }
            Self::ServerResponseInvalid(reason) => client(reason.message()),
            Self::SessionInvalid => client(
                "a session keeps a JSON object, nested at most 16 deep, that fits into five cookies or into the store",
            ),
            Self::SessionRefreshNeeded => client(
                "the access token has expired, and a refreshed one cannot be kept here: ask for it where the response is \
                 made, in `mount`",
            ),
            Self::SessionEnded => client("the session is over: the user has to sign in again"),
            Self::RefreshUnavailable => {
                client("the access token has expired and cannot be refreshed at the moment; the session goes on")
            }
            Self::EngineUnavailable => {
                "this build has no arithmetic of its own, and the host's cryptography does not verify the token's \
                 algorithm; this is no verdict on the token"
            }
            Self::InternalError => "an internal error; this is no verdict on the token",
        };
        [whole, "", "", ""]
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence::<true, true>().into_iter().try_for_each(|part| f.write_str(part))
    }
}

fn other_kind<'a>(claim: Option<&'a str>, expected: &'a str) -> [&'a str; 4] {
    match claim {
        None => ["`typ` marks this as another kind of token: expected ", expected, "", ""],
        Some(claim) if expected == "id-token" => {
            [CLAIM, claim, "` says that this is no ID token: verify access tokens with `access-token`", ""]
        }
        Some(claim) => [
            CLAIM,
            claim,
            "` says that this is no access token: send that one to APIs, or verify ID tokens with the profile `id-token`",
            "",
        ],
    }
}

/// What to do about a claim that is missing.
fn advice(claim: &str) -> &'static str {
    match claim {
        "aud" => {
            ": ask the issuer for a token that names this service; if it cannot, say with the option `binding` which \
             claim names your client"
        }
        "iss" => ": without it the token belongs to no issuer",
        "exp" => ": a token that never expires is never accepted",
        "sub" => ": for tokens without a subject there is the profile `jwt`",
        _ => "",
    }
}
