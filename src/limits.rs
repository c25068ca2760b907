//! Bounds on what comes from outside, so that the work per token is bounded too.

use crate::error::ConfigError;

/// Sizes above which input is refused before it is copied or parsed.
///
/// The defaults fit every ordinary token and key set. Each may be raised up to its stated maximum.
///
/// # Example
/// ```
/// use countersign::verify::Limits;
/// use countersign::Verifier;
///
/// let mut limits = Limits::default();
/// limits.token = 4096;
/// # let _ =
/// Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").limits(limits).build()?;
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a token. Default 16 384, at most 65 536.
    pub token: usize,
    /// Bytes of a decoded header. Default 4 096, at most 16 384.
    pub header: usize,
    /// Nesting of a header. Default 8, at most 16.
    pub header_depth: usize,
    /// Nesting of a payload. Default 32, at most 64.
    pub payload_depth: usize,
    /// Bytes of a key set, and of the server's metadata. Default 262 144, at most 1 048 576.
    pub jwks: usize,
    /// Keys in a key set. Default 64, at most 256.
    pub keys: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { token: 16 * 1024, header: 4 * 1024, header_depth: 8, payload_depth: 32, jwks: 256 * 1024, keys: 64 }
    }
}

impl Limits {
    /// The largest values that may be asked for.
    pub const MAX: Self =
        Self { token: 64 * 1024, header: 16 * 1024, header_depth: 16, payload_depth: 64, jwks: 1024 * 1024, keys: 256 };

    /// Whether the limits are within [`Limits::MAX`].
    ///
    /// # Errors
    /// The first one that is not.
    #[doc(hidden)]
    pub fn check(&self) -> Result<(), ConfigError> {
        let max = Self::MAX;
        let rows = [
            (self.token, max.token, "limits.token", "must be 1 to 65536 bytes"),
            (self.header, max.header, "limits.header", "must be 1 to 16384 bytes"),
            (self.header_depth, max.header_depth, "limits.header_depth", "must be 1 to 16"),
            (self.payload_depth, max.payload_depth, "limits.payload_depth", "must be 1 to 64"),
            (self.jwks, max.jwks, "limits.jwks", "must be 1 to 1048576 bytes"),
            (self.keys, max.keys, "limits.keys", "must be 1 to 256"),
        ];
        match rows.into_iter().find(|(value, max, ..)| !(1..=*max).contains(value)) {
            Some((.., option, problem)) => Err(ConfigError { option, problem }),
            None => Ok(()),
        }
    }
}
