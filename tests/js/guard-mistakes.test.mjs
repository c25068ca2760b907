// Guards: what is refused of their options, needs and verifiers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken } from "./support/assert.mjs";
import { ask, bearer, good, guard, guards, options, resource, url } from "./support/guard.mjs";
import { countersign } from "./support/package.mjs";
import { audience, issuer, time } from "./support/tokens.mjs";

const { createGuard, fromCookie, fromHeader, fromWebSocket } = guards;

test("what is asked for and undefined is a mistake", async () => {
  for (const need of [{ scope: undefined }, { authorize: undefined }, { scope: [] }, { permissions: [] }, undefined]) {
    await mistaken(() => guard.protect(need, () => new Response()), /undefined|empty|takes/);
    await mistaken(() => guard.with(need), /undefined|empty|takes/);
    await mistaken(() => guard.authenticate(new Request(url), need), /undefined|empty|takes/);
  }
});

test("verifiers that are not ours, and functions that know none", async () => {
  const by = (verifier, need = {}) => ask(createGuard({ resource, now: options.now, verifier }), need, bearer(good));
  for (const nothing of [undefined, null, false, "constructor", {}])
    assert.equal((await by(() => nothing)).body.code, "issuer_mismatch");
  for (const claims of [{}, { iss: issuer }, { iss: issuer, exp: NaN }, { exp: time }])
    assert.equal((await by({ verify: async () => ({ claims, header: {} }) })).status, 500);
  const secret = countersign.createSharedSecretVerifier({
    secret: new Uint8Array(32).fill(7),
    algorithm: "HS256",
    issuer,
    audience,
  });
  assert.equal(await createGuard({ resource, verifier: secret }).ready(), true);
  const clockless = createGuard({
    resource,
    now: () => NaN,
    verifier: () =>
      countersign.createVerifier(options.jwks ? { issuer, audience, jwks: options.jwks, now: options.now } : {}),
  });
  assert.equal((await ask(clockless, {}, bearer(good))).status, 500);
});

test("mistakes say what to write", async () => {
  for (const [wrong, message] of [
    [{ resource: "http://api.example" }, /"resource" must be an https URL/],
    [{ resource: undefined }, /"audience" is mandatory/],
    [{ scope: "x" }, /no option "scope"/],
    [{ tokens: [] }, /"tokens" must be an array of sources, e\.g\. \[fromAuthorization\(\)/],
    [{ tokens: ["authorization"] }, /"tokens" must be an array of sources/],
    [{ scopes: "scope" }, /"scopes" must be an array of 1 to 16 claims/],
    [{ implies: ["a"] }, /"implies" must be an object/],
    [{ implies: { "a b": ["c"] } }, /"implies" must be scopes/],
    [{ origins: ["https://app.example/"] }, /"origins" must be origins such as/],
    [{ metadata: "x" }, /"metadata" must be an object/],
    [{ metadata: { resource: "x" } }, /"metadata" must not have a member that the guard writes/],
    [{ onRefusal: 1 }, /"onRefusal" must be a function/],
    [{ acceptMissingIssuer: true }, /"acceptMissingIssuer" is for createVerifier alone/],
    [{ verifier: {} }, /"verifier" must be what createVerifier returns/],
  ]) {
    await mistaken(() => createGuard({ ...options, ...wrong }), message);
  }
  for (const [need, message] of [
    [{ scope: "a b" }, /"scope" must be scopes of printable ASCII/],
    [{ scope: 'a"' }, /"scope" must be scopes of printable ASCII/],
    [{ scopes: "a" }, /did you mean "scope"\?/],
    [{ anyScope: [] }, /"anyScope" must not be empty/],
    [{ acr: [] }, /"acr" must not be empty/],
    [{ maxAge: -1 }, /"maxAge" must be a whole number of seconds/],
    [{ authorize: true }, /"authorize" must be a function/],
    [null, /takes an object/],
  ]) {
    await mistaken(() => guard.protect(need, () => new Response()), message);
    await mistaken(() => guard.with(need), message);
  }
  await mistaken(() => guard.protect({}), /protect takes a need and a handler/);
  await mistaken(() => fromCookie("a b"), /fromCookie takes a name/);
  await mistaken(() => fromHeader(""), /fromHeader takes a name/);
  await mistaken(() => fromWebSocket(7), /fromWebSocket takes a name/);
});
