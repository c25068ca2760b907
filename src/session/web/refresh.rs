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
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and it is handed on at once")]
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
    /// What the access token is wanted for
    resource: Option<&'a str>,
}

impl<'a> Operation<'a> {
    /// Whether the session has what a refresh takes, and this application allows one.
    pub(super) fn can_refresh(&self, session: &Session) -> bool {
        let tokens = self.tokens_of(session);
        self.auth.refresh_place().is_some() && tokens.is_some_and(|tokens| tokens.refresh_token.is_some())
    }

    /// The session with an access token that is good: at a resource, or that of the sign-in where none is named.
    pub(super) fn refresh(
        &self,
        session: &Session,
        resource: Option<&str>,
        can_write: bool,
    ) -> Result<Visit, &'a Failure> {
        let now = self.moment.now;
        let Some(tokens) = self.tokens_of(session) else {
            return Err(Failure::SESSION_ENDED);
        };
        // Nobody has asked for it at the sign-in. Servers that rotate spend the refresh token before they refuse it.
        let client = self.auth.client(session.client()).unwrap_or_default();
        if tokens.is_other(resource) && !self.auth.resources(client).any(|own| Some(own) == resource) {
            return Err(Failure::RESOURCE_REFUSED);
        }
        let is_good = tokens.is_good(resource, now);
        let good = |tokens: &Tokens| {
            let access_token = tokens.access_token_for(resource);
            Ok(Visit { session: Some(session.clone()), access_token, ..Visit::default() })
        };
        let place = self.auth.refresh_place();
        let (Some(place), Some(refresh_token)) = (place, tokens.refresh_token.clone()) else {
            return match (is_good, tokens.is_other(resource)) {
                (true, _) => good(&tokens),
                // It comes by a refresh alone.
                (false, true) => Err(Failure::RESOURCE_REFUSED),
                // Nothing can be done but to sign in again.
                (false, false) => Err(Failure::SESSION_ENDED),
            };
        };
        if !tokens.is_due(resource, now) {
            return good(&tokens);
        }
        if !can_write && !self.auth.options.sessions_in_store {
            return if is_good { good(&tokens) } else { Err(Failure::SESSION_REFRESH_NEEDED) };
        }
        let (mut newest, mut refresh_token) = (tokens, refresh_token);
        let (mut is_newer, mut is_same_token) = (false, false);
        for _ in 0..SUCCESSORS {
            let result = self.own_key("refreshed", &refresh_token);
            let before = newest.generation;
            match self.locked(&Attempt { place, result: &result, session, tokens: &newest, resource }) {
                Ok(Some(Spent::Tokens(tokens))) => {
                    is_same_token = tokens.refresh_token.as_ref() == Some(&refresh_token);
                    (newest, is_newer) = (tokens, true);
                }
                // Without rotation the lock may still have been that of the refresh before, for another resource.
                Ok(None) if is_same_token => {
                    is_same_token = false;
                    continue;
                }
                Ok(Some(Spent::Ended)) => return Err(Failure::SESSION_ENDED),
                Err(failure) if failure.code == ErrorCode::ResourceRefused && !newest.is_good(resource, now) => {
                    return Err(failure);
                }
                // Somebody else refreshes, or the server cannot be asked now. The token may be good for a while yet.
                Ok(None) | Err(_) => break,
            }
            // Who comes with a cookie of long ago finds a successor that was spent meanwhile itself. And who was faster may
            // have wanted a token for another resource.
            let is_due = newest.is_due(resource, now) && newest.received_at(resource) < now;
            let is_other = |token: &String| *token != refresh_token || newest.generation > before;
            match newest.refresh_token.clone().filter(|token| is_due && is_other(token)) {
                Some(token) => refresh_token = token,
                None => return self.adopt(session, &newest, resource),
            }
        }
        match (newest.is_good(resource, now), is_newer) {
            (true, true) => self.adopt(session, &newest, resource),
            (true, false) => good(&newest),
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
            if attempt.tokens.is_good(attempt.resource, self.moment.now) {
                return Ok(None);
            }
            return self.wait(attempt, &lock);
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

    fn wait(&self, attempt: &Attempt<'_>, lock: &str) -> Result<Option<Spent>, &'a Failure> {
        for _ in 0..LOOKS {
            let _ = self.host.ask(Task::Wait { milliseconds: INTERVAL });
            // Before the result: that is left before the lock is opened.
            let is_locked = self.host.value(attempt.place, lock)?.is_some();
            let spent = self.spent(attempt)?;
            // Without either the server could not be asked. To ask it again at once, each of all, would be no help.
            if spent.is_some() || !is_locked {
                return Ok(spent);
            }
        }
        Ok(None)
    }

    /// Whether the refresh token was spent, by the result under its hash or by the session as it is now in the store.
    fn spent(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        let &Attempt { place, result, session, tokens, resource } = attempt;
        if let Some(spent) = self.result(place, result, tokens, resource)? {
            return Ok(Some(spent));
        }
        if !self.auth.options.sessions_in_store {
            return Ok(None);
        }
        let Some(json) = self.stored(session.id())? else { return Ok(Some(Spent::Ended)) };
        let stored = Session::from_text(json.as_bytes(), self.moment.now);
        let newer = stored.and_then(|stored| self.tokens_of(&stored));
        let is_newer =
            |newer: &Tokens| newer.refresh_token != tokens.refresh_token && newer.generation >= tokens.generation;
        Ok(newer.filter(is_newer).map(Spent::Tokens))
    }

    /// What was left under the hash of a refresh token. Servers without rotation give the same one each time: then it is
    /// spent as often as an access token is due.
    fn result(
        &self,
        place: Place,
        result: &str,
        tokens: &Tokens,
        resource: Option<&str>,
    ) -> Result<Option<Spent>, &'a Failure> {
        let now = self.moment.now;
        let counts = |newer: &Tokens| {
            let is_other = newer.refresh_token != tokens.refresh_token;
            let is_fresh = !newer.is_due(resource, now) || newer.received_at(resource) >= now;
            newer.generation > tokens.generation || (newer.generation == tokens.generation && (is_other || is_fresh))
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
        let tokens = self.tokens_of(session)?;
        let result = self.own_key("refreshed", tokens.refresh_token.as_deref()?);
        // Without the store the next refresh finds it.
        match self.result(self.auth.refresh_place()?, &result, &tokens, None) {
            Ok(Some(Spent::Tokens(newer))) => Some(session.clone().with_tokens(Some(newer.to_json()))),
            _ => None,
        }
    }

    /// Spends the refresh token, and leaves the result for those who come with it.
    fn spend(&self, attempt: &Attempt<'_>) -> Result<Option<Spent>, &'a Failure> {
        let &Attempt { session, tokens, resource, .. } = attempt;
        // To another client's server a refresh token does not go.
        let Some(client) = self.auth.client(session.client()) else { return Ok(Some(Spent::Ended)) };
        let client = client.to_string();
        let named = resource.or(tokens.resource.as_deref()).map(String::from);
        let refreshed = match self.host.ask(Task::Refresh { client, tokens: tokens.to_json(), resource: named }) {
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
            Err(failure) if tokens.is_other(resource) && failure.is_invalid_target() => {
                return Err(Failure::RESOURCE_REFUSED);
            }
            _ => return Err(Failure::REFRESH_UNAVAILABLE),
        };
        let Some(answer) = Tokens::from_json(refreshed, self.moment.now) else {
            return Err(Failure::REFRESH_UNAVAILABLE);
        };
        // An ID token about somebody else is no answer (OpenID Connect Core §12.2).
        if UserClaims::of_tokens(refreshed, &[]).is_some_and(|claims| claims.subject != session.subject()) {
            return Err(Failure::REFRESH_UNAVAILABLE);
        }
        let mut newer = tokens.refreshed(resource, answer, self.moment.now);
        if !self.auth.options.sessions_in_store {
            newer.id_token = None;
        }
        // What the others miss if this fails is one refresh; whoever spent the token has its successor.
        let _ = self.leave(attempt, newer.to_json());
        if newer.access_token_for(resource).is_none() && tokens.is_other(resource) {
            return Err(Failure::RESOURCE_REFUSED);
        }
        Ok(Some(Spent::Tokens(newer)))
    }

    fn leave(&self, attempt: &Attempt<'_>, text: String) -> Result<(), &'a Failure> {
        let &Attempt { place, result, session, .. } = attempt;
        let seconds = session.idle_until().saturating_sub(self.moment.now).max(RESULT_AGE);
        let sealed = self.host.seal(Purpose::Stored, result, self.site, text)?;
        self.host.write(place, result, sealed, seconds)
    }

    /// The session with other tokens, kept.
    fn adopt(&self, session: &Session, tokens: &Tokens, resource: Option<&str>) -> Result<Visit, &'a Failure> {
        let mut kept = tokens.clone();
        let saved = loop {
            let refreshed = session.clone().with_tokens(Some(kept.to_json()));
            let saved = self.save(refreshed, Change::Tokens);
            let is_too_large = saved.as_ref().is_err_and(|failure| failure.code == ErrorCode::SessionInvalid);
            // Cookies hold so much. Another token can be had again when it is asked for.
            let spare = kept.others.iter().position(|other| Some(other.resource.as_str()) != resource);
            match spare.filter(|_| is_too_large) {
                Some(index) => drop(kept.others.remove(index)),
                None => break saved,
            }
        };
        // The user has signed out meanwhile, and revoked the refresh token before this one.
        let is_over = saved.as_ref().is_err_and(|failure| failure.code == ErrorCode::SessionEnded);
        let client = self.auth.client(session.client()).filter(|_| is_over);
        if let Some((client, token)) = client.zip(tokens.refresh_token.clone()) {
            let _ = self.host.ask(Task::Revoke { client: client.to_string(), token, milliseconds: REVOCATION });
        }
        saved.map(|visit| Visit { access_token: tokens.access_token_for(resource), ..visit })
    }
}
