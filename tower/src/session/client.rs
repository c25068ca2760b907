//! The client that users sign in by.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use countersign::client::{AuthorizationParams, RequestError, Server};
use countersign::error::UnavailableReason;
use countersign::preset::Provider;
use countersign::{Error, ReqwestClient};
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// How long a request waits for the metadata of a server.
const DISCOVERY: Duration = Duration::from_secs(15);
/// How long it is not asked for again where it could not be had.
const RETRY_AFTER: Duration = Duration::from_secs(5);

type Make = dyn Fn(Server) -> Result<ReqwestClient, RequestError> + Send + Sync;

/// A client that users sign in by, and what it asks for.
pub struct SignInClient {
    source: Source,
    pub(super) scope: Option<String>,
    pub(super) params: Vec<(String, String)>,
    pub(super) resources: Vec<String>,
    pub(super) userinfo: bool,
    pub(super) provider: Option<Provider>,
}

enum Source {
    Ready(Box<ReqwestClient>),
    Discovered(Box<Discovered>),
}

struct Discovered {
    issuer: String,
    make: Box<Make>,
    found: OnceCell<ReqwestClient>,
    /// Until when it is not asked for again
    failed: Mutex<Option<Instant>>,
}

impl SignInClient {
    /// A client whose server is known. It asks for the scope `openid`.
    pub fn new(client: ReqwestClient) -> Self {
        Self::of(Source::Ready(Box::new(client)))
    }

    /// A client whose server's metadata is fetched when it is needed first, so that the application starts without it. A
    /// failure is remembered for five seconds.
    ///
    /// # Example
    /// ```
    /// use countersign::ReqwestClient;
    /// use countersign::client::{Client, ClientAuthentication};
    /// use countersign_tower::SignInClient;
    ///
    /// fn client(secret: String) -> SignInClient {
    ///     let client = SignInClient::discovered("https://id.example", move |server| {
    ///         let authentication = ClientAuthentication::Basic(secret.clone());
    ///         ReqwestClient::new(Client::builder(server, "app").authentication(authentication).build()?)
    ///     });
    ///     client.scope("openid profile email")
    /// }
    /// ```
    pub fn discovered(
        issuer: impl Into<String>,
        make: impl Fn(Server) -> Result<ReqwestClient, RequestError> + Send + Sync + 'static,
    ) -> Self {
        let (found, failed) = (OnceCell::new(), Mutex::new(None));
        let discovered = Discovered { issuer: issuer.into(), make: Box::new(make), found, failed };
        Self::of(Source::Discovered(Box::new(discovered)))
    }

    /// A client of a provider without OpenID Connect, such as GitHub.
    pub fn of_provider(provider: Provider, client: ReqwestClient) -> Self {
        let AuthorizationParams { scope, params, .. } = provider.params();
        Self { scope, params, provider: Some(provider), ..Self::new(client) }
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            scope: Some("openid".to_owned()),
            params: Vec::new(),
            resources: Vec::new(),
            userinfo: false,
            provider: None,
        }
    }

    /// The scopes to ask for, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// An API that access tokens are for (RFC 8707); call again for more. Each sign-in asks for all of them, and each has a token of
    /// its own, which [`Session::access_token_for`](crate::Session::access_token_for) gives for its name: that of the first comes
    /// with the sign-in, the others by the refresh token.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// Another parameter of the authorization request, such as `prompt`; call again for more.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }

    /// Asks the userinfo endpoint after each sign-in, for servers whose ID tokens have little in them.
    #[must_use]
    pub fn userinfo(mut self) -> Self {
        self.userinfo = true;
        self
    }

    /// The client, once its server is known.
    pub(super) async fn client(&self) -> Result<&ReqwestClient, RequestError> {
        match &self.source {
            Source::Ready(client) => Ok(client),
            Source::Discovered(discovered) => discovered.client().await,
        }
    }
}

impl Discovered {
    async fn client(&self) -> Result<&ReqwestClient, RequestError> {
        if let Some(client) = self.found.get() {
            return Ok(client);
        }
        let until = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if until.is_some_and(|until| Instant::now() < until) {
            return Err(Error::ServerUnavailable(UnavailableReason::Network).into());
        }
        let discover = self.found.get_or_try_init(|| discover(&self.issuer, &self.make));
        let late = Error::ServerUnavailable(UnavailableReason::Timeout);
        let found = timeout(DISCOVERY, discover).await.unwrap_or_else(|_| Err(late.into()));
        if found.is_err() {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(RETRY_AFTER);
        }
        found
    }
}

type Discovery<'a> = Pin<Box<dyn Future<Output = Result<ReqwestClient, RequestError>> + Send + 'a>>;

fn discover<'a>(issuer: &'a str, make: &'a Make) -> Discovery<'a> {
    Box::pin(async move { make(ReqwestClient::discover(issuer).await?) })
}

impl fmt::Debug for SignInClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInClient").field("scope", &self.scope).finish_non_exhaustive()
    }
}
