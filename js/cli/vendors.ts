// Written by `cargo xtask tables` from the core's own table, src/preset/table: change that.

/** A vendor, by the name of its preset. */
export interface VendorWords {
  readonly title: string;
  /** The user shares a secret with the vendor. */
  readonly secret?: true;
  readonly parameters: readonly {
    readonly name: string;
    readonly what: string;
    readonly example: string;
    readonly optional?: true;
    /** May be given several times. */
    readonly list?: true;
  }[];
}

/** The presets of the command line. */
export const VENDORS: Readonly<Record<string, VendorWords>> = {
  auth0: {
    title: "Auth0",
    parameters: [
      { name: "domain", what: "The host name of your tenant, without `https://`.", example: "tenant.us.auth0.com" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
    ],
  },
  cognito: {
    title: "Amazon Cognito",
    parameters: [
      { name: "region", what: "The AWS region.", example: "eu-west-1" },
      { name: "userPoolId", what: "The ID of the user pool.", example: "eu-west-1_example" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "1example23456789", list: true },
    ],
  },
  cognitoIdToken: {
    title: "Amazon Cognito, ID tokens",
    parameters: [
      { name: "region", what: "The AWS region.", example: "eu-west-1" },
      { name: "userPoolId", what: "The ID of the user pool.", example: "eu-west-1_example" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "1example23456789", list: true },
    ],
  },
  entra: {
    title: "Microsoft Entra ID",
    parameters: [
      { name: "tenant", what: "The ID of the directory, or `organizations` or `common` for tokens of any.", example: "11111111-2222-4333-8444-555555555555" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", list: true },
      { name: "tenants", what: "The IDs of the only directories whose tokens to accept, where `tenant` is `organizations` or `common`. Default: any.", example: "11111111-2222-4333-8444-555555555555", optional: true, list: true },
    ],
  },
  entraExternalId: {
    title: "Microsoft Entra External ID",
    parameters: [
      { name: "tenant", what: "The ID of the directory.", example: "11111111-2222-4333-8444-555555555555" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", list: true },
    ],
  },
  azureAdB2c: {
    title: "Azure AD B2C",
    parameters: [
      { name: "tenantName", what: "The tenant's name, without `.onmicrosoft.com`.", example: "contoso" },
      { name: "tenant", what: "The ID of the directory.", example: "11111111-2222-4333-8444-555555555555" },
      { name: "policy", what: "The user flow or policy.", example: "B2C_1_signin" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", list: true },
    ],
  },
  keycloak: {
    title: "Keycloak",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://sso.example" },
      { name: "realm", what: "The realm.", example: "demo" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", optional: true, list: true },
      { name: "clientId", what: "Your clients: `azp` must be one of them.", example: "web", optional: true, list: true },
    ],
  },
  okta: {
    title: "Okta",
    parameters: [
      { name: "domain", what: "The host name of your tenant, without `https://`.", example: "dev-1.okta.com" },
      { name: "authorizationServer", what: "The ID of the authorization server. Default `default`.", example: "default", optional: true },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "api://default", list: true },
    ],
  },
  oktaIdToken: {
    title: "Okta, ID tokens",
    parameters: [
      { name: "domain", what: "The host name of your tenant, without `https://`.", example: "dev-1.okta.com" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "0oa1example", list: true },
    ],
  },
  google: {
    title: "Google, ID tokens",
    parameters: [
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "1234.apps.googleusercontent.com", list: true },
    ],
  },
  googleServiceAccount: {
    title: "Google, service accounts",
    parameters: [
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://svc.run.example", list: true },
      { name: "email", what: "The service accounts to accept.", example: "caller@project.iam.gserviceaccount.com", list: true },
    ],
  },
  firebase: {
    title: "Firebase Authentication",
    parameters: [
      { name: "projectId", what: "The ID of the project.", example: "my-project" },
    ],
  },
  apple: {
    title: "Sign in with Apple",
    parameters: [
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "com.example.app", list: true },
    ],
  },
  clerk: {
    title: "Clerk",
    parameters: [
      { name: "domain", what: "The host name of your Frontend API, without `https://`.", example: "clerk.app.example" },
      { name: "origin", what: "The origins of your pages, as `azp` has them.", example: "https://app.example", list: true },
    ],
  },
  supabase: {
    title: "Supabase",
    parameters: [
      { name: "url", what: "The address of your project, without a slash at its end.", example: "https://abcdefgh.supabase.co" },
    ],
  },
  workos: {
    title: "WorkOS",
    parameters: [
      { name: "clientId", what: "The client ID of your application.", example: "client_1example" },
    ],
  },
  authKit: {
    title: "WorkOS AuthKit",
    parameters: [
      { name: "domain", what: "The host name of your AuthKit, without `https://`.", example: "example.authkit.app" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://mcp.example", list: true },
    ],
  },
  kinde: {
    title: "Kinde",
    parameters: [
      { name: "domain", what: "The host name of your tenant, without `https://`.", example: "app.kinde.com" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", optional: true, list: true },
      { name: "clientId", what: "Your clients: `azp` must be one of them.", example: "my-client", optional: true, list: true },
    ],
  },
  stytch: {
    title: "Stytch",
    parameters: [
      { name: "projectId", what: "The ID of your project.", example: "project-live-1example" },
      { name: "environment", what: "`api`, or `test` where the ID begins with `project-test-`. Default `api`.", example: "api", optional: true },
    ],
  },
  stytchB2b: {
    title: "Stytch B2B",
    parameters: [
      { name: "projectId", what: "The ID of your project.", example: "project-live-1example" },
      { name: "environment", what: "`api`, or `test` where the ID begins with `project-test-`. Default `api`.", example: "api", optional: true },
    ],
  },
  descope: {
    title: "Descope",
    parameters: [
      { name: "projectId", what: "The ID of your project.", example: "P2example" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "P2example", optional: true, list: true },
    ],
  },
  logto: {
    title: "Logto",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://tenant.logto.app" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
    ],
  },
  zitadel: {
    title: "Zitadel",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://instance.zitadel.cloud" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "77", list: true },
    ],
  },
  ory: {
    title: "Ory",
    parameters: [
      { name: "issuer", what: "The issuer, exactly: Hydra's ends with a slash.", example: "https://hydra.example/" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", optional: true, list: true },
      { name: "clientId", what: "Your clients: `client_id` must be one of them.", example: "my-client", optional: true, list: true },
    ],
  },
  fusionAuth: {
    title: "FusionAuth",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://auth.example" },
      { name: "issuer", what: "The issuer that is set for the tenant.", example: "acme.com" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", list: true },
    ],
  },
  cloudflareAccess: {
    title: "Cloudflare Access",
    parameters: [
      { name: "team", what: "Your team's name.", example: "my-team" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228", list: true },
    ],
  },
  cloudflareAccessService: {
    title: "Cloudflare Access, service tokens",
    parameters: [
      { name: "team", what: "Your team's name.", example: "my-team" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228", list: true },
    ],
  },
  googleIap: {
    title: "Google Identity-Aware Proxy",
    parameters: [
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "/projects/1/global/backendServices/2", list: true },
    ],
  },
  githubActions: {
    title: "GitHub Actions",
    parameters: [
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
      { name: "repository", what: "The repositories to accept, as `owner/name`.", example: "my-org/my-repository", list: true },
    ],
  },
  gitlabCi: {
    title: "GitLab CI",
    parameters: [
      { name: "url", what: "The address of the server, without a slash at its end. Default `https://gitlab.com`.", example: "https://gitlab.com", optional: true },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
      { name: "project", what: "The projects to accept, with their groups.", example: "my-group/my-project", list: true },
    ],
  },
  kubernetes: {
    title: "Kubernetes",
    parameters: [
      { name: "issuer", what: "The cluster's issuer (`--service-account-issuer`).", example: "https://oidc.cluster.example" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
    ],
  },
  shopify: {
    title: "Shopify",
    secret: true,
    parameters: [
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "my-api-key", list: true },
    ],
  },
  awsAlb: {
    title: "AWS load balancers",
    parameters: [
      { name: "region", what: "The AWS region of the balancer.", example: "eu-west-1" },
      { name: "loadBalancer", what: "The ARN of the balancer.", example: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-balancer/50dc6c495c0c9188" },
      { name: "issuer", what: "The issuer that the balancer signs users in at, exactly.", example: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "1example23456789", list: true },
    ],
  },
  spiffe: {
    title: "SPIFFE, JWT-SVIDs",
    parameters: [
      { name: "trustDomain", what: "The trust domain, without `spiffe://`.", example: "example.org" },
      { name: "bundle", what: "The address of the trust domain's bundle.", example: "https://bundle.example.org" },
      { name: "audience", what: "What tokens for you carry in `aud`: this, or one of these.", example: "https://api.example", list: true },
    ],
  },
  fief: {
    title: "Fief",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://auth.example" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "my-client", list: true },
    ],
  },
  authentik: {
    title: "Authentik, ID tokens",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://authentik.example" },
      { name: "application", what: "The application's slug.", example: "my-app" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "my-client", list: true },
    ],
  },
  authelia: {
    title: "Authelia, ID tokens",
    parameters: [
      { name: "url", what: "The address of your server, without a slash at its end.", example: "https://auth.example" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "my-client", list: true },
    ],
  },
  dex: {
    title: "Dex, ID tokens",
    parameters: [
      { name: "issuer", what: "The issuer, exactly.", example: "https://dex.example/dex" },
      { name: "clientId", what: "The client ID of your application, or of each of them.", example: "kubernetes", list: true },
    ],
  },
};
