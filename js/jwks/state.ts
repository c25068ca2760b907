import type { Awaitable, Store } from "../store/types.js";

/** A response that the core has taken. */
export interface CachedDocument {
  readonly url: string;
  /** 404 of metadata that is elsewhere, too. */
  readonly status: number;
  readonly body: Uint8Array;
  /** `Cache-Control`, `Age` and `ETag`, a line each. */
  readonly fields: string;
  /** When it came or was confirmed, in seconds. */
  readonly at: number;
}

/** The form of the state, which changes with it. */
const VERSION = 1;
/** Far above what the documents of an issuer have. */
const MAX_STATE = 4_194_304;
/** Milliseconds that a store may take: fetching the keys is the other way. */
const STORE_TIMEOUT = 1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes documents down, with whose they are. */
export function write(issuer: string, documents: Iterable<CachedDocument>): string {
  const list = [...documents].map(({ body, ...document }) => ({ ...document, body: decoder.decode(body) }));
  return JSON.stringify({ version: VERSION, issuer, documents: list });
}

/** Reads what {@link write} wrote. `undefined`: it is nothing of that, or another issuer's. Whether the keys are good, the core says. */
export function read(issuer: string, state: unknown): readonly CachedDocument[] | undefined {
  if (typeof state !== "string" || state.length > MAX_STATE) return undefined;
  try {
    const given = JSON.parse(state) as { version?: unknown; issuer?: unknown; documents?: unknown };
    if (given.version !== VERSION || given.issuer !== issuer || !Array.isArray(given.documents)) return undefined;
    return given.documents.map((document: Record<string, unknown>) => {
      const { url, status, body, fields, at } = document;
      const isWhole = typeof url === "string" && typeof body === "string" && typeof fields === "string";
      const areNumbers =
        Number.isSafeInteger(at) && Number.isInteger(status) && Number(status) >= 100 && Number(status) < 600;
      if (!isWhole || !areNumbers) throw new TypeError("the state has a document that is none");
      return { url, status: Number(status), body: encoder.encode(body), fields, at: Number(at) };
    });
  } catch {
    return undefined;
  }
}

/** The state of one issuer in a store of the application's, which may fail, hang, or answer anything. */
export class StoredState {
  readonly #store: Store;
  readonly #issuer: string;
  readonly #source: string;
  readonly #ttl: number;
  #key: string | undefined;

  /**
   * @param source What the keys belong to: the issuer, and where they are asked for.
   * @param ttl Seconds
   */
  constructor(store: Store, issuer: string, source: string, ttl: number) {
    this.#store = store;
    this.#issuer = issuer;
    this.#source = source;
    this.#ttl = ttl;
  }

  async get(): Promise<readonly CachedDocument[] | undefined> {
    const key = await this.#name();
    return read(this.#issuer, await inTime(() => this.#store.get(key)));
  }

  async set(documents: Iterable<CachedDocument>): Promise<void> {
    const state = write(this.#issuer, documents);
    const key = await this.#name();
    await inTime(() => this.#store.set(key, state, { ttl: this.#ttl }));
  }

  async #name(): Promise<string> {
    if (this.#key === undefined) {
      const hash = await crypto.subtle.digest("SHA-256", encoder.encode(this.#source));
      const digits = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
      this.#key = `countersign:jwks:${digits.join("")}`;
    }
    return this.#key;
  }
}

async function inTime<T>(call: () => Awaitable<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the store did not answer within ${String(STORE_TIMEOUT)} ms`));
    }, STORE_TIMEOUT);
  });
  try {
    return await Promise.race([(async () => call())(), late]);
  } finally {
    clearTimeout(timer);
  }
}
