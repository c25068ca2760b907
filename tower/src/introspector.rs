//! Asks the issuer about tokens that are no JWTs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign::client::RequestError;
use countersign::resource_server::{AnswerCache, Introspection};
use countersign::{Claims, Error, RemoteVerifier, ReqwestClient, ReqwestVerifier};

use crate::opaque::OpaqueTokens;
use crate::verifier::BoxFuture;

/// Asks the issuer what a token stands for (RFC 7662), as the client that this service is there. For
/// [`Guard::opaque_tokens`](crate::Guard::opaque_tokens).
///
/// # Example
/// ```no_run
/// use countersign::ReqwestClient;
/// use countersign::client::{Client, ClientAuthentication, RequestError};
/// use countersign::resource_server::Introspection;
/// use countersign_tower::Introspector;
///
/// async fn introspector(secret: String) -> Result<Introspector, RequestError> {
///     let server = ReqwestClient::discover("https://id.example").await?;
///     let client = Client::builder(server, "api").authentication(ClientAuthentication::Basic(secret)).build()?;
///     let rules = Introspection::new("https://id.example", ["https://api.example"]).lifetime(60)?;
///     Ok(Introspector::new(ReqwestClient::new(client)?, rules))
/// }
/// ```
pub struct Introspector {
    client: ReqwestClient,
    rules: Introspection,
    answers: Option<ReqwestVerifier>,
    cache: Mutex<AnswerCache>,
}

impl Introspector {
    /// Answers that are remembered, at most, where the rules have a lifetime.
    const MOST_ANSWERS: usize = 1_000;

    /// Takes answers in JSON.
    pub fn new(client: ReqwestClient, rules: Introspection) -> Self {
        Self { client, rules, answers: None, cache: Mutex::new(AnswerCache::new(Self::MOST_ANSWERS)) }
    }

    /// Asks for answers that are signed with a key of the issuer's (RFC 9701), and takes no others.
    ///
    /// # Errors
    /// Those of [`countersign::verify::VerifierBuilder::build`] and [`RemoteVerifier::new`].
    pub fn signed(mut self) -> Result<Self, RequestError> {
        let client = self.client.client();
        let verifier = self.rules.answer_verifier(client.client_id()).build()?;
        let verifier = RemoteVerifier::new(verifier, &client.server().key_source())?;
        self.answers = Some(ReqwestVerifier::new(verifier)?);
        Ok(self)
    }

    /// How many answers are remembered at most. Default 1,000.
    #[must_use]
    pub fn most_answers(mut self, most: usize) -> Self {
        self.cache = Mutex::new(AnswerCache::new(most));
        self
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, AnswerCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpaqueTokens for Introspector {
    fn claims<'a>(&'a self, token: &'a str, now: u64) -> BoxFuture<'a, Result<Arc<Claims>, Error>> {
        Box::pin(async move {
            if let Some(known) = self.cache().find(token, now) {
                return Ok(known);
            }
            self.cache().check(token, now)?;
            let answer = self.client.claims_of(&self.rules, token, self.answers.as_ref()).await;
            let claims = Arc::new(answer.inspect_err(|error| self.cache().refuse(token, error, now))?);
            self.cache().insert(&self.rules, token, &claims, now);
            Ok(claims)
        })
    }
}

impl fmt::Debug for Introspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector").field("rules", &self.rules).finish_non_exhaustive()
    }
}
