// The client against a hostile authorization server:  node tests/relying-party/run.mjs [NAME…]
//
// A local re-creation of the modules of OpenID's conformance suite for relying parties, and the attacks that it leaves out.
// The 10,000 interleaved sign-ins run with COUNTERSIGN_LOGINS=10000; without it, there are 600.

import assert from "node:assert/strict";
import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { makeKey } from "../support/tokens.mjs";
import * as flows from "./flows.mjs";
import { servers, slow } from "./answers.mjs";
import { browser } from "./attacks.mjs";
import { devices, proofs } from "./devices.mjs";
import { interleavedLogins } from "./logins.mjs";
import { backchannel, basic, config, fapi, others } from "./modules.mjs";
import { HostileServer, redirectUri } from "./server.mjs";

const folder = path.join(target, "relying-party");
await installPackage(folder);
const { createClient } = await importPackage(folder, "countersign/client");

const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));
const counts = { passed: 0, failures: [], skipped: 0 };

async function run(name, test) {
  if (!isWanted(name)) return false;
  try {
    await test();
    counts.passed += 1;
    return true;
  } catch (error) {
    counts.failures.push(`${name}\n        ${error.stack}`);
    return false;
  }
}

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

for (const attack of [...browser, ...servers, ...proofs, ...devices]) await run(attack.name, () => runModule(attack));
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
