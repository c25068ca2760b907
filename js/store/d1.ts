import { endOf, hasMethods } from "./entry.js";
import { ADD, DELETE, DELETE_EXPIRED, GET, SET } from "./sql.js";
import type { AtomicStore } from "./types.js";

/** The part of Workers' `D1Database` that is used. */
export interface D1Database<Statement extends D1Statement<Statement> = D1Statement<never>> {
  prepare(query: string): Statement;
  batch(statements: Statement[]): Promise<{ readonly results: readonly unknown[] }[]>;
}

/** The part of `D1PreparedStatement` that is used. */
export interface D1Statement<Statement> {
  bind(...values: unknown[]): Statement;
  first(column: "value"): Promise<unknown>;
  run(): Promise<unknown>;
}

/**
 * A store in D1. Its table is made by a migration, which the guide has. What has expired is deleted by later writes.
 *
 * @throws TypeError for anything but a database.
 * @example
 * ```ts
 * import { d1Store } from "countersign/stores";
 *
 * const store = d1Store(env.DB);
 * await store.add("jti:1", "", { ttl: 60 }); // true
 * ```
 */
export function d1Store<Statement extends D1Statement<Statement>>(database: D1Database<Statement>): AtomicStore {
  if (!hasMethods(database, "prepare", "batch")) {
    throw new TypeError("d1Store takes a D1 database, the binding of wrangler.jsonc: d1Store(env.DB)");
  }
  const statement = (query: string, ...values: unknown[]): Statement => database.prepare(query).bind(...values);
  /** One transaction. */
  const write = async (query: Statement): Promise<number> => {
    const [written] = await database.batch([query, statement(DELETE_EXPIRED, Date.now())]);
    return written?.results.length ?? 0;
  };
  return {
    async get(key) {
      const value = await statement(GET, key, Date.now()).first("value");
      return typeof value === "string" ? value : undefined;
    },
    set: (key, value, lifetime) => write(statement(SET, key, value, endOf(lifetime))),
    delete: (key) => statement(DELETE, key).run(),
    add: async (key, value, lifetime) => (await write(statement(ADD, key, value, endOf(lifetime), Date.now()))) === 1,
  };
}
