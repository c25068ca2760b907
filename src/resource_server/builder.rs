//! The options of a guard.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::dpop::Dpop;
use crate::error::ConfigError;
use crate::resource_server::guard::Guard;
use crate::resource_server::metadata::{MetadataOptions, Resource, is_origin};
use crate::resource_server::scope::{ClaimPath, Hierarchy, SCOPES_DEMAND, is_scope_token};
use crate::verify::builder::VerifierBuilder;
use crate::verify::policy::DEFAULT_CLOCK_TOLERANCE;

/// Collects the options of a [`Guard`]. All are optional.
#[derive(Debug)]
#[must_use]
pub struct GuardBuilder {
    resource: Option<String>,
    metadata: MetadataOptions,
    origins: Vec<String>,
    implies: Vec<(String, Vec<String>)>,
    scope_claims: Vec<ClaimPath>,
    permission_claims: Vec<ClaimPath>,
    clock_tolerance: u64,
    dpop: Option<Dpop>,
}

impl Guard {
    /// Begins with the options.
    pub fn builder() -> GuardBuilder {
        GuardBuilder {
            resource: None,
            metadata: MetadataOptions::default(),
            origins: Vec::new(),
            implies: Vec::new(),
            scope_claims: Vec::new(),
            permission_claims: Vec::new(),
            clock_tolerance: DEFAULT_CLOCK_TOLERANCE,
            dpop: None,
        }
    }
}

impl GuardBuilder {
    /// The resource identifier (RFC 8707 §2, RFC 9728 §1.2): the https URL by which clients know the resource, which is
    /// the audience of its tokens. The address of its metadata is derived from it. It is never derived from a request.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// An authorization server that clients of the resource may use, by its issuer identifier; call again for more.
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.metadata.authorization_servers.push(issuer.into());
        self
    }

    /// A scope that clients may ask for, in the metadata; call again for more.
    pub fn supported_scope(mut self, scope: impl Into<String>) -> Self {
        self.metadata.scopes_supported.push(scope.into());
        self
    }

    /// More members of the metadata (RFC 9728 §2), as a JSON object.
    pub fn more_metadata(mut self, json: impl Into<String>) -> Self {
        self.metadata.more = Some(json.into());
        self
    }

    /// Whether the metadata of a resource with a path is at the origin's own well-known address too, where some clients
    /// look first. Default: yes. Say no for all but one resource of an origin.
    pub const fn metadata_at_root(mut self, at_root: bool) -> Self {
        self.metadata.at_root = at_root;
        self
    }

    /// An origin whose pages may use tokens in cookies, beside the resource's own; call again for more.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Scopes that a scope implies, as `notes:write` may imply `notes:read`. It counts over several steps.
    pub fn implies<S: Into<String>>(mut self, scope: impl Into<String>, implied: impl IntoIterator<Item = S>) -> Self {
        self.implies.push((scope.into(), implied.into_iter().map(Into::into).collect()));
        self
    }

    /// The claim that has the scopes, by its name, or by the names on the way to it; call again for others, of which the
    /// first that a token has counts. Default: `scope`, else `scp`.
    pub fn scope_claim<S: Into<String>>(mut self, path: impl IntoIterator<Item = S>) -> Self {
        self.scope_claims.push(path.into_iter().map(Into::into).collect());
        self
    }

    /// The claim that has the permissions, like [`GuardBuilder::scope_claim`]. Default: `permissions`.
    pub fn permission_claim<S: Into<String>>(mut self, path: impl IntoIterator<Item = S>) -> Self {
        self.permission_claims.push(path.into_iter().map(Into::into).collect());
        self
    }

    /// The clock tolerance of [`Requirement::max_age`](crate::resource_server::Requirement::max_age), in seconds. Default
    /// 30, at most 300.
    pub const fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.clock_tolerance = seconds;
        self
    }

    /// Takes tokens that are bound to a key of their client, with a proof of possession (RFC 9449). Default: they are
    /// refused. Name the [`GuardBuilder::resource`] too: proofs are for its origin.
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        self.dpop = Some(dpop);
        self
    }

    /// Says in the metadata that tokens may be bound to client certificates (RFC 8705 §3). They are accepted with
    /// [`Presentation::certificate`](crate::resource_server::Presentation::certificate).
    pub const fn certificate_bound_tokens(mut self, supported: bool) -> Self {
        self.metadata.certificates = supported;
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] with the option, and what to write instead.
    pub fn build(mut self) -> Result<Guard, ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        if self.clock_tolerance > VerifierBuilder::MAX_CLOCK_TOLERANCE {
            return problem("clock_tolerance", "must be at most 300 seconds");
        }
        let mut scopes = self.implies.iter().flat_map(|(scope, implied)| core::iter::once(scope).chain(implied));
        if !scopes.all(|scope| is_scope_token(scope)) {
            return problem("implies", SCOPES_DEMAND);
        }
        if !self.metadata.scopes_supported.iter().all(|scope| is_scope_token(scope)) {
            return problem("supported_scope", SCOPES_DEMAND);
        }
        let mut paths = self.scope_claims.iter().chain(&self.permission_claims);
        if paths.any(|path| path.is_empty() || path.iter().any(String::is_empty)) {
            return problem("scope_claim", "must be the name of a claim, or the names on the way to it");
        }
        if !self.origins.iter().all(|origin| is_origin(origin)) {
            return problem("origins", "must be origins such as `https://app.example`, without a path");
        }
        let dpop = self.dpop.map(|dpop| dpop.check(self.clock_tolerance)).transpose()?;
        self.metadata.dpop = dpop.as_ref().map(|dpop| dpop.required);
        let resource = self.resource.map(|resource| Resource::new(&resource, self.metadata)).transpose()?;
        Ok(Guard {
            resource,
            origins: self.origins,
            hierarchy: Hierarchy::new(&self.implies),
            scope_claims: or_default(self.scope_claims, &["scope", "scp"]),
            permission_claims: or_default(self.permission_claims, &["permissions"]),
            clock_tolerance: self.clock_tolerance,
            dpop,
        })
    }
}

fn or_default(paths: Vec<ClaimPath>, names: &[&str]) -> Vec<ClaimPath> {
    if paths.is_empty() { names.iter().map(|&name| alloc::vec![name.to_owned()]).collect() } else { paths }
}
