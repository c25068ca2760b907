// redis-server on a port of its own, and Upstash's HTTP before it.

import { createServer as createHttpServer } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";

import { freePort } from "../support/ports.mjs";
import { atEnd, startServer } from "../support/processes.mjs";

/** Answers its port, or `undefined` where this machine has no redis-server. */
export async function startRedis(folder) {
  const port = await freePort();
  const options = { port, bind: "127.0.0.1", save: "", appendonly: "no", "maxmemory-policy": "noeviction" };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    await startServer("redis-server", args, {
      log: path.join(folder, "redis.log"),
      ready: (line) => (line.includes("Ready to accept connections") ? true : undefined),
    });
    return port;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The REST API of Upstash, as far as its client uses it here: a command or a list of them, answers in base64. */
export async function startUpstash(client) {
  const perform = async (command) => {
    try {
      return { result: encoded(await client.sendCommand(command.map(String))) };
    } catch (error) {
      return { error: error.message };
    }
  };
  const encoded = (answer) =>
    typeof answer === "string" && answer !== "OK" ? Buffer.from(answer).toString("base64") : answer;
  const server = createHttpServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    const answer = request.url === "/pipeline" ? await Promise.all(body.map(perform)) : await perform(body);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
