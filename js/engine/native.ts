import type { NodeCrypto } from "./node-crypto.js";

/** The part of `process` that tells which modules are built in. */
interface Process {
  getBuiltinModule?: (name: string) => unknown;
}

/** A global, unless it only seems to be one because somebody polluted `Object.prototype`. */
function global(name: string): unknown {
  const isThere = Object.hasOwn(globalThis, name) || !Object.hasOwn(Object.prototype, name);
  return isThere ? (Reflect.get(globalThis, name) as unknown) : undefined;
}

/** `node:crypto` without importing it: Node 20.16 and later, Bun, Deno, and workerd under `nodejs_compat` have this. */
export function builtinNodeCrypto(): NodeCrypto | undefined {
  const process = global("process") as Process | undefined;
  if (typeof process?.getBuiltinModule !== "function") return undefined;
  return process.getBuiltinModule("node:crypto") as NodeCrypto | undefined;
}

/** Whether this is workerd. To be asked where the entry point does not tell. */
export const isWorkerd = (): boolean => globalThis.navigator?.userAgent === "Cloudflare-Workers";
