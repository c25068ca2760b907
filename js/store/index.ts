export { memoryStore, type MemoryStoreOptions } from "./memory.js";
export type { AtomicStore, Awaitable, Store, StoreLifetime } from "./types.js";
