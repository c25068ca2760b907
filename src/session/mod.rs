//! Sessions of users in cookies: what a session holds and when it ends, how it is sealed, the cookies that carry it, and
//! which requests may begin a sign-in.
//!
//! Everything here is a rule: requests are answered, and random bytes drawn, by the host. A session goes this way:
//!
//! 1. A [`Session`] begins when a user has signed in, with a new identifier each time.
//! 2. [`SealingKeys`] seals its JSON, by AES-256-GCM with a key of its own for each [`Purpose`], bound to the name of the
//!    cookie and to the origin.
//! 3. [`cookies::write`] spreads what comes of it over as many cookies as are needed, and [`cookies::read`] puts it together again.
//!
//! Whatever is missing, altered, or of another time, name or origin is no session, and no error.
//!
#![cfg_attr(feature = "session", doc = "```")]
#![cfg_attr(not(feature = "session"), doc = "```ignore")]
//! use countersign::session::{Lifetime, Purpose, SealingKeys, Session, Site, cookies};
//!
//! let site = Site::new("https://app.example")?;
//! let keys = SealingKeys::new(&[b"thirty-two bytes or more of a secret"])?;
//! let (id, iv) = ([1; 16], [2; 12]); // Random bytes, anew each time.
//!
//! let now = 1_800_000_000;
//! let session = Session::begin(id, "https://tenant.example/", "alice", now, Lifetime::default());
//! let sealed = keys.seal(Purpose::Session, "session", &site, iv, session.to_text().as_bytes());
//! let set_cookies = cookies::write(&site, "session", &sealed, session.ends_at() - now)?;
//! assert!(set_cookies[0].starts_with("__Host-session=1."));
//!
//! // The next request
//! let cookie = set_cookies[0].split(';').next().unwrap_or_default();
//! let sealed = cookies::read(&site, "session", &[cookie]).ok_or("no cookie")?;
//! let opened = keys.open(Purpose::Session, "session", &site, &sealed).ok_or("not sealed by us")?;
//! let session = Session::from_text(&opened, now + 60).ok_or("over")?;
//! assert_eq!(session.subject(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cookies;
mod navigation;
mod record;
mod return_to;
mod seal;
mod site;
pub mod transactions;
pub mod web;

pub use navigation::{Navigation, SignInStart};
pub use record::{Lifetime, Session};
pub use return_to::return_to;
#[cfg(feature = "session")]
pub use seal::SealingKeys;
pub use seal::{Purpose, Sealed};
pub use site::{SameSite, Site};
