// Of stores: what can be put in place of what.

import { memoryStore, type AtomicStore, type Store } from "countersign/stores";

const atomic: AtomicStore = memoryStore();
const store: Store = atomic;
const documents = new Map<string, string>();
const users: Store = {
  get: (key) => documents.get(key),
  set: async (key, value, { ttl }) => void documents.set(key, `${String(ttl)} ${value}`),
  delete: (key) => documents.delete(key),
};
// @ts-expect-error A store that cannot put if absent is none of the atomic ones.
export const wrong: AtomicStore = users;

export const stores = [store, users];
