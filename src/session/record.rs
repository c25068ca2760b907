//! What a session holds, and when it ends.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

use crate::encoding::base64url;
use crate::encoding::json::writer::{JsonWriter, quote};
use crate::encoding::json::{self, Value};
use crate::verify::numeric_date::{Rounding, numeric_date};

/// Nesting of the claims and the data.
const MAX_CONTENTS_DEPTH: usize = 16;
/// Of the record, whose members are texts and numbers.
const MAX_DEPTH: usize = 1;

/// The end of a part of the text. JSON has none of these characters as they are (RFC 8259 §7).
const END: &str = "\u{1f}";
/// Stands for the issuer as JSON, wherever else it is.
const ISSUER: &str = "\u{1e}";
/// The same for the subject
const SUBJECT: &str = "\u{1d}";

/// How long a session lasts, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request of the user's. Default: a day.
    pub idle: u64,
    /// At all. Default: seven days.
    pub absolute: u64,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { idle: 86_400, absolute: 604_800 }
    }
}

/// The session of a user who has signed in. Both its ends are inside: options that change later do not bring back what was
/// over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session(Box<Record>);

/// Behind a pointer, since it is large and handed on a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    id: String,
    issuer: String,
    subject: String,
    sid: Option<String>,
    begun_at: u64,
    idle_until: u64,
    ends_at: u64,
    claims: String,
    data: String,
    client: Option<String>,
    tokens: Option<String>,
}

impl Session {
    /// Begins a session at `now`, in seconds since the epoch. `id` is random, and new at each sign-in, so that nobody can
    /// know it beforehand (session fixation).
    pub fn begin(id: [u8; 16], issuer: &str, subject: &str, now: u64, lifetime: Lifetime) -> Self {
        let ends_at = now.saturating_add(lifetime.absolute);
        Self(Box::new(Record {
            id: base64url::encode(&id),
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            sid: None,
            begun_at: now,
            idle_until: now.saturating_add(lifetime.idle).min(ends_at),
            ends_at,
            claims: "{}".to_owned(),
            data: "{}".to_owned(),
            client: None,
            tokens: None,
        }))
    }

    /// With the session at the issuer (`sid`), by which a logout there finds this one (OpenID Connect Back-Channel Logout).
    #[must_use]
    pub fn with_sid(mut self, sid: &str) -> Self {
        self.0.sid = Some(sid.to_owned());
        self
    }

    /// With claims about the user and data of the application's: JSON objects, nested at most 16 deep. `None`: one of them
    /// is none.
    pub fn with_contents(mut self, claims: &str, data: &str) -> Option<Self> {
        let is_object = |text| json::parse_object(text, MAX_CONTENTS_DEPTH).is_ok();
        (is_object(claims) && is_object(data)).then(|| {
            self.0.claims = String::from(claims);
            self.0.data = String::from(data);
            self
        })
    }

    /// With the name of the client that the user signed in by, where there are several.
    #[must_use]
    pub fn with_client(mut self, client: &str) -> Self {
        self.0.client = Some(client.to_owned());
        self
    }

    /// With the tokens of the user, or without: JSON as [`web::Tokens`](super::web::Tokens) writes it.
    #[must_use]
    pub fn with_tokens(mut self, tokens: Option<String>) -> Self {
        self.0.tokens = tokens;
        self
    }

    /// Its identifier.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The issuer. A user is told apart by issuer and subject.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The user, at the issuer.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The session at the issuer, `sid`.
    pub fn sid(&self) -> Option<&str> {
        self.0.sid.as_deref()
    }

    /// When the user signed in, in seconds since the epoch.
    pub const fn begun_at(&self) -> u64 {
        self.0.begun_at
    }

    /// When it ends whatever the user does, in seconds since the epoch.
    pub const fn ends_at(&self) -> u64 {
        self.0.ends_at
    }

    /// The claims about the user, as JSON.
    pub fn claims(&self) -> &str {
        &self.0.claims
    }

    /// The application's data, as JSON.
    pub fn data(&self) -> &str {
        &self.0.data
    }

    /// The name of the client that the user signed in by.
    pub fn client(&self) -> Option<&str> {
        self.0.client.as_deref()
    }

    /// The tokens of the user, as JSON.
    pub fn tokens(&self) -> Option<&str> {
        self.0.tokens.as_deref()
    }

    /// When it ends unless the user comes before, in seconds since the epoch.
    pub const fn idle_until(&self) -> u64 {
        self.0.idle_until
    }

    /// The same session after a request of the user's at `now`: its idle time begins anew. `None` while less than a tenth
    /// of it has passed, so that not every answer has to set the cookie.
    pub fn renewed(&self, now: u64, lifetime: Lifetime) -> Option<Self> {
        let idle_until = now.saturating_add(lifetime.idle).min(self.0.ends_at);
        let gained = idle_until.checked_sub(self.0.idle_until)?;
        let is_much = gained >= lifetime.idle / 10 || idle_until == self.0.ends_at;
        (gained > 0 && is_much).then(|| Self(Box::new(Record { idle_until, ..(*self.0).clone() })))
    }

    /// Whether it ended at the user's logout: of sessions that began up to then, none counts afterwards. An answer that comes
    /// late so signs nobody in again.
    pub const fn is_ended_by(&self, logout_at: u64) -> bool {
        self.0.begun_at <= logout_at
    }

    /// The whole as text, to be sealed or to be kept in a store: claims, data and tokens as they are, and the rest as JSON, each
    /// after the other. It is short, since cookies are sent along with every request.
    pub fn to_text(&self) -> String {
        let Record { begun_at, idle_until, ends_at, .. } = *self.0;
        let rest = JsonWriter::new()
            .text("id", &self.0.id)
            .text("iss", &self.0.issuer)
            .text("sub", &self.0.subject)
            .text_if("sid", self.sid())
            .number("begun", begun_at)
            .number("idle", idle_until.saturating_sub(begun_at))
            .number("ends", ends_at.saturating_sub(begun_at))
            .text_if("client", self.client())
            .end();
        let (issuer, subject) = (quote(&self.0.issuer), quote(&self.0.subject));
        let short = |text: &str| text.replace(&issuer, ISSUER).replace(&subject, SUBJECT);
        [short(&self.0.claims), short(&self.0.data), short(self.tokens().unwrap_or_default()), rest].join(END)
    }

    /// The session in this text, at `now` (seconds since the epoch). `None`: it is over, or this is none.
    pub fn from_text(bytes: &[u8], now: u64) -> Option<Self> {
        let mut parts = core::str::from_utf8(bytes).ok()?.split(END);
        let (claims, data, tokens, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let members = json::parse_object(rest, MAX_DEPTH).ok()?;
        let text = |name| members.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let time = |name| numeric_date(members.number(name).ok()??, Rounding::Down);
        let (issuer, subject, begun_at) = (text("iss")?, text("sub")?, time("begun")?);
        let whole = |text: &str| text.replace(ISSUER, &quote(&issuer)).replace(SUBJECT, &quote(&subject));
        let record = Record {
            id: text("id")?,
            sid: text("sid"),
            begun_at,
            idle_until: begun_at.checked_add(time("idle")?)?,
            ends_at: begun_at.checked_add(time("ends")?)?,
            claims: whole(claims),
            data: whole(data),
            client: text("client"),
            tokens: (!tokens.is_empty()).then(|| whole(tokens)),
            issuer,
            subject,
        };
        let is_alive = now < record.idle_until && now < record.ends_at;
        is_alive.then(|| Self(Box::new(record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn session() -> Session {
        Session::begin([1; 16], "https://id.example", "alice", NOW, Lifetime { idle: 100, absolute: 1_000 })
    }

    #[test]
    fn what_is_written_is_read() {
        let claims = "{\"name\":\"Al\\\"ice\\u0000\", \"\u{1f600}\":[1.50, {}]}";
        let session = session().with_sid("s1").with_contents(claims, "{\"cart\":\n[]}").unwrap();
        let session = session.with_client("work").with_tokens(Some("{\"accessToken\":\"a\"}".into()));
        let read = Session::from_text(session.to_text().as_bytes(), NOW).unwrap();
        assert_eq!(read, session);
        assert_eq!((read.id().len(), read.issuer(), read.subject()), (22, "https://id.example", "alice"));
        assert_eq!((read.sid(), read.claims(), read.data()), (Some("s1"), claims, "{\"cart\":\n[]}"));
        assert_eq!((read.begun_at(), read.ends_at()), (NOW, NOW + 1_000));
        for wrong in ["", "[]", "null", "x", "{\"a\":1,\"a\":1}", "{\"a\":1e400}"] {
            assert!(
                session.clone().with_contents(wrong, "{}").is_none()
                    && session.clone().with_contents("{}", wrong).is_none()
            );
        }
    }

    #[test]
    fn issuer_and_subject_are_there_once() {
        let claims = r#"{"sub":"alice","name":"Alice","is":"\"alice\"","of":["https://id.example","alice"]}"#;
        let tokens = r#"{"issuer":"https://id.example","claims":{"iss":"https://id.example","sub":"alice"}}"#;
        let session = session().with_contents(claims, r#"{"alice":"alice"}"#).unwrap().with_tokens(Some(tokens.into()));
        let text = session.to_text();
        assert_eq!(text.matches("https://id.example").count(), 1, "{text}");
        assert_eq!(text.matches("\"alice\"").count(), 1, "{text}");
        assert_eq!(Session::from_text(text.as_bytes(), NOW), Some(session));
        // Whatever they are.
        for (issuer, subject) in [("", ""), ("a", "a"), ("\"", "\\"), ("{}", ":"), ("\u{1f}", "\u{1d}\u{1e}")] {
            let session = Session::begin([1; 16], issuer, subject, NOW, Lifetime::default());
            let claims = JsonWriter::new().text("sub", subject).text("iss", issuer).text("name", "{\"\"}").end();
            let session = session.with_contents(&claims, "{\"\":\"\"}").unwrap();
            assert_eq!(Session::from_text(session.to_text().as_bytes(), NOW), Some(session));
        }
    }

    #[test]
    fn a_session_ends_idle_and_at_all() {
        let text = session().to_text();
        let at = |text: &str, now| Session::from_text(text.as_bytes(), now).is_some();
        assert!(at(&text, NOW + 99) && !at(&text, NOW + 100));
        let longer = Lifetime { idle: 10_000, absolute: 100_000 };
        let renewed = session().renewed(NOW + 50, longer).unwrap();
        assert!(at(&renewed.to_text(), NOW + 999), "its own end holds");
        assert!(!at(&renewed.to_text(), NOW + 1_000));
        let shorter = Session::begin([1; 16], "i", "s", NOW, Lifetime { idle: 500, absolute: 60 });
        assert!(at(&shorter.to_text(), NOW + 59) && !at(&shorter.to_text(), NOW + 60));
    }

    #[test]
    fn a_session_is_renewed_after_a_tenth_of_its_idle_time() {
        let lifetime = Lifetime { idle: 100, absolute: 1_000 };
        assert_eq!(session().renewed(NOW, lifetime), None);
        assert_eq!(session().renewed(NOW + 9, lifetime), None);
        assert_eq!(session().renewed(NOW - 5, lifetime), None, "a clock that is set back takes nothing away");
        let mut session = session().renewed(NOW + 10, lifetime).unwrap();
        for step in 2..100 {
            session = session.renewed(NOW + 10 * step, lifetime).unwrap_or(session);
            assert!(session.ends_at() == NOW + 1_000);
        }
        assert!(Session::from_text(session.to_text().as_bytes(), NOW + 999).is_some());
        assert_eq!(session.renewed(NOW + 999, lifetime), None, "nothing is to be gained");
    }

    #[test]
    fn a_logout_ends_what_began_up_to_then() {
        assert!(session().is_ended_by(NOW) && session().is_ended_by(NOW + 1) && !session().is_ended_by(NOW - 1));
    }

    #[test]
    fn whatever_is_no_record_is_no_session() {
        let good = session().to_text();
        for (from, to) in [
            ("\"id\"", "\"ID\""),
            ("\"iss\":\"https://id.example\"", "\"iss\":7"),
            ("\"sub\":\"alice\"", "\"sub\":null"),
            ("\"begun\":1800000000", "\"begun\":\"1800000000\""),
            ("\"begun\":1800000000", "\"begun\":-1"),
            ("\"idle\"", "\"idle \""),
            ("\"idle\":100", "\"idle\":-1"),
            ("\"ends\":1000", "\"ends\":1e300"),
            (END, ""),
            (END, "\u{1f}\u{1f}"),
            ("{", "[{"),
            ("}", "},"),
        ] {
            let changed = good.replace(from, to);
            assert_ne!(changed, good, "{from}");
            assert_eq!(Session::from_text(changed.as_bytes(), NOW), None, "{to}");
        }
        for end in 0..good.len() {
            assert_eq!(Session::from_text(&good.as_bytes()[..end], NOW), None);
        }
        assert_eq!(Session::from_text(b"\xff", NOW), None);
    }
}
