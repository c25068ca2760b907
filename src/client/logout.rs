//! Signing out: at the server, from here (RP-Initiated Logout), and here, from the server (Back-Channel Logout).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq;

use crate::client::client::Client;
use crate::client::redirect_uri::is_redirect_uri;
use crate::encoding::base64url;
use crate::encoding::form;
use crate::encoding::json::Value;
use crate::encoding::url::append_query;
use crate::error::{ClaimReason, ConfigError, Error, ResponseReason};
use crate::verify::builder::VerifierBuilder;
use crate::verify::claims::{Claims, ReadClaims};
use crate::verify::expectations::Expectations;
use crate::verify::numeric_date::Rounding;
use crate::verify::profile::Profile;
use crate::verify::verifier::{VerifiedToken, Verifier};

/// The event of a logout token (Back-Channel Logout §2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Parameters that this library sets itself.
const RESERVED: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

/// What a request to sign out says (RP-Initiated Logout §2).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutParams {
    /// The ID token of the session, so that the server need not ask
    pub id_token_hint: Option<String>,
    /// Where the browser comes back to, as it is registered
    pub post_logout_redirect_uri: Option<String>,
    /// What comes back with the browser. Default: a random text, where it comes back at all; an empty one: nothing
    pub state: Option<String>,
    /// Other parameters, such as `logout_hint` or `ui_locales`
    pub params: Vec<(String, String)>,
}

impl fmt::Debug for LogoutParams {
    /// Without the ID token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutParams")
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .finish_non_exhaustive()
    }
}

/// The URL to send the browser to.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutUrl {
    /// The URL
    pub url: String,
    /// What comes back with the browser, where it comes back: compare it with [`check_logout_response`]
    pub state: Option<String>,
}

impl fmt::Debug for LogoutUrl {
    /// Without the URL: it has the ID token in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutUrl").finish_non_exhaustive()
    }
}

/// Checks that the browser has come back from the sign-out that it was sent to. `response` is the query.
///
/// # Errors
/// [`Error::StateMismatch`], and [`Error::AuthorizationResponseInvalid`] when the query is none or has no single `state`.
pub fn check_logout_response(response: &str, state: &str) -> Result<(), Error> {
    let invalid = Error::AuthorizationResponseInvalid;
    let query = response.strip_prefix('?').unwrap_or(response);
    let parameters = form::parse(query).map_err(|_| invalid(ResponseReason::Encoding))?;
    let mut states = parameters.iter().filter(|(name, _)| name == "state").map(|(_, value)| value);
    match (states.next(), states.next()) {
        (None, _) => Err(invalid(ResponseReason::StateMissing)),
        (_, Some(_)) => Err(invalid(ResponseReason::Repeated)),
        (Some(actual), None) if bool::from(actual.as_bytes().ct_eq(state.as_bytes())) => Ok(()),
        _ => Err(Error::StateMismatch),
    }
}

/// What a logout token says (Back-Channel Logout §2.4): which session, or whose sessions, to end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutToken {
    /// The issuer
    pub issuer: String,
    /// The user. Without a session, all sessions of this user end.
    pub subject: Option<String>,
    /// The session
    pub session_id: Option<String>,
    /// The token's identifier: a token counts once. Keep it until `expires_at`.
    pub jti: String,
    /// Seconds since the epoch. Sessions that began later stay.
    pub issued_at: u64,
    /// Seconds since the epoch
    pub expires_at: u64,
}

impl LogoutToken {
    /// Reads a token that a verifier made by [`Client::logout_token_verifier`] has accepted.
    ///
    /// # Errors
    /// [`Error::ClaimMissing`] without `events`, `jti`, `iat`, or both `sub` and `sid`; [`Error::ClaimInvalid`] for
    /// `events` without the one of sign-out, for a `nonce`, and for a claim of the wrong type.
    pub fn read(token: &VerifiedToken) -> Result<Self, Error> {
        Self::of_claims(token.claims())
    }

    pub(super) fn of_claims(claims: &Claims) -> Result<Self, Error> {
        let missing = |claim: &str| Error::ClaimMissing { claim: claim.to_owned() };
        let invalid = |claim: &str, fault| Error::ClaimInvalid { claim: claim.to_owned(), fault };
        let claims = claims.read();
        let Value::Object(events) = claims.get("events").ok_or(missing("events"))? else {
            return Err(invalid("events", ClaimReason::Type));
        };
        if !matches!(events.get(EVENT), Some(Value::Object(_))) {
            return Err(invalid("events", ClaimReason::Value));
        }
        if claims.get("nonce").is_some() {
            return Err(invalid("nonce", ClaimReason::Value));
        }
        let (subject, session_id) = (text(&claims, "sub")?, text(&claims, "sid")?);
        if subject.is_none() && session_id.is_none() {
            return Err(missing("sub"));
        }
        Ok(Self {
            issuer: claims.issuer().unwrap_or_default().to_owned(),
            subject,
            session_id,
            jti: text(&claims, "jti")?.ok_or(missing("jti"))?,
            issued_at: claims.date("iat", Rounding::Up).ok_or(missing("iat"))?,
            expires_at: claims.date("exp", Rounding::Down).ok_or(missing("exp"))?,
        })
    }
}

fn text(claims: &ReadClaims<'_>, claim: &str) -> Result<Option<String>, Error> {
    let invalid = |fault| Err(Error::ClaimInvalid { claim: claim.to_owned(), fault });
    match claims.get(claim) {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => invalid(ClaimReason::Empty),
        Some(Value::String(text)) => Ok(Some((**text).to_owned())),
        Some(_) => invalid(ClaimReason::Type),
    }
}

impl Client {
    /// Seconds since a logout token was made (`iat`), after which it ends nothing: its life is to be two minutes at most
    /// (Back-Channel Logout §2.4), and the server's clock may differ.
    pub const MAX_LOGOUT_TOKEN_AGE: u64 = 300;

    /// The URL that signs the user out at the server (RP-Initiated Logout §2). `entropy` is 32 bytes of a cryptographic
    /// random number generator, never used before.
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no end session endpoint, the address to come back to is none, or a parameter is
    /// one that this library sets.
    ///
    /// # Example
    /// ```
    /// use countersign::client::{Client, LogoutParams, Server, check_logout_response};
    ///
    /// # let entropy = [7; 32];
    /// let mut server = Server::new("https://id.example");
    /// server.end_session_endpoint = Some("https://id.example/end".into());
    /// let client = Client::builder(server, "app").build()?;
    /// let mut params = LogoutParams::default();
    /// params.post_logout_redirect_uri = Some("https://app.example/bye".into());
    /// let logout = client.logout_url(&params, &entropy)?;
    /// assert!(logout.url.starts_with("https://id.example/end?client_id=app&post_logout_redirect_uri="));
    ///
    /// let state = logout.state.unwrap_or_default();
    /// check_logout_response(&format!("state={state}"), &state)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn logout_url(&self, params: &LogoutParams, entropy: &[u8; 32]) -> Result<LogoutUrl, ConfigError> {
        let endpoint = self.server.end_session_endpoint.as_deref();
        let problem = "is missing: the server has none, as far as is known";
        let endpoint = endpoint.ok_or(ConfigError { option: "end_session_endpoint", problem })?;
        let mut query = String::new();
        let mut parameter = |name: &str, value: &str| form::append(&mut query, name, value);
        if let Some(token) = &params.id_token_hint {
            parameter("id_token_hint", token);
        }
        parameter("client_id", &self.client_id);
        let mut state = None;
        if let Some(uri) = &params.post_logout_redirect_uri {
            if !is_redirect_uri(uri) {
                let problem = "must be an https URL (http on loopback) or a URI of an app's own scheme, as registered";
                return Err(ConfigError { option: "post_logout_redirect_uri", problem });
            }
            parameter("post_logout_redirect_uri", uri);
            let text = params.state.clone().unwrap_or_else(|| base64url::encode(entropy));
            state = (!text.is_empty()).then_some(text);
            if let Some(text) = &state {
                parameter("state", text);
            }
        }
        for (name, value) in &params.params {
            if name.is_empty() || RESERVED.contains(&name.as_str()) {
                let problem = "names a parameter that this library sets itself, or none";
                return Err(ConfigError { option: "params", problem });
            }
            parameter(name, value);
        }
        Ok(LogoutUrl { url: append_query(endpoint, &query), state })
    }

    /// Begins a verifier of logout tokens for this client (Back-Channel Logout §2.6): `exp` has to be there, and `iat` is five
    /// minutes ago at most. For a server that does not write `logout+jwt` into `typ`, say what it writes with
    /// [`VerifierBuilder::typ`]; for one whose deliveries are later, how late with [`VerifierBuilder::max_token_age`].
    pub fn logout_token_verifier(&self) -> VerifierBuilder {
        let builder = Verifier::builder().issuer(&self.server.issuer).audience(&self.client_id);
        let builder = builder.profile(Profile::Jwt).typ("logout+jwt").max_token_age(Self::MAX_LOGOUT_TOKEN_AGE);
        ["iat", "jti", "events"].into_iter().fold(builder, VerifierBuilder::required_claim)
    }

    /// Verifies a logout token, with keys that are at hand. Whether its `jti` came before is for your store to say.
    ///
    /// # Errors
    /// Those of [`Verifier::verify`] and of [`LogoutToken::read`].
    pub fn verify_logout_token(&self, verifier: &Verifier, token: &str, now: u64) -> Result<LogoutToken, Error> {
        LogoutToken::read(&verifier.verify_with(token, &Expectations::default(), now)?)
    }
}
