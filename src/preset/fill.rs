//! Makes options of a vendor's row and the user's values.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::discovery::KeySource;
use crate::error::ConfigError;
use crate::preset::vendor::{BindingTemplate, Keys, Parameter, Presence, Preset, Variable, Vendor};
use crate::verify::{Binding, IssuerVariable};

/// The user's values by the names of the parameters.
struct Values<'a> {
    parameters: &'static [Parameter],
    given: &'a [(&'a str, &'a str)],
}

pub(super) fn fill(vendor: &Vendor, given: &[(&str, &str)]) -> Result<Preset, ConfigError> {
    if let (Some((names, other)), Some(first)) = (vendor.instead, vendor.parameters.first())
        && given.iter().any(|(name, value)| *name == first.name && names.contains(value))
    {
        return fill(other, given);
    }
    let values = Values { parameters: vendor.parameters, given };
    values.check()?;
    let issuer = values.put(vendor.issuer);
    let binding = vendor.binding.and_then(|binding| values.binding(binding, &issuer));
    let mut audience = vendor.audience.map(|template| values.list(template)).unwrap_or_default();
    if binding.is_some() && audience.is_empty() {
        audience.extend(vendor.audience_beside_binding.map(ToOwned::to_owned));
    }
    if binding.is_none() && audience.is_empty() {
        let problem = "is missing: write the identifier that tokens for you carry in `aud`, or give `clientId`";
        return Err(ConfigError { option: "audience", problem });
    }
    let mut source = KeySource::default();
    match vendor.keys {
        Keys::Issuer | Keys::Secret => {}
        Keys::Metadata(template) => source.metadata_uri = Some(values.put(template)),
        Keys::Jwks(template) => source.jwks_uri = Some(values.put(template)),
    }
    source.key_use = vendor.key_use.map(ToOwned::to_owned);
    Ok(Preset {
        issuer,
        issuer_aliases: vendor.issuer_aliases.iter().map(|alias| values.put(alias)).collect(),
        issuer_variable: vendor.issuer_variable.map(|variable| values.variable(variable)),
        source,
        algorithms: vendor.algorithms,
        profile: vendor.profile,
        audience,
        binding,
        accept_padding: vendor.accept_padding,
        issuer_from_subject: vendor.issuer_from_subject,
        required_claims: vendor.required_claims,
        permissions: vendor.permissions,
        header: vendor.header,
    })
}

impl Values<'_> {
    fn check(&self) -> Result<(), ConfigError> {
        for (name, _) in self.given {
            if !self.parameters.iter().any(|parameter| parameter.name == *name) {
                return Err(ConfigError {
                    option: "preset",
                    problem: "has no value of that name: see its `parameters`",
                });
            }
        }
        for Parameter { name, form, presence, .. } in self.parameters {
            let problem = |problem| Err(ConfigError { option: name, problem });
            let mut values = self.of(name).peekable();
            if values.peek().is_none() && *presence == Presence::Mandatory {
                return problem("is missing");
            }
            if !form.is_list() && self.of(name).count() > 1 {
                return problem("is there twice: one value is possible");
            }
            if !values.all(|value| form.fits(value)) {
                return problem(form.demand());
            }
        }
        Ok(())
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.given.iter().filter(move |(own, _)| *own == name).map(|(_, value)| *value)
    }

    /// A text with the values in their places.
    fn put(&self, template: &str) -> String {
        self.parameters.iter().filter(|parameter| !parameter.form.is_list()).fold(
            template.to_owned(),
            |text, Parameter { name, presence, .. }| {
                let default = if let Presence::Default(value) = presence { Some(*value) } else { None };
                match self.of(name).next().or(default) {
                    Some(value) => text.replace(&alloc::format!("{{{name}}}"), value),
                    None => text,
                }
            },
        )
    }

    /// The values of the parameter that the template is, or the text itself.
    fn list(&self, template: &str) -> Vec<String> {
        let name = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => self.of(name).map(ToOwned::to_owned).collect(),
            None => alloc::vec![template.to_owned()],
        }
    }

    fn binding(&self, template: BindingTemplate, issuer: &str) -> Option<Binding> {
        let BindingTemplate { claim, values, token_use, in_header } = template;
        let values = if claim == "iss" { alloc::vec![issuer.to_owned()] } else { self.list(values) };
        if values.is_empty() {
            return None;
        }
        let binding = Binding::new(claim, values);
        let binding = if in_header { binding.in_header() } else { binding };
        Some(match token_use {
            Some((claim, value)) => binding.token_use(claim, self.put(value)),
            None => binding,
        })
    }

    fn variable(&self, Variable { name, claim, claim_template, values }: Variable) -> IssuerVariable {
        let variable = IssuerVariable::new(name, claim).values(values.into_iter().flat_map(|name| self.of(name)));
        match claim_template {
            Some(template) => variable.claim_template(template),
            None => variable,
        }
    }
}
