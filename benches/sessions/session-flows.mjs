// Sign-ins and refreshes at an authorization server on this machine:  a program that is given the file of its job and prints
// `{ signIns, refreshes }`, each `{ rate, cpu }` by rounds: how many a second, and microseconds of this process for one.

import { readFileSync } from "node:fs";

import { memoryStore } from "countersign/stores";
import { createClient, createWebAuth } from "countersign/web";

import { signIn, userAgent } from "./login.mjs";

const { issuer, origin, secret, rounds, users, atOnce } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const auth = createWebAuth({
  origin,
  client: createClient({
    issuer,
    clientId: "app0",
    clientAuthentication: { method: "client_secret_basic", secret },
    scope: "openid profile",
  }),
  secrets: ["of the benchmark, 32 bytes or more"],
  store: memoryStore(),
});
const app = auth.mount(async (request, session) =>
  session === undefined ? auth.signIn(request) : new Response(await session.accessToken()),
);

/** A user with a browser, whom the server knows after the first time. */
class User {
  #browse = userAgent();
  #cookies = new Map();

  constructor(name) {
    this.name = name;
  }

  async page(target) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const response = await app(new Request(new URL(target, origin), { headers: { accept: "text/html", cookie } }));
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
      if (line.includes("Max-Age=0;")) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  async signIn() {
    this.#cookies.clear();
    const begun = await this.page("/");
    const back = await signIn(this.#browse, begun.headers.get("location"), `${origin}/auth/callback`, this.name);
    const response = await this.page(back);
    if (response.headers.get("location") !== "/") throw new Error(`the callback answers ${response.status}`);
  }

  async token() {
    const response = await this.page("/");
    if (response.status !== 200) throw new Error(`the page answers ${response.status}`);
    return response.text();
  }
}

const cpu = (since) => {
  const { user, system } = process.cpuUsage(since);
  return user + system;
};

/** Each of `list` does it once, so many at once. */
async function measure(list, once) {
  const queue = [...list];
  const begun = performance.now();
  const before = process.cpuUsage();
  const next = async () => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) await once(one);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  const rate = (list.length * 1000) / (performance.now() - begun);
  return { rate, cpu: cpu(before) / list.length };
}

const everybody = Array.from({ length: users }, (_, at) => new User(`user-${at}`));
await measure(everybody, (user) => user.signIn()); // With forms, which are not measured.
const answer = { signIns: [], refreshes: [] };
for (let round = 0; round < rounds; round += 1) {
  answer.signIns.push(await measure(everybody, (user) => user.signIn()));
  const tokens = new Map();
  for (const user of everybody) tokens.set(user, undefined);
  // Their access tokens are good for a second.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  answer.refreshes.push(await measure(everybody, async (user) => tokens.set(user, await user.token())));
  if (new Set(tokens.values()).size !== users) throw new Error("somebody has the token of another");
}
console.log(JSON.stringify(answer));
process.exit();
