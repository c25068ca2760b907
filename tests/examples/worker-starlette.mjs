// examples/worker-starlette: cookies that Starlette has written, changed and over; and the Worker before an application.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { startMiniflare } from "../support/miniflare.mjs";
import { bundleExample, folder } from "./install.mjs";

const file = fileURLToPath(new URL("recorded/starlette-sessions.json", import.meta.url));
const { secretKey, signedAt, cookies } = JSON.parse(readFileSync(file, "utf8"));
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.";

export async function workerStarlette(check) {
  const { out, modules } = await bundleExample("worker-starlette");
  const copy = path.join(folder, "worker-starlette", "src", "starlette-session.js");
  const { starletteSessions } = await import(pathToFileURL(copy).href);
  const at = (now, options = {}) => starletteSessions({ secretKey, now: () => now, ...options });
  const read = (cookie, sessions = at(signedAt + 60)) =>
    sessions.read(new Request("https://app.example/", { headers: { cookie } }));

  await check("worker-starlette: what Starlette has signed", async () => {
    for (const { session, cookie } of cookies) {
      assert.deepEqual(await read(`theme=dark; session=${cookie}; sessions=x`), session);
      assert.deepEqual(await read(`user=${cookie}`, at(signedAt, { cookie: "user" })), session);
    }
  });

  await check("worker-starlette: for as long as Starlette takes it", async () => {
    const [{ cookie }] = cookies;
    const week = 1_209_600;
    for (const [age, isThere] of [
      [-1, false],
      [0, true],
      [week, true],
      [week + 1, false],
    ]) {
      assert.equal((await read(`session=${cookie}`, at(signedAt + age))) !== undefined, isThere, String(age));
    }
    assert.equal(await read(`session=${cookie}`, at(signedAt + 61, { maxAge: 60 })), undefined);
  });

  await check("worker-starlette: what anybody else has written is no session", async () => {
    const [{ cookie }, other] = cookies;
    for (const [index, digit] of [...cookie].entries()) {
      for (const changed of [...DIGITS].filter((letter) => letter !== digit)) {
        const edited = cookie.slice(0, index) + changed + cookie.slice(index + 1);
        assert.equal(await read(`session=${edited}`), undefined, edited);
      }
    }
    const parts = cookie.split(".");
    for (const bad of ["", "null", "...", cookie.slice(1), cookie.slice(0, -1), `${cookie}.`, `${cookie}.${parts[2]}`])
      assert.equal(await read(`session=${bad}`), undefined, bad);
    assert.equal(await read(`session=${other.cookie.split(".")[0]}.${parts[1]}.${parts[2]}`), undefined, "of another");
    assert.equal(await read(`session=${cookie}; session=${other.cookie}`), undefined, "there twice");
    assert.equal(await read(`session=${cookie}`, at(signedAt, { secretKey: "another" })), undefined);
    assert.equal(await read(""), undefined);
  });

  await check("worker-starlette: signed, and no session", async () => {
    for (const json of ["[]", "1", "null", '"text"', '{"a": NaN}', "{", ""])
      assert.equal(await read(`session=${sign(json, signedAt)}`), undefined, json);
    assert.deepEqual(await read(`session=${sign("{}", signedAt)}`), {});
  });

  const asked = [];
  const { url } = await startMiniflare(out, {
    modules,
    variables: { APPLICATION: "http://application.example", SECRET_KEY: secretKey },
    async outbound(request) {
      asked.push(`${request.method} ${request.url} ${await request.text()}`);
      return { status: 303, headers: { location: "/next", "set-cookie": "session=new" }, text: "" };
    },
  });
  const visit = (target, cookie, init = {}) =>
    fetch(new URL(target, url), { redirect: "manual", ...init, headers: { cookie } });
  const now = Math.floor(Date.now() / 1000);

  await check("worker-starlette: a page at the edge for whoever has signed in", async () => {
    const known = await visit("/edge", `session=${sign('{"user": {"name": "Nelly <3"}}', now)}`);
    assert.deepEqual([known.status, await known.text()], [200, "Hello, Nelly <3"]);
    assert.equal(known.headers.get("cache-control"), "private, no-store");
    // The Discord example took the second for somebody.
    for (const json of ["{}", '{"_state_discord_abc": {"data": {}}}', '{"user": null}', '{"user": "Nelly"}']) {
      const nobody = await visit("/edge", `session=${sign(json, now)}`);
      assert.deepEqual([nobody.status, nobody.headers.get("location")], [303, "/login"], json);
    }
    assert.deepEqual(asked, []);
  });

  await check("worker-starlette: the rest is the application's", async () => {
    const answer = await visit("/login?next=/a", "session=x", { method: "POST", body: "a=b" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/next"]);
    assert.equal(answer.headers.get("set-cookie"), "session=new");
    assert.deepEqual(asked, ["POST http://application.example/login?next=/a a=b"]);
    await visit(`${url.origin}//evil.example/x`, "");
    assert.equal(new URL(asked[1].split(" ")[1]).host, "application.example");
  });
}

/** As itsdangerous signs it. */
function sign(json, time) {
  const key = createHash("sha1").update(`itsdangerous.Signersigner${secretKey}`).digest();
  const stamp = Buffer.alloc(4);
  stamp.writeUInt32BE(time);
  const signed = `${Buffer.from(json).toString("base64")}.${stamp.toString("base64url")}`;
  return `${signed}.${createHmac("sha1", key).update(signed).digest("base64url")}`;
}
