//! The end of a sign-in.

use alloc::string::{String, ToString as _};

use crate::client::callback_state;
use crate::encoding::json;
use crate::error::ErrorCode;
use crate::session::web::current::Change;
use crate::session::web::exchange::Task;
use crate::session::web::failure::Failure;
use crate::session::web::page;
use crate::session::web::request::only;
use crate::session::web::response::WebResponse;
use crate::session::web::routes::Operation;
use crate::session::web::tokens::{Tokens, UserClaims};
use crate::session::{Purpose, SameSite, Session, SignInStart, cookies, transactions};

/// The cookie that says that a sign-in was begun again.
const RESTARTED: &str = "sign-in-again";
const RESTARTED_AGE: u64 = 120;
/// Bytes of a response that comes as a form.
const MAX_FORM: usize = 65_536;

/// What the cookie of a transaction has.
struct Begun {
    client: String,
    return_to: String,
    transaction: String,
    /// What the access token of the sign-in is for, where it has asked for one resource or several
    resource: Option<String>,
}

impl<'a> Operation<'a> {
    /// The route `callback`.
    pub(super) fn callback(&self) -> WebResponse {
        self.answered().unwrap_or_else(|failure| self.failure(failure))
    }

    fn answered(&self) -> Result<WebResponse, &'a Failure> {
        let is_form = self.request.method == "POST";
        let response = if is_form {
            let body = self.host.body(MAX_FORM)?;
            body.ok_or(Failure::AUTHORIZATION_RESPONSE_INVALID)?
        } else {
            self.request.query()
        };
        let state = callback_state(response).map_err(|_| Failure::AUTHORIZATION_RESPONSE_INVALID)?;
        let Some(sealed) = transactions::read(self.site, &state, self.cookies) else {
            // A form that another site posts comes without our cookies. Posted again by a page of ours it has them.
            let is_ours = only(response, page::RESUBMITTED).is_some();
            return if is_form && !is_ours {
                page::resubmission(response).ok_or(Failure::AUTHORIZATION_RESPONSE_INVALID)
            } else {
                self.without_transaction(None)
            };
        };
        let opened = self.host.open(Purpose::Transaction, &transactions::name(&state), self.site, sealed)?;
        let begun = opened.and_then(Begun::from_json);
        let finished = match &begun {
            Some(begun) => self.finish(begun, &page::without_marker(response)),
            None => self.without_transaction(None),
        };
        // It is good for one callback, whatever came of it.
        let response = finished.unwrap_or_else(|failure| {
            let (client, target) = begun.as_ref().map(|begun| (&*begun.client, &*begun.return_to)).unzip();
            self.failure_of_sign_in(failure, client, target)
        });
        Ok(response.with_cookie(transactions::delete(self.site, &state)))
    }

    fn finish(&self, begun: &Begun, response: &str) -> Result<WebResponse, &'a Failure> {
        let redeem = Task::Redeem {
            client: begun.client.clone(),
            response: response.to_string(),
            transaction: begun.transaction.clone(),
            resource: begun.resource.clone(),
        };
        let json = match self.host.tokens(redeem) {
            Ok(json) => json,
            // The code came twice, or too late.
            Err(failure) if failure.is_invalid_grant || failure.code == ErrorCode::TransactionExpired => {
                return self.without_transaction(Some(begun));
            }
            Err(failure) => return Err(failure),
        };
        let session = self.begin(json, begun).ok_or(Failure::SERVER_RESPONSE_INVALID)?;
        if let Ok(Some(before)) = self.current() {
            // Best effort: nobody has its identifier any more.
            let _ = self.remove(&before);
        }
        let visit = self.save(session, Change::All)?;
        let mut response = self.arrival(&begun.return_to).with_cookies(visit.set_cookies);
        if self.has_restarted() {
            response = response.with_cookie(self.site.delete_cookie(RESTARTED));
        }
        Ok(response)
    }

    /// Leads the browser on. It has come from a page of another site, and what it is redirected to counts as coming from there,
    /// too: where the cookie is for this site's pages alone, one of these leads on (RFC 6265bis §5.2, §8.8.2).
    fn arrival(&self, target: &str) -> WebResponse {
        match self.auth.options.same_site {
            SameSite::Lax => WebResponse::redirect(target),
            SameSite::Strict => page::arrival(target),
        }
    }

    /// The session of a user who has just signed in, with an identifier that nobody knew before.
    fn begin(&self, json: &str, begun: &Begun) -> Option<Session> {
        let (options, now) = (&self.auth.options, self.moment.now);
        let claims = UserClaims::of_tokens(json, &options.claims)?;
        let mut tokens = Tokens::from_json(json, now)?;
        tokens.resource.clone_from(&begun.resource);
        if self.auth.refresh_place().is_none() {
            tokens.refresh_token = None;
        }
        // It is large, and for one thing only: the sign-out at the authorization server.
        if !options.sessions_in_store {
            tokens.id_token = None;
        }
        // What a refresh is compared with, where there is none.
        if tokens.refresh_token.is_none() {
            tokens.claims = None;
        }
        // Within the second of a sign-out it is a session of afterwards.
        let begun_at = self.signed_out_at().map_or(now, |time| now.max(time.saturating_add(1)));
        let session = Session::begin(self.moment.random, &tokens.issuer, &claims.subject, begun_at, options.lifetime);
        let session = session.with_client(&begun.client).with_tokens(tokens.is_any().then(|| tokens.to_json()));
        let session = if let Some(sid) = &claims.sid { session.with_sid(sid) } else { session };
        session.with_contents(&claims.chosen, "{}")
    }

    /// A callback whose sign-in is not under way: a reload, the back button, another tab, or a cookie that did not come.
    fn without_transaction(&self, begun: Option<&Begun>) -> Result<WebResponse, &'a Failure> {
        if self.current()?.is_some() {
            return Ok(WebResponse::redirect(&self.auth.options.return_to));
        }
        let can_restart = self.request.sign_in_start() == SignInStart::Redirect;
        if can_restart && !self.has_restarted() {
            // By the route `login`, which sees whether cookies arrive at all. Without them it would never end.
            let login = self.restart_path(begun.map(|begun| (begun.client.as_str(), begun.return_to.as_str())));
            return Ok(WebResponse::redirect(&login).with_cookie(self.site.set_cookie(RESTARTED, "1", RESTARTED_AGE)));
        }
        let (client, target) = begun.map(|begun| (&*begun.client, &*begun.return_to)).unzip();
        let response = self.failure_of_sign_in(Failure::TRANSACTION_MISSING, client, target);
        Ok(response.with_cookie(self.site.delete_cookie(RESTARTED)))
    }

    /// Whether the cookie of a sign-in that was begun again arrives.
    pub(super) fn has_restarted(&self) -> bool {
        cookies::value_of(self.cookies, &self.site.cookie_name(RESTARTED)).is_some()
    }
}

impl Begun {
    fn from_json(text: &str) -> Option<Self> {
        let members = json::parse_object(text, 1).ok()?;
        let text = |name| members.string(name).ok().flatten().map(String::from);
        Some(Self {
            client: text("client")?,
            return_to: text("returnTo")?,
            transaction: text("transaction")?,
            resource: text("resource"),
        })
    }
}
