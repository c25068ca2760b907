// What every host runs, laid out beside the suite: `countersign.mjs`, `corpus.mjs` and `issuer.mjs` are written
// there by run.mjs.

import { capabilities } from "./capabilities.mjs";
import { corpora } from "./corpus.mjs";
import * as countersign from "./countersign.mjs";
import { issuer } from "./issuer.mjs";
import { run } from "./suite.mjs";

// Node and Bun end with an error at a rejection that nobody handles. The others tell, workerd too early: it takes it back.
const unhandled = new Map();
globalThis.addEventListener?.("unhandledrejection", ({ promise, reason }) => unhandled.set(promise, reason));
globalThis.addEventListener?.("rejectionhandled", ({ promise }) => unhandled.delete(promise));

export async function conform(host) {
  const simd = capabilities[host].simd ?? true;
  if (!simd) WebAssembly.validate = () => false;
  const { passed, failures, verdicts } = await run(countersign, corpora, capabilities[host], issuer);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const reason of unhandled.values()) {
    failures.push(`a rejection that nobody handles: ${reason?.message ?? String(reason)}`);
  }
  const loaded = globalThis.performance?.getEntriesByType?.("resource").map(({ name }) => name) ?? [];
  if (!simd && !loaded.some((name) => name.endsWith("engine-scalar.wasm"))) {
    failures.push(`the build for engines without SIMD was not loaded, but: ${loaded.join(", ")}`);
  }
  return { passed, failures, verdicts };
}
