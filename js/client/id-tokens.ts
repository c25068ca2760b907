import type { Fetch } from "../fetch.js";
import { withoutPrototype } from "../options/own.js";
import { DEFAULT_TOKEN_LIMIT } from "../tables.js";
import type { ReadOptions } from "../verifier/options.js";

/** What the core says of a verifier, and what is the host's. */
interface Given {
  readonly issuer: string;
  readonly fetch?: Fetch;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** Options of a verifier of ID tokens as the core has written them: there is nothing in them to check. */
export function idTokenOptions(given: object): ReadOptions {
  const { fetch, now: clock = Date.now, ...core } = withoutPrototype(given as Given);
  const now = (): number => Math.floor(clock() / 1000);
  const { issuer } = core;
  return {
    issuers: undefined,
    core: withoutPrototype({ ...core, seed: Math.floor(Math.random() * 2 ** 32) }),
    secret: undefined,
    profile: "id-token",
    engine: "auto",
    source: { issuer, keys: undefined, fetch, store: undefined, waitUntil: undefined, onKeySetEvent: undefined, now },
    now,
    maxToken: DEFAULT_TOKEN_LIMIT,
    cachesVerdicts: false,
  };
}
