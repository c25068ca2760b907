// Glewlwyd on loopback: an OpenID Connect server in C, with its accounts and clients in SQLite.

import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";

import { startServer } from "../support/processes.mjs";

const PROGRAM = "/usr/bin/glewlwyd";
const SQLITE = "/usr/bin/sqlite3";
const SCHEMA = "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz";
/** What the schema gives the administrator. */
const ADMINISTRATOR = { username: "admin", password: "password" };
const PASSWORD = "of the tests";

/** Why it cannot run here, or `undefined`. */
export function absence() {
  const absent = [PROGRAM, SQLITE, SCHEMA].filter((file) => !existsSync(file));
  return absent.length === 0 ? undefined : `there is no ${absent.join(", no ")} (Debian's glewlwyd and sqlite3)`;
}

/** Starts it with these clients. Answers its issuer, and `browse`, a browser in which a user has signed in. */
export async function start(folder, clients) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [configuration, database] = [path.join(folder, "glewlwyd.conf"), path.join(folder, "glewlwyd.db")];
  execFileSync(SQLITE, [database], { input: gunzipSync(readFileSync(SCHEMA)) });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const issuer = `${origin}/api/oidc`;
  writeFileSync(configuration, configure(port, origin, database));
  await startServer(PROGRAM, [`--config-file=${configuration}`], {
    log: path.join(folder, "server.log"),
    ready: (line) => (/INFO: Glewlwyd started/.test(line) ? true : undefined),
  });

  const administrator = await Browser.open(origin, ADMINISTRATOR);
  await administrator.send("POST", "/api/mod/plugin/", {
    module: "oidc",
    name: "oidc",
    display_name: "OpenID Connect",
    parameters: parameters(issuer),
  });
  const user = {
    username: "alice",
    name: "Alice of the tests",
    email: "alice@example.com",
    scope: ["openid", "g_profile"],
  };
  await administrator.send("POST", "/api/user/", { ...user, password: PASSWORD, enabled: true });
  for (const client of clients)
    await administrator.send("POST", "/api/client/", { ...client, scope: [], enabled: true, confidential: true });
  const browser = await Browser.open(origin, { username: user.username, password: PASSWORD });
  // Consent, which its page would ask for.
  for (const { client_id: id } of clients) await browser.send("PUT", `/api/auth/grant/${id}`, { scope: "openid" });
  return { issuer, browse: (url) => browser.redirected(url) };
}

class Browser {
  #origin;
  #cookie = "";

  constructor(origin) {
    this.#origin = origin;
  }

  static async open(origin, account) {
    const browser = new Browser(origin);
    await browser.send("POST", "/api/auth/", account);
    return browser;
  }

  async send(method, target, body) {
    const headers = { "content-type": "application/json", cookie: this.#cookie };
    const response = await fetch(`${this.#origin}${target}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${target} answers ${response.status} ${text}`);
    for (const line of response.headers.getSetCookie()) [this.#cookie] = line.split(";");
  }

  /** Where an address leads to, by the page that asks who it is: a script of it has the user go on. */
  async redirected(url) {
    const location = await this.#location(url);
    const back = new URL(location).searchParams.get("callback_url");
    return back === null ? location : this.#location(`${back}&g_continue`);
  }

  async #location(url) {
    const response = await fetch(url, { redirect: "manual", headers: { cookie: this.#cookie } });
    const location = response.headers.get("location");
    if (location === null) throw new Error(`${url} answers ${response.status} ${await response.text()}`);
    return location;
  }
}

function configure(port, origin, database) {
  const modules = "/usr/lib/glewlwyd";
  return `port=${port}
bind_address="127.0.0.1"
external_url="${origin}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_domain=""
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="${modules}/user"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
hash_algorithm="SHA512"
database = { type = "sqlite3"; path = "${database}"; };
`;
}

/** Of its plugin: refresh tokens serve once, and a code that comes twice ends what came of it. */
function parameters(iss) {
  const pem = { type: "spki", format: "pem" };
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    iss,
    "subject-type": "public",
    "jwt-type": "rsa",
    "jwt-key-size": "256",
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: publicKey.export(pem),
    "jwks-show": true,
    "access-token-duration": 3600,
    "refresh-token-duration": 86_400,
    "code-duration": 60,
    "refresh-token-rolling": false,
    "refresh-token-one-use": "always",
    "allow-non-oidc": true,
    "auth-type-code-enabled": true,
    "auth-type-code-revoke-replayed": true,
    "auth-type-client-enabled": true,
    "auth-type-refresh-enabled": true,
    "pkce-allowed": true,
    "pkce-required": true,
    "pkce-method-plain-allowed": false,
    "oauth-as-iss-id": true,
    "oauth-par-allowed": true,
    "oauth-par-duration": 60,
    "oauth-par-request_uri-prefix": "urn:glewlwyd:",
    "oauth-dpop-allowed": true,
    "oauth-dpop-iat-duration": 60,
    "introspection-revocation-allowed": true,
    "introspection-revocation-allow-target-client": true,
    "name-claim": "mandatory",
    "email-claim": "mandatory",
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
