// Written by `cargo xtask tables` from the core's own table, src/preset/table: change that.

/**
 * What the tokens of vendors look like, as options of `createVerifier` and `createGuard`: plain data, beside which any other
 * option may be spread.
 *
 * @module
 */

import { fill } from "./fill.js";
import type { AudiencePreset, AtJwtPreset, BindingPreset, FromJwksUri, FromMetadataUri, IdTokenPreset, JwtBindingPreset, JwtPreset, SharedSecretPreset } from "./types.js";
import type { Vendor } from "./vendor.js";

export type { AudiencePreset, AtJwtPreset, BindingPreset, FromJwksUri, FromMetadataUri, IdTokenPreset, JwtBindingPreset, JwtPreset, SharedSecretPreset } from "./types.js";

const AUTH0: Vendor = {
  name: "auth0",
  parameters: [
    { name: "domain", form: "host", example: "tenant.us.auth0.com" },
    { name: "audience", form: "texts", example: "https://api.example" },
  ],
  issuer: "https://{domain}/",
  algorithms: ["RS256", "PS256"],
  audience: "{audience}",
};

/** What {@link auth0} is told. */
export interface Auth0Options {
  /** The host name of your tenant, without `https://`. */
  readonly domain: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Auth0. Access tokens for an API of yours. The issuer ends with a slash.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(auth0({ domain: "tenant.us.auth0.com", audience: "https://api.example" }));
 * ```
 */
export const auth0 = (options: Auth0Options) => fill(AUTH0, options) as AudiencePreset;

const COGNITO: Vendor = {
  name: "cognito",
  parameters: [
    { name: "region", form: "segment", example: "eu-west-1" },
    { name: "userPoolId", form: "segment", example: "eu-west-1_example" },
    { name: "clientId", form: "texts", example: "1example23456789" },
  ],
  issuer: "https://cognito-idp.{region}.amazonaws.com/{userPoolId}",
  algorithms: ["RS256"],
  binding: { claim: "client_id", values: "{clientId}", use: { claim: "token_use", value: "access" } },
  permissions: [["cognito:groups"]],
};

/** What {@link cognito} is told. */
export interface CognitoOptions {
  /** The AWS region. */
  readonly region: string;
  /** The ID of the user pool. */
  readonly userPoolId: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Amazon Cognito. Access tokens. They have no `aud`: in its place `client_id` must be one of your clients, and `token_use` must be `access`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(cognito({ region: "eu-west-1", userPoolId: "eu-west-1_example", clientId: "1example23456789" }));
 * ```
 */
export const cognito = (options: CognitoOptions) => fill(COGNITO, options) as BindingPreset;

const COGNITO_ID_TOKEN: Vendor = {
  name: "cognitoIdToken",
  parameters: [
    { name: "region", form: "segment", example: "eu-west-1" },
    { name: "userPoolId", form: "segment", example: "eu-west-1_example" },
    { name: "clientId", form: "texts", example: "1example23456789" },
  ],
  issuer: "https://cognito-idp.{region}.amazonaws.com/{userPoolId}",
  algorithms: ["RS256"],
  profile: "id-token",
  audience: "{clientId}",
  permissions: [["cognito:groups"]],
};

/** What {@link cognitoIdToken} is told. */
export interface CognitoIdTokenOptions {
  /** The AWS region. */
  readonly region: string;
  /** The ID of the user pool. */
  readonly userPoolId: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Amazon Cognito, ID tokens. ID tokens, whose `aud` is the client. Those of users of another provider have a nonce: give it to `verify`, or add `acceptUncheckedNonce: true`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(cognitoIdToken({ region: "eu-west-1", userPoolId: "eu-west-1_example", clientId: "1example23456789" }));
 * ```
 */
export const cognitoIdToken = (options: CognitoIdTokenOptions) => fill(COGNITO_ID_TOKEN, options) as IdTokenPreset;

const ENTRA: Vendor = {
  name: "entra",
  parameters: [
    { name: "tenant", form: "uuid", example: "11111111-2222-4333-8444-555555555555" },
    { name: "audience", form: "texts", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" },
  ],
  issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
  issuerAliases: ["https://sts.windows.net/{tenant}/"],
  algorithms: ["RS256"],
  audience: "{audience}",
  permissions: [["roles"]],
  instead: { values: ["organizations", "common"], vendor: {
  name: "entra",
  parameters: [
    { name: "tenant", form: "segment", example: "organizations" },
    { name: "audience", form: "texts", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" },
    { name: "tenants", form: "uuids", example: "11111111-2222-4333-8444-555555555555", optional: true },
  ],
  issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
  issuerAliases: ["https://sts.windows.net/{tenantid}/"],
  issuerVariable: { name: "tenantid", claim: "tid", values: "tenants" },
  metadataUri: "https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration",
  algorithms: ["RS256"],
  audience: "{audience}",
  permissions: [["roles"]],
} },
};

/** What {@link entra} is told. */
export interface EntraOptions {
  /** The ID of the directory, or `organizations` or `common` for tokens of any. */
  readonly tenant: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /** The IDs of the only directories whose tokens to accept, where `tenant` is `organizations` or `common`. Default: any. */
  readonly tenants?: string | readonly [string, ...string[]];
}

/**
 * Microsoft Entra ID. Access tokens for an API of yours, of version 1.0 and 2.0, which have two names for the tenant: which comes is the API's `accessTokenAcceptedVersion`. The audience is `api://…` in the one and the bare ID in the other. With `organizations` or `common` for the tenant, tokens of any tenant: the issuer is built from `tid` and compared with `iss` as a whole, and `tenants` names the only ones to accept.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(entra({ tenant: "11111111-2222-4333-8444-555555555555", audience: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }));
 * ```
 */
export const entra = (options: EntraOptions) => fill(ENTRA, options) as AudiencePreset | (AudiencePreset & FromMetadataUri);

const ENTRA_EXTERNAL_ID: Vendor = {
  name: "entraExternalId",
  parameters: [
    { name: "tenant", form: "uuid", example: "11111111-2222-4333-8444-555555555555" },
    { name: "audience", form: "texts", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" },
  ],
  issuer: "https://{tenant}.ciamlogin.com/{tenant}/v2.0",
  algorithms: ["RS256"],
  audience: "{audience}",
  permissions: [["roles"]],
};

/** What {@link entraExternalId} is told. */
export interface EntraExternalIdOptions {
  /** The ID of the directory. */
  readonly tenant: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Microsoft Entra External ID. Access tokens for an API of yours. The issuer has the ID of the tenant in its host name too.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(entraExternalId({ tenant: "11111111-2222-4333-8444-555555555555", audience: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }));
 * ```
 */
export const entraExternalId = (options: EntraExternalIdOptions) => fill(ENTRA_EXTERNAL_ID, options) as AudiencePreset;

const AZURE_AD_B2C: Vendor = {
  name: "azureAdB2c",
  parameters: [
    { name: "tenantName", form: "segment", example: "contoso" },
    { name: "tenant", form: "uuid", example: "11111111-2222-4333-8444-555555555555" },
    { name: "policy", form: "segment", example: "B2C_1_signin" },
    { name: "audience", form: "texts", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" },
  ],
  issuer: "https://{tenantName}.b2clogin.com/{tenant}/v2.0/",
  metadataUri: "https://{tenantName}.b2clogin.com/{tenantName}.onmicrosoft.com/{policy}/v2.0/.well-known/openid-configuration",
  algorithms: ["RS256"],
  audience: "{audience}",
};

/** What {@link azureAdB2c} is told. */
export interface AzureAdB2cOptions {
  /** The tenant's name, without `.onmicrosoft.com`. */
  readonly tenantName: string;
  /** The ID of the directory. */
  readonly tenant: string;
  /** The user flow or policy. */
  readonly policy: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Azure AD B2C. Access tokens for an API of yours, by one user flow or policy. The keys are those of the policy, whose metadata must name the issuer of the tenant.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(azureAdB2c({ tenantName: "contoso", tenant: "11111111-2222-4333-8444-555555555555", policy: "B2C_1_signin", audience: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }));
 * ```
 */
export const azureAdB2c = (options: AzureAdB2cOptions) => fill(AZURE_AD_B2C, options) as (AudiencePreset & FromMetadataUri);

const KEYCLOAK: Vendor = {
  name: "keycloak",
  parameters: [
    { name: "url", form: "base", example: "https://sso.example" },
    { name: "realm", form: "segment", example: "demo" },
    { name: "audience", form: "texts", example: "https://api.example", optional: true },
    { name: "clientId", form: "texts", example: "web", optional: true },
  ],
  issuer: "{url}/realms/{realm}",
  audience: "{audience}",
  audienceBesideBinding: "account",
  binding: { claim: "azp", values: "{clientId}", use: { claim: "typ", value: "Bearer" } },
  permissions: [["realm_access", "roles"]],
};

/** What {@link keycloak} is told. */
export interface KeycloakOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** The realm. */
  readonly realm: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience?: string | readonly [string, ...string[]];
  /** Your clients: `azp` must be one of them. */
  readonly clientId?: string | readonly [string, ...string[]];
}

/**
 * Keycloak. Access tokens, for an audience of yours or to one of your clients. Without an audience mapper `aud` is `account` or absent: then give `clientId`, which `azp` must be, beside `typ`, which must be `Bearer`. Servers before 17 have `/auth` in their address.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(keycloak({ url: "https://sso.example", realm: "demo", audience: "https://api.example" }));
 * ```
 */
export const keycloak = (options: KeycloakOptions) => fill(KEYCLOAK, options) as AudiencePreset;

const OKTA: Vendor = {
  name: "okta",
  parameters: [
    { name: "domain", form: "host", example: "dev-1.okta.com" },
    { name: "authorizationServer", form: "segment", example: "default", default: "default" },
    { name: "audience", form: "texts", example: "api://default" },
  ],
  issuer: "https://{domain}/oauth2/{authorizationServer}",
  algorithms: ["RS256"],
  audience: "{audience}",
};

/** What {@link okta} is told. */
export interface OktaOptions {
  /** The host name of your tenant, without `https://`. */
  readonly domain: string;
  /** The ID of the authorization server. Default `default`. */
  readonly authorizationServer?: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Okta. Access tokens of a custom authorization server. Those of the organization's own server are for Okta alone: nobody else can verify them.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(okta({ domain: "dev-1.okta.com", audience: "api://default" }));
 * ```
 */
export const okta = (options: OktaOptions) => fill(OKTA, options) as AudiencePreset;

const OKTA_ID_TOKEN: Vendor = {
  name: "oktaIdToken",
  parameters: [
    { name: "domain", form: "host", example: "dev-1.okta.com" },
    { name: "clientId", form: "texts", example: "0oa1example" },
  ],
  issuer: "https://{domain}",
  algorithms: ["RS256"],
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link oktaIdToken} is told. */
export interface OktaIdTokenOptions {
  /** The host name of your tenant, without `https://`. */
  readonly domain: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Okta, ID tokens. ID tokens of the organization's own server.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(oktaIdToken({ domain: "dev-1.okta.com", clientId: "0oa1example" }));
 * ```
 */
export const oktaIdToken = (options: OktaIdTokenOptions) => fill(OKTA_ID_TOKEN, options) as IdTokenPreset;

const GOOGLE: Vendor = {
  name: "google",
  parameters: [
    { name: "clientId", form: "texts", example: "1234.apps.googleusercontent.com" },
  ],
  issuer: "https://accounts.google.com",
  issuerAliases: ["accounts.google.com"],
  algorithms: ["RS256"],
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link google} is told. */
export interface GoogleOptions {
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Google, ID tokens. ID tokens, with either spelling of the issuer. Where your service did not begin the sign-in (One Tap), add `acceptUncheckedNonce: true`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(google({ clientId: "1234.apps.googleusercontent.com" }));
 * ```
 */
export const google = (options: GoogleOptions) => fill(GOOGLE, options) as IdTokenPreset;

const GOOGLE_SERVICE_ACCOUNT: Vendor = {
  name: "googleServiceAccount",
  parameters: [
    { name: "audience", form: "texts", example: "https://svc.run.example" },
    { name: "email", form: "texts", example: "caller@project.iam.gserviceaccount.com" },
  ],
  issuer: "https://accounts.google.com",
  issuerAliases: ["accounts.google.com"],
  algorithms: ["RS256"],
  audience: "{audience}",
  binding: { claim: "email", values: "{email}" },
  requiredClaims: ["aud"],
};

/** What {@link googleServiceAccount} is told. */
export interface GoogleServiceAccountOptions {
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /** The service accounts to accept. */
  readonly email: string | readonly [string, ...string[]];
}

/**
 * Google, service accounts. ID tokens of service accounts, as Cloud Run, Pub/Sub and Cloud Scheduler send them. Any Google service account can have one for any audience: so `email` must be one of your accounts.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(googleServiceAccount({ audience: "https://svc.run.example", email: "caller@project.iam.gserviceaccount.com" }));
 * ```
 */
export const googleServiceAccount = (options: GoogleServiceAccountOptions) => fill(GOOGLE_SERVICE_ACCOUNT, options) as AudiencePreset;

const FIREBASE: Vendor = {
  name: "firebase",
  parameters: [
    { name: "projectId", form: "segment", example: "my-project" },
  ],
  issuer: "https://securetoken.google.com/{projectId}",
  algorithms: ["RS256"],
  profile: "id-token",
  audience: "{projectId}",
  requiredClaims: ["auth_time"],
};

/** What {@link firebase} is told. */
export interface FirebaseOptions {
  /** The ID of the project. */
  readonly projectId: string;
}

/**
 * Firebase Authentication. ID tokens. The project is both in the issuer and the audience.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(firebase({ projectId: "my-project" }));
 * ```
 */
export const firebase = (options: FirebaseOptions) => fill(FIREBASE, options) as IdTokenPreset;

const APPLE: Vendor = {
  name: "apple",
  parameters: [
    { name: "clientId", form: "texts", example: "com.example.app" },
  ],
  issuer: "https://appleid.apple.com",
  algorithms: ["RS256"],
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link apple} is told. */
export interface AppleOptions {
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Sign in with Apple. Identity tokens. The audience is your Services ID or the ID of your app.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(apple({ clientId: "com.example.app" }));
 * ```
 */
export const apple = (options: AppleOptions) => fill(APPLE, options) as IdTokenPreset;

const CLERK: Vendor = {
  name: "clerk",
  parameters: [
    { name: "domain", form: "host", example: "clerk.app.example" },
    { name: "origin", form: "texts", example: "https://app.example" },
  ],
  issuer: "https://{domain}",
  algorithms: ["RS256"],
  binding: { claim: "azp", values: "{origin}" },
};

/** What {@link clerk} is told. */
export interface ClerkOptions {
  /** The host name of your Frontend API, without `https://`. */
  readonly domain: string;
  /** The origins of your pages, as `azp` has them. */
  readonly origin: string | readonly [string, ...string[]];
}

/**
 * Clerk. Session tokens. They have no `aud`: in its place `azp` must be one of your origins. Whether a session is still pending says `sts`: look at it if yours can be.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(clerk({ domain: "clerk.app.example", origin: "https://app.example" }));
 * ```
 */
export const clerk = (options: ClerkOptions) => fill(CLERK, options) as BindingPreset;

const SUPABASE: Vendor = {
  name: "supabase",
  parameters: [
    { name: "url", form: "base", example: "https://abcdefgh.supabase.co" },
  ],
  issuer: "{url}/auth/v1",
  jwksUri: "{url}/auth/v1/.well-known/jwks.json",
  algorithms: ["ES256", "RS256"],
  audience: "authenticated",
};

/** What {@link supabase} is told. */
export interface SupabaseOptions {
  /** The address of your project, without a slash at its end. */
  readonly url: string;
}

/**
 * Supabase. Access tokens of users, signed with the project's asymmetric keys. Every user's `aud` is `authenticated`, and the issuer is your project. API keys (`anon`, `service_role`) have another issuer and are refused.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(supabase({ url: "https://abcdefgh.supabase.co" }));
 * ```
 */
export const supabase = (options: SupabaseOptions) => fill(SUPABASE, options) as (AudiencePreset & FromJwksUri);

const WORKOS: Vendor = {
  name: "workos",
  parameters: [
    { name: "clientId", form: "segment", example: "client_1example" },
  ],
  issuer: "https://api.workos.com/user_management/{clientId}",
  jwksUri: "https://api.workos.com/sso/jwks/{clientId}",
  algorithms: ["RS256"],
  binding: { claim: "iss", values: "{issuer}" },
};

/** What {@link workos} is told. */
export interface WorkosOptions {
  /** The client ID of your application. */
  readonly clientId: string;
}

/**
 * WorkOS. Access tokens of AuthKit sessions. They have no `aud`: in its place the issuer names the client, and serves that one alone.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(workos({ clientId: "client_1example" }));
 * ```
 */
export const workos = (options: WorkosOptions) => fill(WORKOS, options) as (BindingPreset & FromJwksUri);

const AUTH_KIT: Vendor = {
  name: "authKit",
  parameters: [
    { name: "domain", form: "host", example: "example.authkit.app" },
    { name: "audience", form: "texts", example: "https://mcp.example" },
  ],
  issuer: "https://{domain}",
  algorithms: ["RS256"],
  audience: "{audience}",
};

/** What {@link authKit} is told. */
export interface AuthKitOptions {
  /** The host name of your AuthKit, without `https://`. */
  readonly domain: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * WorkOS AuthKit. Access tokens of AuthKit as an authorization server, for a resource of yours.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(authKit({ domain: "example.authkit.app", audience: "https://mcp.example" }));
 * ```
 */
export const authKit = (options: AuthKitOptions) => fill(AUTH_KIT, options) as AudiencePreset;

const KINDE: Vendor = {
  name: "kinde",
  parameters: [
    { name: "domain", form: "host", example: "app.kinde.com" },
    { name: "audience", form: "texts", example: "https://api.example", optional: true },
    { name: "clientId", form: "texts", example: "my-client", optional: true },
  ],
  issuer: "https://{domain}",
  algorithms: ["RS256"],
  audience: "{audience}",
  binding: { claim: "azp", values: "{clientId}" },
};

/** What {@link kinde} is told. */
export interface KindeOptions {
  /** The host name of your tenant, without `https://`. */
  readonly domain: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience?: string | readonly [string, ...string[]];
  /** Your clients: `azp` must be one of them. */
  readonly clientId?: string | readonly [string, ...string[]];
}

/**
 * Kinde. Access tokens, for an audience of yours or to one of your clients. Where no audience was asked for, `aud` is empty: then give `clientId`, which `azp` must be.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(kinde({ domain: "app.kinde.com", audience: "https://api.example" }));
 * ```
 */
export const kinde = (options: KindeOptions) => fill(KINDE, options) as (AudiencePreset | BindingPreset);

const STYTCH: Vendor = {
  name: "stytch",
  parameters: [
    { name: "projectId", form: "segment", example: "project-live-1example" },
    { name: "environment", form: "segment", example: "api", default: "api" },
  ],
  issuer: "stytch.com/{projectId}",
  jwksUri: "https://{environment}.stytch.com/v1/sessions/jwks/{projectId}",
  algorithms: ["RS256"],
  audience: "{projectId}",
};

/** What {@link stytch} is told. */
export interface StytchOptions {
  /** The ID of your project. */
  readonly projectId: string;
  /** `api`, or `test` where the ID begins with `project-test-`. Default `api`. */
  readonly environment?: string;
}

/**
 * Stytch. Session tokens of users. The issuer and `aud` are your project.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(stytch({ projectId: "project-live-1example" }));
 * ```
 */
export const stytch = (options: StytchOptions) => fill(STYTCH, options) as (AudiencePreset & FromJwksUri);

const STYTCH_B2B: Vendor = {
  name: "stytchB2b",
  parameters: [
    { name: "projectId", form: "segment", example: "project-live-1example" },
    { name: "environment", form: "segment", example: "api", default: "api" },
  ],
  issuer: "stytch.com/{projectId}",
  jwksUri: "https://{environment}.stytch.com/v1/b2b/sessions/jwks/{projectId}",
  algorithms: ["RS256"],
  audience: "{projectId}",
};

/** What {@link stytchB2b} is told. */
export interface StytchB2bOptions {
  /** The ID of your project. */
  readonly projectId: string;
  /** `api`, or `test` where the ID begins with `project-test-`. Default `api`. */
  readonly environment?: string;
}

/**
 * Stytch B2B. Session tokens of members of an organization. The issuer and `aud` are your project.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(stytchB2b({ projectId: "project-live-1example" }));
 * ```
 */
export const stytchB2b = (options: StytchB2bOptions) => fill(STYTCH_B2B, options) as (AudiencePreset & FromJwksUri);

const DESCOPE: Vendor = {
  name: "descope",
  parameters: [
    { name: "projectId", form: "segment", example: "P2example" },
    { name: "audience", form: "texts", example: "P2example", optional: true },
  ],
  issuer: "https://api.descope.com/{projectId}",
  issuerAliases: ["{projectId}"],
  jwksUri: "https://api.descope.com/{projectId}/.well-known/jwks.json",
  algorithms: ["RS256"],
  audience: "{audience}",
  binding: { claim: "drn", values: "DS" },
};

/** What {@link descope} is told. */
export interface DescopeOptions {
  /** The ID of your project. */
  readonly projectId: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience?: string | readonly [string, ...string[]];
}

/**
 * Descope. Session tokens. They need not have `aud`: in its place the issuer is your project, and `drn` says that it is no refresh token.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(descope({ projectId: "P2example", audience: "P2example" }));
 * ```
 */
export const descope = (options: DescopeOptions) => fill(DESCOPE, options) as ((AudiencePreset | BindingPreset) & FromJwksUri);

const LOGTO: Vendor = {
  name: "logto",
  parameters: [
    { name: "url", form: "base", example: "https://tenant.logto.app" },
    { name: "audience", form: "texts", example: "https://api.example" },
  ],
  issuer: "{url}/oidc",
  algorithms: ["ES384", "RS256"],
  profile: "at+jwt",
  audience: "{audience}",
};

/** What {@link logto} is told. */
export interface LogtoOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Logto. Access tokens for an API resource of yours, after RFC 9068.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(logto({ url: "https://tenant.logto.app", audience: "https://api.example" }));
 * ```
 */
export const logto = (options: LogtoOptions) => fill(LOGTO, options) as AtJwtPreset;

const ZITADEL: Vendor = {
  name: "zitadel",
  parameters: [
    { name: "url", form: "base", example: "https://instance.zitadel.cloud" },
    { name: "audience", form: "texts", example: "77" },
  ],
  issuer: "{url}",
  algorithms: ["RS256"],
  audience: "{audience}",
};

/** What {@link zitadel} is told. */
export interface ZitadelOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Zitadel. Access tokens of the type JWT. The audience is the ID of your project.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(zitadel({ url: "https://instance.zitadel.cloud", audience: "77" }));
 * ```
 */
export const zitadel = (options: ZitadelOptions) => fill(ZITADEL, options) as AudiencePreset;

const ORY: Vendor = {
  name: "ory",
  parameters: [
    { name: "issuer", form: "url", example: "https://hydra.example/" },
    { name: "audience", form: "texts", example: "https://api.example", optional: true },
    { name: "clientId", form: "texts", example: "my-client", optional: true },
  ],
  issuer: "{issuer}",
  audience: "{audience}",
  binding: { claim: "client_id", values: "{clientId}" },
};

/** What {@link ory} is told. */
export interface OryOptions {
  /** The issuer, exactly: Hydra's ends with a slash. */
  readonly issuer: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience?: string | readonly [string, ...string[]];
  /** Your clients: `client_id` must be one of them. */
  readonly clientId?: string | readonly [string, ...string[]];
}

/**
 * Ory. Access tokens of Hydra and of Ory Network, of the strategy `jwt`, for an audience of yours or to one of your clients. Where no audience was asked for, `aud` is empty: then give `clientId`, which `client_id` must be.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(ory({ issuer: "https://hydra.example/", audience: "https://api.example" }));
 * ```
 */
export const ory = (options: OryOptions) => fill(ORY, options) as (AudiencePreset | BindingPreset);

const FUSION_AUTH: Vendor = {
  name: "fusionAuth",
  parameters: [
    { name: "url", form: "base", example: "https://auth.example" },
    { name: "issuer", form: "text", example: "acme.com" },
    { name: "audience", form: "texts", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" },
  ],
  issuer: "{issuer}",
  jwksUri: "{url}/.well-known/jwks.json",
  audience: "{audience}",
  permissions: [["roles"]],
};

/** What {@link fusionAuth} is told. */
export interface FusionAuthOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** The issuer that is set for the tenant. */
  readonly issuer: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * FusionAuth. Access tokens that are signed with a public-key algorithm. The audience is the ID of the application. The issuer is a name of your choice, so the server's address comes beside it.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(fusionAuth({ url: "https://auth.example", issuer: "acme.com", audience: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }));
 * ```
 */
export const fusionAuth = (options: FusionAuthOptions) => fill(FUSION_AUTH, options) as (AudiencePreset & FromJwksUri);

const CLOUDFLARE_ACCESS: Vendor = {
  name: "cloudflareAccess",
  parameters: [
    { name: "team", form: "segment", example: "my-team" },
    { name: "audience", form: "texts", example: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228" },
  ],
  issuer: "https://{team}.cloudflareaccess.com",
  jwksUri: "https://{team}.cloudflareaccess.com/cdn-cgi/access/certs",
  algorithms: ["RS256"],
  audience: "{audience}",
  header: "cf-access-jwt-assertion",
};

/** What {@link cloudflareAccess} is told. */
export interface CloudflareAccessOptions {
  /** Your team's name. */
  readonly team: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Cloudflare Access. Tokens of users, in `Cf-Access-Jwt-Assertion`. The audience is the application's AUD tag.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(cloudflareAccess({ team: "my-team", audience: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228" }));
 * ```
 */
export const cloudflareAccess = (options: CloudflareAccessOptions) => fill(CLOUDFLARE_ACCESS, options) as (AudiencePreset & FromJwksUri);

const CLOUDFLARE_ACCESS_SERVICE: Vendor = {
  name: "cloudflareAccessService",
  parameters: [
    { name: "team", form: "segment", example: "my-team" },
    { name: "audience", form: "texts", example: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228" },
  ],
  issuer: "https://{team}.cloudflareaccess.com",
  jwksUri: "https://{team}.cloudflareaccess.com/cdn-cgi/access/certs",
  algorithms: ["RS256"],
  profile: "jwt",
  audience: "{audience}",
  requiredClaims: ["common_name"],
  header: "cf-access-jwt-assertion",
};

/** What {@link cloudflareAccessService} is told. */
export interface CloudflareAccessServiceOptions {
  /** Your team's name. */
  readonly team: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Cloudflare Access, service tokens. Tokens of services, in `Cf-Access-Jwt-Assertion`. Their `sub` is empty: in its place `common_name` must be there, which names the service.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(cloudflareAccessService({ team: "my-team", audience: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228" }));
 * ```
 */
export const cloudflareAccessService = (options: CloudflareAccessServiceOptions) => fill(CLOUDFLARE_ACCESS_SERVICE, options) as (JwtPreset & FromJwksUri);

const GOOGLE_IAP: Vendor = {
  name: "googleIap",
  parameters: [
    { name: "audience", form: "texts", example: "/projects/1/global/backendServices/2" },
  ],
  issuer: "https://cloud.google.com/iap",
  jwksUri: "https://www.gstatic.com/iap/verify/public_key-jwk",
  algorithms: ["ES256"],
  audience: "{audience}",
  header: "x-goog-iap-jwt-assertion",
};

/** What {@link googleIap} is told. */
export interface GoogleIapOptions {
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Google Identity-Aware Proxy. Tokens of users, in `X-Goog-IAP-JWT-Assertion`. The audience names your backend service or app.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(googleIap({ audience: "/projects/1/global/backendServices/2" }));
 * ```
 */
export const googleIap = (options: GoogleIapOptions) => fill(GOOGLE_IAP, options) as (AudiencePreset & FromJwksUri);

const GITHUB_ACTIONS: Vendor = {
  name: "githubActions",
  parameters: [
    { name: "audience", form: "texts", example: "https://api.example" },
    { name: "repository", form: "texts", example: "my-org/my-repository" },
  ],
  issuer: "https://token.actions.githubusercontent.com",
  algorithms: ["RS256"],
  audience: "{audience}",
  binding: { claim: "repository", values: "{repository}" },
  requiredClaims: ["aud"],
};

/** What {@link githubActions} is told. */
export interface GithubActionsOptions {
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /** The repositories to accept, as `owner/name`. */
  readonly repository: string | readonly [string, ...string[]];
}

/**
 * GitHub Actions. Tokens of workflows. Any workflow of anybody can have one for any audience: so `repository` must be one of yours. Which branch or environment may do what is in `ref` and `environment`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(githubActions({ audience: "https://api.example", repository: "my-org/my-repository" }));
 * ```
 */
export const githubActions = (options: GithubActionsOptions) => fill(GITHUB_ACTIONS, options) as AudiencePreset;

const GITLAB_CI: Vendor = {
  name: "gitlabCi",
  parameters: [
    { name: "url", form: "base", example: "https://gitlab.com", default: "https://gitlab.com" },
    { name: "audience", form: "texts", example: "https://api.example" },
    { name: "project", form: "texts", example: "my-group/my-project" },
  ],
  issuer: "{url}",
  algorithms: ["RS256"],
  audience: "{audience}",
  binding: { claim: "project_path", values: "{project}" },
  requiredClaims: ["aud"],
};

/** What {@link gitlabCi} is told. */
export interface GitlabCiOptions {
  /** The address of the server, without a slash at its end. Default `https://gitlab.com`. */
  readonly url?: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /** The projects to accept, with their groups. */
  readonly project: string | readonly [string, ...string[]];
}

/**
 * GitLab CI. ID tokens of jobs. Any project of the server can have one for any audience: so `project_path` must be one of yours.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(gitlabCi({ audience: "https://api.example", project: "my-group/my-project" }));
 * ```
 */
export const gitlabCi = (options: GitlabCiOptions) => fill(GITLAB_CI, options) as AudiencePreset;

const KUBERNETES: Vendor = {
  name: "kubernetes",
  parameters: [
    { name: "issuer", form: "url", example: "https://oidc.cluster.example" },
    { name: "audience", form: "texts", example: "https://api.example" },
  ],
  issuer: "{issuer}",
  audience: "{audience}",
};

/** What {@link kubernetes} is told. */
export interface KubernetesOptions {
  /** The cluster's issuer (`--service-account-issuer`). */
  readonly issuer: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * Kubernetes. Tokens of service accounts that were asked for your audience (TokenRequest, projected volumes). The older ones out of Secrets have neither audience nor end and are refused. Who may call you is in `sub`: `system:serviceaccount:NAMESPACE:NAME`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(kubernetes({ issuer: "https://oidc.cluster.example", audience: "https://api.example" }));
 * ```
 */
export const kubernetes = (options: KubernetesOptions) => fill(KUBERNETES, options) as AudiencePreset;

const SHOPIFY: Vendor = {
  name: "shopify",
  parameters: [
    { name: "clientId", form: "texts", example: "my-api-key" },
  ],
  issuer: "https://{shop}.myshopify.com/admin",
  issuerVariable: { name: "shop", claim: "dest", claimTemplate: "https://{shop}.myshopify.com" },
  secret: true,
  algorithms: ["HS256"],
  audience: "{clientId}",
};

/** What {@link shopify} is told. */
export interface ShopifyOptions {
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Shopify. Session tokens of embedded apps, for `createSharedSecretVerifier`. Any shop's: the issuer is built from the shop in `dest` and compared with `iss` as a whole. The audience is the client ID (API key) of your app.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createSharedSecretVerifier({ ...shopify({ clientId: "my-api-key" }), secret });
 * ```
 */
export const shopify = (options: ShopifyOptions) => fill(SHOPIFY, options) as SharedSecretPreset;

const AWS_ALB: Vendor = {
  name: "awsAlb",
  parameters: [
    { name: "region", form: "segment", example: "eu-west-1" },
    { name: "loadBalancer", form: "text", example: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-balancer/50dc6c495c0c9188" },
    { name: "issuer", form: "url", example: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example" },
    { name: "clientId", form: "texts", example: "1example23456789" },
  ],
  issuer: "{issuer}",
  jwksUri: "https://public-keys.auth.elb.{region}.amazonaws.com/{kid}",
  algorithms: ["ES256"],
  profile: "jwt",
  binding: { claim: "client", values: "{clientId}", inHeader: true, use: { claim: "signer", value: "{loadBalancer}" } },
  acceptPadding: true,
  requiredClaims: ["sub"],
  header: "x-amzn-oidc-data",
  instead: { values: ["us-gov-east-1", "us-gov-west-1"], vendor: {
  name: "awsAlb",
  parameters: [
    { name: "region", form: "segment", example: "eu-west-1" },
    { name: "loadBalancer", form: "text", example: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-balancer/50dc6c495c0c9188" },
    { name: "issuer", form: "url", example: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example" },
    { name: "clientId", form: "texts", example: "1example23456789" },
  ],
  issuer: "{issuer}",
  jwksUri: "https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}/{kid}",
  algorithms: ["ES256"],
  profile: "jwt",
  binding: { claim: "client", values: "{clientId}", inHeader: true, use: { claim: "signer", value: "{loadBalancer}" } },
  acceptPadding: true,
  requiredClaims: ["sub"],
  header: "x-amzn-oidc-data",
} },
};

/** What {@link awsAlb} is told. */
export interface AwsAlbOptions {
  /** The AWS region of the balancer. */
  readonly region: string;
  /** The ARN of the balancer. */
  readonly loadBalancer: string;
  /** The issuer that the balancer signs users in at, exactly. */
  readonly issuer: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * AWS load balancers. What a load balancer says of users that it signed in, in `X-Amzn-Oidc-Data`. There is no `aud`: in its place `client` in the header must be one of your clients, and `signer` your balancer. Let nothing but the balancer reach your service.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(awsAlb({ region: "eu-west-1", loadBalancer: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-balancer/50dc6c495c0c9188", issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example", clientId: "1example23456789" }));
 * ```
 */
export const awsAlb = (options: AwsAlbOptions) => fill(AWS_ALB, options) as (JwtBindingPreset & FromJwksUri);

const SPIFFE: Vendor = {
  name: "spiffe",
  parameters: [
    { name: "trustDomain", form: "host", example: "example.org" },
    { name: "bundle", form: "url", example: "https://bundle.example.org" },
    { name: "audience", form: "texts", example: "https://api.example" },
  ],
  issuer: "spiffe://{trustDomain}",
  jwksUri: "{bundle}",
  algorithms: ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"],
  audience: "{audience}",
  issuerFromSubject: true,
  keyUse: "jwt-svid",
};

/** What {@link spiffe} is told. */
export interface SpiffeOptions {
  /** The trust domain, without `spiffe://`. */
  readonly trustDomain: string;
  /** The address of the trust domain's bundle. */
  readonly bundle: string;
  /** What tokens for you carry in `aud`: this, or one of these. */
  readonly audience: string | readonly [string, ...string[]];
}

/**
 * SPIFFE, JWT-SVIDs. Tokens of workloads, for your audience. They need no `iss`: in its place `sub` must be a SPIFFE ID in your trust domain. Keys are those of the bundle with the `use` of JWT-SVIDs. Who may call you is in `sub`.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(spiffe({ trustDomain: "example.org", bundle: "https://bundle.example.org", audience: "https://api.example" }));
 * ```
 */
export const spiffe = (options: SpiffeOptions) => fill(SPIFFE, options) as (AudiencePreset & FromJwksUri);

const FIEF: Vendor = {
  name: "fief",
  parameters: [
    { name: "url", form: "base", example: "https://auth.example" },
    { name: "clientId", form: "texts", example: "my-client" },
  ],
  issuer: "{url}",
  algorithms: ["RS256"],
  audience: "{clientId}",
};

/** What {@link fief} is told. */
export interface FiefOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Fief. Access tokens. The audience is your client.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(fief({ url: "https://auth.example", clientId: "my-client" }));
 * ```
 */
export const fief = (options: FiefOptions) => fill(FIEF, options) as AudiencePreset;

const AUTHENTIK: Vendor = {
  name: "authentik",
  parameters: [
    { name: "url", form: "base", example: "https://authentik.example" },
    { name: "application", form: "segment", example: "my-app" },
    { name: "clientId", form: "texts", example: "my-client" },
  ],
  issuer: "{url}/application/o/{application}/",
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link authentik} is told. */
export interface AuthentikOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** The application's slug. */
  readonly application: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Authentik, ID tokens. ID tokens. Each application is an issuer, whose name ends with a slash.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(authentik({ url: "https://authentik.example", application: "my-app", clientId: "my-client" }));
 * ```
 */
export const authentik = (options: AuthentikOptions) => fill(AUTHENTIK, options) as IdTokenPreset;

const AUTHELIA: Vendor = {
  name: "authelia",
  parameters: [
    { name: "url", form: "base", example: "https://auth.example" },
    { name: "clientId", form: "texts", example: "my-client" },
  ],
  issuer: "{url}",
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link authelia} is told. */
export interface AutheliaOptions {
  /** The address of your server, without a slash at its end. */
  readonly url: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Authelia, ID tokens. ID tokens.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(authelia({ url: "https://auth.example", clientId: "my-client" }));
 * ```
 */
export const authelia = (options: AutheliaOptions) => fill(AUTHELIA, options) as IdTokenPreset;

const DEX: Vendor = {
  name: "dex",
  parameters: [
    { name: "issuer", form: "url", example: "https://dex.example/dex" },
    { name: "clientId", form: "texts", example: "kubernetes" },
  ],
  issuer: "{issuer}",
  profile: "id-token",
  audience: "{clientId}",
};

/** What {@link dex} is told. */
export interface DexOptions {
  /** The issuer, exactly. */
  readonly issuer: string;
  /** The client ID of your application, or of each of them. */
  readonly clientId: string | readonly [string, ...string[]];
}

/**
 * Dex, ID tokens. ID tokens, which clients of Dex send as bearer tokens too.
 *
 * @throws TypeError for a value that is missing or of another form.
 *
 * @example
 * ```ts
 * createVerifier(dex({ issuer: "https://dex.example/dex", clientId: "kubernetes" }));
 * ```
 */
export const dex = (options: DexOptions) => fill(DEX, options) as IdTokenPreset;
