// The clients that users have, in the types of their own packages.

import { Redis as Upstash } from "@upstash/redis";
import { denoKvStore, redisStore, unstorageStore, type AtomicStore, type DenoKv, type Store } from "countersign/stores";
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster } from "redis";
import { createClient as createClient4 } from "redis-4";
import { createStorage, prefixStorage, type Storage } from "unstorage";

const atomic: readonly AtomicStore[] = [
  redisStore(createClient()),
  redisStore(createClientPool()),
  redisStore(createCluster({ rootNodes: [] })),
  redisStore(createClient4()),
  redisStore(new Redis()),
  redisStore(new Cluster([])),
  redisStore(new Upstash({ url: "https://redis.example", token: "" })),
];
const storage: Storage = createStorage();
const stores: readonly Store[] = [
  ...atomic,
  unstorageStore(storage),
  unstorageStore(createStorage<string>()),
  unstorageStore(prefixStorage(storage, "countersign")),
];

/** As Deno declares it. */
declare const kv: {
  get<T = unknown>(
    key: readonly (string | number)[],
    options?: { consistency?: "strong" | "eventual" },
  ): Promise<
    | { key: readonly unknown[]; value: T; versionstamp: string }
    | { key: readonly unknown[]; value: null; versionstamp: null }
  >;
  set(key: readonly (string | number)[], value: unknown, options?: { expireIn?: number }): Promise<{ ok: true }>;
  delete(key: readonly (string | number)[]): Promise<void>;
  atomic(): Operation;
};
interface Operation {
  check(...checks: { key: readonly (string | number)[]; versionstamp: string | null }[]): this;
  set(key: readonly (string | number)[], value: unknown, options?: { expireIn?: number }): this;
  commit(): Promise<{ ok: true; versionstamp: string } | { ok: false }>;
}
denoKvStore(kv satisfies DenoKv);

// @ts-expect-error A Map is no client.
redisStore(new Map<string, string>());
// @ts-expect-error It cannot put if absent.
export const wrong: AtomicStore = unstorageStore(storage);

export { stores };
