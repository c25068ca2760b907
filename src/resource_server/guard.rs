//! The rules of a protected resource, over tokens that a verifier has verified.

use alloc::string::String;
use alloc::vec::Vec;

use crate::dpop::Dpop;
use crate::encoding::json::node::Node;
use crate::error::Error;
use crate::resource_server::claim_set::ClaimSet;
use crate::resource_server::confirmation::Presentation;
use crate::resource_server::csrf::RequestContext;
use crate::resource_server::metadata::{MetadataResponse, Resource};
use crate::resource_server::requirement::Requirement;
use crate::resource_server::scope::{self, ClaimPath, Hierarchy};
use crate::verify::claims::Claims;
use crate::verify::numeric_date::{Rounding, numeric_date};

/// The guard of a protected resource: what a verified token may do, and the answers to requests that are refused.
///
/// A [`crate::Verifier`] says whether a token is good. The guard says whether it is enough for an operation
/// ([`Requirement`]), and what to answer if not ([`Guard::refusal`]).
///
/// # Example
/// ```
/// use countersign::resource_server::{Guard, Requirement, from_authorization};
/// use countersign::{Error, KeySet, Verifier};
///
/// # let keys = KeySet::from_json(
/// #     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"uHRAiE1o5gdVlSWWzO3kIYUymefuktffDyJgcDR3gqc","alg":"EdDSA","kid":"eddsa"}]}"#,
/// # )?;
/// # let verifier =
/// #     Verifier::builder().issuer("https://tenant.example/").audience("https://api.example").keys(keys).build()?;
/// let guard = Guard::builder()
///     .resource("https://api.example")
///     .authorization_server("https://tenant.example/")
///     .build()?;
/// let requirement = Requirement::default().scope("notes:read");
///
/// let judge = |authorization: &[&str], now: u64| {
///     let token = from_authorization(authorization)?.ok_or(Error::TokenMissing)?;
///     let token = verifier.verify(token, now)?;
///     guard.authorize(token.claims(), &requirement, now).map(|()| token)
/// };
/// let error = judge(&[], 1_800_000_000).unwrap_err();
///
/// let refusal = guard.refusal(error.code(), &requirement);
/// assert_eq!(refusal.status, 401);
/// assert_eq!(
///     refusal.header("WWW-Authenticate"),
///     Some(
///         r#"Bearer scope="notes:read", resource_metadata="https://api.example/.well-known/oauth-protected-resource""#
///     )
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guard {
    pub(crate) resource: Option<Resource>,
    pub(crate) origins: Vec<String>,
    pub(crate) hierarchy: Hierarchy,
    pub(crate) scope_claims: Vec<ClaimPath>,
    pub(crate) permission_claims: Vec<ClaimPath>,
    pub(crate) clock_tolerance: u64,
    pub(crate) dpop: Option<Dpop>,
}

/// What a token grants, and to which client.
#[derive(Debug)]
pub struct Grants<'a> {
    /// The scopes
    pub scopes: Vec<&'a str>,
    /// The permissions
    pub permissions: Vec<&'a str>,
    /// The client
    pub client_id: Option<&'a str>,
}

impl Guard {
    /// Whether the claims of a verified token are enough for an operation. `now` is in seconds since the epoch.
    ///
    /// The order: what binds the token to its sender, then how the user has signed in, then scopes, then permissions. A
    /// client that lacks both a sign-in and a scope so learns of both from one challenge.
    ///
    /// # Errors
    /// [`Error::TokenBindingRequired`] for a token that is bound to a key (RFC 7800): a bearer is not its sender;
    /// [`Error::InsufficientAuthentication`], [`Error::InsufficientScope`] and [`Error::InsufficientPermission`];
    /// [`Error::ClaimInvalid`] when a claim that is asked for has another type.
    pub fn authorize(&self, claims: &Claims, requirement: &Requirement, now: u64) -> Result<(), Error> {
        self.authorize_presented(claims, Presentation::default(), requirement, now)
    }

    /// [`Guard::authorize`], of a token that need not be a bearer token.
    ///
    /// # Errors
    /// As [`Guard::authorize`]; [`Error::TokenBindingRequired`] too for a token that came as `DPoP` and is bound to no key;
    /// [`Error::DpopInvalid`] for one that is bound to another key than that of the proof.
    pub fn authorize_presented(
        &self,
        claims: &Claims,
        presentation: Presentation<'_>,
        requirement: &Requirement,
        now: u64,
    ) -> Result<(), Error> {
        self.judge(claims, presentation, requirement, now)
    }

    /// [`Guard::authorize_presented`], of claims in whichever form.
    #[doc(hidden)]
    pub fn judge<C: ClaimSet>(
        &self,
        claims: &C,
        presentation: Presentation<'_>,
        requirement: &Requirement,
        now: u64,
    ) -> Result<(), Error> {
        presentation.check(claims, self.dpop.as_ref().is_some_and(|dpop| dpop.required))?;
        self.check_authentication(claims, requirement, now)?;
        if requirement.asks_for_scopes() {
            let granted = scope::values(claims, &self.scope_claims)?;
            let has = |wanted: &String| self.hierarchy.grants(&granted, wanted);
            let any = |wanted: &Vec<String>| wanted.iter().any(has);
            if !(requirement.scopes.iter().all(has) && requirement.any_scopes.iter().all(any)) {
                return Err(Error::InsufficientScope);
            }
        }
        if !requirement.permissions.is_empty() {
            let granted = scope::values(claims, &self.permission_claims)?;
            if !requirement.permissions.iter().all(|wanted| granted.contains(&wanted.as_str())) {
                return Err(Error::InsufficientPermission);
            }
        }
        Ok(())
    }

    /// The scopes of a token, as they are granted, without those that they imply.
    ///
    /// # Errors
    /// [`Error::ClaimInvalid`] when the claim is neither a string nor an array of strings.
    pub fn scopes<'a>(&self, claims: &'a Claims) -> Result<Vec<&'a str>, Error> {
        scope::values(claims, &self.scope_claims)
    }

    /// The permissions of a token.
    ///
    /// # Errors
    /// [`Error::ClaimInvalid`] when the claim is neither a string nor an array of strings.
    pub fn permissions<'a>(&self, claims: &'a Claims) -> Result<Vec<&'a str>, Error> {
        scope::values(claims, &self.permission_claims)
    }

    /// What the claims of a verified token grant. A claim of another type grants nothing.
    #[doc(hidden)]
    pub fn grants<'a, C: ClaimSet>(&self, claims: &'a C) -> Grants<'a> {
        Grants {
            scopes: scope::values(claims, &self.scope_claims).unwrap_or_default(),
            permissions: scope::values(claims, &self.permission_claims).unwrap_or_default(),
            client_id: scope::client_of(claims),
        }
    }

    /// Whether a request whose token comes from a cookie was made by a page of our own. Browsers send cookies along with
    /// what other sites' pages ask for.
    ///
    /// Requests for an upgrade must have an `Origin` of ours. Others than `GET` and `HEAD` must have that or `Sec-Fetch-Site:
    /// same-origin`; without both fields, `X-CSRF: 1`.
    ///
    /// # Errors
    /// [`Error::CsrfRefused`]
    pub fn check_context(&self, context: &RequestContext<'_>) -> Result<(), Error> {
        let own = self.resource.iter().map(Resource::origin);
        context.check(own.chain(self.origins.iter().map(String::as_str)))
    }

    /// The answer to a request for the resource's metadata (RFC 9728 §3). `None`: the path is another one. `path` is that
    /// of the request, without its query.
    pub fn metadata_response(&self, method: &str, path: &str) -> Option<MetadataResponse> {
        self.resource.as_ref()?.respond(method, path)
    }

    fn check_authentication<C: ClaimSet>(&self, claims: &C, requirement: &Requirement, now: u64) -> Result<(), Error> {
        if let Some(wanted) = &requirement.acr_values {
            let actual = claims.claim("acr").and_then(Node::text);
            if !actual.is_some_and(|actual| wanted.iter().any(|value| value == actual)) {
                return Err(Error::InsufficientAuthentication);
            }
        }
        if let Some(seconds) = requirement.max_age {
            let time = claims.claim("auth_time").and_then(Node::number);
            let time = time.and_then(|time| numeric_date(time, Rounding::Down));
            let tolerance = self.clock_tolerance;
            let is_recent = |time: u64| {
                time <= now.saturating_add(tolerance) && now <= time.saturating_add(seconds).saturating_add(tolerance)
            };
            if !time.is_some_and(is_recent) {
                return Err(Error::InsufficientAuthentication);
            }
        }
        Ok(())
    }
}
