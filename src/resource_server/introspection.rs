//! What an authorization server's answer about a token means at a protected resource (RFC 7662 §2.2, RFC 9701).

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::encoding::base64url;
use crate::encoding::json::writer::JsonWriter;
use crate::error::{ConfigError, Error, SizeReason};
use crate::verify::builder::VerifierBuilder;
use crate::verify::claims::Claims;
use crate::verify::policy::Policy;
use crate::verify::verifier::{VerifiedToken, Verifier};
use crate::verify::{introspected, introspection_answer};

/// The longest token that anybody is asked about, in bytes.
const MAX_TOKEN: usize = 16_384;

/// The longest time for which an answer is remembered, in seconds.
const MAX_LIFETIME: u64 = 3600;

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
    policy: Policy,
    lifetime: Option<u64>,
}

impl Introspection {
    /// Answers of this issuer, about tokens for one of these audiences. An answer without `aud` is about a token for whoever
    /// asks.
    pub fn new<S: Into<String>>(issuer: impl Into<String>, audience: impl IntoIterator<Item = S>) -> Self {
        let audience = audience.into_iter().map(Into::into).collect();
        Self { policy: Policy::new(issuer.into(), audience), lifetime: None }
    }

    /// Answers about tokens of a verifier's issuer, by its rules as far as they do not need a JWT: the spellings of the issuer,
    /// the audience or the binding, the subject, the claims that are required, the age and the clock tolerance.
    ///
    /// # Example
    /// ```
    /// use countersign::Verifier;
    /// use countersign::resource_server::Introspection;
    /// use countersign::verify::Binding;
    ///
    /// let clients = Binding::new("client_id", ["web"]);
    /// let rules = Introspection::like(&Verifier::builder().issuer("https://id.example").binding(clients).build()?);
    /// let of = |client: &str| {
    ///     let answer = format!(r#"{{"active":true,"client_id":"{client}","exp":1800000600}}"#);
    ///     rules.claims(answer.as_bytes(), 1_800_000_000).map_err(|error| error.code().as_str())
    /// };
    /// assert!(of("web").is_ok());
    /// assert_eq!(of("another"), Err("audience_mismatch"));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    pub fn like(verifier: &Verifier) -> Self {
        Self { policy: verifier.policy().clone(), lifetime: None }
    }

    /// Seconds that clocks may differ. Default 30.
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.policy.clock_tolerance = seconds;
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
    /// [`Error::TokenBindingRequired`] for one that needs a proof of a key that is not named, and for the rest what
    /// [`Verifier::verify`] says of claims: [`Error::IssuerMismatch`], [`Error::AudienceMismatch`], [`Error::ClaimMissing`]
    /// without `exp`, [`Error::TokenNotYetValid`] and so on.
    pub fn claims(&self, body: &[u8], now: u64) -> Result<Claims, Error> {
        let answer = introspected::check(body, &self.policy, now)?;
        let text = core::str::from_utf8(body).map_err(|_| Error::IntrospectionInvalid)?;
        if answer.contains("iss") {
            return Ok(Claims::new(text.to_owned()));
        }
        // The server that was asked is the one that the token comes from. An answer has a member, `active`.
        let rest = text.trim_start().strip_prefix('{').ok_or(Error::InternalError)?;
        let issuer = JsonWriter::new().text("iss", &self.policy.issuer.name).end();
        Ok(Claims::new([issuer.trim_end_matches('}'), ",", rest].concat()))
    }

    /// The verifier of signed answers (RFC 9701 §5), which are for the client that asks, of this moment, and have no `exp`:
    /// give it the issuer's keys.
    pub fn answer_verifier(&self, client_id: impl Into<String>) -> VerifierBuilder {
        introspection_answer::verifier(&self.policy.issuer.name, &client_id.into())
            .clock_tolerance(self.policy.clock_tolerance)
    }

    /// [`Introspection::claims`], by a signed answer that [`Introspection::answer_verifier`] lets pass.
    ///
    /// # Errors
    /// As [`Introspection::claims`].
    pub fn signed_claims(&self, answer: &VerifiedToken, now: u64) -> Result<Claims, Error> {
        self.claims(introspection_answer::of_claims(answer.claims().json())?.as_bytes(), now)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use super::*;
    use crate::verify::binding::Binding;

    const NOW: u64 = 1_800_000_000;
    const ISSUER: &str = "https://id.example";

    fn rules() -> Introspection {
        Introspection::new(ISSUER, ["https://api.example"])
    }

    /// Also for tests/js/introspection.test.mjs, by the core in wasm.
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
    fn the_rules_of_a_verifier_hold_for_tokens_that_are_no_jwts() {
        let binding = Binding::new("client_id", ["web"]).token_use("use", "access");
        let builder = Verifier::builder().issuer(ISSUER).issuer_alias("id.example").binding(binding);
        let builder = builder.subject("alice").required_claim("scope").max_token_age(60).clock_tolerance(5);
        let rules = Introspection::like(&builder.build().unwrap());
        let good = [
            ("active", "true".to_owned()),
            ("exp", (NOW + 60).to_string()),
            ("iat", (NOW - 60).to_string()),
            ("client_id", r#""web""#.to_owned()),
            ("use", r#""access""#.to_owned()),
            ("sub", r#""alice""#.to_owned()),
            ("scope", r#""read""#.to_owned()),
        ];
        let with = |name: &str, value: Option<&str>| {
            let kept = good.iter().filter(|(own, _)| *own != name);
            let kept = kept.map(|(own, value)| format!(r#""{own}":{value}"#));
            let members = kept.chain(value.map(|value| format!(r#""{name}":{value}"#)));
            let body = format!("{{{}}}", members.collect::<alloc::vec::Vec<_>>().join(","));
            rules.claims(body.as_bytes(), NOW).map_err(|error| error.code().as_str())
        };
        assert!(with("more", None).is_ok());
        let names = ["https://id.example", "id.example"].map(|name| format!("\"{name}\""));
        assert!(names.iter().all(|name| with("iss", Some(name)).is_ok()));
        let early = (NOW - 66).to_string();
        for (name, value, code) in [
            ("iss", Some(r#""https://id.example/""#), "issuer_mismatch"),
            ("aud", Some(r#""https://api.example""#), "audience_mismatch"),
            ("client_id", Some(r#""other""#), "audience_mismatch"),
            ("client_id", None, "claim_missing"),
            ("use", Some(r#""id""#), "typ_mismatch"),
            ("use", Some("7"), "introspection_invalid"),
            ("sub", Some(r#""bob""#), "subject_mismatch"),
            ("sub", None, "claim_missing"),
            ("scope", None, "claim_missing"),
            ("iat", None, "claim_missing"),
            ("iat", Some(early.as_str()), "token_too_old"),
        ] {
            assert_eq!(with(name, value).err(), Some(code), "{name} {value:?}");
        }
        assert_eq!(rules.clone().lifetime(10).unwrap().clock_tolerance(60).policy.clock_tolerance, 60);
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
}
