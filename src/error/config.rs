//! Mistakes in the configuration, which no token causes.

use core::fmt;

/// A mistake in the configuration: which option, and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The name of the builder's method.
    pub option: &'static str,
    /// The problem with it, and what it should be.
    pub problem: &'static str,
}

impl ConfigError {
    /// Creates a mistake, for bindings that have options of their own.
    #[doc(hidden)]
    pub const fn new(option: &'static str, problem: &'static str) -> Self {
        Self { option, problem }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "option `{}` {}", self.option, self.problem)
    }
}

impl core::error::Error for ConfigError {}
