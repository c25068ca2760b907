// Guarded handlers in the forms of frameworks that hand out a `Request`, called as these do (docs/guides/frameworks.md).

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";
import { audience, issuer, makeKey, now } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const key = makeKey("ES256");
const guard = createGuard({ issuer, resource: audience, jwks: { keys: [key.jwk] }, now });
const notes = guard.protect({ scope: "read" }, (_, auth) => Response.json({ hello: auth.subject }));
const request = (token) =>
  new Request(`${audience}/notes/7`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

const forms = {
  // https://svelte.dev/docs/kit/routing#server: an event with the request among much else.
  SvelteKit: (request) =>
    (({ request }) => notes(request))({ request, params: {}, locals: {}, url: new URL(request.url) }),
  // A loader of React Router gets the request with the parameters and the context.
  "React Router": (request) => (({ request }) => notes(request))({ request, params: {}, context: new Map() }),
  // Next has a class of its own for requests, and the parameters come as a promise.
  Next(request) {
    class NextRequest extends Request {
      nextUrl = new URL(request.url);
    }
    return notes(new NextRequest(request), { params: Promise.resolve({}) });
  },
};

for (const [name, call] of Object.entries(forms)) {
  test(name, async () => {
    const answer = await call(request(key.sign({ scope: "read" })));
    assert.deepEqual([answer.status, await answer.json()], [200, { hello: "user" }]);
    assert.equal((await call(request(key.sign({ scope: "other" })))).status, 403);
    const refused = await call(request());
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get("www-authenticate"), /^Bearer /);
  });
}

test("Next: what comes behind the request reaches the handler", async () => {
  const get = guard.protect({ scope: "read" }, async (_, auth, context) =>
    Response.json({ note: (await context.params).id, of: auth.subject }),
  );
  const answer = await get(request(key.sign({ scope: "read" })), { params: Promise.resolve({ id: "7" }) });
  assert.deepEqual(await answer.json(), { note: "7", of: "user" });
});
