//! The requests that a signed-in user's tokens need.

use std::string::String;
use std::sync::Arc;

use crate::client::{
    DpopProof, Grant, HttpResponse, IdTokenCheck, LogoutToken, RequestError, TokenResponse, TokenTypeHint,
};
use crate::driver::client::{ReqwestClient, SignedIn, entropy};
use crate::driver::reqwest::ReqwestVerifier;
use crate::driver::system_time;
use crate::error::{ConfigError, Error, UnavailableReason};
use crate::preset::Provider;
use crate::resource_server::Introspection;
use crate::verify::claims::Claims;
use crate::verify::verifier::VerifiedToken;

impl ReqwestClient {
    /// Refreshes the tokens. `previous` are the claims of the ID token of the sign-in, if there was one.
    ///
    /// Servers that rotate refresh tokens take each one once. So let one task at a time call this for a session, do not
    /// drop it before it has ended, and store the outcome before anything else. Where an ID token came, and its keys cannot
    /// be had, the outcome is without it.
    ///
    /// # Errors
    /// Those of [`Client::refresh_response`](crate::client::Client::refresh_response) and
    /// [`Client::verify_id_token`](crate::client::Client::verify_id_token).
    pub async fn refresh(&self, refresh_token: &str, previous: Option<&Claims>) -> Result<SignedIn, RequestError> {
        self.refresh_for(None, refresh_token, previous).await
    }

    /// [`ReqwestClient::refresh`] for an access token that is good at one resource: one of those that the authorization
    /// request has named (RFC 8707 §2.2). The refresh token goes on for the others.
    ///
    /// # Errors
    /// As [`ReqwestClient::refresh`].
    pub async fn refresh_for(
        &self,
        resource: Option<&str>,
        refresh_token: &str,
        previous: Option<&Claims>,
    ) -> Result<SignedIn, RequestError> {
        let request = self.client.refresh_request_for(resource, refresh_token, None, &entropy()?, system_time());
        let mut call = request?;
        let received = self.carry(&mut call).await?;
        let tokens = self.client.refresh_response(refresh_token, &received.response())?;
        let check = match previous {
            Some(previous) => IdTokenCheck::refresh(previous, &tokens),
            None => IdTokenCheck::without_sign_in(&tokens),
        };
        let (mut others, received_at) = (tokens.clone(), system_time());
        others.id_token = None;
        match self.signed_in(tokens, &check).await {
            // The refresh token is spent, so that its successor must not be lost where the keys for the ID token cannot be
            // had; none need come with a refresh (OpenID Connect Core §12.2).
            Err(RequestError::Server(error)) if error.status() == 503 => {
                Ok(SignedIn { tokens: others, id_token: None, received_at })
            }
            signed_in => signed_in,
        }
    }

    /// Asks for tokens by another grant.
    ///
    /// # Errors
    /// Those of [`Client::grant_request`](crate::client::Client::grant_request) and
    /// [`Client::grant_response`](crate::client::Client::grant_response).
    pub async fn grant(&self, grant: &Grant) -> Result<TokenResponse, RequestError> {
        let mut call = self.client.grant_request(grant, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        Ok(self.client.grant_response(grant, &received.response())?)
    }

    /// Asks what the server says of the user. `subject` is `sub` of the ID token.
    ///
    /// # Errors
    /// Those of [`Client::userinfo_response`](crate::client::Client::userinfo_response).
    pub async fn userinfo(&self, access_token: &str, subject: &str) -> Result<Claims, RequestError> {
        let mut call = self.client.userinfo_request(access_token, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        let response = received.response();
        if response.content_type.is_some_and(|media_type| media_type.starts_with("application/jwt")) {
            // It is no ID token, so that the verdict does not matter: after it, the key is there if the server has one.
            let token = String::from_utf8_lossy(response.body);
            drop(self.id_tokens.verify(token.trim()).await);
        }
        let verifier = self.id_tokens.remote().verifier();
        Ok(self.client.userinfo_response(subject, &response, Some(&verifier), system_time())?)
    }

    /// Asks who the user is, at a server that may have no ID tokens. For one that has, it is `sub` of theirs.
    ///
    /// # Errors
    /// Those of [`Provider::user_id`], and [`RequestError::Config`] for tokens without an access token.
    pub async fn user_id(&self, provider: &Provider, tokens: &TokenResponse) -> Result<String, RequestError> {
        let access_token = tokens.access_token.as_deref();
        let problem = "is missing: the server has given no access token";
        let access_token = access_token.ok_or(ConfigError { option: "access_token", problem })?;
        match provider.user_request(&self.client, access_token, &entropy()?, system_time())? {
            Some(mut call) => Ok(provider.user_id(tokens, &self.carry(&mut call).await?.response())?),
            None => Ok(provider.user_id(tokens, &HttpResponse::default())?),
        }
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// Those of [`Client::revocation_response`](crate::client::Client::revocation_response).
    pub async fn revoke(&self, token: &str, hint: Option<TokenTypeHint>) -> Result<(), RequestError> {
        let mut call = self.client.revocation_request(token, hint, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        Ok(self.client.revocation_response(&received.response())?)
    }

    /// Asks what the server knows of a token: `None` for one that is not active. An answer that comes signed (RFC 9701) is
    /// verified.
    ///
    /// # Errors
    /// Those of [`Client::introspection_response`](crate::client::Client::introspection_response), and
    /// [`Error::IntrospectionInvalid`] for a signed answer that does not hold.
    pub async fn introspect(&self, token: &str, hint: Option<TokenTypeHint>) -> Result<Option<Claims>, RequestError> {
        let mut call = self.client.introspection_request(token, hint, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        let response = received.response();
        match self.client.signed_introspection_response(&response)? {
            Some(answer) => self.signed_status(answer).await,
            None => Ok(self.client.introspection_response(&response)?),
        }
    }

    /// [`ReqwestClient::introspect`], which asks for a signed answer (RFC 9701) and takes no other.
    ///
    /// # Errors
    /// As there, and [`Error::IntrospectionInvalid`] for an answer that is not signed.
    pub async fn introspect_signed(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
    ) -> Result<Option<Claims>, RequestError> {
        let mut call = self.client.signed_introspection_request(token, hint, &entropy()?, system_time())?;
        let received = self.carry(&mut call).await?;
        let answer = self.client.signed_introspection_response(&received.response())?;
        self.signed_status(answer.ok_or(Error::IntrospectionInvalid)?).await
    }

    async fn signed_status(&self, answer: &str) -> Result<Option<Claims>, RequestError> {
        let answer = verified_answer(&self.introspection, answer).await?;
        Ok(self.client.signed_token_status(answer.claims())?)
    }

    /// Asks the issuer what a token stands for that a protected resource was given: [`Introspection`] says what the answer
    /// means. With a verifier ([`Introspection::answer_verifier`]) it asks for a signed answer, and takes no other (RFC 9701).
    ///
    /// # Errors
    /// [`Error::IntrospectionUnavailable`] for an issuer that does not answer, [`Error::InternalError`] for one that has no
    /// such endpoint, and those of [`Introspection::claims`].
    pub async fn claims_of(
        &self,
        rules: &Introspection,
        token: &str,
        signed: Option<&ReqwestVerifier>,
    ) -> Result<Claims, Error> {
        rules.check(token)?;
        let hint = Some(TokenTypeHint::AccessToken);
        let call = self.client.introspection_request(token, hint, &entropy()?, system_time());
        let mut call = call.map_err(|_| Error::InternalError)?;
        if signed.is_some() {
            call = call.accept("application/token-introspection+jwt");
        }
        let received = self.carry(&mut call).await.map_err(|error| match error {
            RequestError::Server(Error::ServerUnavailable(reason)) => Error::IntrospectionUnavailable(reason),
            _ => Error::InternalError,
        })?;
        let response = received.response();
        if response.status != 200 {
            return Err(Error::IntrospectionUnavailable(UnavailableReason::Status));
        }
        let Some(verifier) = signed else { return rules.claims(response.body, system_time()) };
        let answer = str::from_utf8(response.body).map_err(|_| Error::IntrospectionInvalid)?;
        rules.signed_claims(&*verified_answer(verifier, answer.trim()).await?, system_time())
    }

    /// The header field `DPoP` for a request to a resource with an access token that is bound to the client's key (RFC 9449 §7.1);
    /// `Authorization` has the scheme `DPoP`. The method is as it is sent, the URL may have a query.
    ///
    /// A resource that answers with `DPoP-Nonce` wants it in the next proof: hand it to [`ReqwestClient::learn_nonce`], and where
    /// the answer was 401 with `use_dpop_nonce` ask once more.
    ///
    /// # Errors
    /// [`RequestError::Config`] for a client without a key or without [`ReqwestClient::with_signer`].
    pub fn dpop_proof(&self, method: &str, url: &str, access_token: &str) -> Result<String, RequestError> {
        let problem = "is missing: the token is bound to a key";
        let key = self.client.dpop_key().ok_or(ConfigError { option: "dpop", problem })?;
        let nonces = self.nonces();
        let proof = DpopProof::new(key, method, url, &entropy()?, system_time()).access_token(access_token);
        let proof = proof.nonce(nonces.of(url));
        Ok(proof.header(&self.sign(&proof.signing_input())?)?)
    }

    /// Takes the field `DPoP-Nonce` of a resource's response from this URL, for the next proof (RFC 9449 §9).
    pub fn learn_nonce(&self, url: &str, nonce: &str) {
        self.nonces().learn(url, nonce);
    }

    /// Verifies a logout token that the server has posted. Whether its `jti` came before is for your store to say. Where ID tokens
    /// are encrypted, it has to be too, by the same keys (Back-Channel Logout §2.6).
    ///
    /// # Errors
    /// Those of [`Client::verify_logout_token`](crate::client::Client::verify_logout_token), and of a decryption.
    pub async fn verify_logout_token(&self, token: &str) -> Result<LogoutToken, RequestError> {
        let signed = self.decrypt(token)?;
        let signed = signed.as_deref().unwrap_or(token);
        Ok(LogoutToken::read(&*self.logout_tokens.verify(signed).await?)?)
    }
}

/// A signed answer about a token. That it does not hold is not the doing of whoever has sent the token.
async fn verified_answer(verifier: &ReqwestVerifier, answer: &str) -> Result<Arc<VerifiedToken>, Error> {
    verifier.verify(answer).await.map_err(|error| match error {
        error if error.status() >= 500 => error,
        _ => Error::IntrospectionInvalid,
    })
}
