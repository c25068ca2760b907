//! The session of a request, in its cookies or in the store.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::session::web::exchange::{Place, Visit};
use crate::session::web::failure::Failure;
use crate::session::web::options::{StoreKind, key};
use crate::session::web::routes::Operation;
use crate::session::{Purpose, Session, Site, cookies};

/// The cookie that says when the user signed out.
const SIGNED_OUT: &str = "signed-out";
/// Seconds for which answers to earlier requests may come.
const SIGNED_OUT_AGE: u64 = 600;
/// Seconds by which the clocks of two servers may differ.
const CLOCK_DIFFERENCE: u64 = 5;

/// Which sessions of a user a logout with `sid` and `sub` ends besides: those of which nobody knows the `sid`.
pub(super) const WITHOUT_SID: &str = "sub without sid";

/// What is new of a session that is kept. In a store others may have changed the rest meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    All,
    Data,
    Idle,
    Tokens,
}

impl<'a> Operation<'a> {
    /// The session of the request, unless it is over, or was ended by the user or by the authorization server.
    pub(super) fn current(&self) -> Result<Option<Session>, &'a Failure> {
        let options = &self.auth.options;
        let Some(text) = cookies::read(self.site, &options.name, self.cookies) else { return Ok(None) };
        let opened = if options.sessions_in_store {
            self.stored(&text)?
        } else {
            self.host.open(Purpose::Session, &options.name, self.site, &text)?
        };
        let session = opened.and_then(|json| Session::from_text(json.as_bytes(), self.moment.now));
        // Of a client that is gone, nobody can refresh or revoke the tokens.
        let session = session.filter(|session| self.auth.client(session.client()).is_some());
        let Some(session) = session else { return Ok(None) };
        let is_signed_out = self.signed_out_at().is_some_and(|time| session.is_ended_by(time));
        if is_signed_out || (options.store != StoreKind::None && self.is_denied(&session)?) {
            return Ok(None);
        }
        Ok(Some(session))
    }

    /// The record of the session with that identifier.
    pub(super) fn stored(&self, id: &str) -> Result<Option<&'a str>, &'a Failure> {
        let key = self.own_key("session", id);
        match self.host.value(Place::Store, &key)? {
            Some(value) => self.host.open(Purpose::Stored, &key, self.site, value),
            None => Ok(None),
        }
    }

    /// Whether the authorization server has ended it, or the user by another copy of its cookie.
    fn is_denied(&self, session: &Session) -> Result<bool, &'a Failure> {
        let (issuer, subject) = (session.issuer(), session.subject());
        let by_user = denied_key(issuer, "sub", subject);
        let by_session = match session.sid() {
            Some(sid) => denied_key(issuer, "sid", sid),
            None => denied_key(issuer, WITHOUT_SID, subject),
        };
        let values = self.host.read(Place::Store, alloc::vec![by_user, by_session, self.ended_key(session)])?;
        let [times @ .., note] = values else { return Err(Failure::INTERNAL_ERROR) };
        let mut times = times.iter().flatten().filter_map(|time| time.parse().ok());
        Ok(note.is_some() || times.any(|time| session.is_ended_by(time)))
    }

    /// Keeps a session. Answers it as it is now, and the cookies to set.
    pub(super) fn save(&self, session: Session, change: Change) -> Result<Visit, &'a Failure> {
        let options = &self.auth.options;
        let (session, text) = if options.sessions_in_store {
            let session = self.store(session, change)?;
            let id = session.id().to_string();
            (session, id)
        } else {
            let sealed = self.host.seal(Purpose::Session, &options.name, self.site, session.to_text())?;
            (session, sealed.to_string())
        };
        let seconds = session.idle_until().saturating_sub(self.moment.now).max(1);
        let set_cookies = cookies::write(&self.session_site(), &options.name, &text, seconds)
            .map_err(|_| Failure::SESSION_INVALID)?;
        Ok(Visit { session: Some(session), set_cookies, access_token: None })
    }

    /// Writes a session to the store: a new one, or one that is there.
    fn store(&self, session: Session, change: Change) -> Result<Session, &'a Failure> {
        let key = self.own_key("session", session.id());
        let session = if change == Change::All {
            session
        } else {
            let json = self.stored(session.id())?.ok_or(Failure::SESSION_ENDED)?;
            let stored = Session::from_text(json.as_bytes(), self.moment.now).ok_or(Failure::SESSION_ENDED)?;
            let merged = self.merged(&stored, session, change).ok_or(Failure::SESSION_INVALID)?;
            if merged == stored {
                return Ok(merged);
            }
            merged
        };
        self.put(&key, &session)?;
        let mut session = session;
        // A refresh in between has written tokens that this has overwritten.
        if matches!(change, Change::Data | Change::Idle)
            && let Some(newer) = self.with_successor(&session)
        {
            self.put(&key, &newer)?;
            session = newer;
        }
        // A sign-out in between has left a note before it deleted the session.
        if change != Change::All && self.host.value(Place::Store, &self.ended_key(&session))?.is_some() {
            self.host.delete(Place::Store, &key)?;
            return Err(Failure::SESSION_ENDED);
        }
        Ok(session)
    }

    fn put(&self, key: &str, session: &Session) -> Result<(), &'a Failure> {
        let seconds = session.idle_until().saturating_sub(self.moment.now).max(1);
        let sealed = self.host.seal(Purpose::Stored, key, self.site, session.to_text())?;
        self.host.write(Place::Store, key, sealed, seconds)
    }

    /// The stored session with what is new of this one.
    fn merged(&self, stored: &Session, session: Session, change: Change) -> Option<Session> {
        match change {
            Change::All => Some(session),
            Change::Data => stored.clone().with_contents(stored.claims(), session.data()),
            Change::Idle => {
                let renewed = stored.renewed(self.moment.now, self.auth.options.lifetime);
                Some(renewed.unwrap_or_else(|| stored.clone()))
            }
            // Others may be further already.
            Change::Tokens if self.generation(stored) >= self.generation(&session) => Some(stored.clone()),
            Change::Tokens => Some(stored.clone().with_tokens(session.tokens().map(String::from))),
        }
    }

    /// How many refreshes the tokens of a session have behind them.
    fn generation(&self, session: &Session) -> u64 {
        self.tokens_of(session).map_or(0, |tokens| tokens.generation)
    }

    /// Ends a session by a note in the store, and deletes what is there, so that neither a renewal nor a copy of its cookie
    /// brings it back.
    pub(super) fn remove(&self, session: &Session) -> Result<(), &'a Failure> {
        let options = &self.auth.options;
        if options.store == StoreKind::None {
            return Ok(());
        }
        let left = session.ends_at().saturating_sub(self.moment.now);
        let seconds = if options.sessions_in_store { SIGNED_OUT_AGE } else { left.max(1) };
        self.host.write(Place::Store, &self.ended_key(session), "", seconds)?;
        if !options.sessions_in_store {
            return Ok(());
        }
        self.host.delete(Place::Store, &self.own_key("session", session.id()))
    }

    pub(super) fn delete_cookies(&self) -> Vec<String> {
        cookies::delete(&self.session_site(), &self.auth.options.name)
    }

    /// The site, for the cookies of sessions alone.
    fn session_site(&self) -> Site {
        self.site.clone().same_site(self.auth.options.same_site)
    }

    /// What a response sets for a user without a session: one from before the sign-out, which an answer that came late has
    /// brought back, is deleted.
    pub(super) fn without_session(&self) -> Visit {
        let is_back =
            self.signed_out_at().is_some() && cookies::read(self.site, &self.auth.options.name, self.cookies).is_some();
        Visit { set_cookies: if is_back { self.delete_cookies() } else { Vec::new() }, ..Visit::default() }
    }

    /// When the user of this browser signed out.
    pub(super) fn signed_out_at(&self) -> Option<u64> {
        let time = cookies::value_of(self.cookies, &self.site.cookie_name(SIGNED_OUT))?.parse().ok()?;
        // A time to come would be none of ours: sessions would begin after it, and after logouts by the server.
        (time <= self.moment.now.saturating_add(CLOCK_DIFFERENCE)).then_some(time)
    }

    pub(super) fn signed_out_cookie(&self) -> String {
        // As long as any session that it denies.
        let age = self.auth.options.lifetime.absolute.max(SIGNED_OUT_AGE);
        self.site.set_cookie(SIGNED_OUT, &self.moment.now.to_string(), age)
    }

    /// The key of a value that belongs to the sessions of this name and origin, and to no others in the same store.
    pub(super) fn own_key(&self, kind: &str, part: &str) -> String {
        key(kind, &[self.site.origin(), &self.auth.options.name, part])
    }

    fn ended_key(&self, session: &Session) -> String {
        self.own_key("signed-out", session.id())
    }
}

/// The key under which is written when an authorization server ended sessions, for every application that asks this store.
pub(super) fn denied_key(issuer: &str, kind: &str, name: &str) -> String {
    key("ended", &[issuer, kind, name])
}
