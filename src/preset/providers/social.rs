//! Servers where people talk and publish.

use super::{PLAIN, STANDARD, resource};
use crate::client::{ErrorForm, Quirks, ResponseMode};
use crate::preset::provider::{Provider, SecretPlace, UserSource};

impl Provider {
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

    /// Kakao
    pub const KAKAO: Self = Self {
        name: "kakao",
        title: "Kakao",
        remark: "Without OpenID Connect. The secret has to be turned on for the app.",
        issuer: "https://kauth.kakao.com",
        authorization_endpoint: "https://kauth.kakao.com/oauth/authorize",
        token_endpoint: "https://kauth.kakao.com/oauth/token",
        user: resource("https://kapi.kakao.com/v2/user/me", &["id"]),
        ..PLAIN
    };

    /// Kick
    pub const KICK: Self = Self {
        name: "kick",
        title: "Kick",
        issuer: "https://id.kick.com",
        authorization_endpoint: "https://id.kick.com/oauth/authorize",
        token_endpoint: "https://id.kick.com/oauth/token",
        revocation_endpoint: Some("https://id.kick.com/oauth/revoke"),
        scope: "user:read",
        user: resource("https://api.kick.com/public/v1/users", &["data", "0", "user_id"]),
        ..PLAIN
    };

    /// LINE
    pub const LINE: Self = Self {
        name: "line",
        title: "LINE",
        remark: "Without OpenID Connect: with the scope `openid`, ID tokens come with a tag of the client secret.",
        issuer: "https://access.line.me",
        authorization_endpoint: "https://access.line.me/oauth2/v2.1/authorize",
        token_endpoint: "https://api.line.me/oauth2/v2.1/token",
        revocation_endpoint: Some("https://api.line.me/oauth2/v2.1/revoke"),
        scope: "profile",
        user: resource("https://api.line.me/v2/profile", &["userId"]),
        ..PLAIN
    };

    /// Naver
    pub const NAVER: Self = Self {
        name: "naver",
        title: "Naver",
        remark: "Errors come with status 200, and `expires_in` as digits in a string. The identifier is another one for each \
                 app.",
        issuer: "https://nid.naver.com",
        authorization_endpoint: "https://nid.naver.com/oauth2.0/authorize",
        token_endpoint: "https://nid.naver.com/oauth2.0/token",
        user: resource("https://openapi.naver.com/v1/nid/me", &["response", "id"]),
        ..PLAIN
    };

    /// Patreon
    pub const PATREON: Self = Self {
        name: "patreon",
        title: "Patreon",
        issuer: "https://www.patreon.com",
        authorization_endpoint: "https://www.patreon.com/oauth2/authorize",
        token_endpoint: "https://www.patreon.com/api/oauth2/token",
        scope: "identity",
        user: resource("https://www.patreon.com/api/oauth2/v2/identity", &["data", "id"]),
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

    /// Yandex
    pub const YANDEX: Self = Self {
        name: "yandex",
        title: "Yandex",
        remark: "Scopes are set at the app.",
        issuer: "https://oauth.yandex.com",
        authorization_endpoint: "https://oauth.yandex.com/authorize",
        token_endpoint: "https://oauth.yandex.com/token",
        secret: SecretPlace::Header,
        user: resource("https://login.yandex.ru/info?format=json", &["id"]),
        ..PLAIN
    };
}
