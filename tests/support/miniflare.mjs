// A bundled worker with the bindings of Cloudflare, in Miniflare: workerd, with KV, Cache API, D1 and Durable Objects.

import { readFileSync } from "node:fs";
import path from "node:path";

import { root } from "./package.mjs";
import { atEnd } from "./processes.mjs";

/**
 * Starts the worker.js of `folder`, with the wasm `modules` beside it. `objects` are bindings of Durable Objects, with the
 * names of their classes. It has `KEYS`, a namespace of KV, and `DB`, a database of D1 with the table of the stores.
 *
 * With `outbound`, what the worker fetches comes to this function, which answers `{ status, headers, text }`.
 */
export async function startMiniflare(folder, { modules = [], objects = {}, variables = {}, port, outbound } = {}) {
  const { Miniflare, Response } = await import("miniflare");
  const read = (name) => readFileSync(path.join(folder, name));
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    ...(port !== undefined && { port }),
    modules: [
      { type: "ESModule", path: "worker.js", contents: read("worker.js").toString() },
      ...modules.map((name) => ({ type: "CompiledWasm", path: name, contents: read(name) })),
    ],
    compatibilityDate: "2026-03-01",
    bindings: variables,
    ...(outbound && {
      async outboundService(request) {
        const { text, ...init } = await outbound(request);
        return new Response(text, init);
      },
    }),
    kvNamespaces: ["KEYS"],
    d1Databases: ["DB"],
    durableObjects: Object.fromEntries(
      Object.entries(objects).map(([name, className]) => [name, { className, useSQLite: true }]),
    ),
    cf: false,
  });
  const close = atEnd(() => miniflare.dispose());
  const url = await miniflare.ready;
  const database = await miniflare.getD1Database("DB");
  for (const statement of migration()) await database.prepare(statement).run();
  return { url, close };
}

/** The statements that the guide has users run. */
function migration() {
  const guide = readFileSync(path.join(root, "docs/guides/stores.md"), "utf8");
  const [, sql] = /```sql\n([^`]*)```/.exec(guide);
  return sql.split(";").filter((statement) => statement.trim() !== "");
}
