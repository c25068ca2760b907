// countersign/presets/fief at a Fief server:  node tests/fief/run.mjs
//
// The server is installed from PyPI into target/fief/. Where it cannot be, the suite is skipped, and says so.

import assert from "node:assert/strict";
import path from "node:path";

import { userAgent } from "../../examples/demo/login.mjs";
import { importPackage, installPackage, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { startFief, USER } from "./server.mjs";

// The certificate before it is its own, made for this run, and all of it is on loopback.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const folder = path.join(target, "fief");
await installPackage(path.join(folder, "package"));
const { createFief } = await importPackage(path.join(folder, "package"), "countersign/presets/fief");
const redirectUri = "http://localhost:9/callback";
const failures = [];
let passed = 0;

const server = await startFief(folder);
if (server.reason) {
  console.log(`skipped: ${server.reason}`);
  summarize({ passed, skipped: 1 });
} else {
  await check("a signed ID token, refresh, userinfo, access token", () => signsIn(false));
  await check("an encrypted ID token", () => signsIn(true));
  await check("a public client, and another state", refuses);
  await check("a password needs a stronger sign-in", account);
  summarize({ passed, failures });
}
await endAll();

async function check(name, run) {
  try {
    await run();
    passed += 1;
  } catch (error) {
    failures.push(`${name}: ${error.stack}`);
  }
}

async function register(type) {
  const { results } = await server.api("GET", "tenants/");
  return server.api("POST", "clients/", {
    name: `tests ${type}`,
    first_party: true,
    client_type: type,
    redirect_uris: [redirectUri],
    tenant_id: results[0].id,
  });
}

const fiefFor = ({ client_id: clientId, client_secret: clientSecret, client_type: type }, more = {}) =>
  createFief({
    baseUrl: server.baseUrl,
    clientId,
    ...(type === "confidential" && { clientSecret }),
    ...more,
  });

/** Goes through Fief's pages as a browser would, up to the callback. */
async function browse(url) {
  const agent = userAgent();
  let [page, form] = [url, undefined];
  for (let step = 0; step < 20; step += 1) {
    const { location, text, status } = await agent(page, form);
    form = undefined;
    if (location?.startsWith(redirectUri)) return location;
    if (location) page = location;
    else if (text.includes('type="password"')) form = USER;
    else if (/name="allow"/.test(text)) form = { allow: "true" };
    else throw new Error(`the sign-in ended at ${page}: ${status} ${text.slice(0, 200)}`);
  }
  throw new Error("the sign-in does not end");
}

async function signsIn(encrypted) {
  const registered = await register("confidential");
  const key = encrypted && (await server.api("POST", `clients/${registered.id}/encryption-key`));
  const fief = fiefFor(registered, key ? { encryptionKey: key } : {});
  const { url, transaction } = await fief.authUrl(redirectUri, { scope: ["openid", "offline_access"], lang: "fr" });
  const [tokens, user] = await fief.authCallback(await browse(url), transaction);
  assert.equal(user.email, USER.email);
  assert.equal(tokens.idToken.split(".").length, 3);
  const info = await fief.userinfo(tokens);
  assert.equal(info.sub, user.sub);
  const access = await fief.validateAccessToken(tokens.accessToken, { scope: ["openid"], acr: "0" });
  assert.equal(access.id, user.sub);
  await assert.rejects(fief.validateAccessToken(tokens.accessToken, { scope: ["admin"] }), {
    code: "insufficient_scope",
  });
  await assert.rejects(fief.validateAccessToken(tokens.idToken), (error) =>
    /^(typ_mismatch|claim_missing)$/.test(error.code),
  );
  const [fresh, same] = await fief.authRefreshToken(tokens, { scope: ["openid", "offline_access"] });
  assert.equal(same.sub, user.sub);
  assert.notEqual(fresh.refreshToken, tokens.refreshToken);
  await assert.rejects(fief.authRefreshToken(tokens), { code: "token_endpoint_error" });
}

async function refuses() {
  const fief = fiefFor(await register("public"));
  const { url, transaction } = await fief.authUrl(redirectUri);
  const callback = await browse(url);
  await assert.rejects(fief.authCallback(callback.replace(/state=\w\w/, "state=__"), transaction), {
    code: "state_mismatch",
  });
  const [, user] = await fief.authCallback(callback, transaction);
  assert.equal(user.email, USER.email);
}

async function account() {
  const fief = fiefFor(await register("confidential"));
  const { url, transaction } = await fief.authUrl(redirectUri);
  const [tokens] = await fief.authCallback(await browse(url), transaction);
  const profile = await fief.updateProfile(tokens.accessToken, { fields: {} });
  assert.equal(profile.ok, true, JSON.stringify(profile));
  const password = await fief.changePassword(tokens.accessToken, "short");
  assert.equal(password.ok, false);
}
