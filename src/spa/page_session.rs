//! The session of a user in the storage of a page, and when its access tokens have to be refreshed.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::client::is_invalid_target;
use crate::client::token_lifetime::refresh_at;
use crate::encoding::base64url;
use crate::encoding::json::{self, Members, Value};
use crate::verify::numeric_date::{Rounding, numeric_date};

/// The form of the record. Another one is no session: the user signs in again.
const VERSION: f64 = 1.0;
/// Nesting of the record, with the claims of an ID token in it.
const MAX_DEPTH: usize = 20;
/// The longest record, in bytes: storage has some megabytes for the whole origin.
const MAX_LENGTH: usize = 262_144;
/// How long an access token is taken to be good whose life the server did not say, in seconds.
const UNKNOWN_LIFE: u64 = 300;
/// A clock that is further back than this before the token came was set back since, in seconds.
const TOLERANCE: u64 = 60;

/// What to do for an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStep {
    /// Use the one that is there.
    Use,
    /// Refresh it. Where that fails, the one that is there may still be `usable`.
    Refresh {
        /// There is one, and it has not expired.
        usable: bool,
    },
    /// None is to be had for this resource. The session goes on for others.
    Missing,
    /// None is to be had: the user signs in again.
    End,
}

/// What to do after a refresh that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Use the token that is there, which is still good.
    Use,
    /// Say so. The session stays: later it may succeed.
    Fail,
    /// The server gives no token for this resource. The session stays, for the others.
    Refused,
    /// The session is over: the user signs in again.
    End,
}

/// What became of a refresh, or of a sign-in, where no token is `usable`: by the error's code, and by what the token endpoint answered, perhaps with a description after a
/// colon. Only `invalid_grant` ends a session (RFC 6749 §5.2).
pub fn after_failure(code: &str, answer: Option<&str>, usable: bool) -> AfterFailure {
    let name = answer.and_then(|answer| answer.split(':').next());
    if code == "token_endpoint_error" && name == Some("invalid_grant") {
        AfterFailure::End
    } else if usable {
        AfterFailure::Use
    } else if is_invalid_target(code, answer) {
        AfterFailure::Refused
    } else {
        AfterFailure::Fail
    }
}

/// A session as it lies in the storage of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSession {
    access_tokens: Vec<AccessToken>,
    has_refresh_token: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct AccessToken {
    /// What it is good for. Empty where no resource was named.
    resource: String,
    received_at: u64,
    expires_at: Option<u64>,
}

impl PageSession {
    /// The session in this record, if it is one of this client at this issuer. Everything that a page uses of it is checked,
    /// since any script of the origin may write there, and another release may have.
    pub fn read(record: &str, issuer: &str, client_id: &str) -> Option<Self> {
        if record.len() > MAX_LENGTH {
            return None;
        }
        let members = json::parse_object(record, MAX_DEPTH).ok()?;
        let is = |name: &str, expected: &str| members.string(name) == Ok(Some(expected));
        if members.number("version") != Ok(Some(VERSION)) || !is("issuer", issuer) || !is("clientId", client_id) {
            return None;
        }
        let id = members.string("session").ok()??;
        if id.len() != 22 || !id.bytes().all(base64url::is_digit) {
            return None;
        }
        time(&members, "generation")??;
        let tokens = object(members.get("tokens")?)?;
        if tokens.string("issuer") != Ok(Some(issuer)) {
            return None;
        }
        let claims = object(tokens.get("claims")?)?;
        if claims.string("iss") != Ok(Some(issuer)) || claims.string("sub").ok()??.is_empty() {
            return None;
        }
        let text = |name| tokens.string(name).ok();
        text("idToken")?;
        let Value::Array(access_tokens) = members.get("accessTokens")? else { return None };
        Some(Self {
            access_tokens: access_tokens
                .iter()
                .map(|token| AccessToken::read(object(token)?))
                .collect::<Option<Vec<_>>>()?,
            has_refresh_token: text("refreshToken")?.is_some(),
        })
    }

    /// When the session ends by itself: with the last of its access tokens, where nothing can refresh them. In seconds since
    /// the epoch.
    pub fn ends_at(&self) -> Option<u64> {
        if self.has_refresh_token || self.access_tokens.iter().any(|token| token.expires_at.is_none()) {
            return None;
        }
        self.access_tokens.iter().filter_map(|token| token.expires_at).max()
    }

    /// What to do at `now`, in seconds since the epoch, for an access token that is good at this resource; the empty one
    /// where none is named.
    pub fn step(&self, resource: &str, now: u64) -> PageStep {
        let found = self.access_tokens.iter().find(|token| token.resource == resource);
        let (is_fresh, usable) = found.map_or((false, false), |token| token.judge(now));
        match (is_fresh, usable) {
            (true, _) => PageStep::Use,
            _ if self.has_refresh_token => PageStep::Refresh { usable },
            (false, true) => PageStep::Use,
            _ if self.access_tokens.iter().any(|token| token.judge(now).1) => PageStep::Missing,
            (false, false) => PageStep::End,
        }
    }
}

impl AccessToken {
    fn read(members: &Members<'_>) -> Option<Self> {
        let text = |name| members.string(name).ok();
        text("scope")?;
        if !matches!(text("tokenType")?, Some("Bearer" | "DPoP")) || text("accessToken")??.is_empty() {
            return None;
        }
        Some(Self {
            resource: text("resource")??.to_owned(),
            received_at: time(members, "receivedAt")??,
            expires_at: time(members, "expiresAt")?,
        })
    }

    /// Whether it needs no refresh, and whether it is good at all.
    const fn judge(&self, now: u64) -> (bool, bool) {
        // Who knows how much time has passed.
        if now.saturating_add(TOLERANCE) < self.received_at {
            return (false, true);
        }
        match self.expires_at {
            Some(expires_at) => {
                let life = expires_at.saturating_sub(self.received_at);
                (now < refresh_at(self.received_at, life), now < expires_at)
            }
            None => (now < self.received_at.saturating_add(UNKNOWN_LIFE), true),
        }
    }
}

fn object<'a, 'b>(value: &'b Value<'a>) -> Option<&'b Members<'a>> {
    if let Value::Object(members) = value { Some(members) } else { None }
}

/// A time that may be absent. `None`: it is none.
#[allow(clippy::option_option, reason = "absent is one thing, and wrong another")]
fn time(members: &Members<'_>, name: &str) -> Option<Option<u64>> {
    match members.number(name).ok()? {
        None => Some(None),
        Some(number) => numeric_date(number, Rounding::Down).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;
    const ISSUER: &str = "https://id.example/";

    fn record() -> String {
        r#"{"version":1,"issuer":"https://id.example/","clientId":"page","session":"AAAAAAAAAAAAAAAAAAAAAA","generation":0,
        "tokens":{"issuer":"https://id.example/","refreshToken":"r","idToken":"i","claims":{"iss":"https://id.example/",
        "sub":"alice","address":{"lines":["x"]}}},"accessTokens":[{"resource":"","receivedAt":1800000000,"accessToken":"a",
        "tokenType":"Bearer","expiresAt":1800003600,"scope":"openid"}]}"#
            .to_owned()
    }

    fn read(record: &str) -> Option<PageSession> {
        PageSession::read(record, ISSUER, "page")
    }

    fn step(change: (&str, &str), now: u64) -> PageStep {
        let changed = record().replace(change.0, change.1);
        assert!(change == ("", "") || changed != record());
        read(&changed).unwrap().step("", now)
    }

    const SAME: (&str, &str) = ("", "");
    const NO_END: (&str, &str) = (r#""expiresAt":1800003600,"#, "");
    const NO_REFRESH: (&str, &str) = (r#""refreshToken":"r","#, "");

    #[test]
    fn a_token_is_refreshed_before_it_expires() {
        for (now, expected) in [
            (NOW - 60, PageStep::Use),
            (NOW, PageStep::Use),
            (NOW + 3_239, PageStep::Use),
            (NOW + 3_240, PageStep::Refresh { usable: true }),
            (NOW + 3_599, PageStep::Refresh { usable: true }),
            (NOW + 3_600, PageStep::Refresh { usable: false }),
            (NOW - 61, PageStep::Refresh { usable: true }), // The clock was set back.
        ] {
            assert_eq!(step(SAME, now), expected, "{now}");
        }
        let short = ("1800003600", "1800000100");
        assert_eq!(step(short, NOW + 39), PageStep::Use);
        assert_eq!(step(short, NOW + 40), PageStep::Refresh { usable: true });
    }

    #[test]
    fn without_a_refresh_token_it_serves_to_its_end() {
        assert_eq!(step(NO_REFRESH, NOW + 3_599), PageStep::Use);
        assert_eq!(step(NO_REFRESH, NOW + 3_600), PageStep::End);
        let ends_at = |record: &str| read(record).unwrap().ends_at();
        assert_eq!(ends_at(&record()), None);
        assert_eq!(ends_at(&record().replace(NO_REFRESH.0, "")), Some(NOW + 3_600));
        assert_eq!(ends_at(&record().replace(NO_REFRESH.0, "").replace(NO_END.0, "")), None);
    }

    #[test]
    fn an_unknown_end_is_not_never() {
        assert_eq!(step(NO_END, NOW + 299), PageStep::Use);
        assert_eq!(step(NO_END, NOW + 300), PageStep::Refresh { usable: true });
        let neither = record().replace(NO_END.0, "").replace(NO_REFRESH.0, "");
        assert_eq!(read(&neither).unwrap().step("", NOW + 300_000), PageStep::Use, "the API says when it is over");
    }

    #[test]
    fn without_an_access_token_one_is_asked_for() {
        let start = record();
        let (before, _) = start.split_once("[{\"resource\"").unwrap();
        let without = [before, "[]}"].concat();
        assert_eq!(read(&without).unwrap().step("", NOW), PageStep::Refresh { usable: false });
        assert_eq!(read(&without.replace(NO_REFRESH.0, "")).unwrap().step("", NOW), PageStep::End);
        assert_eq!(read(&without.replace(NO_REFRESH.0, "")).unwrap().ends_at(), None);
    }

    #[test]
    fn each_resource_has_a_token_of_its_own() {
        let other = r#"[{"resource":"https://b.example","receivedAt":1800000100,"accessToken":"b","tokenType":"DPoP",
            "expiresAt":1800000700},"#;
        let both = record().replace("[{\"resource\":\"\"", &[other, "{\"resource\":\"https://a.example\""].concat());
        let session = read(&both).unwrap();
        for (resource, now, expected) in [
            ("https://a.example", NOW + 3_000, PageStep::Use),
            ("https://b.example", NOW + 3_000, PageStep::Refresh { usable: false }),
            ("https://b.example", NOW + 650, PageStep::Refresh { usable: true }),
            ("https://b.example", NOW + 600, PageStep::Use),
            ("https://c.example", NOW, PageStep::Refresh { usable: false }),
            ("", NOW, PageStep::Refresh { usable: false }),
        ] {
            assert_eq!(session.step(resource, now), expected, "{resource} {now}");
        }
        let session = read(&both.replace(NO_REFRESH.0, "")).unwrap();
        assert_eq!(session.ends_at(), Some(NOW + 3_600), "with the last of them");
        assert_eq!(session.step("https://b.example", NOW + 699), PageStep::Use);
        assert_eq!(session.step("https://b.example", NOW + 700), PageStep::Missing);
        assert_eq!(session.step("https://c.example", NOW), PageStep::Missing);
        assert_eq!(session.step("https://b.example", NOW + 3_600), PageStep::End);
        assert_eq!(read(&both.replace(NO_REFRESH.0, "").replacen(NO_END.0, "", 1)).unwrap().ends_at(), None);
    }

    #[test]
    fn only_invalid_grant_ends_a_session() {
        for usable in [false, true] {
            for answer in ["invalid_grant", "invalid_grant: it was used before"] {
                assert_eq!(after_failure("token_endpoint_error", Some(answer), usable), AfterFailure::End);
            }
        }
        for (code, answer) in [
            ("token_endpoint_error", Some("invalid_client")),
            ("token_endpoint_error", Some("temporarily_unavailable: invalid_grant")),
            ("token_endpoint_error", None),
            ("server_unavailable", None),
            ("server_unavailable", Some("invalid_grant")),
        ] {
            assert_eq!(after_failure(code, answer, true), AfterFailure::Use);
            assert_eq!(after_failure(code, answer, false), AfterFailure::Fail);
        }
        let target = Some("invalid_target: unknown resource");
        assert_eq!(after_failure("token_endpoint_error", target, true), AfterFailure::Use);
        assert_eq!(after_failure("token_endpoint_error", target, false), AfterFailure::Refused);
    }

    #[test]
    fn whatever_is_no_record_is_no_session() {
        let good = record();
        assert!(read(&good).is_some());
        assert!(PageSession::read(&good, ISSUER, "other").is_none());
        assert!(PageSession::read(&good, "https://id.example", "page").is_none());
        for (from, to) in [
            ("\"version\":1", "\"version\":0"),
            ("\"version\":1", "\"version\":2"),
            ("\"version\":1", "\"version\":\"1\""),
            ("\"issuer\":\"https://id.example/\",\"clientId\"", "\"issuer\":\"https://evil.example/\",\"clientId\""),
            ("\"clientId\":\"page\"", "\"clientId\":\"other\""),
            ("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA"),
            ("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA="),
            ("\"generation\":0", "\"generation\":-1"),
            ("\"receivedAt\":1800000000", "\"receivedAt\":null"),
            ("\"resource\":\"\",", ""),
            ("\"resource\":\"\"", "\"resource\":7"),
            ("\"accessTokens\":[", "\"accessTokens\":[7,"),
            ("\"accessTokens\"", "\"tokensOfAccess\""),
            ("\"tokens\":{\"issuer\":\"https://id.example/\"", "\"tokens\":{\"issuer\":\"https://evil.example/\""),
            ("\"accessToken\":\"a\"", "\"accessToken\":7"),
            ("\"accessToken\":\"a\"", "\"accessToken\":\"\""),
            ("\"tokenType\":\"Bearer\"", "\"tokenType\":\"MAC\""),
            ("\"tokenType\":\"Bearer\",", ""),
            ("\"accessToken\":\"a\",", ""),
            ("\"expiresAt\":1800003600", "\"expiresAt\":\"1800003600\""),
            ("\"expiresAt\":1800003600", "\"expiresAt\":1e300"),
            ("\"refreshToken\":\"r\"", "\"refreshToken\":[]"),
            ("\"idToken\":\"i\"", "\"idToken\":{}"),
            ("\"scope\":\"openid\"", "\"scope\":[]"),
            ("\"claims\":{\"iss\":\"https://id.example/\"", "\"claims\":{\"iss\":\"https://evil.example/\""),
            ("\"sub\":\"alice\"", "\"sub\":\"\""),
            ("\"sub\":\"alice\"", "\"sub\":null"),
        ] {
            let changed = good.replacen(from, to, 1);
            assert_ne!(changed, good, "{from}");
            assert_eq!(read(&changed), None, "{to}");
        }
        for end in 0..good.len() {
            assert_eq!(read(&good[..end]), None);
        }
        assert_eq!(read(&good.replace("alice", &"a".repeat(MAX_LENGTH))), None);
    }
}
