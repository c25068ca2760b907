// Access tokens of sessions: who refreshes them, and what ends a session.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, Failure, fakeClient, places, stores } from "./support/web.mjs";

test("fifty requests at once spend a refresh token once", async () => {
  for (const options of [...places().slice(1), { refresh: "unlocked" }]) {
    const app = application({ ...options, client: fakeClient({ expiresIn: 1 }) });
    const browser = new Browser();
    await app.signIn(browser);
    app.client.state.expiresIn = 3600;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.fetch(browser.page("/token"))));
    assert.deepEqual(new Set(await Promise.all(answers.map((answer) => answer.text()))), new Set(["at1"]));
    assert.deepEqual([app.client.state.refreshes, app.client.state.over], [1, false]);
    // With the old cookie a moment later, and with the new one.
    assert.equal(await (await app.fetch(browser.page("/token"))).text(), "at1");
    browser.take(answers[0]);
    assert.equal(await (await app.fetch(browser.page("/token"))).text(), "at1");
    assert.equal(app.client.state.refreshes, 1);
  }
});

test("only invalid_grant ends a session", async () => {
  const app = application(
    { store: stores.memoryStore(), client: fakeClient({ expiresIn: 0 }) },
    async ({ session, auth, request }) => {
      if (session === undefined) return auth.signIn(request);
      return new Response(await session.accessToken().catch((error) => error.code));
    },
  );
  const browser = new Browser();
  await app.signIn(browser);
  const token = async () => browser.take(await app.fetch(browser.page("/"))).text();
  for (const code of ["server_unavailable", "token_endpoint_error", "server_response_invalid"]) {
    app.client.state.failure = new Failure(code, 502, code, { actual: "invalid_client: no" });
    assert.equal(await token(), "refresh_unavailable", code);
  }
  app.client.state.failure = new Error("something else");
  assert.equal(await token(), "refresh_unavailable");
  app.client.state.failure = new Failure("token_endpoint_error", 502, "no", { actual: "invalid_grant" });
  assert.equal(await token(), "session_ended");
  assert.deepEqual(browser.named("__Host-session"), []);
});

test("where nothing can be set nothing is refreshed", async () => {
  const app = application({ refresh: "unlocked", client: fakeClient({ expiresIn: 0 }) });
  const browser = new Browser();
  await app.signIn(browser);
  const session = await app.auth.session(browser.page("/"));
  await assert.rejects(session.accessToken(), { code: "session_refresh_needed", status: 401 });
  assert.equal(app.client.state.refreshes, 0);
});
