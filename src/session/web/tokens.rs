//! The tokens of a session.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::writer::{JsonWriter, array};
use crate::encoding::json::{self, Members, Value};
use crate::verify::numeric_date::{Rounding, numeric_date};

const MAX_DEPTH: usize = 16;
/// Seconds for which a token counts as good where the server does not say how long it is.
const UNKNOWN_LIFE: u64 = 600;
/// The claims of the sign-in that those of a refresh are compared with (OpenID Connect Core §12.2).
const COMPARED: [&str; 5] = ["iss", "sub", "azp", "auth_time", "nonce"];

/// The tokens of a user, as JSON has them: `issuer`, `accessToken`, `tokenType`, `expiresAt`, `refreshToken`, `idToken`,
/// `scope`, `claims`, `resource`, `others`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the members are what their names say")]
pub struct Tokens {
    pub issuer: String,
    pub access_token: Option<String>,
    pub token_type: Option<String>,
    /// In seconds since the epoch. `None`: the server did not say.
    pub expires_at: Option<u64>,
    pub refresh_token: Option<String>,
    pub id_token: Option<String>,
    pub scope: Option<String>,
    /// Those claims of the sign-in, as JSON, that an ID token of a refresh is compared with
    pub claims: Option<String>,
    /// When they came, in seconds since the epoch
    pub received_at: u64,
    /// The resource that the access token is for, where one was named (RFC 8707)
    pub resource: Option<String>,
    /// The access tokens for other resources
    pub others: Vec<ResourceToken>,
    /// How many refreshes there were, which tells older tokens of a session from newer ones
    pub generation: u64,
}

/// An access token for one resource, beside that of the sign-in.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the members are what their names say")]
pub struct ResourceToken {
    pub resource: String,
    pub access_token: String,
    pub token_type: Option<String>,
    pub expires_at: Option<u64>,
    pub received_at: u64,
}

/// An access token, and what kind of one it is: `Bearer` or `DPoP`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the members are what their names say")]
pub struct AccessToken {
    pub access_token: String,
    pub token_type: Option<String>,
}

/// How long an access token is good.
#[derive(Clone, Copy)]
struct Life {
    received_at: u64,
    ends_at: u64,
}

impl Life {
    fn new(received_at: u64, expires_at: Option<u64>) -> Self {
        let ends_at = expires_at.unwrap_or_else(|| received_at.saturating_add(UNKNOWN_LIFE));
        Self { received_at, ends_at }
    }
}

impl Tokens {
    /// Reads what a client gave, at `now`. `None`: it is none.
    pub fn from_json(tokens: &str, now: u64) -> Option<Self> {
        let members = json::parse_object(tokens, MAX_DEPTH).ok()?;
        let text = |name| text(&members, name);
        let claims = members.object_or_null("claims").ok()?;
        let others = match members.array_or_null("others").ok()? {
            Some(others) => others.iter().map(ResourceToken::read).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        Some(Self {
            issuer: text("issuer")??,
            access_token: text("accessToken")?,
            token_type: text("tokenType")?,
            expires_at: time(&members, "expiresAt")?,
            refresh_token: text("refreshToken")?,
            id_token: text("idToken")?,
            scope: text("scope")?,
            claims: claims.map(|_| chosen(tokens, &mut COMPARED.into_iter())),
            received_at: time(&members, "receivedAt")?.unwrap_or(now),
            resource: text("resource")?,
            others,
            generation: time(&members, "generation")?.unwrap_or_default(),
        })
    }

    /// As [`Tokens::from_json`] reads it.
    pub fn to_json(&self) -> String {
        let mut json = JsonWriter::new()
            .text("issuer", &self.issuer)
            .text_if("accessToken", self.access_token.as_deref())
            .text_if("tokenType", self.token_type.as_deref())
            .text_if("refreshToken", self.refresh_token.as_deref())
            .text_if("idToken", self.id_token.as_deref())
            .text_if("scope", self.scope.as_deref())
            .text_if("resource", self.resource.as_deref())
            .number("receivedAt", self.received_at);
        if let Some(time) = self.expires_at {
            json = json.number("expiresAt", time);
        }
        if let Some(claims) = &self.claims {
            json = json.json("claims", claims);
        }
        if !self.others.is_empty() {
            json = json.json("others", &array(self.others.iter().map(ResourceToken::to_json)));
        }
        if self.generation > 0 {
            json = json.number("generation", self.generation);
        }
        json.end()
    }

    /// Whether there is a token at all.
    pub(super) const fn is_any(&self) -> bool {
        self.access_token.is_some() || self.refresh_token.is_some() || self.id_token.is_some()
    }

    /// Whether a resource has a token of its own, beside that of the sign-in. None is named: the latter.
    pub(super) fn is_other(&self, resource: Option<&str>) -> bool {
        resource.is_some() && resource != self.resource.as_deref()
    }

    fn other(&self, resource: Option<&str>) -> Option<&ResourceToken> {
        self.others.iter().find(|other| Some(other.resource.as_str()) == resource)
    }

    /// The access token that there is for a resource, good or not.
    pub fn access_token_for(&self, resource: Option<&str>) -> Option<AccessToken> {
        let (access_token, token_type) = if self.is_other(resource) {
            let other = self.other(resource)?;
            (Some(&other.access_token), &other.token_type)
        } else {
            (self.access_token.as_ref(), &self.token_type)
        };
        Some(AccessToken { access_token: access_token?.clone(), token_type: token_type.clone() })
    }

    /// `None`: there is no token for the resource, and was none.
    fn life(&self, resource: Option<&str>) -> Option<Life> {
        if self.is_other(resource) {
            return self.other(resource).map(ResourceToken::life);
        }
        Some(Life::new(self.received_at, self.expires_at))
    }

    /// When the access token for a resource came.
    pub(super) fn received_at(&self, resource: Option<&str>) -> u64 {
        self.life(resource).map_or(0, |life| life.received_at)
    }

    /// Whether the access token for a resource can still be used.
    pub fn is_good(&self, resource: Option<&str>, now: u64) -> bool {
        let is_unknown = self.expires_at.is_none() && self.refresh_token.is_none() && !self.is_other(resource);
        self.access_token_for(resource).is_some()
            && (is_unknown || self.life(resource).is_some_and(|life| now < life.ends_at))
    }

    /// Whether it is time to refresh: a minute before the end, or a tenth of the token's life where that is more, but not
    /// before half of it.
    pub fn is_due(&self, resource: Option<&str>, now: u64) -> bool {
        let Some(life) = self.life(resource) else { return self.refresh_token.is_some() };
        let length = life.ends_at.saturating_sub(life.received_at);
        let before = (length / 10).max(60).min(length / 2);
        self.refresh_token.is_some() && now >= life.ends_at.saturating_sub(before)
    }

    /// These tokens after a refresh for a resource at `now`. What did not come with it goes on.
    pub(super) fn refreshed(&self, resource: Option<&str>, answer: Self, now: u64) -> Self {
        let mut next = self.clone();
        next.generation = self.generation.saturating_add(1);
        next.refresh_token = answer.refresh_token.or(next.refresh_token);
        next.id_token = answer.id_token.or(next.id_token);
        // What is over would only be in the way.
        next.others.retain(|other| Some(other.resource.as_str()) != resource && now < other.life().ends_at);
        match (resource.filter(|_| self.is_other(resource)), answer.access_token) {
            (Some(resource), Some(access_token)) => next.others.push(ResourceToken {
                resource: resource.into(),
                access_token,
                token_type: answer.token_type,
                expires_at: answer.expires_at,
                received_at: now,
            }),
            (Some(_), None) => {}
            (None, access_token) => {
                next.access_token = access_token;
                next.token_type = answer.token_type;
                next.expires_at = answer.expires_at;
                next.received_at = now;
                next.scope = answer.scope.or(next.scope);
                next.claims = answer.claims.or(next.claims);
            }
        }
        next
    }
}

impl ResourceToken {
    fn read(value: &Value<'_>) -> Option<Self> {
        let Value::Object(members) = value else { return None };
        Some(Self {
            resource: text(members, "resource")??,
            access_token: text(members, "accessToken")??,
            token_type: text(members, "tokenType")?,
            expires_at: time(members, "expiresAt")?,
            received_at: time(members, "receivedAt")??,
        })
    }

    fn to_json(&self) -> String {
        let mut json = JsonWriter::new()
            .text("resource", &self.resource)
            .text("accessToken", &self.access_token)
            .text_if("tokenType", self.token_type.as_deref())
            .number("receivedAt", self.received_at);
        if let Some(time) = self.expires_at {
            json = json.number("expiresAt", time);
        }
        json.end()
    }

    fn life(&self) -> Life {
        Life::new(self.received_at, self.expires_at)
    }
}

/// A text that may be absent. `None`: it is none.
#[allow(clippy::option_option, reason = "absent is one thing, and wrong another")]
fn text(members: &Members<'_>, name: &str) -> Option<Option<String>> {
    members.string_or_null(name).ok().map(|text| text.map(String::from))
}

/// A time that may be absent, or a count. `None`: it is none.
#[allow(clippy::option_option, reason = "absent is one thing, and wrong another")]
fn time(members: &Members<'_>, name: &str) -> Option<Option<u64>> {
    match members.number_or_null(name).ok()? {
        None => Some(None),
        Some(time) => numeric_date(time, Rounding::Down).map(Some),
    }
}

/// The claims of a JSON object of tokens.
pub(super) struct UserClaims {
    pub(super) subject: String,
    pub(super) sid: Option<String>,
    /// The chosen ones, as JSON
    pub(super) chosen: String,
}

impl UserClaims {
    pub(super) fn of_tokens(text: &str, names: &[String]) -> Option<Self> {
        let members = json::parse_object(text, MAX_DEPTH).ok()?;
        let Some(Value::Object(claims)) = members.get("claims") else { return None };
        let subject = claims.string("sub").ok()??;
        let sid = claims.string("sid").ok().flatten();
        Some(Self {
            subject: subject.into(),
            sid: sid.map(String::from),
            chosen: chosen(text, &mut names.iter().map(String::as_str)),
        })
    }
}

/// Some of the claims of a JSON object of tokens, as they are written in it.
fn chosen(tokens: &str, names: &mut dyn Iterator<Item = &str>) -> String {
    let claims = json::member_text(tokens, "claims", MAX_DEPTH).unwrap_or_default();
    let mut json = JsonWriter::new();
    for name in names {
        if let Some(value) = json::member_text(claims, name, MAX_DEPTH) {
            json = json.member(name, value);
        }
    }
    json.end()
}
