//! A vendor's row of the table, and what values make of it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::KeySource;
use crate::error::ConfigError;
use crate::jose::algorithm::Algorithm;
use crate::preset::fill::fill;
use crate::preset::form::Form;
use crate::resource_server::{Guard, GuardBuilder};
use crate::verify::builder::VerifierBuilder;
use crate::verify::profile::Profile;
use crate::verify::verifier::Verifier;
use crate::verify::{Binding, IssuerVariable};

/// What the tokens of a vendor look like. Where a text has the name of a parameter in braces, its value is put.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Vendor {
    /// The name of the preset.
    pub name: &'static str,
    /// The name of the vendor, and of the tokens.
    pub title: &'static str,
    /// What is checked, and in place of what.
    pub remark: &'static str,
    /// What the user gives.
    pub parameters: &'static [Parameter],
    /// `iss`
    pub issuer: &'static str,
    /// Other spellings of the issuer.
    pub issuer_aliases: &'static [&'static str],
    /// What differs from token to token in the issuer.
    pub issuer_variable: Option<Variable>,
    /// Where the keys are.
    pub keys: Keys,
    /// The algorithms that the vendor signs with. Empty: whatever its keys are made for.
    pub algorithms: &'static [Algorithm],
    /// The kind of token.
    pub profile: Profile,
    /// `aud`: the name of a parameter in braces, or a text that is always the same.
    pub audience: Option<&'static str>,
    /// The audience where the user gives what the binding wants, and no audience.
    pub audience_beside_binding: Option<&'static str>,
    /// What binds tokens to the user in place of `aud`, or besides.
    pub binding: Option<BindingTemplate>,
    /// Whether the segments of tokens are padded.
    pub accept_padding: bool,
    /// Whether the subject says who issued a token: see [`VerifierBuilder::issuer_from_subject`].
    pub issuer_from_subject: bool,
    /// The only `use` of keys that are for tokens, where it is not `sig`.
    pub key_use: Option<&'static str>,
    /// Claims that must be there.
    pub required_claims: &'static [&'static str],
    /// Where permissions or roles are. Empty: where a guard looks for them anyway.
    pub permissions: &'static [&'static [&'static str]],
    /// The header field that has the token, where it is not `Authorization`.
    pub header: Option<&'static str>,
    /// Another row, where the first parameter has one of these values.
    pub instead: Option<(&'static [&'static str], &'static Vendor)>,
}

/// A value that the user gives.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it looks like.
    pub form: Form,
    /// Whether it has to be given.
    pub presence: Presence,
    /// What it is.
    pub remark: &'static str,
    /// One that fits.
    pub example: &'static str,
}

impl Parameter {
    pub(super) const fn mandatory(name: &'static str, form: Form, remark: &'static str, example: &'static str) -> Self {
        Self { name, form, presence: Presence::Mandatory, remark, example }
    }

    pub(super) const fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    pub(super) const fn or(self, default: &'static str) -> Self {
        Self { presence: Presence::Default(default), ..self }
    }

    pub(super) const fn audience(example: &'static str) -> Self {
        let remark = "What tokens for you carry in `aud`: this, or one of these.";
        Self::mandatory("audience", Form::Texts, remark, example)
    }

    pub(super) const fn client_id(example: &'static str) -> Self {
        let remark = "The client ID of your application, or of each of them.";
        Self::mandatory("clientId", Form::Texts, remark, example)
    }

    pub(super) const fn server(example: &'static str) -> Self {
        let remark = "The address of your server, without a slash at its end.";
        Self::mandatory("url", Form::Base, remark, example)
    }

    pub(super) const fn tenant_host(example: &'static str) -> Self {
        Self::mandatory("domain", Form::Host, "The host name of your tenant, without `https://`.", example)
    }
}

/// Whether a value has to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has to be.
    Mandatory,
    /// It need not be.
    Optional,
    /// It is this where nothing is given.
    Default(&'static str),
}

/// Where a vendor's keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Where the issuer's metadata says, which is at its address.
    Issuer,
    /// Where the metadata at this address says.
    Metadata(&'static str),
    /// At this address.
    Jwks(&'static str),
    /// There are none: the user shares a secret with the vendor.
    Secret,
}

/// The variable of an issuer, see [`IssuerVariable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// The name that stands in the issuer.
    pub name: &'static str,
    /// The claim with the value.
    pub claim: &'static str,
    /// What the claim looks like, where the value is only a part of it.
    pub claim_template: Option<&'static str>,
    /// The parameter with the only values, where there is one.
    pub values: Option<&'static str>,
}

/// What binds tokens to the user, see [`Binding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingTemplate {
    /// The claim.
    pub claim: &'static str,
    /// What it has to be: the name of a parameter in braces, or the issuer's text.
    pub values: &'static str,
    /// A claim that says the kind of token, and its value: a text, or the name of a parameter in braces.
    pub token_use: Option<(&'static str, &'static str)>,
    /// Whether both are in the header.
    pub in_header: bool,
}

/// The options of a verifier and of a guard for the tokens of one vendor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Preset {
    /// The issuer.
    pub issuer: String,
    /// Other spellings of it.
    pub issuer_aliases: Vec<String>,
    /// What differs in it from token to token.
    pub issuer_variable: Option<IssuerVariable>,
    /// Where the keys are.
    pub source: KeySource,
    /// The algorithms. Empty: whatever the keys are made for.
    pub algorithms: &'static [Algorithm],
    /// The kind of token.
    pub profile: Profile,
    /// The audiences.
    pub audience: Vec<String>,
    /// What binds tokens in place of the audience, or besides.
    pub binding: Option<Binding>,
    /// Whether the segments of tokens are padded.
    pub accept_padding: bool,
    /// Whether the subject says who issued a token.
    pub issuer_from_subject: bool,
    /// Claims that must be there.
    pub required_claims: &'static [&'static str],
    /// Where permissions or roles are, for a guard. Empty: where it looks anyway.
    pub permissions: &'static [&'static [&'static str]],
    /// The header field that has the token, where it is not `Authorization`.
    pub header: Option<&'static str>,
}

impl Vendor {
    /// The options for this vendor's tokens, out of the user's values by the names of [`Vendor::parameters`]. A name may
    /// come again where several values are possible.
    ///
    /// # Errors
    /// [`ConfigError`] for a value that is missing, unknown, repeated or of another form.
    pub fn with<'a>(&self, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Preset, ConfigError> {
        fill(self, &values.into_iter().collect::<Vec<_>>())
    }
}

impl Preset {
    /// The options of a guard, to add to: where this vendor's permissions are. Scopes are where a guard looks anyway.
    pub fn guard(&self) -> GuardBuilder {
        self.permissions.iter().fold(Guard::builder(), |guard, path| guard.permission_claim(path.iter().copied()))
    }

    /// The options of a verifier, to add to.
    ///
    /// The keys come from [`Preset::source`], or are the [`SharedSecret`](crate::SharedSecret) of vendors that have no
    /// public ones.
    pub fn verifier(&self) -> VerifierBuilder {
        let mut builder = Verifier::builder().issuer(&self.issuer).profile(self.profile);
        builder = builder.accept_padding(self.accept_padding).issuer_from_subject(self.issuer_from_subject);
        for alias in &self.issuer_aliases {
            builder = builder.issuer_alias(alias);
        }
        if let Some(variable) = &self.issuer_variable {
            builder = builder.issuer_variable(variable.clone());
        }
        if let Some(binding) = &self.binding {
            builder = builder.binding(binding.clone());
        }
        for audience in &self.audience {
            builder = builder.audience(audience);
        }
        for claim in self.required_claims {
            builder = builder.required_claim(*claim);
        }
        match self.algorithms {
            // A shared secret brings its own.
            [] => builder,
            [one] if one.is_symmetric() => builder,
            several => builder.algorithms(several.iter().copied()),
        }
    }
}
