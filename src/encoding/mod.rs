//! The encodings that tokens are made of, each accepted in its canonical form alone.

pub(crate) mod base64url;
pub(crate) mod der;
pub(crate) mod form;
pub(crate) mod http_field;
pub(crate) mod json;
pub(crate) mod unique;
pub(crate) mod url;
