import { createSharedSecretVerifier, createVerifier, type IdTokenVerifier, type Verifier } from "countersign";
import { createGuard } from "countersign/guard";
import * as presets from "countersign/presets";
import type { AudiencePreset, BindingPreset, IdTokenPreset } from "countersign/presets";
import { same } from "./verifier.js";

const { auth0, cloudflareAccess, cognito, entra, google, keycloak, kinde, logto, shopify, workos } = presets;
const audience = "https://api.example";
const cognitoValues = { region: "eu-west-1", userPoolId: "eu-west-1_x", clientId: "c" };

// What a preset returns is what verifiers and guards take, with other options beside it.
const tokens = createVerifier(auth0({ domain: "tenant.us.auth0.com", audience }));
same<typeof tokens, Verifier>(true);
createVerifier({ ...auth0({ domain: "tenant.us.auth0.com", audience: [audience, "other"] }), clockTolerance: 5 });
createVerifier(cognito(cognitoValues));
createVerifier(cognito({ ...cognitoValues, clientId: ["c", "d"] }));
createVerifier(entra({ tenant: "organizations", audience, tenants: ["11111111-2222-4333-8444-555555555555"] }));
createVerifier({ ...entra({ tenant: "common", audience }), maxTokenAge: 600 });
createVerifier(keycloak({ url: "https://sso.example", realm: "demo", clientId: "web" }));
createVerifier(kinde({ domain: "app.kinde.com", clientId: "c" }));
createVerifier(logto({ url: "https://tenant.logto.app", audience }));
createVerifier(cloudflareAccess({ team: "my-team", audience }));
createVerifier(presets.cloudflareAccessService({ team: "my-team", audience }));
createVerifier(workos({ clientId: "client_1" }));
createVerifier(presets.stytch({ projectId: "project-test-1", environment: "test" }));
createVerifier(presets.descope({ projectId: "P2example" }));
const idTokens = createVerifier(google({ clientId: "c" }));
same<typeof idTokens, IdTokenVerifier>(true);
createVerifier({ ...google({ clientId: "c" }), acceptUncheckedNonce: true });
createSharedSecretVerifier({ ...shopify({ clientId: "key" }), secret: new Uint8Array(32) });
createGuard(auth0({ domain: "tenant.us.auth0.com", audience }));
createGuard({ ...cognito(cognitoValues), resource: audience });
createGuard({ ...keycloak({ url: "https://sso.example", realm: "demo", audience }), permissions: ["roles"] });
createGuard({ ...entra({ tenant: "organizations", audience }), resource: audience });
createGuard(cloudflareAccess({ team: "my-team", audience }));

// The kind of what it returns is exact.
const bound = cognito(cognitoValues);
same<typeof bound, BindingPreset>(true);
const named = auth0({ domain: "tenant.us.auth0.com", audience });
same<typeof named, AudiencePreset>(true);
const id = google({ clientId: "c" });
same<typeof id, IdTokenPreset>(true);

// @ts-expect-error: no domain
auth0({ audience });
// @ts-expect-error: no audience
auth0({ domain: "tenant.us.auth0.com" });
// @ts-expect-error: no such value
auth0({ domain: "tenant.us.auth0.com", audience, clientId: "c" });
// @ts-expect-error: an empty list
auth0({ domain: "tenant.us.auth0.com", audience: [] });
// @ts-expect-error: no client
cognito({ region: "eu-west-1", userPoolId: "eu-west-1_x" });
// @ts-expect-error: a secret is not a public key
createVerifier(shopify({ clientId: "key" }));
// @ts-expect-error: no secret
createSharedSecretVerifier(shopify({ clientId: "key" }));
// @ts-expect-error: only ID tokens have a nonce
createVerifier({ ...auth0({ domain: "tenant.us.auth0.com", audience }), acceptUncheckedNonce: true });
// @ts-expect-error: what a preset returns is not to be changed
named.issuer = "https://other.example/";

// Issuers with several names.
const issuer = "https://id.example/{tenant}";
createVerifier({ issuer, audience, issuerVariable: { name: "tenant", claim: "tid" }, issuerAliases: ["{tenant}"] });
// @ts-expect-error: no claim
createVerifier({ issuer, audience, issuerVariable: { name: "tenant" } });
// @ts-expect-error: an empty list
createVerifier({ issuer, audience, issuerVariable: { name: "tenant", claim: "tid", values: [] } });

// Tokens whose issuer or recipient is in another place.
const balancer = presets.awsAlb({
  region: "eu-west-1",
  loadBalancer: "arn",
  issuer: "https://id.example",
  clientId: "c",
});
const signedIn = createVerifier(balancer);
same<typeof signedIn, Verifier>(true);
createGuard({ ...balancer, resource: "https://app.example" });
const workload = presets.spiffe({ trustDomain: "example.org", bundle: "https://bundle.example.org", audience });
const workloads = createVerifier({ ...workload, issuerAliases: ["https://spire.example"] });
same<typeof workloads, Verifier>(true);
// @ts-expect-error: the signer is not optional
presets.awsAlb({ region: "eu-west-1", issuer: "https://id.example", clientId: "c" });
// @ts-expect-error: an address, not a document
presets.spiffe({ trustDomain: "example.org", bundle: { keys: [] }, audience });
