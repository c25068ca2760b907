import type { NodeCrypto } from "./engine/node-crypto.js";

/** The part of `process` that tells which modules are built in. */
interface Process {
  getBuiltinModule?: (name: string) => unknown;
}

/** `node:crypto` without importing it: Node 20.16 and later, Bun, Deno, and workerd under `nodejs_compat` have this. */
export function builtinCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: Process };
  return process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
}

/** Whether this is workerd, under whatever entry point. */
export const isWorkerd = (): boolean => globalThis.navigator?.userAgent === "Cloudflare-Workers";
