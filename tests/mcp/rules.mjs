// Requirements that show in the guard itself, without a request over HTTP.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { inspect } from "node:util";

import { resource } from "./names.mjs";

const issuer = "https://tenant.example/";

export async function rules({ guards: { createGuard } }, check) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const jwks = publicKey.export({ type: "spki", format: "pem" }).toString();
  const guard = createGuard({ issuer, resource, jwks });
  const ask = (need, token) =>
    guard.authenticate(new Request(resource, { headers: token && { authorization: `Bearer ${token}` } }), need);
  const token = signed(
    { iss: issuer, aud: resource, sub: "alice", exp: Date.now() / 1000 + 60, scope: "a" },
    privateKey,
  );

  await check("neither offline_access nor openid is asked for", async () => {
    for (const given of [undefined, token]) {
      const { refusal } = await ask({ scope: ["openid", "notes:read", "offline_access"] }, given);
      const [, challenge] = refusal.headers.find(([name]) => name.toLowerCase() === "www-authenticate");
      assert.match(challenge, /scope="notes:read"/);
    }
  });

  await check("auth shows its token to nobody by itself", async () => {
    const { auth } = await ask({ scope: "a" }, token);
    assert.equal(auth.token, token);
    for (const shown of [JSON.stringify(auth), inspect(auth, { depth: 5, showHidden: true }), inspect({ ...auth })])
      assert.ok(!shown.includes(token));
  });

  await check("a resource without TLS is a mistake", () => {
    assert.throws(() => createGuard({ issuer, resource: "http://mcp.example/mcp", jwks }), /must be an https URL/);
  });
}

function signed(claims, key) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${encode({ alg: "EdDSA" })}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString("base64url")}`;
}
