//! Identity providers that others run.

use super::BASE;
use crate::jose::algorithm::Algorithm;
use crate::preset::form::Form;
use crate::preset::vendor::{BindingTemplate, Keys, Parameter, Vendor};
use crate::verify::profile::Profile;

impl Vendor {
    /// The preset `auth0`.
    pub const AUTH0: Self = Self {
        name: "auth0",
        title: "Auth0",
        remark: "Access tokens for an API of yours. The issuer ends with a slash.",
        parameters: &[Parameter::tenant_host("tenant.us.auth0.com"), Parameter::audience("https://api.example")],
        issuer: "https://{domain}/",
        algorithms: &[Algorithm::RS256, Algorithm::PS256],
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `okta`.
    pub const OKTA: Self = Self {
        name: "okta",
        title: "Okta",
        remark: "Access tokens of a custom authorization server. Those of the organization's own server are for Okta alone: nobody else can verify them.",
        parameters: &[
            Parameter::tenant_host("dev-1.okta.com"),
            Parameter::mandatory(
                "authorizationServer",
                Form::Segment,
                "The ID of the authorization server. Default `default`.",
                "default",
            )
            .or("default"),
            Parameter::audience("api://default"),
        ],
        issuer: "https://{domain}/oauth2/{authorizationServer}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `oktaIdToken`.
    pub const OKTA_ID_TOKEN: Self = Self {
        name: "oktaIdToken",
        title: "Okta, ID tokens",
        remark: "ID tokens of the organization's own server.",
        parameters: &[Parameter::tenant_host("dev-1.okta.com"), Parameter::client_id("0oa1example")],
        issuer: "https://{domain}",
        algorithms: &[Algorithm::RS256],
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `clerk`.
    pub const CLERK: Self = Self {
        name: "clerk",
        title: "Clerk",
        remark: "Session tokens. They have no `aud`: in its place `azp` must be one of your origins. Whether a session is still pending says `sts`: look at it if yours can be.",
        parameters: &[
            Parameter::mandatory(
                "domain",
                Form::Host,
                "The host name of your Frontend API, without `https://`.",
                "clerk.app.example",
            ),
            Parameter::mandatory(
                "origin",
                Form::Texts,
                "The origins of your pages, as `azp` has them.",
                "https://app.example",
            ),
        ],
        issuer: "https://{domain}",
        algorithms: &[Algorithm::RS256],
        binding: Some(BindingTemplate { claim: "azp", values: "{origin}", token_use: None, in_header: false }),
        ..BASE
    };
    /// The preset `supabase`.
    pub const SUPABASE: Self = Self {
        name: "supabase",
        title: "Supabase",
        remark: "Access tokens of users, signed with the project's asymmetric keys. Every user's `aud` is `authenticated`, and the issuer is your project. API keys (`anon`, `service_role`) have another issuer and are refused.",
        parameters: &[Parameter::mandatory(
            "url",
            Form::Base,
            "The address of your project, without a slash at its end.",
            "https://abcdefgh.supabase.co",
        )],
        issuer: "{url}/auth/v1",
        keys: Keys::Jwks("{url}/auth/v1/.well-known/jwks.json"),
        algorithms: &[Algorithm::ES256, Algorithm::RS256],
        audience: Some("authenticated"),
        ..BASE
    };
    /// The preset `workos`.
    pub const WORKOS: Self = Self {
        name: "workos",
        title: "WorkOS",
        remark: "Access tokens of AuthKit sessions. They have no `aud`: in its place the issuer names the client, and serves that one alone.",
        parameters: &[Parameter::mandatory(
            "clientId",
            Form::Segment,
            "The client ID of your application.",
            "client_1example",
        )],
        issuer: "https://api.workos.com/user_management/{clientId}",
        keys: Keys::Jwks("https://api.workos.com/sso/jwks/{clientId}"),
        algorithms: &[Algorithm::RS256],
        binding: Some(BindingTemplate { claim: "iss", values: "{issuer}", token_use: None, in_header: false }),
        ..BASE
    };
    /// The preset `authKit`.
    pub const AUTH_KIT: Self = Self {
        name: "authKit",
        title: "WorkOS AuthKit",
        remark: "Access tokens of AuthKit as an authorization server, for a resource of yours.",
        parameters: &[
            Parameter::mandatory(
                "domain",
                Form::Host,
                "The host name of your AuthKit, without `https://`.",
                "example.authkit.app",
            ),
            Parameter::audience("https://mcp.example"),
        ],
        issuer: "https://{domain}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `kinde`.
    pub const KINDE: Self = Self {
        name: "kinde",
        title: "Kinde",
        remark: "Access tokens, for an audience of yours or to one of your clients. Where no audience was asked for, `aud` is empty: then give `clientId`, which `azp` must be.",
        parameters: &[
            Parameter::tenant_host("app.kinde.com"),
            Parameter::audience("https://api.example").optional(),
            Parameter::mandatory("clientId", Form::Texts, "Your clients: `azp` must be one of them.", "my-client")
                .optional(),
        ],
        issuer: "https://{domain}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        binding: Some(BindingTemplate { claim: "azp", values: "{clientId}", token_use: None, in_header: false }),
        ..BASE
    };
    /// The preset `stytch`.
    pub const STYTCH: Self = Self {
        name: "stytch",
        title: "Stytch",
        remark: "Session tokens of users. The issuer and `aud` are your project.",
        parameters: &[
            Parameter::mandatory("projectId", Form::Segment, "The ID of your project.", "project-live-1example"),
            Parameter::mandatory(
                "environment",
                Form::Segment,
                "`api`, or `test` where the ID begins with `project-test-`. Default `api`.",
                "api",
            )
            .or("api"),
        ],
        issuer: "stytch.com/{projectId}",
        keys: Keys::Jwks("https://{environment}.stytch.com/v1/sessions/jwks/{projectId}"),
        algorithms: &[Algorithm::RS256],
        audience: Some("{projectId}"),
        ..BASE
    };
    /// The preset `stytchB2b`.
    pub const STYTCH_B2B: Self = Self {
        name: "stytchB2b",
        title: "Stytch B2B",
        remark: "Session tokens of members of an organization. The issuer and `aud` are your project.",
        keys: Keys::Jwks("https://{environment}.stytch.com/v1/b2b/sessions/jwks/{projectId}"),
        ..Self::STYTCH
    };
    /// The preset `descope`.
    pub const DESCOPE: Self = Self {
        name: "descope",
        title: "Descope",
        remark: "Session tokens. They need not have `aud`: in its place the issuer is your project, and `drn` says that it is no refresh token.",
        parameters: &[
            Parameter::mandatory("projectId", Form::Segment, "The ID of your project.", "P2example"),
            Parameter::audience("P2example").optional(),
        ],
        issuer: "https://api.descope.com/{projectId}",
        issuer_aliases: &["{projectId}"],
        keys: Keys::Jwks("https://api.descope.com/{projectId}/.well-known/jwks.json"),
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        binding: Some(BindingTemplate { claim: "drn", values: "DS", token_use: None, in_header: false }),
        ..BASE
    };
}
