// fief-server and its worker, with redis-server and a mailbox, on ports of their own. Its issuer is https wherever it is: so
// there is TLS before it, and the same without, at one port, since it answers to no other name than its domain.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, request as forward } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

import { freePort } from "../support/ports.mjs";
import { atEnd, startServer } from "../support/processes.mjs";
import { startRedis } from "../stores/redis.mjs";
import { execute, install } from "./install.mjs";
import { startMailbox } from "./mailbox.mjs";

const ADMIN_KEY = "the admin key of the tests";
export const USER = { email: "anne@example.com", password: "correct horse battery staple 9" };

/** Answers where Fief is, what calls its API, and where its e-mails go; or the reason why there is none. */
export async function startFief(folder) {
  const redis = await startRedis(folder);
  if (redis === undefined) return { reason: "no redis-server on this machine" };
  const venv = path.join(folder, "venv");
  const reason = await install(folder, venv);
  if (reason !== undefined) return { reason };

  const data = path.join(folder, "data");
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const mailbox = await startMailbox();
  const domain = `localhost:${await startProxy(folder, port)}`;
  const secure = [
    "CSRF",
    "SESSION_DATA",
    "USER_LOCALE",
    "LOGIN_HINT",
    "LOGIN_SESSION",
    "REGISTRATION_SESSION",
    "SESSION",
  ];
  const env = {
    PATH: process.env.PATH,
    SECRET: randomBytes(16).toString("hex"),
    ENCRYPTION_KEY: `${randomBytes(32).toString("base64url")}=`,
    FIEF_CLIENT_ID: "fief",
    FIEF_CLIENT_SECRET: randomBytes(16).toString("hex"),
    FIEF_DOMAIN: domain,
    ROOT_DOMAIN: domain,
    FIEF_MAIN_USER_EMAIL: USER.email,
    FIEF_MAIN_USER_PASSWORD: USER.password,
    FIEF_MAIN_ADMIN_API_KEY: ADMIN_KEY,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    EMAIL_PROVIDER: "SMTP",
    EMAIL_PROVIDER_PARAMS: JSON.stringify({ host: "127.0.0.1", port: mailbox.port, ssl: false }),
    DATABASE_LOCATION: data,
    PYTHONUNBUFFERED: "1",
    TELEMETRY_ENABLED: "false",
    CSRF_CHECK_ENABLED: "false",
    GENERATED_JWK_SIZE: "2048",
    ...Object.fromEntries([...secure, "FIEF_ADMIN_SESSION"].map((name) => [`${name}_COOKIE_SECURE`, "false"])),
  };
  const fief = path.join(venv, "bin", "fief");
  await startServer(fief, ["run-server", "--host", "127.0.0.1", "--port", String(port)], {
    env,
    cwd: data,
    timeout: 240_000,
    log: path.join(folder, "fief.log"),
    ready: (line) => (line.includes("Fief Server started") ? true : undefined),
  });
  await answers(`https://${domain}/.well-known/openid-configuration`);
  // It sends the e-mails, and posts the webhooks. SQLite has it wait for the server, and the server for it: so it runs while we
  // wait for what it does, and at no other time.
  const work = async (done) => {
    const worker = await startServer(fief, ["run-worker", "--processes", "1", "--threads", "1"], {
      env,
      cwd: data,
      fd: 2,
      timeout: 60_000,
      log: path.join(folder, "worker.log"),
      ready: (line) => (line.includes("Worker process is ready for action") ? true : undefined),
    });
    try {
      return await done();
    } finally {
      await worker.close();
    }
  };
  const rotateKey = async () => execute(path.join(venv, "bin", "python"), ["-c", ROTATE, data]);
  const api = admin(`https://${domain}/admin/api`);
  return { domain, baseUrl: `https://${domain}`, api, mailbox, work, rotateKey };
}

/**
 * Fief has no call for it: an operator writes another key to the database of the workspace, where each request reads it. From then on
 * the server signs with the new one, and publishes no other.
 */
const ROTATE = `
import os, secrets, sqlite3, sys, uuid
from jwcrypto import jwk
key = jwk.JWK.generate(kty="RSA", size=2048, use="sig", kid=secrets.token_urlsafe())
[workspace] = [name for name in os.listdir(sys.argv[1]) if len(name) == len(str(uuid.uuid4()))]
with sqlite3.connect(os.path.join(sys.argv[1], workspace), timeout=30) as database:
    changed = database.execute('UPDATE fief_tenants SET sign_jwk = ? WHERE "default" = 1', (key.export(),)).rowcount
assert changed == 1, changed
`;
/** A proxy that speaks TLS with those that begin with it, and plain HTTP with others. Answers its port. */
async function startProxy(folder, port) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await execute("openssl", [...request, "-subj", "/CN=localhost", "-keyout", key, "-out", cert]);
  const through = (scheme) => (incoming, outgoing) => {
    const headers = { ...incoming.headers, "x-forwarded-proto": scheme, "x-forwarded-for": "127.0.0.1" };
    const options = { agent: false, host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers };
    const forwarded = forward(options, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  };
  const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, through("https"));
  const plain = createHttpServer(through("http"));
  const HANDSHAKE = 0x16; // RFC 8446 §5.1
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy()));
    socket.once("readable", () => {
      const first = socket.read(1);
      if (first === null) return;
      socket.unshift(first);
      (first[0] === HANDSHAKE ? tls : plain).emit("connection", socket);
    });
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address().port;
}

/** The server says that it has started before it listens. */
async function answers(url) {
  for (let attempt = 0; ; attempt += 1) {
    const { ok, status } = await fetch(url);
    if (ok) return;
    if (attempt === 100) throw new Error(`${url} answers ${status}`);
    await setTimeout(100);
  }
}

const admin = (root) => async (method, name, body) => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
  const response = await fetch(`${root}/${name}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
};
