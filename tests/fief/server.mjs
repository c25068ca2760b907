// fief-server from PyPI in a virtual environment, with redis-server, on ports of their own. TLS is before it, since its issuer
// is https wherever it is, and clients follow no such issuer to endpoints without.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request as forward } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import { atEnd, startServer } from "../support/processes.mjs";
import { startRedis } from "../stores/redis.mjs";

const execute = promisify(execFile);
const VERSION = "0.27.0";
const ADMIN_KEY = "the admin key of the tests";
export const USER = { email: "anne@example.com", password: "correct horse battery staple 9" };

/** Answers where Fief is, and what calls its API; or the reason why it is not. */
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
  const domain = `localhost:${await startTls(folder, port)}`;
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
    DATABASE_LOCATION: data,
    TELEMETRY_ENABLED: "false",
    CSRF_CHECK_ENABLED: "false",
    GENERATED_JWK_SIZE: "2048",
    ...Object.fromEntries([...secure, "FIEF_ADMIN_SESSION"].map((name) => [`${name}_COOKIE_SECURE`, "false"])),
  };
  await startServer(path.join(venv, "bin", "fief"), ["run-server", "--host", "127.0.0.1", "--port", String(port)], {
    env,
    cwd: data,
    fd: 2,
    timeout: 240_000,
    log: path.join(folder, "fief.log"),
    ready: (line) => (line.includes("Uvicorn running") ? true : undefined),
  });
  return { baseUrl: `https://${domain}`, api: admin(`https://${domain}/admin/api`) };
}

/** A proxy with a certificate of its own. Answers its port. */
async function startTls(folder, port) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await execute("openssl", [...request, "-subj", "/CN=localhost", "-keyout", key, "-out", cert]);
  const proxy = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    const headers = { ...incoming.headers, "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" };
    const options = { host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers };
    const forwarded = forward(options, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  });
  await new Promise((resolve) => proxy.listen(0, "localhost", resolve));
  atEnd(() => proxy.closeAllConnections() ?? proxy.close());
  return proxy.address().port;
}

const admin = (root) => async (method, name, body) => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
  const response = await fetch(`${root}/${name}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
};

/** `undefined`, once it is there. Its requirements are pinned, and one of them has no binary: that is replaced. */
async function install(folder, venv) {
  const pip = (...args) =>
    execute(path.join(venv, "bin", "python"), ["-m", "pip", ...args, "--quiet", "--disable-pip-version-check"], {
      cwd: folder,
    });
  const stamp = path.join(venv, "countersign-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === VERSION) return undefined;
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await execute("python3", ["-m", "venv", venv]);
    await pip("download", "--no-deps", "--dest", "wheels", `fief-server==${VERSION}`);
    const wheel = readdirSync(path.join(folder, "wheels")).find((name) => name.endsWith(".whl"));
    const print = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name = next(name for name in wheel.namelist() if name.endswith("METADATA"))
for line in wheel.read(name).decode().splitlines():
    if line.startswith("Requires-Dist: ") and "extra ==" not in line:
        print(line[15:].replace("psycopg2==", "psycopg2-binary=="))
print("click==8.1.7")
`;
    const { stdout } = await execute(path.join(venv, "bin", "python"), ["-c", print, `wheels/${wheel}`], {
      cwd: folder,
    });
    writeFileSync(path.join(folder, "requirements.txt"), stdout);
    await pip("install", "--only-binary", ":all:", "--requirement", "requirements.txt");
    await pip("install", "--no-deps", `wheels/${wheel}`);
    writeFileSync(stamp, VERSION);
    return undefined;
  } catch (error) {
    const last = String(error.stderr ?? error)
      .trim()
      .split("\n")
      .at(-1);
    return `fief-server ${VERSION} cannot be installed here: ${last}`;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
