// An issuer that means ill: what it says in answers, claims and prompts is shown as text, and nothing of it is obeyed.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { serve } from "../js/support/server.mjs";
import { makeKey, signToken } from "../support/tokens.mjs";
import { emptyFolder, hostilePart, PAYLOADS, program, run, start } from "./support.mjs";

const ALL = PAYLOADS.join("");
/** No longer than a subject may be. */
const SUBJECT = PAYLOADS[0] + PAYLOADS[13];
const key = makeKey("ES256", "key");

/** An issuer whose token endpoint and device endpoint answer as they are told: `{ status, body }`. */
async function issuer() {
  const answers = { token: undefined, device: undefined };
  const server = await serve((request, response) => {
    const { origin } = server;
    const metadata = {
      issuer: origin,
      jwks_uri: `${origin}/keys`,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      device_authorization_endpoint: `${origin}/device`,
      revocation_endpoint: `${origin}/revoke`,
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
    const { status, body } = {
      "/.well-known/openid-configuration": { status: 200, body: metadata },
      "/keys": { status: 200, body: { keys: [key.jwk] } },
      "/token": answers.token,
      "/device": answers.device,
      "/revoke": { status: 503, body: { error: ALL, error_description: ALL } },
    }[request.url] ?? { status: 404, body: {} };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  return Object.assign(server, { answers });
}

export async function hostileIssuerSuite(check) {
  const server = await issuer();
  const env = { COUNTERSIGN_FOLDER: path.join(emptyFolder("hostile-issuer"), "state"), BROWSER: "true" };
  const file = path.join(env.COUNTERSIGN_FOLDER, "default.tokens.json");
  const whose = [server.origin, "--client-id", "my-cli", "--timeout", "20"];

  /** Signs in up to the token endpoint, which answers what `answer(nonce)` says. */
  const signIn = async (answer, ...more) => {
    const { until, ended } = start(program, ["login", ...whose, ...more], { env });
    const [url] = await until(/^http\S+$/m);
    const { redirect_uri: redirectUri, state, nonce } = Object.fromEntries(new URL(url).searchParams);
    server.answers.token = answer(nonce);
    const response = await fetch(`${redirectUri}?${new URLSearchParams({ code: "x", state, iss: server.origin })}`);
    return { page: await response.text(), ...(await ended) };
  };
  const now = () => Math.floor(Date.now() / 1000);
  const tokens = (nonce, more = {}, claims = {}) => ({
    status: 200,
    body: {
      token_type: "Bearer",
      access_token: "access",
      id_token: signToken(
        key,
        { alg: "ES256", kid: "key" },
        { iss: server.origin, aud: "my-cli", sub: "user", nonce, iat: now(), exp: now() + 600, ...claims },
      ),
      ...more,
    },
  });

  await check("what the token endpoint answers in place of tokens", async () => {
    for (const body of [{ error: ALL }, { error: "invalid_grant", error_description: ALL }, { [ALL]: ALL }, ALL]) {
      for (const json of [[], ["--json"]]) {
        const { code, out, err, page } = await signIn(() => ({ status: 400, body }), ...json);
        assert.equal(code, 1, err);
        assert.equal(hostilePart(out + err), undefined);
        assert.ok(!/<(?:script|img|svg)/.test(page), page);
      }
    }
    assert.equal(existsSync(file), false);
  });

  await check("claims, scopes and the tokens themselves", async () => {
    const { code, out, err } = await signIn(
      (nonce) => tokens(nonce, { scope: "openid", expires_in: 600 }, { sub: SUBJECT, [ALL]: ALL }),
      "--json",
    );
    assert.equal(code, 0, err);
    assert.equal(hostilePart(out + err), undefined);
    assert.deepEqual([JSON.parse(out).subject, JSON.parse(out).renewable], [SUBJECT, false]);
    assert.equal((await run(["token"], { env })).out, "access\n");
    const bad = await signIn((nonce) => tokens(nonce, { scope: ALL, access_token: "a\r\nX-Header: b\u001b[2J" }));
    assert.equal(hostilePart(bad.err), undefined);
    const printed = await run(["token"], { env });
    assert.ok(["", "access\n"].includes(printed.out), JSON.stringify(printed.out));
    assert.equal(hostilePart(printed.err), undefined);
  });

  await check("a token of another nonce, audience or issuer is none", async () => {
    for (const claims of [{ nonce: "x" }, { aud: ALL }, { iss: ALL }, { exp: 1 }]) {
      const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
      const { code, err } = await signIn((nonce) => tokens(nonce, {}, claims));
      assert.equal(code, 1, err);
      assert.equal(hostilePart(err), undefined);
      assert.equal(existsSync(file) ? readFileSync(file, "utf8") : undefined, before);
    }
  });

  await check("a refusal to revoke is said, and the tokens are deleted all the same", async () => {
    assert.equal((await signIn((nonce) => tokens(nonce))).code, 0);
    const { code, err } = await run(["logout"], { env });
    assert.deepEqual([code, hostilePart(err), existsSync(file)], [3, undefined, false], err);
    assert.match(err, /not revoked/);
  });

  await check("the prompt of a device", async () => {
    const good = { device_code: "x", user_code: "ABCD", verification_uri: "https://idp.example/device", expires_in: 1 };
    const changes = [
      ...PAYLOADS.map((user_code) => ({ user_code })),
      { user_code: ALL, verification_uri: ALL, verification_uri_complete: ALL },
      { verification_uri: "javascript:alert(1)", verification_uri_complete: "file:///etc/passwd" },
      { verification_uri_complete: `https://idp.example/${ALL}` },
    ];
    server.answers.token = { status: 400, body: { error: "authorization_pending" } };
    const ended = [];
    for (const change of changes) {
      server.answers.device = { status: 200, body: { interval: 1, ...good, ...change } };
      ended.push(await run(["login", server.origin, "--client-id", "my-cli", "--device", "--timeout", "1"], { env }));
    }
    for (const { code, out, err } of ended) {
      assert.equal(code, 1, err);
      assert.equal(hostilePart(out + err), undefined);
    }
  });
  await server.close();
}
