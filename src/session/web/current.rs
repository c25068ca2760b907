//! The session of a request, in its cookies or in the store.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::error::ErrorCode;
use crate::session::web::exchange::{Failure, Place};
use crate::session::web::options::{StoreKind, key};
use crate::session::web::routes::Operation;
use crate::session::{Purpose, Session, cookies};

/// The cookie that says when the user signed out.
const SIGNED_OUT: &str = "signed-out";
/// Seconds for which answers to earlier requests may come.
pub(super) const SIGNED_OUT_AGE: u64 = 600;

/// Whether a session that is kept was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Current {
    New,
    Existing,
}

impl Operation {
    /// The session of the request, unless it is over, or was ended by the user or by the authorization server.
    pub(super) async fn current(&self) -> Result<Option<Session>, Failure> {
        let options = &self.auth.options;
        let fields = self.request.cookies();
        let Some(text) = cookies::read(&self.site, &options.name, &fields) else { return Ok(None) };
        let opened = if options.sessions_in_store {
            self.stored(&text).await?
        } else {
            self.host.open(Purpose::Session, &options.name, &self.site, &text).await?
        };
        let session = opened.and_then(|json| Session::from_json(json.as_bytes(), self.moment.now));
        let Some(session) = session else { return Ok(None) };
        let is_signed_out = self.signed_out_at().is_some_and(|time| session.is_ended_by(time));
        if is_signed_out || (options.store != StoreKind::None && self.is_denied(&session).await?) {
            return Ok(None);
        }
        Ok(Some(session))
    }

    /// The record of the session with that identifier.
    pub(super) async fn stored(&self, id: &str) -> Result<Option<String>, Failure> {
        let key = key("session", &[id]);
        let [value] = self.host.read(Place::Store, [key.clone()]).await?;
        match value {
            Some(value) => self.host.open(Purpose::Stored, &key, &self.site, &value).await,
            None => Ok(None),
        }
    }

    /// Whether the authorization server has ended it.
    async fn is_denied(&self, session: &Session) -> Result<bool, Failure> {
        let by_user = key("ended", &[session.issuer(), "sub", session.subject()]);
        let by_session = key("ended", &[session.issuer(), "sid", session.sid().unwrap_or_default()]);
        let times = self.host.read(Place::Store, [by_user, by_session]).await?;
        let mut times = times.iter().flatten().filter_map(|time| time.parse().ok());
        Ok(times.any(|time| session.is_ended_by(time)))
    }

    /// Keeps a session, and returns the cookies to set.
    pub(super) async fn save(&self, session: &Session, current: Current) -> Result<Vec<String>, Failure> {
        let (options, now) = (&self.auth.options, self.moment.now);
        let seconds = session.idle_until().saturating_sub(now).max(1);
        let text = if options.sessions_in_store {
            let key = key("session", &[session.id()]);
            if current == Current::Existing {
                let [value] = self.host.read(Place::Store, [key.clone()]).await?;
                value.ok_or(Failure::of(ErrorCode::SessionEnded))?;
            }
            let sealed = self.host.seal(Purpose::Stored, &key, &self.site, session.to_json()).await?;
            self.host.write(Place::Store, &key, sealed, seconds).await?;
            // A sign-out in between has left a note before it deleted the session.
            if current == Current::Existing {
                let [ended] = self.host.read(Place::Store, [ended_key(session)]).await?;
                if ended.is_some() {
                    self.host.delete(Place::Store, &key).await?;
                    return Err(Failure::of(ErrorCode::SessionEnded));
                }
            }
            session.id().to_string()
        } else {
            self.host.seal(Purpose::Session, &options.name, &self.site, session.to_json()).await?
        };
        cookies::write(&self.site, &options.name, &text, seconds).map_err(|_| Failure::of(ErrorCode::SessionInvalid))
    }

    /// Deletes a session from the store, so that no renewal brings it back.
    pub(super) async fn remove(&self, session: &Session) -> Result<(), Failure> {
        if !self.auth.options.sessions_in_store {
            return Ok(());
        }
        self.host.write(Place::Store, &ended_key(session), String::new(), SIGNED_OUT_AGE).await?;
        self.host.delete(Place::Store, &key("session", &[session.id()])).await
    }

    pub(super) fn delete_cookies(&self) -> Vec<String> {
        cookies::delete(&self.site, &self.auth.options.name)
    }

    /// When the user of this browser signed out, if that is not long ago.
    pub(super) fn signed_out_at(&self) -> Option<u64> {
        let fields = self.request.cookies();
        let time = cookies::value_of(&fields, &self.site.cookie_name(SIGNED_OUT))?.parse().ok()?;
        // A time to come would be none of ours.
        (time <= self.moment.now.saturating_add(SIGNED_OUT_AGE)).then_some(time)
    }

    pub(super) fn signed_out_cookie(&self) -> String {
        self.site.set_cookie(SIGNED_OUT, &self.moment.now.to_string(), SIGNED_OUT_AGE)
    }
}

fn ended_key(session: &Session) -> String {
    key("signed-out", &[session.id()])
}
