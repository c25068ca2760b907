import { host } from "#host";
import type { CryptoKeyPairLike, DpopKeyStore } from "./client-types.js";

const DATABASE = "countersign";
const TABLE = "dpop";

/** Keys in IndexedDB, which has them without their bytes. `undefined` where there is none. */
export function keptInPage(): DpopKeyStore | undefined {
  const { indexedDB } = globalThis as { readonly indexedDB?: IDBFactory };
  if (host.name !== "browser" || indexedDB === undefined) return undefined;
  return {
    get: async (name) => inTable(indexedDB, "readonly", (table) => table.get(name) as IDBRequest<CryptoKeyPairLike>),
    // In one transaction: of two tabs that make a key, the first one's counts.
    add: async (name, pair) => {
      const database = await open(indexedDB);
      try {
        return await new Promise((resolve, reject) => {
          const transaction = database.transaction(TABLE, "readwrite");
          const table = transaction.objectStore(TABLE);
          let kept = pair;
          const known = table.get(name) as IDBRequest<CryptoKeyPairLike | undefined>;
          known.onsuccess = () => {
            if (known.result === undefined) table.put(pair, name);
            else kept = known.result;
          };
          transaction.oncomplete = () => {
            resolve(kept);
          };
          transaction.onabort = () => {
            reject(failure(transaction.error));
          };
        });
      } finally {
        database.close();
      }
    },
  };
}

async function inTable<T>(
  factory: IDBFactory,
  mode: IDBTransactionMode,
  ask: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open(factory);
  try {
    return await result(ask(database.transaction(TABLE, mode).objectStore(TABLE)));
  } finally {
    database.close();
  }
}

async function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(TABLE);
  };
  return result(request);
}

const result = async <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(failure(request.error));
    };
  });

const failure = (error: DOMException | null): Error => error ?? new Error("IndexedDB has failed");
