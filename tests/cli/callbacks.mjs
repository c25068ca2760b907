// Callbacks that somebody else has made, while a sign-in waits.

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";

import { hostilePart, PAYLOADS, program, run, start, startOnTerminal } from "./support.mjs";

/** One request to loopback, as it is: `{ status, headers, text }`, or what the system says. */
const ask = (url, { method = "GET", headers = {}, path: where } = {}) =>
  new Promise((resolve) => {
    const { hostname, port, pathname, search } = new URL(url);
    const options = { host: hostname, port, method, headers, path: where ?? pathname + search, agent: false };
    const sent = request(options, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on("error", ({ code }) => resolve({ status: code }));
    sent.end();
  });

export async function callbackSuite(check, { issuer, whose, env, place }) {
  const waiting = async (...more) => {
    const begun = start(program, ["login", ...whose, "--as", "hostile", ...more], { env: { ...env, BROWSER: "true" } });
    const [url] = await begun.until(/^http\S+$/m);
    const { redirect_uri: redirectUri, state } = Object.fromEntries(new URL(url).searchParams);
    const at = (params) => `${redirectUri}?${new URLSearchParams(params)}`;
    return { ...begun, redirectUri, state, at };
  };

  await check("Fief, command line: whatever comes to the address is the response, of any state and path", async () => {
    const { child, ended, redirectUri, state, at } = await waiting();
    const { host, origin } = new URL(redirectUri);
    const good = { code: "x", state, iss: issuer };
    const turned = [
      [await ask(`${origin}/`), 404],
      [await ask(`${origin}/callback/x?${new URLSearchParams(good)}`), 404],
      [await ask(`${origin}/callback%3f?${new URLSearchParams(good)}`), 404],
      [await ask(at(good), { path: `http://${host}/callback?${new URLSearchParams(good)}` }), 404],
      [await ask(at(good), { headers: { host: "evil.example" } }), 421],
      [await ask(at(good), { headers: { host: `localhost:${new URL(redirectUri).port}` } }), 421],
      [await ask(at(good), { method: "POST" }), 405],
      [await ask(at(good), { method: "HEAD" }), 405],
      [await ask(redirectUri), 400],
      [await ask(at({ ...good, state: "wrong" })), 400],
      [await ask(at({ code: "x", iss: issuer })), 400],
      [await ask(`${at(good)}&state=${state}`), 400],
      [await ask(`${at(good)}&code=y`), 400],
      [await ask(at({ ...good, state: `${state}x` })), 400],
      [await ask(at({ error: "access_denied", state: "wrong", error_description: "<script>" })), 400],
      [await ask(`${at(good)}&x=${"a".repeat(20_000)}`), 414],
    ];
    for (const [{ status, headers, text }, expected] of turned) {
      assert.equal(status, expected);
      assert.match(headers["content-security-policy"], /^default-src 'none'/);
      assert.ok(!text.includes("<script"));
    }
    assert.equal(child.exitCode, null, "it waits on");
    child.kill("SIGINT");
    const { code, err } = await ended;
    assert.equal(code, 130, err);
    assert.equal((await ask(redirectUri)).status, "ECONNREFUSED");
  });

  await check("a response of another issuer ends it", async () => {
    const { ended, state, at } = await waiting();
    const { status, text } = await ask(at({ code: "x", state, iss: "https://evil.example/<script>" }));
    assert.deepEqual([status, text.includes("<script>")], [400, false]);
    const { code, err } = await ended;
    assert.equal(code, 1);
    assert.match(err, /response_issuer_mismatch/);
  });

  await check("what a server answers in place of a code is shown as text", async () => {
    for (const payload of [PAYLOADS.join(""), PAYLOADS[0], "<script>alert(1)</script>"]) {
      for (const json of [[], ["--json"]]) {
        const { ended, state, at } = await waiting(...json);
        const params = { error: "access_denied", error_description: payload, error_uri: payload, iss: issuer, state };
        const { status, text, headers } = await ask(at(params));
        assert.equal(status, 400);
        assert.match(headers["content-type"], /^text\/html; charset=utf-8$/);
        // The page has its own few tags, and no other.
        assert.deepEqual(new Set(text.match(/<[^>]*>/g).map((tag) => /^<[/!]?(\w+)/.exec(tag)?.[1])), OWN_TAGS);
        const { code, err, out } = await ended;
        assert.equal(code, 1, err);
        assert.match(err, /authorization_error/);
        assert.equal(hostilePart(err + out), undefined);
      }
    }
  });

  await check("Fief, command line: an error is put into the page as markup", async () => {
    const { ended, state, at } = await waiting();
    const { text } = await ask(at({ error: "<img src=x onerror=alert(1)>", iss: issuer, state }));
    assert.ok(!text.includes("<img"));
    const { code, err } = await ended;
    assert.ok(code === 1 && hostilePart(err) === undefined, err);
  });

  await check("a second request comes to nothing", async () => {
    const { ended, state, at, redirectUri } = await waiting();
    const both = await Promise.all([
      ask(at({ code: "wrong", state, iss: issuer })),
      ask(at({ code: "wrong", state, iss: issuer })),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [400, 410]);
    const { code, err } = await ended;
    assert.equal(code, 1);
    assert.match(err, /token_endpoint_error/);
    assert.equal((await ask(redirectUri)).status, "ECONNREFUSED");
  });

  await check("nobody comes: it ends in time", async () => {
    const begin = Date.now();
    const { code, err } = await (await waiting("--timeout", "1")).ended;
    assert.equal(code, 1);
    assert.match(err, /timed_out: nobody has finished the sign-in in 1 seconds/);
    assert.ok(Date.now() - begin < 8000);
  });

  await check("a port that is taken, and a browser that is not there", async () => {
    const { createServer } = await import("node:net");
    const taken = createServer();
    await new Promise((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address();
    const busy = await run(["login", ...whose, "--port", String(port)], { env });
    await new Promise((resolve) => taken.close(resolve));
    assert.equal(busy.code, 2);
    assert.match(busy.err, /listen_failed: .*EADDRINUSE/);
    const none = path.join(place, "no-browser");
    const args = ["login", ...whose, "--timeout", "1"];
    const { err } = await run(args, { env: { ...env, BROWSER: none } });
    assert.match(err, /^Open in a browser on this machine:\nhttp/);
    const { out } = await startOnTerminal([...args, "--no-browser"], { env }).ended;
    assert.match(out, /Open in a browser on this machine:/);
  });

  await check("an issuer whose metadata is hostile", async () => {
    const { serve, json } = await import("../js/support/server.mjs");
    for (const payload of [
      PAYLOADS.join(""),
      "file:///etc/passwd",
      "javascript:alert(1)",
      "--version",
      "http://x.example/",
    ]) {
      const opened = path.join(place, "opened");
      const program = path.join(place, "opener");
      writeFileSync(program, `#!/bin/sh\necho "$@" > '${opened}'\n`, { mode: 0o755 });
      const server = await serve((request, response) =>
        json({
          issuer: server.origin,
          jwks_uri: `${server.origin}/keys`,
          authorization_endpoint: payload,
          token_endpoint: `${server.origin}/token`,
          code_challenge_methods_supported: ["S256"],
        })(request, response),
      );
      const args = ["login", server.origin, "--client-id", "x", "--timeout", "1"];
      const { code, out, err } = await run(args, { env: { ...env, BROWSER: program } });
      await server.close();
      assert.equal(existsSync(opened), false, payload);
      assert.ok(code === 1 || code === 2 || code === 3, String(code));
      assert.equal(hostilePart(out + err), undefined);
    }
  });
}

const OWN_TAGS = new Set(["doctype", "html", "meta", "title", "h1", "p"]);
