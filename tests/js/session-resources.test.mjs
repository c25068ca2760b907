// Access tokens of a session, one for each API (RFC 8707), with npm's oidc-provider, which rotates refresh tokens and gives a
// token for one resource at a time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { signIn as atProvider, userAgent } from "../../examples/demo/login.mjs";
import { resourceServer, startProvider } from "../support/provider.mjs";
import { mistaken, refused } from "./support/assert.mjs";
import { application, Browser, Failure, fakeClient, guards, origin, secret, stores, web } from "./support/web.mjs";

const NOTES = "https://notes.example";
const MAIL = "https://mail.example";
const OTHER = "https://other.example";
const redirectUri = `${origin}/auth/callback`;
const tokenRequests = [];

const { issuer, close } = await startProvider(
  {
    clients: [{ client_id: "app", application_type: "web", redirect_uris: [redirectUri] }],
    scopes: ["openid", "read"],
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, oneOf) => oneOf,
        useGrantedResource: () => false,
        getResourceServerInfo: (_context, name) => resourceServer(name, "read"),
      },
    },
  },
  (handle) => (request, response) => {
    if (request.url === "/token") {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => tokenRequests.push(new URLSearchParams(Buffer.concat(parts).toString())));
    }
    handle(request, response);
  },
);

const client = web.createClient({ issuer, clientId: "app", scope: "openid read" });
const audience = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url")).aud;

function app(options, handler) {
  const resources = [NOTES, MAIL];
  const auth = web.createWebAuth({ origin, client, secrets: [secret], resources, ...options });
  const fetch = auth.mount(async (request, session) =>
    session === undefined ? auth.signIn(request) : handler({ auth, request, session }),
  );
  return { auth, fetch };
}

async function signedIn(fetch) {
  const browser = new Browser();
  const begun = browser.take(await fetch(browser.page("/")));
  const url = new URL(begun.headers.get("location"));
  assert.deepEqual(url.searchParams.getAll("resource"), [NOTES, MAIL]);
  const callback = new URL(await atProvider(userAgent(), url.href, redirectUri, "anne"));
  tokenRequests.length = 0;
  const arrived = browser.take(await fetch(browser.page(callback.pathname + callback.search)));
  assert.equal(arrived.status, 303, await arrived.text());
  assert.deepEqual(
    tokenRequests.map((form) => form.getAll("resource")),
    [[NOTES]],
    "a token request names one",
  );
  return browser;
}

const places = () => [
  { refresh: "unlocked" },
  { store: stores.memoryStore(), session: { storage: "cookie" } },
  { store: stores.memoryStore() },
];

for (const [number, options] of places().entries()) {
  test(`each API has a token of its own: ${number}`, async () => {
    const tokens = async ({ session }) => {
      const wanted = [undefined, { resource: NOTES }, { resource: MAIL }];
      // At once: they spend one refresh token.
      return Response.json(await Promise.all(wanted.map((one) => session.accessToken(one))));
    };
    const { fetch, auth } = app(options, tokens);
    const browser = await signedIn(fetch);
    const response = browser.take(await fetch(browser.page("/")));
    const [first, notes, mail] = await response.json();
    assert.deepEqual([audience(notes), audience(mail), first], [NOTES, MAIL, notes]);
    const refreshes = () => tokenRequests.filter((form) => form.get("grant_type") === "refresh_token");
    assert.deepEqual(
      refreshes().map((form) => form.getAll("resource")),
      [[MAIL]],
    );
    // They are there on the next page, for readers too.
    const again = browser.take(await fetch(browser.page("/")));
    assert.deepEqual(await again.json(), [first, notes, mail]);
    const session = await auth.session(browser.page("/"));
    assert.equal(await session.accessToken({ resource: MAIL }), mail);
    assert.equal(refreshes().length, 1);
    // Several requests with the cookies of before.
    const many = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(browser.page("/"))).json()));
    for (const one of many) assert.deepEqual(one, [first, notes, mail]);
    assert.equal(refreshes().length, 1);
  });
}

test("an API that no sign-in has asked for is refused before the server hears of it", async () => {
  const { fetch } = app({ store: stores.memoryStore() }, async ({ session }) => {
    tokenRequests.length = 0;
    // oidc-provider spends the refresh token first, and then refuses the resource: the session would be over.
    await refused(() => session.accessToken({ resource: OTHER }), "resource_refused");
    assert.equal(tokenRequests.length, 0);
    return new Response(await session.accessToken({ resource: MAIL }));
  });
  const browser = await signedIn(fetch);
  const response = browser.take(await fetch(browser.page("/")));
  assert.equal(audience(await response.text()), MAIL);
});

test("an API that the server refuses ends no session", async () => {
  const fake = fakeClient();
  const { fetch, signIn } = application(
    { client: fake, resources: [NOTES, MAIL], refresh: "unlocked" },
    async (given) => {
      if (given.session === undefined) return given.auth.signIn(given.request);
      fake.state.failure = new Failure("token_endpoint_error", 502, "no", { actual: "invalid_target: unknown" });
      const error = await refused(() => given.session.accessToken({ resource: MAIL }), "resource_refused");
      assert.equal(error.cause, fake.state.failure);
      assert.equal(await given.session.accessToken(), "at0");
      return new Response();
    },
  );
  const browser = new Browser();
  await signIn(browser);
  const response = browser.take(await fetch(browser.page("/")));
  assert.deepEqual([response.status, response.headers.getSetCookie()], [200, []]);
});

test("without a refresh token there is the first one's token alone", async () => {
  const { fetch } = app({}, async ({ session }) => {
    await refused(() => session.accessToken({ resource: MAIL }), "resource_refused");
    return new Response(await session.accessToken({ resource: NOTES }));
  });
  const browser = await signedIn(fetch);
  assert.equal(audience(await (await fetch(browser.page("/"))).text()), NOTES);
});

test("what is forwarded has the token for that API, and a guard takes the one for its own", async () => {
  const seen = [];
  const send = async (url, { headers }) => {
    seen.push([url, audience(new Headers(headers).get("authorization").slice("Bearer ".length))]);
    return new Response("ok");
  };
  const { fetch, auth } = app({ store: stores.memoryStore() }, async ({ request, session }) => {
    const allowedOrigins = [MAIL, NOTES];
    for (const resource of [undefined, MAIL]) {
      await auth.forward(request, session, `${resource ?? NOTES}/x`, {
        allowedOrigins,
        fetch: send,
        ...(resource && { resource }),
      });
    }
    const answers = [];
    for (const [tokenSource, at] of [
      [auth.tokenSource, NOTES],
      [auth.tokenSourceFor(MAIL), MAIL],
      [auth.tokenSourceFor(NOTES), MAIL],
    ]) {
      const guard = guards.createGuard({ issuer, resource: origin, audience: at, tokens: [tokenSource] });
      const answer = await guard.protect({}, (_, { audience: aud }) => Response.json(aud))(request);
      answers.push([answer.status, answer.status === 200 ? await answer.json() : undefined]);
    }
    return Response.json(answers);
  });
  const browser = await signedIn(fetch);
  const answers = await (await fetch(browser.page("/"))).json();
  assert.deepEqual(seen, [
    [`${NOTES}/x`, NOTES],
    [`${MAIL}/x`, MAIL],
  ]);
  assert.deepEqual(
    answers.map(([status]) => status),
    [200, 200, 401],
  );
  assert.deepEqual(
    answers.slice(0, 2).map(([, aud]) => [aud].flat()),
    [[NOTES], [MAIL]],
  );
});

test("of several clients each asks for its own", async () => {
  const clients = { work: fakeClient(), git: fakeClient() };
  const { fetch } = application({ clients, resources: { work: [NOTES, MAIL] } });
  for (const [name, expected] of [
    ["work", [NOTES, MAIL].join(",")],
    ["git", null],
  ]) {
    const response = await fetch(new Browser().page(`/auth/login?client=${name}`));
    assert.equal(new URL(response.headers.get("location")).searchParams.get("resource"), expected);
  }
});

test("mistakes are said", async () => {
  for (const [options, message] of [
    [{ resources: "https://notes.example" }, /"resources" must be the APIs/],
    [{ resources: [7] }, /"resources"/],
    [{ resources: { other: [NOTES] } }, /resources/],
    [{ resources: [`${NOTES}/#part`] }, /resources/],
    [{ clients: { a: fakeClient(), b: fakeClient() }, resources: [NOTES] }, /by the names of clients/],
  ]) {
    await mistaken(async () => {
      const { auth } = application(options);
      await auth.session(new Browser().page("/"));
    }, message);
  }
  const { auth, fetch } = application({}, async ({ session, request, auth: own }) => {
    if (session === undefined) return own.signIn(request);
    await mistaken(() => session.accessToken({ resource: 7 }), /"resource"/);
    await mistaken(() => session.accessToken({ resources: NOTES }), /resources/);
    return new Response();
  });
  assert.throws(() => auth.tokenSourceFor(7), TypeError);
  assert.throws(() => auth.tokenSourceFor(), TypeError);
  const browser = new Browser();
  browser.take(await fetch(browser.page("/")));
  browser.take(await fetch(browser.page("/auth/callback?code=c&state=s1")));
  assert.equal((await fetch(browser.page("/"))).status, 200);
});

test("the end", close);
