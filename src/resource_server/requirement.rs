//! What an operation requires of a token beyond being valid.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::ConfigError;
use crate::resource_server::scope::{SCOPES_DEMAND, is_scope_token};

/// What an operation requires of the token: all of it.
///
/// # Example
/// ```
/// use countersign::resource_server::Requirement;
///
/// let router = Requirement::default().scope("notes");
/// let handler = Requirement::default().scope("notes:write").max_age(300);
/// assert_eq!(router.and(&handler)?, Requirement::default().scope("notes").scope("notes:write").max_age(300));
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Requirement {
    pub(crate) optional: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) any_scopes: Vec<Vec<String>>,
    pub(crate) permissions: Vec<String>,
    pub(crate) acr_values: Option<Vec<String>>,
    pub(crate) max_age: Option<u64>,
}

impl Requirement {
    /// Lets requests without credentials in. A token that is there is judged all the same.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Whether requests without credentials are let in.
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// A scope that the token must have (RFC 6749 §3.3); call again for more.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        push(&mut self.scopes, scope.into());
        self
    }

    /// Scopes of which the token must have one.
    pub fn any_scope<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        push(&mut self.any_scopes, scopes.into_iter().map(Into::into).collect());
        self
    }

    /// A permission that the token must have; call again for more.
    pub fn permission(mut self, permission: impl Into<String>) -> Self {
        push(&mut self.permissions, permission.into());
        self
    }

    /// The authentication context classes of which `acr` must be one, the preferred first (RFC 9470).
    pub fn acr<A: Into<String>>(mut self, values: impl IntoIterator<Item = A>) -> Self {
        self.acr_values = Some(values.into_iter().map(Into::into).collect());
        self
    }

    /// The most seconds since the user has signed in, by `auth_time` (RFC 9470).
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Both requirements: that of a router and that of a handler in it. Without credentials come in only who may by both.
    ///
    /// # Errors
    /// When no `acr` satisfies both.
    pub fn and(mut self, other: &Self) -> Result<Self, ConfigError> {
        self.optional = self.optional && other.optional;
        for scope in &other.scopes {
            push(&mut self.scopes, scope.clone());
        }
        for scopes in &other.any_scopes {
            push(&mut self.any_scopes, scopes.clone());
        }
        for permission in &other.permissions {
            push(&mut self.permissions, permission.clone());
        }
        self.acr_values = match (self.acr_values, &other.acr_values) {
            (Some(mut own), Some(others)) => {
                own.retain(|value| others.contains(value));
                if own.is_empty() {
                    return Err(ConfigError {
                        option: "acr",
                        problem: "must share a value with that of the outer guard",
                    });
                }
                Some(own)
            }
            (own, others) => own.or_else(|| others.clone()),
        };
        self.max_age = self.max_age.into_iter().chain(other.max_age).min();
        Ok(self)
    }

    /// Whether the requirement makes sense, and its texts can be put into a challenge.
    ///
    /// # Errors
    /// [`ConfigError`] for a list of alternatives that is empty, and for texts with characters that RFC 6749 §3.3 does not
    /// allow in a scope.
    pub fn check(&self) -> Result<(), ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        if self.any_scopes.iter().any(Vec::is_empty) {
            return problem("any_scope", "must have at least one scope");
        }
        if !self.scopes.iter().all(|scope| is_scope_token(scope)) {
            return problem("scope", SCOPES_DEMAND);
        }
        if !self.any_scopes.iter().flatten().all(|scope| is_scope_token(scope)) {
            return problem("any_scope", SCOPES_DEMAND);
        }
        if self.permissions.iter().any(String::is_empty) {
            return problem("permissions", "must not be empty texts");
        }
        match &self.acr_values {
            Some(values) if values.is_empty() || !values.iter().all(|value| is_scope_token(value)) => problem(
                "acr",
                "must be at least one text of printable ASCII, without blanks, quotation marks and backslashes",
            ),
            _ => Ok(()),
        }
    }

    /// Whether it asks for scopes at all.
    pub(crate) fn asks_for_scopes(&self) -> bool {
        !self.scopes.is_empty() || !self.any_scopes.is_empty()
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}
