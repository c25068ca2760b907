// The seal over sessions by WebCrypto: that of src/session/seal.rs, by the examples of tests/corpus/session/.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { application, Browser, fakeClient, origin, secret } from "./support/web.mjs";

const { seals } = JSON.parse(readFileSync(new URL("../corpus/session/seals.json", import.meta.url), "utf8"));
const [plain, withData, local, other] = seals;
const example = (at, { sealed, name } = plain) => {
  const browser = new Browser(at);
  browser.cookies.set(`${at.startsWith("https:") ? "__Host-" : ""}${name}`, `1.${sealed}`);
  return browser;
};

/** Runs with random bytes that are none. */
async function withBytes(hex, run) {
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (array) => (array.set(Buffer.from(hex, "hex").subarray(0, array.length)), array);
  try {
    return await run();
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
}

test("what Rust seals is opened", async () => {
  for (const [{ what, text }, options] of [
    [plain, {}],
    [withData, {}],
    [local, { origin: local.origin }],
    [other, { origin: other.origin, secrets: [other.secret], session: { name: other.name } }],
    [other, { origin: other.origin, secrets: [secret, other.secret], session: { name: other.name } }],
  ]) {
    const { auth } = application(options);
    const session = await auth.session(
      example(
        options.origin ?? origin,
        seals.find((one) => one.what === what),
      ).page("/"),
    );
    assert.deepEqual(session?.user, { sub: "alice", name: "Alïce" }, what);
    assert.deepEqual(session.data, JSON.parse(text.split("\u001f")[1]));
    assert.equal(session.expiresAt, 4_700_000_000);
  }
});

test("what is sealed here is what Rust seals, byte for byte", async () => {
  const { fetch } = application({}, async ({ session }) => {
    await session.update({ cart: [1, "é😀"] });
    return new Response();
  });
  const response = await withBytes(withData.iv.padEnd(32, "0"), () => fetch(example(origin).page("/")));
  const [first] = response.headers.getSetCookie();
  assert.equal(first.split(";")[0], `__Host-session=1.${withData.sealed}`);
});

test("no edit, no cut and no swap is accepted, and none throws", async () => {
  const { auth } = application();
  const signedIn = async (cookie) => {
    const browser = new Browser();
    browser.cookies.set("__Host-session", cookie);
    return (await auth.session(browser.page("/"))) !== undefined;
  };
  const cookie = `1.${plain.sealed}`;
  assert.equal(await signedIn(cookie), true);
  for (let at = 0; at < cookie.length; at += 1) {
    for (const letter of ["A", "_", "=", "2"]) {
      const altered = cookie.slice(0, at) + letter + cookie.slice(at + 1);
      assert.equal(await signedIn(altered), altered === cookie, `${at} ${letter}`);
    }
    assert.equal(await signedIn(cookie.slice(0, at)), false);
  }
  assert.equal(await signedIn(`${cookie}A`), false);
  // Of another purpose, name, origin or secret.
  for (const { what, sealed } of seals.slice(2)) assert.equal(await signedIn(`1.${sealed}`), false, what);
  for (const options of [
    { origin: "https://other.example" },
    { origin: "https://app.example:8443" },
    { session: { name: "other" } },
    { secrets: ["b".repeat(32)] },
  ]) {
    const elsewhere = application(options);
    const browser = new Browser(options.origin ?? origin);
    browser.cookies.set(`__Host-${options.session?.name ?? "session"}`, cookie);
    assert.equal(await elsewhere.auth.session(browser.page("/")), undefined, JSON.stringify(options));
  }
});

test("parts of two sessions, or in another order, are none", async () => {
  const large = (letter) => fakeClient({ claims: { sub: "alice", name: letter.repeat(9_000) } });
  const [one, two] = await Promise.all(
    ["x", "y"].map(async (letter) => {
      const app = application({ client: large(letter) });
      const browser = new Browser();
      await app.signIn(browser);
      return browser;
    }),
  );
  const { auth } = application();
  const names = one.named("__Host-session");
  assert.ok(names.length >= 3);
  assert.equal((await auth.session(one.page("/"))).user.name.length, 9_000);
  for (const name of names) {
    const mixed = one.copy();
    mixed.cookies.set(name, two.cookies.get(name));
    assert.equal(await auth.session(mixed.page("/")), undefined, name);
    const missing = one.copy();
    missing.cookies.delete(name);
    assert.equal(await auth.session(missing.page("/")), undefined, name);
  }
  const turned = one.copy();
  names.forEach((name, at) => turned.cookies.set(name, one.cookies.get(names.at(-1 - at))));
  assert.equal(await auth.session(turned.page("/")), undefined);
});

test("a new secret comes first, and the old one still opens", async () => {
  const [before, after] = ["o", "n"].map((letter) => letter.repeat(32));
  const browser = new Browser();
  await application({ secrets: [before] }).signIn(browser);
  const both = application({ secrets: [after, before] });
  assert.ok(await both.auth.session(browser.page("/")));
  assert.equal(await application({ secrets: [after] }).auth.session(browser.page("/")), undefined);
  const renewed = browser.copy();
  await both.signIn(renewed, "/auth/login");
  assert.ok(await application({ secrets: [after] }).auth.session(renewed.page("/")), "the first seals");
});
