// The file with the tokens: never half written, never readable by others, and one process at a time.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { root } from "../support/package.mjs";
import { atEnd } from "../support/processes.mjs";
import { emptyFolder, folder, importEntry, start } from "./support.mjs";

const { CliAuthError, createCliAuth } = await importEntry("countersign/node-cli");
const { CountersignError } = await importEntry("countersign");
const entry = pathToFileURL(path.join(folder, "import-countersign-node-cli.mjs")).href;
const writer = path.join(root, "tests/cli/writer.mjs");

/** How many processes a test kills. */
const KILLS = 100;
const ISSUER = "https://issuer.example";
/** A client that counts, and refuses a refresh token that it has taken before. */
function countingClient({ wait = 0, answer } = {}) {
  let current = "refresh-0";
  const client = {
    asked: 0,
    authorize: () => Promise.reject(new Error("not asked for")),
    callback: () => Promise.reject(new Error("not asked for")),
    device: async function* () {
      yield { type: "tokens", tokens: tokens(current) };
    },
    refresh: async ({ refreshToken }) => {
      client.asked += 1;
      assert.equal(refreshToken, current, "a refresh token is used once");
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (answer) return answer();
      current = `refresh-${client.asked}`;
      return { ...tokens(current), expiresAt: 9_999_999_999, accessToken: `access-${client.asked}` };
    },
  };
  return client;
}
const tokens = (refreshToken) => ({ issuer: ISSUER, accessToken: "access-0", refreshToken, expiresAt: 1 });

const rejects = (promise, code) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof CliAuthError && error instanceof Error, error.stack);
    assert.deepEqual([error.code, error.name], [code, "CliAuthError"]);
    return true;
  });

/** What is in the file is whole, and nothing in the folder is anybody else's. */
function sound(file) {
  const { format, tokens } = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(format, 1);
  assert.equal(tokens.accessToken, tokens.refreshToken);
  const place = path.dirname(file);
  for (const name of readdirSync(place)) {
    // A draft may be gone by now.
    const { mode = 0 } = statSync(path.join(place, name), { throwIfNoEntry: false }) ?? {};
    assert.equal(mode & 0o077, 0, name);
  }
}

export async function tokenFileSuite(check) {
  await check("calls at once in one process renew once", async () => {
    const file = path.join(emptyFolder("at-once"), "tokens.json");
    const client = countingClient({ wait: 50 });
    const auth = createCliAuth({ client, file });
    await auth.login({ device: true });
    const given = await Promise.all(Array.from({ length: 10 }, () => auth.accessToken()));
    assert.deepEqual([client.asked, new Set(given)], [1, new Set(["access-1"])]);
    const again = await Promise.all(Array.from({ length: 5 }, () => auth.accessToken({ stale: "access-1" })));
    assert.deepEqual([client.asked, new Set(again)], [2, new Set(["access-2"])]);
    assert.equal(await auth.accessToken({ stale: "access-1" }), "access-2");
    assert.deepEqual(readdirSync(path.dirname(file)), ["tokens.json"]);
  });

  await check("options that are none", () => {
    const client = countingClient();
    for (const options of [{ file: "x" }, { client }, { client, file: "" }, { client, file: "x", minValidity: -1 }]) {
      assert.throws(() => createCliAuth(options), TypeError);
    }
  });

  await check("processes at once: whoever reads finds a whole file", async () => {
    const file = path.join(emptyFolder("readers"), "deep/er/tokens.json");
    const writers = [1, 2, 3].map(() => start(process.execPath, [writer, entry, file, "25"]));
    let reads = 0;
    let isOver = false;
    const ended = Promise.all(writers.map((one) => one.ended)).finally(() => (isOver = true));
    while (!isOver) {
      if (existsSync(file)) {
        sound(file);
        reads += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const { code, err } of await ended) assert.equal(code, 0, err);
    assert.ok(reads > 20, `${reads} reads`);
    assert.deepEqual(readdirSync(path.dirname(file)), ["tokens.json"]);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
  });

  await check(`${KILLS} processes that are killed while they write`, async () => {
    const file = path.join(emptyFolder("killed"), "tokens.json");
    let [drafts, locks] = [0, 0];
    for (let killed = 0; killed < KILLS; killed += 2) {
      // Two at once: what the one leaves behind, the other clears away.
      const pair = [1, 2].map(() => start(process.execPath, [writer, entry, file]));
      await Promise.all(pair.map(({ until }) => until(/^1$/m)));
      for (const { child, ended } of pair) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        child.kill("SIGKILL");
        await ended;
        sound(file);
      }
      const left = readdirSync(path.dirname(file));
      drafts += left.filter((name) => name.endsWith(".tmp")).length;
      locks += left.filter((name) => name.endsWith(".lock")).length;
    }
    assert.ok(drafts > 0 && locks > 0, `none was killed while it wrote: ${drafts} drafts, ${locks} locks`);
    const last = await start(process.execPath, [writer, entry, file, "1"]).ended;
    assert.equal(last.code, 0, last.err);
    assert.deepEqual(readdirSync(path.dirname(file)), ["tokens.json"]);
  });

  await check("a full disk: the server is not asked, and the file stays", async () => {
    const place = emptyFolder("disk");
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k,mode=700", "tmpfs", place], { stdio: "pipe" });
    } catch (error) {
      return `no disk can be mounted here: ${String(error.stderr).trim()}`;
    }
    const unmount = atEnd(() => execFileSync("umount", [place]));
    const file = path.join(place, "tokens.json");
    const client = countingClient();
    const auth = createCliAuth({ client, file });
    await auth.login({ device: true });
    const before = readFileSync(file, "utf8");
    const filler = path.join(place, "filler");
    const fill = () => {
      for (let size = 0; size < 1024; size += 1) {
        try {
          appendFileSync(filler, "x".repeat(4096));
        } catch (error) {
          assert.equal(error.code, "ENOSPC");
          return statSync(filler).size;
        }
      }
      throw new Error("the disk has no end");
    };
    // Room for the lock, and for less than what is reserved.
    truncateSync(filler, fill() - 16_384);
    await rejects(auth.accessToken(), "file_failed");
    assert.deepEqual([client.asked, readFileSync(file, "utf8")], [0, before]);
    await rejects(auth.login({ device: true }), "file_failed");
    assert.equal(readFileSync(file, "utf8"), before);
    assert.deepEqual(readdirSync(place).sort(), ["filler", "tokens.json"]);
    // So full that not even the lock can be written.
    fill();
    await rejects(auth.accessToken(), "file_failed");
    assert.deepEqual([client.asked, readFileSync(file, "utf8")], [0, before]);
    assert.deepEqual(readdirSync(place).sort(), ["filler", "tokens.json"]);
    truncateSync(filler, 0);
    assert.equal(await auth.accessToken(), "access-1");
    await unmount();
  });

  await check("a limit on the size of files", async () => {
    const file = path.join(emptyFolder("limit"), "tokens.json");
    assert.equal((await start(process.execPath, [writer, entry, file, "0"]).ended).code, 0);
    const before = readFileSync(file, "utf8");
    // Some shells count blocks of 512 bytes, others of 1,024: both are less than what is reserved.
    const command = `ulimit -f 20; exec '${process.execPath}' '${writer}' '${entry}' '${file}' 1`;
    const { code, signal, err } = await start("sh", ["-c", command]).ended;
    assert.ok(signal === "SIGXFSZ" || (code !== 0 && /EFBIG/.test(err)), `${code} ${signal} ${err}`);
    assert.equal(readFileSync(file, "utf8"), before);
    sound(file);
  });

  await check("a folder that cannot be written", async () => {
    const place = emptyFolder("blocked");
    writeFileSync(path.join(place, "file"), "");
    const auth = createCliAuth({ client: countingClient(), file: path.join(place, "file/tokens.json") });
    await rejects(auth.login({ device: true }), "file_failed");
    await rejects(auth.tokens(), "file_failed");
    if (process.platform !== "linux") return;
    // Nobody can make a folder in this one, which is there: `ENOENT`.
    const lost = createCliAuth({ client: countingClient(), file: "/proc/none/below/tokens.json" });
    await rejects(lost.login({ device: true }), "file_failed");
  });

  await check("others' rights and others' files", async () => {
    const place = emptyFolder("rights");
    const file = path.join(place, "tokens.json");
    const auth = createCliAuth({ client: countingClient(), file });
    assert.equal(await auth.tokens(), undefined);
    await rejects(auth.accessToken(), "signed_out");
    await auth.login({ device: true });
    for (const mode of [0o644, 0o660, 0o601]) {
      chmodSync(file, mode);
      await rejects(auth.tokens(), "file_unsafe");
      await rejects(auth.accessToken(), "file_unsafe");
    }
    // A sign-in replaces it by one that is ours alone.
    await auth.login({ device: true });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal((await auth.tokens()).accessToken, "access-0");
    if (process.getuid() !== 0) return undefined;
    execFileSync("chown", ["65534", file]);
    await rejects(auth.tokens(), "file_unsafe");
    return undefined;
  });

  await check("a link in the place of a draft or of the file leads nowhere", async () => {
    const place = emptyFolder("links");
    const file = path.join(place, "tokens.json");
    const target = path.join(place, "target");
    writeFileSync(target, "untouched", { mode: 0o644 });
    symlinkSync(target, file);
    const auth = createCliAuth({ client: countingClient(), file });
    await auth.login({ device: true });
    assert.equal(readFileSync(target, "utf8"), "untouched");
    assert.equal((await auth.tokens()).accessToken, "access-0");
  });

  await check("the answer of a server that cannot be reached leaves all as it was", async () => {
    const file = path.join(emptyFolder("unreached"), "tokens.json");
    const client = countingClient({ answer: () => Promise.reject(new Error("no answer")) });
    const auth = createCliAuth({ client, file });
    await auth.login({ device: true });
    const before = readFileSync(file, "utf8");
    await assert.rejects(auth.accessToken(), /no answer/);
    assert.equal(readFileSync(file, "utf8"), before);
    assert.deepEqual(readdirSync(path.dirname(file)), ["tokens.json"]);
  });

  await check("each API has an access token of its own, and one refresh token serves all", async () => {
    const file = path.join(emptyFolder("resources"), "tokens.json");
    const client = countingClient();
    const { refresh } = client;
    const asked = [];
    client.refresh = async (tokens, { resource } = {}) => {
      asked.push(resource);
      const next = await refresh(tokens);
      return { ...next, accessToken: `${next.accessToken} ${resource}`.replace(" ", "~") };
    };
    const [a, b] = ["https://a.example", "urn:b"];
    const auth = createCliAuth({ client, file, resources: [a, b, a] });
    await auth.login({ device: true });
    await assert.rejects(auth.accessToken(), /name one, as \{ resource \}/);
    await assert.rejects(auth.accessToken({ resource: "urn:c" }), /one of the option `resources`/);
    // A device code does not say which of several its access token is for.
    assert.equal(await auth.accessToken({ resource: b }), "access-1~urn:b");
    assert.equal(await auth.accessToken({ resource: a }), `access-2~${a}`);
    for (const resource of [b, a, b]) await auth.accessToken({ resource });
    assert.deepEqual(asked, [b, a]);
    const { accessToken, refreshToken } = await auth.tokens({ resource: b });
    assert.deepEqual([accessToken, refreshToken], ["access-1~urn:b", "refresh-2"]);
    assert.equal(await auth.accessToken({ resource: b, stale: accessToken }), "access-3~urn:b");
    assert.equal(await auth.accessToken({ resource: a }), `access-2~${a}`);
    // A program that names it no more drops its token.
    const less = createCliAuth({ client, file, resources: [a] });
    assert.equal(await less.accessToken({ stale: `access-2~${a}` }), `access-4~${a}`);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, "utf8"))).sort(), ["format", "resource", "tokens"]);
    assert.throws(() => createCliAuth({ client, file, resources: [""] }), TypeError);
  });

  await check("without a refresh token only the first API has a token, and a refusal ends nothing", async () => {
    const place = emptyFolder("refused-resources");
    const answer = (error) => async () => {
      throw new CountersignError("token_endpoint_error", 400, "refused", { actual: error });
    };
    const resources = ["https://a.example", "urn:b"];
    const file = path.join(place, "tokens.json");
    const client = countingClient({ answer: answer("invalid_target: unknown") });
    const auth = createCliAuth({ client, file, resources });
    await auth.login({ device: true });
    const before = readFileSync(file, "utf8");
    await assert.rejects(auth.accessToken({ resource: "urn:b" }), {
      code: "resource_refused",
      actual: "invalid_target",
    });
    assert.equal(readFileSync(file, "utf8"), before);
    const content = JSON.parse(before);
    delete content.tokens.refreshToken;
    content.tokens.expiresAt = 9_999_999_999;
    writeFileSync(file, JSON.stringify({ ...content, resource: resources[0] }));
    assert.equal(await auth.accessToken({ resource: resources[0] }), "access-0");
    await assert.rejects(auth.accessToken({ resource: "urn:b" }), {
      code: "resource_refused",
      message: /offline_access/,
    });
  });

  await lockSuite(check);
}

async function lockSuite(check) {
  const place = emptyFolder("locks");
  const file = path.join(place, "tokens.json");
  const lock = `${file}.lock`;
  const signedIn = async () => {
    const client = countingClient();
    const auth = createCliAuth({ client, file });
    await auth.login({ device: true });
    return auth;
  };
  const old = (name, seconds) => utimesSync(name, new Date(), new Date(Date.now() - seconds * 1000));

  await check("locks that are abandoned", async () => {
    const abandoned = [
      [JSON.stringify({ id: "a", pid: 999_999_999, host: hostname() }), 0],
      [JSON.stringify({ id: "b", pid: process.pid, host: hostname() }), 400],
      [JSON.stringify({ id: "c", pid: process.pid, host: "another" }), 100],
      [JSON.stringify({ id: "d", pid: process.pid, host: hostname(), numbering: "another" }), 100],
      ["", 20],
      ["{", 20],
    ];
    for (const [text, seconds] of abandoned) {
      const auth = await signedIn();
      writeFileSync(lock, text);
      old(lock, seconds);
      // One who was killed while it took a lock away.
      writeFileSync(`${lock}-breaker`, "");
      old(`${lock}-breaker`, 20);
      assert.equal(await auth.accessToken(), "access-1", text);
      assert.deepEqual(readdirSync(place), ["tokens.json"]);
    }
  });

  await check("a lock whose process was asleep, as its machine was, is not taken away", async () => {
    const auth = await signedIn();
    const text = JSON.stringify({ id: "a", pid: process.pid, host: hostname() });
    writeFileSync(lock, text);
    old(lock, 4000);
    let isGiven = false;
    const given = auth.accessToken().finally(() => (isGiven = true));
    await new Promise((resolve) => setTimeout(resolve, 4000));
    assert.equal(readFileSync(lock, "utf8"), text);
    old(lock, 0);
    await new Promise((resolve) => setTimeout(resolve, 8000));
    assert.deepEqual([isGiven, readFileSync(lock, "utf8")], [false, text]);
    execFileSync("rm", [lock]);
    assert.equal(await given, "access-1");
  });

  await check("a lock says whose count its process's number is of", async () => {
    const namespace = "/proc/self/ns/pid";
    if (!existsSync(namespace)) return "this system has no namespaces of processes";
    const auth = createCliAuth({ client: countingClient({ wait: 1500 }), file });
    await auth.login({ device: true });
    const given = auth.accessToken();
    while (!existsSync(lock)) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { pid, host, numbering } = JSON.parse(readFileSync(lock, "utf8"));
    assert.deepEqual([pid, host], [process.pid, hostname()]);
    assert.ok(numbering.endsWith(` ${readlinkSync(namespace)}`) && numbering.length > 40, numbering);
    assert.equal(await given, "access-1");
    return undefined;
  });

  await check("locks that are not abandoned are waited for", async () => {
    const living = [
      [JSON.stringify({ id: "a", pid: process.pid, host: hostname() }), 100],
      [JSON.stringify({ id: "b", pid: 999_999_999, host: "another" }), 10],
      // Of a container that has this machine's name, where the number is another process's or nobody's.
      [JSON.stringify({ id: "c", pid: 999_999_999, host: hostname(), numbering: "another" }), 10],
      ["", 0],
    ];
    for (const [text, seconds] of living) {
      const auth = await signedIn();
      writeFileSync(lock, text);
      old(lock, seconds);
      let isGiven = false;
      const given = auth.accessToken().finally(() => (isGiven = true));
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.deepEqual([isGiven, readFileSync(lock, "utf8")], [false, text]);
      execFileSync("rm", [lock]);
      assert.equal(await given, "access-1");
    }
  });
}
