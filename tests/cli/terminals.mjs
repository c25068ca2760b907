// The command line under a pseudo-terminal and in a pipe: what is typed there, and what is left when it is closed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

import { atEnd } from "../support/processes.mjs";
import { emptyFolder, hostilePart, program, run, runOnTerminal, start, startOnTerminal } from "./support.mjs";

/** What takes the line of the progress away. */
const CLEARED = "\r\u001b[K";
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function terminalSuite(check, { issuer, whose, env, signIn, tokensIn, expire }) {
  const as = ["--as", "console"];
  const fileOf = (what) => path.join(env.COUNTERSIGN_FOLDER, `console.${what}.json`);
  const left = () => readdirSync(env.COUNTERSIGN_FOLDER).filter((name) => name.includes("console"));

  await check("Ctrl+C at a sign-in on a terminal: 130, and nothing is left", async () => {
    const waiting = startOnTerminal(["login", ...whose, ...as, "--no-browser"], { env, input: null });
    await waiting.until(/Waiting for the browser/);
    waiting.child.stdin.write("\u0003");
    const { code, out } = await waiting.ended;
    assert.equal(code, 130, out);
    assert.ok(out.includes(CLEARED), "the line is cleared");
    assert.match(out, /aborted/);
    assert.deepEqual(left(), []);
  });

  await check("a terminal that is closed at a sign-in ends it, and nothing is left", async () => {
    const waiting = startOnTerminal(["login", ...whose, ...as, "--no-browser"], { env, input: null });
    const [, redirect] = await waiting.until(/redirect_uri=([^&\s]+)/);
    await waiting.until(/Waiting for the browser/);
    const { port } = new URL(decodeURIComponent(redirect));
    waiting.child.kill("SIGKILL"); // `script` is gone, and its terminal with it.
    await waiting.ended;
    const asked = () => fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    for (let waited = 0; (await asked()) !== undefined; waited += 50) {
      assert.ok(waited < 10_000, "it listens still");
      await pause(50);
    }
    assert.deepEqual(left(), []);
  });

  await check("token and logout on a terminal", async () => {
    await signIn(...as);
    const { accessToken } = tokensIn(fileOf("tokens"));
    const fresh = await runOnTerminal(["token", ...as], { env });
    // The progress is taken away before the token is printed.
    const printed = (token) => `${CLEARED}${token}\r\n`;
    assert.ok(fresh.code === 0 && fresh.out.endsWith(printed(accessToken)), fresh.out);
    expire(fileOf("tokens"));
    const renewed = await runOnTerminal(["token", ...as], { env });
    assert.equal(renewed.code, 0);
    assert.match(renewed.out, /Asking for a token/);
    assert.ok(renewed.out.endsWith(printed(tokensIn(fileOf("tokens")).accessToken)), renewed.out);
    assert.equal((await runOnTerminal(["logout", ...as], { env })).code, 0);
    assert.deepEqual(left(), []);
  });

  await check("a pipe whose reader is gone, and no standard input at all", async () => {
    await signIn(...as);
    const { accessToken } = tokensIn(fileOf("tokens"));
    const gone = await start(
      "sh",
      ["-c", `'${program}' token --as console | true; '${program}' token --as console <&-`],
      { env },
    ).ended;
    assert.deepEqual([gone.code, gone.out, gone.err], [0, `${accessToken}\n`, ""]);
    const both = await start("sh", ["-c", `'${program}' token --as console --json 2>&1 >/dev/null | cat`], { env })
      .ended;
    assert.deepEqual([both.out, hostilePart(both.err)], ["", undefined]);
  });

  await check(
    "the program is killed at random moments while it renews: whole files, which nobody else may read",
    async () => {
      let [losses, drafts] = [0, 0];
      for (let round = 0; round < 20; round += 1) {
        expire(fileOf("tokens"));
        const { child, ended } = start(process.execPath, [program, "token", ...as], { env });
        while (!left().some((name) => name.endsWith(".lock"))) {
          assert.equal(child.exitCode, null);
          await pause(2);
        }
        await pause(Math.random() * 300);
        child.kill("SIGKILL");
        await ended;
        drafts += left().filter((name) => name.endsWith(".tmp")).length;
        for (const name of left()) {
          const { mode } = statSync(path.join(env.COUNTERSIGN_FOLDER, name));
          if (name.endsWith(".json")) JSON.parse(readFileSync(path.join(env.COUNTERSIGN_FOLDER, name), "utf8"));
          assert.equal(mode & 0o077, 0, name);
        }
        // Its token may have been spent by the process that was killed: then the user signs in anew, and is told so.
        const { code, out } = await run(["token", "--renew", ...as], { env });
        if (code === 4) {
          losses += 1;
          await signIn(...as);
        } else assert.deepEqual([code, out], [0, `${tokensIn(fileOf("tokens")).accessToken}\n`]);
      }
      console.log(`killed 20 times while it renewed, ${drafts} times with a draft, ${losses} sign-ins lost`);
      assert.ok(drafts > 0, "none was killed while it wrote");
      const names = ["console.account.json", "console.tokens.json"];
      assert.deepEqual(left().sort(), names);
    },
  );

  await check("a full disk: the program says so, and the tokens stay", async () => {
    const place = emptyFolder("full-disk");
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", place], { stdio: "pipe" });
    } catch (error) {
      return `no disk can be mounted here: ${String(error.stderr).trim()}`;
    }
    const unmount = atEnd(() => execFileSync("umount", [place]));
    const folder = path.join(place, "state");
    mkdirSync(folder, { mode: 0o700 });
    const there = { env: { ...env, COUNTERSIGN_FOLDER: folder } };
    const signedIn = await run(["login", ...whose, ...as, "--dpop"], there);
    assert.equal(signedIn.code, 0, signedIn.err);
    const whole = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
    );
    assert.equal(Object.keys(whole).length, 3);
    const filler = path.join(place, "filler");
    writeFileSync(filler, "");
    try {
      for (;;) appendFileSync(filler, "x".repeat(4096));
    } catch (error) {
      assert.equal(error.code, "ENOSPC");
    }
    const counts = async () => (await fetch(`${issuer}/test/counts`)).json();
    const before = await counts();
    for (const room of [0, 16_384]) {
      truncateSync(filler, statSync(filler).size - room);
      for (const args of [
        ["token", "--renew", ...as],
        ["login", ...whose, ...as, "--dpop"],
        ["login", ...whose, "--as", "another", "--dpop"],
      ]) {
        const { code, out, err } = await run(args, there);
        assert.deepEqual([code, out], [2, ""], err);
        assert.match(err, /file_failed: .*ENOSPC/);
        for (const [name, text] of Object.entries(whole)) {
          assert.equal(readFileSync(path.join(folder, name), "utf8"), text, name);
        }
        assert.deepEqual(readdirSync(folder).sort(), Object.keys(whole).sort());
      }
    }
    assert.equal((await counts()).refreshes, before.refreshes);
    truncateSync(filler, 0);
    assert.equal((await run(["token", "--renew", ...as], there)).code, 0);
    await unmount();
    assert.equal(existsSync(folder), false);
    return undefined;
  });

  await run(["logout", ...as], { env });
}
