// The releases of workerd differ in what their `node:crypto` gets wrong, and in what their `fetch` takes. The verdict is one.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleWorker, releases, startWorkerd } from "../support/workerd.mjs";
import { folder } from "./support/package.mjs";
import { json, serve } from "./support/server.mjs";
import { algorithms, audience, issuer, makeKey, tamper } from "./support/tokens.mjs";

const keys = algorithms.map((alg) => makeKey(alg));
const seconds = () => Math.floor(Date.now() / 1000);
const sign = (key) => key.sign({ iat: seconds(), exp: seconds() + 600 });

let server;
const bundles = {};
before(async () => {
  server = await serve(json({ keys: keys.map(({ jwk }) => jwk) }));
  for (const name of ["full", "slim"]) {
    const sources = path.join(folder, `release-${name}`);
    mkdirSync(sources, { recursive: true });
    const entry = path.join(sources, "index.mjs");
    copyFileSync(fileURLToPath(new URL(`support/release-${name}.mjs`, import.meta.url)), entry);
    copyFileSync(fileURLToPath(new URL("support/release.mjs", import.meta.url)), path.join(sources, "release.mjs"));
    const out = path.join(sources, "bundle");
    bundles[name] = { out, modules: await bundleWorker(entry, out) };
  }
});
after(() => server.close());

async function start(name, options) {
  const { out, modules } = bundles[name];
  const variables = { JWKS: `${server.origin}/jwks`, ISSUER: issuer, AUDIENCE: audience };
  return startWorkerd(out, { modules, variables, ...options });
}

/** What the worker says of a good and of a tampered token: { good, tampered }, each also synchronously where that is had. */
async function ask(worker, key, engine) {
  const jwt = sign(key);
  const response = await fetch(`${worker.url}/?engine=${engine}`, {
    method: "POST",
    body: JSON.stringify([jwt, tamper(jwt)]),
  });
  assert.equal(response.status, 200);
  return response.json();
}

for (const release of Object.keys(releases)) {
  for (const flags of [[], ["nodejs_compat"]]) {
    for (const name of ["full", "slim"]) {
      test(`workerd, ${release}, ${flags.join() || "no flags"}, ${name}: every algorithm`, async () => {
        const worker = await start(name, { release, flags });
        try {
          for (const engine of ["auto", "host"]) {
            for (const key of keys) {
              const lacks = name === "slim" && key.alg === "ES256K";
              const expected = lacks ? ["engine_unavailable", "engine_unavailable"] : ["ok", "signature_invalid"];
              const { verify, verifySync } = await ask(worker, key, engine);
              assert.deepEqual(verify, expected, `${key.alg}, ${engine}`);
              if (name === "full") assert.deepEqual(verifySync, expected, `${key.alg}, ${engine}, synchronously`);
            }
          }
        } finally {
          await worker.close();
        }
      });
    }
  }
}

for (const [date, header] of Object.entries({ "2022-01-01": undefined, "2025-10-01": "no-cache" })) {
  test(`workerd, compatibility date ${date}: keys come, past the cache where that can be asked for`, async () => {
    const worker = await start("full", { date });
    try {
      const { verify } = await ask(worker, keys[0], "auto");
      assert.deepEqual(verify, ["ok", "signature_invalid"]);
      assert.equal(server.headers["cache-control"], header);
    } finally {
      await worker.close();
    }
  });
}
