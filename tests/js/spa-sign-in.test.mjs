// How countersign/spa signs users in, in tabs that tests make up: what it takes from the address, and what it leaves alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  age,
  errorOf,
  FakeBrowser,
  FakeProvider,
  leave,
  ORIGIN,
  signedIn,
  spa,
  sessionIn,
  until,
} from "./support/pages.mjs";

test("a user signs in, comes back to where they were, and stays signed in after a reload", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab("/notes?page=2#third");
  const auth = await tab.auth(
    provider.options({ scope: "openid offline_access", resources: ["https://api.example/"] }),
  );
  assert.equal(auth.user, undefined);
  assert.equal(auth.accessToken, undefined);
  assert.deepEqual(auth.getSnapshot(), { user: undefined, ended: false });
  assert.deepEqual(provider.requests, []);

  const request = new URL(await leave(tab, auth)).searchParams;
  assert.equal(request.get("redirect_uri"), `${ORIGIN}/`);
  assert.equal(request.get("code_challenge_method"), "S256");
  assert.equal(request.get("scope"), "openid offline_access");
  assert.equal(request.get("resource"), "https://api.example/");
  assert.equal(sessionIn(tab.sessionStorage), null);

  const back = await tab.open(provider.signIn(tab.left[0] ?? `https://x/?${request}`)).auth(provider.options());
  assert.equal(tab.url.href, `${ORIGIN}/notes?page=2#third`);
  assert.deepEqual(tab.historyState, { of: "router" });
  assert.equal(back.user.sub, "alice");
  assert.equal(back.lock, "browser");
  assert.match(await back.accessToken(), /^access-/);
  assert.equal(back.getSnapshot(), back.getSnapshot());
  assert.deepEqual(
    [...tab.sessionStorage.items.keys()].map((name) => name.replace(/^.*:/, "")),
    ["session"],
  );

  const asked = provider.requests.length;
  const reloaded = await tab.open("/notes").auth(provider.options());
  assert.equal(reloaded.user.sub, "alice");
  assert.equal(provider.requests.length, asked);
});

test("what others use in the address stays", async () => {
  const provider = await FakeProvider.start();
  for (const query of [
    "?code=c&state=s",
    "?state=s&error=access_denied",
    "?code=c",
    "?state=",
    "?code=a&code=b&state=s",
  ]) {
    const tab = new FakeBrowser().tab(`/other${query}`);
    const auth = await tab.auth(provider.options());
    assert.equal(tab.url.search, query);
    assert.deepEqual(auth.getSnapshot(), { user: undefined, ended: false });
  }
  // A sign-in of another client is under way.
  const tab = new FakeBrowser().tab();
  const url = await leave(tab, await tab.auth(provider.options({ clientId: "other" })));
  const path = provider.signIn(url);
  const auth = await tab.open(path).auth({ ...provider.options(), issuer: "https://id.example/else" });
  assert.equal(tab.url.href, ORIGIN + path);
  assert.equal(auth.getSnapshot().error, undefined);
});

test("a response that nobody waits for goes out of the address, and says so", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const path = `/?code=c&state=unknown&iss=${encodeURIComponent(provider.issuer.issuer)}`;
  const again = await tab.open(path).auth(provider.options());
  assert.equal(tab.url.href, `${ORIGIN}/`);
  assert.equal(again.user.sub, auth.user.sub);

  const stranger = new FakeBrowser().tab(path);
  const { error } = (await stranger.auth(provider.options())).getSnapshot();
  assert.equal(error.code, "state_mismatch");
  assert.equal(stranger.url.href, `${ORIGIN}/`);
});

test("what the provider answers instead of a code is an error with its words as text", async () => {
  const provider = await FakeProvider.start();
  const payloads = [
    "<script>globalThis.ran = 1</script>",
    "<img src=x onerror=globalThis.ran=1>",
    "javascript:globalThis.ran=1",
    '"><svg/onload=globalThis.ran=1>',
    "${globalThis.ran=1}",
    "\u0000\u202e\r\nSet-Cookie: a=b",
    "x".repeat(5_000),
  ];
  for (const payload of payloads) {
    const tab = new FakeBrowser().tab("/start");
    const state = new URL(await leave(tab, await tab.auth(provider.options()))).searchParams.get("state");
    const iss = provider.issuer.issuer;
    const query = new URLSearchParams({ error: "access_denied", error_description: payload, state, iss });
    const auth = await tab.open(`/?${query}`).auth(provider.options());
    const { error } = auth.getSnapshot();
    assert.equal(error.code, "authorization_error");
    assert.match(error.message, /^[ -~]*$/);
    assert.ok(error.message.length < 2_000);
    assert.equal(tab.url.href, `${ORIGIN}/start`);
    assert.equal(tab.sessionStorage.length, 0);
  }
  assert.equal(globalThis.ran, undefined);
});

test("a response that was tampered with signs nobody in", async () => {
  const provider = await FakeProvider.start();
  const changes = [
    [(path) => path.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example%2F"), "response_issuer_mismatch"],
    [(path) => path.replace(/&iss=[^&]*/, ""), "response_issuer_mismatch"],
    [(path) => path.replace(/code=[^&]*/, "code=other"), "token_endpoint_error"],
  ];
  for (const [change, code] of changes) {
    const tab = new FakeBrowser().tab();
    const url = await leave(tab, await tab.auth(provider.options()));
    const auth = await tab.open(change(provider.signIn(url))).auth(provider.options());
    assert.equal(auth.user, undefined);
    assert.equal(auth.getSnapshot().error.code, code);
    assert.equal(tab.url.search, "");
  }
  // The nonce of another sign-in, as of a code that somebody else was given.
  const tab = new FakeBrowser().tab();
  const url = new URL(await leave(tab, await tab.auth(provider.options())));
  url.searchParams.set("nonce", "other");
  const auth = await tab.open(provider.signIn(url)).auth(provider.options());
  assert.equal(auth.getSnapshot().error.code, "nonce_mismatch");
});

for (const days of [-400, -1, 1, 400]) {
  test(`a clock that is ${days} days off`, async () => {
    const provider = await FakeProvider.start({ now: () => Date.now() - days * 86_400_000 });
    const tab = new FakeBrowser().tab();
    const auth = await signedIn(tab, provider, provider.options());
    const first = await auth.accessToken();
    assert.equal(await auth.accessToken(), first);
    age(tab.sessionStorage, 3_300);
    assert.notEqual(await auth.accessToken(), first);
    // It is set right.
    age(tab.sessionStorage, days * 86_400);
    assert.match(await auth.accessToken(), /^access-/);
    assert.equal(provider.reuses, 0);
  });
}

test("of two calls on one page the second finds whom the first has signed in", async () => {
  const provider = await FakeProvider.start();
  for (const [storage, isLater] of [
    ["session", false],
    ["local", true],
  ]) {
    const tab = new FakeBrowser().tab("/notes");
    const options = provider.options({ storage });
    tab.open(provider.signIn(await leave(tab, await tab.auth(options))));
    // As effects of React are run twice in development. The page may be past the address by then.
    const first = tab.auth(options);
    if (isLater) await until(() => tab.url.pathname === "/notes");
    const second = tab.auth(options);
    assert.deepEqual([(await first).user.sub, (await second).user?.sub], ["alice", "alice"]);
    assert.equal(await (await second).accessToken(), await (await first).accessToken());
    assert.equal(provider.reuses, 0);
  }
});

test("two tabs sign in at once", async () => {
  const provider = await FakeProvider.start();
  for (const storage of ["session", "local"]) {
    const browser = new FakeBrowser();
    const [one, two] = [browser.tab("/one"), browser.tab("/two")];
    const options = provider.options({ storage });
    const urls = [await leave(one, await one.auth(options)), await leave(two, await two.auth(options))];
    const second = await two.open(provider.signIn(urls[1])).auth(options);
    const first = await one.open(provider.signIn(urls[0])).auth(options);
    assert.deepEqual([first.user.sub, second.user.sub], ["alice", "alice"]);
    assert.deepEqual([one.url.pathname, two.url.pathname], ["/one", "/two"]);
    assert.match(await first.accessToken(), /^access-/);
    assert.match(await second.accessToken(), /^access-/);
    assert.equal(second.getSnapshot().ended, false);
  }
});

test("a storm of sign-ins leaves few behind", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  for (let round = 0; round < 50; round += 1) {
    const tab = browser.tab();
    await leave(tab, await tab.auth(provider.options({ storage: "local" })));
  }
  assert.equal(browser.localStorage.length, 32);
});

test("offline nobody leaves for an error page", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const auth = await tab.auth(provider.options());
  browser.isOnline = false;
  assert.equal((await errorOf(auth.login())).code, "server_unavailable");
  browser.isOnline = true;
  await leave(tab, auth);
});

test("a provider that is away is what a sign-in says, and not its keys", async () => {
  const provider = await FakeProvider.start();
  const fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  const error = await errorOf((await new FakeBrowser().tab().auth(provider.options({ fetch }))).login());
  assert.equal(error.code, "server_unavailable");
  assert.equal(error.message, "the authorization server is unavailable: the server could not be reached");
});

test("a schema gives the user a type, or says what is wrong", async () => {
  const provider = await FakeProvider.start();
  provider.claims = { email: "alice@example.com", roles: ["admin"] };
  const schema = (validate) => ({ "~standard": { version: 1, vendor: "test", validate } });
  const good = schema(({ sub, roles }) => ({ value: { id: sub, roles: new Set(roles) } }));
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options({ user: good }));
  assert.deepEqual(auth.user, { id: "alice", roles: new Set(["admin"]) });
  const later = schema(async () => ({ value: 7 }));
  assert.equal((await tab.open("/").auth(provider.options({ user: later }))).user, 7);
  const bad = schema(() => ({ issues: [{ message: "roles: missing" }] }));
  const refused = await tab.open("/").auth(provider.options({ user: bad }));
  assert.equal(refused.user, undefined);
  const { error } = refused.getSnapshot();
  assert.deepEqual([error.code, error.expected], ["claim_invalid", "roles: missing"]);
});

test("options that are wrong, and places that are no page", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  for (const wrong of [
    { clientId: undefined },
    { issuer: 7 },
    { storage: "cookie" },
    { user: {} },
    { resources: "https://api.example" },
    { client_id: "page" },
  ]) {
    await assert.rejects(tab.auth(provider.options(wrong)), TypeError, JSON.stringify(wrong));
  }
  await assert.rejects(spa.createBrowserAuth(provider.options()), /not while a server renders/);
  const auth = await tab.auth(provider.options());
  await assert.rejects(auth.login({ return: "/" }), TypeError);
  await assert.rejects(auth.login({ params: { state: "mine" } }), TypeError);
});
