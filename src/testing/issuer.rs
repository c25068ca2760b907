//! The issuer.

use std::borrow::ToOwned;
use std::collections::BTreeSet;
use std::fmt;
use std::format;
use std::io;
use std::string::{String, ToString as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use std::vec::Vec;

use serde_json::{Map, Value};

use crate::discovery::KeySource;
use crate::driver::blocking::BlockingVerifier;
use crate::driver::system_time;
use crate::encoding::base64url;
use crate::encoding::json::writer::{JsonWriter, array, quote};
use crate::error::{ConfigError, UnavailableReason};
use crate::jose::algorithm::Algorithm;
use crate::jwks_cache::FetchRequest;
use crate::testing::key::KeyPair;
use crate::testing::server::Server;
use crate::verify::remote_verifier::RemoteVerifier;
use crate::verify::verifier::Verifier;

/// An issuer of tokens for tests. Clones are the same issuer.
///
/// # Example
/// ```
/// use countersign::testing::TestIssuer;
/// use serde_json::json;
///
/// let issuer = TestIssuer::new("https://issuer.example/", "https://api.example");
/// let verifier = issuer.verifier()?;
///
/// let token = verifier.verify(&issuer.mint(json!({ "sub": "alice" })))?;
/// assert_eq!(token.claims().subject(), Some("alice"));
///
/// issuer.rotate();
/// verifier.verify(&issuer.mint(json!({})))?;
/// assert_eq!(issuer.fetches(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TestIssuer {
    shared: Arc<Shared>,
    /// Where it is one that can be asked over HTTP
    _server: Option<Arc<Server>>,
}

struct Shared {
    issuer: String,
    audience: String,
    fetches: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    algorithm: Algorithm,
    pairs: Vec<KeyPair>,
    withdrawn: BTreeSet<String>,
    delay: Duration,
    failure: Option<Failure>,
}

/// How a test issuer fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// Every answer has this HTTP status, and no body.
    Status(u16),
    /// There is no answer.
    Network,
}

/// What a token is to have beside its claims.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Mint {
    kid: Option<String>,
    header: Map<String, Value>,
    expires_in: Option<i64>,
}

impl Mint {
    /// The ID of the key that signs, which may have been withdrawn. Default: the newest.
    pub fn kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// A header parameter, over the usual ones.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Seconds until the token expires; negative for one that has. Default: 600.
    pub const fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = Some(seconds);
        self
    }
}

impl TestIssuer {
    /// Makes an issuer without a server: [`TestIssuer::verifier`] and [`TestIssuer::respond`] are its network. It signs
    /// with ES256.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let issuer = issuer.into();
        let pairs = std::vec![KeyPair::new(Algorithm::ES256, &issuer, "test-1".to_owned())];
        let state = State {
            algorithm: Algorithm::ES256,
            pairs,
            withdrawn: BTreeSet::new(),
            delay: Duration::ZERO,
            failure: None,
        };
        let shared =
            Shared { issuer, audience: audience.into(), fetches: AtomicUsize::new(0), state: Mutex::new(state) };
        Self { shared: Arc::new(shared), _server: None }
    }

    /// Makes an issuer with a server on loopback, for programs that fetch keys over HTTP. Its address is the issuer
    /// identifier. It ends with the last clone.
    ///
    /// # Errors
    /// Those of binding a port.
    pub fn start(audience: impl Into<String>) -> io::Result<Self> {
        let (server, listener) = Server::bind()?;
        let issuer = Self::new(server.origin(), audience);
        let answers = issuer.clone();
        server.serve(listener, move |path| answers.answer(path));
        Ok(Self { _server: Some(Arc::new(server)), ..issuer })
    }

    /// Signs with another algorithm, from the next key on.
    ///
    /// # Panics
    /// [`TestIssuer::rotate`] does, for others than ES256 and `EdDSA`.
    pub fn sign_with(&self, algorithm: Algorithm) {
        self.state().algorithm = algorithm;
    }

    /// The issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.shared.audience
    }

    /// The address of its key set.
    pub fn jwks_uri(&self) -> String {
        [self.base(), "/jwks"].concat()
    }

    /// A verifier of its access tokens that needs no network.
    ///
    /// # Errors
    /// [`ConfigError`] for an issuer or an audience that is none.
    pub fn verifier(&self) -> Result<BlockingVerifier, ConfigError> {
        let verifier = Verifier::builder().issuer(self.issuer()).audience(self.audience()).build()?;
        let remote = RemoteVerifier::new(verifier, &KeySource::default())?;
        let issuer = self.clone();
        Ok(BlockingVerifier::new(remote, move |request| issuer.respond(request)))
    }

    /// Answers a request for metadata or keys in place of the network.
    ///
    /// # Errors
    /// [`UnavailableReason`] while the issuer is set to fail by the network, or to take longer than the request may.
    pub fn respond(&self, request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
        let limit = Duration::from_secs(request.timeout);
        if self.state().delay > limit {
            thread::sleep(limit);
            return Err(UnavailableReason::Timeout);
        }
        let origin = origin_of(self.issuer());
        let path = request.url.strip_prefix(origin).unwrap_or_default();
        match self.answer(path) {
            Some((status, _)) if (300..400).contains(&status) => Err(UnavailableReason::Redirect),
            Some((status, body)) => Ok((status, body.into_bytes())),
            None => Err(UnavailableReason::Network),
        }
    }

    /// Signs an access token (RFC 9068) with `iss`, `aud`, `sub`, `iat` and `exp`. Members of `claims`, an object,
    /// replace these; `null` leaves one out.
    ///
    /// # Panics
    /// For claims that are no object.
    pub fn mint(&self, claims: impl Into<Value>) -> String {
        self.mint_with(claims, Mint::default())
    }

    /// The same, with a header, a key or a lifetime of the test's choice.
    ///
    /// # Panics
    /// For claims that are no object, and a `kid` that the issuer never had.
    #[allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
    pub fn mint_with(&self, claims: impl Into<Value>, options: Mint) -> String {
        let Value::Object(claims) = claims.into() else { panic!("claims are a JSON object") };
        let state = self.state();
        let pair = match &options.kid {
            Some(kid) => state.pairs.iter().find(|pair| pair.kid == *kid).expect("a key that the issuer has had"),
            None => state.newest().expect("the first key"),
        };
        let now = i64::try_from(system_time()).unwrap_or_default();
        let expires_at = now.saturating_add(options.expires_in.unwrap_or(600));
        let mut all: Map<String, Value> = [
            ("iss", Value::from(self.issuer())),
            ("sub", Value::from("user")),
            ("aud", Value::from(self.audience())),
            ("iat", Value::from(now)),
            ("exp", Value::from(expires_at)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        all.extend(claims);
        all.retain(|_, value| !value.is_null());
        let algorithm = pair.algorithm().to_string();
        let header = [("alg", algorithm.as_str()), ("typ", "at+jwt"), ("kid", &pair.kid)];
        let mut header: Map<String, Value> =
            header.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        header.extend(options.header);
        let part = |object| base64url::encode(Value::Object(object).to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(all));
        let signature = base64url::encode(&pair.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// Makes a key, publishes it beside the others, and signs with it from now on. Answers its ID.
    pub fn rotate(&self) -> String {
        let mut state = self.state();
        let kid = format!("test-{}", state.pairs.len().saturating_add(1));
        let pair = KeyPair::new(state.algorithm, self.issuer(), kid.clone());
        state.pairs.push(pair);
        kid
    }

    /// Takes a key out of the key set. It can still sign, so that a test sees its tokens refused. Whether it was there.
    pub fn withdraw(&self, kid: &str) -> bool {
        let mut state = self.state();
        let is_known = state.pairs.iter().any(|pair| pair.kid == kid);
        is_known && state.withdrawn.insert(kid.to_owned())
    }

    /// Lets answers take so long from now on.
    pub fn delay(&self, time: Duration) {
        self.state().delay = time;
    }

    /// Fails from now on. `None`: all is well again.
    pub fn fail(&self, how: Option<Failure>) {
        self.state().failure = how;
    }

    /// How often the key set was asked for.
    pub fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// The key set as it is published (RFC 7517 §5).
    pub fn jwks(&self) -> String {
        let state = self.state();
        let keys = array(state.published().map(KeyPair::jwk));
        JsonWriter::new().json("keys", &keys).end()
    }

    /// The metadata as it is published (OpenID Connect Discovery §3, RFC 8414 §2).
    pub fn metadata(&self) -> String {
        let algorithm = self.state().algorithm.to_string();
        let list = |text: &str| array(core::iter::once(quote(text)));
        JsonWriter::new()
            .text("issuer", self.issuer())
            .text("jwks_uri", &self.jwks_uri())
            .text("authorization_endpoint", &[self.base(), "/authorize"].concat())
            .text("token_endpoint", &[self.base(), "/token"].concat())
            .json("response_types_supported", &list("code"))
            .json("subject_types_supported", &list("public"))
            .json("id_token_signing_alg_values_supported", &list(&algorithm))
            .json("code_challenge_methods_supported", &list("S256"))
            .end()
    }

    /// The answer to a GET, after the delay. `None`: there is none.
    fn answer(&self, path: &str) -> Option<(u16, String)> {
        let (delay, failure) = {
            let state = self.state();
            (state.delay, state.failure)
        };
        let tenant = self.base().strip_prefix(origin_of(self.issuer())).unwrap_or_default();
        let is_jwks = path.strip_prefix(tenant) == Some("/jwks");
        if is_jwks {
            self.shared.fetches.fetch_add(1, Ordering::SeqCst);
        }
        thread::sleep(delay);
        let is_metadata = path == [tenant, "/.well-known/openid-configuration"].concat()
            || path == ["/.well-known/oauth-authorization-server", tenant].concat();
        match failure {
            Some(Failure::Network) => None,
            Some(Failure::Status(status)) => Some((status, String::new())),
            None if is_jwks => Some((200, self.jwks())),
            None if is_metadata => Some((200, self.metadata())),
            None => Some((404, String::new())),
        }
    }

    /// The issuer identifier without a slash at its end.
    fn base(&self) -> &str {
        self.issuer().strip_suffix('/').unwrap_or(self.issuer())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn published(&self) -> impl DoubleEndedIterator<Item = &KeyPair> {
        self.pairs.iter().filter(|pair| !self.withdrawn.contains(&pair.kid))
    }

    fn newest(&self) -> Option<&KeyPair> {
        self.published().next_back().or_else(|| self.pairs.last())
    }
}

fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = url.get(host..).unwrap_or_default();
    let end = rest.find('/').map_or(url.len(), |at| host.saturating_add(at));
    url.get(..end).unwrap_or(url)
}

impl fmt::Debug for TestIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestIssuer").field("issuer", &self.shared.issuer).finish_non_exhaustive()
    }
}
