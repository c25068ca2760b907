//! What runs code or apps, and vouches for them.

use super::BASE;
use crate::jose::algorithm::Algorithm;
use crate::preset::form::Form;
use crate::preset::vendor::{BindingTemplate, Keys, Parameter, Variable, Vendor};
use crate::verify::profile::Profile;

impl Vendor {
    /// The preset `apple`.
    pub const APPLE: Self = Self {
        name: "apple",
        title: "Sign in with Apple",
        remark: "Identity tokens. The audience is your Services ID or the ID of your app.",
        parameters: &[Parameter::client_id("com.example.app")],
        issuer: "https://appleid.apple.com",
        algorithms: &[Algorithm::RS256],
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `cloudflareAccess`.
    pub const CLOUDFLARE_ACCESS: Self = Self {
        name: "cloudflareAccess",
        title: "Cloudflare Access",
        remark: "Tokens of users, in `Cf-Access-Jwt-Assertion`. The audience is the application's AUD tag.",
        parameters: &[
            Parameter::mandatory("team", Form::Segment, "Your team's name.", "my-team"),
            Parameter::audience("32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228"),
        ],
        issuer: "https://{team}.cloudflareaccess.com",
        keys: Keys::Jwks("https://{team}.cloudflareaccess.com/cdn-cgi/access/certs"),
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        header: Some("cf-access-jwt-assertion"),
        ..BASE
    };
    /// The preset `cloudflareAccessService`.
    pub const CLOUDFLARE_ACCESS_SERVICE: Self = Self {
        name: "cloudflareAccessService",
        title: "Cloudflare Access, service tokens",
        remark: "Tokens of services, in `Cf-Access-Jwt-Assertion`. Their `sub` is empty: in its place `common_name` must be there, which names the service.",
        parameters: &[
            Parameter::mandatory("team", Form::Segment, "Your team's name.", "my-team"),
            Parameter::audience("32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228"),
        ],
        issuer: "https://{team}.cloudflareaccess.com",
        keys: Keys::Jwks("https://{team}.cloudflareaccess.com/cdn-cgi/access/certs"),
        algorithms: &[Algorithm::RS256],
        profile: Profile::Jwt,
        audience: Some("{audience}"),
        required_claims: &["common_name"],
        header: Some("cf-access-jwt-assertion"),
        ..BASE
    };
    /// The preset `githubActions`.
    pub const GITHUB_ACTIONS: Self = Self {
        name: "githubActions",
        title: "GitHub Actions",
        remark: "Tokens of workflows. Any workflow of anybody can have one for any audience: so `repository` must be one of yours. Which branch or environment may do what is in `ref` and `environment`.",
        parameters: &[
            Parameter::audience("https://api.example"),
            Parameter::mandatory(
                "repository",
                Form::Texts,
                "The repositories to accept, as `owner/name`.",
                "my-org/my-repository",
            ),
        ],
        issuer: "https://token.actions.githubusercontent.com",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        binding: Some(BindingTemplate {
            claim: "repository",
            values: "{repository}",
            token_use: None,
            in_header: false,
        }),
        required_claims: &["aud"],
        ..BASE
    };
    /// The preset `gitlabCi`.
    pub const GITLAB_CI: Self = Self {
        name: "gitlabCi",
        title: "GitLab CI",
        remark: "ID tokens of jobs. Any project of the server can have one for any audience: so `project_path` must be one of yours.",
        parameters: &[
            Parameter::mandatory(
                "url",
                Form::Base,
                "The address of the server, without a slash at its end. Default `https://gitlab.com`.",
                "https://gitlab.com",
            )
            .or("https://gitlab.com"),
            Parameter::audience("https://api.example"),
            Parameter::mandatory(
                "project",
                Form::Texts,
                "The projects to accept, with their groups.",
                "my-group/my-project",
            ),
        ],
        issuer: "{url}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        binding: Some(BindingTemplate {
            claim: "project_path",
            values: "{project}",
            token_use: None,
            in_header: false,
        }),
        required_claims: &["aud"],
        ..BASE
    };
    /// The preset `kubernetes`.
    pub const KUBERNETES: Self = Self {
        name: "kubernetes",
        title: "Kubernetes",
        remark: "Tokens of service accounts that were asked for your audience (TokenRequest, projected volumes). The older ones out of Secrets have neither audience nor end and are refused. Who may call you is in `sub`: `system:serviceaccount:NAMESPACE:NAME`.",
        parameters: &[
            Parameter::mandatory(
                "issuer",
                Form::Url,
                "The cluster's issuer (`--service-account-issuer`).",
                "https://oidc.cluster.example",
            ),
            Parameter::audience("https://api.example"),
        ],
        issuer: "{issuer}",
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `shopify`.
    pub const SHOPIFY: Self = Self {
        name: "shopify",
        title: "Shopify",
        remark: "Session tokens of embedded apps, for `createSharedSecretVerifier`. Any shop's: the issuer is built from the shop in `dest` and compared with `iss` as a whole. The audience is the client ID (API key) of your app.",
        parameters: &[Parameter::client_id("my-api-key")],
        issuer: "https://{shop}.myshopify.com/admin",
        issuer_variable: Some(Variable {
            name: "shop",
            claim: "dest",
            claim_template: Some("https://{shop}.myshopify.com"),
            values: None,
        }),
        keys: Keys::Secret,
        algorithms: &[Algorithm::HS256],
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `spiffe`.
    pub const SPIFFE: Self = Self {
        name: "spiffe",
        title: "SPIFFE, JWT-SVIDs",
        remark: "Tokens of workloads, for your audience. They need no `iss`: in its place `sub` must be a SPIFFE ID in your trust domain. Keys are those of the bundle with the `use` of JWT-SVIDs. Who may call you is in `sub`.",
        parameters: &[
            Parameter::mandatory("trustDomain", Form::Host, "The trust domain, without `spiffe://`.", "example.org"),
            Parameter::mandatory(
                "bundle",
                Form::Url,
                "The address of the trust domain's bundle.",
                "https://bundle.example.org",
            ),
            Parameter::audience("https://api.example"),
        ],
        issuer: "spiffe://{trustDomain}",
        keys: Keys::Jwks("{bundle}"),
        algorithms: &[
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::ES256,
            Algorithm::ES384,
            Algorithm::ES512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        audience: Some("{audience}"),
        issuer_from_subject: true,
        key_use: Some("jwt-svid"),
        ..BASE
    };
}
