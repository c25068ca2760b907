// What the specification wants of servers (2026-07-28), requirement by requirement: see docs/guides/mcp.md.

import assert from "node:assert/strict";

import { obtainTokens, userAgent } from "../../examples/demo/login.mjs";
import { brief, clientId, other, redirectUri, resource } from "./names.mjs";

const METADATA = "https://mcp.example/.well-known/oauth-protected-resource/mcp";

export async function requirements({ countersign, issuer, fetch, at }, check) {
  const server = await countersign.discover(issuer);
  const browse = userAgent();
  const tokenFor = async (indicator, scope) => {
    const wanted = {
      server,
      clientId,
      redirectUri,
      scope: `openid ${scope}`,
      resource: indicator,
      browse,
      account: "bob",
    };
    return (await obtainTokens(countersign, wanted)).accessToken;
  };
  const tokens = {
    read: await tokenFor(resource, "notes:read"),
    write: await tokenFor(resource, "notes:write"),
    other: await tokenFor(other, "notes:read"),
    brief: await tokenFor(brief, "notes:read"),
  };
  const expired = Date.now() + 32_000; // The guard's tolerance of 30 seconds, and one of the token's own.

  const post = async (token, { body = tool("list_notes"), url = resource, send = fetch, headers = {} } = {}) => {
    const response = await send(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, challenge: challengeOf(response), headers: response.headers, text };
  };
  const invalid = (answer) => assert.deepEqual([answer.status, answer.challenge.error], [401, "invalid_token"]);

  await check("no token: 401 with the metadata and the scope, and without an error", async () => {
    const { status, challenge } = await post(undefined);
    assert.equal(status, 401);
    assert.deepEqual(challenge, { scheme: "Bearer", scope: "notes:read", resource_metadata: METADATA });
  });

  await check("metadata (RFC 9728) at the path's address and at the root's", async () => {
    for (const url of [METADATA, "https://mcp.example/.well-known/oauth-protected-resource"]) {
      const response = await fetch(url);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type"), /^application\/json/);
      const document = await response.json();
      assert.equal(document.resource, resource);
      assert.deepEqual(document.authorization_servers, [issuer]);
      assert.ok(!document.scopes_supported.includes("offline_access"));
    }
  });

  await check("a good token is let through", async () => {
    const { status, text } = await post(tokens.read);
    assert.equal(status, 200);
    assert.match(text, /\\"of\\":\\"bob\\"/);
  });

  await check("a token for another server of the same issuer: 401", async () => invalid(await post(tokens.other)));
  await check("a token that was altered: 401", async () => invalid(await post(`${tokens.read.slice(0, -8)}AAAAAAAA`)));
  await check("a token that is none: 401", async () => invalid(await post("opaque")));
  await check("an ID token, and a token without a signature: 401", async () => {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const [, payload] = tokens.read.split(".");
    invalid(await post(`${encode({ alg: "none", typ: "at+jwt" })}.${payload}.`));
    const { idToken } = await obtainTokens(countersign, {
      server,
      clientId,
      redirectUri,
      scope: "openid",
      resource,
      browse,
      account: "bob",
    });
    invalid(await post(idToken));
  });

  await check("a token in the query is none", async () => {
    const { status, challenge } = await post(undefined, { url: `${resource}?access_token=${tokens.read}` });
    assert.deepEqual([status, challenge.error], [401, undefined]);
  });

  await check("a malformed request: 400", async () => {
    for (const authorization of ["Bearer", `Bearer ${tokens.read} x`, `Bearer ${tokens.read}, Bearer ${tokens.read}`]) {
      const { status, challenge } = await post(undefined, { headers: { authorization } });
      assert.deepEqual([status, challenge.error], [400, "invalid_request"]);
    }
  });

  await check("a body that is no message: 400 or 415, and not before there is a token", async () => {
    for (const [body, headers, expected] of [
      ["{", {}, 400],
      ["null", {}, 400],
      ['{"method":"tools/call"}', {}, 400],
      [tool("list_notes"), { "content-type": "text/plain" }, 415],
    ]) {
      assert.equal((await post(undefined, { body, headers })).status, 401);
      assert.equal((await post(tokens.read, { body, headers })).status, expected, JSON.stringify(body).slice(0, 40));
    }
  });

  await check("every request is judged: GET, DELETE and a session's", async () => {
    for (const method of ["GET", "DELETE"]) {
      const response = await fetch(resource, { method, headers: { "mcp-session-id": "made-up" } });
      assert.equal(response.status, 401);
    }
    assert.equal((await post(undefined, { headers: { "mcp-session-id": "made-up" } })).status, 401);
  });

  await check("too little scope: 403 with all scopes of the operation, the metadata, and the error", async () => {
    const { status, challenge } = await post(tokens.read, { body: tool("add_note", { note: "x" }) });
    assert.equal(status, 403);
    assert.equal(challenge.error, "insufficient_scope");
    assert.equal(challenge.scope, "notes:read notes:write");
    assert.equal(challenge.resource_metadata, METADATA);
    assert.ok(challenge.error_description.length > 0);
    const again = await post(tokens.read, { body: tool("add_note", { note: "x" }) });
    assert.deepEqual(again.challenge, challenge);
  });

  await check("a batch needs what all of its calls need, whatever stands first", async () => {
    const batch = [tool("list_notes"), tool("add_note", { note: "smuggled" }, 2)];
    assert.equal((await post(tokens.read, { body: batch })).status, 403);
    assert.equal((await post(tokens.read, { body: batch.reverse() })).status, 403);
    // A name that stands there twice is what the parser says it is, for judge and server alike.
    const twice = JSON.stringify(tool("list_notes")).replace(
      '"name":',
      '"name":"list_notes","name":"add_note","other":',
    );
    assert.equal((await post(tokens.read, { body: twice })).status, 403);
    // So is a name that some parsers put another value for.
    for (const name of ["$serde_json::private::RawValue", "$serde_json::private::Number"]) {
      const { params, ...message } = tool("add_note", { note: "smuggled" });
      for (const value of [JSON.stringify(params), params]) {
        assert.ok(
          !(await post(tokens.read, { body: { ...message, params: { [name]: value } } })).text.includes("added"),
        );
        const hidden = { ...message, params: { name: "list_notes", arguments: {}, [name]: value } };
        assert.ok(!(await post(tokens.read, { body: hidden })).text.includes("added"));
      }
    }
    assert.ok(!(await post(tokens.read)).text.includes("smuggled"));
  });

  await check("a broader scope implies the narrower one", async () => {
    const { status, text } = await post(tokens.write);
    assert.equal(status, 200);
    assert.match(text, /\\"of\\":\\"bob\\"/);
    assert.match((await post(tokens.write, { body: tool("add_note", { note: "x" }) })).text, /added/);
  });

  await check("no data without a token: a refusal says neither why nor what is there", async () => {
    for (const answer of [await post(tokens.other), await post("opaque"), await post(undefined)]) {
      assert.ok(!/ECONN|127\.0\.0\.1|opaque|other\.example|list_notes/.test(answer.text));
    }
  });

  await check("pages can read the challenge", async () => {
    const { headers } = await post(undefined, { headers: { origin: "https://inspector.example" } });
    assert.match(headers.get("access-control-expose-headers"), /WWW-Authenticate/i);
    assert.equal(headers.get("access-control-allow-origin"), "*");
    const preflight = { origin: "https://inspector.example", "access-control-request-method": "POST" };
    assert.equal((await fetch(resource, { method: "OPTIONS", headers: preflight })).status, 204);
  });

  await check("the issuer is down: 503, so that no client throws its token away", async () => {
    const { status, challenge, headers } = await post(tokens.read, { send: await at("http://127.0.0.1:9") });
    assert.deepEqual([status, challenge], [503, undefined]);
    assert.ok(Number(headers.get("retry-after")) > 0);
  });

  await check("an expired token: 401", async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, expired - Date.now())));
    invalid(await post(tokens.brief));
  });
}

const tool = (name, args = {}, id = 1) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});

/** The one challenge of an answer, by its parameters. */
function challengeOf(response) {
  const header = response.headers.get("www-authenticate");
  if (header === null) return undefined;
  const [, scheme, rest] = /^(\w+) ?(.*)$/.exec(header);
  return {
    scheme,
    ...Object.fromEntries([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  };
}
