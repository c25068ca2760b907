//! Who issued a token: one name, several spellings of it, or a template with a variable that a claim has.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::Members;
use crate::error::{ClaimReason, ConfigError, Error};
use crate::verify::claim_values::{invalid, missing, required_string, string};

/// The longest value of a variable: a label of a host name (RFC 1035 §2.3.4).
const MAX_VALUE: usize = 63;

/// The part of the issuer that differs from token to token, and the claim that says it: the tenant of an issuer that
/// serves many with the same keys.
///
/// Its place in the issuer is an expression of RFC 6570 §3.2.2, `{name}`. The value comes from the claim, and is at most
/// 63 letters, digits, `-` and `_`. The issuer that it makes is compared with `iss` as a whole, so that `iss` and the
/// claim always agree.
///
/// Any tenant of the issuer is then accepted, unless [`IssuerVariable::values`] names some. Which ones are your customers
/// is for you to look up, by the claim.
///
/// # Example
/// Microsoft Entra ID, for an application that two organizations use:
/// ```
/// use countersign::Verifier;
/// use countersign::verify::IssuerVariable;
///
/// let tenants = ["11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa"];
/// let verifier = Verifier::builder()
///     .issuer("https://login.microsoftonline.com/{tenantid}/v2.0")
///     .issuer_variable(IssuerVariable::new("tenantid", "tid").values(tenants))
///     .audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
///     .build();
/// assert!(verifier.is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct IssuerVariable {
    name: String,
    claim: String,
    claim_template: Option<String>,
    values: Vec<String>,
}

impl IssuerVariable {
    /// The variable's name, and the claim with its value.
    pub fn new(name: impl Into<String>, claim: impl Into<String>) -> Self {
        Self { name: name.into(), claim: claim.into(), claim_template: None, values: Vec::new() }
    }

    /// What the claim looks like, where the value is only a part of it: `https://{shop}.myshopify.com`.
    pub fn claim_template(mut self, template: impl Into<String>) -> Self {
        self.claim_template = Some(template.into());
        self
    }

    /// The only values to accept. Default: any.
    pub fn values<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values = values.into_iter().map(Into::into).collect();
        self
    }

    /// What a template has before and after the variable, which it has in one place.
    fn split<'a>(&self, template: &'a str) -> Option<(&'a str, &'a str)> {
        let (before, rest) = template.split_once('{')?;
        let (name, after) = rest.split_once('}')?;
        (name == self.name && !after.contains('{')).then_some((before, after))
    }

    /// The value that makes the text of the template.
    fn value<'a>(&self, template: &str, text: &'a str) -> Option<&'a str> {
        let (before, after) = self.split(template)?;
        text.strip_prefix(before)?.strip_suffix(after)
    }

    fn fill(&self, template: &str, value: &str) -> String {
        let (before, after) = self.split(template).unwrap_or_default();
        [before, value, after].concat()
    }

    #[inline(never)]
    fn check(&self) -> Result<(), ConfigError> {
        let problem = |problem| Err(ConfigError { option: "issuer_variable", problem });
        if !is_value(&self.name) || self.claim.is_empty() {
            return problem(
                "must have a name of letters, digits, `-` and `_`, and the claim with its value, e.g. `tid`",
            );
        }
        if self.claim == "iss" {
            return problem("must take its value from another claim than `iss`, which it is compared with");
        }
        if self.claim_template.as_ref().is_some_and(|template| self.split(template).is_none()) {
            return problem(
                "must have a template for the claim in which the variable is once, e.g. `https://{shop}.example`",
            );
        }
        if !self.values.iter().all(|value| is_value(value)) {
            return problem("must have values of 1 to 63 letters, digits, `-` and `_`");
        }
        Ok(())
    }

    /// The value that a token has.
    fn read<'a>(&self, claims: &'a Members<'_>) -> Result<&'a str, Error> {
        let claim = required_string(claims, &self.claim)?;
        let value = match &self.claim_template {
            None => Some(claim),
            Some(template) => self.value(template, claim),
        };
        value.filter(|value| is_value(value)).ok_or_else(|| invalid(&self.claim, ClaimReason::Value))
    }
}

/// Whether a text is in every place of a URL what it is in a claim.
fn is_value(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_VALUE).contains(&text.len()) && text.bytes().all(allowed)
}

/// The longest SPIFFE ID, in bytes (SPIFFE-ID §2.3).
const MAX_SPIFFE_ID: usize = 2048;

/// The trust domain of a SPIFFE ID, as an issuer is written.
pub(crate) fn trust_domain(id: &str) -> Option<&str> {
    let (domain, _) = id.strip_prefix("spiffe://")?.split_once('/')?;
    id.get(.."spiffe://".len().saturating_add(domain.len()))
}

/// Whether a text is a trust domain (SPIFFE-ID §2.1).
fn is_trust_domain(text: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    (1..=255).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text is the path of a workload (SPIFFE-ID §2.2).
fn is_path(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let segment = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(allowed);
    text.strip_prefix('/').is_some_and(|path| path.split('/').all(segment))
}

/// The issuer of a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Issuer {
    /// The name that metadata has, and the only one without aliases.
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) variable: Option<IssuerVariable>,
    /// `sub` is a SPIFFE ID in this trust domain, and `iss` says nothing
    pub(crate) from_subject: bool,
    /// A token may leave `iss` out
    pub(crate) optional: bool,
}

impl Issuer {
    /// Checks the options.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.aliases.iter().any(|alias| alias.is_empty() || *alias == self.name) {
            let problem = "must be other spellings of the issuer, and none of them empty";
            return Err(ConfigError { option: "issuer_aliases", problem });
        }
        if self.optional && (self.from_subject || self.variable.is_some()) {
            let problem = "goes with an issuer that has one name";
            return Err(ConfigError { option: "accept_missing_issuer", problem });
        }
        if self.from_subject {
            let is_domain = self.name.strip_prefix("spiffe://").is_some_and(is_trust_domain);
            if is_domain && self.variable.is_none() {
                return Ok(());
            }
            let problem = "goes with an issuer that is a trust domain, such as `spiffe://example.org`";
            return Err(ConfigError { option: "issuer_from_subject", problem });
        }
        let Some(variable) = &self.variable else { return Ok(()) };
        variable.check()?;
        if self.names().all(|name| variable.split(name).is_some()) {
            return Ok(());
        }
        let problem = "must be in the issuer, and in each of its aliases, once: `https://id.example/{tenant}`";
        Err(ConfigError { option: "issuer_variable", problem })
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        core::iter::once(&self.name).chain(&self.aliases)
    }

    /// Whether the token is from this issuer.
    #[inline(never)]
    pub(crate) fn verify(&self, claims: &Members<'_>) -> Result<(), Error> {
        if self.from_subject {
            return self.verify_subject(claims);
        }
        let actual = match string(claims, "iss")? {
            Some(actual) => actual,
            None if self.optional => return Ok(()),
            None => return Err(missing("iss")),
        };
        let Some(variable) = &self.variable else {
            return if self.names().any(|name| name == actual) { Ok(()) } else { Err(self.mismatch(actual, &[])) };
        };
        let value = variable.read(claims)?;
        if !variable.values.is_empty() && !variable.values.iter().any(|own| own == value) {
            return Err(self.mismatch(actual, &variable.values));
        }
        if self.names().any(|name| variable.value(name, actual) == Some(value)) {
            return Ok(());
        }
        Err(self.mismatch(actual, &[value.to_owned()]))
    }

    /// Whether the subject is in the trust domain. An `iss` that is there must be a name of the issuer all the same.
    #[inline(never)]
    fn verify_subject(&self, claims: &Members<'_>) -> Result<(), Error> {
        if let Some(actual) = string(claims, "iss")?
            && !self.names().any(|name| name == actual)
        {
            return Err(self.mismatch(actual, &[]));
        }
        let subject = required_string(claims, "sub")?;
        match subject.strip_prefix(&self.name) {
            Some(path) if path.starts_with('/') => {
                let is_good = is_path(path) && subject.len() <= MAX_SPIFFE_ID;
                if is_good { Ok(()) } else { Err(invalid("sub", ClaimReason::Value)) }
            }
            _ => Err(self.mismatch(trust_domain(subject).unwrap_or_default(), &[])),
        }
    }

    /// The mismatch, with the names that the values make.
    #[inline(never)]
    fn mismatch(&self, actual: &str, values: &[String]) -> Error {
        let names: Vec<String> = match &self.variable {
            None => self.names().cloned().collect(),
            Some(variable) => {
                self.names().flat_map(|name| values.iter().map(|value| variable.fill(name, value))).collect()
            }
        };
        Error::IssuerMismatch { expected: names.join(" or "), actual: actual.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::builder::VerifierBuilder;
    use crate::verify::profile::Profile;
    use crate::verify::verifier::Verifier;

    fn builder(issuer: &str) -> VerifierBuilder {
        Verifier::builder().issuer(issuer).audience("api")
    }

    fn option(builder: VerifierBuilder) -> Option<&'static str> {
        builder.build().err().map(|error| error.option)
    }

    #[test]
    fn an_issuer_in_the_subject_is_a_trust_domain() {
        let option = |issuer: &str| option(builder(issuer).issuer_from_subject(true));
        for good in ["spiffe://example.org", "spiffe://a_b-1.example"] {
            assert_eq!(option(good), None, "{good}");
        }
        for wrong in [
            "https://example.org",
            "example.org",
            "spiffe://",
            "spiffe://Example.org",
            "spiffe://example.org/",
            "spiffe://example.org/a",
            "spiffe://example.org:1",
        ] {
            assert_eq!(option(wrong), Some("issuer_from_subject"), "{wrong}");
        }
        let variable = builder("spiffe://example.org").issuer_variable(IssuerVariable::new("t", "tid"));
        assert_eq!(super::tests::option(variable.issuer_from_subject(true)), Some("issuer_from_subject"));
        assert_eq!(trust_domain("spiffe://example.org/a/b"), Some("spiffe://example.org"));
        for other in ["spiffe://example.org", "https://example.org/a", "", "spiffe:/example.org/"] {
            assert_eq!(trust_domain(other), None, "{other}");
        }
    }

    #[test]
    fn an_issuer_that_tokens_may_leave_out_has_one_name_and_keys() {
        let keys = || crate::keys::key_set::KeySet::default();
        let with = |builder: VerifierBuilder| option(builder.accept_missing_issuer(true));
        let refused = Some("accept_missing_issuer");
        assert_eq!(with(builder("https://id.example").keys(keys())), None);
        assert_eq!(with(builder("https://id.example").keys(keys()).profile(Profile::Jwt)), None);
        assert_eq!(with(builder("https://id.example")), refused);
        for profile in [Profile::AtJwt, Profile::IdToken] {
            assert_eq!(with(builder("https://id.example").keys(keys()).profile(profile)), refused, "{profile:?}");
        }
        let variable = builder("https://id.example/{t}").issuer_variable(IssuerVariable::new("t", "tid"));
        assert_eq!(with(variable.keys(keys())), refused);
        assert_eq!(with(builder("spiffe://example.org").issuer_from_subject(true).keys(keys())), refused);
    }

    #[test]
    fn a_mismatch_names_the_issuers_that_would_have_done() {
        let of = |values: &[&str]| Issuer {
            name: "https://id.example/{t}/v2".to_owned(),
            aliases: alloc::vec!["https://old.example/{t}".to_owned()],
            variable: Some(IssuerVariable::new("t", "tid").values(values.iter().copied())),
            from_subject: false,
            optional: false,
        };
        let expected = |issuer: &Issuer, claims: &str| {
            let claims = crate::encoding::json::parse_object(claims, 1).unwrap();
            match issuer.verify(&claims) {
                Err(Error::IssuerMismatch { expected, .. }) => expected,
                other => panic!("{other:?}"),
            }
        };
        let names = "https://id.example/a/v2 or https://old.example/a";
        assert_eq!(expected(&of(&[]), r#"{"iss":"https://id.example/b/v2","tid":"a"}"#), names);
        assert_eq!(expected(&of(&["a"]), r#"{"iss":"https://id.example/b/v2","tid":"b"}"#), names);
    }

    #[test]
    fn issuers_with_a_variable_have_it_once() {
        let variable = || IssuerVariable::new("tenant", "tid");
        let with = |issuer: &str, variable| option(builder(issuer).issuer_variable(variable));
        let good = "https://id.example/{tenant}";
        assert_eq!(with(good, variable()), None);
        assert_eq!(with(good, variable().values(["a-b_1"]).claim_template("x{tenant}")), None);
        for issuer in ["https://id.example/", "https://id.example/{tenant}/{tenant}", "{tenants}"] {
            assert_eq!(with(issuer, variable()), Some("issuer_variable"), "{issuer}");
        }
        for wrong in [
            IssuerVariable::new("", "tid"),
            IssuerVariable::new("tenant", ""),
            IssuerVariable::new("tenant", "iss"),
            variable().claim_template("x"),
            variable().claim_template("{tenant}{tenant}"),
            variable().values([""]),
            variable().values(["a", "a.b"]),
            variable().values(["a/b"]),
        ] {
            assert_eq!(with(good, wrong.clone()), Some("issuer_variable"), "{wrong:?}");
        }
        assert_eq!(option(builder("https://id.example").issuer_alias("id.example")), None);
        assert_eq!(option(builder("https://id.example").issuer_alias("")), Some("issuer_aliases"));
        assert_eq!(option(builder("https://id.example").issuer_alias("https://id.example")), Some("issuer_aliases"));
        let template = || builder(good).issuer_variable(variable());
        assert_eq!(option(template().issuer_alias("id.example/{tenant}")), None);
        assert_eq!(option(template().issuer_alias("id.example")), Some("issuer_variable"));
    }
}
