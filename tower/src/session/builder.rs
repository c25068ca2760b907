//! The options of sessions.

use std::fmt;
use std::sync::Arc;

use countersign::ConfigError;
use countersign::session::web::{StoreKind, WebAuth, WebOptions};
use countersign::session::{Lifetime, SameSite, SealingKeys};

use crate::clock::system_time;
use crate::session::client::SignInClient;
use crate::session::driver::{Sessions, Shared};
use crate::store::{MemoryStore, Store};

/// Refreshes of this process that are under way, or were a moment ago.
const MOST_REFRESHES: usize = 100_000;

/// Collects the options of [`Sessions`].
#[must_use]
pub struct SessionsBuilder {
    options: WebOptions,
    clients: Vec<(String, SignInClient)>,
    secrets: Vec<Vec<u8>>,
    store: Option<Arc<dyn Store>>,
    clock: fn() -> u64,
}

impl Sessions {
    /// Begins with the origin at which users see the application: `https://app.example`. It is never taken from a request.
    pub fn builder(origin: impl Into<String>) -> SessionsBuilder {
        SessionsBuilder {
            options: WebOptions::new(origin),
            clients: Vec::new(),
            secrets: Vec::new(),
            store: None,
            clock: system_time,
        }
    }
}

impl SessionsBuilder {
    /// Another origin at which users see the application; call again for more. Redirect URIs are `/auth/callback` at each.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.options.origins.push(origin.into());
        self
    }

    /// The client that users sign in by. Its redirect URI is `/auth/callback` at the origin.
    pub fn client(self, client: SignInClient) -> Self {
        self.named_client("default", client)
    }

    /// One of several clients, by a name for `/auth/login?client=name`. The first is the default.
    pub fn named_client(mut self, name: impl Into<String>, client: SignInClient) -> Self {
        self.clients.push((name.into(), client));
        self
    }

    /// A secret of at least 32 random bytes that seals cookies: `openssl rand -base64 32` makes one. Call again for older ones,
    /// which open what they have sealed.
    pub fn secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.secrets.push(secret.as_ref().to_vec());
        self
    }

    /// A store that all instances share: sessions then have refresh tokens, which one of all instances spends, and the
    /// authorization server can end sessions, at `/auth/backchannel-logout`.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.options.store = StoreKind::Atomic;
        self.store = Some(Arc::new(store));
        self
    }

    /// Puts sessions into the store, sealed, and their identifiers alone into cookies.
    pub const fn sessions_in_store(mut self) -> Self {
        self.options.sessions_in_store = true;
        self
    }

    /// Refreshes tokens without a store, under a lock of this process alone: for servers that accept a refresh token twice
    /// within a short time, or for one instance.
    pub const fn refresh_unlocked(mut self) -> Self {
        self.options.refresh_unlocked = true;
        self
    }

    /// Below which path the routes are. Default: `/auth`.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.options.base_path = path.into();
        self
    }

    /// The name of the cookie, which over https gets the prefix `__Host-`. Default: `session`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// Whether the cookie of a session comes along when a user follows a link of another site's page. With
    /// [`SameSite::Strict`] it does not: the user is signed in anew on the way, and after each sign-in a page of this
    /// application's own leads on. Default: [`SameSite::Lax`].
    pub const fn same_site(mut self, same_site: SameSite) -> Self {
        self.options.same_site = same_site;
        self
    }

    /// How long a session lasts. Default: a day without a request of the user's, and seven days at all.
    pub const fn lifetime(mut self, lifetime: Lifetime) -> Self {
        self.options.lifetime = lifetime;
        self
    }

    /// The claims about the user that a session has. Default: `sub`, `name`, `email`, `picture`.
    pub fn claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.options.claims = names.into_iter().map(Into::into).collect();
        self
    }

    /// Where users go after a sign-in that says nothing else, and after a sign-out. Default: `/`.
    pub fn return_to(mut self, path: impl Into<String>) -> Self {
        self.options.return_to = path.into();
        self
    }

    /// The clock, in seconds since 1970: for tests.
    pub const fn clock(mut self, clock: fn() -> u64) -> Self {
        self.clock = clock;
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] with the option, and what to write instead.
    pub fn build(mut self) -> Result<Sessions, ConfigError> {
        if self.clients.is_empty() {
            return Err(ConfigError::new("client", "is missing: users sign in by one"));
        }
        self.options.clients = self.clients.iter().map(|(name, _)| name.clone()).collect();
        let resources = |(name, client): &(String, SignInClient)| {
            client.resources.iter().map(|resource| (name.clone(), resource.clone())).collect::<Vec<_>>()
        };
        self.options.resources = self.clients.iter().flat_map(resources).collect();
        let keys = SealingKeys::new(&self.secrets)?;
        let auth = Arc::new(WebAuth::new(self.options)?);
        let process = MemoryStore::new(MOST_REFRESHES).clock(self.clock);
        let Self { clients, store, clock, .. } = self;
        Ok(Sessions(Arc::new(Shared { auth, clients, keys, store, process, clock })))
    }
}

impl fmt::Debug for SessionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionsBuilder").field("options", &self.options).finish_non_exhaustive()
    }
}
