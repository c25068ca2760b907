import { host } from "#host";
import { CountersignError } from "../errors.js";
import { waitAtMost } from "../wait.js";
import type { CryptoKeyPairLike, DpopKeyStore } from "./client-types.js";

const DATABASE = "countersign";
const TABLE = "dpop";
/** How long IndexedDB may take, in milliseconds: browsers have let it hang for good. */
const PATIENCE = 10_000;

/** Keys in the page's IndexedDB. `undefined` where there is none. */
export function keptInPage(): DpopKeyStore | undefined {
  const { indexedDB } = globalThis as { readonly indexedDB?: IDBFactory };
  return host.name === "browser" && indexedDB !== undefined ? keptIn(indexedDB) : undefined;
}

/** Keys in IndexedDB, which has them without their bytes. */
export const keptIn = (factory: IDBFactory): DpopKeyStore => ({
  get: async (name) =>
    inTable(factory, "readonly", (table, done) => {
      const known = table.get(name) as IDBRequest<CryptoKeyPairLike | undefined>;
      known.onsuccess = () => {
        done(known.result);
      };
    }),
  // In one transaction: of two tabs that make a key, the first one's counts.
  add: async (name, pair) =>
    inTable(factory, "readwrite", (table, done) => {
      const known = table.get(name) as IDBRequest<CryptoKeyPairLike | undefined>;
      known.onsuccess = () => {
        if (known.result === undefined) table.put(pair, name);
        done(known.result ?? pair);
      };
    }),
});

/** Runs one transaction, and answers what it was done with. */
async function inTable<T>(
  factory: IDBFactory,
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore, done: (value: T) => void) => void,
): Promise<T> {
  const opening = factory.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(TABLE);
  };
  let isLate = false;
  let outcome: { readonly value: T } | undefined;
  const whole = async (): Promise<T> => {
    const database = await opened(opening);
    try {
      // Whoever deletes the database would wait for this one.
      if (isLate) throw failure(null);
      return await new Promise<T>((resolve, reject) => {
        let found: { readonly value: T } | undefined;
        const transaction = database.transaction(TABLE, mode);
        transaction.oncomplete = () => {
          if (found === undefined) reject(failure(null));
          else resolve(found.value);
        };
        transaction.onabort = () => {
          reject(failure(transaction.error));
        };
        work(transaction.objectStore(TABLE), (value) => {
          found = { value };
        });
      });
    } finally {
      database.close();
    }
  };
  try {
    await waitAtMost(
      whole().then((value) => (outcome = { value })),
      PATIENCE,
    );
  } catch (cause) {
    throw unavailable("has failed: see `cause`", { cause });
  }
  isLate = true;
  if (outcome !== undefined) return outcome.value;
  throw unavailable(`did not answer within ${PATIENCE / 1000} seconds: reload the page`);
}

const unavailable = (what: string, details?: { readonly cause: unknown }): CountersignError =>
  new CountersignError("storage_unavailable", 500, `IndexedDB, which has the key that binds tokens, ${what}`, details);

const opened = async (opening: IDBOpenDBRequest): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    opening.onsuccess = () => {
      resolve(opening.result);
    };
    opening.onerror = () => {
      reject(failure(opening.error));
    };
  });

const failure = (error: DOMException | null): Error => error ?? new Error("IndexedDB has failed");
