//! What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0), and where to ask.

pub(crate) mod key_source;
pub(crate) mod server_metadata;
