//! The refresh of a session's tokens, which a server with rotation allows once: a refresh token is spent only where its
//! successor can be written, by one of all requests that are under way.

use alloc::string::{String, ToString as _};

use crate::error::ErrorCode;
use crate::session::web::current::Change;
use crate::session::web::exchange::{Answer, Place, Task, Visit};
use crate::session::web::failure::Failure;
use crate::session::web::routes::Operation;
use crate::session::web::sign_out::REVOCATION;
use crate::session::web::tokens::{Tokens, UserClaims};
use crate::session::{Purpose, Session};

/// Seconds for which the successor of a refresh token is found by whoever has the old one, where the session ends before.
const RESULT_AGE: u64 = 30;
/// How many successors in a row are looked up.
const SUCCESSORS: u32 = 64;
/// Seconds after which the lock of a process that is gone opens.
const LOCK_AGE: u64 = 30;
/// Milliseconds between two looks at the result.
const INTERVAL: u64 = 250;
/// How often the others look: five seconds in all.
const LOOKS: u32 = 20;
/// The result of a refresh that ended the session.
const ENDED: &str = "ended";

/// What is known of a refresh token that was spent.
pub(super) enum Spent {
    Tokens(Tokens),
    Ended,
}

/// The refresh of one token.
struct Attempt<'a> {
    place: Place,
    /// The key of what comes of it
    result: &'a str,
    session: &'a Session,
    tokens: &'a Tokens,
}

impl<'a> Operation<'a> {
    /// Whether the session has what a refresh takes, and this application allows one.
    pub(super) fn can_refresh(&self, session: &Session) -> bool {
        let tokens = session.tokens().and_then(|json| Tokens::from_json(json, self.moment.now));
        self.auth.refresh_place().is_some() && tokens.is_some_and(|tokens| tokens.refresh_token.is_some())
    }

    pub(super) fn refresh(&self, session: &Session, can_write: bool) -> Result<Visit, &'a Failure> {
        let now = self.moment.now;
        let Some(tokens) = session.tokens().and_then(|json| Tokens::from_json(json, now)) else {
            return Err(Failure::SESSION_ENDED);
        };
        let good = || Ok(Visit { session: Some(session.clone()), ..Visit::default() });
        let place = self.auth.refresh_place();
        let (Some(place), Some(refresh_token)) = (place, tokens.refresh_token.clone()) else {
            // Nothing can be done but to sign in again.
            return if tokens.is_good(now) { good() } else { Err(Failure::SESSION_ENDED) };
        };
        if !tokens.is_due(now) {
            return good();
        }
        if !can_write && !self.auth.options.sessions_in_store {
            return if tokens.is_good(now) { good() } else { Err(Failure::SESSION_REFRESH_NEEDED) };
        }
        let (mut newest, mut refresh_token) = (tokens, refresh_token);
        let mut is_newer = false;
        for _ in 0..SUCCESSORS {
            let result = self.own_key("refreshed", &refresh_token);
            match self.locked(&Attempt { place, result: &result, session, tokens: &newest }) {
                Ok(Some(Spent::Tokens(tokens))) => (newest, is_newer) = (tokens, true),
                Ok(Some(Spent::Ended)) => return Err(Failure::SESSION_ENDED),
                // Somebody else refreshes, or the server cannot be asked now. The token may be good for a while yet.
                Ok(None) | Err(_) => break,
            }
            // Who comes with a cookie of long ago finds a successor that was spent meanwhile itself.
            let is_due = newest.is_due(now) && newest.received_at < now;
            match newest.refresh_token.clone().filter(|token| is_due && *token != refresh_token) {
                Some(token) => refresh_token = token,
                None => return self.adopt(session, &newest),
            }
        }
        match (newest.is_good(now), is_newer) {
            (true, true) => self.adopt(session, &newest),
            (true, false) => good(),
            (false, _) => Err(Failure::REFRESH_UNAVAILABLE),
        }
    }

    /// One of all does it. The others go on with a token that is good, or wait for the result.
    fn locked(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        if let Some(spent) = self.spent(attempt)? {
            return Ok(Some(spent));
        }
        let lock = [attempt.result, ":lock"].concat();
        if !self.host.add(attempt.place, &lock, LOCK_AGE)? {
            if attempt.tokens.is_good(self.moment.now) {
                return Ok(None);
            }
            return self.wait(attempt);
        }
        // Between the first look and the lock another may have been through.
        let spent = match self.spent(attempt) {
            Ok(None) => self.spend(attempt),
            other => other,
        };
        // It opens by itself.
        let _ = self.host.delete(attempt.place, &lock);
        spent
    }

    fn wait(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        for _ in 0..LOOKS {
            let _ = self.host.ask(Task::Wait { milliseconds: INTERVAL });
            if let Some(spent) = self.spent(attempt)? {
                return Ok(Some(spent));
            }
        }
        Ok(None)
    }

    /// Whether the refresh token was spent, by the result under its hash or by the session as it is now in the store.
    fn spent(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        let &Attempt { place, result, session, tokens } = attempt;
        if let Some(spent) = self.result(place, result, tokens)? {
            return Ok(Some(spent));
        }
        if !self.auth.options.sessions_in_store {
            return Ok(None);
        }
        let Some(json) = self.stored(session.id())? else { return Ok(Some(Spent::Ended)) };
        let stored = Session::from_json(json.as_bytes(), self.moment.now);
        let newer = stored.as_ref().and_then(Session::tokens).and_then(|json| Tokens::from_json(json, self.moment.now));
        let is_newer =
            |newer: &Tokens| newer.refresh_token != tokens.refresh_token && newer.received_at >= tokens.received_at;
        Ok(newer.filter(is_newer).map(Spent::Tokens))
    }

    /// What was left under the hash of a refresh token. Servers without rotation give the same one each time: then it is
    /// spent as often as its access token is due.
    fn result(&self, place: Place, result: &str, tokens: &Tokens) -> Result<Option<Spent>, &'a Failure> {
        let now = self.moment.now;
        let counts = |newer: &Tokens| {
            let is_other = newer.refresh_token != tokens.refresh_token;
            newer.received_at >= tokens.received_at && (is_other || !newer.is_due(now) || newer.received_at >= now)
        };
        let Some(value) = self.host.value(place, result)? else { return Ok(None) };
        let opened = self.host.open(Purpose::Stored, result, self.site, value)?;
        Ok(match opened {
            Some(ENDED) => Some(Spent::Ended),
            Some(json) => Tokens::from_json(json, now).filter(counts).map(Spent::Tokens),
            None => None,
        })
    }

    /// The session with the successor of its refresh token, if that was spent.
    pub(super) fn with_successor(&self, session: &Session) -> Option<Session> {
        let tokens = Tokens::from_json(session.tokens()?, self.moment.now)?;
        let result = self.own_key("refreshed", tokens.refresh_token.as_deref()?);
        // Without the store the next refresh finds it.
        match self.result(self.auth.refresh_place()?, &result, &tokens) {
            Ok(Some(Spent::Tokens(newer))) => Some(session.clone().with_tokens(Some(newer.to_json()))),
            _ => None,
        }
    }

    /// Spends the refresh token, and leaves the result for those who come with it.
    fn spend(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        let &Attempt { session, tokens, .. } = attempt;
        // To another client's server a refresh token does not go.
        let Some(client) = self.auth.client(session.client()) else { return Ok(Some(Spent::Ended)) };
        let client = client.to_string();
        let refreshed = match self.host.ask(Task::Refresh { client, tokens: tokens.to_json() }) {
            Ok(Answer::Tokens(json)) => json,
            Err(failure) if failure.is_invalid_grant => {
                // Another may have been faster, where locks do not reach.
                if let Some(spent) = self.spent(attempt)? {
                    return Ok(Some(spent));
                }
                let _ = self.leave(attempt, ENDED.to_string());
                // Of a session in cookies there may be a copy that goes on with the successor.
                if self.auth.options.sessions_in_store {
                    let _ = self.remove(session);
                }
                return Ok(Some(Spent::Ended));
            }
            _ => return Err(Failure::REFRESH_UNAVAILABLE),
        };
        let Some(mut newer) = Tokens::from_json(refreshed, self.moment.now) else {
            return Err(Failure::REFRESH_UNAVAILABLE);
        };
        // An ID token about somebody else is no answer (OpenID Connect Core §12.2).
        if UserClaims::of_tokens(refreshed, &[]).is_some_and(|claims| claims.subject != session.subject()) {
            return Err(Failure::REFRESH_UNAVAILABLE);
        }
        newer.received_at = self.moment.now;
        newer.refresh_token = newer.refresh_token.or_else(|| tokens.refresh_token.clone());
        newer.scope = newer.scope.or_else(|| tokens.scope.clone());
        newer.id_token = newer.id_token.or_else(|| tokens.id_token.clone());
        if !self.auth.options.sessions_in_store {
            newer.id_token = None;
        }
        // What the others miss if this fails is one refresh; whoever spent the token has its successor.
        let _ = self.leave(attempt, newer.to_json());
        Ok(Some(Spent::Tokens(newer)))
    }

    fn leave(&self, attempt: &Attempt<'_>, text: String) -> Result<(), &'a Failure> {
        let &Attempt { place, result, session, .. } = attempt;
        let seconds = session.idle_until().saturating_sub(self.moment.now).max(RESULT_AGE);
        let sealed = self.host.seal(Purpose::Stored, result, self.site, text)?;
        self.host.write(place, result, sealed, seconds)
    }

    /// The session with other tokens, kept.
    fn adopt(&self, session: &Session, tokens: &Tokens) -> Result<Visit, &'a Failure> {
        let refreshed = session.clone().with_tokens(Some(tokens.to_json()));
        let saved = self.save(session, refreshed, Change::Tokens);
        // The user has signed out meanwhile, and revoked the refresh token before this one.
        let is_over = saved.as_ref().is_err_and(|failure| failure.code == ErrorCode::SessionEnded);
        let client = self.auth.client(session.client()).filter(|_| is_over);
        if let Some((client, token)) = client.zip(tokens.refresh_token.clone()) {
            let _ = self.host.ask(Task::Revoke { client: client.to_string(), token, milliseconds: REVOCATION });
        }
        saved
    }
}
