//! What vendors' tokens look like, so that a user of theirs gives values instead of options.
//!
//! Where a vendor's tokens lack what every token must have, another check stands in, and the vendor's own page says
//! which: [`Vendor::remark`].
//!
//! # Example
//! ```
//! use countersign::preset::Vendor;
//!
//! let preset = Vendor::AUTH0.with([("domain", "tenant.us.auth0.com"), ("audience", "https://api.example")])?;
//! assert_eq!(preset.issuer, "https://tenant.us.auth0.com/");
//! let verifier = preset.verifier().build()?;
//!
//! let wrong = Vendor::AUTH0.with([("domain", "https://tenant.us.auth0.com"), ("audience", "https://api.example")]);
//! assert_eq!(wrong.map_err(|error| error.option).err(), Some("domain"));
//! # Ok::<(), countersign::ConfigError>(())
//! ```

mod fill;
mod form;
mod provider;
#[cfg(test)]
mod provider_answers;
mod providers;
mod table;
mod vendor;

pub use form::Form;
pub use provider::{Provider, SecretPlace, UserSource};
pub use vendor::{BindingTemplate, Keys, Parameter, Presence, Preset, Variable, Vendor};
