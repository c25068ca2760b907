//! Sessions of users for axum: sign-in, callback, sign-out, refresh, and who a request comes from.

mod builder;
mod client;
mod driver;
mod layer;
mod tasks;
mod visitor;

pub use builder::SessionsBuilder;
pub use client::SignInClient;
/// What a sign-in is for, of [`Sessions::sign_in`](crate::Sessions::sign_in), and how long a session lasts.
pub use countersign::session::{Lifetime, web::SignIn};
pub use driver::Sessions;
pub use layer::{SessionLayer, SessionService};
pub use visitor::Session;
pub(crate) use visitor::session_token;
