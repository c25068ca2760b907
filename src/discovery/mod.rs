//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0), and how it is found.

pub(crate) mod key_source;
pub(crate) mod server_metadata;
