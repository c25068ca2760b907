// Signing in with encrypted ID tokens at npm's oidc-provider: createClient({ decryptionKeys }).

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";
import Provider from "oidc-provider";
import { signIn, userAgent } from "../../examples/demo/login.mjs";
import { refused } from "./support/assert.mjs";
import { client } from "./support/package.mjs";

const redirectUri = "http://127.0.0.1/callback";
const secret = randomBytes(32).toString("hex");
const private_ = (kid, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
  kid,
  use: "enc",
});
const keys = {
  rsa: private_("rsa-1", "rsa", { modulusLength: 2048 }),
  ec: private_("ec-1", "ec", { namedCurve: "P-256" }),
};
const public_ = ({ kty, n, e, crv, x, y, kid, use }) => ({ kty, n, e, crv, x, y, kid, use });

const kinds = [
  ["RSA-OAEP-256", "A256CBC-HS512", { alg: "RSA-OAEP-256", key: keys.rsa }],
  ["ECDH-ES", "A128GCM", { alg: "ECDH-ES", key: keys.ec }],
  ["ECDH-ES+A256KW", "A256GCM", { alg: "ECDH-ES+A256KW", key: keys.ec, enc: "A256GCM" }],
  ["dir", "A128CBC-HS256", { alg: "dir", enc: "A128CBC-HS256", clientSecret: secret }],
];

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const signing = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const provider = new Provider(issuer, {
  clients: kinds.map(([alg, enc], number) => ({
    client_id: `client-${number}`,
    client_secret: secret,
    application_type: "native",
    redirect_uris: [redirectUri],
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    id_token_encrypted_response_alg: alg,
    id_token_encrypted_response_enc: enc,
    jwks: { keys: [public_(keys.rsa), public_(keys.ec)] },
  })),
  jwks: { keys: [{ ...signing, alg: "RS256", use: "sig", kid: "sig-1" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: {
    idTokenEncryptionAlgValues: ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "dir"],
    idTokenEncryptionEncValues: ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"],
  },
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "offline_access"],
  features: { devInteractions: { enabled: true }, encryption: { enabled: true } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  issueRefreshToken: () => true,
});
server.on("request", provider.callback());

for (const [number, [alg, enc, key]] of kinds.entries()) {
  test(`${alg} with ${enc}`, async () => {
    const options = {
      issuer,
      clientId: `client-${number}`,
      clientAuthentication: { method: "client_secret_basic", secret },
      redirectUri,
    };
    const app = client.createClient({ ...options, decryptionKeys: [key] });
    const browse = userAgent();
    const begin = async (from) => {
      const { url, transaction } = await from.authorize();
      return [await signIn(browse, url, redirectUri, "anne"), transaction];
    };
    const [callback, transaction] = await begin(app);
    const tokens = await app.callback(callback, transaction);
    assert.deepEqual([tokens.claims.sub, tokens.claims.iss], ["anne", issuer]);
    assert.equal(tokens.idToken.split(".").length, 3, "what is kept is the signed token");
    const fresh = await app.refresh(tokens);
    assert.equal(fresh.claims.sub, "anne");
    // Who has no key, or another one, has no ID token.
    const other = client.createClient(options);
    await refused(async () => other.callback(...(await begin(other))), "token_type_unsupported");
    const stranger = { alg: "ECDH-ES", key: private_("ec-1", "ec", { namedCurve: "P-384" }) };
    const wrong = client.createClient({ ...options, decryptionKeys: [stranger] });
    const code = alg === "ECDH-ES" ? "header_invalid" : "key_not_found";
    await refused(async () => wrong.callback(...(await begin(wrong))), code);
  });
}

test("the end", () => {
  server.closeAllConnections();
  server.close();
});
