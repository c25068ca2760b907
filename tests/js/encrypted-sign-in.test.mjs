// Signing in with encrypted ID tokens at npm's oidc-provider: createClient({ decryptionKeys }).

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { signIn, userAgent } from "../../examples/demo/login.mjs";
import { signingKey, startProvider } from "../support/provider.mjs";
import { mistaken, refused } from "./support/assert.mjs";
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

/** Registered for ID tokens that are signed alone. */
const plain = { client_id: "plain", client_secret: secret };

/** What the provider has posted to the clients. */
const posted = [];
const backchannel_logout_uri = "https://app.example/auth/backchannel-logout";

const { issuer, provider, close } = await startProvider({
  clients: [
    ...kinds.map(([alg, enc], number) => ({
      client_id: `client-${number}`,
      client_secret: secret,
      token_endpoint_auth_method: "client_secret_basic",
      redirect_uris: [redirectUri],
      backchannel_logout_uri,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: "RS256",
      id_token_encrypted_response_alg: alg,
      id_token_encrypted_response_enc: enc,
      jwks: { keys: [public_(keys.rsa), public_(keys.ec)] },
    })),
    {
      ...plain,
      token_endpoint_auth_method: "client_secret_basic",
      redirect_uris: [redirectUri],
      backchannel_logout_uri,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: "RS256",
    },
  ],
  jwks: { keys: [signingKey("RS256", "rsa", { modulusLength: 2048 })] },
  enabledJWA: {
    idTokenEncryptionAlgValues: ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "dir"],
    idTokenEncryptionEncValues: ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"],
  },
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "offline_access"],
  features: { encryption: { enabled: true }, backchannelLogout: { enabled: true } },
  async fetch(_url, { body }) {
    posted.push(new URLSearchParams(String(body)).get("logout_token"));
    return new Response();
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  issueRefreshToken: () => true,
});

/** The logout token that a client gets for a session of the user. */
async function loggedOut(clientId) {
  const registered = await provider.Client.find(clientId);
  await registered.backchannelLogout("anne", "session");
  return posted.pop();
}

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
    // So is the logout token (Back-Channel Logout §2.4).
    const logoutToken = await loggedOut(options.clientId);
    assert.equal(logoutToken.split(".").length, 5);
    const logout = await app.verifyLogoutToken(logoutToken);
    assert.deepEqual([logout.issuer, logout.subject, logout.sid], [issuer, "anne", "session"]);
    await refused(() => client.createClient(options).verifyLogoutToken(logoutToken), "token_type_unsupported");
    // Who has no key, or another one, has no ID token.
    const other = client.createClient(options);
    await refused(async () => other.callback(...(await begin(other))), "token_type_unsupported");
    const stranger = { alg: "ECDH-ES", key: private_("ec-1", "ec", { namedCurve: "P-384" }) };
    const wrong = client.createClient({ ...options, decryptionKeys: [stranger] });
    const code = alg === "ECDH-ES" ? "header_invalid" : "key_not_found";
    await refused(async () => wrong.callback(...(await begin(wrong))), code);
    await refused(() => wrong.verifyLogoutToken(logoutToken), code);
  });
}

test("an ID token that is not encrypted is refused where there are keys, at the sign-in and at a refresh", async () => {
  const [[, , key]] = kinds;
  const options = {
    issuer,
    clientId: plain.client_id,
    clientAuthentication: { method: "client_secret_basic", secret },
    redirectUri,
  };
  const begin = async (from) => {
    const { url, transaction } = await from.authorize();
    return [await signIn(userAgent(), url, redirectUri, "anne"), transaction];
  };
  const strict = client.createClient({ ...options, decryptionKeys: [key] });
  const error = await refused(async () => strict.callback(...(await begin(strict))), "token_type_unsupported");
  assert.match(error.message, /not encrypted/);
  const both = client.createClient({ ...options, decryptionKeys: [key], acceptUnencryptedIdTokens: true });
  const tokens = await both.callback(...(await begin(both)));
  assert.equal(tokens.claims.sub, "anne");
  await refused(() => strict.refresh(tokens), "token_type_unsupported");
  const logoutToken = await loggedOut(plain.client_id);
  await refused(() => strict.verifyLogoutToken(logoutToken), "token_type_unsupported");
  assert.equal((await both.verifyLogoutToken(logoutToken)).subject, "anne");
  await refused(() => strict.verifyLogoutToken("nonsense"), "token_malformed");
  await mistaken(
    () => client.createClient({ ...options, acceptUnencryptedIdTokens: true }),
    /"acceptUnencryptedIdTokens" is for clients with "decryptionKeys"/,
  );
});

test("the end", close);
