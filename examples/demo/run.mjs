// The main job: tokens from a real OpenID Connect server, verified in workerd, in Node and in a browser.
//
//   node examples/demo/run.mjs            runs every case, prints one table, exits 1 when a row is not what it should be
//   node examples/demo/run.mjs --serve    the same, then leaves everything running and prints what to click

import { endAll } from "../../tests/support/processes.mjs";
import { apiCases, pageCases, routeCases } from "./cases.mjs";
import { callApi, callRoutes, summary, usePage } from "./checks.mjs";
import { layOut, startBrowserPage, startInspector, startNodeApi, startProvider, startWorkerApi } from "./hosts.mjs";
import { inspect } from "./inspector.mjs";
import { obtainTokens, userAgent } from "./login.mjs";
import { apis, audience, clientId } from "./names.mjs";
import { startPlayground } from "./playground.mjs";
import { table } from "./table.mjs";

const serve = process.argv.includes("--serve");
const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`);

try {
  const { rows, links } = await demo();
  console.log(`\n${table(rows)}`);
  console.log(
    "\nµs on workerd and Node: what the token adds to an HTTP round trip (medians; the row without a token shows the whole" +
      "\nround trip). µs in Chromium: one verification in the page (mean).",
  );
  const wrong = rows.filter(({ ok }) => !ok).length;
  console.log(`${rows.length - wrong} passed, ${wrong} failed (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  process.exitCode = wrong === 0 ? 0 : 1;
  if (serve) {
    console.log("\nEverything is left running. Ctrl-C ends it.\n");
    for (const [name, url] of Object.entries(links)) console.log(`${name.padEnd(16)} ${url}`);
    await new Promise(() => {});
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
await endAll();
process.exit();

async function demo() {
  say("installing the packed package into target/demo");
  const countersign = await layOut();

  say("starting the provider (oidc-provider)");
  const issuer = await startProvider();
  const server = await countersign.discover(issuer);

  say("signing in: authorization code with PKCE, once per API");
  const { tokens, rows } = await signInEverywhere(countersign, server);
  const expired = Date.now() + 2_000; // The brief token lives for one second.

  say("starting worker-api in workerd, node-api in Node, and the pages for the browser");
  const [worker, node, page, inspector] = await Promise.all([
    startWorkerApi(issuer),
    startNodeApi(issuer),
    startBrowserPage(issuer),
    startInspector(),
  ]);
  await new Promise((resolve) => setTimeout(resolve, expired - Date.now()));

  for (const [host, url] of [
    ["workerd", worker],
    ["node", node],
  ]) {
    say(`calling the API on ${host}`);
    rows.push(...(await callApi(host, url, apiCases({ tokens }))));
    rows.push(...(await callRoutes(host, url, routeCases({ tokens }))));
  }

  say("opening the page in headless Chromium");
  rows.push(...(await usePage(page, pageCases({ tokens, audience, clientId }))));
  say("inspecting tokens in headless Chromium");
  rows.push(...(await inspect(inspector, { tokens, issuer, audience })));

  if (!serve) return { rows };
  const playground = await startPlayground(countersign, {
    server,
    apis,
    clientId,
    audience,
    worker,
    node,
    page,
    inspector,
  });
  const provider = `${issuer}/.well-known/openid-configuration`;
  const links = {
    "sign in and try": playground,
    "worker-api": worker,
    "node-api": node,
    "browser page": page,
    inspector,
    provider,
  };
  return { rows, links };
}

async function signInEverywhere(countersign, server) {
  const browse = userAgent();
  const redirectUri = "http://127.0.0.1/callback";
  const tokens = {};
  const order = Object.keys(apis).sort((a, b) => (a === "brief") - (b === "brief")); // The short-lived one last.
  for (const name of order) {
    const { resource } = apis[name];
    tokens[name] = await obtainTokens(countersign, {
      server,
      clientId,
      redirectUri,
      scope: "openid read",
      resource,
      browse,
      account: "alice",
    });
  }
  const { idToken, nonce, accessToken } = tokens.rs256;
  const verifier = countersign.createVerifier({ issuer: server.issuer, audience: clientId, profile: "id-token" });
  const { claims } = await verifier.verify(idToken, { nonce, accessToken });
  return {
    tokens,
    rows: [{ ok: claims.sub === "alice", host: "node", name: "sign in, verify the ID token", detail: summary(claims) }],
  };
}
