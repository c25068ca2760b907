import {
  createAuthorizationRequest,
  createPkcePair,
  createTokenRequest,
  createVerifier,
  discover,
  parseAuthorizationResponse,
  parseTokenResponse,
  type ServerMetadata,
  type Transaction,
} from "countersign/client";

const server = {
  issuer: "https://tenant.example/",
  authorization_endpoint: "https://tenant.example/authorize",
  token_endpoint: "https://tenant.example/token",
};
const clientId = "client";
const redirectUri = "https://app.example/callback";

const { url, transaction } = createAuthorizationRequest({ server, clientId, redirectUri, scope: "openid" });
same<string>(url);
same<string>(transaction.nonce);
// @ts-expect-error: no ID token, no nonce
same<string>(createAuthorizationRequest({ server, clientId, redirectUri }).transaction.nonce);
same<Transaction>(JSON.parse(JSON.stringify(transaction)) as typeof transaction);

declare const found: ServerMetadata;
createAuthorizationRequest({ server: found, clientId, redirectUri });
const { issuer: _, ...lacking } = server;
// @ts-expect-error: no issuer
createAuthorizationRequest({ server: lacking, clientId, redirectUri });
// @ts-expect-error: no client
createAuthorizationRequest({ server, redirectUri });
// @ts-expect-error: the state is made here
createAuthorizationRequest({ server, clientId, redirectUri, state: "s" });
// @ts-expect-error: parameters are strings
createAuthorizationRequest({ server, clientId, redirectUri, params: { max_age: 60 } });
createAuthorizationRequest({ server, clientId, redirectUri, params: { max_age: "60" } });
createAuthorizationRequest({ server, clientId, redirectUri, params: { resource: ["https://a.example"] as const } });
createAuthorizationRequest({ server, clientId, redirectUri, responseMode: "form_post" });
// @ts-expect-error: scripts alone see a fragment
createAuthorizationRequest({ server, clientId, redirectUri, responseMode: "fragment" });

const { code } = parseAuthorizationResponse("https://app.example/callback?code=c", transaction);
// @ts-expect-error: a transaction comes whole
parseAuthorizationResponse("https://app.example/callback?code=c", { state: "s" });

parseAuthorizationResponse([["code", "c"]], transaction);
parseAuthorizationResponse(new Map([["code", "c"]]), transaction);
// @ts-expect-error: an object may hide that a parameter came twice
parseAuthorizationResponse({ code: "c" }, transaction);

const request = createTokenRequest({ transaction, code });
same<"POST">(request.method);
createTokenRequest({ transaction, code, clientAuthentication: { method: "client_secret_basic", secret: "s" } });
// @ts-expect-error: no such method
createTokenRequest({ transaction, code, clientAuthentication: { method: "none", secret: "s" } });

const tokens = parseTokenResponse(200, "{}");
same<string>(tokens.access_token);
// @ts-expect-error: only an OpenID Connect server sends one
same<string>(tokens.id_token);
same<number | undefined>(tokens.expires_in);
same<string | undefined>(parseTokenResponse(200, "{}", { missingTokenTypeIsBearer: true }).scope);
same<string>(parseTokenResponse(200, "{}", {}).access_token);
// @ts-expect-error: nobody knows
parseTokenResponse(200, "{}", { missingTokenTypeIsBearer: "yes" });

const signedIn = parseTokenResponse(200, "{}", { transaction });
same<string>(signedIn.id_token);
// @ts-expect-error: not where an ID token was all that was asked for
same<string>(signedIn.access_token);
const perhaps = parseTokenResponse(200, "{}", { transaction: transaction as Transaction });
same<string | undefined>(perhaps.id_token);
// @ts-expect-error: nobody knows which of the two it has
same<string>(perhaps.access_token);

same<"S256">(createPkcePair().codeChallengeMethod);

export async function login(): Promise<void> {
  const metadata = await discover("https://tenant.example/");
  same<string>(metadata.issuer);
  // @ts-expect-error: a server need not have one
  same<string>(metadata.token_endpoint);
  const idTokens = createVerifier({ issuer: metadata.issuer, audience: clientId, profile: "id-token" });
  if (tokens.id_token !== undefined) await idTokens.verify(tokens.id_token, { nonce: transaction.nonce });
}

function same<T>(value: T): void {
  void value;
}
