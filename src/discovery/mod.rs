//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0), and how it is found.

#[allow(clippy::module_inception, reason = "the folder is about more than finding the metadata")]
pub(crate) mod discovery;
pub(crate) mod key_source;
pub(crate) mod server_metadata;

pub use discovery::Discovery;
pub use key_source::KeySource;
pub use server_metadata::ServerMetadata;
