//! The beginning of a sign-in.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::form;
use crate::encoding::json::writer::JsonWriter;
use crate::session::web::exchange::{Answer, Task};
use crate::session::web::failure::Failure;
use crate::session::web::options::WebAuth;
use crate::session::web::response::WebResponse;
use crate::session::web::routes::Operation;
use crate::session::{Purpose, SignInStart, return_to, transactions};

/// The parameter of a sign-in that begins again.
const RESTARTED: &str = "restarted";
/// The parameter of an authorization request that names an API, once for each (RFC 8707 §2)
const RESOURCE: &str = "resource";

/// What a sign-in is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The name of the client. Default: the first.
    pub client: Option<String>,
    /// Where the user goes afterwards: a path of the application. Default: what the request asked for.
    pub return_to: Option<String>,
    /// Further parameters of the authorization request. A `resource` among them, or several, come in place of those of the
    /// options.
    pub params: Vec<(String, String)>,
}

impl<'a> Operation<'a> {
    /// The route `login`.
    pub(super) fn login(&self) -> WebResponse {
        if self.request.parameter(RESTARTED).is_some() && !self.has_restarted() {
            return self.failure(Failure::TRANSACTION_MISSING);
        }
        let target = self.request.parameter("return_to");
        let params = SignIn {
            client: self.request.parameter("client"),
            return_to: Some(target.unwrap_or_else(|| self.auth.options.return_to.clone())),
            params: Vec::new(),
        };
        self.sign_in(&params)
    }

    /// The user, if it is one who goes to a page, is sent to the authorization server.
    pub(super) fn sign_in(&self, params: &SignIn) -> WebResponse {
        match self.request.sign_in_start() {
            SignInStart::Prefetch => WebResponse::new(204),
            SignInStart::Redirect => match self.redirect(params) {
                Ok(response) => response,
                Err(failure) => {
                    let client = self.auth.client(params.client.as_deref());
                    self.failure_of_sign_in(failure, client, self.target(params))
                }
            },
            SignInStart::Refuse if self.request.is_submission() => {
                let login = self.login_path(params.client.as_deref(), self.referrer());
                WebResponse::redirect(&login)
            }
            SignInStart::Refuse => self.failure(Failure::TOKEN_MISSING),
        }
    }

    fn redirect(&self, params: &SignIn) -> Result<WebResponse, &'a Failure> {
        let target = self.target(params).ok_or(Failure::RETURN_TO_REFUSED)?;
        let client = self.auth.client(params.client.as_deref());
        let client = client.ok_or(Failure::REQUEST_INVALID)?;
        if WebAuth::is_other_loopback(self.site, self.request) {
            let login = self.login_path(Some(client), Some(target));
            return Ok(WebResponse::redirect(&[self.site.origin(), &login].concat()));
        }
        self.start(client, target, &params.params)
    }

    /// Where the user goes afterwards, if that is a page of this application.
    fn target<'b>(&'b self, params: &'b SignIn) -> Option<&'b str> {
        return_to(params.return_to.as_deref().unwrap_or_else(|| self.request.target()), self.site)
    }

    /// The redirect to the authorization server, with the cookie of the transaction.
    pub(super) fn start(
        &self,
        client: &str,
        target: &str,
        params: &[(String, String)],
    ) -> Result<WebResponse, &'a Failure> {
        let redirect_uri = [self.site.origin(), &self.auth.path("callback")].concat();
        let mut params = params.to_vec();
        if !params.iter().any(|(name, _)| name == RESOURCE) {
            params.extend(self.auth.resources(client).map(|resource| (RESOURCE.to_string(), resource.to_string())));
        }
        // A token request names one of them, and has a token for it (RFC 8707 §2.2). The others come by the refresh token.
        let resource = params.iter().find(|(name, _)| name == RESOURCE).map(|(_, resource)| resource.clone());
        let authorize = Task::Authorize { client: client.to_string(), redirect_uri, params };
        let Answer::Authorization { url, state, transaction } = self.host.ask(authorize)? else {
            return Err(Failure::INTERNAL_ERROR);
        };
        let record = JsonWriter::new()
            .text("client", client)
            .text("returnTo", target)
            .text("transaction", transaction)
            .text_if("resource", resource.as_deref())
            .end();
        let sealed = self.host.seal(Purpose::Transaction, &transactions::name(state), self.site, record)?;
        let set = transactions::write(self.site, state, sealed, self.cookies, self.moment.now);
        let set = set.ok_or(Failure::INTERNAL_ERROR)?;
        Ok(WebResponse::redirect(url).with_cookies(set))
    }

    /// The address of the route `login`.
    pub(super) fn login_path(&self, client: Option<&str>, target: Option<&str>) -> String {
        self.login_address(client, target, false)
    }

    /// The same for a sign-in that begins again, with its client and where it returns to if they are known.
    pub(super) fn restart_path(&self, begun: Option<(&str, &str)>) -> String {
        let (client, target) = begun.unzip();
        self.login_address(client, target, true)
    }

    fn login_address(&self, client: Option<&str>, target: Option<&str>, is_restarted: bool) -> String {
        let mut query = String::new();
        // The default needs no name.
        if let Some(client) = client.filter(|client| self.auth.client(None) != Some(client)) {
            form::append(&mut query, "client", client);
        }
        if let Some(target) = target.filter(|target| *target != self.auth.options.return_to) {
            form::append(&mut query, "return_to", target);
        }
        if is_restarted {
            form::append(&mut query, RESTARTED, "1");
        }
        let path = self.auth.path("login");
        if query.is_empty() { path } else { [&path, "?", &query].concat() }
    }

    /// The page of this application from which the request came.
    fn referrer(&self) -> Option<&str> {
        return_to(self.request.field("referer")?, self.site)
    }
}
