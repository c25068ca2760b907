// examples/auth0-api in workerd, with a tenant of Auth0 on loopback.

import assert from "node:assert/strict";

import { json, serve } from "../js/support/server.mjs";
import { makeKey, tamper } from "../js/support/tokens.mjs";
import { startMiniflare } from "../support/miniflare.mjs";
import { atEnd } from "../support/processes.mjs";
import { bundleExample } from "./install.mjs";
import { takePictures } from "./pictures.mjs";

const domain = "tenant.us.auth0.com";
const api = "https://api.example";

export async function auth0Api(check) {
  const key = makeKey("RS256");
  const documents = {
    "/.well-known/openid-configuration": {
      issuer: `https://${domain}/`,
      jwks_uri: `https://${domain}/.well-known/jwks.json`,
    },
    "/.well-known/jwks.json": { keys: [key.jwk] },
  };
  const tenant = await serve((request, response) => json(documents[request.url] ?? {})(request, response));
  atEnd(() => tenant.close());
  const asked = new Set();
  const { out, modules } = await bundleExample("auth0-api");
  const { url } = await startMiniflare(out, {
    modules,
    variables: { AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: api },
    async outbound(request) {
      const { host, pathname } = new URL(request.url);
      asked.add(host);
      const answer = await fetch(tenant.origin + pathname);
      return { status: answer.status, headers: { "content-type": "application/json" }, text: await answer.text() };
    },
  });

  const seconds = Math.floor(Date.now() / 1000);
  const times = { iat: seconds, exp: seconds + 600 };
  // As Auth0 makes them: for the API and for the tenant's userinfo endpoint.
  const usual = { iss: `https://${domain}/`, aud: [api, `https://${domain}/userinfo`], sub: "auth0|1", ...times };
  const token = (claims) => key.sign({ ...usual, ...claims });
  async function call(path, bearer, init) {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const response = await fetch(new URL(path, url), { headers, ...init });
    return {
      status: response.status,
      challenge: response.headers.get("www-authenticate"),
      body: await response.json(),
    };
  }

  await check("auth0-api: for everybody", async () => {
    assert.deepEqual((await call("/api/public")).body, { message: "This is for everybody." });
    assert.equal((await call("/api/nothing")).status, 404);
    assert.equal((await call("/api/public", undefined, { method: "POST" })).status, 405);
    assert.equal(asked.size, 0);
  });

  await check("auth0-api: for whoever has a token", async () => {
    const nobody = await call("/api/private");
    assert.ok(nobody.status === 401 && nobody.challenge.startsWith("Bearer"));
    const { status, body } = await call("/api/private", token());
    assert.deepEqual([status, body.subject], [200, "auth0|1"]);
    assert.deepEqual([...asked], [domain]);
  });

  for (const [what, bad] of Object.entries({
    expired: token({ exp: seconds - 600 }),
    altered: tamper(token()),
    "for another API": token({ aud: ["https://other.example", `https://${domain}/userinfo`] }),
    "of another tenant": token({ iss: "https://other.us.auth0.com/" }),
    "of an issuer without its slash": token({ iss: `https://${domain}` }),
    "by another key": makeKey("RS256").sign(usual),
    "by another algorithm": makeKey("ES256", key.kid).sign(usual),
  })) {
    await check(`auth0-api: a token ${what}`, async () => {
      const { status, challenge } = await call("/api/private", bad);
      assert.ok(status === 401 && challenge.includes("invalid_token"), `${status} ${challenge}`);
    });
  }

  await check("auth0-api: by scope", async () => {
    const weak = await call("/api/private-scoped", token({ scope: "openid read:messages2" }));
    assert.ok(weak.status === 403 && /insufficient_scope.*read:messages/.test(weak.challenge), weak.challenge);
    assert.equal((await call("/api/private-scoped", token({ permissions: ["read:messages"] }))).status, 403);
    assert.equal((await call("/api/private-scoped")).status, 401);
    assert.equal((await call("/api/private-scoped", token({ scope: "openid read:messages" }))).status, 200);
  });

  await check("auth0-api: by permission", async () => {
    assert.equal((await call("/api/private-permission", token({ scope: "read:messages" }))).status, 403);
    assert.equal((await call("/api/private-permission", token({ permissions: ["write:messages"] }))).status, 403);
    assert.equal((await call("/api/private-permission", token({ permissions: ["read:messages"] }))).status, 200);
  });

  /** Calls a route with a token, by the page. */
  const calling = (path, bearer, answer) => async (page) => {
    await page.fill("textarea", bearer);
    await page.getByRole("button", { name: `GET ${path}`, exact: true }).click();
    await page.getByRole("status").getByText(answer).waitFor();
  };
  const home = new URL("/", url).href;
  await takePictures(
    "auth0-api",
    {
      accepted: { url: home, act: calling("/api/private", token(), "HTTP 200") },
      refused: { url: home, act: calling("/api/private-scoped", token({ scope: "openid" }), "insufficient_scope") },
    },
    check,
  );
}
