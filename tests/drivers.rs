//! The drivers of [`RemoteVerifier`], against a real server on loopback.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::arithmetic_side_effects, reason = "a test may")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use countersign::discovery::KeySource;
use countersign::error::UnavailableReason;
use countersign::jwks_cache::{Event, FetchRequest};
use countersign::{BlockingVerifier, ErrorCode, RemoteVerifier, Verifier};
use countersign_testkit::members::key_set;
use countersign_testkit::{Key, Members, Token};

type Answer = dyn Fn(&str, &mut TcpStream) + Send + Sync;

/// A server that answers each path as the test says, and writes the paths down.
struct Server {
    origin: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer): (_, Arc<Answer>) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, log, answer) = (stream.unwrap(), Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || {
                    let mut line = String::new();
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    reader.read_line(&mut line).unwrap();
                    let mut header = String::new();
                    while reader.read_line(&mut header).unwrap() > 2 {
                        header.clear();
                    }
                    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                    log.lock().unwrap().push(path.clone());
                    answer(&path, &mut stream);
                });
            }
        });
        Self { origin, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn remote(&self, source: &KeySource) -> RemoteVerifier {
        let verifier = Verifier::builder().issuer(&self.origin).audience("api").build().unwrap();
        RemoteVerifier::new(verifier, source).unwrap()
    }

    /// With the keys at `/jwks`.
    fn remote_at_url(&self) -> RemoteVerifier {
        let mut source = KeySource::default();
        source.jwks_uri = Some(format!("{}/jwks", self.origin));
        self.remote(&source)
    }

    fn token(&self, kid: &str) -> String {
        let claims = Members::new().text("iss", &self.origin).text("sub", "alice").text("aud", "api");
        Token::of(&Key::named("EdDSA", kid), "EdDSA", &claims.raw("exp", 4_102_444_800_u64))
            .sign(&Key::named("EdDSA", kid), "EdDSA")
    }
}

fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}");
    // Whoever asked may be gone.
    stream.write_all(text.as_bytes()).ok();
}

fn keys(kids: &[&str]) -> String {
    let jwks: Vec<Members> = kids.iter().map(|kid| Key::named("EdDSA", kid).jwk()).collect();
    key_set(&jwks)
}

/// GETs without a library, for the driver that wants none: `connection: close`, and a timeout for everything.
fn get(request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
    let rest = request.url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).map_err(|_| UnavailableReason::Network)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {authority}\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.take(100_000).read_to_string(&mut text).map_err(|_| UnavailableReason::Network)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(UnavailableReason::Network)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(UnavailableReason::Network)?;
    Ok((status, body.as_bytes().to_vec()))
}

type Verdict = Result<String, (ErrorCode, String)>;
type Driver = (&'static str, fn(RemoteVerifier) -> Verify);
type Verify = Box<dyn Fn(&str) -> Verdict + Send + Sync>;

fn verdict(verdict: Result<Arc<countersign::VerifiedToken>, countersign::Error>) -> Verdict {
    match verdict {
        Ok(token) => Ok(token.claims().subject().unwrap_or_default().to_owned()),
        Err(error) => Err((error.code(), error.to_string())),
    }
}

fn blocking(remote: RemoteVerifier) -> Verify {
    let verifier = BlockingVerifier::new(remote, get);
    Box::new(move |token| verdict(verifier.verify(token)))
}

/// The drivers that share the limits of `reqwest`.
#[cfg(feature = "reqwest")]
fn with_reqwest() -> [Driver; 2] {
    fn threads(remote: RemoteVerifier) -> Verify {
        let verifier = BlockingVerifier::with_reqwest(remote).unwrap();
        Box::new(move |token| verdict(verifier.verify(token)))
    }
    fn tasks(remote: RemoteVerifier) -> Verify {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let verifier = countersign::ReqwestVerifier::new(remote).unwrap();
        Box::new(move |token| verdict(runtime.block_on(verifier.verify(token))))
    }
    [("threads", threads), ("tasks", tasks)]
}

#[cfg(not(feature = "reqwest"))]
fn with_reqwest() -> [Driver; 0] {
    []
}

fn drivers() -> Vec<Driver> {
    let mut all: Vec<Driver> = vec![("a function", blocking)];
    all.extend(with_reqwest());
    all
}

#[test]
fn keys_are_fetched_once_for_all() {
    for (name, driver) in drivers() {
        let server = Server::start(|_, stream| {
            thread::sleep(Duration::from_millis(100));
            respond(stream, "200 OK", "", &keys(&["a"]));
        });
        let verify = driver(server.remote_at_url());
        let token = server.token("a");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(verify(&token), Ok("alice".into()), "{name}"));
            }
        });
        assert_eq!(server.seen(), ["/jwks"], "{name}");
        let tampered = verify(&token.replace('.', "x"));
        assert_eq!(tampered.map_err(|(code, _)| code), Err(ErrorCode::TokenMalformed), "{name}");
    }
}

#[test]
fn the_issuer_says_where_its_keys_are() {
    for (name, driver) in drivers() {
        let origin = Arc::new(Mutex::new(String::new()));
        let known = Arc::clone(&origin);
        let server = Server::start(move |path, stream| {
            let origin = known.lock().unwrap().clone();
            match path {
                "/.well-known/oauth-authorization-server" => {
                    let metadata = format!(r#"{{"issuer":"{origin}","jwks_uri":"{origin}/keys"}}"#);
                    respond(stream, "200 OK", "", &metadata);
                }
                "/keys" => respond(stream, "200 OK", "", &keys(&["a"])),
                _ => respond(stream, "404 Not Found", "", ""),
            }
        });
        origin.lock().unwrap().clone_from(&server.origin);
        let verify = driver(server.remote(&KeySource::default()));
        assert_eq!(verify(&server.token("a")), Ok("alice".into()), "{name}");
        let path = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/keys"];
        assert_eq!(server.seen(), path, "{name}");
    }
}

#[test]
fn a_new_key_is_looked_for_once() {
    for (name, driver) in drivers() {
        let answers = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&answers);
        let server = Server::start(move |_, stream| {
            let kids: &[&str] = if count.fetch_add(1, Ordering::Relaxed) == 0 { &["a"] } else { &["a", "b"] };
            respond(stream, "200 OK", "", &keys(kids));
        });
        let verify = driver(server.remote_at_url());
        assert_eq!(verify(&server.token("a")), Ok("alice".into()), "{name}");
        assert_eq!(verify(&server.token("b")), Ok("alice".into()), "{name}");
        let unknown = verify(&server.token("c")).map_err(|(code, _)| code);
        assert_eq!(unknown, Err(ErrorCode::KeyNotFound), "{name}");
        assert_eq!(answers.load(Ordering::Relaxed), 2, "{name}");
    }
}

#[test]
fn a_server_that_fails_is_no_verdict() {
    for (name, driver) in drivers() {
        let server = Server::start(|_, stream| respond(stream, "500 Internal Server Error", "", ""));
        let verify = driver(server.remote_at_url());
        for _ in 0..2 {
            let (code, reason) = verify(&server.token("a")).unwrap_err();
            assert_eq!(code, ErrorCode::JwksUnavailable, "{name}");
            assert!(reason.contains("status 200"), "{name}: {reason}");
        }
        assert_eq!(server.seen().len(), 1, "{name}: the failure is remembered");
    }
}

#[test]
fn an_unreachable_server_is_no_verdict() {
    for (name, driver) in drivers() {
        let closed = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            format!("http://{}", listener.local_addr().unwrap())
        };
        let server = Server { origin: closed, seen: Arc::default() };
        let (code, reason) = driver(server.remote_at_url())(&server.token("a")).unwrap_err();
        assert_eq!(code, ErrorCode::JwksUnavailable, "{name}");
        assert!(reason.contains("could not be reached"), "{name}: {reason}");
    }
}

#[test]
fn redirects_are_not_followed() {
    for (name, driver) in with_reqwest() {
        let server = Server::start(|path, stream| match path {
            "/jwks" => respond(stream, "302 Found", "location: /elsewhere\r\n", ""),
            _ => respond(stream, "200 OK", "", &keys(&["a"])),
        });
        let (code, reason) = driver(server.remote_at_url())(&server.token("a")).unwrap_err();
        assert_eq!(code, ErrorCode::JwksUnavailable, "{name}");
        assert!(reason.contains("redirect"), "{name}: {reason}");
        assert_eq!(server.seen(), ["/jwks"], "{name}");
    }
}

#[test]
fn a_body_is_read_up_to_the_limit() {
    for (name, driver) in with_reqwest() {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        // 100 MB, unless the reader has had enough; without a length, so that only reading tells.
        let server = Server::start(move |_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").ok();
            for _ in 0..1600 {
                if stream.write_all(" ".repeat(65_536).as_bytes()).is_err() {
                    break;
                }
                count.fetch_add(65_536, Ordering::Relaxed);
            }
        });
        let (code, _) = driver(server.remote_at_url())(&server.token("a")).unwrap_err();
        assert_eq!(code, ErrorCode::ResponseTooLarge, "{name}");
        let bytes = written.load(Ordering::Relaxed);
        assert!(bytes < 20_000_000, "{name}: {bytes}");
    }
}

#[test]
fn a_body_that_drips_is_given_five_seconds() {
    for (name, driver) in with_reqwest() {
        let server = Server::start(|_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").ok();
            while stream.write_all(b" ").is_ok() {
                thread::sleep(Duration::from_millis(200));
            }
        });
        let began = Instant::now();
        let (code, reason) = driver(server.remote_at_url())(&server.token("a")).unwrap_err();
        assert_eq!(code, ErrorCode::JwksUnavailable, "{name}");
        assert!(reason.contains("in time"), "{name}: {reason}");
        let took = began.elapsed().as_secs_f64();
        assert!((4.9..6.5).contains(&took), "{name}: {took} s");
    }
}

static CLOCK: AtomicU64 = AtomicU64::new(1_000);

#[test]
fn stale_keys_wait_a_second_for_a_server_that_hangs() {
    let server = Server::start(|_, stream| respond(stream, "200 OK", "", &keys(&["a"])));
    let hangs = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&hangs);
    let slow = move |request: &FetchRequest| {
        if count.fetch_add(1, Ordering::Relaxed) > 0 {
            thread::sleep(Duration::from_secs(3));
        }
        get(request)
    };
    let verifier = BlockingVerifier::with_clock(server.remote_at_url(), slow, || CLOCK.load(Ordering::Relaxed));
    let token = server.token("a");
    let timed = || {
        let began = Instant::now();
        assert!(verifier.verify(&token).is_ok());
        began.elapsed().as_secs_f64()
    };
    timed();
    assert!(timed() < 0.5);
    CLOCK.store(1_600, Ordering::Relaxed);
    let took = timed();
    assert!((0.9..2.0).contains(&took), "{took} s");
    CLOCK.store(1_601, Ordering::Relaxed);
    assert!(timed() < 0.5, "the second one does not wait");
    assert_eq!(hangs.load(Ordering::Relaxed), 2);
    // The response counts when it comes at last.
    thread::sleep(Duration::from_millis(2_500));
    CLOCK.store(2_200, Ordering::Relaxed);
    assert!(timed() < 0.5, "fresh since 1601");
}

#[cfg(feature = "reqwest")]
#[test]
fn a_cancelled_verification_leaves_its_request_to_the_others() {
    let server = Server::start(|_, stream| {
        thread::sleep(Duration::from_millis(300));
        respond(stream, "200 OK", "", &keys(&["a"]));
    });
    let token = server.token("a");
    let verifier = countersign::ReqwestVerifier::new(server.remote_at_url()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let cancelled = tokio::time::timeout(Duration::from_millis(50), verifier.verify(&token)).await;
        assert!(cancelled.is_err());
        verifier.verify(&token).await
    });
    assert!(outcome.is_ok());
    assert_eq!(server.seen(), ["/jwks"]);
}

/// The state machine takes events of a host that has no driver, too.
#[test]
fn a_driver_shows_no_key() {
    let server = Server { origin: "https://id.example".into(), seen: Arc::default() };
    let remote = server.remote_at_url();
    assert!(matches!(remote.handle(Event::Wanted, 0), countersign::jwks_cache::Action::Fetch { .. }));
    let shown = format!("{:?}", BlockingVerifier::new(remote, get));
    assert!(shown.starts_with("BlockingVerifier"), "{shown}");
}
