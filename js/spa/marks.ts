import { waitAtMost } from "../wait.js";
import type { Area } from "./storage.js";

/** How long a mark outlives the latest refresh of its session, in seconds. */
const LIFE = 30 * 86_400;
/** How long IndexedDB may take, in milliseconds: tabs that wait for the lock wait for it too, and browsers have let it hang. */
const PATIENCE = 3000;
const DATABASE = "countersign-pages";
const TABLE = "refreshes";
/** The number of a session that is over. */
const ENDED = -1;

interface Mark {
  readonly refreshes: number;
  readonly time: number;
}

/**
 * How often each session was refreshed, for all tabs of the origin and without a secret.
 *
 * Neither storage can tell: tabs do not see each other's `sessionStorage`, and of `localStorage` browsers give each process
 * a copy that may be old, even under a Web Lock. What a transaction of IndexedDB has written, every later one reads.
 */
export class Marks {
  #database: IDBFactory | undefined;
  readonly #area: Area;

  constructor(database: IDBFactory | undefined, area: Area) {
    this.#database = database;
    this.#area = area;
  }

  /** How many refreshes there were. `undefined`: the session is over. */
  async of(session: string): Promise<number | undefined> {
    const mark = await this.#change(session, () => undefined);
    return mark?.refreshes === ENDED ? undefined : (mark?.refreshes ?? 0);
  }

  /** Counts a refresh. Answers whether the session still is: a logout may have come first. */
  async count(session: string, refreshes: number, time: number): Promise<boolean> {
    const before = await this.#change(session, (mark) => (mark?.refreshes === ENDED ? undefined : { refreshes, time }));
    return before?.refreshes !== ENDED;
  }

  async end(session: string, time: number): Promise<void> {
    await this.#change(session, () => ({ refreshes: ENDED, time }));
  }

  /** Reads a mark, and replaces it by what is made of it, if anything is. Old ones go. */
  async #change(session: string, replace: (mark: Mark | undefined) => Mark | undefined): Promise<Mark | undefined> {
    try {
      if (this.#database !== undefined) {
        const work = inDatabase(this.#database, session, replace);
        let done: { mark: Mark | undefined } | undefined;
        await waitAtMost(
          work.then((mark) => (done = { mark })),
          PATIENCE,
        );
        if (done !== undefined) return done.mark;
        this.#database = undefined;
      }
    } catch {
      // A browser may have it and let nobody use it.
    }
    const read = (name: string): Mark | undefined => {
      const [refreshes, time] = this.#area.read(name)?.split(" ").map(Number) ?? [];
      return refreshes === undefined || time === undefined ? undefined : { refreshes, time };
    };
    const name = `refreshes:${session}`;
    const mark = read(name);
    const next = replace(mark);
    if (next === undefined) return mark;
    for (const other of this.#area.names("refreshes:")) {
      if ((read(other)?.time ?? 0) < next.time - LIFE) this.#area.remove(other);
    }
    this.#area.write(name, `${next.refreshes} ${next.time}`);
    return mark;
  }
}

async function inDatabase(
  factory: IDBFactory,
  session: string,
  replace: (mark: Mark | undefined) => Mark | undefined,
): Promise<Mark | undefined> {
  const opening = factory.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(TABLE).createIndex("time", "time");
  };
  const database = await result(opening);
  try {
    return await new Promise<Mark | undefined>((resolve, reject) => {
      let mark: Mark | undefined;
      const transaction = database.transaction(TABLE, "readwrite");
      const table = transaction.objectStore(TABLE);
      const reading = table.get(session) as IDBRequest<Mark | undefined>;
      reading.onsuccess = () => {
        mark = reading.result;
        const next = replace(mark);
        if (next === undefined) return;
        table.put(next, session);
        const old = table.index("time").openKeyCursor(IDBKeyRange.upperBound(next.time - LIFE));
        old.onsuccess = () => {
          if (old.result === null) return;
          table.delete(old.result.primaryKey);
          old.result.continue();
        };
      };
      transaction.oncomplete = () => {
        resolve(mark);
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new Error("the transaction was aborted"));
      };
    });
  } finally {
    database.close();
  }
}

const result = async <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the request failed"));
    };
  });
