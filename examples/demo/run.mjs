// The main job: from a sign-in at a real OpenID Connect server to a protected API, in workerd, in Node and in a browser.
//
//   node examples/demo/run.mjs            goes the whole way, prints one table, exits 1 when a row is not what it should be; in a
//                                         terminal it then leaves everything running, and says what to click
//   node examples/demo/run.mjs --serve    stays without a terminal too
//   node examples/demo/run.mjs --check    never stays

import { chromiumProgram, startChromium } from "../../tests/support/browsers.mjs";
import { endAll } from "../../tests/support/processes.mjs";
import { apiCases, pageCases, routeCases } from "./cases.mjs";
import { callApi, callRoutes, summary, usePage } from "./checks.mjs";
import {
  layOut,
  startBrowserPage,
  startInspector,
  startNodeApi,
  startPage,
  startProvider,
  startWebApplications,
  startWorkerApi,
} from "./hosts.mjs";
import { inspect } from "./inspector.mjs";
import { pageJourney, webJourney } from "./journeys.mjs";
import { obtainTokens, userAgent } from "./login.mjs";
import { apis, audience, clientId } from "./names.mjs";
import { startPlayground } from "./playground.mjs";
import { table } from "./table.mjs";
import { whatToClick } from "./what-to-click.mjs";

const has = (option) => process.argv.includes(option);
const serve = has("--serve") || (process.stdout.isTTY === true && process.stdin.isTTY === true && !has("--check"));
const began = Date.now();
let chromium;
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
    console.log(`\n${whatToClick(links)}`);
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

  say("starting the APIs in workerd and Node, the web application on both, and the pages for the browser");
  const [worker, node, page, inspector, spa] = await Promise.all([
    startWorkerApi(issuer),
    startNodeApi(issuer),
    startBrowserPage(issuer),
    startInspector(),
    startPage(issuer),
  ]);
  const asked = { "worker-api": worker, "node-api": node };
  const web = await startWebApplications(issuer, asked);

  say("signing in: authorization code with PKCE, once per API");
  const { tokens, rows } = await signInEverywhere(countersign, server);
  const expired = Date.now() + 2_000; // The brief token lives for one second.

  say("going from the sign-in to the APIs as a user does: on workerd, on Node, and in headless Chromium");
  const ways = await Promise.all([
    ...Object.entries(web).map(([host, url]) => webJourney(`web, ${host}`, url, { issuer, apis: asked })),
    inChromium((browser) => pageJourney("web, chromium", spa, browser)),
  ]);
  rows.unshift(...ways.flat());
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
  rows.push(...(await inChromium((browser) => usePage(page, browser, pageCases({ tokens, audience, clientId })))));
  say("inspecting tokens in headless Chromium");
  rows.push(...(await inChromium((browser) => inspect(inspector, browser, { tokens, issuer, audience }))));

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
  return { rows, links: { web, spa, worker, node, playground, page, inspector, provider } };
}

/** What is done in the one Chromium of the demo; without it, a row that says so. */
async function inChromium(use) {
  if (!chromiumProgram()) {
    const detail = "there is no Chromium here: install `chromium`, or set CHROME to its path";
    return [{ ok: false, host: "chromium", name: "open the page", detail }];
  }
  chromium ??= startChromium();
  return use((await chromium).browser);
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
