// The client against a hostile authorization server:  node tests/relying-party/run.mjs [NAME…]
//
// A local re-creation of the modules of OpenID's conformance suite for relying parties, and the attacks that it leaves out.
// The 10,000 interleaved sign-ins run with COUNTERSIGN_LOGINS=10000; without it, there are 600.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { makeKey } from "../support/tokens.mjs";
import * as flows from "./flows.mjs";
import { servers, slow, tls } from "./answers.mjs";
import { browser } from "./attacks.mjs";
import { devices, proofs } from "./devices.mjs";
import { interleavedLogins } from "./logins.mjs";
import { checkPage } from "./page.mjs";
import { backchannel, basic, config, fapi, others } from "./modules.mjs";
import { HostileServer, redirectUri } from "./server.mjs";

const folder = path.join(target, "relying-party");
await installPackage(folder);
const { createClient } = await importPackage(folder, "countersign/client");

const certificate = makeCertificate(path.join(folder, "tls"));

const isWriting = process.argv.includes("--write");
const wanted = process.argv.slice(2).filter((name) => name !== "--write");
const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));
const { check, skip, counts } = createSuite();
const run = async (name, test) => isWanted(name) && check(name, test);

/** Has the client go through the flow of a module, or an attack run. */
async function runModule(module, { server: setup = {}, options = {}, alter = (behaviour) => behaviour } = {}) {
  const { behaviour = {}, flow = "login", expects } = module;
  const started = [];
  const set = async (own = {}) => {
    const server = await HostileServer.listen({ ...setup, ...module.server, behaviour, ...own });
    started.push(server);
    const client = createClient({ issuer: server.issuer, clientId: "app", redirectUri, ...options, ...module.options });
    return { client, server, createClient, module };
  };
  const go = module.run ?? (async () => (flows[flow] ?? flow)(await set({ behaviour: alter(behaviour) })));
  try {
    const result = go(set);
    if (expects === "accept") await result;
    else await assert.rejects(result, { name: "CountersignError", code: expects });
    for (const { fault } of started) if (fault !== undefined) throw fault; // A defect of this suite.
  } finally {
    await Promise.all(started.map((server) => server.close()));
  }
}

/** A key, and a certificate that it has signed itself. Without openssl: none. */
function makeCertificate(home) {
  const openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].find(existsSync);
  if (openssl === undefined) return undefined;
  mkdirSync(home, { recursive: true });
  const [key, cert] = [path.join(home, "key.pem"), path.join(home, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync(openssl, ["req", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

const clientKey = makeKey("ES256", "client");
const { kty, crv, x, y } = clientKey.jwk;
const fapiSetup = {
  server: {
    client: { id: "app", method: "private_key_jwt", jwk: { kty, crv, x, y }, dpop: true },
    sign: "pss",
    publish: ["pss"],
  },
  /** The profile has PAR. */
  alter: (behaviour) => ({
    ...behaviour,
    metadata: { require_pushed_authorization_requests: true, ...behaviour.metadata },
  }),
  options: {
    clientAuthentication: { method: "private_key_jwt", key: clientKey.privateJwk, kid: "client" },
    dpop: true,
  },
};

/** A plan: the prefix of its modules' names, its own name, the modules, what all of them have in common. */
const plans = [
  ["oidcc-", "basic", basic],
  ["oidcc-", "config", config],
  ["oidcc-", "others", others],
  ["oidcc-", "back-channel", backchannel],
  ["fapi2-security-profile-final-client-test-", "FAPI 2", fapi, fapiSetup],
];
for (const [prefix, plan, modules, setup] of plans) {
  const applicable = modules.filter(({ none }) => none === undefined);
  let passed = 0;
  for (const module of applicable) {
    if (await run(`${prefix}${module.name}`, () => runModule(module, setup))) passed += 1;
  }
  console.log(`${plan}: ${passed} of ${applicable.length} pass, ${modules.length - applicable.length} do not apply`);
  for (const { name, none } of modules) if (none !== undefined) console.log(`        ${name}: ${none}`);
}

await run("the page is up to date", () => checkPage(plans, isWriting));
for (const attack of [...browser, ...servers, ...proofs, ...devices]) await run(attack.name, () => runModule(attack));
if (certificate === undefined) skip("a certificate that nobody has issued: install Debian's openssl");
else await run("TLS: a certificate that nobody has issued", () => runModule(tls(certificate)));
await Promise.all(slow.map((attack) => run(attack.name, () => runModule(attack))));
await run("interleaved sign-ins", async () => {
  const total = Number(process.env.COUNTERSIGN_LOGINS ?? 600);
  const start = Date.now();
  const { logins, refusals } = await interleavedLogins(createClient, total);
  const list = Object.entries(refusals).map(([code, count]) => `${count} ${code}`);
  console.log(
    `interleaved: ${logins} sign-ins in ${((Date.now() - start) / 1000).toFixed(1)} s; refused: ${list.join(", ")}`,
  );
});
summarize(counts);
