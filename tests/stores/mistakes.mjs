// What is no store's option: a TypeError that says what to write.

import assert from "node:assert/strict";

import { stores } from "./places.mjs";

const calls = [
  ["kvStore", [undefined], /kvStore\(env\.KEYS\)/],
  ["kvStore", [{ get: () => undefined }], /kvStore\(env\.KEYS\)/],
  ["cacheApiStore", [], /cacheApiStore\(\{ origin: "https:/],
  ["cacheApiStore", [{ origin: "app.example" }], /cacheApiStore\(\{ origin: "https:/],
  ["cacheApiStore", [{ origin: "https://app.example/" }], /cacheApiStore\(\{ origin: "https:/],
  ["cacheApiStore", [{ origin: "file:///app" }], /cacheApiStore\(\{ origin: "https:/],
  ["cacheApiStore", [{ origin: "https://app.example" }], /await caches\.open/],
  ["cacheApiStore", [{ origin: "https://app.example", cache: {} }], /await caches\.open/],
  ["durableObjectStore", [undefined], /durableObjectStore\(env\.STORE\)/],
  ["durableObjectStore", [{ fetch: () => undefined }], /durableObjectStore\(env\.STORE\)/],
  ...[0, 257, 1.5, "4"].map((shards) => [
    "durableObjectStore",
    [{ idFromName: () => 1, get: () => ({}) }, { shards }],
    /shards: 16/,
  ]),
  ["d1Store", [null], /d1Store\(env\.DB\)/],
  ["redisStore", [undefined], /createClient/],
  ["redisStore", [new Map()], /createClient/],
  ["redisStore", [{ get() {}, set() {}, del() {} }], /createClient/],
  ["denoKvStore", [new Map()], /Deno\.openKv/],
  ["unstorageStore", [new Map()], /createStorage/],
];

export async function mistakes(check) {
  for (const [name, args, message] of calls) {
    await check(`${name} of ${JSON.stringify(args)}`, () =>
      assert.throws(() => stores[name](...args), { name: "TypeError", message }),
    );
  }
}
