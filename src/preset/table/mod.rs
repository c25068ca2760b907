//! The table: a row for each kind of token of a vendor. `cargo xtask tables` writes the presets of the npm package from it.

mod amazon_and_google;
mod hosted;
mod microsoft;
mod platforms;
mod self_hosted;

use crate::preset::vendor::{Keys, Vendor};
use crate::verify::profile::Profile;

/// What a row need not say.
const BASE: Vendor = Vendor {
    name: "",
    title: "",
    remark: "",
    parameters: &[],
    issuer: "",
    issuer_aliases: &[],
    issuer_variable: None,
    keys: Keys::Issuer,
    algorithms: &[],
    profile: Profile::AccessToken,
    audience: None,
    audience_beside_binding: None,
    binding: None,
    accept_padding: false,
    issuer_from_subject: false,
    key_use: None,
    required_claims: &[],
    permissions: &[],
    header: None,
    instead: None,
};

impl Vendor {
    /// Every preset.
    pub const ALL: &'static [Self] = &[
        Self::AUTH0,
        Self::COGNITO,
        Self::COGNITO_ID_TOKEN,
        Self::ENTRA,
        Self::ENTRA_EXTERNAL_ID,
        Self::AZURE_AD_B2C,
        Self::KEYCLOAK,
        Self::OKTA,
        Self::OKTA_ID_TOKEN,
        Self::GOOGLE,
        Self::GOOGLE_SERVICE_ACCOUNT,
        Self::FIREBASE,
        Self::APPLE,
        Self::CLERK,
        Self::SUPABASE,
        Self::WORKOS,
        Self::AUTH_KIT,
        Self::KINDE,
        Self::STYTCH,
        Self::STYTCH_B2B,
        Self::DESCOPE,
        Self::LOGTO,
        Self::ZITADEL,
        Self::ORY,
        Self::FUSION_AUTH,
        Self::CLOUDFLARE_ACCESS,
        Self::CLOUDFLARE_ACCESS_SERVICE,
        Self::GOOGLE_IAP,
        Self::GITHUB_ACTIONS,
        Self::GITLAB_CI,
        Self::KUBERNETES,
        Self::SHOPIFY,
        Self::AWS_ALB,
        Self::SPIFFE,
        Self::FIEF,
        Self::AUTHENTIK,
        Self::AUTHELIA,
        Self::DEX,
    ];

    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|vendor| vendor.name == name)
    }
}
