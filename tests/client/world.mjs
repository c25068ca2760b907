// createClient of the packed package, a server to sign in at, and a user who does.

import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
export const folder = path.join(target, "client-js");
await installPackage(folder);
export const { createClient, CountersignError, isInvalidGrant } = await importPackage(folder, "countersign/client");

const ready = (line) => (line.startsWith("{") ? JSON.parse(line) : undefined);
const log = path.join(target, "client", "provider-js.log");
const { answer } = await startServer(process.execPath, [path.join(here, "provider.mjs")], { ready, log });
export const { issuer } = answer;

export const redirectUri = "http://127.0.0.1/callback";
const secret = "odd: 100% + more/less & so on";
const clientAuthentication = { method: "client_secret_basic", secret };
export const web = { issuer, clientId: "web", clientAuthentication, redirectUri, scope: "openid profile" };

export const command = async (name, body = "") => {
  const response = await fetch(`${issuer}/test/${name}`, { method: "POST", body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
};
export const browse = async (url, account, until = redirectUri) =>
  command("browse", JSON.stringify({ url, until, account }));

export async function signIn(client, account, params) {
  const { url, transaction } = await client.authorize(params);
  const response = await browse(url, account);
  // As it comes out of a cookie or a store.
  return client.callback(response, JSON.parse(JSON.stringify(transaction)));
}

/** The error, which has this code, and this `actual` if any is told. */
export async function refused(promise, code, actual) {
  const error = await promise.then(
    () => assert.fail(`there is no ${code}`),
    (reason) => reason,
  );
  if (process.env.DEBUG) console.error(error.code, error.actual);
  assert.ok(error instanceof CountersignError, String(error.stack ?? error));
  assert.equal(error.code, code, error.message);
  if (actual !== undefined) assert.equal(error.actual.split(":")[0], actual);
  assert.equal(isInvalidGrant(error), actual === "invalid_grant");
  return error;
}
