//! Identity providers that one can run.

use super::BASE;
use crate::jose::algorithm::Algorithm;
use crate::preset::form::Form;
use crate::preset::vendor::{BindingTemplate, Keys, Parameter, Vendor};
use crate::verify::profile::Profile;

impl Vendor {
    /// The preset `keycloak`.
    pub const KEYCLOAK: Self = Self {
        name: "keycloak",
        title: "Keycloak",
        remark: "Access tokens, for an audience of yours or to one of your clients. Without an audience mapper `aud` is `account` or absent: then give `clientId`, which `azp` must be, beside `typ`, which must be `Bearer`. Servers before 17 have `/auth` in their address.",
        parameters: &[
            Parameter::server("https://sso.example"),
            Parameter::mandatory("realm", Form::Segment, "The realm.", "demo"),
            Parameter::audience("https://api.example").optional(),
            Parameter::mandatory("clientId", Form::Texts, "Your clients: `azp` must be one of them.", "web").optional(),
        ],
        issuer: "{url}/realms/{realm}",
        audience: Some("{audience}"),
        audience_beside_binding: Some("account"),
        binding: Some(BindingTemplate {
            claim: "azp",
            values: "{clientId}",
            token_use: Some(("typ", "Bearer")),
            in_header: false,
        }),
        permissions: &[&["realm_access", "roles"]],
        ..BASE
    };
    /// The preset `logto`.
    pub const LOGTO: Self = Self {
        name: "logto",
        title: "Logto",
        remark: "Access tokens for an API resource of yours, after RFC 9068.",
        parameters: &[Parameter::server("https://tenant.logto.app"), Parameter::audience("https://api.example")],
        issuer: "{url}/oidc",
        algorithms: &[Algorithm::ES384, Algorithm::RS256],
        profile: Profile::AtJwt,
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `zitadel`.
    pub const ZITADEL: Self = Self {
        name: "zitadel",
        title: "Zitadel",
        remark: "Access tokens of the type JWT. The audience is the ID of your project.",
        parameters: &[Parameter::server("https://instance.zitadel.cloud"), Parameter::audience("77")],
        issuer: "{url}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        ..BASE
    };
    /// The preset `ory`.
    pub const ORY: Self = Self {
        name: "ory",
        title: "Ory",
        remark: "Access tokens of Hydra and of Ory Network, of the strategy `jwt`, for an audience of yours or to one of your clients. Where no audience was asked for, `aud` is empty: then give `clientId`, which `client_id` must be.",
        parameters: &[
            Parameter::mandatory(
                "issuer",
                Form::Url,
                "The issuer, exactly: Hydra's ends with a slash.",
                "https://hydra.example/",
            ),
            Parameter::audience("https://api.example").optional(),
            Parameter::mandatory(
                "clientId",
                Form::Texts,
                "Your clients: `client_id` must be one of them.",
                "my-client",
            )
            .optional(),
        ],
        issuer: "{issuer}",
        audience: Some("{audience}"),
        binding: Some(BindingTemplate { claim: "client_id", values: "{clientId}", token_use: None, in_header: false }),
        ..BASE
    };
    /// The preset `fusionAuth`.
    pub const FUSION_AUTH: Self = Self {
        name: "fusionAuth",
        title: "FusionAuth",
        remark: "Access tokens that are signed with a public-key algorithm. The audience is the ID of the application. The issuer is a name of your choice, so the server's address comes beside it.",
        parameters: &[
            Parameter::server("https://auth.example"),
            Parameter::mandatory("issuer", Form::Text, "The issuer that is set for the tenant.", "acme.com"),
            Parameter::audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        ],
        issuer: "{issuer}",
        keys: Keys::Jwks("{url}/.well-known/jwks.json"),
        audience: Some("{audience}"),
        permissions: &[&["roles"]],
        ..BASE
    };
    /// The preset `fief`.
    pub const FIEF: Self = Self {
        name: "fief",
        title: "Fief",
        remark: "Access tokens. The audience is your client.",
        parameters: &[Parameter::server("https://auth.example"), Parameter::client_id("my-client")],
        issuer: "{url}",
        algorithms: &[Algorithm::RS256],
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `authentik`.
    pub const AUTHENTIK: Self = Self {
        name: "authentik",
        title: "Authentik, ID tokens",
        remark: "ID tokens. Each application is an issuer, whose name ends with a slash.",
        parameters: &[
            Parameter::server("https://authentik.example"),
            Parameter::mandatory("application", Form::Segment, "The application's slug.", "my-app"),
            Parameter::client_id("my-client"),
        ],
        issuer: "{url}/application/o/{application}/",
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `authelia`.
    pub const AUTHELIA: Self = Self {
        name: "authelia",
        title: "Authelia, ID tokens",
        remark: "ID tokens.",
        parameters: &[Parameter::server("https://auth.example"), Parameter::client_id("my-client")],
        issuer: "{url}",
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `dex`.
    pub const DEX: Self = Self {
        name: "dex",
        title: "Dex, ID tokens",
        remark: "ID tokens, which clients of Dex send as bearer tokens too.",
        parameters: &[
            Parameter::mandatory("issuer", Form::Url, "The issuer, exactly.", "https://dex.example/dex"),
            Parameter::client_id("kubernetes"),
        ],
        issuer: "{issuer}",
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
}
