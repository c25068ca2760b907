// Tokens that are bound to a key (RFC 9449), as scripts use them: by curl, at a server that checks the proofs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

import { run, start, program } from "./support.mjs";

/** Runs curl with the header lines that a command has printed, and answers the status and the headers. */
function curl(lines, url, ...more) {
  const args = ["-s", "-o", "/dev/null", "-D", "-", "-H", "@-", ...more, url];
  const answer = execFileSync("curl", args, { input: lines, encoding: "utf8" });
  const nonce = /^dpop-nonce: *(\S+)/im.exec(answer)?.[1];
  return { status: Number(answer.split(" ")[1]), nonce };
}

export async function boundTokenSuite(check, { issuer, whose, env, signIn, tokensIn, expire }) {
  const as = ["--as", "bound"];
  const fileOf = (what) => path.join(env.COUNTERSIGN_FOLDER, `bound.${what}.json`);
  const me = `${issuer}/me`;
  const headers = async (...more) => {
    const { code, out, err } = await run(["token", "--headers", ...as, ...more], { env });
    assert.equal(code, 0, err);
    return out;
  };
  const thumbprint = () => readFileSync(fileOf("key"), "utf8");

  await check("login --dpop: a key in a file of its own", async () => {
    const { out } = await signIn(...as, "--dpop", "--json");
    assert.equal(JSON.parse(out).tokenType, "DPoP");
    assert.equal(statSync(fileOf("key")).mode & 0o777, 0o600);
    const key = JSON.parse(readFileSync(fileOf("key"), "utf8"));
    assert.deepEqual(Object.keys(key), ["kty", "crv", "x", "y", "d"]);
    assert.equal(tokensIn(fileOf("tokens")).tokenType, "DPoP");
    assert.equal(JSON.parse(readFileSync(fileOf("account"), "utf8")).dpop, true);
  });

  await check("token prints a bound token, and says what it needs", async () => {
    const { code, out, err } = await run(["token", ...as], { env });
    assert.deepEqual([code, out], [0, `${tokensIn(fileOf("tokens")).accessToken}\n`]);
    assert.match(err, /bound to a key.*--headers/);
    assert.equal(curl(`Authorization: Bearer ${out}`, me).status, 401);
    const document = JSON.parse((await run(["token", ...as, "--json", "--headers", me], { env })).out);
    assert.deepEqual(Object.keys(document.headers), ["Authorization", "DPoP"]);
  });

  await check("token --headers: curl gets in, with the method, the URL and the nonce of the proof", async () => {
    const lines = await headers(me);
    assert.match(lines, /^Authorization: DPoP \S+\nDPoP: [\w-]+\.[\w-]+\.[\w-]+\n$/);
    assert.equal(curl(lines, me).status, 200);
    assert.equal(curl(lines, me).status, 401, "a proof is for one request");
    assert.equal(curl(await headers(`${me}?a=b#c`), me).status, 200);
    assert.equal(curl(await headers(me), me, "-X", "POST").status, 401);
    assert.equal(curl(await headers("--method", "post", me), me, "-X", "POST").status, 200);
    assert.equal(curl(await headers(`${issuer}/other`), me).status, 401);
    const wants = ["-H", "x-wants-nonce: 1"];
    const { status, nonce } = curl(await headers(me), me, ...wants);
    assert.deepEqual([status, typeof nonce], [401, "string"]);
    assert.equal(curl(await headers("--nonce", nonce, me), me, ...wants).status, 200);
    // As the guide has it.
    const piped = `'${program}' token --as bound --headers '${me}' | curl -s -o /dev/null -w '%{http_code}' -H @- '${me}'`;
    assert.equal((await start("sh", ["-c", piped], { env }).ended).out, "200");
  });

  await check("a proof asks nobody, and a renewed token has the same key", async () => {
    const account = readFileSync(fileOf("account"), "utf8");
    writeFileSync(fileOf("account"), JSON.stringify({ ...JSON.parse(account), issuer: "http://127.0.0.1:9" }));
    await headers(me);
    writeFileSync(fileOf("account"), account);
    const [key, { accessToken }] = [thumbprint(), tokensIn(fileOf("tokens"))];
    expire(fileOf("tokens"));
    const lines = await headers(me);
    assert.ok(!lines.includes(accessToken));
    assert.deepEqual([thumbprint(), curl(lines, me).status], [key, 200]);
    // So has the next sign-in: had it failed, the tokens that are there would be of no use.
    await signIn(...as, "--dpop");
    assert.equal(thumbprint(), key);
  });

  await check("what the command line cannot mean", async () => {
    for (const args of [
      ["--headers"],
      ["--headers", "api.example"],
      ["--headers", "file:///etc/passwd"],
      ["--headers", me, me],
      ["--headers", me, "--method", "GET\nX: y"],
      ["--headers", me, "--nonce", 'a"b'],
      [me],
      ["--method", "POST"],
    ]) {
      const { code, out, err } = await run(["token", ...as, ...args], { env });
      assert.deepEqual([code, out], [2, ""], `${args}: ${err}`);
    }
  });

  await check("a key that is gone, that is none, that others may read", async () => {
    const key = readFileSync(fileOf("key"), "utf8");
    for (const [text, mode, expected, code] of [
      ["{}", 0o600, 2, /file_invalid: .*bound\.key\.json/],
      [JSON.stringify({ ...JSON.parse(key), d: JSON.parse(key).x }), 0o600, 2, /file_invalid/],
      [key, 0o640, 2, /file_unsafe/],
      [undefined, 0o600, 4, /signed_out: .*bound\.key\.json.* is gone/],
    ]) {
      if (text === undefined) execFileSync("rm", [fileOf("key")]);
      else writeFileSync(fileOf("key"), text);
      if (text !== undefined) chmodSync(fileOf("key"), mode);
      const ended = await run(["token", ...as], { env });
      assert.deepEqual([ended.code, ended.out], [expected, ""], ended.err);
      assert.match(ended.err, code);
    }
    writeFileSync(fileOf("key"), key, { mode: 0o600 });
    assert.equal((await run(["token", ...as], { env })).code, 0);
  });

  await check("a sign-in without --dpop leaves no key, and logout leaves nothing", async () => {
    await signIn(...as);
    assert.equal(existsSync(fileOf("key")), false);
    assert.match(await headers(), /^Authorization: Bearer \S+\n$/);
    assert.equal(curl(await headers(), me).status, 200);
    await signIn(...as, "--dpop");
    const { code, err } = await run(["logout", ...as], { env });
    assert.equal(code, 0, err);
    for (const what of ["key", "tokens", "account"]) assert.equal(existsSync(fileOf(what)), false, what);
    assert.equal((await run(["token", ...as], { env })).code, 4);
  });

  await check("a device code with --dpop is refused by no server that has both", async () => {
    const { code, err } = await run(["login", ...whose, ...as, "--dpop", "--device", "--timeout", "1"], { env });
    assert.equal(code, 1, err);
    assert.match(err, /timed_out/);
    execFileSync("rm", ["-f", fileOf("key")]);
  });
}
