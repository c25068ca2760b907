// examples/password-form in workerd, and its program on Node, at npm's oidc-provider.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { startMiniflare } from "../support/miniflare.mjs";
import { Visitor } from "../web/visitor.mjs";
import { freePort } from "../support/processes.mjs";
import { bundleExample, installExample, startProvider } from "./install.mjs";

const API = "https://api.example";

export async function passwordForm(check) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { issuer, secret } = await startProvider("password-form", origin);
  const { out, modules } = await bundleExample("password-form");
  const variables = { ORIGIN: origin, ISSUER: issuer, CLIENT_ID: "web", CLIENT_SECRET: secret, API };
  await startMiniflare(out, {
    modules,
    port,
    variables: { ...variables, COOKIE_SECRET: randomBytes(32).toString("base64") },
  });

  await check("password-form: nobody, and no form for passwords", async () => {
    const nobody = new Visitor(origin, "nobody");
    const { status, text } = await nobody.page("/");
    assert.ok(status === 200 && text.includes("Sign in") && !text.includes("<input"));
    assert.equal((await nobody.call("/users/me")).status, 401);
    const refused = await nobody.call("/items");
    assert.ok(refused.status === 401 && refused.headers["www-authenticate"].startsWith("Bearer"));
    // By a connection of its own: where a worker leaves a body unread, workerd closes it, and the next request is lost.
    const form = new URLSearchParams({ username: "alice", password: "odd & 100% +" });
    assert.equal((await fetch(`${origin}/token`, { method: "POST", body: form })).status, 404);
  });

  await check("password-form: a user signs in at the issuer, and out", async () => {
    const alice = new Visitor(origin, "alice");
    assert.equal((await alice.signIn("/login")).location, "/");
    assert.ok((await alice.page("/")).text.includes("<h1>Hello, alice &#60;of the tests&#62;</h1>"));
    assert.equal(JSON.parse((await alice.call("/users/me")).text).sub, "alice");
    const { status, text } = await alice.call("/items");
    assert.deepEqual([status, JSON.parse(text)], [200, { items: ["milk"], owner: "alice" }]);
    assert.ok((await alice.signOut()).startsWith(`${origin}/`));
    assert.equal((await alice.call("/items")).status, 401);
  });

  /** The example's program. */
  const copy = await installExample("password-form");
  async function program(args, password, more) {
    const env = { ...process.env, ...variables, CLIENT_ID: "with-passwords", ...more };
    const child = spawn(process.execPath, ["password.mjs", ...args], { cwd: copy, env });
    child.stdin.on("error", () => undefined); // It may have ended before it reads.
    child.stdin.end(password);
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { stdout: stdout.trim(), stderr: stderr.trim(), status };
  }

  await check("password-form: the password grant, where it must be", async () => {
    const { status, stdout, stderr } = await program(["bob & co"], "odd & 100% +\n");
    assert.equal(status, 0, stderr);
    const answer = await new Visitor(origin, "").call("/items", { headers: { authorization: `Bearer ${stdout}` } });
    assert.deepEqual([answer.status, JSON.parse(answer.text).owner], [200, "bob & co"]);
  });

  await check("password-form: a wrong password, and a server that is not there", async () => {
    const wrong = await program(["bob"], "wrong");
    assert.deepEqual([wrong.status, wrong.stdout, wrong.stderr], [1, "", "The name or the password is wrong."]);
    const away = await program(["bob"], "odd & 100% +", { ISSUER: `http://127.0.0.1:${await freePort()}` });
    assert.equal(away.status, 1);
    assert.match(away.stderr, /_unavailable: /);
    assert.equal((await program([], "odd & 100% +")).status, 2);
  });
}
