import {
  createClient,
  isInvalidGrant,
  type Client,
  type ClientOptions,
  type DpopKeyStore,
  type Tokens,
  type Transaction,
} from "countersign/client";

const client: Client = createClient({ issuer: "https://tenant.example/", clientId: "client" });
same<string>(client.clientId);

declare const key: CryptoKey;
declare const pair: CryptoKeyPair;
declare const store: DpopKeyStore;
const options: ClientOptions[] = [
  { metadata: { issuer: "https://tenant.example/" }, clientId: "c" },
  { clientId: "c", clientAuthentication: { method: "client_secret_basic", secret: "s" } },
  { clientId: "c", clientAuthentication: { method: "client_secret_jwt", secret: "s", alg: "HS512" } },
  { clientId: "c", clientAuthentication: { method: "private_key_jwt", key, alg: "ES256", kid: "k" } },
  { clientId: "c", clientAuthentication: { method: "private_key_jwt", key: { kty: "EC", d: "d" } } },
  { clientId: "c", clientAuthentication: { method: "tls_client_auth" } },
  { clientId: "c", dpop: true },
  { clientId: "c", dpop: { key: pair, store } },
  { clientId: "c", dpop: { key: { kty: "EC", d: "d" }, alg: "ES256" } },
  // @ts-expect-error: a public key proves nothing
  { clientId: "c", dpop: { key: { kty: "EC", x: "x" } } },
  // @ts-expect-error: what is not bound needs no option
  { clientId: "c", dpop: false },
  // @ts-expect-error: no secret
  { clientId: "c", clientAuthentication: { method: "client_secret_post" } },
  // @ts-expect-error: HMAC signs by a secret
  { clientId: "c", clientAuthentication: { method: "private_key_jwt", key, alg: "HS256" } },
];
same<ClientOptions[]>(options);
// @ts-expect-error: no client
createClient({ issuer: "https://tenant.example/" });

const { url, transaction } = await client.authorize({ scope: "openid", maxAge: 60, params: { prompt: "login" } });
same<string>(url);
same<Transaction>(transaction);
// @ts-expect-error: the state is made here
await client.authorize({ state: "s" });

const tokens = await client.callback(new URLSearchParams(), [transaction]);
same<Tokens>(tokens);
same<string | undefined>(tokens.claims?.sub);
same<number | undefined>(tokens.expiresAt);
same<Tokens>(await client.refresh(tokens));
same<Tokens>(await client.refresh("token", { scope: "openid", resource: "https://api.example" }));
same<string>(await client.proof({ method: "GET", url: "https://api.example/", nonce: "n" }, tokens));
// @ts-expect-error: of which request?
await client.proof({ method: "GET" }, tokens);
same<string>((await client.userinfo(tokens)).sub);
same<boolean>((await client.introspect("token", "access_token")).active);
same<boolean>((await client.introspect("token", undefined, { signed: true })).active);
// @ts-expect-error: no such parameter
await client.introspect("token", "access_token", { jwt: true });
same<Tokens>(await client.grant("client_credentials", { scope: "a", resource: ["b", "c"] }));
same<string | undefined>(await client.logoutUrl({ idToken: "token" }));
same<string | undefined>((await client.verifyLogoutToken("token")).sid);
const response: Response = await client.fetch(new URL("https://api.example"), { method: "PATCH" }, tokens);
same<Response>(response);
await client.fetch(new Request("https://api.example"), undefined, tokens);
for await (const event of client.device({ signal: AbortSignal.timeout(1) })) {
  if (event.type === "prompt") same<string>(event.userCode);
  else same<Tokens>(event.tokens);
}
same<boolean>(isInvalidGrant(new Error("no")));

function same<T>(value: T): T {
  return value;
}
