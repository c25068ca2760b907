// What a guard adds to a route on Node and on workerd, beside other guards and none: each server in a process of its own, in
// turns.

import { fork } from "node:child_process";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import path from "node:path";

import { atEnd } from "../tests/support/processes.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { folder } from "./hosts.mjs";
import { quartiles } from "./runner.mjs";

const CONNECTIONS = 16;
const TOKENS = 64;
const issuer = "https://tenant.example/";
const audience = "https://api.example";

/** By framework, without a guard first. */
const contenders = {
  "node:http": ["none", "countersign", "countersign, cache"],
  Hono: ["none", "countersign", "hono/jwk"],
  Express: ["none", "countersign", "express-oauth2-jwt-bearer"],
  Fastify: ["none", "countersign", "@fastify/jwt"],
  workerd: ["none", "countersign", "countersign, cache"],
  "Hono on workerd": ["none", "countersign", "hono/jwk"],
};

/**
 * Answers `{ framework: { guard: { latency, cpu, throughput } } }`: microseconds of a request on one connection, of the
 * server's processor time for one, and requests a second on 16 connections. Medians of the rounds, with quartiles.
 */
export async function guards({ rounds, requests, warmUp }) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "bench", alg: "RS256", use: "sig" };
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
  const tokens = Array.from({ length: TOKENS }, (_, at) => makeToken(privateKey, at));
  const jwks = await serveKeys(jwk);
  const given = { issuer, audience, jwk, pem, jwksUri: jwks.address };

  const servers = [];
  try {
    for (const [framework, names] of Object.entries(contenders))
      for (const guard of names) servers.push(await start({ framework, guard, ...given }, tokens));
    const samples = servers.map(() => ({ latency: [], cpu: [], throughput: [] }));
    for (const server of servers) await measure(server, warmUp);
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < servers.length; turn += 1) {
        const at = (turn + round) % servers.length;
        const measured = await measure(servers[at], requests);
        for (const name of Object.keys(measured)) samples[at][name].push(measured[name]);
      }
    }
    const results = {};
    for (const [at, { framework, guard }] of servers.entries()) {
      const summary = Object.entries(samples[at]).map(([name, list]) => [name, quartiles(list)]);
      results[framework] = { ...results[framework], [guard]: Object.fromEntries(summary) };
    }
    return results;
  } finally {
    for (const { close } of servers) await close();
    jwks.close();
  }
}

/** About 800 characters. */
function makeToken(privateKey, at) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: audience, sub: `user-${at}`, client_id: "web", iat: now, exp: now + 86_400 };
  const more = {
    scope: "read write profile",
    jti: "0123456789abcdef".repeat(2),
    name: "Alice Example",
    padding: "x".repeat(40),
  };
  const input = `${encode({ alg: "RS256", kid: "bench", typ: "JWT" })}.${encode({ ...claims, ...more })}`;
  return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
}

async function serveKeys(jwk) {
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/jwks`, close: () => server.close() };
}

/** Starts a server, and has it accept a good token and refuse one with a wrong signature. */
async function start({ framework, guard, ...given }, tokens) {
  const host = framework.endsWith("workerd") ? onWorkerd : onNode;
  const { port, cpu, close: end } = await host({ framework, guard, ...given });
  const server = { framework, guard, port, requests: tokens.map(requestWith), cpu, close: end };
  const { send, close } = await open(port);
  const [, payload] = tokens[1].split(".");
  const forged = tokens[0].replace(/\.[^.]*\./, `.${payload}.`);
  const statuses = [await send(server.requests[0]), await send(requestWith(forged))];
  close();
  const expected = [200, guard === "none" ? 200 : 401];
  if (String(statuses) !== String(expected)) throw new Error(`${framework}, ${guard}: ${statuses} for ${expected}`);
  return server;
}

async function onNode(given) {
  const child = fork(path.join(folder, "guard-server.mjs"));
  const close = atEnd(() => child.kill());
  child.send(given);
  const [{ port }] = await once(child, "message");
  async function cpu() {
    child.send("cpu");
    const [{ cpu }] = await once(child, "message");
    return cpu;
  }
  return { port, cpu, close };
}

async function onWorkerd({ framework, guard, ...given }) {
  const out = path.join(folder, "guard-worker", `${framework}, ${guard}`.replace(/\W+/g, "-"));
  const modules = await bundleWorker(path.join(folder, "guard-worker.mjs"), out);
  const variables = { FRAMEWORK: framework, GUARD: guard, GIVEN: JSON.stringify(given) };
  const { url, pid, close } = await startWorkerd(out, { modules, variables });
  return { port: Number(new URL(url).port), cpu: async () => processorTime(pid), close };
}

/** The microseconds of processor time that a process has used, as Linux counts it for each of its threads. */
function processorTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return times.reduce((sum, time) => sum + time, 0) / 1000;
}

const requestWith = (token) => `GET / HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer ${token}\r\n\r\n`;

/** Asks so often on one connection, and as often again on all. */
async function measure({ port, requests, cpu }, times) {
  // Servers close those that rest.
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const alone = await run(connections.slice(0, 1), requests, times);
  const before = await cpu();
  const together = await run(connections, requests, times);
  const used = (await cpu()) - before;
  for (const { close } of connections) close();
  return {
    latency: quartiles(alone.latencies).median * 1000,
    cpu: used / times,
    throughput: (times * 1000) / together.milliseconds,
  };
}

async function run(connections, requests, times) {
  const latencies = [];
  let sent = 0;
  const begin = performance.now();
  await Promise.all(
    connections.map(async ({ send }) => {
      while (sent < times) {
        sent += 1;
        const start = performance.now();
        const status = await send(requests[sent % requests.length]);
        if (status !== 200) throw new Error(`status ${status}`);
        latencies.push(performance.now() - start);
      }
    }),
  );
  return { latencies, milliseconds: performance.now() - begin };
}

/** A connection that sends one request at a time, with as little of our own time in it as can be. */
async function open(port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.setEncoding("latin1");
  let text = "";
  let waiting;
  socket.on("data", (chunk) => {
    text += chunk;
    const head = text.indexOf("\r\n\r\n") + 4;
    if (head < 4) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(text);
    if (length === null ? !text.endsWith("0\r\n\r\n") : text.length < head + Number(length[1])) return;
    const status = Number(text.slice(9, 12));
    text = "";
    waiting?.resolve(status);
  });
  socket.on("close", () => waiting?.reject(new Error("the server has closed the connection")));
  const send = (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(request);
    });
  const close = () => {
    waiting = undefined;
    socket.destroy();
  };
  return { send, close };
}
