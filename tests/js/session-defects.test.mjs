// What sessions of others got wrong, one test each. What is named is what they did.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, fakeClient, origin } from "./support/web.mjs";

test("Auth.js, better-auth: cookies whose names begin like the session's are parts of it", async () => {
  const client = fakeClient({ claims: { sub: "alice", name: "x".repeat(9_000) } });
  const { auth, fetch, signIn } = application({ client });
  const browser = new Browser();
  await signIn(browser);
  const parts = browser.named("__Host-session");
  assert.ok(parts.length >= 3, "it is a session of several parts");
  for (const name of [`${parts.at(-1)}0`, `${parts[0]}-of-another`, `${parts[0]}.9`, `${parts[0]}_backup`]) {
    const with_ = browser.copy();
    with_.cookies.set(name, "of another's");
    assert.equal((await auth.session(with_.page("/")))?.subject, "alice", name);
    const out = with_.take(await fetch(with_.call("/auth/logout", { method: "POST" })));
    assert.ok(out.status < 400, String(out.status));
    assert.equal(with_.cookies.get(name), "of another's", "nor is it deleted with the session");
  }
});

test("Auth.js, better-auth: a part that is missing goes unnoticed", async () => {
  const client = fakeClient({ claims: { sub: "alice", name: "x".repeat(9_000) } });
  const { auth, signIn } = application({ client });
  const browser = new Browser();
  await signIn(browser);
  for (const name of browser.named("__Host-session")) {
    const without = browser.copy();
    without.cookies.delete(name);
    assert.equal(await auth.session(without.page("/")), undefined, name);
  }
});

test("nextjs-auth0: each sign-in that nobody ends leaves a cookie, until the server answers 431", async () => {
  const { fetch } = application();
  const browser = new Browser();
  for (let step = 0; step < 200; step += 1) browser.take(await fetch(browser.page(`/notes?${"x".repeat(1_000)}`)));
  assert.ok(browser.cookies.size <= 4, String(browser.cookies.size));
  assert.ok(browser.cookie.length < 8_192, String(browser.cookie.length));
});

test("Discord's example: a sign-in that was begun is a user", async () => {
  const { fetch, auth } = application();
  const browser = new Browser();
  browser.take(await fetch(browser.page("/auth/login")));
  assert.ok(browser.cookies.size > 0);
  assert.equal(await auth.session(browser.page("/")), undefined);
  assert.equal((await fetch(browser.call("/api"))).status, 401);
});

test("Fief, Next: the address to return to may be anybody's", async () => {
  for (const place of [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "/\t/evil.example",
    "/%0d%0aset-cookie:a=b\r\nset-cookie: a=b",
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
    "javascript:alert(1)",
  ]) {
    const { fetch } = application();
    const browser = new Browser();
    const begun = await fetch(browser.page(`/auth/login?return_to=${encodeURIComponent(place)}`));
    const location = begun.headers.get("location");
    assert.deepEqual([begun.status, location, begun.headers.getSetCookie()], [400, null, []], place);
  }
});

test("Starlette: whoever has the cookie can read the tokens in it", async () => {
  const { signIn } = application({ refresh: "unlocked" });
  const browser = new Browser();
  await signIn(browser);
  const seen = [
    browser.cookie,
    ...browser.cookie.split(/[=.; ]/).map((part) => Buffer.from(part, "base64url").toString()),
  ];
  for (const secret of ["at0", "rt0", "id.token", "alice", "Alice"]) {
    assert.ok(!seen.some((text) => text.includes(secret)), secret);
  }
});
