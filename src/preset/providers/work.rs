//! Servers of what teams work with.

use super::{PLAIN, STANDARD, resource};
use crate::client::Quirks;
use crate::preset::provider::{Provider, SecretPlace, UserSource};

impl Provider {
    /// Atlassian
    pub const ATLASSIAN: Self = Self {
        name: "atlassian",
        title: "Atlassian",
        remark: "Add the scope `offline_access` for a refresh token.",
        issuer: "https://auth.atlassian.com",
        authorization_endpoint: "https://auth.atlassian.com/authorize",
        token_endpoint: "https://auth.atlassian.com/oauth/token",
        scope: "read:me",
        params: &[("audience", "api.atlassian.com"), ("prompt", "consent")],
        user: resource("https://api.atlassian.com/me", &["account_id"]),
        ..PLAIN
    };

    /// Bitbucket
    pub const BITBUCKET: Self = Self {
        name: "bitbucket",
        title: "Bitbucket",
        remark: "Scopes are set at the consumer. The answer has them as `scopes`.",
        issuer: "https://bitbucket.org",
        authorization_endpoint: "https://bitbucket.org/site/oauth2/authorize",
        token_endpoint: "https://bitbucket.org/site/oauth2/access_token",
        secret: SecretPlace::Header,
        user: resource("https://api.bitbucket.org/2.0/user", &["uuid"]),
        ..PLAIN
    };

    /// Box
    pub const BOX: Self = Self {
        name: "box",
        title: "Box",
        remark: "Scopes are set at the app.",
        issuer: "https://account.box.com",
        authorization_endpoint: "https://account.box.com/api/oauth2/authorize",
        token_endpoint: "https://api.box.com/oauth2/token",
        revocation_endpoint: Some("https://api.box.com/oauth2/revoke"),
        user: resource("https://api.box.com/2.0/users/me", &["id"]),
        ..PLAIN
    };

    /// Dribbble
    pub const DRIBBBLE: Self = Self {
        name: "dribbble",
        title: "Dribbble",
        remark: "Tokens do not expire.",
        issuer: "https://dribbble.com",
        authorization_endpoint: "https://dribbble.com/oauth/authorize",
        token_endpoint: "https://dribbble.com/oauth/token",
        scope: "public",
        user: resource("https://api.dribbble.com/v2/user", &["id"]),
        ..PLAIN
    };

    /// Dropbox
    pub const DROPBOX: Self = Self {
        name: "dropbox",
        title: "Dropbox",
        remark: "Add the parameter `token_access_type=offline` for a refresh token.",
        issuer: "https://www.dropbox.com",
        authorization_endpoint: "https://www.dropbox.com/oauth2/authorize",
        token_endpoint: "https://api.dropboxapi.com/oauth2/token",
        user: UserSource::TokenResponse { id: &["account_id"] },
        ..PLAIN
    };

    /// Figma
    pub const FIGMA: Self = Self {
        name: "figma",
        title: "Figma",
        issuer: "https://www.figma.com",
        authorization_endpoint: "https://www.figma.com/oauth",
        token_endpoint: "https://api.figma.com/v1/oauth/token",
        secret: SecretPlace::Header,
        scope: "current_user:read",
        user: resource("https://api.figma.com/v1/me", &["id"]),
        ..PLAIN
    };

    /// 42
    pub const FORTYTWO: Self = Self {
        name: "fortyTwo",
        title: "42",
        issuer: "https://api.intra.42.fr",
        authorization_endpoint: "https://api.intra.42.fr/oauth/authorize",
        token_endpoint: "https://api.intra.42.fr/oauth/token",
        scope: "public",
        user: resource("https://api.intra.42.fr/v2/me", &["id"]),
        ..PLAIN
    };

    /// GitHub
    pub const GITHUB: Self = Self {
        name: "github",
        title: "GitHub",
        remark: "Errors come with status 200, scopes with commas, and `expires_in` only from apps whose tokens expire.",
        issuer: "https://github.com",
        authorization_endpoint: "https://github.com/login/oauth/authorize",
        token_endpoint: "https://github.com/login/oauth/access_token",
        scope: "read:user",
        user: resource("https://api.github.com/user", &["id"]),
        quirks: Quirks { comma_scopes_in_answers: true, form_answers: true, ..STANDARD },
        ..PLAIN
    };

    /// `LinkedIn`
    pub const LINKEDIN: Self = Self {
        name: "linkedin",
        title: "LinkedIn",
        remark: "The answer has no `token_type`, and ID tokens have no nonce: they are left unread, and the userinfo endpoint \
                 says who it is. PKCE is turned on per app, by LinkedIn.",
        issuer: "https://www.linkedin.com/oauth",
        authorization_endpoint: "https://www.linkedin.com/oauth/v2/authorization",
        token_endpoint: "https://www.linkedin.com/oauth/v2/accessToken",
        scope: "openid profile email",
        user: resource("https://api.linkedin.com/v2/userinfo", &["sub"]),
        quirks: Quirks {
            comma_scopes_in_answers: true,
            missing_token_type_is_bearer: true,
            no_nonce: true,
            ..STANDARD
        },
        ..PLAIN
    };

    /// Notion
    pub const NOTION: Self = Self {
        name: "notion",
        title: "Notion",
        remark: "Tokens do not expire. The answer says who it is: `owner.user.id`.",
        issuer: "https://api.notion.com",
        authorization_endpoint: "https://api.notion.com/v1/oauth/authorize",
        token_endpoint: "https://api.notion.com/v1/oauth/token",
        secret: SecretPlace::Header,
        params: &[("owner", "user")],
        user: UserSource::TokenResponse { id: &["owner", "user", "id"] },
        ..PLAIN
    };

    /// Slack, for apps of a workspace
    pub const SLACK: Self = Self {
        name: "slack",
        title: "Slack",
        remark: "For apps of a workspace: errors come with status 200, `token_type` is `bot`, and users' scopes go into the \
                 parameter `user_scope`. To sign users in alone, discover https://slack.com.",
        issuer: "https://slack.com",
        authorization_endpoint: "https://slack.com/oauth/v2/authorize",
        token_endpoint: "https://slack.com/api/oauth.v2.access",
        user: UserSource::TokenResponse { id: &["authed_user", "id"] },
        quirks: Quirks { comma_scopes: true, bearer_names: &["bot", "user"], ..STANDARD },
        ..PLAIN
    };

    /// `WorkOS`, for single sign-on of an organisation
    pub const WORKOS: Self = Self {
        name: "workos",
        title: "WorkOS",
        remark: "For single sign-on: name the `connection`, `organization` or `provider` in the parameters of the request. The \
                 secret is the API key. The answer has the profile.",
        issuer: "https://api.workos.com",
        authorization_endpoint: "https://api.workos.com/sso/authorize",
        token_endpoint: "https://api.workos.com/sso/token",
        user: UserSource::TokenResponse { id: &["profile", "id"] },
        quirks: Quirks { missing_token_type_is_bearer: true, ..STANDARD },
        ..PLAIN
    };

    /// Zoom
    pub const ZOOM: Self = Self {
        name: "zoom",
        title: "Zoom",
        remark: "Scopes are set at the app.",
        issuer: "https://zoom.us",
        authorization_endpoint: "https://zoom.us/oauth/authorize",
        token_endpoint: "https://zoom.us/oauth/token",
        revocation_endpoint: Some("https://zoom.us/oauth/revoke"),
        secret: SecretPlace::Header,
        user: resource("https://api.zoom.us/v2/users/me", &["id"]),
        ..PLAIN
    };
}
