//! Pushed authorization requests (RFC 9126).

use alloc::string::String;
use core::fmt;

use crate::client::answer::{MEMBER, object, optional_seconds, refusal, text};
use crate::client::authorization_request::AuthorizationUrl;
use crate::client::call::Call;
use crate::client::client::{AuthorizationParams, Client};
use crate::client::client_authentication::ClientAuthentication;
use crate::client::http::HttpResponse;
use crate::client::request_error::RequestError;
use crate::client::transaction::Transaction;
use crate::encoding::form;
use crate::encoding::url::append_query;
use crate::error::{ConfigError, Error};

/// An authorization request on its way to the server.
pub struct PushedRequest {
    /// The request, whose response is for [`Client::pushed_response`]
    pub call: Call,
    pub(super) transaction: Transaction,
}

impl fmt::Debug for PushedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushedRequest").field("call", &self.call).finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a sign-in whose parameters the server gets directly (RFC 9126 §2.1): the browser carries a reference to them
    /// alone. `entropy` is as for [`Client::authorize`]; `call_entropy` is 32 more such bytes.
    ///
    /// # Errors
    /// Those of [`Client::authorize`], and [`RequestError::Config`] when the server has no endpoint for it.
    pub fn pushed_request(
        &self,
        params: &AuthorizationParams,
        entropy: &[u8; 96],
        call_entropy: &[u8; 32],
        now: u64,
    ) -> Result<PushedRequest, RequestError> {
        let name = "pushed_authorization_request_endpoint";
        let url = self.endpoint(name, self.server.pushed_authorization_request_endpoint.as_deref());
        let url = url.map_err(RequestError::Config)?;
        let begun = self.begin(params, entropy, now)?;
        let form = self.pushed_form(&begun).map_err(RequestError::Config)?;
        let call = self.call(url, self.dpop.as_ref(), form, call_entropy, now);
        Ok(PushedRequest { call, transaction: begun.transaction })
    }

    /// The parameters of the URL, without those that the endpoint has itself and without the client's, which
    /// authentication puts there, if not into a header: it is one of the request's all the same (RFC 9126 §2.1).
    fn pushed_form(&self, begun: &AuthorizationUrl) -> Result<String, ConfigError> {
        let endpoint = self.server.authorization_endpoint.as_deref().unwrap_or_default();
        let query = begun.url.strip_prefix(endpoint).unwrap_or_default().trim_start_matches(['?', '&']);
        let problem = "has a query that is not form-encoded";
        let parameters = form::parse(query).map_err(|_| ConfigError { option: "authorization_endpoint", problem })?;
        let mut form = String::new();
        let own = matches!(self.authentication, ClientAuthentication::Basic(_));
        for (name, value) in parameters.iter().filter(|(name, _)| own || name != "client_id") {
            form::append(&mut form, name, value);
        }
        Ok(form)
    }

    /// Reads the response to [`Client::pushed_request`], and builds the URL to send the browser to.
    /// Send it there at once: the server keeps the request for a minute or so.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] with what the server reported, [`Error::ServerUnavailable`],
    /// [`Error::ServerResponseInvalid`] for what is no response of this endpoint (RFC 9126 §2.2).
    pub fn pushed_response(
        &self,
        pushed: PushedRequest,
        response: &HttpResponse<'_>,
    ) -> Result<AuthorizationUrl, Error> {
        Ok(AuthorizationUrl { url: self.pushed_url(response)?, transaction: pushed.transaction })
    }

    pub(super) fn pushed_url(&self, response: &HttpResponse<'_>) -> Result<String, Error> {
        if response.status != 201 && response.status != 200 {
            return Err(refusal(response));
        }
        let members = object(response)?;
        let request_uri = text(&members, "request_uri")?;
        // How long the browser may take to get there; the transaction lives as long as ever.
        optional_seconds(&members, "expires_in")?.filter(|seconds| *seconds > 0).ok_or(MEMBER)?;
        let mut query = String::new();
        form::append(&mut query, "client_id", &self.client_id);
        form::append(&mut query, "request_uri", &request_uri);
        let endpoint = self.server.authorization_endpoint.as_deref().unwrap_or_default();
        Ok(append_query(endpoint, &query))
    }
}
