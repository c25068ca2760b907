//! Sign-in for web applications: the routes, the session of each request, and the refresh of its tokens, for hosts that
//! answer requests.
//!
//! [`WebAuth`] has the rules. Each of its operations is an [`Exchange`]: it hands out one [`Task`] after the other (open this
//! cookie, read these keys of the store, ask the client for tokens), takes the [`Answer`] of each, and ends with an
//! [`Outcome`]: a response, or the session of the request and the cookies to set. It does nothing itself, and reads no clock.
//!
//! ```
//! use std::sync::Arc;
//!
//! use countersign::session::web::{Moment, Outcome, Step, WebAuth, WebOptions, WebRequest};
//!
//! let auth = Arc::new(WebAuth::new(WebOptions::new("https://app.example"))?);
//! let request = WebRequest::new("GET", "/auth/me").with_field("host", "app.example");
//! let mut exchange = auth.admit(request, Moment { now: 1_800_000_000, random: [7; 16] });
//! // Without a cookie nothing has to be done.
//! let Step::Done(Outcome::Response(response)) = exchange.step(None) else { panic!("a task") };
//! assert_eq!((response.status, response.body.as_str()), (200, "null"));
//! # Ok::<(), countersign::ConfigError>(())
//! ```

mod callback;
mod current;
mod exchange;
mod failure;
mod options;
mod page;
mod refresh;
mod request;
mod response;
mod routes;
mod sign_in;
mod sign_out;
mod tokens;

#[cfg(all(test, feature = "session", not(target_arch = "wasm32")))]
mod tests;

pub use exchange::{Answer, Exchange, Outcome, Place, Step, Task, Visit};
pub use failure::Failure;
pub use options::{StoreKind, WebAuth, WebOptions};
pub use request::WebRequest;
pub use response::WebResponse;
pub use routes::Moment;
pub use sign_in::SignIn;
pub use tokens::{AccessToken, ResourceToken, Tokens};
