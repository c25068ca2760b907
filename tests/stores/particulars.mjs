// What only some of the stores have: a limit, an alarm, a way to fail.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";

import { stores, worker } from "./places.mjs";
import { remoteStore } from "./remote.mjs";

export async function particulars(check) {
  await check("KV: a lifetime under a minute is raised, and ends in time all the same", async () => {
    const written = [];
    const namespace = {
      getWithMetadata: async () => written.at(-1),
      put: async (key, value, { expirationTtl, metadata }) =>
        void written.push({ key, value, expirationTtl, metadata }),
      delete: async () => undefined,
    };
    const store = stores.kvStore(namespace);
    await store.set("a", "1", { ttl: 1 });
    await store.set("a", "2", { ttl: 61 });
    assert.deepEqual(
      written.map(({ key, expirationTtl }) => [key, expirationTtl]),
      [
        ["countersign:a", 60],
        ["countersign:a", 61],
      ],
    );
    written.length = 1;
    assert.equal(await store.get("a"), "1");
    await wait(1_100);
    assert.equal(await store.get("a"), undefined);
  });

  await check("KV: a 429 is the caller's", async () => {
    const refusal = new Error("KV PUT failed: 429 Too Many Requests");
    const put = () => Promise.reject(refusal);
    const store = stores.kvStore({ getWithMetadata() {}, put, delete() {} });
    await assert.rejects(store.set("a", "1", { ttl: 60 }), (error) => error === refusal);
  });

  await check("Durable Object: an alarm deletes what has expired, and ends when nothing is left", async () => {
    const store = remoteStore(new URL("probed", await worker()), { atomic: true });
    const probe = async () => (await fetch(new URL("probe", await worker()))).json();
    await store.set("short", "1", { ttl: 1 });
    await store.add("long", "1", { ttl: 3 });
    await wait(1_100);
    const first = await probe();
    assert.equal(first.rows, 1);
    assert.ok(first.alarm > Date.now() && first.next >= first.alarm);
    await wait(2_000);
    assert.equal((await probe()).rows, 0);
  });

  await check("Durable Object: an object that fails is no answer", async () => {
    const object = { fetch: async () => new Response("", { status: 500 }) };
    const store = stores.durableObjectStore({ idFromName: (name) => name, get: () => object });
    await assert.rejects(store.add("a", "", { ttl: 60 }), /answered 500/);
  });

  await check("Durable Object: keys are spread over the shards, each to the same one", async () => {
    const names = new Map();
    const object = (name) => ({
      async fetch(url, { body }) {
        const [, key] = JSON.parse(body);
        names.set(key, (names.get(key) ?? new Set()).add(name));
        return Response.json(null);
      },
    });
    const store = stores.durableObjectStore({ idFromName: (name) => name, get: object }, { shards: 16 });
    for (let number = 0; number < 400; number += 1) await store.get(`jti:${number % 200}`);
    assert.ok([...names.values()].every((shards) => shards.size === 1));
    assert.equal(new Set([...names.values()].flatMap((shards) => [...shards])).size, 16);
  });

  await check("Redis: an answer that is none is no success", async () => {
    const client = (answer) => ({ get() {}, del() {}, call() {}, set: async () => answer });
    await assert.rejects(stores.redisStore(client("QUEUED")).add("a", "", { ttl: 60 }), /something else than OK/);
    await assert.rejects(stores.redisStore(client(null)).set("a", "", { ttl: 60 }), /something else than OK/);
    assert.equal(await stores.redisStore(client(Buffer.from("OK"))).add("a", "", { ttl: 60 }), true);
  });

  await check("unstorage: a driver that takes two keys for one answers neither with the other's value", async () => {
    let item = null;
    const storage = { getItem: async () => item, setItem: async (_, entry) => void (item = entry), removeItem() {} };
    const store = stores.unstorageStore(storage);
    await store.set("a", "1", { ttl: 60 });
    assert.equal(await store.get("a"), "1");
    assert.equal(await store.get("A"), undefined);
  });
}
