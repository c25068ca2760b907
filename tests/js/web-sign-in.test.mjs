// What a sign-in of a web application asks the client for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, fakeClient, origin } from "./support/web.mjs";

test("other scopes, and a user who has signed in lately, are asked for as the client takes them", async () => {
  const asked = [];
  const client = fakeClient();
  const { authorize } = client;
  client.authorize = (params) => (asked.push(params), authorize(params));
  const { auth } = application({ client });
  const sent = async (params) => (await auth.signIn(new Browser().page("/notes"), { params })).status;
  assert.equal(await sent({ scope: "openid email", max_age: "60", prompt: "login" }), 303);
  assert.equal(await sent({}), 303);
  // As other parameters the client would refuse the first, and compare no ID token with the second.
  const redirectUri = `${origin}/auth/callback`;
  assert.deepEqual(asked, [
    { redirectUri, scope: "openid email", maxAge: 60, params: { prompt: "login" } },
    { redirectUri, params: {} },
  ]);
});
