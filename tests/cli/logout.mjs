// The end of a sign-in: the files are deleted whatever stands in the way, and what is good still is said.

import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

import { run } from "./support.mjs";

export async function logoutSuite(check, { issuer, env, signIn, tokensIn }) {
  const as = ["--as", "leaving"];
  const fileOf = (what) => path.join(env.COUNTERSIGN_FOLDER, `leaving.${what}.json`);
  const left = () => readdirSync(env.COUNTERSIGN_FOLDER).filter((name) => name.includes("leaving"));
  await signIn(...as, "--dpop");
  const before = Object.fromEntries(
    ["tokens", "account", "key"].map((what) => [what, readFileSync(fileOf(what), "utf8")]),
  );
  const change = (what, more) => writeFileSync(fileOf(what), JSON.stringify({ ...JSON.parse(before[what]), ...more }));
  /** As if the sign-in had been at another issuer, which has given no such token. */
  const elsewhere = (issuer, without) => {
    const tokens = { ...JSON.parse(before.tokens).tokens, issuer };
    delete tokens[without];
    change("account", { issuer });
    change("tokens", { tokens });
  };

  const ways = {
    "an issuer that is down": [() => elsewhere("http://127.0.0.1:9"), /The refresh token was not revoked: .*\n/],
    "metadata that is gone": [
      () => change("account", { metadataUri: `${issuer}/nowhere` }),
      /What was in the file was not revoked/,
    ],
    "tokens of another issuer": [
      () => change("account", { issuer: "https://another.example" }),
      /The refresh token was not revoked: they are of another issuer/,
    ],
    "a secret that is not set": [() => change("account", { secretVariable: "UNSET" }), /no variable UNSET/],
    "a key that is gone": [() => rmSync(fileOf("key")), /bound to, is gone/],
    "a key that is none": [() => writeFileSync(fileOf("key"), "x"), /no key of this program/],
    "an account that is gone": [() => rmSync(fileOf("account")), /account\.json is gone/],
    "an account that is none": [() => writeFileSync(fileOf("account"), "[]"), /is no account/],
    "an account that no client is": [() => change("account", { issuer: "nonsense" }), /not revoked/],
    "tokens that are none": [() => writeFileSync(fileOf("tokens"), "{"), /What was in the file was not revoked/],
    "files that others may read": [() => chmodSync(fileOf("tokens"), 0o644), /others may read/],
    "no refresh token": [
      () => {
        elsewhere("http://127.0.0.1:9", "refreshToken");
      },
      /The access token, which is good until .*, was not revoked/,
    ],
  };
  for (const [name, [spoil, message]] of Object.entries(ways)) {
    await check(`logout with ${name}: the files go, and 3`, async () => {
      for (const [what, text] of Object.entries(before)) writeFileSync(fileOf(what), text, { mode: 0o600 });
      spoil();
      const { code, out, err } = await run(["logout", ...as], { env });
      assert.deepEqual([code, out, left()], [3, "", []], err);
      assert.match(err, message);
      assert.match(err, /Signed out\n$/);
      assert.ok(!err.includes(JSON.parse(before.tokens).tokens.refreshToken), "no token is shown");
    });
  }

  await check("logout --json says it to programs", async () => {
    for (const [what, text] of Object.entries(before)) writeFileSync(fileOf(what), text, { mode: 0o600 });
    elsewhere("http://127.0.0.1:9");
    const { code, out } = await run(["logout", ...as, "--json"], { env });
    const { signedOut, revoked, notRevoked } = JSON.parse(out);
    assert.deepEqual([code, signedOut, revoked, notRevoked.token], [3, true, false, "refresh_token"]);
    await signIn(...as);
    assert.ok(tokensIn(fileOf("tokens")).refreshToken);
    const done = await run(["logout", ...as, "--json"], { env });
    assert.deepEqual([done.code, JSON.parse(done.out)], [0, { signedOut: true, revoked: true }]);
  });

  await check("logout at a server that has no revocation", async () => {
    const server = createServer((_request, response) => {
      const { port } = server.address();
      const own = `http://127.0.0.1:${port}`;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ issuer: own, token_endpoint: `${own}/token`, jwks_uri: `${own}/jwks` }));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      for (const [what, text] of Object.entries(before)) writeFileSync(fileOf(what), text, { mode: 0o600 });
      const own = `http://127.0.0.1:${server.address().port}`;
      elsewhere(own);
      const { code, err } = await run(["logout", ...as], { env });
      assert.deepEqual([code, left()], [0, []], err);
      assert.match(err, /The refresh token was not revoked: .*revocationEndpoint/);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
}
