// Refreshing under load: fifty requests at once, round after round, at a server that ends a grant whose refresh token comes
// twice, behind a proxy that loses answers.
//
// An answer that is lost after the server has spent the token leaves nothing to go on with, whatever a client does: the
// next refresh is the token's second, and the server ends the grant. So at a server of that kind each loss costs one
// sign-in, and nothing else may. At one that repeats its answer for a while, nothing is lost.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startRedis } from "../stores/redis.mjs";
import { installPackage } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { freePort } from "../support/ports.mjs";
import { cookieSecret, folder, secret } from "./hosts.mjs";
import { FAULTS, LOSSES, startProxy } from "./lossy-proxy.mjs";
import { storm } from "./storm.mjs";
import { Visitor } from "./visitor.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const REQUESTS = 50;
/** Seconds of an access token: the second one is that in which it is refreshed ahead. */
const LIFE = 2;

/**
 * The applications: where sessions are, of how many instances in how many processes, what happens to answers. With `loses`
 * answers are lost too; `repeats`: the server repeats them. `races`: instances without a store that they share, which is
 * why they do lose sessions; it shows that this suite would see it.
 */
const applications = [
  { name: "store", kind: "store", instances: 4 },
  { name: "store, answers lost", kind: "store", instances: 4, loses: true },
  { name: "store, answers lost and repeated", kind: "store", instances: 4, loses: true, repeats: true },
  { name: "cookies and a store, answers lost", kind: "denylist", instances: 4, loses: true },
  { name: "Redis, answers lost", kind: "store", instances: 2, processes: 2, redis: true, loses: true },
  { name: "cookies and Redis", kind: "denylist", instances: 2, processes: 2, redis: true },
  { name: "no store, one instance", kind: "unlocked", instances: 1 },
  { name: "no store, answers lost and repeated", kind: "unlocked", instances: 4, loses: true, repeats: true },
  { name: "no store, many instances", kind: "unlocked", instances: 4, races: true },
];

/**
 * Runs the rounds of all applications side by side, each as a check, or of those that are named. Answers how many could not be
 * run.
 */
export async function refreshing(check, rounds, names = []) {
  await installPackage(folder);
  cpSync(path.join(here, "node-app.mjs"), path.join(folder, "node-app.mjs"));
  const port = await startRedis(folder);
  const wanted = applications.filter(({ name }) => names.length === 0 || names.includes(name));
  const chosen = wanted.filter((application) => port !== undefined || !application.redis);
  const skipped = wanted.length - chosen.length;
  if (skipped > 0) console.log(`not run  ${skipped} over Redis: this machine has no redis-server`);
  const proxy = await startProxy();
  const ports = [];
  for (const { instances, processes = 1 } of chosen)
    ports.push(await Promise.all(Array.from({ length: instances * processes }, freePort)));
  const origins = ports.map(([port]) => `http://127.0.0.1:${port}`);
  const program = ["--issuer", proxy.origin, "--life", String(LIFE), ...origins];
  const { answer } = await startServer(process.execPath, [path.join(here, "provider.mjs"), ...program], {
    log: path.join(folder, "rotating-provider.log"),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line).issuer : undefined),
  });
  proxy.upstream = answer;
  for (const [at, application] of chosen.entries())
    await start({ ...application, id: `app${at}`, ports: ports[at], issuer: proxy.origin, port });
  const events = async () => (await (await fetch(`${answer}/test/events`)).json()).clients;
  await Promise.all(
    chosen.map(async (application, at) => {
      const subject = new Subject(application, `app${at}`, ports[at], proxy, events);
      await check(`refreshing, ${application.name}: ${rounds} rounds`, () => subject.run(rounds));
      await check(`refreshing, ${application.name}: a late answer after the sign-out`, () => subject.late());
    }),
  );
  await check("a thousand prefetches", () => storm(origins[0], "storm"));
  return skipped;
}

async function start({ kind, instances, ports, id, issuer, redis, port }) {
  const cookies = cookieSecret();
  for (let from = 0; from < ports.length; from += instances) {
    const own = ports.slice(from, from + instances).join(",");
    const origin = `http://127.0.0.1:${ports[0]}`;
    const program = [path.join(folder, "node-app.mjs"), kind, own, issuer, id, secret, cookies, origin];
    if (redis) program.push(port);
    await startServer(process.execPath, program.map(String), {
      log: path.join(folder, `${id}-${from}.log`),
      ready: (line) => (line === "ready" ? true : undefined),
    });
  }
}

/** One application, and the user who has signed in there. */
class Subject {
  #figures = { rounds: 0, answers: 0, unavailable: 0, ended: 0, signIns: 0, slowest: 0 };

  constructor(application, id, ports, proxy, events) {
    this.application = application;
    this.id = id;
    this.instances = ports.map((port) => `http://127.0.0.1:${port}`);
    this.proxy = proxy.client(id);
    this.proxy.repeats = application.repeats === true;
    this.issuer = proxy.origin;
    this.fault = () => proxy.fault;
    this.events = events;
  }

  async run(rounds) {
    const { loses, races } = this.application;
    const faults = [undefined, ...FAULTS, "outage", ...(loses ? LOSSES : [])];
    const begun = Date.now();
    await this.#signIn();
    for (let round = 0; round < rounds; round += 1) {
      // In turns, and whether the token is over with each of them.
      const fault = faults[round % faults.length];
      const isOver = Math.floor(round / faults.length) % 2 === 1;
      await sleep(isOver ? LIFE * 1000 + 50 : (LIFE - 1) * 1000 + 50);
      await this.#round(fault).catch((error) => {
        throw new Error(`round ${round}, ${fault ?? "no fault"}, token ${isOver ? "over" : "due"}`, { cause: error });
      });
      if (round % 100 === 99 && round + 1 < rounds) await this.#report(begun);
    }
    if (this.fault() !== undefined) throw new Error("the proxy", { cause: this.fault() });
    const figures = await this.#report(begun);
    const { reused, unseen } = figures;
    if (races) return assert.ok(figures.ended > 0, "instances that share nothing lose sessions");
    // The sum of it: a session for each answer that was lost for good, and none for any other reason.
    const lost = this.application.repeats ? 0 : unseen;
    assert.deepEqual([figures.ended, reused], [lost, lost], "sessions that ended, tokens that came twice");
    if (loses && rounds >= faults.length) assert.ok(unseen > 0, "no answer was lost");
  }

  async #report(begun) {
    const { reused = 0, refreshed = 0 } = (await this.events())[this.id] ?? {};
    const { unseen, faults } = this.proxy;
    const figures = { ...this.#figures, refreshed, reused, unseen, faults };
    const seconds = Math.round((Date.now() - begun) / 1000);
    console.log(`${this.application.name}, after ${seconds} s: ${JSON.stringify(figures)}`);
    return figures;
  }

  async #round(fault) {
    const { visitor, proxy } = this;
    const figures = this.#figures;
    const before = proxy.unseen;
    if (fault === "outage") proxy.always = "503";
    else proxy.next = fault;
    const old = this.#copy();
    const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, at) => this.#token(visitor, at)));
    proxy.always = undefined;
    proxy.next = undefined;
    figures.rounds += 1;
    for (const { code, token } of answers) {
      if (token !== undefined) figures.answers += 1;
      else if (code === "refresh_unavailable") figures.unavailable += 1;
    }
    if (this.application.races)
      return this.#ended([...answers, await this.#token(visitor, 0)]) ? this.#signIn() : undefined;
    const isLost = proxy.unseen > before && !proxy.repeats;
    const disturbed = fault !== undefined && fault !== "late";
    for (const { status, code, token } of answers) {
      if (token !== undefined || (disturbed && code === "refresh_unavailable") || (isLost && isEnd({ code }))) continue;
      assert.fail(`answered ${status} ${code}`);
    }
    // Whoever comes with the cookies of before, and whoever comes later, has a token that the server knows; where
    // the refresh failed, it is made up for.
    for (const [at, who] of [old, visitor, old].entries()) {
      const answer = await this.#token(who, at);
      if (isLost && this.#ended([answer])) return this.#signIn();
      assert.ok(answer.token !== undefined, `afterwards ${answer.status} ${answer.code}`);
      if (!isLost) await this.#isKnown(who, at, answer.token);
    }
    if (!isLost) return undefined;
    // The token that was there is still good. The next refresh is the end of it.
    await sleep(LIFE * 1000 + 50);
    assert.ok(this.#ended([await this.#token(visitor, 0)]), "the server has ended the grant");
    return this.#signIn();
  }

  /** A sign-out while the tokens are refreshed: whatever comes afterwards signs nobody in. */
  async late() {
    await this.#signIn();
    const { visitor, proxy } = this;
    await sleep(LIFE * 1000 + 50);
    proxy.next = "late";
    const pages = Array.from({ length: REQUESTS }, () => this.#copy());
    const late = pages.map((page, at) => this.#token(page, at));
    await sleep(100);
    await visitor.signOut();
    assert.notEqual((await visitor.page("/notes")).status, 200);
    await Promise.all(late);
    for (const page of pages) for (const [name, value] of page.cookies) visitor.cookies.set(name, value);
    assert.notEqual((await visitor.page("/notes")).status, 200, "signed in again");
    assert.equal((await visitor.call("/token")).status, 401);
  }

  async #token(visitor, at) {
    const begun = Date.now();
    const { status, text } = await visitor.call(`${this.instances[at % this.instances.length]}/token`);
    this.#figures.slowest = Math.max(this.#figures.slowest, Date.now() - begun);
    const { token, code, message = text } = JSON.parse(text || "{}");
    return { status, token, code: code ?? (token === undefined ? message : undefined) };
  }

  /** Whether one of these answers says that the session is over. Then the user signs in again. */
  #ended(answers) {
    return answers.some(isEnd) && ((this.#figures.ended += 1), true);
  }

  async #signIn() {
    this.#figures.signIns += 1;
    const { signIns } = this.#figures;
    this.visitor = new Visitor(this.instances[0], `${this.id}-${signIns}`);
    await this.visitor.signIn("/notes");
  }

  #copy() {
    const copy = new Visitor(this.instances[0], this.visitor.account);
    copy.cookies = new Map(this.visitor.cookies);
    return copy;
  }

  /** The server knows the token; on a busy machine, one of the next, since two seconds may pass on the way. */
  async #isKnown(visitor, at, first) {
    const statuses = [];
    for (let token = first; statuses.length < 5; { token } = await this.#token(visitor, at)) {
      const response = await fetch(`${this.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
      await response.arrayBuffer();
      if (response.status === 200) return;
      statuses.push(response.status);
    }
    assert.fail(`no token is good: ${statuses.join()}`);
  }
}

/** The session is over, or was over before this request. */
const isEnd = ({ code }) => code === "session_ended" || code === "token_missing";
