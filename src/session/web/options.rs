//! The configuration, and what follows from it for a request: which origin it is for, and which route.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::url::{is_authority, split_scheme};
use crate::error::ConfigError;
use crate::hash::Hash;
use crate::session::web::exchange::Place;
use crate::session::web::failure::Failure;
use crate::session::web::request::WebRequest;
use crate::session::{Lifetime, SameSite, Site, return_to};

const MAX_ORIGINS: usize = 32;
const MAX_CLIENTS: usize = 32;

/// What the application has for values that its processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// Nothing: sessions are in cookies, and no other server can end them.
    None,
    /// A store without put-if-absent, such as Workers KV
    Plain,
    /// A store with put-if-absent
    Atomic,
}

/// The options of a [`WebAuth`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebOptions {
    /// The origins at which users see the application. The first is that of requests for any other host.
    pub origins: Vec<String>,
    /// Below which path the routes are. Default: `/auth`.
    pub base_path: String,
    /// The names of the clients, of which the first is the default. Default: one of the name `default`.
    pub clients: Vec<String>,
    /// The APIs that access tokens are for (RFC 8707), as pairs of the name of a client and an API of its server: each sign-in
    /// by that client asks for all of them. Default: none.
    pub resources: Vec<(String, String)>,
    /// The name of the cookie, which over https gets the prefix `__Host-`. Default: `session`.
    pub name: String,
    /// Whether the cookie of a session comes along when a user follows a link of another site's page. `Strict`: it does not, and
    /// the user is signed in anew on the way. Default: `Lax`.
    pub same_site: SameSite,
    /// How long a session lasts.
    pub lifetime: Lifetime,
    /// The claims about the user that a session has. Default: `sub`, `name`, `email`, `picture`.
    pub claims: Vec<String>,
    /// Where users go after a sign-in that says nothing else, and after a sign-out. Default: `/`.
    pub return_to: String,
    /// What kind of store there is.
    pub store: StoreKind,
    /// Whether sessions are in the store, and cookies have their identifiers alone. Default: no.
    pub sessions_in_store: bool,
    /// Whether to refresh tokens where no store has a lock: for servers that accept a refresh token twice within a short
    /// time. Default: no, and then no session has a refresh token.
    pub refresh_unlocked: bool,
}

impl WebOptions {
    /// The defaults, for one origin.
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origins: alloc::vec![origin.into()],
            base_path: "/auth".to_string(),
            clients: alloc::vec!["default".to_string()],
            resources: Vec::new(),
            name: "session".to_string(),
            same_site: SameSite::Lax,
            lifetime: Lifetime::default(),
            claims: ["sub", "name", "email", "picture"].map(String::from).into(),
            return_to: "/".to_string(),
            store: StoreKind::None,
            sessions_in_store: false,
            refresh_unlocked: false,
        }
    }
}

/// The rules of sign-in for one web application.
pub struct WebAuth {
    pub(super) options: WebOptions,
    sites: Vec<Site>,
}

/// The routes below the base path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Login,
    Callback,
    Logout,
    Me,
    BackChannelLogout,
}

impl WebAuth {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] with the option and what to write.
    pub fn new(options: WebOptions) -> Result<Self, ConfigError> {
        let wrong = |option, problem| Err(ConfigError { option, problem });
        let sites = options.origins.iter().map(|origin| Site::new(origin)).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = sites.first() else { return wrong("origin", "must name an origin: `https://app.example`") };
        if sites.len() > MAX_ORIGINS {
            return wrong("origin", "must be 32 origins at most");
        }
        let is_path = return_to(&options.base_path, first).is_some() && options.base_path.starts_with('/');
        if !is_path || options.base_path.ends_with('/') || options.base_path.contains(['?', '#']) {
            return wrong("base_path", "must be a path such as `/auth`, without a slash at its end");
        }
        if options.clients.is_empty()
            || options.clients.len() > MAX_CLIENTS
            || !options.clients.iter().all(|name| is_token(name))
        {
            return wrong("clients", "must have one to 32 clients, by names of letters, digits, `-` and `_`");
        }
        let is_resource = |resource: &str| !resource.is_empty() && !resource.contains('#');
        if !options.resources.iter().all(|(client, name)| options.clients.contains(client) && is_resource(name)) {
            return wrong("resources", "must have names of APIs without a fragment, for clients that there are");
        }
        if !is_token(&options.name) {
            return wrong("session.name", "must be of letters, digits, `-` and `_`, at most 64, such as `session`");
        }
        if options.lifetime.idle == 0 || options.lifetime.absolute == 0 {
            return wrong("session", "must have `idle` and `absolute` in seconds, at least one of each");
        }
        if !options.return_to.starts_with('/') || return_to(&options.return_to, first).is_none() {
            return wrong("return_to", "must be a path of this application, such as `/`");
        }
        if options.sessions_in_store && options.store == StoreKind::None {
            return wrong("store", "must be a store where sessions are to be kept in one");
        }
        Ok(Self { options, sites })
    }

    /// The site of a request. With several origins the name of the host selects one of them, and can do nothing else.
    pub(super) fn site(&self, request: &WebRequest) -> Result<&Site, &'static Failure> {
        let host = |name| request.field(name).map(|value| value.split(',').next().unwrap_or_default().trim());
        let hosts = [host("x-forwarded-host"), host("host")];
        if hosts.iter().flatten().any(|host| !is_authority(host)) || request.all("host").nth(1).is_some() {
            return Err(Failure::REQUEST_INVALID);
        }
        let asked = hosts.into_iter().flatten().next();
        let named = asked.and_then(|host| self.sites.iter().find(|site| is_at(site, host)));
        named.or_else(|| self.sites.first()).ok_or(Failure::INTERNAL_ERROR)
    }

    /// Whether the request came by another name of this computer than the configured one, whose cookies it does not get.
    pub(super) fn is_other_loopback(site: &Site, request: &WebRequest) -> bool {
        let is_local = |host: &str| {
            let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
            name.is_some_and(|name| name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1"))
        };
        let own = site.origin().strip_prefix("http://");
        let asked = request.field("x-forwarded-host").or_else(|| request.field("host"));
        own.zip(asked).is_some_and(|(own, asked)| {
            let port = |(_, port)| port;
            let is_same_port = own.rsplit_once(':').map(port) == asked.rsplit_once(':').map(port);
            is_local(own) && is_local(asked) && !own.eq_ignore_ascii_case(asked) && is_same_port
        })
    }

    /// The route of a path. A proxy may have taken the beginning of the base path away.
    pub(super) fn route(&self, path: &str) -> Option<Route> {
        let (base, name) = path.rsplit_once('/')?;
        let is_base = !base.is_empty() && self.options.base_path.ends_with(base) && base.starts_with('/');
        let route = match name {
            "login" => Route::Login,
            "callback" => Route::Callback,
            "logout" => Route::Logout,
            "me" => Route::Me,
            // Without a store nothing would come of it.
            "backchannel-logout" if self.options.store != StoreKind::None => Route::BackChannelLogout,
            _ => return None,
        };
        is_base.then_some(route)
    }

    /// The path of a route.
    pub(super) fn path(&self, route: &str) -> String {
        [&self.options.base_path, "/", route].concat()
    }

    /// The client of that name, or the default.
    pub fn client(&self, name: Option<&str>) -> Option<&str> {
        let mut names = self.options.clients.iter();
        match name {
            Some(name) => names.find(|own| *own == name),
            None => names.next(),
        }
        .map(String::as_str)
    }

    /// The APIs that a sign-in by this client asks for.
    pub(super) fn resources<'a>(&'a self, client: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.options.resources.iter().filter(move |(name, _)| name == client);
        own.map(|(_, resource)| resource.as_str())
    }

    /// Where refreshes are locked, if they may be made at all.
    pub(super) fn refresh_place(&self) -> Option<Place> {
        match self.options.store {
            StoreKind::Atomic => Some(Place::Store),
            _ => self.options.refresh_unlocked.then_some(Place::Process),
        }
    }
}

/// The key of a value in a store. None of what it is made of can be read from it.
pub(super) fn key(kind: &str, parts: &[&str]) -> String {
    let text = [&parts.join("\0"), "\0"].concat();
    ["countersign:", kind, ":", &base64url::encode(&Hash::Sha256.digest(text.as_bytes()))].concat()
}

fn is_at(site: &Site, host: &str) -> bool {
    let own = site.origin();
    let authority = split_scheme(own).and_then(|(_, rest)| rest.strip_prefix("//")).unwrap_or_default();
    let port = if own.starts_with("https:") { ":443" } else { ":80" };
    authority.eq_ignore_ascii_case(host.strip_suffix(port).unwrap_or(host))
}

fn is_token(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
