//! Servers of games, music and sports.

use super::{PLAIN, STANDARD, resource};
use crate::client::{ErrorForm, Quirks};
use crate::preset::provider::{Provider, SecretPlace, UserSource};

impl Provider {
    /// Battle.net
    pub const BATTLENET: Self = Self {
        name: "battlenet",
        title: "Battle.net",
        remark: "ID tokens are left unread: the userinfo endpoint says who it is.",
        issuer: "https://oauth.battle.net",
        authorization_endpoint: "https://oauth.battle.net/authorize",
        token_endpoint: "https://oauth.battle.net/token",
        secret: SecretPlace::Header,
        scope: "openid",
        user: resource("https://oauth.battle.net/userinfo", &["id"]),
        quirks: Quirks { no_nonce: true, ..STANDARD },
        ..PLAIN
    };

    /// Epic Games
    pub const EPIC: Self = Self {
        name: "epic",
        title: "Epic Games",
        remark: "The answer says who it is: `account_id`.",
        issuer: "https://www.epicgames.com",
        authorization_endpoint: "https://www.epicgames.com/id/authorize",
        token_endpoint: "https://api.epicgames.dev/epic/oauth/v2/token",
        revocation_endpoint: Some("https://api.epicgames.dev/epic/oauth/v2/revoke"),
        secret: SecretPlace::Header,
        scope: "basic_profile",
        user: UserSource::TokenResponse { id: &["account_id"] },
        ..PLAIN
    };

    /// Lichess
    pub const LICHESS: Self = Self {
        name: "lichess",
        title: "Lichess",
        remark: "Clients have no secret, and need not be registered: any ID will do. Tokens are good for a year.",
        issuer: "https://lichess.org",
        authorization_endpoint: "https://lichess.org/oauth",
        token_endpoint: "https://lichess.org/api/token",
        secret: SecretPlace::Nowhere,
        user: resource("https://lichess.org/api/account", &["id"]),
        ..PLAIN
    };

    /// osu!
    pub const OSU: Self = Self {
        name: "osu",
        title: "osu!",
        issuer: "https://osu.ppy.sh",
        authorization_endpoint: "https://osu.ppy.sh/oauth/authorize",
        token_endpoint: "https://osu.ppy.sh/oauth/token",
        scope: "identify",
        user: resource("https://osu.ppy.sh/api/v2/me", &["id"]),
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
}
