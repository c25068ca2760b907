// Stores: lifetimes, capacity, and a value put only where there is none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";

const { denoKvStore, memoryStore } = await importPackage(folder, "countersign/stores");

test("a value lives for its lifetime", () => {
  let now = 1_000_000;
  const store = memoryStore({ now: () => now });
  store.set("a", "1", { ttl: 10 });
  now += 9_999;
  assert.equal(store.get("a"), "1");
  now += 1;
  assert.equal(store.get("a"), undefined);
  store.set("a", "2", { ttl: 10 });
  store.set("a", "3", { ttl: 20 });
  now += 15_000;
  assert.equal(store.get("a"), "3");
  store.delete("a");
  assert.equal(store.get("a"), undefined);
});

test("add writes once, until the lifetime has passed or the value is deleted", () => {
  let now = 0;
  const store = memoryStore({ now: () => now });
  assert.equal(store.add("jti", "1", { ttl: 60 }), true);
  assert.equal(store.add("jti", "2", { ttl: 60 }), false);
  assert.equal(store.get("jti"), "1");
  now = 60_000;
  assert.equal(store.add("jti", "3", { ttl: 60 }), true);
  store.delete("jti");
  assert.equal(store.add("jti", "4", { ttl: 60 }), true);
});

test("a full store forgets the oldest documents, and never what add wrote", () => {
  let now = 0;
  const store = memoryStore({ maxEntries: 3, now: () => now });
  store.add("jti", "", { ttl: 60 });
  store.set("a", "1", { ttl: 10 });
  store.set("b", "2", { ttl: 100 });
  store.set("a", "3", { ttl: 10 });
  store.set("c", "4", { ttl: 100 });
  assert.deepEqual(["jti", "a", "b", "c"].map(store.get), ["", "3", undefined, "4"]);
  assert.equal(store.add("x", "", { ttl: 60 }), true);
  assert.equal(store.add("y", "", { ttl: 60 }), true);
  assert.throws(() => store.add("z", "", { ttl: 60 }), /3 values that must not be forgotten/);
  assert.throws(() => store.set("d", "", { ttl: 60 }), /raise maxEntries/);
  now = 60_000;
  assert.equal(store.add("z", "", { ttl: 60 }), true);
});

test("wrong options and lifetimes are a TypeError that says what to write", () => {
  for (const maxEntries of [0, -1, 1.5, NaN, Infinity, "3"]) {
    assert.throws(() => memoryStore({ maxEntries }), { name: "TypeError", message: /maxEntries: 10_000/ });
  }
  assert.throws(() => memoryStore({ now: 3 }), { name: "TypeError", message: /milliseconds/ });
  for (const ttl of [0, -1, 0.5, NaN, Infinity, undefined, "60"]) {
    assert.throws(() => memoryStore().add("a", "", { ttl }), { name: "TypeError", message: /ttl/ });
    assert.throws(() => memoryStore().set("a", "", { ttl }), { name: "TypeError", message: /ttl/ });
  }
});

test("Deno KV: a value that is removed between the look and the write is no other's", async () => {
  const values = new Map();
  let version = 0;
  let interfere = () => undefined;
  const kv = {
    get: async ([, key]) => ({ value: values.get(key)?.value ?? null, versionstamp: values.get(key)?.stamp ?? null }),
    set: async () => undefined,
    delete: async () => undefined,
    atomic() {
      let expected;
      let entry;
      return {
        check(condition) {
          expected = condition;
          return this;
        },
        set(key, value) {
          entry = [key[1], value];
          return this;
        },
        async commit() {
          interfere();
          if ((values.get(expected.key[1])?.stamp ?? null) !== expected.versionstamp) return { ok: false };
          values.set(entry[0], { value: entry[1], stamp: String((version += 1)) });
          return { ok: true };
        },
      };
    },
  };
  const store = denoKvStore(kv);
  const expired = () => ({ value: { value: "", expiresAt: Date.now() - 1 }, stamp: "old" });
  values.set("jti", expired());
  interfere = () => {
    if (values.get("jti")?.stamp === "old") values.delete("jti");
  };
  assert.equal(await store.add("jti", "", { ttl: 60 }), true);
  assert.equal(await store.add("jti", "", { ttl: 60 }), false);
  // Of two that have seen the same, one writes.
  const both = await Promise.all([store.add("two", "", { ttl: 60 }), store.add("two", "", { ttl: 60 })]);
  assert.deepEqual(both.sort(), [false, true]);
  interfere = () => values.set("busy", { ...expired(), stamp: String((version += 1)) });
  await assert.rejects(() => store.add("busy", "", { ttl: 60 }), /others write the same key/);
});
