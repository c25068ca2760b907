// The adapters behind nginx, which ends TLS and takes a part of the path away:  node tests/adapters/nginx.mjs
//
// What a guard says of itself comes from `resource`. Neither the path that the application sees, nor `Host`, nor what a
// client writes into `X-Forwarded-…` has a say in it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { connect } from "node:tls";
import { importPackage, installPackage, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { issuer, makeKey, now, time } from "../js/support/tokens.mjs";
import { hosts } from "./hosts.mjs";
import { answerOf } from "./http.mjs";

const program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].find(existsSync);
const openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].find(existsSync);
if (program === undefined || openssl === undefined) {
  console.log(`not run: install Debian's ${program === undefined ? "nginx-light" : "openssl"}`);
  summarize({ passed: 0, skipped: 1 });
  process.exit();
}

const folder = path.join(target, "nginx-tests");
await installPackage(folder);
const { createGuard } = await importPackage(folder, "countersign/guard");
const names = ["hono", "express", "fastify", "node"];
const adapters = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await importPackage(folder, `countersign/${name}`)])),
);
const key = makeKey("ES256");
const port = await freePort();
const resource = `https://localhost:${port}/v1`;
const metadataPath = "/.well-known/oauth-protected-resource/v1";
const bearer = (claims) => ["Authorization", `Bearer ${key.sign({ aud: resource, scope: "notes:read", ...claims })}`];

const suite = createSuite();
await suite.run(async () => {
  for (const [name, start] of Object.entries(hosts)) await onHost(name, start);
});

async function onHost(name, start) {
  const guard = createGuard({ issuer, resource, jwks: { keys: [key.jwk] }, now });
  let runs = 0;
  const { origin, close } = await start(adapters, guard, { need: { scope: "notes:read" }, note: () => (runs += 1) });
  const nginx = await startNginx(new URL(origin).host);
  const ask = (request) => send(request);
  const check = (title, asserted) => suite.check(`${name}: ${title}`, asserted);
  const challenge =
    'Bearer scope="notes:read", ' +
    `resource_metadata="https://localhost:${port}/.well-known/oauth-protected-resource/v1"`;

  await check("a token that is good", async () => {
    const { status, text } = await ask({ headers: [bearer()] });
    assert.deepEqual([status, JSON.parse(text).subject, runs], [200, "user", 1]);
  });
  await check("a token for the address that the application sees", async () => {
    for (const aud of [origin, `${origin}/v1`, `http://localhost:${port}/v1`, `https://localhost:${port}`]) {
      assert.equal((await ask({ headers: [bearer({ aud })] })).status, 401, aud);
    }
    assert.equal((await ask({ headers: [bearer({ exp: time - 60 })] })).status, 401);
  });
  await check("the challenge names the address that clients see", async () => {
    const lies = [
      ["X-Forwarded-Host", "evil.example"],
      ["X-Forwarded-Proto", "http"],
      ["X-Forwarded-Prefix", "/evil"],
      ["Forwarded", "host=evil.example;proto=http"],
      ["X-Original-URL", "https://evil.example/"],
    ];
    for (const headers of [[], lies]) {
      const answer = await ask({ headers });
      assert.deepEqual([answer.status, answer.headers["www-authenticate"]], [401, [challenge]]);
    }
  });
  await check("the metadata is where the challenge says", async () => {
    if (name === "guard.protect") return; // It is a route, and serves none by itself.
    const { status, headers, text } = await ask({ path: metadataPath });
    assert.equal(status, 200);
    assert.match(headers["content-type"][0], /^application\/json/);
    assert.deepEqual([JSON.parse(text).resource, JSON.parse(text).authorization_servers], [resource, [issuer]]);
  });
  await check("two tokens, and something after one", async () => {
    const before = runs;
    for (const headers of [
      [bearer(), bearer()],
      [["Authorization", `${bearer()[1]} x`]],
      [["Authorization", "Bearer"]],
    ]) {
      assert.equal((await ask({ headers })).status, 400);
    }
    assert.equal(runs, before);
  });
  await check("a HEAD has the same header fields and no body", async () => {
    const { status, headers, text } = await ask({ method: "HEAD" });
    assert.deepEqual([status, headers["www-authenticate"], text], [401, [challenge], ""]);
  });
  await nginx();
  await close();
}

/** nginx before an application at `host:port`. Answers a function that ends it. */
async function startNginx(upstream) {
  const home = path.join(folder, "nginx");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync(openssl, ["req", ...kind, ...subject, "-keyout", `${home}/key.pem`, "-out", `${home}/cert.pem`], {
    stdio: "ignore",
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  writeFileSync(
    `${home}/nginx.conf`,
    `daemon off; master_process off; pid ${home}/pid; error_log stderr notice;
events {}
http {
  access_log off;
  ${temporary.join(" ")}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${home}/cert.pem;
    ssl_certificate_key ${home}/key.pem;
    location /v1/ { proxy_pass http://${upstream}/; }
    location /.well-known/ { proxy_pass http://${upstream}; }
  }
}
`,
  );
  const { close } = await startServer(program, ["-e", "stderr", "-c", `${home}/nginx.conf`], {
    fd: 2,
    log: path.join(folder, "nginx.log"),
    ready: (line) => (/start worker|using the "\w+" event method/.test(line) ? true : undefined),
  });
  for (let tries = 100; ; tries -= 1) {
    try {
      await send({ path: "/" });
      return close;
    } catch (error) {
      if (tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** One request, as it is written. */
async function send({ method = "GET", path = "/v1/api/notes", headers = [] }) {
  // The certificate is made anew each time, and who has it is not what is tested.
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", rejectUnauthorized: false });
  return answerOf(socket, `localhost:${port}`, { method, path, headers });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
