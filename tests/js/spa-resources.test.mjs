// Which token of countersign/spa goes where, in tabs that tests make up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";
import { age, APIS, errorOf, FakeBrowser, FakeProvider, leave, sessionIn, signedIn } from "./support/pages.mjs";

test("tokens go to the origins that were named, and to no other", async () => {
  const provider = await FakeProvider.start();
  const seen = [];
  const fetch = async (input, init) => {
    if (input.startsWith("https://id.example/")) return provider.fetch(input, init);
    seen.push([input, init.method ?? "GET", init.headers.get("authorization"), init.redirect]);
    return Response.json({});
  };
  const tab = new FakeBrowser().tab();
  const resources = ["https://api.example/v1"];
  const options = provider.options({ fetch, resources, allowedOrigins: ["https://other.example"] });
  const auth = await signedIn(tab, provider, options);
  const token = await auth.accessToken();
  await auth.fetch("https://api.example/v1/notes", { method: "DELETE" });
  await auth.fetch(new URL("https://other.example/"));
  await auth.fetch(new Request("https://api.example/v2"));
  assert.deepEqual(seen, [
    ["https://api.example/v1/notes", "DELETE", `Bearer ${token}`, "manual"],
    ["https://other.example/", "GET", `Bearer ${token}`, "manual"],
    ["https://api.example/v2", "GET", `Bearer ${token}`, "manual"],
  ]);
  for (const url of ["https://evil.example/", "http://api.example/", "https://api.example:8443/", "data:,x"]) {
    await assert.rejects(auth.fetch(url), TypeError);
  }
  assert.equal(seen.length, 3);
});

test("what stands in for a page's sign-in in tests sends tokens where the real one does", async () => {
  const { createTestBrowserAuth } = await importPackage(folder, "countersign/testing");
  const notes = ["https://api.example", "https://api.example/notes", "urn:example:files"];
  const loopback = ["http://localhost:8080", "http://127.1.2.3", "http://app.localhost", "http://[::1]"];
  const allowedOrigins = ["https://files.example", "http://lan.example", ...loopback];
  const addresses = [
    ["https://api.example"],
    ["https://api.example/notes/7?page=2#end"],
    ["https://api.example/notes2"],
    [new URL("https://api.example/notes/")],
    [new Request("https://api.example/notes")],
    ["https://api.example:8443/notes"],
    ["https://user:secret@api.example/"],
    ["https://api.example.evil/notes"],
    ["https://elsewhere.example/"],
    ["https://elsewhere.example/", "https://api.example"],
    ["https://files.example/a"],
    ["https://files.example/a", "urn:example:files"],
    ["https://files.example/a", "urn:example:none"],
    ["http://lan.example/", "https://api.example"],
    ["http://localhost:8080/", "https://api.example"],
    ["http://localhost:8081/", "https://api.example"],
    ["http://127.1.2.3/", "https://api.example"],
    ["http://app.localhost/", "https://api.example"],
    ["http://[::1]/", "https://api.example"],
  ];
  const seen = [];
  for (const options of [
    { resources: notes, allowedOrigins },
    { resources: notes.slice(0, 1), allowedOrigins },
    { resources: notes.slice(2), allowedOrigins },
    { resources: [], allowedOrigins },
    { resources: notes },
    { resources: [] },
  ]) {
    const provider = await FakeProvider.start();
    const fetch = async (input, init) =>
      typeof input === "string" && init.headers.get?.("authorization")
        ? Response.json(init.headers.get("authorization").slice("Bearer ".length))
        : provider.fetch(input, init);
    const real = await signedIn(new FakeBrowser().tab(), provider, { ...provider.options(options), fetch });
    const test = createTestBrowserAuth({
      user: { sub: "alice" },
      ...options,
      accessToken: ({ resource }) => `test-${resource}`,
      fetch: async (_, { headers }) => Response.json(headers.get("authorization").slice("Bearer ".length)),
    });
    const outcome = async (auth, input, resource) => {
      const init = resource === undefined ? {} : { resource };
      // A request is read once.
      const target = typeof input === "object" && "url" in input ? input.clone() : input;
      const token = await auth.fetch(target, init).then(
        async (response) => response.json(),
        (error) => error.name,
      );
      // The provider has a number in each.
      return token.replace(/^(?:access-\d+|test)-?/, "").replace("undefined", "");
    };
    for (const [input, resource] of addresses) {
      const label = `${String(input.url ?? input)} ${resource} of ${JSON.stringify(options)}`;
      const expected = await outcome(real, input, resource);
      assert.equal(await outcome(test, input, resource), expected, label);
      seen.push(expected);
    }
  }
  assert.ok(seen.includes("TypeError") && seen.includes(notes[1]) && seen.includes("urn:example:files"), seen.join());
});

test("each resource has a token of its own, and one refresh token serves all", async () => {
  const provider = await FakeProvider.start();
  const seen = [];
  const fetch = async (input, init) => {
    if (input.startsWith("https://id.example/")) return provider.fetch(input, init);
    seen.push([input, init.headers.get("authorization").slice("Bearer access-".length), "resource" in init]);
    return Response.json({});
  };
  const options = provider.options({ fetch, resources: APIS, allowedOrigins: ["https://files.example"] });
  const tab = new FakeBrowser().tab();
  const url = await leave(tab, await tab.auth(options));
  assert.deepEqual(new URL(url).searchParams.getAll("resource"), APIS);
  const auth = await tab.open(provider.signIn(url)).auth(options);
  assert.deepEqual(provider.forms[0].getAll("resource"), [APIS[0]], "a token request names one");
  const [root, notes, files] = [
    await auth.accessToken({ resource: APIS[0] }),
    await auth.accessToken({ resource: APIS[1] }),
    await auth.accessToken({ resource: APIS[2] }),
  ];
  assert.deepEqual([root, notes, files], [`access-2-${APIS[0]}`, `access-3-${APIS[1]}`, `access-4-${APIS[2]}`]);
  assert.equal(provider.forms.length, 3);

  await auth.fetch("https://api.example/other");
  await auth.fetch(new URL("https://api.example/notes/7?x#y"));
  await auth.fetch(new Request("https://api.example/notesbook"));
  await auth.fetch("https://files.example/x", { resource: APIS[2] });
  await auth.fetch("https://api.example/notes", { resource: APIS[0] });
  assert.deepEqual(seen, [
    ["https://api.example/other", root.slice(7), false],
    ["https://api.example/notes/7?x", notes.slice(7), false],
    ["https://api.example/notesbook", root.slice(7), false],
    ["https://files.example/x", files.slice(7), false],
    ["https://api.example/notes", root.slice(7), false],
  ]);
  await assert.rejects(auth.fetch("https://files.example/x"), { name: "TypeError", message: /name the one/ });
  await assert.rejects(auth.fetch("https://evil.example/x", { resource: APIS[0] }), TypeError);
  for (const wrong of [undefined, {}, { resource: "https://api.example" }, { resource: 7 }, { url: APIS[0] }]) {
    await assert.rejects(auth.accessToken(wrong), TypeError, JSON.stringify(wrong));
  }
  assert.equal(provider.forms.length, 3);

  // Each has its own end.
  const [name] = tab.sessionStorage.items.keys();
  const record = sessionIn(tab.sessionStorage);
  record.accessTokens.find(({ resource }) => resource === APIS[1]).expiresAt -= 3_600;
  tab.sessionStorage.items.set(name, JSON.stringify(record));
  const again = await tab.open("/").auth(options);
  assert.equal(await again.accessToken({ resource: APIS[0] }), root);
  assert.equal(await again.accessToken({ resource: APIS[1] }), `access-5-${APIS[1]}`);
  assert.equal(provider.reuses, 0);
  assert.equal(sessionIn(tab.sessionStorage).generation, 3);
});

test("twenty tabs and three resources refresh one at a time", async () => {
  const provider = await FakeProvider.start();
  for (const storage of ["local", "session"]) {
    const browser = new FakeBrowser();
    const options = provider.options({ storage, resources: APIS });
    const tab = browser.tab();
    await signedIn(tab, provider, options);
    const tabs = [tab, ...Array.from({ length: 19 }, () => (storage === "local" ? browser.tab() : tab.duplicate()))];
    const auths = [];
    for (const one of tabs) auths.push(await one.auth(options));
    const before = provider.forms.length;
    for (let round = 0; round < 3; round += 1) {
      for (const one of storage === "local" ? [{ sessionStorage: browser.localStorage }] : tabs) {
        age(one.sessionStorage, 3_300);
      }
      const tokens = await Promise.all(
        auths.flatMap((auth) => APIS.map(async (resource) => auth.accessToken({ resource }))),
      );
      assert.equal(new Set(tokens).size, APIS.length, storage);
    }
    assert.equal(provider.forms.length - before, 9, storage);
    assert.equal(provider.reuses, 0);
  }
});

test("a server that refuses a resource ends no session, and the error says what to write", async () => {
  const provider = await FakeProvider.start();
  provider.resources = APIS.slice(0, 1);
  const tab = new FakeBrowser().tab();
  const options = provider.options({ resources: APIS });
  const auth = await signedIn(tab, provider, options);
  const error = await errorOf(auth.accessToken({ resource: APIS[1] }));
  assert.deepEqual([error.code, error.status, error.cause.code], ["resource_refused", 500, "token_endpoint_error"]);
  assert.match(error.actual, /^invalid_target/);
  assert.match(error.message, /make a client of its own/);
  assert.equal(auth.getSnapshot().ended, false);
  assert.match(await auth.accessToken({ resource: APIS[0] }), /^access-/);

  // At the sign-in: by the authorization endpoint, and by the token endpoint.
  const other = new FakeBrowser().tab();
  const state = new URL(await leave(other, await other.auth(options))).searchParams.get("state");
  const query = new URLSearchParams({ error: "invalid_target", state, iss: provider.issuer.issuer });
  const refused = (await other.open(`/?${query}`).auth(options)).getSnapshot().error;
  assert.deepEqual([refused.code, refused.cause.code], ["resource_refused", "authorization_error"]);
  provider.resources = [];
  const third = new FakeBrowser().tab();
  const url = await leave(third, await third.auth(options));
  const late = (await third.open(provider.signIn(url)).auth(options)).getSnapshot().error;
  assert.deepEqual([late.code, late.cause.code], ["resource_refused", "token_endpoint_error"]);
});

test("a server that spends the refresh token on a resource that it refuses ends the session, which says so", async () => {
  const provider = await FakeProvider.start();
  provider.resources = APIS.slice(0, 1);
  provider.spendsOnRefusal = true; // As oidc-provider does.
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options({ resources: APIS }));
  assert.equal((await errorOf(auth.accessToken({ resource: APIS[1] }))).code, "resource_refused");
  assert.match(await auth.accessToken({ resource: APIS[0] }), /^access-/, "to its end");
  age(tab.sessionStorage, 3_700);
  const error = await errorOf(auth.accessToken({ resource: APIS[0] }));
  assert.deepEqual([error.code, error.cause.actual], ["session_ended", "invalid_grant"]);
  assert.equal(auth.getSnapshot().ended, true);
});

test("without a refresh token only the first resource has a token", async () => {
  const provider = await FakeProvider.start();
  provider.givesRefreshTokens = false;
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options({ resources: APIS }));
  const error = await errorOf(auth.accessToken({ resource: APIS[2] }));
  assert.equal(error.code, "resource_refused");
  assert.match(error.message, /offline_access/);
  assert.match(await auth.accessToken({ resource: APIS[0] }), /^access-/);
  assert.equal(auth.getSnapshot().ended, false);
  age(tab.sessionStorage, 3_600);
  assert.equal((await errorOf(auth.accessToken({ resource: APIS[2] }))).code, "session_ended");
});
