//! The table of servers to sign in at.

mod play;
mod social;
mod work;

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
        Self::ATLASSIAN,
        Self::BATTLENET,
        Self::BITBUCKET,
        Self::BOX,
        Self::DISCORD,
        Self::DRIBBBLE,
        Self::DROPBOX,
        Self::EPIC,
        Self::FACEBOOK,
        Self::FIGMA,
        Self::FORTYTWO,
        Self::GITHUB,
        Self::KAKAO,
        Self::KICK,
        Self::LICHESS,
        Self::LINE,
        Self::LINKEDIN,
        Self::NAVER,
        Self::NOTION,
        Self::OSU,
        Self::PATREON,
        Self::REDDIT,
        Self::SLACK,
        Self::SPOTIFY,
        Self::STRAVA,
        Self::TWITCH,
        Self::WORKOS,
        Self::X,
        Self::YANDEX,
        Self::ZOOM,
    ];
}
