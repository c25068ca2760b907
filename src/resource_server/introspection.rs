//! What an authorization server's answer about a token means at a protected resource (RFC 7662 §2.2, RFC 9701).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::json::writer::JsonWriter;
use crate::encoding::json::{self, Members, Value};
use crate::error::{BindingReason, ConfigError, Error, SizeReason};
use crate::verify::builder::VerifierBuilder;
use crate::verify::claims::Claims;
use crate::verify::introspection_answer;
use crate::verify::numeric_date::{Rounding, numeric_date};
use crate::verify::policy::DEFAULT_CLOCK_TOLERANCE;
use crate::verify::verifier::VerifiedToken;

const MAX_DEPTH: usize = 16;

/// The longest token that anybody is asked about, in bytes.
const MAX_TOKEN: usize = 16_384;

/// The longest time for which an answer is remembered, in seconds.
const MAX_LIFETIME: u64 = 3600;

const TEXTS: [&str; 9] = ["iss", "sub", "scope", "client_id", "username", "token_type", "token_use", "typ", "jti"];
const TIMES: [&str; 3] = ["exp", "iat", "nbf"];

/// The members in which servers say of what kind a token is: RFC 7662 §2.2, Cognito and Keycloak.
const KINDS: [&str; 3] = ["token_type", "token_use", "typ"];

/// Whether a token is for a [`Verifier`](crate::Verifier): three segments of base64url (RFC 7515 §7.1). Every other says nothing by itself,
/// and its server has to be asked.
///
/// # Example
/// ```
/// use countersign::resource_server::is_jwt;
///
/// assert!(is_jwt("e30.e30.c2ln") && !is_jwt("2YotnFZFEjr1zCsicMWpAA"));
/// ```
pub fn is_jwt(token: &str) -> bool {
    let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().all(base64url::is_digit);
    token.split('.').count() == 3 && token.split('.').all(is_segment)
}

/// The rules for answers about tokens: who may be meant, and for how long an answer counts.
///
/// # Example
/// ```
/// use countersign::resource_server::Introspection;
///
/// let rules = Introspection::new("https://id.example", ["https://api.example"]);
/// let claims = rules.claims(br#"{"active":true,"sub":"alice","exp":1800000600}"#, 1_800_000_000)?;
/// assert_eq!((claims.issuer(), claims.subject()), (Some("https://id.example"), Some("alice")));
///
/// let error = rules.claims(br#"{"active":false}"#, 1_800_000_000).unwrap_err();
/// assert_eq!((error.code().as_str(), error.status()), ("token_expired", 401));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Introspection {
    issuer: String,
    audience: Vec<String>,
    clock_tolerance: u64,
    lifetime: Option<u64>,
}

impl Introspection {
    /// Answers of this issuer, about tokens for one of these audiences. An answer without `aud` is about a token for whoever
    /// asks.
    pub fn new<S: Into<String>>(issuer: impl Into<String>, audience: impl IntoIterator<Item = S>) -> Self {
        let audience = audience.into_iter().map(Into::into).collect();
        Self { issuer: issuer.into(), audience, clock_tolerance: DEFAULT_CLOCK_TOLERANCE, lifetime: None }
    }

    /// Seconds that clocks may differ. Default 30.
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.clock_tolerance = seconds;
        self
    }

    /// For how long an answer is remembered, in seconds: 1 to 3600. A token that is revoked counts so much longer. Default:
    /// each request is asked about.
    ///
    /// # Errors
    /// [`ConfigError`] for another time.
    pub fn lifetime(mut self, seconds: u64) -> Result<Self, ConfigError> {
        if !(1..=MAX_LIFETIME).contains(&seconds) {
            return Err(ConfigError { option: "lifetime", problem: "must be 1 to 3600 seconds" });
        }
        self.lifetime = Some(seconds);
        Ok(self)
    }

    /// Whether anybody is asked about a token at all.
    ///
    /// # Errors
    /// [`Error::TokenTooLarge`]
    pub const fn check(&self, token: &str) -> Result<(), Error> {
        if token.len() > MAX_TOKEN { Err(Error::TokenTooLarge(SizeReason::Token)) } else { Ok(()) }
    }

    /// Until when an answer with these claims is remembered, in seconds since the epoch: never beyond the token's end.
    /// `None`: it is not.
    pub fn remembered_until(&self, claims: &Claims, now: u64) -> Option<u64> {
        let end = now.saturating_add(self.lifetime?);
        claims.expires_at().map(|expiry| end.min(expiry)).filter(|end| now < *end)
    }

    /// The claims of an active token that is for us, by the body of the answer. `now` is in seconds since the epoch.
    ///
    /// # Errors
    /// [`Error::IntrospectionInvalid`] for a body that is no answer. Of the token: [`Error::TokenExpired`] where it is not
    /// active, be it over, revoked, or another server's, [`Error::TypMismatch`] where it is no access token,
    /// [`Error::IssuerMismatch`], [`Error::AudienceMismatch`], [`Error::ClaimMissing`] without `exp`,
    /// [`Error::TokenNotYetValid`], and [`Error::TokenBindingRequired`] for a token that needs a proof of a key that is not
    /// named.
    pub fn claims(&self, body: &[u8], now: u64) -> Result<Claims, Error> {
        let text = core::str::from_utf8(body).map_err(|_| Error::IntrospectionInvalid)?;
        let answer = json::parse_object(text, MAX_DEPTH).map_err(|_| Error::IntrospectionInvalid)?;
        self.check_answer(&answer, now)?;
        if answer.contains("iss") {
            return Ok(Claims::new(text.to_owned()));
        }
        // The server that was asked is the one that the token comes from. An answer has a member, `active`.
        let rest = text.trim_start().strip_prefix('{').ok_or(Error::InternalError)?;
        let issuer = JsonWriter::new().text("iss", &self.issuer).end();
        Ok(Claims::new([issuer.trim_end_matches('}'), ",", rest].concat()))
    }

    /// The verifier of signed answers (RFC 9701 §5), which are for the client that asks, of this moment, and have no `exp`:
    /// give it the issuer's keys.
    pub fn answer_verifier(&self, client_id: impl Into<String>) -> VerifierBuilder {
        introspection_answer::verifier(&self.issuer, &client_id.into()).clock_tolerance(self.clock_tolerance)
    }

    /// [`Introspection::claims`], by a signed answer that [`Introspection::answer_verifier`] lets pass.
    ///
    /// # Errors
    /// As [`Introspection::claims`].
    pub fn signed_claims(&self, answer: &VerifiedToken, now: u64) -> Result<Claims, Error> {
        self.claims(introspection_answer::of_claims(answer.claims().json())?.as_bytes(), now)
    }

    fn check_answer(&self, answer: &Members<'_>, now: u64) -> Result<(), Error> {
        let Some(Value::Bool(is_active)) = answer.get("active") else { return Err(Error::IntrospectionInvalid) };
        if !TEXTS.iter().all(|name| answer.string(name).is_ok()) {
            return Err(Error::IntrospectionInvalid);
        }
        let time = |name: &str| match answer.number(name) {
            Ok(None) => Ok(None),
            Ok(Some(number)) => numeric_date(number, Rounding::Up).map(Some).ok_or(Error::IntrospectionInvalid),
            Err(_) => Err(Error::IntrospectionInvalid),
        };
        for name in TIMES {
            time(name)?;
        }
        let audience = audience(answer)?;
        let (exp, nbf) = (time("exp")?, time("nbf")?);
        if !is_active {
            return Err(Error::TokenExpired { now, exp: exp.unwrap_or(now) });
        }
        let text = |name| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        if let Some(name) = KINDS.into_iter().find(|name| is_of_another_kind(text(name))) {
            let (claim, actual) = (Some(name.to_owned()), Some(text(name).to_owned()));
            return Err(Error::TypMismatch { claim, expected: "access token".to_owned(), actual });
        }
        if answer.contains("iss") && text("iss") != self.issuer {
            return Err(Error::IssuerMismatch { expected: self.issuer.clone(), actual: text("iss").to_owned() });
        }
        if let Some(actual) = audience
            && !actual.iter().any(|one| self.audience.iter().any(|own| own == one))
        {
            let (expected, actual) = (self.audience.join(" "), actual.join(" "));
            return Err(Error::AudienceMismatch { claim: "aud".to_owned(), expected, actual });
        }
        let exp = exp.ok_or_else(|| Error::ClaimMissing { claim: "exp".to_owned() })?;
        if now >= exp.saturating_add(self.clock_tolerance) {
            return Err(Error::TokenExpired { now, exp });
        }
        if let Some(from) = nbf
            && now.saturating_add(self.clock_tolerance) < from
        {
            return Err(Error::TokenNotYetValid { claim: "nbf", now, from });
        }
        let key = answer.object_or_null("cnf").ok().flatten().and_then(|confirmation| confirmation.get("jkt"));
        if text("token_type").eq_ignore_ascii_case("dpop") && key.is_none() {
            return Err(BindingReason::Unknown.into());
        }
        Ok(())
    }
}

/// `aud`, one or more, if it is there.
fn audience<'a>(answer: &'a Members<'_>) -> Result<Option<Vec<&'a str>>, Error> {
    match answer.get("aud") {
        None => Ok(None),
        Some(Value::Array(several)) => {
            several.iter().map(Value::as_str).collect::<Option<_>>().map(Some).ok_or(Error::IntrospectionInvalid)
        }
        Some(one) => one.as_str().map(|one| Some(alloc::vec![one])).ok_or(Error::IntrospectionInvalid),
    }
}

/// `refresh_token`, `Offline`, `ID` and the like.
fn is_of_another_kind(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    let name =
        kind.strip_suffix("token").map_or(kind.as_str(), |name| name.strip_suffix([' ', '_', '-']).unwrap_or(name));
    ["refresh", "offline", "id"].contains(&name)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use super::*;

    const NOW: u64 = 1_800_000_000;
    const ISSUER: &str = "https://id.example";

    fn rules() -> Introspection {
        Introspection::new(ISSUER, ["https://api.example"])
    }

    /// Also for js/guard/introspected.ts.
    #[test]
    fn an_answer_is_about_an_active_access_token_for_us() {
        let table = include_str!("../../tests/corpus/introspection/answers.json");
        let rows: Vec<(String, String)> = serde_json::from_str(table).unwrap();
        assert!(rows.len() > 40);
        for (answer, expected) in rows {
            let answer = answer.replace("<issuer>", ISSUER).replace("<resource>", "https://api.example");
            let times = [-30_i64, -29, 30, 31, 600];
            let answer = times.iter().fold(answer, |answer, seconds| {
                let time = NOW.checked_add_signed(*seconds).unwrap();
                answer.replace(&format!("<now{seconds:+}>"), &time.to_string())
            });
            let outcome = match rules().claims(answer.as_bytes(), NOW) {
                Ok(_) => "in".to_owned(),
                Err(error) => format!("{} {}", error.status(), error.code()),
            };
            assert_eq!(outcome, expected, "{answer}");
        }
        for other in [&b"\xff"[..], br#"{"active":true,"active":true}"#, br#"{"active":false,"exp":1e400}"#] {
            assert_eq!(rules().claims(other, NOW), Err(Error::IntrospectionInvalid));
        }
    }

    #[test]
    fn the_issuer_is_that_of_the_server_that_was_asked() {
        let body = format!(" {{ \"active\": true, \"exp\": {} }} ", NOW + 60);
        let claims = rules().claims(body.as_bytes(), NOW).unwrap();
        assert_eq!((claims.issuer(), claims.expires_at()), (Some(ISSUER), Some(NOW + 60)));
        assert!(Claims::from_json(claims.json()).is_ok());
    }

    #[test]
    fn an_answer_is_remembered_up_to_the_end_of_the_token() {
        let claims = |exp| Claims::new(format!(r#"{{"exp":{exp}}}"#));
        assert_eq!(rules().remembered_until(&claims(NOW + 60), NOW), None);
        let rules = rules().lifetime(60).unwrap();
        assert_eq!(rules.remembered_until(&claims(NOW + 90), NOW), Some(NOW + 60));
        assert_eq!(rules.remembered_until(&claims(NOW + 30), NOW), Some(NOW + 30));
        assert_eq!(rules.remembered_until(&claims(NOW), NOW), None);
        assert!(self::rules().lifetime(0).is_err() && self::rules().lifetime(3601).is_err());
    }

    #[test]
    fn tokens_that_are_no_jwts() {
        for (token, expected) in
            [("a.b.c", true), ("a.b", false), ("a..c", false), ("a.b.c.d", false), ("a.b.c=", false), ("", false)]
        {
            assert_eq!(is_jwt(token), expected, "{token}");
        }
        assert_eq!(rules().check(&"a".repeat(MAX_TOKEN)), Ok(()));
        assert!(rules().check(&"a".repeat(MAX_TOKEN + 1)).is_err());
    }

    #[test]
    fn a_member_of_a_signed_answer_is_written_as_it_was() {
        let claims = r#"{"a":{"b":[1.5,true,null,"\u0001\""],"c":1800000000,"d":1e21}}"#;
        let members = json::parse_object(claims, 8).unwrap();
        let written = "{\"b\":[1.5,true,null,\"\\u0001\\\"\"],\"c\":1800000000,\"d\":1000000000000000000000}";
        assert_eq!(crate::encoding::json::writer::value(members.get("a").unwrap()), written);
    }
}
