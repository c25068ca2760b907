// A browser that fetches a thousand links ahead, each of which would begin a sign-in.

import assert from "node:assert/strict";

import { Visitor } from "./visitor.mjs";

const TIMES = 1_000;
/** Connections that a browser opens to one server. */
const AT_ONCE = 6;
/** Sign-ins that may be under way. */
const MOST = 4;

const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
/** How browsers and frameworks mark what they fetch ahead. The last is of a browser that marks nothing. */
const ahead = [
  { "sec-purpose": "prefetch", ...navigation },
  { "sec-purpose": "prefetch;prerender", ...navigation },
  { purpose: "prefetch" },
  { "x-moz": "prefetch" },
  { "next-router-prefetch": "1", rsc: "1" },
];

export async function storm(origin, account) {
  const visitor = new Visitor(origin, account);
  const signIns = () => [...visitor.cookies.keys()].filter((name) => name.startsWith("sign-in"));

  await many(async (at) => {
    const { status, set } = await visitor.page(`/notes?${at}`, ahead[at % ahead.length]);
    assert.deepEqual([status, set], [204, []]);
  });
  assert.equal(visitor.cookies.size, 0);

  let most = 0;
  await many(async (at) => {
    const { status } = await visitor.page(`/notes?${at}`, { "sec-fetch-mode": "navigate" });
    assert.equal(status, 303);
    most = Math.max(most, signIns().length);
  });
  // Those that were under way together know nothing of each other.
  assert.ok(most <= MOST + AT_ONCE, `${most} sign-ins in between`);
  await visitor.page("/notes");
  assert.ok(signIns().length <= MOST && signIns().length > 0, signIns().join());
  // And the last of them can be ended.
  await visitor.signIn("/notes");
  assert.equal((await visitor.page("/notes")).status, 200);
  assert.ok(signIns().length < MOST);
}

async function many(send) {
  let sent = 0;
  const connection = async () => {
    while (sent < TIMES) await send((sent += 1));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connection));
}
