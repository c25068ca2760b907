// Access tokens: validateAccessToken.

import assert from "node:assert/strict";

import { openBrowser, register, signIn } from "./browser.mjs";

export async function scopesLevelsAndPermissions(context) {
  const { options } = await register(context);
  const fief = context.createFief(options);
  const browser = openBrowser();
  const [tokens, user] = await signIn(fief, browser);
  const validate = (requirement, token = tokens.accessToken) => fief.validateAccessToken(token, requirement);
  assert.deepEqual(await validate({ scope: ["openid"], acr: "1" }), {
    id: user.sub,
    scope: ["openid"],
    acr: "1",
    permissions: [],
    accessToken: tokens.accessToken,
  });
  await assert.rejects(validate({ scope: ["openid", "admin"] }), { code: "insufficient_scope" });
  await assert.rejects(validate({ permissions: ["castles:read"] }), { code: "insufficient_permission" });

  const permission = await context.api("POST", "permissions/", { name: "Read castles", codename: "castles:read" });
  await context.api("POST", `users/${user.sub}/permissions`, { id: permission.id });
  const [allowed] = await signIn(fief, browser);
  const info = await validate({ permissions: ["castles:read"] }, allowed.accessToken);
  assert.deepEqual([info.permissions, info.acr], [["castles:read"], "0"]);
  await assert.rejects(validate({ permissions: ["castles:read", "castles:delete"] }, allowed.accessToken), {
    code: "insufficient_permission",
  });
  // This one came from a session that was there.
  await assert.rejects(validate({ acr: "1" }, allowed.accessToken), { code: "insufficient_authentication" });
}

/** Fief's own clients take these. */
export async function tokensForOthers(context) {
  const [mine, other] = [await register(context), await register(context)];
  const fief = context.createFief(mine.options);
  const [theirs] = await signIn(context.createFief(other.options), openBrowser());
  await assert.rejects(fief.validateAccessToken(theirs.accessToken), { code: "audience_mismatch" });
  const [tokens] = await signIn(fief, openBrowser());
  await assert.rejects(fief.validateAccessToken(tokens.idToken), { code: /^(typ_mismatch|claim_missing)$/ });
  const last = tokens.accessToken.at(-10) === "A" ? "B" : "A";
  const changed = `${tokens.accessToken.slice(0, -10)}${last}${tokens.accessToken.slice(-9)}`;
  await assert.rejects(fief.validateAccessToken(changed), { code: "signature_invalid" });
  await assert.rejects(fief.validateAccessToken("x"), { code: "token_malformed" });
}

/** A token that an administrator has made for a user. */
export async function tokenOfTheApi(context) {
  const { options, id } = await register(context);
  const { results } = await context.api("GET", "users/");
  const user = results[0];
  const { access_token: token } = await context.api("POST", `users/${user.id}/access-token`, {
    client_id: id,
    scopes: ["openid"],
  });
  const info = await context.createFief(options).validateAccessToken(token, { scope: ["openid"], acr: "0" });
  assert.equal(info.id, user.id);
}

/** Fief's own clients keep the keys that they have fetched first, until they are started anew. */
export async function signingKeyThatRotates(context) {
  const { options } = await register(context);
  const fetched = [];
  const counting = async (url, init) => {
    if (String(url).endsWith("/jwks.json")) fetched.push(url);
    return fetch(url, init);
  };
  const fief = context.createFief({ ...options, fetch: counting });
  const browser = openBrowser();
  const [before] = await signIn(fief, browser);
  const { id } = await fief.validateAccessToken(before.accessToken);
  const first = fetched.length;
  assert.ok(first > 0);

  await context.rotateKey();
  assert.notEqual(
    keyOf(before.accessToken),
    keyOf((await signIn(context.createFief(options), browser))[0].accessToken),
  );
  // The ID token and the access token have a key that nobody has seen.
  const [after, user] = await signIn(fief, browser);
  assert.equal(user.sub, id);
  assert.equal((await fief.validateAccessToken(after.accessToken)).id, id);
  assert.ok(
    fetched.length > first && fetched.length <= 2 * first,
    `${first} requests for keys before, ${fetched.length} in all`,
  );
  // The server has withdrawn the key of before.
  const all = fetched.length;
  await assert.rejects(fief.validateAccessToken(before.accessToken), { code: "key_not_found" });
  const forged = await Promise.allSettled(
    Array.from({ length: 50 }, (_, at) => fief.validateAccessToken(withKey(after.accessToken, `unknown-${at}`))),
  );
  assert.deepEqual(new Set(forged.map(({ reason }) => reason?.code)), new Set(["key_not_found"]));
  assert.equal(fetched.length, all, "unknown keys are asked for every 30 seconds at most");
}

const headerOf = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
const keyOf = (token) => headerOf(token).kid;
const withKey = (token, kid) => {
  const [, ...rest] = token.split(".");
  return [Buffer.from(JSON.stringify({ ...headerOf(token), kid })).toString("base64url"), ...rest].join(".");
};
