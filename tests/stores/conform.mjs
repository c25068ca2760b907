// What every store has to do, wherever it keeps its values. `check(name, test)` records each.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";

const MINUTE = { ttl: 60 };
const CALLERS = 200;

/** A key with every character that there may be. */
const LONGEST = "AZaz09:-_.".repeat(12) + "x".repeat(8);

export async function conform(store, { atomic, longest, prefix }, check) {
  const key = (name) => `${prefix}:${name}`;
  const absent = (value) => assert.ok(value === undefined || value === null, `there is a value: ${value}`);

  await check("answers nothing where nothing is", async () => absent(await store.get(key("absent"))));

  await check("answers the very text", async () => {
    for (const [number, value] of [
      "1",
      "",
      "17",
      "null",
      '{ "a": 1 }',
      '"text"',
      "OK",
      "=",
      "grün 🔑",
      "a\n\0b",
    ].entries()) {
      await store.set(key(`text-${number}`), value, MINUTE);
      assert.equal(await store.get(key(`text-${number}`)), value);
    }
  });

  await check(`takes ${longest} bytes`, async () => {
    const value = "v".repeat(longest);
    await store.set(key("long"), value, MINUTE);
    assert.equal(await store.get(key("long")), value);
  });

  await check("tells keys apart", async () => {
    const keys = ["a", "A", "a:b", "a::b", "a:b:", "a.b", "a..b", "a..", "a:.b", "a-b", "a_b"].map(key);
    for (const name of [...keys, LONGEST]) await store.set(name, `of ${name}`, MINUTE);
    for (const name of [...keys, LONGEST]) assert.equal(await store.get(name), `of ${name}`);
  });

  await check("overwrites", async () => {
    await store.set(key("over"), "1", { ttl: 1 });
    await store.set(key("over"), "2", MINUTE);
    await wait(1_100);
    assert.equal(await store.get(key("over")), "2");
  });

  await check("deletes", async () => {
    await store.delete(key("deleted"));
    await store.set(key("deleted"), "1", MINUTE);
    await store.delete(key("deleted"));
    absent(await store.get(key("deleted")));
  });

  await check("forgets after the lifetime", async () => {
    await store.set(key("short"), "1", { ttl: 2 });
    assert.equal(await store.get(key("short")), "1");
    await wait(2_100);
    absent(await store.get(key("short")));
  });

  await check("refuses what is no lifetime", async () => {
    for (const ttl of [0, -1, 1.5, "60"]) {
      for (const method of atomic ? ["set", "add"] : ["set"]) {
        await assert.rejects(async () => store[method](key("wrong"), "", { ttl }), {
          name: "TypeError",
          message: /ttl/,
        });
      }
    }
    absent(await store.get(key("wrong")));
  });

  if (!atomic) {
    await check("does not pretend to have `add`", () => assert.equal(store.add, undefined));
    return;
  }

  await check(`lets one of ${CALLERS} concurrent calls of \`add\` write`, async () => {
    const callers = Array.from({ length: CALLERS }, (_, number) => String(number));
    const added = await Promise.all(callers.map((value) => store.add(key("once"), value, MINUTE)));
    assert.deepEqual(
      added.map((is) => typeof is),
      callers.map(() => "boolean"),
    );
    const winners = callers.filter((_, number) => added[number]);
    assert.equal(winners.length, 1);
    assert.equal(await store.get(key("once")), winners[0]);
  });

  await check("adds nothing over a value, and anew once it is deleted", async () => {
    await store.set(key("there"), "1", MINUTE);
    assert.equal(await store.add(key("there"), "2", MINUTE), false);
    assert.equal(await store.get(key("there")), "1");
    await store.delete(key("there"));
    assert.equal(await store.add(key("there"), "3", MINUTE), true);
    assert.equal(await store.get(key("there")), "3");
  });

  await check("adds once more after the lifetime, which a refused `add` has not prolonged", async () => {
    assert.equal(await store.add(key("again"), "1", { ttl: 2 }), true);
    assert.equal(await store.add(key("again"), "2", MINUTE), false);
    await wait(2_100);
    const added = await Promise.all(Array.from({ length: 20 }, () => store.add(key("again"), "3", MINUTE)));
    assert.equal(added.filter(Boolean).length, 1);
    assert.equal(await store.get(key("again")), "3");
  });
}
