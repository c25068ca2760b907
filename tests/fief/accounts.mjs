// Changes of a user's account: updateProfile, changePassword, emailChange and emailVerify.

import assert from "node:assert/strict";

import { openBrowser, register, signIn } from "./browser.mjs";
import { USER } from "./server.mjs";

const PASSWORD = "another horse 7 battery staple";

export async function profilePasswordAndEmail(context) {
  const user = { email: "bob@example.com", password: "correct horse battery staple 9" };
  const { results } = await context.api("GET", "tenants/");
  await context.api("POST", "user-fields/", {
    name: "Castle",
    slug: "castle",
    type: "STRING",
    configuration: { at_registration: false, required: false, at_update: true },
  });
  const tenant = results.find((one) => one.default);
  await context.api("POST", "users/", { ...user, email_verified: true, tenant_id: tenant.id, fields: {} });
  const fief = context.createFief((await register(context)).options);
  const browser = openBrowser();
  const [tokens, claims] = await signIn(fief, browser, { user });

  const profile = await fief.updateProfile(tokens.accessToken, { fields: { castle: "red" } });
  assert.deepEqual([profile.ok, profile.status, profile.body.fields], [true, 200, { castle: "red" }]);
  assert.deepEqual((await fief.userinfo(tokens)).fields, { castle: "red" });
  const wrong = await fief.updateProfile(tokens.accessToken, { fields: { castle: 7 } });
  assert.deepEqual([wrong.ok, wrong.status], [false, 422]);
  assert.deepEqual((await fief.updateProfile("no token", { fields: {} })).status, 401);

  // What a session that was there gives is too little for these.
  const [weak] = await signIn(fief, browser, { user });
  for (const answer of [
    await fief.changePassword(weak.accessToken, PASSWORD),
    await fief.emailChange(weak.accessToken, "bobby@example.com"),
    await fief.emailVerify(weak.accessToken, "ABCDEF"),
  ])
    assert.deepEqual([answer.ok, answer.status, answer.body], [false, 403, { detail: "ACR_TOO_LOW" }]);

  const short = await fief.changePassword(tokens.accessToken, "short");
  assert.deepEqual([short.ok, short.status, short.body.detail], [false, 400, "USER_UPDATE_INVALID_PASSWORD"]);
  assert.equal((await fief.changePassword(tokens.accessToken, PASSWORD)).ok, true);
  await assert.rejects(signIn(fief, openBrowser(), { user }), /the sign-in ended at/);
  const changed = { ...user, password: PASSWORD };
  const [fresh] = await signIn(fief, openBrowser(), { user: changed });

  const taken = await fief.emailChange(fresh.accessToken, USER.email);
  assert.deepEqual([taken.status, taken.body.detail], [400, "USER_UPDATE_EMAIL_ALREADY_EXISTS"]);
  assert.equal((await fief.emailChange(fresh.accessToken, "bobby@example.com")).status, 202);
  const message = await context.work(() => context.mailbox.next("bobby@example.com"));
  const [, code] = /discount_heading[^>]*>\s*(\w+)\s*</.exec(message) ?? [];
  const guess = await fief.emailVerify(fresh.accessToken, code === "000000" ? "111111" : "000000");
  assert.deepEqual([guess.ok, guess.status], [false, 400]);
  const verified = await fief.emailVerify(fresh.accessToken, code);
  assert.deepEqual([verified.ok, verified.body.email], [true, "bobby@example.com"]);
  const [, renamed] = await signIn(fief, openBrowser(), { user: { ...changed, email: "bobby@example.com" } });
  assert.equal(renamed.sub, claims.sub);
}
