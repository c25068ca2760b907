//! The tokens of a session.

use alloc::string::String;

use crate::encoding::json::writer::{self, JsonWriter};
use crate::encoding::json::{self, Members, Value};
use crate::verify::numeric_date::{Rounding, numeric_date};

const MAX_DEPTH: usize = 16;
/// Seconds for which a token counts as good where the server does not say how long it is.
const UNKNOWN_LIFE: u64 = 600;
/// The claims of the sign-in that those of a refresh are compared with (OpenID Connect Core §12.2).
const COMPARED: [&str; 5] = ["iss", "sub", "azp", "auth_time", "nonce"];

/// The tokens of a user, as JSON has them: `issuer`, `accessToken`, `tokenType`, `expiresAt`, `refreshToken`, `idToken`,
/// `scope`, `claims`.
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
}

impl Tokens {
    /// Reads what a client gave, at `now`. `None`: it is none.
    pub fn from_json(text: &str, now: u64) -> Option<Self> {
        let members = json::parse_object(text, MAX_DEPTH).ok()?;
        let text = |name| members.string_or_null(name).ok().map(|text| text.map(String::from));
        let time = |name| {
            members
                .number_or_null(name)
                .ok()?
                .map(|time| numeric_date(time, Rounding::Down))
                .map_or(Some(None), |time| time.map(Some))
        };
        let claims = members.object_or_null("claims").ok()?;
        Some(Self {
            issuer: text("issuer")??,
            access_token: text("accessToken")?,
            token_type: text("tokenType")?,
            expires_at: time("expiresAt")?,
            refresh_token: text("refreshToken")?,
            id_token: text("idToken")?,
            scope: text("scope")?,
            claims: claims.map(|claims| chosen(claims, &mut COMPARED.into_iter())),
            received_at: time("receivedAt")?.unwrap_or(now),
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
            .number("receivedAt", self.received_at);
        if let Some(time) = self.expires_at {
            json = json.number("expiresAt", time);
        }
        if let Some(claims) = &self.claims {
            json = json.json("claims", claims);
        }
        json.end()
    }

    fn ends_at(&self) -> u64 {
        self.expires_at.unwrap_or_else(|| self.received_at.saturating_add(UNKNOWN_LIFE))
    }

    /// Whether the access token can still be used.
    pub fn is_good(&self, now: u64) -> bool {
        let is_unknown = self.expires_at.is_none() && self.refresh_token.is_none();
        self.access_token.is_some() && (is_unknown || now < self.ends_at())
    }

    /// Whether it is time to refresh: a minute before the end, or a tenth of the token's life where that is more, but not
    /// before half of it.
    pub fn is_due(&self, now: u64) -> bool {
        let life = self.ends_at().saturating_sub(self.received_at);
        let before = (life / 10).max(60).min(life / 2);
        self.refresh_token.is_some() && now >= self.ends_at().saturating_sub(before)
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
            chosen: chosen(claims, &mut names.iter().map(String::as_str)),
        })
    }
}

fn chosen(claims: &Members<'_>, names: &mut dyn Iterator<Item = &str>) -> String {
    let mut json = JsonWriter::new();
    for name in names {
        if let Some(value) = claims.get(name) {
            json = json.member(name, &writer::value(value));
        }
    }
    json.end()
}
