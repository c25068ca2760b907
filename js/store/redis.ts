import { hasMethods, PREFIX, secondsOf } from "./entry.js";
import type { AtomicStore } from "./types.js";

/** The part of a Redis client that is used: that of `redis` (4 or 5), `ioredis` or `@upstash/redis`. */
export interface RedisClient {
  get(key: string): Promise<unknown>;
  /** Each client has options of its own. */
  set(...args: never): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/** How a client takes the options of SET. */
type SetOptions = (ttl: number, onlyNew: boolean) => readonly unknown[];

const IOREDIS: SetOptions = (ttl, onlyNew) => ["EX", ttl, ...(onlyNew ? ["NX"] : [])];
const NODE_REDIS: SetOptions = (ttl, onlyNew) => [{ EX: ttl, ...(onlyNew ? { NX: true } : {}) }];
const UPSTASH: SetOptions = (ttl, onlyNew) => [{ ex: ttl, ...(onlyNew ? { nx: true } : {}) }];

/** Before each value, so that it is no JSON: Upstash's client would parse that, and hand out something else. */
const MARK = "=";

/**
 * A store in Redis 2.6.12 or later, or in what speaks like it, over a client of yours: `redis`, `ioredis` or
 * `@upstash/redis`. You connect it, and listen to its errors. Keys begin with `countersign:`.
 *
 * `add` is `SET NX EX`. It holds what it promises where Redis evicts nothing (`maxmemory-policy noeviction`) and reads go to
 * the primary.
 *
 * @throws TypeError for a client of another kind.
 * @example
 * ```ts
 * import { redisStore } from "countersign/stores";
 * import { createClient } from "redis";
 *
 * const store = redisStore(await createClient().connect());
 * await store.add("jti:1", "", { ttl: 60 }); // true
 * ```
 */
export function redisStore(client: RedisClient): AtomicStore {
  const options = optionsOf(client);
  const set = client.set.bind(client) as (...args: readonly unknown[]) => Promise<unknown>;
  const put = async (key: string, value: string, ttl: number, onlyNew: boolean): Promise<boolean> => {
    const answer = await set(PREFIX + key, MARK + value, ...options(ttl, onlyNew));
    if (answer === null && onlyNew) return false;
    // A client in a transaction, say, has written nothing yet.
    if (textOf(answer) !== "OK") throw new Error("the Redis client answered SET with something else than OK");
    return true;
  };
  return {
    async get(key) {
      const answer = await client.get(PREFIX + key);
      const text = answer === null ? "" : textOf(answer);
      return text.startsWith(MARK) ? text.slice(MARK.length) : undefined;
    },
    set: async (key, value, lifetime) => put(key, value, secondsOf(lifetime), false),
    delete: (key) => client.del(PREFIX + key),
    add: async (key, value, lifetime) => put(key, value, secondsOf(lifetime), true),
  };
}

/** A text, which a client may be told to answer as bytes. */
const textOf = (answer: unknown): string => String(answer);

/** By the methods that only one of the clients has. */
function optionsOf(client: unknown): SetOptions {
  if (hasMethods(client, "get", "set", "del")) {
    if (hasMethods(client, "call")) return IOREDIS;
    if (hasMethods(client, "sendCommand")) return NODE_REDIS;
    if (hasMethods(client, "pipeline")) return UPSTASH;
  }
  throw new TypeError(
    "redisStore takes a client of redis, ioredis or @upstash/redis: redisStore(await createClient({ url }).connect())",
  );
}
