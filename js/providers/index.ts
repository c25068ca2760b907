// Written by `cargo xtask tables` from the core's own table, src/preset/providers: change that.

/**
 * Well-known servers to sign in at that have no OpenID Connect, or depart from the standard, as options of `createClient`:
 * plain data, beside which any other option may be spread.
 *
 * @module
 */

import { fill } from "./fill.js";
import type { Provider, ProviderOptions, ProviderPreset } from "./types.js";

export type { ProviderData, ProviderOptions, ProviderPreset, ProviderQuirks, ProviderUser } from "./types.js";

const APPLE: Provider = { name: "apple", issuer: "https://appleid.apple.com", authorizationEndpoint: "https://appleid.apple.com/auth/authorize", tokenEndpoint: "https://appleid.apple.com/auth/token", revocationEndpoint: "https://appleid.apple.com/auth/revoke", jwksUri: "https://appleid.apple.com/auth/keys", secret: "client_secret_post", scope: "openid name email", responseMode: "form_post" };

/**
 * Apple. The client's secret is a token that you sign with the key from Apple, valid for six months at most. The user's name comes in the form's field `user`, at the first sign-in alone.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...apple({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const apple = (options: ProviderOptions): ProviderPreset => fill(APPLE, options);

const ATLASSIAN: Provider = { name: "atlassian", issuer: "https://auth.atlassian.com", authorizationEndpoint: "https://auth.atlassian.com/authorize", tokenEndpoint: "https://auth.atlassian.com/oauth/token", secret: "client_secret_post", scope: "read:me", params: { audience: "api.atlassian.com", prompt: "consent" }, user: { url: "https://api.atlassian.com/me", id: ["account_id"] } };

/**
 * Atlassian. Add the scope `offline_access` for a refresh token.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...atlassian({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const atlassian = (options: ProviderOptions): ProviderPreset => fill(ATLASSIAN, options);

const BATTLENET: Provider = { name: "battlenet", issuer: "https://oauth.battle.net", authorizationEndpoint: "https://oauth.battle.net/authorize", tokenEndpoint: "https://oauth.battle.net/token", secret: "client_secret_basic", scope: "openid", user: { url: "https://oauth.battle.net/userinfo", id: ["id"] }, quirks: { noNonce: true } };

/**
 * Battle.net. ID tokens are left unread: the userinfo endpoint says who it is.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...battlenet({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const battlenet = (options: ProviderOptions): ProviderPreset => fill(BATTLENET, options);

const BITBUCKET: Provider = { name: "bitbucket", issuer: "https://bitbucket.org", authorizationEndpoint: "https://bitbucket.org/site/oauth2/authorize", tokenEndpoint: "https://bitbucket.org/site/oauth2/access_token", secret: "client_secret_basic", scope: "", user: { url: "https://api.bitbucket.org/2.0/user", id: ["uuid"] } };

/**
 * Bitbucket. Scopes are set at the consumer. The answer has them as `scopes`.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...bitbucket({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const bitbucket = (options: ProviderOptions): ProviderPreset => fill(BITBUCKET, options);

const BOX: Provider = { name: "box", issuer: "https://account.box.com", authorizationEndpoint: "https://account.box.com/api/oauth2/authorize", tokenEndpoint: "https://api.box.com/oauth2/token", revocationEndpoint: "https://api.box.com/oauth2/revoke", secret: "client_secret_post", scope: "", user: { url: "https://api.box.com/2.0/users/me", id: ["id"] } };

/**
 * Box. Scopes are set at the app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...box({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const box = (options: ProviderOptions): ProviderPreset => fill(BOX, options);

const DISCORD: Provider = { name: "discord", issuer: "https://discord.com", authorizationEndpoint: "https://discord.com/oauth2/authorize", tokenEndpoint: "https://discord.com/api/oauth2/token", revocationEndpoint: "https://discord.com/api/oauth2/token/revoke", secret: "client_secret_basic", scope: "identify", user: { url: "https://discord.com/api/users/@me", id: ["id"] } };

/**
 * Discord.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...discord({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const discord = (options: ProviderOptions): ProviderPreset => fill(DISCORD, options);

const DRIBBBLE: Provider = { name: "dribbble", issuer: "https://dribbble.com", authorizationEndpoint: "https://dribbble.com/oauth/authorize", tokenEndpoint: "https://dribbble.com/oauth/token", secret: "client_secret_post", scope: "public", user: { url: "https://api.dribbble.com/v2/user", id: ["id"] } };

/**
 * Dribbble. Tokens do not expire.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...dribbble({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const dribbble = (options: ProviderOptions): ProviderPreset => fill(DRIBBBLE, options);

const DROPBOX: Provider = { name: "dropbox", issuer: "https://www.dropbox.com", authorizationEndpoint: "https://www.dropbox.com/oauth2/authorize", tokenEndpoint: "https://api.dropboxapi.com/oauth2/token", secret: "client_secret_post", scope: "", user: { id: ["account_id"] } };

/**
 * Dropbox. Add the parameter `token_access_type=offline` for a refresh token.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...dropbox({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const dropbox = (options: ProviderOptions): ProviderPreset => fill(DROPBOX, options);

const EPIC: Provider = { name: "epic", issuer: "https://www.epicgames.com", authorizationEndpoint: "https://www.epicgames.com/id/authorize", tokenEndpoint: "https://api.epicgames.dev/epic/oauth/v2/token", revocationEndpoint: "https://api.epicgames.dev/epic/oauth/v2/revoke", secret: "client_secret_basic", scope: "basic_profile", user: { id: ["account_id"] } };

/**
 * Epic Games. The answer says who it is: `account_id`.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...epic({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const epic = (options: ProviderOptions): ProviderPreset => fill(EPIC, options);

const FACEBOOK: Provider = { name: "facebook", issuer: "https://www.facebook.com", authorizationEndpoint: "https://www.facebook.com/v23.0/dialog/oauth", tokenEndpoint: "https://graph.facebook.com/v23.0/oauth/access_token", secret: "client_secret_post", scope: "public_profile email", user: { url: "https://graph.facebook.com/v23.0/me?fields=id,name,email", id: ["id"] }, quirks: { commaScopes: true, errors: "object" } };

/**
 * Facebook. Scopes are separated by commas, and errors are objects. The identifier is another one for each app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...facebook({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const facebook = (options: ProviderOptions): ProviderPreset => fill(FACEBOOK, options);

const FIGMA: Provider = { name: "figma", issuer: "https://www.figma.com", authorizationEndpoint: "https://www.figma.com/oauth", tokenEndpoint: "https://api.figma.com/v1/oauth/token", secret: "client_secret_basic", scope: "current_user:read", user: { url: "https://api.figma.com/v1/me", id: ["id"] } };

/**
 * Figma.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...figma({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const figma = (options: ProviderOptions): ProviderPreset => fill(FIGMA, options);

const FORTYTWO: Provider = { name: "fortyTwo", issuer: "https://api.intra.42.fr", authorizationEndpoint: "https://api.intra.42.fr/oauth/authorize", tokenEndpoint: "https://api.intra.42.fr/oauth/token", secret: "client_secret_post", scope: "public", user: { url: "https://api.intra.42.fr/v2/me", id: ["id"] } };

/**
 * 42.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...fortyTwo({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const fortyTwo = (options: ProviderOptions): ProviderPreset => fill(FORTYTWO, options);

const GITHUB: Provider = { name: "github", issuer: "https://github.com", authorizationEndpoint: "https://github.com/login/oauth/authorize", tokenEndpoint: "https://github.com/login/oauth/access_token", secret: "client_secret_post", scope: "read:user", user: { url: "https://api.github.com/user", id: ["id"] }, quirks: { commaScopesInAnswers: true, formAnswers: true } };

/**
 * GitHub. Errors come with status 200, scopes with commas, and `expires_in` only from apps whose tokens expire.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...github({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const github = (options: ProviderOptions): ProviderPreset => fill(GITHUB, options);

const KAKAO: Provider = { name: "kakao", issuer: "https://kauth.kakao.com", authorizationEndpoint: "https://kauth.kakao.com/oauth/authorize", tokenEndpoint: "https://kauth.kakao.com/oauth/token", secret: "client_secret_post", scope: "", user: { url: "https://kapi.kakao.com/v2/user/me", id: ["id"] } };

/**
 * Kakao. Without OpenID Connect. The secret has to be turned on for the app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...kakao({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const kakao = (options: ProviderOptions): ProviderPreset => fill(KAKAO, options);

const KICK: Provider = { name: "kick", issuer: "https://id.kick.com", authorizationEndpoint: "https://id.kick.com/oauth/authorize", tokenEndpoint: "https://id.kick.com/oauth/token", revocationEndpoint: "https://id.kick.com/oauth/revoke", secret: "client_secret_post", scope: "user:read", user: { url: "https://api.kick.com/public/v1/users", id: ["data", "0", "user_id"] } };

/**
 * Kick.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...kick({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const kick = (options: ProviderOptions): ProviderPreset => fill(KICK, options);

const LICHESS: Provider = { name: "lichess", issuer: "https://lichess.org", authorizationEndpoint: "https://lichess.org/oauth", tokenEndpoint: "https://lichess.org/api/token", scope: "", user: { url: "https://lichess.org/api/account", id: ["id"] } };

/**
 * Lichess. Clients have no secret, and need not be registered: any ID will do. Tokens are good for a year.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...lichess({ clientId }), redirectUri });
 * ```
 */
export const lichess = (options: ProviderOptions): ProviderPreset => fill(LICHESS, options);

const LINE: Provider = { name: "line", issuer: "https://access.line.me", authorizationEndpoint: "https://access.line.me/oauth2/v2.1/authorize", tokenEndpoint: "https://api.line.me/oauth2/v2.1/token", revocationEndpoint: "https://api.line.me/oauth2/v2.1/revoke", secret: "client_secret_post", scope: "profile", user: { url: "https://api.line.me/v2/profile", id: ["userId"] } };

/**
 * LINE. Without OpenID Connect: with the scope `openid`, ID tokens come with a tag of the client secret.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...line({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const line = (options: ProviderOptions): ProviderPreset => fill(LINE, options);

const LINKEDIN: Provider = { name: "linkedin", issuer: "https://www.linkedin.com/oauth", authorizationEndpoint: "https://www.linkedin.com/oauth/v2/authorization", tokenEndpoint: "https://www.linkedin.com/oauth/v2/accessToken", secret: "client_secret_post", scope: "openid profile email", user: { url: "https://api.linkedin.com/v2/userinfo", id: ["sub"] }, quirks: { commaScopesInAnswers: true, missingTokenTypeIsBearer: true, noNonce: true } };

/**
 * LinkedIn. The answer has no `token_type`, and ID tokens have no nonce: they are left unread, and the userinfo endpoint says who it is. PKCE is turned on per app, by LinkedIn.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...linkedin({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const linkedin = (options: ProviderOptions): ProviderPreset => fill(LINKEDIN, options);

const NAVER: Provider = { name: "naver", issuer: "https://nid.naver.com", authorizationEndpoint: "https://nid.naver.com/oauth2.0/authorize", tokenEndpoint: "https://nid.naver.com/oauth2.0/token", secret: "client_secret_post", scope: "", user: { url: "https://openapi.naver.com/v1/nid/me", id: ["response", "id"] } };

/**
 * Naver. Errors come with status 200, and `expires_in` as digits in a string. The identifier is another one for each app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...naver({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const naver = (options: ProviderOptions): ProviderPreset => fill(NAVER, options);

const NOTION: Provider = { name: "notion", issuer: "https://api.notion.com", authorizationEndpoint: "https://api.notion.com/v1/oauth/authorize", tokenEndpoint: "https://api.notion.com/v1/oauth/token", secret: "client_secret_basic", scope: "", params: { owner: "user" }, user: { id: ["owner", "user", "id"] } };

/**
 * Notion. Tokens do not expire. The answer says who it is: `owner.user.id`.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...notion({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const notion = (options: ProviderOptions): ProviderPreset => fill(NOTION, options);

const OSU: Provider = { name: "osu", issuer: "https://osu.ppy.sh", authorizationEndpoint: "https://osu.ppy.sh/oauth/authorize", tokenEndpoint: "https://osu.ppy.sh/oauth/token", secret: "client_secret_post", scope: "identify", user: { url: "https://osu.ppy.sh/api/v2/me", id: ["id"] } };

/**
 * osu!.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...osu({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const osu = (options: ProviderOptions): ProviderPreset => fill(OSU, options);

const PATREON: Provider = { name: "patreon", issuer: "https://www.patreon.com", authorizationEndpoint: "https://www.patreon.com/oauth2/authorize", tokenEndpoint: "https://www.patreon.com/api/oauth2/token", secret: "client_secret_post", scope: "identity", user: { url: "https://www.patreon.com/api/oauth2/v2/identity", id: ["data", "id"] } };

/**
 * Patreon.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...patreon({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const patreon = (options: ProviderOptions): ProviderPreset => fill(PATREON, options);

const REDDIT: Provider = { name: "reddit", issuer: "https://www.reddit.com", authorizationEndpoint: "https://www.reddit.com/api/v1/authorize", tokenEndpoint: "https://www.reddit.com/api/v1/access_token", secret: "client_secret_basic", scope: "identity", user: { url: "https://oauth.reddit.com/api/v1/me", id: ["id"] }, quirks: { errors: "message" } };

/**
 * Reddit. Errors come with status 200, or as a number with a `message`. Add the parameter `duration=permanent` for a refresh token, and send a `User-Agent` of your own.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...reddit({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const reddit = (options: ProviderOptions): ProviderPreset => fill(REDDIT, options);

const SLACK: Provider = { name: "slack", issuer: "https://slack.com", authorizationEndpoint: "https://slack.com/oauth/v2/authorize", tokenEndpoint: "https://slack.com/api/oauth.v2.access", secret: "client_secret_post", scope: "", user: { id: ["authed_user", "id"] }, quirks: { commaScopes: true, bearerNames: ["bot", "user"] } };

/**
 * Slack. For apps of a workspace: errors come with status 200, `token_type` is `bot`, and users' scopes go into the parameter `user_scope`. To sign users in alone, discover https://slack.com.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...slack({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const slack = (options: ProviderOptions): ProviderPreset => fill(SLACK, options);

const SPOTIFY: Provider = { name: "spotify", issuer: "https://accounts.spotify.com", authorizationEndpoint: "https://accounts.spotify.com/authorize", tokenEndpoint: "https://accounts.spotify.com/api/token", secret: "client_secret_basic", scope: "", user: { url: "https://api.spotify.com/v1/me", id: ["id"] } };

/**
 * Spotify.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...spotify({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const spotify = (options: ProviderOptions): ProviderPreset => fill(SPOTIFY, options);

const STRAVA: Provider = { name: "strava", issuer: "https://www.strava.com", authorizationEndpoint: "https://www.strava.com/oauth/authorize", tokenEndpoint: "https://www.strava.com/api/v3/oauth/token", secret: "client_secret_post", scope: "read", user: { id: ["athlete", "id"] }, quirks: { commaScopes: true, errors: "message" } };

/**
 * Strava. Scopes are separated by commas. The user may take some away: the callback says which are left.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...strava({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const strava = (options: ProviderOptions): ProviderPreset => fill(STRAVA, options);

const TWITCH: Provider = { name: "twitch", issuer: "https://id.twitch.tv/oauth2", authorizationEndpoint: "https://id.twitch.tv/oauth2/authorize", tokenEndpoint: "https://id.twitch.tv/oauth2/token", revocationEndpoint: "https://id.twitch.tv/oauth2/revoke", secret: "client_secret_post", scope: "", user: { url: "https://api.twitch.tv/helix/users", id: ["data", "0", "id"], clientIdHeader: "client-id" }, quirks: { missingTokenTypeIsBearer: true, errors: "message" } };

/**
 * Twitch. Scopes come as an array, from some endpoints without `token_type`, and errors as a `message`.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...twitch({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const twitch = (options: ProviderOptions): ProviderPreset => fill(TWITCH, options);

const WORKOS: Provider = { name: "workos", issuer: "https://api.workos.com", authorizationEndpoint: "https://api.workos.com/sso/authorize", tokenEndpoint: "https://api.workos.com/sso/token", secret: "client_secret_post", scope: "", user: { id: ["profile", "id"] }, quirks: { missingTokenTypeIsBearer: true } };

/**
 * WorkOS. For single sign-on: name the `connection`, `organization` or `provider` in the parameters of the request. The secret is the API key. The answer has the profile.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...workos({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const workos = (options: ProviderOptions): ProviderPreset => fill(WORKOS, options);

const X: Provider = { name: "x", issuer: "https://x.com", authorizationEndpoint: "https://x.com/i/oauth2/authorize", tokenEndpoint: "https://api.x.com/2/oauth2/token", revocationEndpoint: "https://api.x.com/2/oauth2/revoke", secret: "client_secret_basic", scope: "users.read tweet.read", user: { url: "https://api.x.com/2/users/me", id: ["data", "id"] } };

/**
 * X. Add the scope `offline.access` for a refresh token.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...x({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const x = (options: ProviderOptions): ProviderPreset => fill(X, options);

const YANDEX: Provider = { name: "yandex", issuer: "https://oauth.yandex.com", authorizationEndpoint: "https://oauth.yandex.com/authorize", tokenEndpoint: "https://oauth.yandex.com/token", secret: "client_secret_basic", scope: "", user: { url: "https://login.yandex.ru/info?format=json", id: ["id"] } };

/**
 * Yandex. Scopes are set at the app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...yandex({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const yandex = (options: ProviderOptions): ProviderPreset => fill(YANDEX, options);

const ZOOM: Provider = { name: "zoom", issuer: "https://zoom.us", authorizationEndpoint: "https://zoom.us/oauth/authorize", tokenEndpoint: "https://zoom.us/oauth/token", revocationEndpoint: "https://zoom.us/oauth/revoke", secret: "client_secret_basic", scope: "", user: { url: "https://api.zoom.us/v2/users/me", id: ["id"] } };

/**
 * Zoom. Scopes are set at the app.
 *
 * @throws TypeError for options that are missing or contradict each other.
 *
 * @example
 * ```ts
 * createClient({ ...zoom({ clientId, clientSecret }), redirectUri });
 * ```
 */
export const zoom = (options: ProviderOptions): ProviderPreset => fill(ZOOM, options);
