//! The sign-out, by the user and by the authorization server.

use alloc::string::{String, ToString as _};

use subtle::ConstantTimeEq as _;

use crate::encoding::base64url;
use crate::encoding::json::writer::JsonWriter;
use crate::hash::Hash;
use crate::session::web::current::{WITHOUT_SID, denied_key};
use crate::session::web::exchange::{Answer, Place, Task};
use crate::session::web::failure::Failure;
use crate::session::web::options::{StoreKind, WebAuth, key};
use crate::session::web::page;
use crate::session::web::request::only;
use crate::session::web::response::WebResponse;
use crate::session::web::routes::Operation;
use crate::session::web::tokens::Tokens;
use crate::session::{Session, transactions};

/// Milliseconds that a sign-out waits for the revocation.
pub(super) const REVOCATION: u64 = 2_000;
/// Bytes of the form with a logout token.
const MAX_FORM: usize = 65_536;
/// Seconds for which a logout token is remembered at least.
const TOKEN_LIFE: u64 = 600;
/// Seconds for which a logout token may be accepted after its end.
const CLOCK_TOLERANCE: u64 = 60;

impl WebAuth {
    /// The address of a link by which the user signs out. It holds for this session alone, so that no other page can have it.
    pub fn logout_path(&self, session: &Session) -> String {
        [&self.path("logout"), "?token=", &token(session)].concat()
    }
}

fn token(session: &Session) -> String {
    base64url::encode(&Hash::Sha256.digest(["countersign logout\0", session.id()].concat().as_bytes()))
}

impl<'a> Operation<'a> {
    /// The route `logout`, and the sign-out by the application: what a link can do takes the token of the session.
    pub(super) fn logout(&self) -> WebResponse {
        if !matches!(self.request.method.as_str(), "GET" | "HEAD") {
            return match self.request.check_origin(self.site) {
                Ok(()) => self.sign_out(),
                Err(failure) => self.failure(failure),
            };
        }
        if self.request.is_prefetch() {
            return WebResponse::new(204);
        }
        let session = match self.current() {
            Ok(Some(session)) => session,
            Ok(None) => return WebResponse::redirect(&self.auth.options.return_to),
            Err(failure) => return self.failure(failure),
        };
        let given = self.request.parameter("token").unwrap_or_default();
        if bool::from(given.as_bytes().ct_eq(token(&session).as_bytes())) {
            self.sign_out()
        } else {
            page::sign_out(&self.auth.path("logout"))
        }
    }

    /// Revokes the refresh token, clears what there is, and sends the user on to the authorization server.
    fn sign_out(&self) -> WebResponse {
        let session = match self.current() {
            Ok(session) => session,
            // Without the store the session would go on: whoever signs out has to hear that.
            Err(failure) => return self.failure(failure),
        };
        let home = &self.auth.options.return_to;
        let mut location = home.clone();
        let signed_in = session.as_ref().and_then(|session| Some((session, self.auth.client(session.client())?)));
        if let Some((session, client)) = signed_in {
            let client = client.to_string();
            let tokens = session.tokens().and_then(|json| Tokens::from_json(json, self.moment.now));
            if let Some(token) = tokens.as_ref().and_then(|tokens| tokens.refresh_token.clone()) {
                let revoke = Task::Revoke { client: client.clone(), token, milliseconds: REVOCATION };
                // Whether it succeeds does not matter.
                let _ = self.host.ask(revoke);
            }
            if let Err(failure) = self.remove(session) {
                return self.failure(failure);
            }
            let redirect_uri = [self.site.origin(), home].concat();
            let id_token = tokens.and_then(|tokens| tokens.id_token);
            if let Ok(Some(url)) = self.host.logout_url(Task::LogoutUrl { client, redirect_uri, id_token }) {
                location = url.to_string();
            }
        }
        let under_way = transactions::delete_all(self.site, &self.request.cookies());
        WebResponse { signs_out: true, ..WebResponse::redirect(&location) }
            .with_cookies(self.delete_cookies())
            .with_cookies(under_way)
            .with_cookie(self.signed_out_cookie())
    }

    /// The route `backchannel-logout` (OpenID Connect Back-Channel Logout §2.5, §2.8).
    pub(super) fn back_channel_logout(&self) -> WebResponse {
        match self.end_sessions() {
            Ok(()) => WebResponse::new(200),
            Err(failure) if failure.code.status() == 503 => self.failure(failure),
            Err(failure) => {
                let body = JsonWriter::new().text("error", "invalid_request").text("code", failure.code.as_str()).end();
                WebResponse::json(400, body)
            }
        }
    }

    fn end_sessions(&self) -> Result<(), &'a Failure> {
        let form = self.host.body(MAX_FORM)?.ok_or(Failure::REQUEST_INVALID)?;
        let token = only(form, "logout_token").ok_or(Failure::REQUEST_INVALID)?;
        let client =
            self.auth.client(self.request.parameter("client").as_deref()).ok_or(Failure::REQUEST_INVALID)?.to_string();
        let Answer::LogoutToken { issuer, subject, sid, jti, expires_at } =
            self.host.ask(Task::LogoutToken { client, token })?
        else {
            return Err(Failure::INTERNAL_ERROR);
        };
        if sid.is_none() && subject.is_none() {
            return Err(Failure::REQUEST_INVALID);
        }
        let now = self.moment.now;
        let used = key("logout-token", &[issuer, jti]);
        let life = expires_at.saturating_sub(now).saturating_add(CLOCK_TOLERANCE).max(TOKEN_LIFE);
        // Sent again it would end sessions that have begun since.
        let is_first = if self.auth.options.store == StoreKind::Atomic {
            self.host.add(Place::Store, &used, life)?
        } else {
            let is_first = self.host.value(Place::Store, &used)?.is_none();
            if is_first {
                self.host.write(Place::Store, &used, "", life)?;
            }
            is_first
        };
        if !is_first {
            return Err(Failure::REPLAY_DETECTED);
        }
        let by_user = |kind| subject.as_deref().map(|subject| denied_key(issuer, kind, subject));
        let ended = match sid {
            Some(sid) => [Some(denied_key(issuer, "sid", sid)), by_user(WITHOUT_SID)],
            None => [by_user("sub"), None],
        };
        for key in ended.iter().flatten() {
            let life = self.auth.options.lifetime.absolute;
            if let Err(failure) = self.host.write(Place::Store, key, &now.to_string(), life) {
                // The server may send it once more.
                let _ = self.host.delete(Place::Store, &used);
                return Err(failure);
            }
        }
        Ok(())
    }
}
