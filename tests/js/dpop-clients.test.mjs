// Strict clients of others against a guarded server: the proofs that they make, and the nonces that they are given.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";
import { serve } from "./support/server.mjs";
import { issuer, makeKey } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const { guardedListener } = await importPackage(folder, "countersign/node");
const { memoryStore } = await importPackage(folder, "countersign/stores");

const key = makeKey("ES256", "key");
const server = await serve(() => undefined);
after(() => server.close());

const seconds = () => Math.floor(Date.now() / 1000);
const ALGORITHMS = ["ES256", "Ed25519", "PS256", "RS256"];

/** Serves with a guard, and answers how often it let somebody in. */
function serveWith(dpop) {
  const guard = createGuard({
    issuer,
    resource: server.origin,
    jwks: { keys: [key.jwk] },
    dpop: { mode: "required", replay: memoryStore(), ...dpop },
  });
  server.requests = [];
  server.handle = guardedListener(guard, (request, response, auth) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ scheme: auth.scheme, subject: auth.subject }));
  });
}

const tokenFor = (jkt) =>
  key.sign({ aud: server.origin, iat: seconds(), exp: seconds() + 600, cnf: { jkt } }, { typ: "at+jwt" });

for (const nonceSecret of [undefined, new Uint8Array(32).fill(1)]) {
  const label = nonceSecret === undefined ? "" : ", with nonces";

  test(`oauth4webapi${label}`, async () => {
    serveWith({ nonceSecret });
    for (const algorithm of ALGORITHMS) {
      const keys = await oauth.generateKeyPair(algorithm);
      const DPoP = oauth.DPoP({ client_id: "app" }, keys);
      const token = tokenFor(await DPoP.calculateThumbprint());
      const ask = () =>
        oauth.protectedResourceRequest(token, "GET", new URL(`${server.origin}/notes?a=b`), undefined, undefined, {
          DPoP,
          [oauth.allowInsecureRequests]: true,
        });
      if (nonceSecret !== undefined) {
        const error = await ask().catch((thrown) => thrown);
        assert.ok(oauth.isDPoPNonceError(error), `${algorithm}: ${error}`);
        const [challenge] = error.cause;
        assert.deepEqual([challenge.scheme, challenge.parameters.error], ["dpop", "use_dpop_nonce"]);
        assert.match(challenge.parameters.algs, /^ES256 ES384 EdDSA PS256 RS256 Ed25519$/);
      }
      // Its nonce is kept, and so the next are right from the start.
      for (let count = 0; count < 2; count += 1) {
        const response = await ask();
        assert.deepEqual([response.status, await response.json()], [200, { scheme: "DPoP", subject: "user" }]);
      }
      const other = oauth.DPoP({ client_id: "app" }, await oauth.generateKeyPair(algorithm));
      const stolen = await oauth
        .protectedResourceRequest(token, "GET", new URL(server.origin), undefined, undefined, {
          DPoP: other,
          [oauth.allowInsecureRequests]: true,
        })
        .catch((thrown) => thrown);
      assert.ok(stolen instanceof oauth.WWWAuthenticateChallengeError);
    }
  });

  test(`openid-client${label}`, async () => {
    serveWith({ nonceSecret });
    for (const algorithm of ALGORITHMS) {
      const config = new client.Configuration({ issuer }, "app");
      client.allowInsecureRequests(config);
      const keys = await client.randomDPoPKeyPair(algorithm);
      const DPoP = client.getDPoPHandle(config, keys);
      const token = tokenFor(await DPoP.calculateThumbprint());
      server.requests = [];
      for (const method of ["GET", "POST"]) {
        const url = new URL(`${server.origin}/notes?a=b`);
        const response = await client.fetchProtectedResource(config, token, url, method, null, undefined, { DPoP });
        assert.deepEqual([response.status, await response.json()], [200, { scheme: "DPoP", subject: "user" }]);
      }
      // It asks again by itself for the nonce that it is given, once.
      assert.equal(server.requests.length, nonceSecret === undefined ? 2 : 3);
    }
  });
}
