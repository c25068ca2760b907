//! The table of servers to sign in at.

use crate::client::{ErrorForm, Quirks, ResponseMode};
use crate::preset::provider::{Provider, SecretPlace, UserSource};

/// What a row has where the server does as the standard says.
const STANDARD: Quirks = Quirks {
    comma_scopes: false,
    comma_scopes_in_answers: false,
    form_answers: false,
    missing_token_type_is_bearer: false,
    bearer_names: &[],
    errors: ErrorForm::Standard,
    no_nonce: false,
};

/// What most rows have.
const PLAIN: Provider = Provider {
    name: "",
    title: "",
    remark: "",
    issuer: "",
    authorization_endpoint: "",
    token_endpoint: "",
    revocation_endpoint: None,
    jwks_uri: None,
    secret: SecretPlace::Body,
    scope: "",
    response_mode: ResponseMode::Query,
    params: &[],
    user: UserSource::IdToken,
    quirks: STANDARD,
};

const fn resource(url: &'static str, id: &'static [&'static str]) -> UserSource {
    UserSource::Resource { url, id, client_id_header: None }
}

impl Provider {
    /// Every provider.
    pub const ALL: &'static [Self] = &[
        Self::APPLE,
        Self::BITBUCKET,
        Self::DISCORD,
        Self::DROPBOX,
        Self::FACEBOOK,
        Self::GITHUB,
        Self::LINKEDIN,
        Self::REDDIT,
        Self::SLACK,
        Self::SPOTIFY,
        Self::STRAVA,
        Self::TWITCH,
        Self::X,
    ];

    /// Apple
    pub const APPLE: Self = Self {
        name: "apple",
        title: "Apple",
        remark: "The client's secret is a token that you sign with the key from Apple, valid for six months at most. The \
                 user's name comes in the form's field `user`, at the first sign-in alone.",
        issuer: "https://appleid.apple.com",
        authorization_endpoint: "https://appleid.apple.com/auth/authorize",
        token_endpoint: "https://appleid.apple.com/auth/token",
        revocation_endpoint: Some("https://appleid.apple.com/auth/revoke"),
        jwks_uri: Some("https://appleid.apple.com/auth/keys"),
        scope: "openid name email",
        response_mode: ResponseMode::FormPost,
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

    /// Discord
    pub const DISCORD: Self = Self {
        name: "discord",
        title: "Discord",
        issuer: "https://discord.com",
        authorization_endpoint: "https://discord.com/oauth2/authorize",
        token_endpoint: "https://discord.com/api/oauth2/token",
        revocation_endpoint: Some("https://discord.com/api/oauth2/token/revoke"),
        secret: SecretPlace::Header,
        scope: "identify",
        user: resource("https://discord.com/api/users/@me", &["id"]),
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

    /// Facebook
    pub const FACEBOOK: Self = Self {
        name: "facebook",
        title: "Facebook",
        remark: "Scopes are separated by commas, and errors are objects. The identifier is another one for each app.",
        issuer: "https://www.facebook.com",
        authorization_endpoint: "https://www.facebook.com/v23.0/dialog/oauth",
        token_endpoint: "https://graph.facebook.com/v23.0/oauth/access_token",
        scope: "public_profile email",
        user: resource("https://graph.facebook.com/v23.0/me?fields=id,name,email", &["id"]),
        quirks: Quirks { comma_scopes: true, errors: ErrorForm::Object, ..STANDARD },
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

    /// Reddit
    pub const REDDIT: Self = Self {
        name: "reddit",
        title: "Reddit",
        remark: "Errors come with status 200, or as a number with a `message`. Add the parameter `duration=permanent` for a \
                 refresh token, and send a `User-Agent` of your own.",
        issuer: "https://www.reddit.com",
        authorization_endpoint: "https://www.reddit.com/api/v1/authorize",
        token_endpoint: "https://www.reddit.com/api/v1/access_token",
        secret: SecretPlace::Header,
        scope: "identity",
        user: resource("https://oauth.reddit.com/api/v1/me", &["id"]),
        quirks: Quirks { errors: ErrorForm::Message, ..STANDARD },
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

    /// Spotify
    pub const SPOTIFY: Self = Self {
        name: "spotify",
        title: "Spotify",
        issuer: "https://accounts.spotify.com",
        authorization_endpoint: "https://accounts.spotify.com/authorize",
        token_endpoint: "https://accounts.spotify.com/api/token",
        secret: SecretPlace::Header,
        user: resource("https://api.spotify.com/v1/me", &["id"]),
        ..PLAIN
    };

    /// Strava
    pub const STRAVA: Self = Self {
        name: "strava",
        title: "Strava",
        remark: "Scopes are separated by commas. The user may take some away: the callback says which are left.",
        issuer: "https://www.strava.com",
        authorization_endpoint: "https://www.strava.com/oauth/authorize",
        token_endpoint: "https://www.strava.com/api/v3/oauth/token",
        scope: "read",
        user: UserSource::TokenResponse { id: &["athlete", "id"] },
        quirks: Quirks { comma_scopes: true, errors: ErrorForm::Message, ..STANDARD },
        ..PLAIN
    };

    /// Twitch
    pub const TWITCH: Self = Self {
        name: "twitch",
        title: "Twitch",
        remark: "Scopes come as an array, from some endpoints without `token_type`, and errors as a `message`.",
        issuer: "https://id.twitch.tv/oauth2",
        authorization_endpoint: "https://id.twitch.tv/oauth2/authorize",
        token_endpoint: "https://id.twitch.tv/oauth2/token",
        revocation_endpoint: Some("https://id.twitch.tv/oauth2/revoke"),
        user: UserSource::Resource {
            url: "https://api.twitch.tv/helix/users",
            id: &["data", "0", "id"],
            client_id_header: Some("client-id"),
        },
        quirks: Quirks { missing_token_type_is_bearer: true, errors: ErrorForm::Message, ..STANDARD },
        ..PLAIN
    };

    /// X
    pub const X: Self = Self {
        name: "x",
        title: "X",
        remark: "Add the scope `offline.access` for a refresh token.",
        issuer: "https://x.com",
        authorization_endpoint: "https://x.com/i/oauth2/authorize",
        token_endpoint: "https://api.x.com/2/oauth2/token",
        revocation_endpoint: Some("https://api.x.com/2/oauth2/revoke"),
        secret: SecretPlace::Header,
        scope: "users.read tweet.read",
        user: resource("https://api.x.com/2/users/me", &["data", "id"]),
        ..PLAIN
    };
}
