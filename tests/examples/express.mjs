// examples/express on Node, at npm's oidc-provider.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import framework from "express";

import { atEnd, freePort, startServer } from "../support/processes.mjs";
import { Visitor } from "../web/visitor.mjs";
import { folder, installExample, startProvider } from "./install.mjs";

const API = "https://api.example";

export async function express(check) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { issuer, secret } = await startProvider("express", origin);
  const copy = await installExample("express");
  await startServer(process.execPath, ["server.mjs"], {
    cwd: copy,
    env: {
      ...process.env,
      PORT: String(port),
      ISSUER: issuer,
      CLIENT_ID: "web",
      CLIENT_SECRET: secret,
      COOKIE_SECRET: randomBytes(32).toString("base64"),
      API,
    },
    log: path.join(folder, "express.log"),
    ready: (line) => (line === `${origin}/` ? true : undefined),
  });

  let accounts = 0;
  const visitor = () => new Visitor(origin, `user-${(accounts += 1)}`);
  const asProgram = async (scope, resource = API) => {
    const answer = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`program:${encodeURIComponent(secret)}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope, resource }),
    });
    return (await answer.json()).access_token;
  };
  const withToken = (token) => visitor().call("/api/notes", { headers: { authorization: `Bearer ${token}` } });

  await check("express: nobody", async () => {
    const nobody = visitor();
    const home = await nobody.page("/");
    assert.ok(home.status === 200 && home.text.includes("<h1>Hello</h1>"));
    assert.match(home.headers["content-security-policy"], /default-src 'none'/);
    assert.equal((await nobody.call("/notes")).status, 401);
    const { status, headers } = await nobody.call("/api/notes");
    assert.ok(status === 401 && headers["www-authenticate"].startsWith("Bearer"));
    assert.equal((await nobody.page("/nowhere")).status, 404);
    assert.equal(nobody.cookies.size, 0);
  });

  await check("express: a user signs in, writes a note, and signs out", async () => {
    const alice = visitor();
    assert.equal((await alice.signIn("/notes")).location, "/notes");
    assert.ok((await alice.page("/")).text.includes(`<h1>Hello, ${alice.account} &#60;of the tests&#62;</h1>`));
    assert.match((await alice.page("/")).headers["cache-control"], /no-store$/);
    const { status, location } = await alice.submit("/notes", { text: "milk & <b>bread</b>" });
    assert.deepEqual([status, location], [303, "/notes"]);
    assert.ok((await alice.page("/notes")).text.includes("<li>milk &#38; &#60;b&#62;bread&#60;/b&#62;</li>"));
    // The API is for tokens: a session is none.
    assert.equal((await alice.call("/api/notes")).status, 401);
    // Notes are their user's.
    const bob = visitor();
    await bob.signIn("/notes");
    assert.ok(!(await bob.page("/notes")).text.includes("milk"));
    const copy = new Map(alice.cookies);
    assert.ok((await alice.signOut()).startsWith(`${origin}/`));
    assert.equal((await alice.call("/notes")).status, 401);
    alice.cookies = copy;
    assert.equal((await alice.call("/notes")).status, 401);
  });

  await check("express: pages of other sites change nothing", async () => {
    const carol = visitor();
    await carol.signIn("/notes");
    const headers = { "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded" };
    const refused = await carol.call("/notes", { method: "POST", headers, body: "text=evil" });
    assert.equal(refused.status, 403);
    assert.ok(!(await carol.page("/notes")).text.includes("evil"));
  });

  await check("express: the API takes the token of a program", async () => {
    const { status, text } = await withToken(await asProgram("notes:read"));
    assert.deepEqual([status, JSON.parse(text)], [200, { subject: "program", notes: [] }]);
    const weak = await withToken(await asProgram("other"));
    assert.ok(weak.status === 403 && weak.headers["www-authenticate"].includes("insufficient_scope"));
    assert.equal((await withToken(await asProgram("notes:read", "https://other.example"))).status, 401);
    assert.equal((await withToken("nonsense")).status, 401);
  });

  await check("express: cookies of a session that goes on", async () => {
    const { sessions } = await import(pathToFileURL(path.join(copy, "sessions.mjs")).href);
    const cookies = ["session=1; Path=/", "session.1=2; Path=/"];
    const auth = {
      mount: (handler) => async (request, req) => {
        const answer = await handler(request, { subject: "alice" }, req);
        for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
        return answer;
      },
    };
    const app = framework();
    app.use(sessions(auth, origin));
    app.post("/", framework.json(), (req, res) => res.cookie("own", "3").json([req.signedIn.subject, req.body]));
    const server = app.listen(0, "127.0.0.1");
    const close = atEnd(() => server.close());
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"the":"body"}',
    });
    assert.deepEqual(answer.headers.getSetCookie(), [...cookies, "own=3; Path=/"]);
    assert.equal(answer.headers.get("x-passed"), null);
    assert.deepEqual(await answer.json(), ["alice", { the: "body" }]);
    await close();
  });

  await check("express: what is no request", async () => {
    const raw = (options) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: "127.0.0.1", port, ...options }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.once("error", reject);
        sent.end();
      });
    assert.equal(await raw({ method: "TRACE", path: "/" }), 400);
    assert.equal(await raw({ path: "http://other.example/notes" }), 400);
    assert.equal(await raw({ path: "//other.example/notes" }), 404);
    const big = await visitor().call("/notes", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `text=${"x".repeat(10_000)}`,
    });
    assert.equal(big.status, 413);
  });
}
