export { cacheApiStore, type CacheApiStoreOptions, type CacheLike } from "./cache-api.js";
export { d1Store, type D1Database, type D1Statement } from "./d1.js";
export { denoKvStore, type DenoKv, type DenoKvOperation } from "./deno-kv.js";
export {
  CountersignStore,
  durableObjectStore,
  type DurableObjectNamespaceLike,
  type DurableObjectStateLike,
  type DurableObjectStoreOptions,
} from "./durable-object.js";
export { kvStore, type KvNamespace } from "./kv.js";
export { memoryStore, type MemoryStoreOptions } from "./memory.js";
export { redisStore, type RedisClient } from "./redis.js";
export type { AtomicStore, Awaitable, Store, StoreLifetime } from "./types.js";
export { unstorageStore, type UnstorageLike } from "./unstorage.js";
