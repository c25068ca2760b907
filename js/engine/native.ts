import type { NativeCrypto, NodeCrypto } from "./node-crypto.js";

/** Node's, and Bun's: as documented. */
export const nodes = (crypto: NodeCrypto): NativeCrypto => ({ crypto, avoid: new Set(), wrapsKeyObjects: true });

/** Deno's refuses every other good ES256K signature: those with the greater of the two possible values of `s`. */
export const denos = (crypto: NodeCrypto): NativeCrypto => ({
  crypto,
  avoid: new Set(["ES256K"]),
  wrapsKeyObjects: true,
});

/** workerd's ignores `padding`: it takes an RS256 signature for PS256, and refuses those of PS256. */
export const workerds = (crypto: NodeCrypto): NativeCrypto => ({
  crypto,
  avoid: new Set(["PS256", "PS384", "PS512"]),
  wrapsKeyObjects: false,
});

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
export function builtin(): NodeCrypto | undefined {
  const process = global("process") as Process | undefined;
  if (typeof process?.getBuiltinModule !== "function") return undefined;
  return process.getBuiltinModule("node:crypto") as NodeCrypto | undefined;
}

/** Whether this is workerd. To be asked where the entry point does not tell. */
export const isWorkerd = (): boolean => globalThis.navigator?.userAgent === "Cloudflare-Workers";

/** Whichever `node:crypto` there is. To be asked where the entry point does not tell. */
export function native(): NativeCrypto | undefined {
  const crypto = builtin();
  if (crypto === undefined) return undefined;
  if (isWorkerd()) return workerds(crypto);
  return global("Deno") !== undefined ? denos(crypto) : nodes(crypto);
}
