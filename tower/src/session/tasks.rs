//! What the operations of the core ask for, done.

use std::future::Future;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use countersign::client::{AuthorizationParams, LogoutParams, RequestError, TokenTypeHint, Transaction};
use countersign::session::web::{Answer, Failure, Place, Task};
use countersign::{Claims, ConfigError, Error, ErrorCode, ReqwestClient, SignedIn};
use serde_json::{Map, Value, json};
use tokio::time::{sleep, timeout};

use crate::caught::caught_within;
use crate::session::client::SignInClient;
use crate::session::driver::{Shared, random};
use crate::store::{Store, StoreError};
use crate::timeout::STORE;

const MAX_AGE: ConfigError = ConfigError::new("max_age", "must be a whole number of seconds");

type Done = Result<Answer, Failure>;

impl Shared {
    pub(super) async fn perform(&self, task: Task, body: &mut Option<Body>) -> Answer {
        let done = match task {
            Task::Body { limit } => Ok(Answer::Text(text_of(body.take(), limit).await)),
            Task::Open { purpose, name, site, text } => {
                let opened = self.keys.open(purpose, &name, &site, &text);
                Ok(Answer::Text(opened.and_then(|bytes| String::from_utf8(bytes).ok())))
            }
            Task::Seal { purpose, name, site, text } => random()
                .map(|iv| Answer::Text(Some(self.keys.seal(purpose, &name, &site, iv, text.as_bytes()))))
                .map_err(|error| Failure::from(&error)),
            Task::Read { place, keys } => self.read(place, &keys).await,
            Task::Write { place, key, value, seconds } => self
                .ask(place, |store| Box::pin(async move { store.write(&key, &value, seconds).await }))
                .await
                .map(|()| Answer::Done),
            Task::Add { place, key, value, seconds } => self
                .ask(place, |store| Box::pin(async move { store.add(&key, &value, seconds).await }))
                .await
                .map(Answer::Added),
            Task::Delete { place, key } => {
                self.ask(place, |store| Box::pin(async move { store.remove(&key).await })).await.map(|()| Answer::Done)
            }
            Task::Wait { milliseconds } => {
                sleep(Duration::from_millis(milliseconds)).await;
                Ok(Answer::Done)
            }
            Task::Authorize { client, redirect_uri, params } => self.authorize(&client, redirect_uri, params).await,
            Task::Redeem { client, response, transaction, resource } => {
                self.redeem(&client, &response, &transaction, resource).await
            }
            Task::Refresh { client, tokens, resource } => self.refresh(&client, &tokens, resource.as_deref()).await,
            Task::Revoke { client, token, milliseconds } => self.revoke(&client, &token, milliseconds).await,
            Task::LogoutUrl { client, redirect_uri, id_token } => {
                self.logout_url(&client, redirect_uri, id_token).await
            }
            Task::LogoutToken { client, token } => self.logout_token(&client, &token).await,
            _ => Err(of(ErrorCode::InternalError)),
        };
        done.unwrap_or_else(Answer::Failed)
    }

    fn sign_in_client(&self, name: &str) -> Result<&SignInClient, Failure> {
        let found = self.clients.iter().find(|(own, _)| own == name);
        found.map(|(_, client)| client).ok_or(of(ErrorCode::InternalError))
    }

    async fn client(&self, name: &str) -> Result<&ReqwestClient, Failure> {
        self.sign_in_client(name)?.client().await.map_err(|error| failure(&error))
    }

    /// The thumbprint of the key that a client's tokens are bound to, if they are.
    pub(super) async fn key_thumbprint(&self, name: Option<&str>) -> Result<Option<String>, Error> {
        let name = self.auth.client(name).ok_or(Error::InternalError)?;
        let client = self.client(name).await.map_err(|_| Error::RefreshUnavailable)?;
        Ok(client.client().dpop_key().map(|key| key.thumbprint().to_owned()))
    }

    async fn authorize(&self, client: &str, redirect_uri: String, params: Vec<(String, String)>) -> Done {
        let sign_in = self.sign_in_client(client)?;
        let mut asked = AuthorizationParams::default();
        asked.redirect_uri = Some(redirect_uri);
        asked.scope.clone_from(&sign_in.scope);
        // What this sign-in is for comes in place of what all are for.
        let is_overridden = |name: &str| params.iter().any(|(own, _)| own == name);
        let usual: Vec<_> = sign_in.params.iter().filter(|(name, _)| !is_overridden(name)).cloned().collect();
        for (name, value) in usual.into_iter().chain(params) {
            match name.as_str() {
                "scope" => asked.scope = Some(value),
                // Without it, a sign-in of long ago would do.
                "max_age" => asked.max_age = Some(value.parse().map_err(|_| failure(&MAX_AGE.into()))?),
                _ => asked.params.push((name, value)),
            }
        }
        let client = sign_in.client().await.map_err(|error| failure(&error))?;
        let begun = client.authorize(&asked).await.map_err(|error| failure(&error))?;
        let state = begun.transaction.state.clone();
        let transaction = serde_json::to_string(&begun.transaction).map_err(|_| of(ErrorCode::InternalError))?;
        Ok(Answer::Authorization { url: begun.url, state, transaction })
    }

    async fn redeem(&self, client: &str, response: &str, transaction: &str, resource: Option<String>) -> Done {
        let sign_in = self.sign_in_client(client)?;
        let mut transaction: Transaction =
            serde_json::from_str(transaction).map_err(|_| of(ErrorCode::TransactionMissing))?;
        if let Some(resource) = resource {
            transaction.resource = vec![resource];
        }
        let client = sign_in.client().await.map_err(|error| failure(&error))?;
        let signed_in = client.callback(response, &transaction).await.map_err(|error| failure(&error))?;
        let claims = claims(sign_in, client, &signed_in).await.map_err(|error| failure(&error))?;
        Ok(self.tokens(client, &signed_in, Some(claims)))
    }

    async fn refresh(&self, client: &str, before: &str, resource: Option<&str>) -> Done {
        let client = self.client(client).await?;
        let before: Value = serde_json::from_str(before).map_err(|_| of(ErrorCode::InternalError))?;
        let refresh_token = before.get("refreshToken").and_then(Value::as_str);
        let refresh_token = refresh_token.ok_or(of(ErrorCode::InternalError))?;
        let claims = before.get("claims").and_then(|claims| Claims::from_json(&claims.to_string()).ok());
        let refreshed = client.refresh_for(resource, refresh_token, claims.as_ref()).await;
        let refreshed = refreshed.map_err(|error| failure(&error))?;
        let claims = refreshed.id_token.as_ref().map(|id_token| object(id_token.claims()));
        Ok(self.tokens(client, &refreshed, claims))
    }

    /// As the core reads them.
    fn tokens(&self, client: &ReqwestClient, signed_in: &SignedIn, claims: Option<Map<String, Value>>) -> Answer {
        let tokens = &signed_in.tokens;
        let mut json = json!({
            "issuer": client.client().server().issuer,
            "accessToken": tokens.access_token,
            "tokenType": tokens.token_type,
            // By the clock that sessions end by.
            "expiresAt": tokens.expires_at((self.clock)()),
            "refreshToken": tokens.refresh_token,
            "idToken": tokens.id_token,
            "scope": tokens.scope,
        });
        if let (Some(members), Some(claims)) = (json.as_object_mut(), claims) {
            members.insert("claims".to_owned(), Value::Object(claims));
        }
        Answer::Tokens(json.to_string())
    }

    async fn revoke(&self, client: &str, token: &str, milliseconds: u64) -> Done {
        let client = self.client(client).await?;
        let revoke = client.revoke(token, Some(TokenTypeHint::RefreshToken));
        match timeout(Duration::from_millis(milliseconds), revoke).await {
            Ok(Ok(())) => Ok(Answer::Done),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(of(ErrorCode::ServerUnavailable)),
        }
    }

    async fn logout_url(&self, client: &str, redirect_uri: String, id_token: Option<String>) -> Done {
        let client = self.client(client).await?.client();
        if client.server().end_session_endpoint.is_none() {
            return Ok(Answer::Text(None));
        }
        let mut params = LogoutParams::default();
        params.id_token_hint = id_token;
        params.post_logout_redirect_uri = Some(redirect_uri);
        // The page that the browser comes back to is the application's: it would see a text that nobody asks for.
        params.state = Some(String::new());
        let entropy = random().map_err(|error| Failure::from(&error))?;
        let logout = client.logout_url(&params, &entropy).map_err(|error| failure(&error.into()))?;
        Ok(Answer::Text(Some(logout.url)))
    }

    async fn logout_token(&self, client: &str, token: &str) -> Done {
        let client = self.client(client).await?;
        let token = client.verify_logout_token(token).await.map_err(|error| failure(&error))?;
        Ok(Answer::LogoutToken {
            issuer: token.issuer,
            subject: token.subject,
            sid: token.session_id,
            jti: token.jti,
            expires_at: token.expires_at,
        })
    }

    async fn read(&self, place: Place, keys: &[String]) -> Done {
        let mut values = Vec::new();
        for key in keys {
            values.push(self.ask(place, |store| Box::pin(async move { store.read(key).await })).await?);
        }
        Ok(Answer::Values(values))
    }

    /// Asks a store, which may fail, take its time, or panic.
    async fn ask<'a, T>(
        &'a self,
        place: Place,
        ask: impl FnOnce(&'a dyn Store) -> crate::BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, Failure> {
        let unavailable = || of(ErrorCode::StoreUnavailable);
        let store = match (place, &self.store) {
            (Place::Process, _) => &self.process,
            (Place::Store, Some(store)) => store.as_ref(),
            (Place::Store, None) => return Err(of(ErrorCode::InternalError)),
        };
        match caught_within("store", STORE, ask(store)).await {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => {
                tracing::warn!(%error, "the store of sessions has failed");
                Err(unavailable())
            }
            None => Err(unavailable()),
        }
    }
}

/// What is known of the user.
async fn claims(
    sign_in: &SignInClient,
    client: &ReqwestClient,
    signed_in: &SignedIn,
) -> Result<Map<String, Value>, RequestError> {
    if let Some(provider) = &sign_in.provider {
        let id = client.user_id(provider, &signed_in.tokens).await?;
        return Ok(Map::from_iter([("sub".to_owned(), Value::String(id))]));
    }
    let id_token = signed_in.id_token.as_ref().ok_or(Error::ClaimMissing { claim: "id_token".into() })?;
    let mut claims = object(id_token.claims());
    let access_token = signed_in.tokens.access_token.as_deref().filter(|_| sign_in.userinfo);
    if let (Some(access_token), Some(subject)) = (access_token, id_token.claims().subject()) {
        let more = client.userinfo(access_token, subject).await?;
        // What is signed comes first.
        for (name, value) in object(&more) {
            claims.entry(name).or_insert(value);
        }
    }
    Ok(claims)
}

fn object(claims: &Claims) -> Map<String, Value> {
    serde_json::from_str(claims.json()).unwrap_or_default()
}

fn failure(error: &RequestError) -> Failure {
    match error {
        RequestError::Server(error) => {
            let failure = Failure::from(error);
            // Users may say no, and sessions end: there is nothing to be mended.
            if error.status() < 500 || failure.is_invalid_grant {
                tracing::debug!(%error, "the authorization server has refused");
            } else {
                tracing::warn!(%error, "the authorization server was asked in vain");
            }
            failure
        }
        error => {
            tracing::error!(%error, "a client for sign-in is not set up as it has to be");
            of(ErrorCode::InternalError)
        }
    }
}

const fn of(code: ErrorCode) -> Failure {
    Failure { code, is_invalid_grant: false, words: None }
}

async fn text_of(body: Option<Body>, limit: usize) -> Option<String> {
    let bytes = to_bytes(body?, limit).await.ok()?;
    String::from_utf8(bytes.to_vec()).ok()
}

/// Operations go on in tasks of their own, so that nobody who goes away ends them halfway.
pub(super) async fn to_the_end<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(future).await.ok()
}
