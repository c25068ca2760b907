// Several APIs in one account, and sign-ins that end between their two files.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

import { run, start, program } from "./support.mjs";

const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));

export async function accountSuite(check, { issuer, env, signIn, expire, counts }) {
  const fileOf = (as, what) => path.join(env.COUNTERSIGN_FOLDER, `${as}.${what}.json`);

  await check("login --resource A --resource B: a token for each (RFC 8707)", async () => {
    const as = ["--as", "several"];
    const [notes, files] = ["https://notes.example", "https://files.example"];
    await signIn(...as, "--resource", notes, "--resource", files);
    const audienceOf = async (...more) => {
      const { code, out, err } = await run(["token", ...as, ...more], { env });
      assert.equal(code, 0, err);
      return claimsOf(out).aud;
    };
    const before = await counts();
    assert.equal(await audienceOf("--resource", notes), notes);
    assert.deepEqual(await counts(), before, "the sign-in has brought the first");
    assert.equal(await audienceOf("--resource", files), files);
    for (const resource of [notes, files]) assert.equal(await audienceOf("--resource", resource), resource);
    assert.equal((await counts()).refreshes, before.refreshes + 1);
    assert.equal(await audienceOf("--resource", notes, "--renew"), notes);
    const told = JSON.parse((await run(["token", ...as, "--resource", files, "--json"], { env })).out);
    assert.deepEqual([told.resource, claimsOf(told.accessToken).aud], [files, files]);

    const unnamed = await run(["token", ...as], { env });
    assert.deepEqual([unnamed.code, unnamed.out], [2, ""]);
    assert.ok(unnamed.err.includes(`one of those that login was given: ${notes}, ${files}`), unnamed.err);
    const other = await run(["token", ...as, "--resource", "https://other.example"], { env });
    assert.deepEqual([other.code, other.out], [2, ""]);
    const none = await run(["token", "--resource", notes], { env });
    assert.deepEqual([none.code, none.out], [2, ""]);
    assert.match(none.err, /login was given it/);
    assert.equal((await run(["logout", ...as], { env })).code, 0);
  });

  await check("an API that the server does not know: 1, and the tokens stay", async () => {
    const as = ["--as", "unknown"];
    await signIn(...as, "--resource", "https://notes.example");
    const account = fileOf("unknown", "account");
    const content = JSON.parse(readFileSync(account, "utf8"));
    writeFileSync(account, JSON.stringify({ ...content, resources: [...content.resources, "urn:gone"] }));
    const { code, out, err } = await run(["token", ...as, "--resource", "urn:gone"], { env });
    assert.deepEqual([code, out], [1, ""], err);
    assert.match(err, /resource_refused/);
    const still = await run(["token", ...as, "--resource", "https://notes.example"], { env });
    assert.deepEqual([still.code, claimsOf(still.out).aud], [0, "https://notes.example"]);
    // This server has used the refresh token up all the same: the access token serves to its end.
    const later = await run(["token", ...as, "--resource", "https://notes.example", "--renew"], { env });
    assert.deepEqual([later.code, later.out], [4, ""]);
    assert.match(later.err, /signed_out/);
  });

  await check("a sign-in that is killed between its files: each token goes to the client that it is of", async () => {
    const as = ["--as", "killed"];
    const [tokens, account] = [fileOf("killed", "tokens"), fileOf("killed", "account")];
    const held = JSON.stringify({ id: "x", pid: process.pid, host: hostname() });
    const isAnnounced = () => JSON.parse(readFileSync(account, "utf8")).next !== undefined;
    const until = async (holds) => {
      for (let waited = 0; !holds(); waited += 10) {
        assert.ok(waited < 60_000, `waited in vain for ${holds}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const another = ["login", issuer, "--client-id", "another-cli", "--param", "prompt=consent", ...as];
    const renews = async (clientId) => {
      expire(tokens);
      const { code, err } = await run(["token", ...as], { env });
      assert.equal(code, 0, err);
      assert.equal(JSON.parse(readFileSync(tokens, "utf8")).tokens.claims.aud, clientId);
    };

    // Before the tokens are written: the sign-in before it is as it was.
    await signIn(...as);
    writeFileSync(`${tokens}.lock`, held);
    const early = start(program, another, { env });
    await until(isAnnounced);
    early.child.kill("SIGKILL");
    await early.ended;
    rmSync(`${tokens}.lock`);
    await renews("my-cli");

    // After it: the tokens are of the new one.
    const before = readFileSync(tokens, "utf8");
    writeFileSync(`${tokens}.lock`, held);
    rmSync(account);
    const late = start(program, another, { env });
    await until(() => {
      try {
        return isAnnounced();
      } catch {
        return false;
      }
    });
    writeFileSync(`${account}.lock`, held);
    rmSync(`${tokens}.lock`);
    await until(() => readFileSync(tokens, "utf8") !== before);
    late.child.kill("SIGKILL");
    await late.ended;
    rmSync(`${account}.lock`);
    assert.equal(isAnnounced(), true);
    await renews("another-cli");
    const { code, err } = await run(["logout", ...as], { env });
    assert.equal(code, 0, err);
  });
}
