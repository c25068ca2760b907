//! Microsoft.

use super::BASE;
use crate::jose::algorithm::Algorithm;
use crate::preset::form::Form;
use crate::preset::vendor::{Keys, Parameter, Variable, Vendor};

impl Vendor {
    /// The preset `entra`.
    pub const ENTRA: Self = Self {
        name: "entra",
        title: "Microsoft Entra ID",
        remark: "Access tokens for an API of yours, of version 1.0 and 2.0, which have two names for the tenant: which comes is the API's `accessTokenAcceptedVersion`. The audience is `api://…` in the one and the bare ID in the other. With `organizations` or `common` for the tenant, tokens of any tenant: the issuer is built from `tid` and compared with `iss` as a whole, and `tenants` names the only ones to accept.",
        parameters: &[
            Parameter::mandatory(
                "tenant",
                Form::Uuid,
                "The ID of the directory, or `organizations` or `common` for tokens of any.",
                "11111111-2222-4333-8444-555555555555",
            ),
            Parameter::audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        ],
        issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
        issuer_aliases: &["https://sts.windows.net/{tenant}/"],
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        permissions: &[&["roles"]],
        instead: Some((&["organizations", "common"], &Self::ENTRA_OF_ANY_TENANT)),
        ..BASE
    };
    /// The row of [`Vendor::ENTRA`] for tokens of any tenant.
    pub const ENTRA_OF_ANY_TENANT: Self = Self {
        name: "entra",
        title: "Microsoft Entra ID",
        remark: "",
        parameters: &[
            Parameter::mandatory("tenant", Form::Segment, "`organizations` or `common`.", "organizations"),
            Parameter::audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
            Parameter::mandatory("tenants", Form::Uuids, "The IDs of the only directories whose tokens to accept, where `tenant` is `organizations` or `common`. Default: any.", "11111111-2222-4333-8444-555555555555").optional(),
        ],
        issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
        issuer_aliases: &["https://sts.windows.net/{tenantid}/"],
        issuer_variable: Some(Variable {
            name: "tenantid",
            claim: "tid",
            claim_template: None,
            values: Some("tenants"),
        }),
        keys: Keys::Metadata("https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration"),
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        permissions: &[&["roles"]],
        ..BASE
    };
    /// The preset `entraExternalId`.
    pub const ENTRA_EXTERNAL_ID: Self = Self {
        name: "entraExternalId",
        title: "Microsoft Entra External ID",
        remark: "Access tokens for an API of yours. The issuer has the ID of the tenant in its host name too.",
        parameters: &[
            Parameter::mandatory(
                "tenant",
                Form::Uuid,
                "The ID of the directory.",
                "11111111-2222-4333-8444-555555555555",
            ),
            Parameter::audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        ],
        issuer: "https://{tenant}.ciamlogin.com/{tenant}/v2.0",
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        permissions: &[&["roles"]],
        ..BASE
    };
    /// The preset `azureAdB2c`.
    pub const AZURE_AD_B2C: Self = Self {
        name: "azureAdB2c",
        title: "Azure AD B2C",
        remark: "Access tokens for an API of yours, by one user flow or policy. The keys are those of the policy, whose metadata must name the issuer of the tenant.",
        parameters: &[
            Parameter::mandatory(
                "tenantName",
                Form::Segment,
                "The tenant's name, without `.onmicrosoft.com`.",
                "contoso",
            ),
            Parameter::mandatory(
                "tenant",
                Form::Uuid,
                "The ID of the directory.",
                "11111111-2222-4333-8444-555555555555",
            ),
            Parameter::mandatory("policy", Form::Segment, "The user flow or policy.", "B2C_1_signin"),
            Parameter::audience("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        ],
        issuer: "https://{tenantName}.b2clogin.com/{tenant}/v2.0/",
        keys: Keys::Metadata(
            "https://{tenantName}.b2clogin.com/{tenantName}.onmicrosoft.com/{policy}/v2.0/.well-known/openid-configuration",
        ),
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        ..BASE
    };
}
