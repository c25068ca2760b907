// What the table of requests does not say. Each is given `{ name, bearer, withApi }`: a host's name, the header field with
// a good token, and `withApi(options of the guard, visit)`.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

/** Those whose answers are written field by field. Of the others the host has a `Response`. */
const WRITTEN = ["express 5", "express 4", "fastify, onRequest", "fastify, preHandler", "node"];

/** A body that comes in pieces. Notes whether somebody has cancelled it. */
function streamed(pieces, note = {}) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      await setTimeout(5);
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => void (note.cancelled = true),
  });
}

function* endless() {
  for (;;) yield "tick ";
}

export const behaviours = {
  "an answer of the application's own"({ name, withApi }) {
    const onRefusal = ({ status, error }) => {
      const headers = new Headers({ "x-code": error.code, "content-type": "text/plain" });
      headers.append("set-cookie", "a=1; Path=/");
      headers.append("set-cookie", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
      return new Response(streamed(["one ", "two"].values()), { status: status === 401 ? 418 : 500, headers });
    };
    return withApi({ onRefusal }, async (send, ran) => {
      const { status, headers, text } = await send({});
      assert.deepEqual([status, text, ran()], [418, "one two", 0]);
      assert.deepEqual([headers["x-code"], headers["content-type"]], [["token_missing"], ["text/plain"]]);
      const cookies = ["a=1; Path=/", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT"];
      assert.deepEqual(headers["set-cookie"], WRITTEN.includes(name) ? ["earlier=1", ...cookies] : cookies);
    });
  },

  "its own answer without a body, to HEAD and at all"({ name, withApi }) {
    const note = {};
    // What is no framework of Node's reads it to its end.
    const pieces = WRITTEN.includes(name) ? endless() : [].values();
    const onRefusal = (_, { method }) =>
      method === "HEAD"
        ? new Response(streamed(pieces, note), { status: 403, headers: { "x-own": "1" } })
        : new Response(null, { status: 303, headers: { location: "/login" } });
    return withApi({ onRefusal }, async (send, ran) => {
      const head = await send({ method: "HEAD" });
      assert.deepEqual([head.status, head.headers["x-own"], head.text], [403, ["1"], ""]);
      if (WRITTEN.includes(name)) assert.equal(note.cancelled, true, "the body is cancelled");
      const { status, headers, text } = await send({});
      assert.deepEqual([status, headers.location, text, ran()], [303, ["/login"], "", 0]);
    });
  },

  "a hook that throws, and one that answers nothing"({ withApi }) {
    const onRefusal = (_, { headers }) => {
      if (headers.get("X-Throw") === "1") throw new Error("hook");
    };
    return withApi({ onRefusal }, async (send, ran) => {
      for (const headers of [[["x-throw", "1"]], []]) {
        const { status, headers: fields } = await send({ headers });
        assert.equal(status, 401);
        assert.match(fields["www-authenticate"][0], /^Bearer scope=/);
      }
      assert.equal(ran(), 0);
    });
  },

  "a hook that answers what is no response"({ withApi }) {
    return withApi({ onRefusal: () => ({}) }, async (send, ran) => {
      assert.equal((await send({})).status, 401);
      assert.equal(ran(), 0);
    });
  },

  "a response that can be sent only once"({ name, withApi }) {
    if (!WRITTEN.includes(name)) return undefined;
    const once = new Response("no", { status: 403, headers: { "content-length": "2" } });
    return withApi({ onRefusal: () => once }, async (send, ran) => {
      const first = await send({});
      assert.deepEqual([first.status, first.text], [403, "no"]);
      const second = await send({});
      assert.equal(second.status, 500);
      assert.deepEqual(second.headers["content-length"], [String(second.text.length)]);
      assert.equal(ran(), 0);
    });
  },

  "a reader that goes away"({ name, withApi }) {
    if (!WRITTEN.includes(name)) return undefined;
    const note = {};
    const onRefusal = (_, { headers }) =>
      headers.get("x-endless") ? new Response(streamed(endless(), note), { status: 403 }) : undefined;
    return withApi({ onRefusal }, async (send, ran, origin) => {
      const { hostname, port, host } = new URL(origin);
      const socket = connect(Number(port), hostname);
      socket.write(`GET /api/notes HTTP/1.1\r\nHost: ${host}\r\nX-Endless: 1\r\n\r\n`);
      await new Promise((resolve) => socket.once("data", resolve));
      socket.destroy();
      for (let waited = 0; !note.cancelled && waited < 5000; waited += 10) await setTimeout(10);
      assert.equal(note.cancelled, true, "the body is cancelled");
      assert.equal((await send({})).status, 401);
    });
  },

  "a proof of possession, its nonce, and the next one"({ proofs, withApi }) {
    const { options, clock, headersWith } = proofs();
    return withApi(options, async (send, ran) => {
      const first = await send({ headers: headersWith() });
      assert.equal(first.status, 401);
      assert.match(first.headers["www-authenticate"].join(", "), /DPoP error="use_dpop_nonce"/);
      const [nonce] = first.headers["dpop-nonce"];
      const good = await send({ headers: headersWith(nonce) });
      assert.deepEqual([good.status, good.headers["dpop-nonce"], ran()], [200, undefined, 1]);
      clock.seconds += 60;
      const next = await send({ headers: headersWith(nonce) });
      assert.deepEqual([next.status, next.headers["dpop-nonce"].length, ran()], [200, 1, 2]);
      assert.notEqual(next.headers["dpop-nonce"][0], nonce);
      assert.match(next.headers["access-control-expose-headers"].join(), /DPoP-Nonce/);
      const [, ...twice] = headersWith(nonce);
      const double = await send({ headers: [...headersWith(nonce), ...twice] });
      assert.deepEqual([double.status, ran()], [401, 2]);
    });
  },

  "an error of the application's own is the framework's"({ name, bearer, withApi }) {
    return withApi({}, async (send) => {
      const { status, text } = await send({ path: "/api/boom", headers: [bearer] });
      assert.equal(status, 500);
      if (name !== "guard.protect") assert.equal(text, "framework: application");
      assert.equal((await send({ path: "/api/boom" })).status, 401);
    });
  },

  "hooks see the whole address"({ bearer, withApi }) {
    const seen = [];
    const authorize = (auth, { method, url, headers }) => {
      seen.push([auth.subject, method, new URL(url, "https://api.example").pathname, headers.get("X-Thing")]);
      return true;
    };
    return withApi({ need: { authorize } }, async (send, ran) => {
      await send({ path: "/api/notes?a=b", headers: [bearer, ["x-thing", "1"], ["X-Thing", "2"]] });
      assert.deepEqual(seen, [["user", "GET", "/api/notes", "1, 2"]]);
      assert.equal(ran(), 1);
    });
  },

  "a hook that refuses"({ bearer, withApi }) {
    const rejected = async () => {
      throw new Error("database");
    };
    return withApi({ need: { authorize: () => false } }, async (send, ran) => {
      assert.deepEqual([(await send({ headers: [bearer] })).status, ran()], [403, 0]);
    }).then(() =>
      withApi({ need: { authorize: rejected } }, async (send, ran) => {
        assert.deepEqual([(await send({ headers: [bearer] })).status, ran()], [500, 0]);
      }),
    );
  },

  "what other middleware lets pages read stays readable"({ name, withApi }) {
    if (!WRITTEN.includes(name)) return undefined; // There, hosts decide.
    return withApi({}, async (send) => {
      const { headers } = await send({});
      const exposed = headers["access-control-expose-headers"].join(", ").split(", ");
      assert.deepEqual(exposed, ["X-Own", "WWW-Authenticate", "Retry-After"]);
      assert.deepEqual(headers["set-cookie"], ["earlier=1"]);
    });
  },

  "the metadata of the resource"({ name, withApi }) {
    if (name === "guard.protect") return undefined; // It is a handler, and has no place for it.
    return withApi({ issuer: "https://tenant.example/" }, async (send, ran) => {
      const path = "/.well-known/oauth-protected-resource";
      const found = await send({ path });
      assert.equal(found.status, 200);
      assert.match(found.headers["content-type"][0], /^application\/json/);
      assert.deepEqual(found.headers["access-control-allow-origin"], ["*"]);
      const { resource, authorization_servers } = JSON.parse(found.text);
      assert.deepEqual([resource, authorization_servers], ["https://api.example", ["https://tenant.example/"]]);
      const head = await send({ path, method: "HEAD" });
      assert.deepEqual([head.status, head.text], [200, ""]);
      const post = await send({ path, method: "POST", headers: [["Content-Length", "0"]] });
      assert.deepEqual([post.status, post.headers.allow], [405, ["GET, HEAD, OPTIONS"]]);
      assert.equal((await send({ path: `${path}/other` })).status === 200, false);
      assert.equal(ran(), 0);
    });
  },
};
