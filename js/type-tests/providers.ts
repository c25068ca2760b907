// What the declarations of providers, of Fief and of decryption keys must let compile, and must not.

import { createClient, createDecrypter, type DecryptionKey, type Tokens } from "countersign/client";
import { createFief, verifyWebhook } from "countersign/presets/fief";
import { discord, github } from "countersign/presets/providers";

const redirectUri = "https://app.example/callback";
createClient({ ...github({ clientId: "c", clientSecret: "s" }), redirectUri });
createClient({
  ...discord({ clientId: "c", clientAuthentication: { method: "client_secret_post", secret: "s" } }),
  redirectUri,
  scope: "identify email",
});
// @ts-expect-error the client's ID is mandatory
github({});
// @ts-expect-error a quirk is set or left out
createClient({ ...github({ clientId: "c" }), provider: { name: "x", quirks: { commaScopes: false } } });

declare const jwk: { kty: string; d: string };
const keys: readonly DecryptionKey[] = [
  { alg: "RSA-OAEP-256", key: jwk, kid: "1", enc: ["A256GCM", "A128CBC-HS256"] },
  { alg: "ECDH-ES+A128KW", key: jwk, enc: "A128GCM" },
  { alg: "dir", enc: "A256CBC-HS512", secret: new Uint8Array(64) },
  { alg: "dir", enc: "A128GCM", clientSecret: "s" },
];
createClient({ issuer: "https://tenant.example/", clientId: "c", decryptionKeys: keys });
createClient({
  issuer: "https://tenant.example/",
  clientId: "c",
  decryptionKeys: keys,
  acceptUnencryptedIdTokens: true,
});
const signed: Promise<string> = createDecrypter(keys)("token");
createDecrypter(keys, { acceptUnencryptedTokens: true });
// @ts-expect-error the name says what it costs
createDecrypter(keys, { lax: true });
void signed;
// @ts-expect-error RSA1_5 is none
createDecrypter([{ alg: "RSA1_5", key: jwk }]);
// @ts-expect-error a key for dir names its enc
createDecrypter([{ alg: "dir", secret: new Uint8Array(16) }]);

const fief = createFief({ baseUrl: "https://auth.example", clientId: "c", encryptionKey: "{}" });
declare const tokens: Tokens;
void fief.userinfo(tokens).then((user) => user.fields?.["castle"]);
void fief.validateAccessToken("t", { acr: "1", scope: ["openid"] }).then((info): string => info.id);
// @ts-expect-error there are two levels
void fief.validateAccessToken("t", { acr: "2" });
void verifyWebhook(new Request("https://app.example/"), { secret: "s" }).then((event) => event?.type);
