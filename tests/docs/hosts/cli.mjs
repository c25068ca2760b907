// Runs one block on Node, Deno or Bun:  cli.mjs BLOCK [WORD…]

import http from "node:http";
import process from "node:process";
import "./surroundings.mjs";
import { asBrowser } from "./browser.mjs";
import { tenant } from "./tenant.mjs";
import { visitApi, visitFunctions, visitWeb } from "./visit.mjs";
import { privateJwk } from "./world.mjs";

// A server of the block's gets a free port instead of the one that it asks for.
let server;
const { listen } = http.Server.prototype;
http.Server.prototype.listen = function () {
  server = this;
  return listen.call(this, 0, "127.0.0.1");
};

const block = await import(`./${process.argv[2]}`);
if (server) {
  const { port } =
    server.address() ?? (await new Promise((resolve) => server.once("listening", resolve)), server.address());
  const url = `http://127.0.0.1:${port}`;
  if (process.argv.includes("web")) await visitWeb(asBrowser(url), await tenant(privateJwk));
  else
    await visitApi(
      answerOf((path, headers) => fetch(`${url}${path}`, { headers })),
      globalThis.jwt,
    );
  server.closeAllConnections();
  server.close();
}
if (block.default?.fetch) {
  const [origin, visit] = process.argv.includes("web")
    ? ["https://app.example", async (send) => visitWeb(send, await tenant(privateJwk))]
    : ["https://api.example", (send) => visitApi(send, globalThis.jwt)];
  await visit(answerOf((path, headers) => block.default.fetch(new Request(`${origin}${path}`, { headers }))));
}
if (block.startSignIn) await visitFunctions(block, await tenant(privateJwk));

function answerOf(request) {
  return async (path, headers) => {
    const response = await request(path, headers);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}
