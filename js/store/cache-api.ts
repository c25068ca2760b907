import { endOf, hasMethods, secondsOf } from "./entry.js";
import type { Store } from "./types.js";

/** The part of `Cache` that is used. */
export interface CacheLike {
  match(
    url: string,
  ): Promise<{ text(): Promise<string>; readonly headers: { get(name: string): string | null } } | undefined>;
  put(url: string, response: never): Promise<unknown>;
  delete(url: string): Promise<unknown>;
}

/** Options of {@link cacheApiStore}. */
export interface CacheApiStoreOptions {
  /** The origin of your application, in whose name the cache is: `https://app.example`. */
  readonly origin: string;
  /** The cache. Default: `caches.default` of Workers. Elsewhere `await caches.open("countersign")`. */
  readonly cache?: CacheLike;
}

/** Nothing of an application is here: no request for it should get to the cache. */
const PATH = "/.well-known/countersign/store/";
const EXPIRES = "countersign-expires";

/**
 * A store in the Cache API: near, quick, without a binding. Each data centre of Cloudflare has a cache of its own, which
 * may forget anything at any time.
 *
 * Values are kept under addresses of `origin`, below `/.well-known/countersign/store/`: route no request there to the cache.
 *
 * @throws TypeError for options that are missing or impossible.
 * @example
 * ```ts
 * import { cacheApiStore } from "countersign/stores";
 *
 * const store = cacheApiStore({ origin: "https://app.example" });
 * await store.set("jwks:1", "{}", { ttl: 600 });
 * ```
 */
export function cacheApiStore(options: CacheApiStoreOptions): Store {
  const { origin, cache = defaultCache() } = (options ?? {}) as Partial<CacheApiStoreOptions>;
  if (typeof origin !== "string" || originOf(origin) !== origin) {
    throw new TypeError('origin must be that of your application: cacheApiStore({ origin: "https://app.example" })');
  }
  if (cache === undefined || !hasMethods(cache, "match", "put", "delete")) {
    throw new TypeError(
      'this host has no caches.default, so cache must be one: cacheApiStore({ origin, cache: await caches.open("countersign") })',
    );
  }
  const urlOf = (key: string): string => origin + PATH + encodeURIComponent(key);
  return {
    async get(key) {
      const response = await cache.match(urlOf(key));
      // Caches of browsers do not look at `max-age`.
      if (response === undefined || !(Number(response.headers.get(EXPIRES)) > Date.now())) return undefined;
      return response.text();
    },
    async set(key, value, lifetime) {
      const headers = {
        "cache-control": `max-age=${String(secondsOf(lifetime))}`,
        "content-type": "text/plain; charset=utf-8",
        [EXPIRES]: String(endOf(lifetime)),
      };
      await cache.put(urlOf(key), new Response(value, { headers }) as never);
    },
    delete: (key) => cache.delete(urlOf(key)),
  };
}

function originOf(text: string): string | undefined {
  try {
    const { origin, protocol } = new URL(text);
    return protocol === "https:" || protocol === "http:" ? origin : undefined;
  } catch {
    return undefined;
  }
}

function defaultCache(): CacheLike | undefined {
  return (globalThis as { readonly caches?: { readonly default?: CacheLike } }).caches?.default;
}
