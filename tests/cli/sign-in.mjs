// `login`, `token` and `logout` with a real OpenID Connect server, and callbacks that somebody else has made.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

import { startServer } from "../support/processes.mjs";
import { root } from "../support/package.mjs";
import { walk } from "./browser.mjs";
import { accountSuite } from "./accounts.mjs";
import { boundTokenSuite } from "./bound-tokens.mjs";
import { callbackSuite } from "./callbacks.mjs";
import { logoutSuite } from "./logout.mjs";
import { pageSuite } from "./pages.mjs";
import { terminalSuite } from "./terminals.mjs";
import { emptyFolder, folder, hostilePart, PAYLOADS, run, runOnTerminal, start, program } from "./support.mjs";

const script = path.join(root, "tests/cli/browser.mjs");

export async function signInSuite(check) {
  const { answer: issuer } = await startServer(process.execPath, [path.join(root, "tests/cli/provider.mjs")], {
    log: path.join(folder, "provider.log"),
    ready: (line) => (line.startsWith("{") ? JSON.parse(line).issuer : undefined),
  });
  const counts = async () => (await fetch(`${issuer}/test/counts`)).json();
  const place = emptyFolder("sign-in");
  const browser = path.join(place, "browser");
  writeFileSync(browser, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 });
  const shown = path.join(place, "shown.json");
  const env = { COUNTERSIGN_FOLDER: path.join(place, "state"), BROWSER: browser, SHOWN: shown };
  const files = { tokens: path.join(env.COUNTERSIGN_FOLDER, "default.tokens.json") };
  const whose = [issuer, "--client-id", "my-cli", "--param", "prompt=consent"];
  const tokensIn = (file) => JSON.parse(readFileSync(file, "utf8")).tokens;
  const expire = (file) => {
    const content = JSON.parse(readFileSync(file, "utf8"));
    content.tokens.expiresAt = 1;
    writeFileSync(file, JSON.stringify(content));
  };
  const signIn = async (...more) => {
    const ended = await run(["login", ...whose, ...more], { env });
    assert.equal(ended.code, 0, ended.err);
    return ended;
  };

  await check("nobody is signed in: 4", async () => {
    const { code, out, err } = await run(["token"], { env });
    assert.deepEqual([code, out], [4, ""]);
    assert.match(err, /signed_out: nobody is signed in: countersign login/);
    assert.equal((await run(["logout", "--as", "work"], { env })).code, 4);
    assert.equal(existsSync(env.COUNTERSIGN_FOLDER), false);
  });

  await check("login by the browser: the page, and files of rights 0600 (Fief, command line: 0644)", async () => {
    const { out, err } = await signIn();
    assert.equal(out, "");
    assert.match(err, /Go on in the browser[^]*\nSigned in as user at http/);
    const page = JSON.parse(readFileSync(shown, "utf8"));
    assert.equal(page.status, 200);
    assert.match(page.text, /<h1>Signed in<\/h1>/);
    assert.match(page.headers["content-security-policy"], /^default-src 'none'/);
    assert.deepEqual([page.headers["cache-control"], page.headers["referrer-policy"]], ["no-store", "no-referrer"]);
    assert.equal(statSync(env.COUNTERSIGN_FOLDER).mode & 0o777, 0o700);
    const left = readdirSync(env.COUNTERSIGN_FOLDER).sort();
    assert.deepEqual(left, ["default.account.json", "default.tokens.json"]);
    for (const name of left) assert.equal(statSync(path.join(env.COUNTERSIGN_FOLDER, name)).mode & 0o777, 0o600);
    const tokens = tokensIn(files.tokens);
    assert.ok(tokens.accessToken && tokens.refreshToken && tokens.claims.sub === "user");
    for (const secret of [tokens.accessToken, tokens.refreshToken, tokens.idToken]) {
      assert.ok(!err.includes(secret), "no token is shown");
    }
  });

  await check("token prints the token and nothing else, and asks nobody while it is fresh", async () => {
    const before = await counts();
    const { code, out, err } = await run(["token"], { env });
    assert.deepEqual([code, out, err], [0, `${tokensIn(files.tokens).accessToken}\n`, ""]);
    assert.deepEqual(await counts(), before);
    const document = JSON.parse((await run(["token", "--json"], { env })).out);
    assert.deepEqual([document.tokenType, document.issuer], ["Bearer", issuer]);
  });

  await check("a token that is over, or was refused, is renewed", async () => {
    const { refreshes } = await counts();
    const first = tokensIn(files.tokens);
    expire(files.tokens);
    const renewed = await run(["token"], { env });
    assert.equal(renewed.code, 0, renewed.err);
    assert.notEqual(renewed.out.trim(), first.accessToken);
    assert.notEqual(tokensIn(files.tokens).refreshToken, first.refreshToken);
    const again = await run(["token", "--renew"], { env });
    assert.notEqual(again.out, renewed.out);
    const long = await run(["token", "--min-validity", "999999"], { env });
    assert.notEqual(long.out, again.out);
    assert.equal((await counts()).refreshes, refreshes + 3);
  });

  await check("processes at once renew it once, and no family of tokens is lost", async () => {
    const before = await counts();
    for (let round = 1; round <= 3; round += 1) {
      expire(files.tokens);
      const ended = await Promise.all(Array.from({ length: 5 }, () => run(["token"], { env })));
      for (const { code, err } of ended) assert.equal(code, 0, err);
      assert.equal(new Set(ended.map(({ out }) => out)).size, 1);
      assert.equal((await counts()).refreshes, before.refreshes + round);
    }
    const { refused, revoked } = await counts();
    assert.deepEqual([refused, revoked], [before.refused, before.revoked]);
    assert.deepEqual(readdirSync(env.COUNTERSIGN_FOLDER).sort(), ["default.account.json", "default.tokens.json"]);
  });

  await check("an interruption waits until the new tokens are in the file", async () => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      const { refreshToken } = tokensIn(files.tokens);
      const { child, ended } = start(program, ["token", "--renew"], { env });
      while (!readdirSync(env.COUNTERSIGN_FOLDER).some((name) => name.endsWith(".tmp"))) {
        assert.equal(child.exitCode, null);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill(signal);
      const { code, out } = await ended;
      assert.deepEqual([code, out], [130, ""]);
      assert.notEqual(tokensIn(files.tokens).refreshToken, refreshToken);
      assert.equal((await run(["token", "--renew"], { env })).code, 0);
    }
  });

  await check("the lock of a killed process holds nobody up", async () => {
    const lock = `${files.tokens}.lock`;
    const dead = start("sh", ["-c", "echo $$"]);
    const pid = Number((await dead.ended).out);
    const { hostname } = await import("node:os");
    writeFileSync(lock, JSON.stringify({ id: "x", pid, host: hostname() }));
    expire(files.tokens);
    const ended = await Promise.all(Array.from({ length: 4 }, () => run(["token"], { env })));
    for (const { code, err } of ended) assert.equal(code, 0, err);
    assert.equal(new Set(ended.map(({ out }) => out)).size, 1);
    assert.equal(existsSync(lock), false);
  });

  await check("a file that others may read is not used", async () => {
    const { chmodSync } = await import("node:fs");
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(files.tokens, mode);
      const { code, out, err } = await run(["token"], { env });
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /file_unsafe: .*chmod 600/);
    }
    chmodSync(files.tokens, 0o600);
    assert.equal((await run(["token"], { env })).code, 0);
  });

  await check("a file that is none, or has a token that is none", async () => {
    const good = readFileSync(files.tokens, "utf8");
    const bad = ["", "{", "null", "[]", '{"format":1,"tokens":{}}', '{"format":2,"tokens":{"issuer":"x"}}'];
    const injected = (accessToken) => JSON.stringify({ format: 1, tokens: { issuer, accessToken } });
    const values = [...PAYLOADS.filter((text) => !/^[\u0021-\u007e]+$/.test(text)), "a b", "a\nHeader: b", ""];
    for (const content of [...bad, ...values.map(injected), injected(1)]) {
      writeFileSync(files.tokens, content);
      const { code, out, err } = await run(["token"], { env });
      assert.deepEqual([code, out], [2, ""], content);
      assert.match(err, /file_invalid/);
      assert.equal(hostilePart(err), undefined);
    }
    writeFileSync(files.tokens, good);
  });

  await check("a server that cannot be asked: what is left of the token, else 3", async () => {
    const good = readFileSync(files.tokens, "utf8");
    const account = files.tokens.replace("tokens", "account");
    const whoever = readFileSync(account, "utf8");
    writeFileSync(account, JSON.stringify({ ...JSON.parse(whoever), issuer: "http://127.0.0.1:9" }));
    const left = await run(["token", "--min-validity", "999999"], { env });
    assert.deepEqual([left.code, left.out.trim()], [0, JSON.parse(good).tokens.accessToken], left.err);
    expire(files.tokens);
    const over = await run(["token"], { env });
    assert.deepEqual([over.code, over.out], [3, ""], over.err);
    assert.equal(tokensIn(files.tokens).refreshToken, JSON.parse(good).tokens.refreshToken);
    writeFileSync(account, whoever);
    writeFileSync(files.tokens, good);
  });

  await check("a refresh token that the server takes no longer: 4", async () => {
    await signIn("--as", "over");
    const file = path.join(env.COUNTERSIGN_FOLDER, "over.tokens.json");
    const content = JSON.parse(readFileSync(file, "utf8"));
    Object.assign(content.tokens, { refreshToken: "another", expiresAt: 1 });
    writeFileSync(file, JSON.stringify(content));
    const { code, out, err } = await run(["token", "--as", "over"], { env });
    assert.deepEqual([code, out], [4, ""]);
    assert.match(err, /signed_out: the server takes the refresh token no longer/);
  });

  await check("login on a terminal shows that it waits, in colour", async () => {
    const { code, out } = await runOnTerminal(["login", ...whose, "--as", "terminal"], { env });
    assert.equal(code, 0, out);
    assert.ok(out.includes("Waiting for the browser") && out.includes("\u001b[32mSigned in as user"), out);
  });

  await check("a browser that cannot be started is not the end of a sign-in", async () => {
    // Of an address that is too long for the system, Node throws where it otherwise tells.
    const long = [..."abcdefghi"].flatMap((name) => ["--param", `${name}=${"x".repeat(16_000)}`]);
    for (const [program, more] of [
      [path.join(place, "missing"), []],
      [place, []],
      [browser, long],
    ]) {
      const args = ["login", ...whose, "--as", "nobody", "--timeout", "1", ...more];
      const { code, err } = await run(args, { env: { ...env, BROWSER: program } });
      assert.match(err, /Open in a browser on this machine:\nhttp[^]*timed_out/);
      assert.equal(code, 1);
    }
  });

  await check("login with --json, on localhost, at a path and port of its own", async () => {
    const port = 20_000 + (process.pid % 20_000);
    const where = ["--host", "localhost", "--path", "/back", "--port", String(port), "--as", "named", "--json"];
    const { out } = await signIn(...where);
    const { subject, clientId, renewable } = JSON.parse(out);
    assert.deepEqual([subject, clientId, renewable], ["user", "my-cli", true]);
  });

  await boundTokenSuite(check, { issuer, whose, env, signIn, tokensIn, expire });

  await accountSuite(check, { issuer, env, signIn, expire, counts });

  await logoutSuite(check, { issuer, env, signIn, tokensIn });

  await terminalSuite(check, { issuer, whose, env, signIn, tokensIn, expire });

  await callbackSuite(check, { issuer, whose, env, place });
  await pageSuite(check, { issuer, whose, env });

  await check("logout revokes the tokens and deletes their files", async () => {
    const tokens = tokensIn(files.tokens);
    const { code, err } = await run(["logout"], { env });
    assert.equal(code, 0, err);
    assert.equal(
      readdirSync(env.COUNTERSIGN_FOLDER).some((name) => name.startsWith("default")),
      false,
    );
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: tokens.refreshToken,
      client_id: "my-cli",
    });
    const answer = await fetch(`${issuer}/token`, { method: "POST", body });
    assert.equal((await answer.json()).error, "invalid_grant");
    assert.equal((await run(["token"], { env })).code, 4);
  });

  await check("login by a device code, in a pipe", async () => {
    const { ended, until } = start(program, ["login", ...whose, "--device", "--as", "tv"], { env });
    const [, url] = await until(/or open (\S+)/);
    const page = await walk(url, "tv-user");
    assert.equal(page.status, 200, page.text);
    const { code, err, out } = await ended;
    assert.deepEqual([code, out], [0, ""], err);
    assert.match(err, /Open {4}http[^]*Enter {3}\S+[^]*Signed in as tv-user/);
    assert.equal((await run(["token", "--as", "tv"], { env })).code, 0);
  });
}
