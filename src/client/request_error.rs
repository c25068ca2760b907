//! What keeps an operation of a client from ending well.

use core::fmt;

use crate::error::{ConfigError, Error};

/// The reason that there is no authorization URL or, with a driver, that an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// An option is wrong.
    Config(ConfigError),
    /// The server cannot be used ([`Error::PkceUnsupported`]), or what it answered is not to be believed.
    Server(Error),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Server(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RequestError {}

impl From<ConfigError> for RequestError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}
