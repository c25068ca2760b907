//! Protected resources: the credentials of a request (RFC 6750 §2), what an operation requires of a token, the answer to
//! a request that is refused (RFC 6750 §3, RFC 9470), and the metadata of the resource (RFC 9728).

mod answer_cache;
pub(crate) mod builder;
mod certificate;
mod challenge;
pub(crate) mod claim_set;
mod confirmation;
mod credentials;
mod csrf;
pub(crate) mod guard;
mod introspection;
pub(crate) mod metadata;
mod proofs;
mod refusal;
pub(crate) mod requirement;
pub(crate) mod scope;
mod source;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use answer_cache::AnswerCache;
pub use builder::GuardBuilder;
pub use certificate::CertificateThumbprint;
pub use confirmation::Presentation;
pub use credentials::{
    Scheme, from_authorization, from_authorization_of_any_scheme, from_cookie, from_header, from_websocket,
};
pub use csrf::{RequestContext, is_preflight};
pub use guard::Guard;
pub use introspection::{Introspection, is_jwt};
pub use metadata::MetadataResponse;
pub use refusal::Refusal;
pub use requirement::Requirement;
pub use scope::client_id;
pub use source::TokenSource;
